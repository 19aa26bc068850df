//! Names that could be taken for others: by the eye, by a letter, by a word added.
//!
//! Invariant: a name is no look-alike of itself in another spelling.

use super::{CompanyName, TokenRarity};
use crate::entities::text::edits;

/// A name in the forms by which it could be taken for another, made once for many comparisons.
#[derive(Debug, Clone)]
pub struct NameForms {
    pub name: CompanyName,
    squeezed: String,
    to_the_eye: String,
    without_doubles: String,
    digits: String,
}

/// The way in which a name resembles another without being it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookAlike {
    /// Differs only in characters that look the same: `O` and `0`, `RN` and `M`.
    SameToTheEye,
    /// Differs only in doubled letters.
    DoubledLetter,
    /// One edit within one rare word.
    OneEdit,
    /// One has a word more, and no third name has the first of the others.
    AddedWord,
}

/// A word that fewer than one name in so many bears is rare: below it one edit is no sign of imitation
/// ("SERVICE" and "SERVICES").
const RARE_BITS: f64 = 6.0;
/// Words shorter than this name nobody.
const NAMING_MIN: usize = 4;
/// The two names compared bear the word, and no third.
const BEARERS_MAX: u32 = 2;

/// The way in which one name could be taken for the other without being it.
pub fn look_alike(a: &NameForms, b: &NameForms, rarity: &TokenRarity) -> Option<LookAlike> {
    if a.squeezed == b.squeezed || a.squeezed.is_empty() || b.squeezed.is_empty() {
        return None;
    }
    if a.to_the_eye == b.to_the_eye {
        return Some(LookAlike::SameToTheEye);
    }
    if a.digits != b.digits {
        // `Store 1` and `Store 11` are two stores.
        return None;
    }
    if a.without_doubles == b.without_doubles {
        return Some(LookAlike::DoubledLetter);
    }
    let (a, b) = (&a.name, &b.name);
    if a.tokens.len() != b.tokens.len() {
        return has_word_added(a, b, rarity).then_some(LookAlike::AddedWord);
    }
    let mut differing = a.tokens.iter().zip(&b.tokens).filter(|(x, y)| x != y);
    let (x, y) = differing.next()?;
    let numeric = |token: &str| token.chars().any(|letter| letter.is_ascii_digit());
    if differing.next().is_some() || numeric(x) || numeric(y) || x.len().min(y.len()) < 4 {
        return None;
    }
    let (letters_x, letters_y): (Vec<char>, Vec<char>) = (x.chars().collect(), y.chars().collect());
    let rare = rarity.bits(x).max(rarity.bits(y)) >= RARE_BITS;
    (rare && edits(&letters_x, &letters_y, 1).is_some()).then_some(LookAlike::OneEdit)
}

/// Returns `true` when one name is the other with a word more before or behind, and what they share
/// names no third.
fn has_word_added(a: &CompanyName, b: &CompanyName, rarity: &TokenRarity) -> bool {
    let (short, long) = if a.tokens.len() < b.tokens.len() {
        (&a.tokens, &b.tokens)
    } else {
        (&b.tokens, &a.tokens)
    };
    // A company is named by its first word; the others say what it does.
    let names = |word: &String| word.len() >= NAMING_MIN && rarity.count(word) <= BEARERS_MAX;
    long.len() == short.len() + 1
        && (long.starts_with(short) || long.ends_with(short))
        && short.first().is_some_and(names)
}

impl NameForms {
    pub fn of(name: CompanyName) -> Self {
        let squeezed = name.squeezed();
        Self {
            to_the_eye: to_the_eye(&squeezed),
            without_doubles: without_doubles(&squeezed),
            digits: squeezed.chars().filter(char::is_ascii_digit).collect(),
            squeezed,
            name,
        }
    }

    /// Rules out nearly all couples before they are compared in earnest: look-alikes differ in one place, so
    /// they begin or end alike, or one of them is the beginning or the end of the other.
    pub fn could_be(&self, other: &Self) -> bool {
        const ALIKE: usize = 3;
        let (short, long) = if self.squeezed.len() <= other.squeezed.len() {
            (&self.squeezed, &other.squeezed)
        } else {
            (&other.squeezed, &self.squeezed)
        };
        if long.starts_with(short.as_str()) || long.ends_with(short.as_str()) {
            return true;
        }
        let (one, other) = (self.squeezed.as_bytes(), other.squeezed.as_bytes());
        let ends = |name: &[u8]| name.len().saturating_sub(ALIKE);
        one.len().abs_diff(other.len()) <= 3
            && (one.iter().zip(other).take(ALIKE).all(|(x, y)| x == y)
                || one[ends(one)..] == other[ends(other)..])
    }
}

fn to_the_eye(squeezed: &str) -> String {
    squeezed
        .replace("RN", "M")
        .replace("VV", "W")
        .replace("CL", "D")
        .chars()
        .map(|letter| match letter {
            '0' | 'Q' => 'O',
            '1' | 'L' => 'I',
            '5' => 'S',
            '8' => 'B',
            '2' => 'Z',
            '6' => 'G',
            other => other,
        })
        .collect()
}

fn without_doubles(squeezed: &str) -> String {
    let mut letters: Vec<char> = squeezed.chars().collect();
    letters.dedup();
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::canonical;
    use super::*;

    #[test]
    fn look_alikes() {
        let rarity = TokenRarity::new(
            &(0..200).map(|at| canonical(&format!("Word{at} Services"))).collect::<Vec<_>>(),
        );
        let cases = [
            ("Zephyr Services", "Zephyr Services Ltd", None),
            ("Zoom Services", "Z00m Services", Some(LookAlike::SameToTheEye)),
            ("Barnes Services", "Bames Services", Some(LookAlike::SameToTheEye)),
            ("Harris Services", "Haris Services", Some(LookAlike::DoubledLetter)),
            ("Zephyr Services", "Zephir Services", Some(LookAlike::OneEdit)),
            ("Zephyr Quartz", "Zephyr Quartz Services", Some(LookAlike::AddedWord)),
            ("Word7 Services", "Word7 Services Group", Some(LookAlike::AddedWord)),
            ("Services", "Services Group", None),
            ("Zephyr Quartz", "Zephyr Quartz Services Group", None),
            ("Depot 12", "Depot 13", None),
            ("Zephyr Services", "Quartz Services", None),
        ];
        let forms = |name: &str| NameForms::of(canonical(name));
        for (a, b, expected) in cases {
            assert_eq!(look_alike(&forms(a), &forms(b), &rarity), expected, "{a} / {b}");
        }
    }
}
