//! Headers further down whose columns stand otherwise: several extracts in one file.
//!
//! Not for: the file's own header once more (`non_rows`). Invariant: no record below such a header is read by
//! the columns of the first.

use domain::ColumnKind;
use domain::problem::Reason;

use crate::fields::Field;
use crate::headers::{Header, Matcher};
use crate::non_rows::NonRow;
use crate::record::{Record, trimmed};
use crate::rows::{RowProblem, Rows};

/// Known names that make a record a header: rows of words have one by chance.
const NAMES_MIN: usize = 3;

/// A longer cell is a text and no name of a column.
const NAME_CHARS_MAX: usize = 60;

/// The search for records that stand below another header than the first.
#[derive(Debug)]
pub(super) struct OtherHeaders<'a> {
    matcher: &'a Matcher,
    is_below: bool,
}

impl<'a> OtherHeaders<'a> {
    pub(super) fn new(matcher: &'a Matcher) -> Self {
        Self { matcher, is_below: false }
    }

    /// Looks at a record that `rows` has just parsed, and adds a fault where it stands below another
    /// header or is one. Gives the kind, as it was or as it is found here: the first header in other words
    /// is one as well.
    pub(super) fn recognise(
        &mut self,
        record: &Record,
        rows: &mut Rows,
        header: &Header,
        kind: Option<NonRow>,
    ) -> Option<NonRow> {
        match kind {
            Some(NonRow::Header) => self.is_below = false,
            Some(_) => {}
            None if rows.faults.is_empty() && !self.is_below => {}
            None => return self.judge(record, rows, header),
        }
        kind
    }

    #[cold]
    fn judge(&mut self, record: &Record, rows: &mut Rows, header: &Header) -> Option<NonRow> {
        if let Some(found) = self.header_of(record) {
            self.is_below = !has_same_columns(&found, header);
            if !self.is_below {
                return Some(NonRow::Header);
            }
        }
        if !self.is_below && rows.is_mostly_empty(record) && self.is_group_title(record) {
            return Some(NonRow::Footer);
        }
        if self.is_below {
            rows.faults.insert(0, RowProblem { position: None, reason: Reason::OtherHeader });
        }
        None
    }

    /// Returns `true` when a record names what the rows below it have in common, as
    /// `Supplier,S1001,Acme Ltd` does.
    fn is_group_title(&self, record: &Record) -> bool {
        /// The name of a column, and what is in it by number and name.
        const CELLS_MAX: usize = 3;
        let mut filled = record.cells().map(trimmed).filter(|cell| !cell.is_empty());
        let first = filled.next().map_or("", |cell| cell.trim_end_matches([':', ' ']));
        let header = self.matcher.header(0, [first].into_iter());
        let is_text = |field: Field| {
            matches!(field.kind(), ColumnKind::Text | ColumnKind::Reference | ColumnKind::Currency)
        };
        filled.count() < CELLS_MAX && header.columns[0].field.is_some_and(is_text)
    }

    /// The record as a header, when it is one: names of columns, half of them known.
    fn header_of(&self, record: &Record) -> Option<Header> {
        let filled = || record.cells().map(trimmed).filter(|cell| !cell.is_empty());
        let count = filled().count();
        let is_name = |cell: &str| {
            cell.chars().count() <= NAME_CHARS_MAX
                && !cell.starts_with(|c: char| c.is_ascii_digit())
        };
        if count < NAMES_MIN || !filled().all(is_name) {
            return None;
        }
        let header = self.matcher.header(0, record.cells());
        let known = header.recognised();
        (known >= NAMES_MIN && known * 2 >= count).then_some(header)
    }
}

/// Returns `true` when the columns of the one below are of the fields that the first has in the same
/// places; it may end before.
fn has_same_columns(below: &Header, first: &Header) -> bool {
    let columns = below.columns.iter().zip(&first.columns);
    columns.into_iter().all(|(below, first)| below.field == first.field)
}
