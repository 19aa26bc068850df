//! Amounts and days as workflows write them into JSON.
//!
//! Invariant: an amount is never a binary fraction: a number counts by the digits it is written with.

use jiff::civil::Date;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::amount::Amount;

/// An amount as text, or as a number: few workflows have decimals.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenAmount {
    Text(String),
    Number(serde_json::Number),
}

pub(super) fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
    read_amount(WrittenAmount::deserialize(deserializer)?)
}

pub(super) fn optional_amount<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Amount>, D::Error> {
    Option::<WrittenAmount>::deserialize(deserializer)?.map(read_amount).transpose()
}

pub(super) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    read_date(&String::deserialize(deserializer)?)
}

pub(super) fn optional_date<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Date>, D::Error> {
    Option::<String>::deserialize(deserializer)?.as_deref().map(read_date).transpose()
}

fn read_amount<E: Error>(written: WrittenAmount) -> Result<Amount, E> {
    let text = match written {
        WrittenAmount::Text(text) => text,
        WrittenAmount::Number(number) => number.to_string(),
    };
    text.trim().parse().map_err(E::custom)
}

fn read_date<E: Error>(text: &str) -> Result<Date, E> {
    let no_date = |_why| E::custom("not a day: write the date as year, month and day: 2026-03-31");
    text.trim().parse().map_err(no_date)
}
