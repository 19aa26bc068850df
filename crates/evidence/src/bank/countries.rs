//! How the account number of each country is built, as a structure such as `4a14n`: how many, and
//! whether digits (`n`), capital letters (`a`) or either (`c`).
//!
//! Not for: check digits. The structures are those of the IBAN registry (release 101), which SWIFT
//! publishes for ISO 13616. Invariant: each table is sorted by country.

/// The structures in the registry, by country.
pub(super) const REGISTERED: &[(&str, &str)] = &[
    ("AD", "8n12c"),
    ("AE", "19n"),
    ("AL", "8n16c"),
    ("AT", "16n"),
    ("AZ", "4a20c"),
    ("BA", "16n"),
    ("BE", "12n"),
    ("BG", "4a6n8c"),
    ("BH", "4a14c"),
    ("BI", "23n"),
    ("BR", "23n1a1c"),
    ("BY", "4c4n16c"),
    ("CH", "5n12c"),
    ("CR", "18n"),
    ("CY", "8n16c"),
    ("CZ", "20n"),
    ("DE", "18n"),
    ("DJ", "23n"),
    ("DK", "14n"),
    ("DO", "4c20n"),
    ("EE", "16n"),
    ("EG", "25n"),
    ("ES", "20n"),
    ("FI", "14n"),
    ("FK", "2a12n"),
    ("FO", "14n"),
    ("FR", "10n11c2n"),
    ("GB", "4a14n"),
    ("GE", "2a16n"),
    ("GI", "4a15c"),
    ("GL", "14n"),
    ("GR", "7n16c"),
    ("GT", "24c"),
    ("HN", "4a20n"),
    ("HR", "17n"),
    ("HU", "24n"),
    ("IE", "4a14n"),
    ("IL", "19n"),
    ("IQ", "4a15n"),
    ("IS", "22n"),
    ("IT", "1a10n12c"),
    ("JO", "4a4n18c"),
    ("KW", "4a22c"),
    ("KZ", "3n13c"),
    ("LB", "4n20c"),
    ("LC", "4a24c"),
    ("LI", "5n12c"),
    ("LT", "16n"),
    ("LU", "3n13c"),
    ("LV", "4a13c"),
    ("LY", "21n"),
    ("MC", "10n11c2n"),
    ("MD", "20c"),
    ("ME", "18n"),
    ("MK", "3n10c2n"),
    ("MN", "16n"),
    ("MR", "23n"),
    ("MT", "4a5n18c"),
    ("MU", "4a19n3a"),
    ("NI", "4a20n"),
    ("NL", "4a10n"),
    ("NO", "11n"),
    ("OM", "3n16c"),
    ("PK", "4a16c"),
    ("PL", "24n"),
    ("PS", "4a21c"),
    ("PT", "21n"),
    ("QA", "4a21c"),
    ("RO", "4a16c"),
    ("RS", "18n"),
    ("RU", "14n15c"),
    ("SA", "2n18c"),
    ("SC", "4a20n3a"),
    ("SD", "14n"),
    ("SE", "20n"),
    ("SI", "15n"),
    ("SK", "20n"),
    ("SM", "1a10n12c"),
    ("SO", "19n"),
    ("ST", "21n"),
    ("SV", "4a20n"),
    ("TL", "19n"),
    ("TN", "20n"),
    ("TR", "6n16c"),
    ("UA", "6n19c"),
    ("VA", "18n"),
    ("VG", "4a16n"),
    ("XK", "16n"),
    ("YE", "4a4n18c"),
];

/// Territories that keep their accounts by another country's structure. Their banks write that
/// country's letters; the territory's own are accepted because they are met.
pub(super) const TERRITORIES: &[(&str, &str)] = &[
    ("AX", "14n"),
    ("BL", "10n11c2n"),
    ("GF", "10n11c2n"),
    ("GG", "4a14n"),
    ("GP", "10n11c2n"),
    ("IM", "4a14n"),
    ("JE", "4a14n"),
    ("MF", "10n11c2n"),
    ("MQ", "10n11c2n"),
    ("NC", "10n11c2n"),
    ("PF", "10n11c2n"),
    ("PM", "10n11c2n"),
    ("RE", "10n11c2n"),
    ("TF", "10n11c2n"),
    ("WF", "10n11c2n"),
    ("YT", "10n11c2n"),
];

/// Countries whose banks issue such numbers although the registry does not hold them yet.
pub(super) const UNREGISTERED: &[(&str, &str)] = &[
    ("AO", "21n"),
    ("BF", "2c22n"),
    ("BJ", "2c22n"),
    ("CF", "23n"),
    ("CG", "23n"),
    ("CI", "2a22n"),
    ("CM", "23n"),
    ("CV", "21n"),
    ("DZ", "22n"),
    ("GA", "23n"),
    ("GQ", "23n"),
    ("GW", "2c19n"),
    ("IR", "22n"),
    ("KM", "23n"),
    ("MA", "24n"),
    ("MG", "23n"),
    ("ML", "2c22n"),
    ("MZ", "21n"),
    ("NE", "2a22n"),
    ("SN", "2a22n"),
    ("TD", "23n"),
    ("TG", "2a22n"),
];

/// The country as this file writes it, and the structure of its account numbers.
pub(super) fn entry(country: &str) -> Option<(&'static str, &'static str)> {
    [REGISTERED, TERRITORIES, UNREGISTERED].iter().find_map(|table| {
        let at = table.binary_search_by_key(&country, |(country, _)| country).ok()?;
        table.get(at).copied()
    })
}

/// The runs of a structure: how many characters, of which class.
pub(super) fn runs(structure: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    structure.split_inclusive(|letter: char| letter.is_ascii_lowercase()).map(|run| {
        let class = run.chars().last().expect("splitting gives no empty run");
        let count = run[..run.len() - 1].parse().expect("the tables write a count and a letter");
        (count, class)
    })
}

pub(super) fn is_of_class(character: char, class: char) -> bool {
    match class {
        'n' => character.is_ascii_digit(),
        'a' => character.is_ascii_uppercase(),
        _ => character.is_ascii_digit() || character.is_ascii_uppercase(),
    }
}
