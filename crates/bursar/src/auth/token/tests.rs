use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

fn token(claims: &str) -> Secret<String> {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    Secret::new(format!("{}.{}.c2ln", part(r#"{"alg":"EdDSA"}"#), part(claims)))
}

#[test]
fn time_is_looked_at() {
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    for (claims, usable, warned) in [
        (r#"{"exp":1800000000}"#, true, true),
        (r#"{"exp":1799999000}"#, false, false),
        (r#"{"exp":1801000000}"#, true, true),
        (r#"{"exp":1810000000}"#, true, false),
        (r#"{"exp":1810000000,"nbf":1800001000}"#, false, false),
        ("{}", true, false),
    ] {
        let token = Token::parse(&token(claims)).unwrap();
        assert_eq!(token.check_time(now).is_ok(), usable, "{claims}");
        assert_eq!(token.warning(now).is_some(), warned, "{claims}");
    }
}

#[test]
fn nothing_prints_a_token() {
    let secret = token(r#"{"exp":1800000000}"#);
    let token = Token::parse(&secret).unwrap();
    let shown = format!("{token:?} {:?}", token.header().unwrap());
    let page = describe(&token, Timestamp::UNIX_EPOCH);
    for part in secret.expose().split('.') {
        assert!(!shown.contains(part) && !page.contains(part), "{shown}\n{page}");
    }
}

#[test]
fn what_was_pasted_round_it_is_named() {
    let pasted = Secret::new(format!("\u{feff}{}\r\n", token("{}").expose()));
    let removed = Token::parse(&pasted).unwrap().removed().unwrap();
    assert!(removed.contains("byte order mark (U+FEFF) at position 1"), "{removed}");
    assert!(!removed.contains("a line feed"), "a text file ends so: {removed}");
    let plain = Secret::new(format!("{}\n", token("{}").expose()));
    assert_eq!(Token::parse(&plain).unwrap().removed(), None);
    let twice = Secret::new(format!("{}\n\n", token("{}").expose()));
    assert!(Token::parse(&twice).unwrap().removed().unwrap().contains("a line feed"));
}
