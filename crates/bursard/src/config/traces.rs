//! Where traces are sent, and how many of them: the section `[traces]`.
//!
//! Not for: what is in a trace (`server::traces`), or sending it (`commands::serve`).
//!
//! Invariant: headers, which may be credentials, come from the environment or a private file, and never stand
//! in the configuration file, which is copied and shown.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use domain::Secret;
use serde::Deserialize;
use server::collector::{Collector, CollectorSettings};

use super::private_file;

const HEADERS: &str = "BURSARD_TRACES_HEADERS";
/// The share that is sampled of all traces that begin here.
const SAMPLE_RATIO: f64 = 1.0;

/// The settings of traces, known to fit before anything is opened.
#[derive(Debug)]
pub(crate) struct TraceSettings {
    /// The collector; none where nothing is sent.
    collector: Option<CollectorSettings>,
    /// The share of traces that begin here and are recorded, from 0 to 1.
    pub(crate) sample_ratio: f64,
    /// The file behind the settings, to be shown.
    authority: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TracesFile {
    endpoint: Option<String>,
    sample_ratio: Option<f64>,
    headers_file: Option<PathBuf>,
    authority: Option<PathBuf>,
}

impl TraceSettings {
    /// `variable` reads the environment.
    pub(super) fn resolve(
        file: TracesFile,
        variable: impl Fn(&str) -> Option<String>,
    ) -> anyhow::Result<Self> {
        let sample_ratio = file.sample_ratio.unwrap_or(SAMPLE_RATIO);
        if !(0.0..=1.0).contains(&sample_ratio) {
            bail!("traces.sample_ratio must be from 0 to 1");
        }
        let Some(endpoint) = file.endpoint else {
            if file.headers_file.is_some() || file.authority.is_some() {
                bail!("traces.endpoint is missing; name the collector that takes traces");
            }
            return Ok(Self { collector: None, sample_ratio, authority: None });
        };
        let pem = file.authority.as_ref().map(|path| {
            let read = fs::read(path);
            read.with_context(|| format!("cannot read traces.authority {}", path.display()))
        });
        let headers = headers(file.headers_file.as_deref(), variable)?;
        let collector = CollectorSettings { endpoint, headers, authority: pem.transpose()? };
        collector.check().context("the section [traces] cannot be used")?;
        Ok(Self { collector: Some(collector), sample_ratio, authority: file.authority })
    }

    /// The collector; none where nothing is sent.
    pub(crate) fn collector(&self) -> anyhow::Result<Option<Collector>> {
        let collector = self.collector.as_ref().map(Collector::new).transpose();
        collector.context("the section [traces] cannot be used")
    }

    /// The names of the headers that go with traces; what they say may be a credential.
    pub(super) fn header_names(&self) -> Vec<&str> {
        let headers = self.collector.iter().flat_map(|of| &of.headers);
        headers.map(|(name, _)| name.as_str()).collect()
    }

    /// The settings in force.
    pub(super) fn json(&self) -> serde_json::Value {
        let collector = self.collector.as_ref();
        serde_json::json!({
            "endpoint": collector.map(|of| &of.endpoint),
            "sample_ratio": self.sample_ratio,
            "authority": self.authority,
        })
    }
}

/// The headers: of the environment, else of a file; a line each, `name: value`.
fn headers(
    file: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<Vec<(String, Secret<String>)>> {
    let text = match (variable(HEADERS), file) {
        (Some(text), _) => text,
        (None, None) => return Ok(Vec::new()),
        (None, Some(path)) => {
            private_file::check(path, "the headers of traces")?;
            fs::read_to_string(path)
                .with_context(|| format!("cannot read traces.headers_file {}", path.display()))?
        }
    };
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let header = |line: &str| {
        let (name, value) = line
            .split_once(':')
            .context("a line of the headers of traces is no header; write each as name: value")?;
        anyhow::Ok((name.trim().to_owned(), Secret::new(value.trim().to_owned())))
    };
    lines.map(header).collect()
}
