//! A check of a customer's own as the files of its folder, the way checks of the program are written.
//!
//! Not for: reading `check.toml`, which those do who have a reader of TOML.
//!
//! Invariant: what is written is read again as the same check.

use std::fmt::Write as _;

use super::{OwnCheck, OwnParameter};
use crate::check::{ParameterKind, VerdictWords};

impl OwnCheck {
    /// The text of `check.toml`.
    pub fn to_toml(&self) -> String {
        let of = &self.description;
        let mut toml = String::new();
        line(&mut toml, "order", &of.order.to_string());
        line(&mut toml, "title", &quoted(&of.title));
        if !of.finds.is_empty() {
            line(&mut toml, "finds", &quoted(&of.finds));
        }
        if !of.about.is_empty() {
            line(&mut toml, "about", &quoted(&of.about));
        }
        line(&mut toml, "severity", &quoted(of.severity.as_str()));
        let verdict = match of.verdict {
            VerdictWords::Duplicate => "duplicate",
            VerdictWords::Action => "action",
        };
        line(&mut toml, "verdict", &quoted(verdict));
        line(&mut toml, "claim", &quoted(&of.claim));
        line(&mut toml, "innocent_if", &quoted(&of.innocent_if));
        if !of.innocent_reasons.is_empty() {
            line(&mut toml, "innocent_reasons", &list(&of.innocent_reasons));
        }
        if let Some(at_risk_is) = &of.at_risk_is {
            line(&mut toml, "at_risk_is", &quoted(at_risk_is));
        }
        for (key, word) in [("lane", &of.lane), ("money", &of.money)] {
            if let Some(word) = word {
                line(&mut toml, key, &quoted(word));
            }
        }
        if !of.needs.is_empty() {
            line(&mut toml, "needs", &list(&of.needs));
        }
        for (name, parameter) in &of.parameters {
            write_parameter(&mut toml, name, parameter);
        }
        toml
    }
}

fn write_parameter(toml: &mut String, name: &str, of: &OwnParameter) {
    writeln!(toml, "\n[parameters.{name}]").expect("a text takes all that is written to it");
    line(toml, "about", &quoted(&of.about));
    let kind = match of.kind {
        ParameterKind::Amount => "amount",
        ParameterKind::Count => "count",
        ParameterKind::Number => "number",
        ParameterKind::Share => "share",
    };
    line(toml, "kind", &quoted(kind));
    line(toml, "unit", &quoted(&of.unit));
    line(toml, "default", &of.default.to_string());
}

fn line(toml: &mut String, key: &str, value: &str) {
    writeln!(toml, "{key} = {value}").expect("a text takes all that is written to it");
}

fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// A basic string of TOML, whose escapes are those of JSON but for one character.
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).expect("a text is JSON");
    json.replace('\u{7f}', "\\u007f")
}
