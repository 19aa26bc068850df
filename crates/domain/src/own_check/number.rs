//! Numbers of `check.toml`, which are written as numbers there and kept as texts elsewhere.
//!
//! Invariant: exact to a ten-thousandth; what has more places is refused.

use serde::de::{Deserialize, Deserializer, Error as _};

use crate::check::CheckNumber;

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum NumberOrText {
    Number(serde_json::Number),
    Text(String),
}

pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CheckNumber, D::Error> {
    let text = match NumberOrText::deserialize(deserializer)? {
        NumberOrText::Number(number) => number.to_string(),
        NumberOrText::Text(text) => text,
    };
    text.parse().map_err(D::Error::custom)
}
