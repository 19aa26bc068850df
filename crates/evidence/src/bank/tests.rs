use proptest::prelude::*;

use super::*;

/// Judged by two other programs: `tests/vectors/make_vectors.py` says how.
const VECTORS: &str = include_str!("../../tests/vectors/iban.csv");

#[test]
fn every_vector_is_judged_as_the_others_judge_it() {
    let (mut count, mut national_count) = (0, 0);
    for line in VECTORS.lines().skip(1) {
        let mut fields = line.split(',');
        let (number, valid) = (fields.next().unwrap(), fields.next().unwrap());
        let national = fields.next().unwrap();
        let parsed = Iban::parse(number);
        assert_eq!(parsed.is_ok(), valid == "1", "{line} {parsed:?}");
        if let Some(holds) = parsed.ok().and_then(|iban| iban.national_check_digits_hold())
            && !national.is_empty()
        {
            assert_eq!(holds, national == "1", "{line}");
            national_count += 1;
        }
        count += 1;
    }
    assert!(count > 2_000 && national_count > 200, "{count} vectors, {national_count} national");
}

#[test]
fn tables_are_sorted_and_every_structure_can_be_read() {
    for table in [countries::REGISTERED, countries::TERRITORIES, countries::UNREGISTERED] {
        assert!(table.is_sorted_by(|left, right| left.0 < right.0));
        for (country, structure) in table {
            let again = countries::runs(structure).fold(String::new(), |again, (count, class)| {
                again + &count.to_string() + class.encode_utf8(&mut [0; 4])
            });
            assert_eq!(again, *structure, "{country}");
        }
    }
}

#[test]
fn an_iban_is_read_as_people_write_it() {
    let written = [
        "GB29NWBK60161331926819",
        "gb29 nwbk 6016 1331 9268 19",
        "IBAN GB29 NWBK 6016 1331 9268 19",
        "IBAN: GB29-NWBK-6016-1331-9268-19",
        "\u{feff}GB29\u{a0}NWBK 6016 1331 9268 19\t",
    ];
    for text in written {
        let iban = Iban::parse(text).unwrap();
        assert_eq!((iban.as_str(), iban.country()), ("GB29NWBK60161331926819", "GB"), "{text}");
    }
}

#[test]
fn a_refusal_says_why() {
    let cases = [
        ("", IbanError::UnknownCountry),
        ("60161331926819", IbanError::UnknownCountry),
        ("ZZ29NWBK60161331926819", IbanError::UnknownCountry),
        ("GB29NWBK6016133192681", IbanError::WrongLength { country: "GB", wanted: 22, found: 21 }),
        ("GB29NWBK6O161331926819", IbanError::WrongCharacters),
        ("GB29NWBK60161331926818", IbanError::WrongCheckDigits),
        // The remainder fits, but no bank computes 00, 01 or 99.
        ("GB01BARC20714583608387", IbanError::WrongCheckDigits),
        ("GB00HLFX11016111455365", IbanError::WrongCheckDigits),
    ];
    for (text, error) in cases {
        let found = Iban::parse(text).unwrap_err();
        assert_eq!(found, error, "{text}");
        assert_eq!(iban_fault(text), Some(error), "{text}");
        assert!(text.is_empty() || !found.to_string().contains(text));
    }
}

#[test]
fn national_check_digits_are_a_second_question() {
    let cases = [
        ("BE32123456789002", Some(true)),
        ("BE41091811735141", Some(false)),
        ("ES7712341234161234567890", Some(true)),
        ("ES1512341234171234567890", Some(false)),
        ("ME25510000000006234133", Some(true)),
        ("ME52510000000006234132", Some(false)),
        ("NO9386011117947", Some(true)),
        ("NO2386011117946", Some(false)),
        ("DE89370400440532013000", None),
    ];
    for (text, holds) in cases {
        assert_eq!(Iban::parse(text).unwrap().national_check_digits_hold(), holds, "{text}");
        let fault = (holds == Some(false)).then_some(IbanError::WrongNationalCheckDigits);
        assert_eq!(iban_fault(text), fault, "{text}");
    }
}

#[test]
fn one_account_has_one_key() {
    let british = Some("601613-31926819".to_owned());
    let iban = Some("GB29 NWBK 6016 1331 9268 19");
    assert_eq!(account_key(iban, None, None), british);
    assert_eq!(account_key(iban, Some("11-22-33"), Some("44556670")), british);
    assert_eq!(account_key(None, Some("60-16-13"), Some("31926819")), british);
    assert_eq!(account_key(Some("n/a"), Some("60 16 13"), Some("3192 6819")), british);
    assert_eq!(account_key(None, None, iban), british, "in the wrong field");
}

#[test]
fn every_kind_of_account_has_its_key() {
    let cases = [
        (None, Some("08-00-54"), Some("00347100"), Some("080054-00347100")),
        // A spreadsheet dropped the zeros.
        (None, Some("80054"), Some("347100"), Some("080054-00347100")),
        (Some("IE29AIBK93115212345678"), None, None, None),
        (Some("IE37IRCE92050112345679"), None, None, Some("920501-12345679")),
        (None, Some("92-05-01"), Some("12345679"), Some("920501-12345679")),
        (Some("DE89 3704 0044 0532 0130 00"), None, None, Some("DE89370400440532013000")),
        (None, Some("021000021"), Some("0004571239"), Some("21000021-4571239")),
        (None, Some("21000021"), Some("4571239"), Some("21000021-4571239")),
        (None, Some("DEUTDEFF"), Some("0532013000"), Some("DEUTDEFF-532013000")),
        // Nine characters say enough alone, eight do not.
        (None, None, Some("4571239886"), Some("-4571239886")),
        (None, Some("none"), Some("4571239886"), Some("-4571239886")),
        (None, None, Some("45712398"), None),
        // Impossible, but nothing is beside it and nobody else makes the same slip.
        (Some("GB29NWBK60161331926818"), None, None, Some("GB29NWBK60161331926818")),
        (Some("GB29NWBK60161331926818"), Some("601613"), Some("31926819"), Some("601613-31926819")),
    ];
    for (iban, sort_code, account, key) in cases {
        let found = account_key(iban, sort_code, account);
        assert_eq!(found.as_deref(), key, "{iban:?} {sort_code:?} {account:?}");
    }
}

#[test]
fn what_only_fills_a_field_has_no_key() {
    let accounts = [
        "",
        " ",
        "0",
        "00000000",
        "11111111",
        "99999999",
        "12345678",
        "00000001",
        "123456789",
        "1234567890",
        "87654321",
        "cash",
        "N/A",
        "-",
    ];
    for account in accounts {
        for sort_code in [None, Some(""), Some("20-00-00"), Some("00-00-00"), Some("021000021")] {
            assert_eq!(
                account_key(None, sort_code, Some(account)),
                None,
                "{sort_code:?} {account}"
            );
        }
    }
    for iban in [
        "",
        "none",
        "GB00",
        "GB02NWBK20000012345678",
        "GB11NWBK20000012345678",
        "GB20NWBK00000000000000",
        "GB00XXXX00000000000000",
    ] {
        assert_eq!(account_key(Some(iban), None, None), None, "{iban}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".*", other in ".*") {
        drop(Iban::parse(&text));
        drop(account_key(Some(&text), Some(&other), Some(&text)));
    }

    #[test]
    fn the_canonical_form_is_read_as_itself(line in 1..4_000_usize, cut in 0..30_usize, sign in any::<char>()) {
        let number = VECTORS.lines().nth(line).unwrap().split(',').next().unwrap();
        let head: String = number.chars().take(cut).collect();
        let tail: String = number.chars().skip(cut + 1).collect();
        for text in [number.to_owned(), format!("{head}{sign}{tail}"), format!("{head}-{tail}")] {
            drop(account_key(Some(&text), None, None));
            if let Ok(iban) = Iban::parse(&text) {
                iban.national_check_digits_hold();
                prop_assert_eq!(Iban::parse(iban.as_str()), Ok(iban));
            }
        }
    }

    #[test]
    fn a_sort_code_and_its_iban_have_one_key(sort_code in 10_000_u32..1_000_000, account in 0_u32..100_000_000) {
        let bban = format!("BARC{sort_code:06}{account:08}");
        let check = 98 - remainder_97(&format!("{bban}GB00"));
        let iban = format!("GB{check:02}{bban}");
        prop_assert!(Iban::parse(&iban).is_ok());
        prop_assert_eq!(
            account_key(Some(&iban), None, None),
            account_key(None, Some(&sort_code.to_string()), Some(&account.to_string()))
        );
    }
}
