use proptest::prelude::*;

use super::*;

/// Judged by another program: `tests/vectors/make_vectors.py` says how.
const VECTORS: &str = include_str!("../../tests/vectors/vat.csv");

#[test]
fn every_vector_is_judged_as_the_others_judge_it() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in VECTORS.lines().skip(1) {
        let (number, valid) = line.split_once(',').unwrap();
        let parsed = VatNumber::parse(number, None);
        if parsed.is_ok() != (valid == "1") {
            wrong.push(format!("{line} {parsed:?}"));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{} of {count}: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
    assert!(count > 5_000, "{count} vectors");
}

#[test]
fn a_number_without_prefix_is_of_the_default_country_too() {
    for line in VECTORS.lines().filter(|line| line.ends_with(",1")) {
        let number = VatNumber::parse(line.split(',').next().unwrap(), None).unwrap();
        let body = &number.as_str()[2..];
        if matches!(number.country(), "EU" | "IM") || countries::of_prefix(body).is_some() {
            continue;
        }
        let again = VatNumber::parse(body, Some(number.country()));
        assert_eq!(again.as_ref(), Ok(&number), "{line}");
    }
}

#[test]
fn a_number_is_read_as_people_write_it() {
    let cases = [
        ("GB 980 7806 84", None, "GB980780684"),
        ("980 7806 84", Some("GB"), "GB980780684"),
        ("vat no. gb-980.7806.84", None, "GB980780684"),
        ("VAT Reg. No: 980780684", Some("uk"), "GB980780684"),
        ("\u{feff}GB980780684\u{a0}", Some("FR"), "GB980780684"),
        ("GR 094259216", None, "EL094259216"),
        ("94259216", Some("GR"), "EL094259216"),
        ("BE (0)403.019.261", None, "BE0403019261"),
        ("B58378431", Some("ES"), "ESB58378431"),
        ("NO 995 525 828 MVA", None, "NO995525828MVA"),
        ("CHE-107.787.577 IVA", None, "CHE107787577IVA"),
        ("CHE-107.787.577 IVA", Some("CH"), "CHE107787577IVA"),
        ("4495445B01", Some("NL"), "NL004495445B01"),
        ("IE8D79739I", Some("GB"), "IE8D79739I"),
    ];
    for (text, default, canonical) in cases {
        let number = VatNumber::parse(text, default);
        assert_eq!(number.as_ref().map(VatNumber::as_str), Ok(canonical), "{text}");
    }
}

#[test]
fn a_refusal_says_why() {
    let check = |country| VatError::WrongCheckDigits { country };
    let shape = |country, shape| VatError::WrongShape { country, shape };
    let suffix = |country, suffix| VatError::NoSuffix { country, suffix };
    let cases = [
        ("", None, VatError::UnknownCountry),
        ("980780684", None, VatError::UnknownCountry),
        ("980780684", Some("US"), VatError::UnknownCountry),
        ("US980780684", None, VatError::UnknownCountry),
        ("GB980780685", None, check("the United Kingdom")),
        ("VAT GB980780685", None, check("the United Kingdom")),
        ("DE13669597", None, shape("Germany", "9 digits")),
        ("DE13669597", Some("DE"), shape("Germany", "9 digits")),
        ("13669597O", Some("DE"), shape("Germany", "9 digits")),
        // A mistyped German number is not taken for a French one.
        ("DE136695978", Some("FR"), check("Germany")),
        ("NO995525828", None, suffix("Norway", "MVA")),
        ("CHE107787577", None, suffix("Switzerland", "MWST, TVA or IVA")),
    ];
    for (text, default, error) in cases {
        assert_eq!(VatNumber::parse(text, default), Err(error), "{text}");
    }
}

#[test]
fn sentences_say_what_to_do_and_never_repeat_the_number() {
    for text in ["980780684", "GB980780685", "DE13669597", "NO995525828"] {
        let sentence = VatNumber::parse(text, None).unwrap_err().to_string();
        assert!(sentence.ends_with('.') && sentence.matches(". ").count() >= 1, "{sentence}");
        assert!(!sentence.contains(&text[2..]), "{sentence}");
    }
}

#[test]
fn one_registration_is_one_text() {
    let cases = [
        ("GB242338087388", "GB242338087"),
        ("GB242338087", "GB242338087"),
        ("XI242338087", "GB242338087"),
        ("GBHA500", "GBHA500"),
        ("CHE107787577IVA", "CHE107787577"),
        ("CHE107787577MWST", "CHE107787577"),
        ("DE136695976", "DE136695976"),
    ];
    for (text, registration) in cases {
        assert_eq!(VatNumber::parse(text, None).unwrap().registration(), registration);
    }
}

#[test]
fn a_sign_of_several_bytes_is_no_digit() {
    for text in ["NL000179𐀀10B01", "NL1234é678B01"] {
        let judged = VatNumber::parse(text, None);
        assert!(matches!(judged, Err(VatError::WrongShape { .. })), "{text}: {judged:?}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".*", default in proptest::option::of("[A-Z]{2}")) {
        drop(VatNumber::parse(&text, default.as_deref()));
    }

    /// Texts that come near: a prefix, then the signs that numbers are made of.
    #[test]
    fn the_canonical_form_is_read_as_itself(text in "(AT|BE|CZ|EL|ES|FR|GB|IE|LT|NL|RO|XI)[0-9A-Z+*]{2,13}") {
        if let Ok(number) = VatNumber::parse(&text, None) {
            prop_assert_eq!(VatNumber::parse(number.as_str(), None), Ok(number));
        }
    }

    #[test]
    fn a_vector_cut_or_changed_never_panics(line in 0..7_000_usize, cut in 0..14_usize, sign in any::<char>()) {
        let number = VECTORS.lines().nth(line).unwrap().split(',').next().unwrap();
        let head: String = number.chars().take(cut).collect();
        let tail: String = number.chars().skip(cut + 1).collect();
        for text in [format!("{head}{sign}{tail}"), head] {
            if let Ok(number) = VatNumber::parse(&text, Some("FR")) {
                prop_assert_eq!(VatNumber::parse(number.as_str(), None), Ok(number));
            }
        }
    }
}
