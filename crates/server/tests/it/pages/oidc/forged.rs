//! ID tokens that nobody should believe, on the whole way.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::MemberRole;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::{desk, is_signed_in, leave, sign_in};
use crate::browser::Browser;
use crate::desk::now;
use crate::issuer::Issuer;

/// Makes an ID token of what an honest one would hold.
type Forge<'f> = Box<dyn Fn(&Issuer, &mut Value) -> String + 'f>;

/// A token that the issuer signs itself, with other claims.
fn changed<'f>(changes: Value) -> Forge<'f> {
    Box::new(move |issuer, claims| {
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        issuer.sign(claims)
    })
}

#[tokio::test]
async fn a_forged_token_signs_nobody_in() {
    let (issuer, evil) = (Issuer::start().await, Issuer::start().await);
    let (desk, _ann) = desk(&issuer).await;
    Browser::member(&desk, "bob@example.org", MemberRole::Viewer).await;
    let at = now().as_second();
    let unsigned = |claims: &Value, header: Value| {
        let encoded = |value: String| BASE64.encode(value);
        format!("{}.{}.", encoded(header.to_string()), encoded(claims.to_string()))
    };
    let shared = |claims: &Value, secret: &[u8]| {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("k1".to_owned());
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(secret)).unwrap()
    };
    let forged: Vec<(&str, Forge<'_>, &str)> = vec![
        ("alg none", Box::new(|_, claims| unsigned(claims, json!({"alg": "none"}))), "algorithm"),
        (
            "no signature",
            Box::new(|_, claims| unsigned(claims, json!({"alg": "ES256", "kid": "k1"}))),
            "signature is wrong",
        ),
        (
            "HS256 by the public key",
            Box::new(|issuer, claims| shared(claims, &issuer.public_key())),
            "algorithm",
        ),
        (
            "HS256 by the client's secret",
            Box::new(|_, claims| shared(claims, b"hunter 2:")),
            "algorithm",
        ),
        (
            "another's key under its name",
            Box::new(|_, claims| evil.sign(claims)),
            "signature is wrong",
        ),
        ("another issuer", changed(json!({"iss": evil.url})), "another issuer"),
        ("another client", changed(json!({"aud": "other"})), "another client"),
        ("asked for by another", changed(json!({"azp": "other"})), "another client"),
        ("another request", changed(json!({"nonce": "other"})), "another request"),
        ("expired", changed(json!({"exp": at - 61, "iat": at - 300})), "clocks"),
        ("of tomorrow", changed(json!({"iat": at + 86_400, "exp": at + 90_000})), "clocks"),
        ("of yesterday", changed(json!({"iat": at - 86_400})), "clocks"),
        ("of nobody", changed(json!({"sub": ""})), "whom it is about"),
        ("no token", Box::new(|_, _| String::new()), "no signed token"),
    ];
    let before = desk.audited().await.len();
    let number = forged.len();
    for (what, forge, said) in forged {
        let mut browser = Browser::default();
        let left = leave(&mut browser, &desk, "/").await;
        let token = forge(&issuer, &mut left.claims(&issuer, &json!({})));
        issuer.will_answer(&left.query["code_challenge"], token);
        let page = browser.get(&desk, &left.back()).await;
        assert!(page.status == 422 && page.text.contains(said), "{what}: {}", page.text);
        assert!(!is_signed_in(&mut browser, &desk).await, "{what}");
    }
    let log = desk.audited().await;
    assert_eq!(log.len(), before + number);
    assert!(log[before..].iter().all(|what| what == "user.sign_in_refused"), "{log:?}");
}

#[tokio::test]
async fn a_new_key_is_asked_for_and_a_made_up_one_seldom() {
    let issuer = Issuer::start().await;
    let (desk, _ann) = desk(&issuer).await;
    Browser::member(&desk, "bob@example.org", MemberRole::Viewer).await;
    let mut bob = Browser::default();
    assert_eq!(sign_in(&mut bob, &desk, &issuer, &json!({})).await.status, 303);
    assert_eq!(issuer.requests_for("keys"), 1);
    desk.later(40);
    issuer.rotate("k2");
    assert_eq!(sign_in(&mut Browser::default(), &desk, &issuer, &json!({})).await.status, 303);
    assert_eq!(issuer.requests_for("keys"), 2);
    let evil = Issuer::start().await;
    evil.rotate("made-up");
    for _ in 0..5 {
        let mut browser = Browser::default();
        let left = leave(&mut browser, &desk, "/").await;
        let token = evil.sign(&left.claims(&issuer, &json!({})));
        issuer.will_answer(&left.query["code_challenge"], token);
        let page = browser.get(&desk, &left.back()).await;
        assert!(page.text.contains("does not publish"), "{}", page.text);
    }
    assert_eq!(issuer.requests_for("keys"), 2, "half a minute has not passed");
    // A key that was withdrawn is not believed for longer than an hour.
    let mut late = Browser::default();
    desk.later(3700);
    let left = leave(&mut late, &desk, "/").await;
    let mut claims = left.claims(&issuer, &json!({}));
    claims["iat"] = (now().as_second() + 3740).into();
    claims["exp"] = (now().as_second() + 4000).into();
    let old = issuer.sign(&claims);
    issuer.rotate("k3");
    issuer.will_answer(&left.query["code_challenge"], old);
    let page = late.get(&desk, &left.back()).await;
    assert!(page.text.contains("does not publish"), "{}", page.text);
}
