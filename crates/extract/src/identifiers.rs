//! Identifiers of transactions: columns they are built of, rows of a file that share one, and columns beside
//! them by which they may repeat.
//!
//! Not for: identifiers of rows that are in a ledger already (`analysis`).
//!
//! Invariants: no two lists of parts make one identifier; memory is bounded by
//! [`IDENTIFIERS_COMPARED_MAX`](crate::limits), whatever the file holds.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher as _;

use domain::{ColumnKind, FileType};

use crate::cell_text;
use crate::fields::Field;
use crate::headers::{Column, normal};
use crate::limits::{
    IDENTIFIERS_COMPARED_MAX, LINES_PER_IDENTIFIER_MAX, SHARED_IDENTIFIER_ROWS_MAX,
};
use crate::options::ProblemSelection;
use crate::record::{Record, trimmed};

/// Stands between the parts of an identifier that is built of several columns. Rare in numbers of any ERP and
/// readable in a list; where a part holds one, `ESCAPE` stands before it.
pub const SEPARATOR: char = '|';
/// Stands before a [`SEPARATOR`] or an `ESCAPE` that is text of a part, so that `a|` and `b` are never
/// taken for `a` and `|b`.
const ESCAPE: char = '\\';

/// Eight bits of a table for each identifier compared: one in nine of those that are there once is taken for
/// one that is there again. 1 MiB, which a processor's cache holds.
const TABLE_BITS: u32 = 23;

/// Names of document numbers that an ERP gives anew in each company or year, as
/// [`normal`] leaves them.
const REPEATING: [&str; 18] = [
    "documentnumber",
    "documentno",
    "docno",
    "sapdocumentnumber",
    "accountingdocument",
    "belnr",
    "belegnummer",
    "vouchernumber",
    "voucherno",
    "vchrno",
    "belegnr",
    "journalentry",
    "journalbuchung",
    "supplierinvoice",
    "invoicedocumentnumber",
    "invoicedocno",
    "invdocno",
    "rechnungsbelegnummer",
];

/// Names of columns by which such numbers repeat, likewise.
const REPEATS_BY: [&str; 26] = [
    "companycode",
    "company",
    "bukrs",
    "buchungskreis",
    "operatingunit",
    "businessunit",
    "legalentity",
    "dataareaid",
    "fiscalyear",
    "gjahr",
    "geschaftsjahr",
    "geschaeftsjahr",
    "financialyear",
    "accountingyear",
    "documentyear",
    "year",
    "cocd",
    "cocode",
    "entity",
    "fycd",
    "fiscalyr",
    "ledgeryear",
    "jahr",
    "exercice",
    "ejercicio",
    "boekjaar",
];

/// The field of a type by which a row replaces its earlier self; none for snapshots.
pub(crate) fn identifier_field(file_type: FileType) -> Option<Field> {
    Field::all(file_type).find(|field| field.kind() == ColumnKind::Identifier)
}

/// Columns that an identifier is read from, and those by which it may repeat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentifierColumns {
    /// Headers in the order of its parts; one unless a mapping builds it. Empty when the file has none.
    pub headers: Vec<String>,
    /// Headers of columns beside it, such as `Fiscal Year`.
    pub may_repeat_by: Vec<String>,
    /// Set when its only column is of those that often repeat by them, such as `Document Number`.
    pub is_document_number: bool,
}

impl IdentifierColumns {
    /// `positions` are those of its columns.
    pub(crate) fn new(columns: &[Column], positions: &[usize]) -> Self {
        let header = |position: &usize| columns[*position].header.clone();
        let repeats_by = |(position, column): &(usize, &Column)| {
            !positions.contains(position) && REPEATS_BY.contains(&normal(&column.header).as_str())
        };
        let is_document_number = matches!(positions, [one]
            if REPEATING.contains(&normal(&columns[*one].header).as_str()));
        Self {
            headers: positions.iter().map(header).collect(),
            may_repeat_by: columns
                .iter()
                .enumerate()
                .filter(repeats_by)
                .map(|(_, column)| column.header.clone())
                .collect(),
            is_document_number,
        }
    }

    /// The headers as one text.
    pub fn title(&self) -> String {
        self.headers.join(", ")
    }
}

/// Writes the parts of an identifier into `joined`. The position of a part that is empty, if there is one.
pub(crate) fn join(record: &Record, positions: &[usize], joined: &mut String) -> Result<(), usize> {
    joined.clear();
    for (place, position) in positions.iter().enumerate() {
        let part = trimmed(record.cell(*position));
        let part = cell_text::of_formula(part).unwrap_or(part);
        if part.is_empty() {
            return Err(*position);
        }
        if place > 0 {
            joined.push(SEPARATOR);
        }
        for sign in part.chars() {
            if matches!(sign, SEPARATOR | ESCAPE) {
                joined.push(ESCAPE);
            }
            joined.push(sign);
        }
    }
    Ok(())
}

/// Identifiers of the rows of a file, each with its line: exact up to
/// [`IDENTIFIERS_COMPARED_MAX`], and of more a share of the identifiers with all their rows.
#[derive(Debug, Default)]
pub(crate) struct Identifiers {
    /// A hash in the upper half, the line in the lower one.
    seen: Vec<u128>,
    /// Of a hash so many bits must be 0 for its identifier to be looked at.
    bits: u32,
    /// Rows of identifiers with very many, no longer in `seen`.
    dropped: u64,
}

/// Rows that share an identifier with another row.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct SharedRows {
    /// The number of rows; of a file with more than [`IDENTIFIERS_COMPARED_MAX`] an estimate.
    pub(crate) rows: u64,
    /// Lines of the first of them, ascending; an identifier's rows are all there or none.
    pub(crate) lines: Vec<u64>,
}

impl Identifiers {
    pub(crate) fn add(&mut self, identifier: &str, line: u64) {
        let mut hasher = DefaultHasher::new();
        hasher.write(identifier.as_bytes());
        let hash = hasher.finish();
        if !self.is_looked_at(hash) {
            return;
        }
        self.seen.push((u128::from(hash) << 64) | u128::from(line));
        if self.seen.len() == IDENTIFIERS_COMPARED_MAX {
            self.make_room();
        }
    }

    const fn is_looked_at(&self, hash: u64) -> bool {
        hash.trailing_zeros() >= self.bits
    }

    /// Forgets rows to make room: of one identifier's a few are enough; if there is still too little room,
    /// half of the identifiers.
    fn make_room(&mut self) {
        let before = self.seen.len();
        // Only those that may be there again are sorted: in most files they are few.
        let mut repeated = take_repeated(&mut self.seen);
        repeated.sort_unstable();
        for same in repeated.chunk_by(|a, b| hash_of(*a) == hash_of(*b)) {
            self.seen.extend_from_slice(&same[..same.len().min(LINES_PER_IDENTIFIER_MAX)]);
        }
        self.dropped += (before - self.seen.len()) as u64;
        while self.seen.len() > IDENTIFIERS_COMPARED_MAX / 2 {
            self.bits += 1;
            let bits = self.bits;
            self.seen.retain(|seen| hash_of(*seen).trailing_zeros() >= bits);
        }
    }

    pub(crate) fn shared(mut self, selection: ProblemSelection) -> SharedRows {
        let most = match selection {
            ProblemSelection::First => SHARED_IDENTIFIER_ROWS_MAX,
            ProblemSelection::All => usize::MAX,
        };
        let mut repeated = take_repeated(&mut self.seen);
        repeated.sort_unstable();
        let groups = repeated.chunk_by(|a, b| hash_of(*a) == hash_of(*b));
        let mut shared: Vec<&[u128]> = groups.filter(|same| same.len() > 1).collect();
        let rows = shared.iter().map(|same| same.len() as u64).sum::<u64>() + self.dropped;
        shared.sort_unstable_by_key(|same| line_of(same[0]));
        let mut lines = Vec::new();
        for same in shared {
            if lines.len() + same.len() > most {
                break;
            }
            lines.extend(same.iter().map(|seen| line_of(*seen)));
        }
        lines.sort_unstable();
        SharedRows { rows: rows << self.bits, lines }
    }
}

/// Takes out all that are there more than once, and a few whose hashes begin alike: the others are not
/// sorted, and of most files they are all.
fn take_repeated(seen: &mut Vec<u128>) -> Vec<u128> {
    let mut once = vec![0_u64; 1 << (TABLE_BITS - 6)];
    let mut again = once.clone();
    for one in seen.iter() {
        let (word, bit) = place_in_table(*one);
        again[word] |= once[word] & bit;
        once[word] |= bit;
    }
    let mut repeated = Vec::new();
    seen.retain(|one| {
        let (word, bit) = place_in_table(*one);
        let is_repeated = again[word] & bit != 0;
        if is_repeated {
            repeated.push(*one);
        }
        !is_repeated
    });
    repeated
}

/// The place by the hash's first bits; its last ones choose whom to look at.
fn place_in_table(seen: u128) -> (usize, u64) {
    let place = hash_of(seen) >> (64 - TABLE_BITS);
    let word = usize::try_from(place >> 6).expect("the table is in memory");
    (word, 1 << (place & 63))
}

fn hash_of(seen: u128) -> u64 {
    u64::try_from(seen >> 64).expect("the upper half of 128 bits has 64")
}

fn line_of(seen: u128) -> u64 {
    u64::try_from(seen & u128::from(u64::MAX)).expect("the lower half of 128 bits has 64")
}

#[cfg(test)]
mod tests;
