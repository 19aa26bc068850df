//! Dates with a month's name: `02-Mar-12`, `Friday, April 29, 2022`, `5. března 2024`,
//! `Mon Mar 06 00:00:00 GMT 2024`.
//!
//! Not for: which names there are (`month_names`).

use domain::problem::Reason;

use super::evidence::Shape;
use super::month_names::{self, Word};
use super::reader::{Reader, number};
use super::style::century;
use super::{Day, OrderSign, time};

/// Words of several languages that stand between the parts of a date and say nothing.
const FILLERS: [&str; 24] = [
    "de", "del", "den", "der", "d", "m", "g", "г", "р", "of", "the", "a", "el", "le", "il", "año",
    "gada", "roku", "року", "года", "год", "year", "dnia", "på",
];

/// A number of a date, and how many digits it has.
type Number = (i32, usize);

/// The parts of a date as they were met.
#[derive(Default)]
struct Parts {
    month: Option<Word>,
    /// Of a word that may be a weekday as well: Tuesday and March are both `mar`.
    perhaps_month: Option<Word>,
    /// Of an English name, or in Roman digits.
    english: Option<i32>,
    numbers: Vec<Number>,
}

/// Reads a month's name, a day and a year in any usual order, with a weekday or not.
pub(super) fn parse(text: &str, reader: &mut Reader<'_>) -> Result<Day, Reason> {
    let parts = parts(text).ok_or(Reason::NotADate)?;
    let month = if let Some(month) = parts.english {
        month
    } else {
        let word = parts.month.or(parts.perhaps_month).ok_or(Reason::NotADate)?;
        reader.signs.count_word(word);
        let is_open = word.is_of_two_languages() && reader.style.language.is_none();
        let month = word.month(reader.style.language);
        month.ok_or(if is_open { Reason::MonthOfTwoLanguages } else { Reason::NotADate })?
    };
    let [one, two] = parts.numbers[..] else { return Err(Reason::NotADate) };
    let is_year = |(_, digits): Number| digits == 4;
    match (one, two) {
        ((year, _), (day, 1 | 2)) if is_year(one) => {
            reader.signs.count_order(OrderSign::None);
            reader.day_of_any_calendar(year, month, day)
        }
        ((day, 1 | 2), (year, _)) if is_year(two) => {
            reader.signs.count_order(OrderSign::None);
            reader.day_of_any_calendar(year, month, day)
        }
        ((first, 1 | 2), (last, 2)) => {
            reader.signs.count_order(OrderSign::None);
            if (first, month, last) == (0, 1, 0) {
                return Ok(Day::Nothing(Reason::PlaceholderDate));
            }
            reader.signs.count_two_digit(Shape::Name, (first, month, last), reader.style.today);
            reader.signs.keep_example(Reason::YearPlaceAssumed, reader.text);
            if reader.style.year_leads_name {
                reader.day(century(first), month, last)
            } else {
                reader.day(century(last), month, first)
            }
        }
        _ => Err(Reason::NotADate),
    }
}

/// The parts of a date; none when something else stands among them.
fn parts(text: &str) -> Option<Parts> {
    let mut parts = Parts::default();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() {
            if let Some(behind) = behind_clock(rest) {
                rest = behind;
                continue;
            }
            let (value, digits, behind) = number(rest)?;
            if !matches!(digits, 1 | 2 | 4) || parts.numbers.len() == 2 {
                return None;
            }
            rest = without_ordinal(behind);
            parts.numbers.push((value, digits));
        } else if first.is_alphabetic() {
            let end = word_end(rest);
            let (word, behind) = rest.split_at(end);
            rest = behind;
            parts.add(word)?;
        } else if matches!(first, ' ' | ',' | '-' | '/' | '.' | '\'' | '\u{2019}') {
            rest = &rest[first.len_utf8()..];
        } else {
            return None;
        }
        let has_month = parts.has_month();
        if has_month && parts.numbers.len() == 2 && !rest.is_empty() && time::read(rest).is_some() {
            break;
        }
    }
    Some(parts)
}

impl Parts {
    fn has_month(&self) -> bool {
        self.english.is_some() || self.month.is_some() || self.perhaps_month.is_some()
    }

    /// Adds a word; none for one that does not belong into a date.
    fn add(&mut self, text: &str) -> Option<()> {
        let is_free = self.english.is_none() && self.month.is_none();
        if is_free && let Some(month) = month_names::roman(text) {
            self.english = Some(month);
            return Some(());
        }
        if is_free && let Some(month) = month_names::english(text.as_bytes()) {
            // A weekday that came before it was none of the two.
            if text.eq_ignore_ascii_case("mar") {
                self.perhaps_month = month_names::word(text).or(self.perhaps_month);
            } else {
                self.english = Some(month);
            }
            return Some(());
        }
        if FILLERS.iter().any(|filler| filler.to_lowercase() == text.to_lowercase()) {
            return Some(());
        }
        let word = month_names::word(text)?;
        if !word.is_month() {
            return word.is_weekday.then_some(());
        }
        if word.is_weekday {
            if self.perhaps_month.is_none() {
                self.perhaps_month = Some(word);
            }
            return Some(());
        }
        if !is_free {
            return None;
        }
        self.month = Some(word);
        Some(())
    }
}

/// Letters, the marks that belong to them, and full stops between letters.
fn word_end(text: &str) -> usize {
    let mut letters = text.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let is_inside = c == '.' && letters.peek().is_some_and(|(_, next)| next.is_alphabetic());
        let is_mark =
            matches!(c, '\u{300}'..='\u{36f}' | '\u{e31}'..='\u{e4e}' | '\'' | '\u{2019}');
        if !c.is_alphabetic() && !is_mark && !is_inside {
            return at;
        }
    }
    text.len()
}

/// Behind a time in the middle, and its zone: `00:00:00 GMT 2024`.
fn behind_clock(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(text.len());
    let (hour, _) = text[..end].split_once(':')?;
    // A longer number is the year of `29APR2022:00:00:00`.
    if hour.len() > 2 {
        return None;
    }
    let rest = text[end..].trim_start();
    let rest = rest
        .strip_prefix(['+', '-'])
        .map_or(rest, |zone| zone.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':'));
    let zone = rest.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(rest.len());
    Some(if (2..=5).contains(&zone) { &rest[zone..] } else { rest })
}

fn without_ordinal(text: &str) -> &str {
    let ordinal = ["st", "nd", "rd", "th", "er", "º", "ª"].iter().find(|ordinal| {
        text.get(..ordinal.len()).is_some_and(|start| start.eq_ignore_ascii_case(ordinal))
            && !text[ordinal.len()..].starts_with(char::is_alphabetic)
    });
    ordinal.map_or(text, |ordinal| &text[ordinal.len()..])
}
