//! The countries whose VAT numbers can be judged: prefix, name, shape in words, rule.
//!
//! Not for: the rules themselves (one file for each group of countries). Invariant: prefixes are unique.

use super::digits::{VatResult, digits, number, shape};
use super::{centre, north, south, west};

#[derive(Debug)]
pub(super) struct Country {
    pub(super) prefix: &'static str,
    pub(super) name: &'static str,
    /// The form behind the prefix, to end a sentence with.
    pub(super) shape: &'static str,
    pub(super) rule: fn(&str) -> VatResult,
    pub(super) suffix: &'static str,
}

static COUNTRIES: [Country; 33] = [
    country("AT", "Austria", "U and 8 digits", centre::austria),
    country("BE", "Belgium", "10 digits beginning with 0 or 1", west::belgium),
    country("BG", "Bulgaria", "9 or 10 digits", south::bulgaria),
    country("CH", "Switzerland", "E, 9 digits and MWST, TVA or IVA", centre::switzerland),
    country("CY", "Cyprus", "8 digits and a letter", south::cyprus),
    country("CZ", "Czechia", "8, 9 or 10 digits", centre::czechia),
    country("DE", "Germany", "9 digits", centre::germany),
    country("DK", "Denmark", "8 digits", north::denmark),
    country("EE", "Estonia", "9 digits", north::estonia),
    country("EL", "Greece", "9 digits", south::greece),
    country("ES", "Spain", "9 characters, the first or the last a letter", south::spain),
    country("EU", "the one-stop shop", "9 digits beginning with a country", one_stop_shop::<9>),
    country("FI", "Finland", "8 digits", north::finland),
    country("FR", "France", "2 characters and 9 digits", west::france),
    country("GB", "the United Kingdom", "9 or 12 digits, or GD or HA and 3", west::united_kingdom),
    country("HR", "Croatia", "11 digits", south::croatia),
    country("HU", "Hungary", "8 digits", centre::hungary),
    country("IE", "Ireland", "7 digits and 1 or 2 letters", west::ireland),
    country(
        "IM",
        "the import one-stop shop",
        "10 digits beginning with a country",
        one_stop_shop::<10>,
    ),
    country("IT", "Italy", "11 digits", south::italy),
    country("LT", "Lithuania", "9 or 12 digits, the last but one a 1", north::lithuania),
    country("LU", "Luxembourg", "8 digits", west::luxembourg),
    country("LV", "Latvia", "11 digits", north::latvia),
    country("MT", "Malta", "8 digits", south::malta),
    country("NL", "the Netherlands", "9 digits, B and 2 digits", west::netherlands),
    country("NO", "Norway", "9 digits and MVA", north::norway),
    country("PL", "Poland", "10 digits", centre::poland),
    country("PT", "Portugal", "9 digits", south::portugal),
    country("RO", "Romania", "2 to 10 digits", south::romania),
    country("SE", "Sweden", "10 digits and 01", north::sweden),
    country("SI", "Slovenia", "8 digits", centre::slovenia),
    country("SK", "Slovakia", "10 digits", centre::slovakia),
    country("XI", "Northern Ireland", "9 or 12 digits, or GD or HA and 3", west::united_kingdom),
];

/// The numbers, in ISO 3166, of the countries that run a one-stop shop; 900 is Northern Ireland.
const ONE_STOP_SHOPS: [u64; 28] = [
    40, 56, 100, 191, 196, 203, 208, 233, 246, 250, 276, 300, 348, 372, 380, 428, 440, 442, 470,
    528, 616, 620, 642, 703, 705, 724, 752, 900,
];

/// The country a text begins with, and the rest of the text.
pub(super) fn of_prefix(text: &str) -> Option<(&'static Country, &str)> {
    let (prefix, body) = text.split_at_checked(2)?;
    let prefix = match prefix {
        "GR" => "EL",
        "UK" => "GB",
        other => other,
    };
    COUNTRIES.iter().find(|country| country.prefix == prefix).map(|country| (country, body))
}

/// The country whose VAT numbers a country's suppliers have: the Isle of Man has British ones, Monaco
/// French ones.
pub(super) fn of_iso(country: &str) -> Option<&'static Country> {
    let country = country.trim().to_ascii_uppercase();
    let prefix = match country.as_str() {
        "GR" => "EL",
        "IM" | "UK" => "GB",
        "MC" => "FR",
        "EU" => return None,
        other => other,
    };
    COUNTRIES.iter().find(|country| country.prefix == prefix)
}

const fn country(
    prefix: &'static str,
    name: &'static str,
    shape: &'static str,
    rule: fn(&str) -> VatResult,
) -> Country {
    let suffix = match prefix.as_bytes() {
        b"CH" => "MWST, TVA or IVA",
        b"NO" => "MVA",
        _ => "",
    };
    Country { prefix, name, shape, rule, suffix }
}

/// Sellers from outside the European Union; the check digits are not public.
fn one_stop_shop<const DIGITS: usize>(text: &str) -> VatResult {
    let digits = digits::<DIGITS>(text)?;
    shape(ONE_STOP_SHOPS.contains(&number(&digits[..3])))?;
    Ok(text.to_owned())
}
