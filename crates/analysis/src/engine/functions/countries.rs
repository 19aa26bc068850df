//! Countries as ledgers name them: two letters of ISO 3166, three, or a name in English or its own
//! tongue.
//!
//! Not for: which country an IBAN or a VAT number is of (`evidence`). Invariant: what is not known is none,
//! so that nothing is judged by the rules of a country that was only guessed.

/// Two letters, then other ways to write them, without spaces and in capitals. Those whose VAT numbers or
/// IBANs are judged, and who else a European ledger names.
const WRITTEN: &[(&str, &[&str])] = &[
    ("AT", &["AUT", "AUSTRIA", "OSTERREICH", "ÖSTERREICH"]),
    ("AU", &["AUS", "AUSTRALIA"]),
    ("BE", &["BEL", "BELGIUM", "BELGIQUE", "BELGIE", "BELGIË"]),
    ("BG", &["BGR", "BULGARIA"]),
    ("CA", &["CAN", "CANADA"]),
    ("CH", &["CHE", "SWITZERLAND", "SCHWEIZ", "SUISSE"]),
    ("CN", &["CHN", "CHINA"]),
    ("CY", &["CYP", "CYPRUS"]),
    ("CZ", &["CZE", "CZECHREPUBLIC", "CZECHIA"]),
    ("DE", &["DEU", "GER", "GERMANY", "DEUTSCHLAND"]),
    ("DK", &["DNK", "DENMARK", "DANMARK"]),
    ("EE", &["EST", "ESTONIA"]),
    ("ES", &["ESP", "SPAIN", "ESPANA", "ESPAÑA"]),
    ("FI", &["FIN", "FINLAND", "SUOMI"]),
    ("FR", &["FRA", "FRANCE"]),
    (
        "GB",
        &[
            "UK",
            "GBR",
            "UNITEDKINGDOM",
            "GREATBRITAIN",
            "BRITAIN",
            "ENGLAND",
            "SCOTLAND",
            "WALES",
            "NORTHERNIRELAND",
            "UNITEDKINGDOMOFGREATBRITAINANDNORTHERNIRELAND",
        ],
    ),
    ("GR", &["EL", "GRC", "GREECE"]),
    ("HR", &["HRV", "CROATIA"]),
    ("HU", &["HUN", "HUNGARY"]),
    ("IE", &["IRL", "IRELAND", "REPUBLICOFIRELAND", "EIRE"]),
    ("IN", &["IND", "INDIA"]),
    ("IT", &["ITA", "ITALY", "ITALIA"]),
    ("JP", &["JPN", "JAPAN"]),
    ("LT", &["LTU", "LITHUANIA"]),
    ("LU", &["LUX", "LUXEMBOURG"]),
    ("LV", &["LVA", "LATVIA"]),
    ("MT", &["MLT", "MALTA"]),
    ("NL", &["NLD", "NETHERLANDS", "THENETHERLANDS", "HOLLAND", "NEDERLAND"]),
    ("NO", &["NOR", "NORWAY", "NORGE"]),
    ("PL", &["POL", "POLAND", "POLSKA"]),
    ("PT", &["PRT", "PORTUGAL"]),
    ("RO", &["ROU", "ROMANIA"]),
    ("SE", &["SWE", "SWEDEN", "SVERIGE"]),
    ("SI", &["SVN", "SLOVENIA"]),
    ("SK", &["SVK", "SLOVAKIA"]),
    ("US", &["USA", "UNITEDSTATES", "UNITEDSTATESOFAMERICA"]),
];

/// The two letters of ISO 3166, if the text names a country that is known or is two letters already.
pub(super) fn country_code(text: &str) -> Option<String> {
    let plain: String =
        text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_uppercase).collect();
    let known = WRITTEN.iter().find(|(_, others)| others.contains(&plain.as_str()));
    match known {
        Some((code, _)) => Some((*code).to_owned()),
        None => (plain.len() == 2 && plain.is_ascii()).then_some(plain),
    }
}

#[cfg(test)]
mod tests {
    use super::country_code;

    #[test]
    fn a_country_is_known_however_it_is_written() {
        for (text, code) in [
            ("gb", Some("GB")),
            ("UK", Some("GB")),
            ("U.K.", Some("GB")),
            ("United Kingdom", Some("GB")),
            ("EL", Some("GR")),
            ("deu", Some("DE")),
            ("Österreich", Some("AT")),
            ("JP", Some("JP")),
            ("Atlantis", None),
            ("", None),
        ] {
            assert_eq!(country_code(text).as_deref(), code, "{text}");
        }
    }
}
