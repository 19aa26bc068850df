//! Words by which programs and people say that a field is empty.
//!
//! Not for: days that stand for no day (`dates`), or what becomes of a row whose mandatory field is empty
//! (`rows`). A word that could be the value is one: a supplier may be called NA, Namibia's code is NA, and a
//! row is not set aside for the dash in its invoice number.

use domain::ColumnKind;

use crate::fields::Field;

/// Written by programs alone: databases and their tools, languages, spreadsheets in several languages.
const PROGRAM_WORDS: &[&str] = &[
    "NULL",
    "\\N",
    "(null)",
    "<null>",
    "[null]",
    "{null}",
    "<nil>",
    "(nil)",
    "NaN",
    "-NaN",
    "NaT",
    "<NA>",
    "<none>",
    "(none)",
    "[none]",
    "<empty>",
    "(empty)",
    "<blank>",
    "(blank)",
    "undefined",
    "#N/A",
    "#N/A!",
    "#N/D",
    "#N/B",
    "#NV",
    "#I/T",
    "#YOK",
    "#Н/Д",
    "#NULL!",
    "@NA",
];

/// Written by people as well, who also name towns so.
const BARE_WORDS: &[&str] = &["NA", "None", "nil", "tbc", "tba", "tbd"];

/// Written by people, and no name of a place.
const SIGNS: &[&str] =
    &["N/A", "N\\A", "N.A.", "N.A", "-", "--", "---", "–", "—", ".", "..", "...", "?", "_"];

/// The kind of thing a field holds, by which some words are values in one field and nothing in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldContent {
    /// Names of people and firms, and texts that must be filled: nothing is what a program wrote for it.
    Names,
    /// Parts of addresses: `NA` and `None` are places.
    Places,
    Anything,
}

const NAMES: [&str; 5] =
    ["supplier_name", "first_name", "last_name", "full_name", "bank_account_name"];
const PLACES: [&str; 7] = [
    "address_line_1",
    "address_line_2",
    "address_line_3",
    "address_line_4",
    "town",
    "postcode",
    "country",
];

impl FieldContent {
    pub(crate) fn for_field(field: Field) -> Self {
        let is_value = matches!(field.kind(), ColumnKind::Date | ColumnKind::Amount);
        if NAMES.contains(&field.name()) || (field.is_mandatory() && !is_value) {
            Self::Names
        } else if PLACES.contains(&field.name()) {
            Self::Places
        } else {
            Self::Anything
        }
    }
}

/// The words that are nothing in a file: those that always are, and the unit's own.
#[derive(Debug, Clone, Default)]
pub(crate) struct EmptyWords {
    /// In lower case.
    own: Vec<String>,
}

impl EmptyWords {
    pub(crate) fn new(own: &[String]) -> Self {
        let own = own.iter().map(|word| word.trim().to_lowercase());
        Self { own: own.filter(|word| !word.is_empty()).collect() }
    }

    /// Returns `true` when a cell without blanks round it is such a word. Length and first byte
    /// decide of nearly all.
    #[inline]
    pub(crate) fn is_nothing(&self, cell: &str, content: FieldContent) -> bool {
        let may_be = match cell.as_bytes() {
            [] => return true,
            [first, ..] => LENGTHS[usize::from(*first)] >> cell.len().min(31) & 1 == 1,
        };
        (may_be && is_word(cell, content)) || self.is_own(cell)
    }

    /// Returns `true` when the unit says so of a cell, whatever else it could be.
    #[inline]
    pub(crate) fn is_own(&self, cell: &str) -> bool {
        !self.own.is_empty() && self.is_among_own(cell)
    }

    #[cold]
    fn is_among_own(&self, cell: &str) -> bool {
        let cell = cell.to_lowercase();
        self.own.contains(&cell)
    }
}

/// The lengths of words by first byte, a bit for each length of a word that begins so.
static LENGTHS: [u32; 256] = {
    let mut lengths = [0; 256];
    let mut list = 0;
    while list < LISTS.len() {
        let mut at = 0;
        while at < LISTS[list].len() {
            let word = LISTS[list][at].as_bytes();
            assert!(word.len() < 31, "31 stands for all that are longer");
            lengths[word[0].to_ascii_lowercase() as usize] |= 1 << word.len();
            lengths[word[0].to_ascii_uppercase() as usize] |= 1 << word.len();
            at += 1;
        }
        list += 1;
    }
    lengths
};

const LISTS: [&[&str]; 3] = [PROGRAM_WORDS, BARE_WORDS, SIGNS];

#[cold]
fn is_word(cell: &str, content: FieldContent) -> bool {
    let is_in = |list: &[&str]| list.iter().any(|word| word.eq_ignore_ascii_case(cell));
    match content {
        // A name is written `Null` or `Nan`, and a program does not write so.
        FieldContent::Names => {
            let is_written = |word: &&str| {
                let is_bare = word.starts_with(|c: char| c.is_ascii_alphabetic());
                word.eq_ignore_ascii_case(cell)
                    && (!is_bare
                        || *word == cell
                        || !cell.contains(|c: char| c.is_ascii_uppercase()))
            };
            PROGRAM_WORDS.iter().any(is_written)
        }
        FieldContent::Places => is_in(PROGRAM_WORDS) || is_in(SIGNS),
        FieldContent::Anything => LISTS.iter().any(|list| is_in(list)),
    }
}

#[cfg(test)]
mod tests {
    use domain::FileType;

    use super::*;

    fn nothing_in(content: FieldContent, own: &[&str]) -> impl Fn(&str) -> bool {
        let own: Vec<String> = own.iter().map(|word| (*word).to_owned()).collect();
        let words = EmptyWords::new(&own);
        move |cell| words.is_nothing(cell, content)
    }

    #[test]
    fn a_word_is_nothing_where_it_cannot_be_the_value() {
        use FieldContent::{Anything, Names, Places};
        for (cell, names, places, anything) in [
            ("NULL", true, true, true),
            ("null", true, true, true),
            ("Null", false, true, true),
            ("Nan", false, true, true),
            ("Nat", false, true, true),
            ("NAT", false, true, true),
            ("NaT", true, true, true),
            ("\\N", true, true, true),
            ("(null)", true, true, true),
            ("(NULL)", true, true, true),
            ("<null>", true, true, true),
            ("#N/A", true, true, true),
            ("#Н/Д", true, true, true),
            ("NA", false, false, true),
            ("None", false, false, true),
            ("nil", false, false, true),
            ("N/A", false, true, true),
            ("n/a", false, true, true),
            ("-", false, true, true),
            ("—", false, true, true),
            (".", false, true, true),
            ("", true, true, true),
            ("N", false, false, false),
            ("No", false, false, false),
            ("Nulls", false, false, false),
            ("0", false, false, false),
            ("-1", false, false, false),
            ("é", false, false, false),
            ("Nilsson & Partners of Gothenburg", false, false, false),
        ] {
            assert_eq!(nothing_in(Names, &[])(cell), names, "name {cell}");
            assert_eq!(nothing_in(Places, &[])(cell), places, "place {cell}");
            assert_eq!(nothing_in(Anything, &[])(cell), anything, "anything {cell}");
        }
    }

    #[test]
    fn a_unit_adds_words_of_its_own() {
        for content in [FieldContent::Names, FieldContent::Places, FieldContent::Anything] {
            let is_nothing = nothing_in(content, &[" Entfällt ", "", "9999"]);
            assert!(is_nothing("ENTFÄLLT") && is_nothing("9999") && is_nothing("NULL"));
            assert!(!is_nothing("999") && !is_nothing("Entfäll"));
        }
    }

    #[test]
    fn every_list_names_fields_that_there_are() {
        let is_field =
            |name: &&str| FileType::ALL.into_iter().any(|of| Field::named(of, name).is_some());
        assert!(NAMES.iter().chain(&PLACES).all(is_field));
        let content =
            |name| FieldContent::for_field(Field::named(FileType::Transactions, name).unwrap());
        assert_eq!(content("invoice_number"), FieldContent::Names);
        assert_eq!(content("invoice_date"), FieldContent::Anything);
        assert_eq!(content("po_number"), FieldContent::Anything);
    }
}
