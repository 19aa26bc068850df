//! An address as its number and its words, in one spelling.
//!
//! Not for: finding out whether the place exists. Invariant: the number found is not among the words.

use super::text::{fold, words};

/// An address by what identifies the premises (first number that is no unit, floor or box) and the
/// words beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) number: Option<String>,
    pub(super) words: Vec<String>,
}

/// Where the number of the premises stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    Within,
    /// In a field of its own: numbers among the words are words.
    Apart,
}

/// Words whose number names a part of the premises.
const PARTS: &[&str] = &[
    "UNIT",
    "SUITE",
    "STE",
    "FLAT",
    "APT",
    "APARTMENT",
    "FLOOR",
    "FL",
    "ROOM",
    "RM",
    "BLOCK",
    "LEVEL",
    "LOT",
    "SHOP",
];

const SPELLINGS: &[(&str, &str)] = &[
    ("ST", "STREET"),
    ("STR", "STREET"),
    ("AVE", "AVENUE"),
    ("AV", "AVENUE"),
    ("RD", "ROAD"),
    ("DR", "DRIVE"),
    ("LN", "LANE"),
    ("CT", "COURT"),
    ("CRES", "CRESCENT"),
    ("CR", "CRESCENT"),
    ("PL", "PLACE"),
    ("SQ", "SQUARE"),
    ("BLVD", "BOULEVARD"),
    ("BL", "BOULEVARD"),
    ("BVD", "BOULEVARD"),
    ("PKWY", "PARKWAY"),
    ("PKY", "PARKWAY"),
    ("HWY", "HIGHWAY"),
    ("TCE", "TERRACE"),
    ("TER", "TERRACE"),
    ("TERR", "TERRACE"),
    ("GDNS", "GARDENS"),
    ("CL", "CLOSE"),
    ("EST", "ESTATE"),
    ("IND", "INDUSTRIAL"),
    ("PK", "PARK"),
    ("BLDG", "BUILDING"),
    ("HSE", "HOUSE"),
    ("N", "NORTH"),
    ("S", "SOUTH"),
    ("E", "EAST"),
    ("W", "WEST"),
    ("NE", "NORTHEAST"),
    ("NW", "NORTHWEST"),
    ("SE", "SOUTHEAST"),
    ("SW", "SOUTHWEST"),
];

/// Reads an address.
pub(super) fn parse(text: &str, numbers: Numbers) -> Address {
    let mut address = Address::default();
    let mut after_part = false;
    for word in words(&fold(text)) {
        if numbers == Numbers::Within && address.number.is_none() && !after_part && is_number(&word)
        {
            address.number = Some(number(&word));
            continue;
        }
        after_part = PARTS.contains(&word.as_str());
        let usual = SPELLINGS
            .iter()
            .find(|(other, _)| *other == word)
            .map(|(_, usual)| (*usual).to_owned());
        address.words.push(usual.unwrap_or(word));
    }
    address
}

/// A number without leading zeros.
pub(super) fn number(word: &str) -> String {
    let trimmed = word.trim_start_matches('0');
    if trimmed.is_empty() { word.to_owned() } else { trimmed.to_owned() }
}

/// Digits, perhaps with one letter after: `12`, `12A`; not `51ST`.
fn is_number(word: &str) -> bool {
    let rest = word.trim_start_matches(|letter: char| letter.is_ascii_digit());
    rest.len() < word.len() && rest.len() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found() {
        let cases = [
            ("12 High St.", Some("12"), "HIGH STREET"),
            ("Unit 4, 012a Mill Rd", Some("12A"), "UNIT 4 MILL ROAD"),
            ("221 E. 51st St", Some("221"), "EAST 51ST STREET"),
            ("Hauptstraße 7", Some("7"), "HAUPTSTRASSE"),
            ("The Old Dairy", None, "THE OLD DAIRY"),
        ];
        for (text, number, words) in cases {
            let address = parse(text, Numbers::Within);
            assert_eq!(
                (address.number.as_deref(), address.words.join(" ").as_str()),
                (number, words),
                "{text}"
            );
        }
    }
}
