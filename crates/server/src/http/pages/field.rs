//! Values of fields, in forms and in addresses.
//!
//! Invariant: a field that is missing is an empty one, as a box that is not ticked sends nothing.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use domain::Secret;
use serde::de::{Deserialize, Deserializer};

/// Text without spaces round it; empty when nothing was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text(String);

/// A secret that must not be printed or logged, as it was written: a password may begin with a space.
#[derive(Debug, Clone)]
pub(crate) struct SecretText(pub(crate) Secret<String>);

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.trim().to_owned())
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self(text.trim().to_owned()))
    }
}

impl Default for SecretText {
    fn default() -> Self {
        Self(Secret::new(String::new()))
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}

/// Reads a value of a type; none when the field is empty or holds no such value.
pub(crate) fn valid<'de, D: Deserializer<'de>, T: FromStr>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Text::deserialize(deserializer)?.parse().ok())
}
