use super::*;

#[test]
fn codes_and_nothing_else() {
    for code in ["GBP", "EUR", "USD", "AED", "ZWG"] {
        assert!(is_code(code), "{code}");
    }
    for other in ["", "gbp", "GBPX", "£", "AAA", "ZZZ", "€", "REF", "ABC"] {
        assert!(!is_code(other), "{other}");
    }
    let counted: u32 = IS_CODE.iter().map(|bits| bits.count_ones()).sum();
    assert_eq!(counted as usize, CODES.split(' ').count());
}

#[test]
fn the_tables_name_codes_once() {
    let mut seen = std::collections::HashSet::new();
    let symbols = symbols::OF_ONE.iter().chain(symbols::SHARED).chain([&symbols::BEFORE_DIGITS]);
    let names = names::NAMES.iter().map(|(code, name)| (name, code));
    for (text, codes) in symbols.map(|(symbol, codes)| (symbol, codes)).chain(names) {
        assert!(seen.insert(*text), "{text} stands there twice");
        assert_eq!(folded(text), *text);
        assert!(codes.split(' ').all(is_code), "{text}");
    }
    for code in CODES.split(' ') {
        assert!(MinorDigits::of_code(code).is_some(), "{code} has no digits");
    }
}

#[test]
fn currencies_are_known_however_they_are_written() {
    for (text, code) in [
        ("GBP", Some("GBP")),
        ("£", Some("GBP")),
        ("€", Some("EUR")),
        ("R$", Some("BRL")),
        ("Rp.", Some("IDR")),
        ("zł", Some("PLN")),
        ("ZŁ", Some("PLN")),
        ("Kč", Some("CZK")),
        ("US$", Some("USD")),
        ("Euros", Some("EUR")),
        ("US Dollar", Some("USD")),
        ("Pounds", Some("GBP")),
        ("Swiss  francs", Some("CHF")),
        ("Swiss Franc", Some("CHF")),
        ("S/.", Some("PEN")),
        ("US $", Some("USD")),
        ("CLP$", Some("CLP")),
        ("€ EUR", Some("EUR")),
        ("GBP£", Some("GBP")),
        ("$", None),
        ("kr.", None),
        ("Rs.", None),
        ("dollars", None),
        ("\u{a4}", None),
    ] {
        let currency = Currency::written(text).unwrap_or_else(|| panic!("{text} is unknown"));
        assert_eq!(currency.code(), code, "{text}");
    }
    for other in ["", ".", "REF", "ABC", "gbp", "PO.", "r", "£.", "Mr", "x", "EUR$", "USDX"] {
        assert_eq!(Currency::written(other), None, "{other}");
    }
    assert!(Currency::written("$").unwrap().may_be("CAD"));
    assert!(!Currency::written("$").unwrap().may_be("GBP"));
    assert!(Currency::written("£").unwrap().may_be("EGP"));
    assert!(Currency::written("\u{a4}").unwrap().may_be("GBP"));
    for (text, code) in
        [("gbp", "GBP"), ("Gbp", "GBP"), ("UKP", "GBP"), ("R", "ZAR"), ("all", "ALL")]
    {
        assert_eq!(Currency::of_column(text).unwrap().code(), Some(code), "{text}");
    }
}

#[test]
fn minor_units_are_those_of_iso_4217() {
    for (code, expected) in [("GBP", 2), ("KWD", 3), ("JPY", 0), ("HUF", 2), ("CLF", 4), ("ISK", 0)]
    {
        assert_eq!(decimals(code), expected, "{code}");
    }
}
