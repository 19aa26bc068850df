//! Lists of words that may grow: a client of today meets a word of tomorrow and goes on.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A value of a list of words, or one that a later server has added to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OpenEnum<T> {
    Known(T),
    /// A value of a later version, as it was sent.
    Unknown(Value),
}

impl<T> OpenEnum<T> {
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

impl<T> From<T> for OpenEnum<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

/// The schema of the words there are: what this server may answer.
impl<T: JsonSchema> JsonSchema for OpenEnum<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use domain::{FileType, UploadState};
    use serde_json::json;

    use super::*;

    #[test]
    fn words_of_later_servers_are_kept_as_they_came() {
        let known: OpenEnum<FileType> = serde_json::from_value(json!("APT")).unwrap();
        assert_eq!(known, FileType::Transactions.into());
        let later = json!({ "status": "archived", "at": "2027-01-01T00:00:00Z" });
        let state: OpenEnum<UploadState> = serde_json::from_value(later.clone()).unwrap();
        assert_eq!(state.known(), None);
        assert_eq!(serde_json::to_value(state).unwrap(), later);
    }
}
