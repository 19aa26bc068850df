//! How far two rows agree in one field: a level, and how often so much agrees by chance.
//!
//! Not for: what a level is worth (`estimate` learns it). Invariant: an absent value gives no level:
//! missing is neutral, never disagreement.

use super::Kind;
use super::columns::{Column, Value};
use super::overlap::overlap;
use super::text::{edits, jaro_winkler};

/// The outcome for one field of two rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Agreement {
    /// 0 is equal; higher is further apart.
    pub(super) level: u8,
    /// log2 of how seldom rows of different parties agree in this very value; 0 when only the level says.
    pub(super) surprise: f32,
}

/// The last level of each kind: nothing agrees.
pub(super) fn levels(kind: Kind) -> usize {
    match kind {
        Kind::Organisation | Kind::Address => 12,
        Kind::GivenName | Kind::Surname => 6,
        Kind::Town | Kind::Postcode | Kind::Email | Kind::Telephone | Kind::Identifier(_) => 4,
        Kind::BirthDate => 5,
        Kind::StreetNumber | Kind::Region => 3,
    }
}

/// The level of two person names given in each other's place.
pub(super) const SWAPPED: u8 = 1;

/// The rarity that a name must have to single out: shares of log2 of the number of rows.
const RARE: f64 = 0.9;
const UNCOMMON: f64 = 0.6;

/// Compares one column of two rows; `None` when either has no value.
pub(super) fn agreement(column: &Column, a: usize, b: usize) -> Option<Agreement> {
    let mut best: Option<Agreement> = None;
    for &left in column.of(a) {
        for &right in column.of(b) {
            let found = compare(column, left, right);
            if best.is_none_or(|before| {
                (found.level, -found.surprise) < (before.level, -before.surprise)
            }) {
                best = Some(found);
            }
        }
    }
    best
}

/// Returns `true` when a given name and a surname were keyed in each other's place.
pub(super) fn swapped(given: &Column, surname: &Column, a: usize, b: usize) -> bool {
    let alike = |left: &[u32], right: &[u32]| match (left, right) {
        ([left], [right]) => {
            names_alike(&given.value(*left).letters, &surname.value(*right).letters)
        }
        _ => false,
    };
    let first = alike(given.of(a), surname.of(b));
    let second = alike(given.of(b), surname.of(a));
    let lacking = |row: usize| given.of(row).is_empty() || surname.of(row).is_empty();
    (first && second) || ((first || second) && (lacking(a) || lacking(b)))
}

fn names_alike(a: &[char], b: &[char]) -> bool {
    a == b || (a.len().min(b.len()) >= 4 && jaro_winkler(a, b) >= 0.9)
}

fn compare(column: &Column, left: u32, right: u32) -> Agreement {
    let (a, b) = (column.value(left), column.value(right));
    if left == right {
        return Agreement { level: 0, surprise: a.surprise };
    }
    match column.kind {
        Kind::Organisation | Kind::Address => in_words(column, a, b),
        Kind::GivenName | Kind::Surname => plain(person_level(&a.letters, &b.letters)),
        Kind::Town => plain(town_level(a, b)),
        Kind::Postcode | Kind::Email => within_group(a, b),
        Kind::Telephone => telephone(a, b),
        Kind::Identifier(_) => plain(edit_level(a, b)),
        Kind::BirthDate => plain(date_level(&a.letters, &b.letters)),
        Kind::StreetNumber => plain(number_level(&a.letters, &b.letters)),
        Kind::Region => plain(if a.letters.len().min(b.letters.len()) >= 4 {
            edit_level(a, b).min(2)
        } else {
            short_level(&a.letters, &b.letters)
        }),
    }
}

fn plain(level: u8) -> Agreement {
    Agreement { level, surprise: 0.0 }
}

/// Texts of several words: how alike, by how rare what they share is.
fn in_words(column: &Column, a: &Value, b: &Value) -> Agreement {
    let found = overlap(a.text(), b.text(), &|id| column.letters_of(id));
    let alike = found.similarity();
    let whole = column.whole_bits;
    let rarity = if found.bits >= RARE * whole {
        0
    } else if found.bits >= UNCOMMON * whole {
        1
    } else {
        2
    };
    let level = if alike >= 0.9 {
        1 + rarity
    } else if alike >= 0.7 {
        4 + rarity
    } else if alike >= 0.35 {
        7 + rarity
    } else if found.bits > 0.0 && alike >= 0.1 {
        10
    } else {
        11
    };
    plain(level)
}

fn person_level(a: &[char], b: &[char]) -> u8 {
    let alike = jaro_winkler(a, b);
    if edits(a, b, 1).is_some() && a.len().min(b.len()) >= 3 || alike >= 0.95 {
        2
    } else if alike >= 0.88 || edits(a, b, 2).is_some() && a.len().min(b.len()) >= 6 {
        3
    } else if alike >= 0.75 || a.first() == b.first() && a.len().min(b.len()) == 1 {
        4
    } else {
        5
    }
}

fn town_level(a: &Value, b: &Value) -> u8 {
    if a.edits(b, 1).is_some() && a.letters.len().min(b.letters.len()) >= 4 {
        1
    } else if jaro_winkler(&a.letters, &b.letters) >= 0.9 {
        2
    } else {
        3
    }
}

fn edit_level(a: &Value, b: &Value) -> u8 {
    match a.edits(b, 2) {
        Some(0 | 1) => 1,
        Some(_) if a.letters.len().min(b.letters.len()) >= 6 => 2,
        _ => 3,
    }
}

fn short_level(a: &[char], b: &[char]) -> u8 {
    if edits(a, b, 1).is_some() { 1 } else { 2 }
}

fn number_level(a: &[char], b: &[char]) -> u8 {
    let digits = |text: &[char]| text.iter().take_while(|letter| letter.is_ascii_digit()).count();
    let same_digits = a[..digits(a)] == b[..digits(b)];
    if same_digits || a.len().min(b.len()) >= 2 && edits(a, b, 1).is_some() { 1 } else { 2 }
}

/// Values that belong to something coarser: a district, a domain.
fn within_group(a: &Value, b: &Value) -> Agreement {
    if a.edits(b, 1).is_some() {
        plain(1)
    } else if a.group == b.group {
        Agreement { level: 2, surprise: a.group_surprise }
    } else {
        plain(3)
    }
}

fn telephone(a: &Value, b: &Value) -> Agreement {
    let (short, long) = if a.letters.len() <= b.letters.len() { (a, b) } else { (b, a) };
    if short.letters.len() >= 6 && long.letters.ends_with(&short.letters) {
        Agreement { level: 0, surprise: short.surprise.min(long.surprise) }
    } else {
        plain(edit_level(a, b))
    }
}

/// Dates as eight digits, the year first or last.
fn date_level(a: &[char], b: &[char]) -> u8 {
    if a.len() != 8 || b.len() != 8 {
        return if edits(a, b, 1).is_some() { 2 } else { 4 };
    }
    let couples = |text: &[char]| {
        [[text[0], text[1]], [text[2], text[3]], [text[4], text[5]], [text[6], text[7]]]
    };
    let (mut left, mut right) = (couples(a), couples(b));
    let agreeing = left.iter().zip(&right).filter(|(x, y)| x == y).count();
    left.sort_unstable();
    right.sort_unstable();
    if left == right {
        1
    } else if edits(a, b, 1).is_some() {
        2
    } else if agreeing >= 3 || edits(a, b, 2).is_some() {
        3
    } else {
        4
    }
}
