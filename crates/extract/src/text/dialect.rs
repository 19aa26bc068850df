//! Which signs split a text, from its beginning.
//!
//! Not for: splitting. The delimiter is the one under which most headers are known; quotes are single ones
//! where a column has them throughout and nothing is in double ones; a backslash escapes where that leaves
//! fewer quotes that enclose nothing.

use crate::headers::{Header, Matcher};
use crate::limits::{CELLS_MAX, HEADER_SEARCH_RECORDS};
use crate::record::{Quotes, Record, trimmed};

use super::split::{self, Dialect, Piece, Step};

/// Delimiters met in practice, the likeliest first: behind those of spreadsheets the ones of interfaces, of
/// Hive and of mainframes.
pub(super) const DELIMITERS: [u8; 8] = [b',', b'\t', b';', b'|', b'~', b'^', 0x01, 0x1f];

/// Records of the beginning by which quotes and widths are judged.
const RECORDS: usize = 1_000;

/// The signs and widths that the beginning of a text tells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beginning {
    pub(super) dialect: Dialect,
    pub(super) widths: Widths,
}

/// The numbers of cells that records of a file have.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Widths {
    /// None where no header is known.
    header: Option<usize>,
    /// The most frequent below it.
    usual: Option<usize>,
}

impl Widths {
    /// Returns `true` when a record of so many cells is like the others.
    pub(super) fn fit(self, cells: usize) -> bool {
        self.header == Some(cells) || (self.header.is_some() && self.usual == Some(cells))
    }
}

/// The dialect of a text and its widths, from what stands at its front.
pub(super) fn beginning(head: Piece<'_>, expected: Option<u8>, matcher: &Matcher) -> Beginning {
    let mut dialect = Dialect::new(delimiter(head, expected, matcher));
    let mut records = first_records(head, dialect, RECORDS);
    if has_single_quotes(&records) {
        dialect.quote = b'\'';
        records = first_records(head, dialect, RECORDS);
    }
    if head.text.contains("\\\"") || (dialect.quote == b'\'' && head.text.contains("\\'")) {
        let escaped = Dialect { has_escapes: true, ..dialect };
        let under_escapes = first_records(head, escaped, RECORDS);
        if odd_quotes(&under_escapes) < odd_quotes(&records) {
            (dialect, records) = (escaped, under_escapes);
        }
    }
    if have_blanks_before_quotes(&records, dialect.quote) {
        dialect.skips_blanks = true;
        records = first_records(head, dialect, RECORDS);
    }
    Beginning { dialect, widths: widths(&records, matcher) }
}

/// The delimiter under which most headers are known; of equals the expected one if it parts anything,
/// then the one that makes more cells of the first record.
fn delimiter(head: Piece<'_>, expected: Option<u8>, matcher: &Matcher) -> u8 {
    let worth = |delimiter: u8| {
        let records = first_records(head, Dialect::new(delimiter), HEADER_SEARCH_RECORDS);
        let header = matcher.find(records.iter().map(Record::cells));
        let recognised = header.as_ref().map_or(0, Header::recognised);
        let cells = records.first().map_or(0, Record::len);
        let is_expected = expected == Some(delimiter);
        (recognised, is_expected && cells > 1, cells, is_expected)
    };
    // `max_by_key` takes the last of equals, and the likeliest is the first.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| worth(*delimiter)).unwrap_or(b',')
}

fn first_records(head: Piece<'_>, dialect: Dialect, most: usize) -> Vec<Record> {
    let mut records = Vec::new();
    let mut at = 0;
    while records.len() < most {
        let mut record = Record::default();
        let rest = Piece { text: &head.text[at..], ..head };
        match split::step(rest, dialect, &mut record) {
            Step::Record { end, .. } => {
                at += end;
                records.push(record);
            }
            Step::Blank { end, .. } => at += end,
            Step::End | Step::Cut | Step::CutInQuotes { .. } | Step::TooWide => break,
        }
    }
    records
}

/// Returns `true` when in most records a blank stands before a quote, as in `a, "b"`: in a few it is
/// part of a text.
fn have_blanks_before_quotes(records: &[Record], quote: u8) -> bool {
    let is_behind_blank = |cell: &str| {
        let text = cell.trim_start_matches(' ');
        text.len() < cell.len() && text.starts_with(char::from(quote))
    };
    let are_so = records.iter().filter(|record| record.cells().any(is_behind_blank)).count();
    are_so > 0 && are_so * 2 >= records.len()
}

/// Returns `true` when a column is in single quotes wherever it holds something, and no cell in
/// double ones. Delimiters inside part such cells, so that half of them need not end in one.
fn has_single_quotes(records: &[Record]) -> bool {
    /// The counts of one column: cells that hold something, that begin with a single quote, and that end
    /// with one too.
    #[derive(Clone, Copy, Default)]
    struct QuotedCells {
        filled: usize,
        begun: usize,
        enclosed: usize,
    }
    if !records.iter().any(|record| record.raw().contains('\'')) {
        return false;
    }
    let mut columns = vec![QuotedCells::default(); CELLS_MAX];
    // The header may be in quotes or not.
    for record in records.iter().skip(1) {
        if has_double_quotes(record) {
            return false;
        }
        for (column, cell) in columns.iter_mut().zip(record.cells().map(trimmed)) {
            if cell.is_empty() {
                continue;
            }
            let is_begun = cell.starts_with('\'');
            column.filled += 1;
            column.begun += usize::from(is_begun);
            column.enclosed += usize::from(is_begun && cell.len() > 1 && cell.ends_with('\''));
        }
    }
    let is_quoted = |column: &QuotedCells| {
        column.filled > 0 && column.begun == column.filled && column.enclosed * 2 >= column.filled
    };
    columns.iter().any(is_quoted)
}

/// Returns `true` when a cell was enclosed in double quotes.
fn has_double_quotes(record: &Record) -> bool {
    let is_behind_quote = |cell: usize| match record.range_in_raw(cell) {
        Some(range) => record.raw()[..range.start].ends_with('"'),
        None => true,
    };
    (0..record.len()).any(is_behind_quote)
}

/// Counts the records with quotes that do not enclose their cells.
fn odd_quotes(records: &[Record]) -> usize {
    let is_odd =
        |record: &&Record| matches!(record.quotes, Quotes::Stray { .. } | Quotes::Misplaced { .. });
    let odd = records.iter().filter(is_odd).count();
    // A text that was not read to where the other was is worse by what it swallowed.
    odd + records.iter().filter(|record| record.quotes == Quotes::OverLines).count()
}

fn widths(records: &[Record], matcher: &Matcher) -> Widths {
    let top = records.iter().take(HEADER_SEARCH_RECORDS).map(Record::cells);
    let Some(header) = matcher.find(top) else { return Widths::default() };
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    let below = records.iter().skip(header.index + 1);
    for record in below.filter(|record| record.quotes == Quotes::Plain) {
        *counts.entry(record.len()).or_default() += 1;
    }
    let usual = counts.into_iter().max_by_key(|(_, count)| *count).map(|(cells, _)| cells);
    Widths { header: Some(header.columns.len()), usual }
}
