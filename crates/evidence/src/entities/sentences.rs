//! Evidence of one field in words.
//!
//! Not for: weights. Invariant: a sentence never quotes the value: it may be personal.

use super::Kind;
use super::columns::Column;
use super::compare::{Agreement, SWAPPED};

/// "same postcode, which 3 of 3,337 share".
pub(super) fn of(column: &Column, found: Agreement, a: usize, b: usize) -> String {
    let name = name(column.kind);
    if found.level == 0 {
        let shared = column
            .of(a)
            .iter()
            .find(|id| column.of(b).contains(id))
            .map_or(2, |id| column.value(*id).rows);
        return format!(
            "same {name}, which {} of {} share",
            grouped(shared as usize),
            grouped(column.filled)
        );
    }
    match column.kind {
        Kind::Organisation | Kind::Address => in_words(name, found.level),
        Kind::GivenName | Kind::Surname => match found.level {
            SWAPPED => "given name and surname in each other's place".to_owned(),
            2 => format!("{name} differs by one letter or two"),
            3 | 4 => format!("{name} similar"),
            _ => format!("{name} differs"),
        },
        Kind::BirthDate => match found.level {
            1 => format!("{name} with its parts in another order"),
            2 => format!("{name} differs by one digit"),
            3 => format!("{name} agrees in most parts"),
            _ => format!("{name} differs"),
        },
        Kind::Postcode if found.level == 2 => "same postal district".to_owned(),
        Kind::Email if found.level == 2 => "e-mail at the same domain".to_owned(),
        kind if found.level as usize + 1 == super::compare::levels(kind) => {
            format!("{name} differs")
        }
        _ if found.level == 1 => format!("{name} differs by one character"),
        _ => format!("{name} similar"),
    }
}

pub(super) fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Organisation => "name",
        Kind::GivenName => "given name",
        Kind::Surname => "surname",
        Kind::Address => "address",
        Kind::StreetNumber => "house number",
        Kind::Town => "town",
        Kind::Region => "region",
        Kind::Postcode => "postcode",
        Kind::Telephone => "telephone",
        Kind::Email => "e-mail",
        Kind::BirthDate => "date of birth",
        Kind::Identifier(name) => name,
    }
}

fn in_words(name: &str, level: u8) -> String {
    let rare = match (level - 1) % 3 {
        0 => "rare words",
        1 => "uncommon words",
        _ => "common words",
    };
    match level {
        1..=3 => format!("{name} nearly the same, in {rare}"),
        4..=6 => format!("{name} similar, sharing {rare}"),
        7..=9 => format!("{name} in part the same, sharing {rare}"),
        10 => format!("{name} shares little"),
        _ => format!("{name} differs"),
    }
}

fn grouped(count: usize) -> String {
    domain::digits::grouped(&count.to_string())
}
