//! Rows that call themselves credit notes, in a ledger none of whose amounts is negative: their sign was
//! lost.
//!
//! Not for: columns that name the type of a document, which whoever reads the file holds against the sign of
//! amounts (`extract`, `credit_notes_positive`).
//!
//! Invariant: a prefix tells only where most numbers of its supplier lack it; `CR` may be the supplier's own.

use domain::document::is_invoice_number;
use domain::finding::PositiveCreditNotes;
use rustc_hash::FxHashMap;

/// Letters of a number that say that it is a credit note's.
const IN_NUMBERS: [&str; 9] =
    ["CN", "CR", "CRN", "SCN", "PCN", "CRED", "CREDIT", "CREDITNOTE", "GUTSCHRIFT"];
/// The words with which the description of a credit note begins, in small letters.
const IN_DESCRIPTIONS: [&str; 15] = [
    "credit note",
    "credit notes",
    "creditnote",
    "credit memo",
    "cr note",
    "supplier credit",
    "vendor credit",
    "gutschrift",
    "avoir",
    "note de crédit",
    "nota de crédito",
    "nota di credito",
    "creditnota",
    "kreditnota",
    "kreditfaktura",
];
/// Fewer rows may be called so by chance.
const ROWS_MIN: u64 = 3;

/// The rows of a ledger while they are read.
#[derive(Debug, Default)]
pub(super) struct CreditNoteRows {
    /// Set when an amount is negative: then nothing is counted any more.
    has_negative: bool,
    of_suppliers: FxHashMap<u32, NumberedRows>,
    described: NamedRows,
}

/// The rows of one supplier, those aside whose descriptions tell.
#[derive(Debug, Default)]
struct NumberedRows {
    credit_notes: NamedRows,
    others: u64,
}

/// Rows, and the first number of them as texts sort.
#[derive(Debug, Default)]
struct NamedRows {
    rows: u64,
    example: Option<String>,
}

impl CreditNoteRows {
    /// Counts a row of a supplier. The description is in small letters, with one space between words.
    pub(super) fn count(
        &mut self,
        supplier: u32,
        (number, description): (&str, &str),
        amounts: [i64; 2],
    ) {
        if self.has_negative {
            return;
        }
        if amounts.iter().any(|amount| *amount < 0) {
            *self = Self { has_negative: true, ..Self::default() };
            return;
        }
        if is_described(description) {
            self.described.add(number);
            return;
        }
        let of_supplier = self.of_suppliers.entry(supplier).or_default();
        if is_numbered(number) {
            of_supplier.credit_notes.add(number);
        } else {
            of_supplier.others += 1;
        }
    }

    /// The credit notes among all rows that were counted.
    pub(super) fn read(&self) -> PositiveCreditNotes {
        let mut numbered = NamedRows::default();
        for of_supplier in self.of_suppliers.values() {
            if of_supplier.others >= of_supplier.credit_notes.rows {
                numbered.join(&of_supplier.credit_notes);
            }
        }
        if numbered.rows + self.described.rows < ROWS_MIN {
            return PositiveCreditNotes::default();
        }
        PositiveCreditNotes {
            by_number: numbered.rows,
            by_description: self.described.rows,
            example: numbered.example.or_else(|| self.described.example.clone()),
        }
    }
}

impl NamedRows {
    fn add(&mut self, number: &str) {
        self.rows += 1;
        self.note(number);
    }

    fn join(&mut self, other: &Self) {
        self.rows += other.rows;
        if let Some(number) = &other.example {
            self.note(number);
        }
    }

    fn note(&mut self, number: &str) {
        let is_first = self.example.as_deref().is_none_or(|known| number < known);
        if is_first && !number.is_empty() {
            self.example = Some(number.to_owned());
        }
    }
}

/// Returns `true` for a number such as `CN-2041` or `2041/CR`.
fn is_numbered(number: &str) -> bool {
    let is_word = |letters: &str| IN_NUMBERS.iter().any(|word| letters.eq_ignore_ascii_case(word));
    is_invoice_number(number) && number.split(|c: char| !c.is_alphabetic()).any(is_word)
}

/// Returns `true` for a description such as `credit note for 2041`.
fn is_described(description: &str) -> bool {
    let begins = |words: &&str| {
        let rest = description.strip_prefix(*words);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
    };
    IN_DESCRIPTIONS.iter().any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credit_notes_are_known_by_their_numbers_and_descriptions() {
        for (number, description, is_one) in [
            ("CN-2041", "", true),
            ("cr2041", "", true),
            ("2041/CR", "", true),
            ("Credit 2041", "", true),
            ("CREW-2041", "", false),
            ("CREDIT", "", false),
            ("2041", "credit note for 2040", true),
            ("2041", "credit notes", true),
            ("2041", "avoir", true),
            ("2041", "avoirs de juin", false),
            ("2041", "credit card charges", false),
            ("2041", "less credit note 2040", false),
        ] {
            let is_so = is_numbered(number) || is_described(description);
            assert_eq!(is_so, is_one, "{number} {description}");
        }
    }

    /// So many credit notes and others of each supplier, over amounts of one sign.
    fn read(suppliers: &[(u64, u64)], last: i64) -> PositiveCreditNotes {
        let mut rows = CreditNoteRows::default();
        for (supplier, (credit_notes, others)) in (0..).zip(suppliers) {
            for at in 0..*credit_notes {
                rows.count(supplier, (&format!("CN{at}"), ""), [10_000; 2]);
            }
            for at in 0..*others {
                rows.count(supplier, (&format!("{at}"), ""), [10_000; 2]);
            }
        }
        rows.count(0, ("7", ""), [last; 2]);
        rows.read()
    }

    #[test]
    fn they_are_said_where_no_amount_is_negative_and_the_prefix_is_not_the_suppliers_own() {
        for (suppliers, last, by_number) in [
            (&[(3, 20)][..], 10_000, 3),
            (&[(1, 5), (2, 9)], 10_000, 3),
            (&[(3, 20)], -10_000, 0),
            (&[(2, 20)], 10_000, 0),
            // A supplier all of whose numbers begin so.
            (&[(0, 20), (30, 0)], 10_000, 0),
        ] {
            let found = read(suppliers, last);
            assert_eq!((found.by_number, found.by_description), (by_number, 0), "{suppliers:?}");
            assert_eq!(found.example.as_deref(), (by_number > 0).then_some("CN0"));
        }
        let mut described = CreditNoteRows::default();
        for at in 0..4_u32 {
            described.count(at, (&format!("88{at}"), "credit note"), [10_000; 2]);
        }
        let found = described.read();
        let said = (found.by_number, found.by_description, found.example.as_deref());
        assert_eq!(said, (0, 4, Some("880")));
    }
}
