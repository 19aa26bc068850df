//! Where the text of a field stands in a record.
//!
//! Not for: where a mapping or a name says that it stands (`headers`).

use crate::amounts::is_scientific;
use crate::identifiers::join;
use crate::record::{Record, trimmed};

/// Where the text of a field stands.
#[derive(Debug)]
pub(super) enum Source {
    /// In the column at this position.
    Column(usize),
    /// In several, joined.
    Built(Vec<usize>),
    /// In no column of its own: with the amount in the column at this position.
    WithAmount(usize),
}

impl Source {
    /// The field's text in a record, and the column to name when something is wrong with it. A part that is
    /// empty or was ruined speaks for the whole.
    #[inline]
    pub(super) fn text<'a>(&self, record: &'a Record, joined: &'a mut String) -> (&'a str, usize) {
        match self {
            Self::Column(position) => (trimmed(record.cell(*position)), *position),
            Self::Built(positions) => built(positions, record, joined),
            Self::WithAmount(position) => ("", *position),
        }
    }
}

/// Apart, so that every cell of every other field is looked at without a call.
#[cold]
fn built<'a>(positions: &[usize], record: &'a Record, joined: &'a mut String) -> (&'a str, usize) {
    let cell = |position: usize| trimmed(record.cell(position));
    if let Some(ruined) = positions.iter().find(|part| is_scientific(cell(**part))) {
        return (cell(*ruined), *ruined);
    }
    match join(record, positions, joined) {
        Ok(()) => (joined.as_str(), positions[0]),
        Err(empty) => ("", empty),
    }
}
