use proptest::prelude::*;

use super::*;

fn token(header: &str, payload: &str) -> String {
    format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
}

const PAYLOAD: &str = r#"{"iss":"bursar","aud":"local","sub":"customer/acme",
    "jti":"tok_01k00000000000000000000000","iat":1,"nbf":1,"exp":100,"customer":"acme","units":["acme"]}"#;

#[test]
fn claims_are_numeric_and_whole() {
    let parse = |text: &str| serde_json::from_str::<Claims>(text);
    let claims = parse(PAYLOAD).unwrap();
    assert_eq!(claims.scope.units.as_ref().unwrap().len(), 1);
    assert_eq!(claims.scope.types, None);
    for (good, bad) in [
        ("\"nbf\":1", "\"nbf\":\"1\""),
        ("\"exp\":100", "\"exp\":1e308"),
        ("\"exp\":100", "\"exp\":100.5"),
        ("\"exp\":100,", ""),
        ("\"exp\":100", "\"exp\":100,\"exp\":200"),
        ("\"acme\",\"units\"", "\"Acme\",\"units\""),
        ("[\"acme\"]", "\"acme\""),
        ("tok_", "upl_"),
        ("\"aud\":\"local\"", "\"aud\":[\"local\"]"),
    ] {
        let text = PAYLOAD.replace(good, bad);
        assert_ne!(text, PAYLOAD);
        assert!(parse(&text).is_err(), "{bad}");
    }
}

#[test]
fn a_scope_names_what_it_allows() {
    let mut scope = serde_json::from_str::<Claims>(PAYLOAD).unwrap().scope;
    let acme: CustomerName = "acme".parse().unwrap();
    let other: CustomerName = "other".parse().unwrap();
    let unit: UnitName = "acme".parse().unwrap();
    assert!(scope.allows_unit(&acme, &unit));
    assert!(!scope.allows_unit(&other, &unit));
    assert!(!scope.allows_unit(&acme, &"uk".parse().unwrap()));
    assert!(scope.allows_type(FileType::Employees));
    scope.types = Some(vec![FileType::Suppliers]);
    assert!(!scope.allows_type(FileType::Employees));
}

#[test]
fn standing_allows_a_minute_either_way() {
    let at = |second| Timestamp::from_second(second).unwrap();
    let stands = |second| validity(Some(1_000), Some(2_000), at(second));
    assert!(matches!(stands(939), TokenValidity::NotYetValid { .. }));
    assert_eq!(stands(940), TokenValidity::Valid);
    assert_eq!(stands(2_059), TokenValidity::Valid);
    assert!(matches!(stands(2_060), TokenValidity::Expired { .. }));
    assert!(matches!(validity(None, Some(i64::MIN), at(0)), TokenValidity::Expired { .. }));
    assert_eq!(validity(None, Some(i64::MAX), at(0)), TokenValidity::Valid);
}

#[test]
fn moments_beyond_the_calendar_are_told_by_its_nearest_end() {
    let now = Timestamp::UNIX_EPOCH;
    let past =
        TokenValidity::Expired { at: Timestamp::from_second(Timestamp::MIN.as_second()).unwrap() };
    assert_eq!(validity(None, Some(i64::MIN), now), past);
    let from = Timestamp::from_second(Timestamp::MAX.as_second()).unwrap();
    assert_eq!(validity(Some(i64::MAX), None, now), TokenValidity::NotYetValid { from });
}

#[test]
fn only_the_compact_form_parses() {
    let good = token(r#"{"alg":"EdDSA"}"#, PAYLOAD);
    let parsed = CompactToken::parse(&good).unwrap();
    assert_eq!(parsed.expires(), Some(100));
    assert!(!format!("{parsed:?}").contains(&good));
    for bad in
        ["", "a.b", "a.b.c.d.e", "{\"payload\":\"x\"}", "a b.c.d", "é.b.c", "e30.e30", "Iiu.e30.x"]
    {
        assert!(CompactToken::parse(bad).is_err(), "{bad}");
    }
    assert!(matches!(CompactToken::parse(&"a".repeat(4097)), Err(InvalidToken::TooLong { .. })));
    let deep = token("{}", &format!("{{\"a\":{}", "[".repeat(2000)));
    assert!(CompactToken::parse(&deep).is_err());
}

#[test]
fn what_stands_round_a_token_is_taken_away_and_named() {
    for (pasted, named) in [
        ("\u{FEFF}aa.bb.cc", "byte order mark"),
        ("aa.bb.cc\r\n", "carriage return"),
        ("\u{00A0}aa.bb.cc", "no-break space"),
        ("aa.bb.cc\u{200B}", "zero-width space"),
        ("\"aa.bb.cc\"", "quotation mark"),
        ("Bearer aa.bb.cc", "Bearer"),
        ("bearer \u{200B}aa.bb.cc\n", "Bearer"),
    ] {
        let cleaned = clean(pasted).unwrap();
        assert_eq!(cleaned.token, "aa.bb.cc", "{pasted:?}");
        assert!(cleaned.removed.iter().any(|r| r.what.contains(named)), "{:?}", cleaned.removed);
    }
    assert!(clean("aa.bb.cc").unwrap().removed.is_empty());
}

#[test]
fn what_stands_inside_is_an_error_that_says_where() {
    let inner = clean("aa.b\u{200B}b.cc").unwrap_err();
    assert_eq!((inner.position, inner.length), (5, 9));
    assert!(inner.what.contains("zero-width space (U+200B)"));
    assert!(clean("aa.bb\n.cc").is_err());
}

proptest! {
    #[test]
    fn cleaning_is_idempotent_and_leaves_nothing_invisible(pasted in "\\PC{0,30}|[\\x00-\\x20a.\u{200B}\u{FEFF}]{0,30}") {
        if let Ok(cleaned) = clean(&pasted) {
            prop_assert!(!cleaned.token.chars().any(|c| crate::text::is_invisible(c) || c.is_whitespace()));
            if !cleaned.token.to_lowercase().starts_with("bearer") {
                prop_assert_eq!(clean(&cleaned.token).unwrap().token, cleaned.token);
            }
        }
    }

    #[test]
    fn parsing_never_panics(text in ".{0,200}") {
        drop(CompactToken::parse(&text));
    }
}
