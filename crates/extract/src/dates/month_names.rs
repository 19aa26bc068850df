//! Names of months and weekdays, in the languages that ERPs run in.
//!
//! Not for: the names' place in a date (`written`). Invariant: a word that is one month in one language and
//! another in another is given as that, never as either.

use std::collections::BTreeMap;
use std::sync::LazyLock;

const NAMES: &str = include_str!("month_names.txt");

/// The language whose months bear names that are other months in Polish and Czech.
const CROATIAN: &str = "hr";

/// The language of a column's months, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MonthLanguage {
    Croatian,
    Other,
}

/// The months, as bits from 1, that a word can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Word {
    /// In Croatian.
    croatian: u16,
    /// In any other language.
    others: u16,
    pub(super) is_weekday: bool,
}

impl Word {
    /// The month that the word is in a language; in either where none is known and it does not matter.
    pub(super) fn month(self, language: Option<MonthLanguage>) -> Option<i32> {
        let months = match (self.croatian, self.others) {
            (0, others) => others,
            (croatian, 0) => croatian,
            (croatian, others) => match language {
                Some(MonthLanguage::Croatian) => croatian,
                Some(MonthLanguage::Other) => others,
                None => croatian | others,
            },
        };
        months.is_power_of_two().then(|| months.trailing_zeros().cast_signed())
    }

    pub(super) const fn is_month(self) -> bool {
        self.croatian | self.others != 0
    }

    /// The language that has it alone; none where it may be either.
    pub(super) const fn language(self) -> Option<MonthLanguage> {
        match (self.croatian, self.others) {
            (0, _) => Some(MonthLanguage::Other),
            (_, 0) => Some(MonthLanguage::Croatian),
            _ => None,
        }
    }

    /// Returns `true` for a name that is another month in Croatian.
    pub(super) const fn is_of_two_languages(self) -> bool {
        self.croatian != 0 && self.others != 0 && self.croatian != self.others
    }

    fn join(&mut self, other: Self) {
        self.croatian |= other.croatian;
        self.others |= other.others;
        self.is_weekday |= other.is_weekday;
    }
}

static WORDS: LazyLock<BTreeMap<String, Word>> = LazyLock::new(|| {
    let mut words: BTreeMap<String, Word> = BTreeMap::new();
    for line in NAMES.lines().filter(|line| !line.starts_with('#')) {
        let (language, names) = line.split_once(": ").expect("a line is a language and names");
        let (months, weekdays) = names.split_once("; ").expect("weekdays stand behind the months");
        for (month, names) in months.split(' ').enumerate() {
            let bit = 1 << (month + 1);
            let word = if language == CROATIAN {
                Word { croatian: bit, ..Word::default() }
            } else {
                Word { others: bit, ..Word::default() }
            };
            for name in names.split('/') {
                words.entry(folded(name)).or_default().join(word);
            }
        }
        for name in weekdays.split(' ') {
            words.entry(folded(name)).or_default().is_weekday = true;
        }
    }
    words
});

const ENGLISH: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The month of three English letters, which most names are.
pub(super) fn english(word: &[u8]) -> Option<i32> {
    let is_named = |name: &&str| name.as_bytes().eq_ignore_ascii_case(word);
    ENGLISH.iter().zip(1..).find(|(name, _)| is_named(name)).map(|(_, month)| month)
}

const ROMAN: [&str; 12] =
    ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

/// The month in Roman digits, as in `5.III.2024`.
pub(super) fn roman(word: &str) -> Option<i32> {
    ROMAN.iter().zip(1..).find(|(digits, _)| **digits == word).map(|(_, month)| month)
}

/// A word that is a name, or the first letters, at least three, of names that agree.
pub(super) fn word(text: &str) -> Option<Word> {
    let text = folded(text);
    if let Some(known) = WORDS.get(&text) {
        return Some(*known);
    }
    if text.chars().count() < 3 {
        return None;
    }
    let mut begun = Word::default();
    let longer = WORDS.range(text.clone()..).take_while(|(name, _)| name.starts_with(&text));
    longer.for_each(|(_, word)| begun.join(*word));
    let agrees = (begun.croatian | begun.others).count_ones() <= 1;
    ((begun.is_month() || begun.is_weekday) && agrees).then_some(begun)
}

/// The text in small letters, without accents and full stops.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            '.' | '\u{2019}' | '\'' | '\u{300}'..='\u{36f}' => {}
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            _ => folded.push(base(letter)),
        }
    }
    folded
}

/// A letter without its accent.
const fn base(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' | 'ð' => 'd',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'ğ' | 'ġ' => 'g',
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' => 'o',
        'ř' => 'r',
        'ś' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ț' => 't',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        'й' => 'и',
        'ў' => 'у',
        'آ' | 'أ' => 'ا',
        'ئ' => 'ي',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_any_case_and_without_accents() {
        let mut wrong = Vec::new();
        for (name, month) in [
            ("Mär", 3),
            ("MÄRZ", 3),
            ("mrz", 3),
            ("Sept.", 9),
            ("Okt", 10),
            ("Dez", 12),
            ("févr.", 2),
            ("FEVR", 2),
            ("août", 8),
            ("AOUT", 8),
            ("déc.", 12),
            ("juil", 7),
            ("ene", 1),
            ("diciembre", 12),
            ("gen", 1),
            ("ottobre", 10),
            ("março", 3),
            ("out", 10),
            ("mrt", 3),
            ("mei", 5),
            ("maj", 5),
            ("tammikuuta", 1),
            ("joulu", 12),
            ("września", 9),
            ("paź", 10),
            ("března", 3),
            ("října", 10),
            ("májusa", 0),
            ("szept", 9),
            ("mart", 3),
            ("Ağu", 8),
            ("KASIM", 11),
            ("NİSAN", 4),
            ("марта", 3),
            ("Серпня", 8),
            ("Μαρτίου", 3),
            ("ΜΑΡΤΙΟΣ", 3),
            ("kovo", 3),
            ("rugsėjo", 9),
            ("janv", 1),
            ("veebr", 2),
            ("siječnja", 1),
            ("ruj", 9),
            ("มีค", 3),
            ("janua", 1),
            ("sej", 0),
            ("ma", 0),
            ("x", 0),
            ("yesterday", 0),
        ] {
            let read = word(name).and_then(|word| word.month(None)).unwrap_or_default();
            if read != month {
                wrong.push(format!("{name} is {read}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn months_of_two_languages_are_told_apart_by_the_column() {
        for (name, croatian, other) in [("lip", 6, 7), ("srp", 7, 8), ("listopada", 10, 11)] {
            let word = word(name).unwrap();
            assert_eq!(word.month(Some(MonthLanguage::Croatian)), Some(croatian));
            assert_eq!(word.month(Some(MonthLanguage::Other)), Some(other));
            assert_eq!(word.month(None), None);
            assert!(word.is_of_two_languages());
        }
        let of_two = WORDS.values().filter(|word| word.is_of_two_languages()).count();
        assert_eq!(of_two, 5);
        let undecided = WORDS.iter().filter(|(_, word)| {
            word.is_month() && !word.is_of_two_languages() && word.month(None).is_none()
        });
        assert_eq!(undecided.count(), 0, "no other two languages disagree");
        assert_eq!(word("sij").unwrap().language(), Some(MonthLanguage::Croatian));
        assert_eq!(word("kwi").unwrap().language(), Some(MonthLanguage::Other));
    }

    #[test]
    fn english_letters_are_as_in_the_table() {
        for (name, month) in ENGLISH.iter().zip(1..) {
            assert_eq!(english(name.to_uppercase().as_bytes()), Some(month));
            assert_eq!(word(name).unwrap().month(None), Some(month), "{name}");
        }
        assert_eq!(english(b"mai"), None);
    }
}
