//! `bursard check-config`

use std::process::ExitCode;

use crate::cli::{Format, Settings};
use crate::config::Config;
use crate::output;

pub(super) fn run(settings: &Settings, format: Format) -> anyhow::Result<ExitCode> {
    let config = Config::read(settings)?.to_json();
    if format.json {
        output::json(&config);
    } else {
        lines("", &config);
    }
    Ok(ExitCode::SUCCESS)
}

/// `limits.uploads_max = 128`, a line each: what a person can search and compare.
fn lines(path: &str, value: &serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                lines(&path, member);
            }
        }
        serde_json::Value::Null => output::line(format_args!("{path} is not set")),
        other => output::line(format_args!("{path} = {other}")),
    }
}
