//! An entry of a finding's history as its row holds it, and the digest of it that the audit log vouches for.
//!
//! Not for: what an entry means (`findings`), or writing one (`verdicts`).
//!
//! Invariant: the text that is digested holds every column and never changes its form: logs that are kept for
//! years are verified by later programs.

use domain::Sha256Digest;
use domain::audit::digest;
use serde::Serialize;
use sqlx::any::AnyRow;

use crate::error::Error;
use crate::rows::Fields;

/// A row of `finding_history`. The order of its fields is that of the text which is digested.
#[derive(Debug, Serialize)]
pub(crate) struct HistoryRow {
    pub(crate) customer: String,
    pub(crate) unit: String,
    pub(crate) key: String,
    pub(crate) entry: i64,
    /// Microseconds since 1970.
    pub(crate) at: i64,
    pub(crate) by_whom: String,
    pub(crate) who: Option<String>,
    pub(crate) what: String,
    /// The standing before and after, as JSON.
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) words: Option<String>,
    pub(crate) undoes: Option<i64>,
    /// The finding as it was when it was decided, as JSON.
    pub(crate) finding: Option<String>,
}

/// The row of one entry: `$1` to `$4` are the customer, the unit, the key and the number.
pub(crate) const SELECT: &str = "SELECT customer, unit, key, entry, at, by_whom, who, what, before, after, \
    words, undoes, finding FROM finding_history WHERE customer = $1 AND unit = $2 AND key = $3 \
    AND entry = $4";
/// Its values in the order of its fields.
pub(crate) const INSERT: &str = "INSERT INTO finding_history (customer, unit, key, entry, at, by_whom, who, \
    what, before, after, words, undoes, finding) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

impl HistoryRow {
    pub(crate) fn read(row: &AnyRow) -> Result<Self, Error> {
        let fields = Fields::new(row, "finding_history", "key");
        Ok(Self {
            customer: fields.text("customer")?,
            unit: fields.text("unit")?,
            key: fields.text("key")?,
            entry: fields.number("entry")?,
            at: fields.number("at")?,
            by_whom: fields.text("by_whom")?,
            who: fields.optional_text("who")?,
            what: fields.text("what")?,
            before: fields.text("before")?,
            after: fields.text("after")?,
            words: fields.optional_text("words")?,
            undoes: fields.optional_number("undoes")?,
            finding: fields.optional_text("finding")?,
        })
    }

    pub(crate) fn digest(&self) -> Result<Sha256Digest, Error> {
        Ok(digest(&serde_json::to_string(self).map_err(Error::internal)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row that was digested once is digested again by later programs: this may never change.
    #[test]
    fn the_digest_of_a_row_stays() {
        let text = |text: &str| text.to_owned();
        let row = HistoryRow {
            customer: text("acme"),
            unit: text("uk"),
            key: text("fnd_00000000000000000000000000000001"),
            entry: 2,
            at: 1_795_427_400_123_457,
            by_whom: text("Ann"),
            who: Some(text("ann@example.org")),
            what: text("comment"),
            before: text("{}"),
            after: text("{}"),
            words: Some(text("asked “them”")),
            undoes: None,
            finding: None,
        };
        let written = r#"{"customer":"acme","unit":"uk","key":"fnd_00000000000000000000000000000001","entry":2,"at":1795427400123457,"by_whom":"Ann","who":"ann@example.org","what":"comment","before":"{}","after":"{}","words":"asked “them”","undoes":null,"finding":null}"#;
        assert_eq!(serde_json::to_string(&row).unwrap(), written);
        assert_eq!(row.digest().unwrap(), digest(written));
    }
}
