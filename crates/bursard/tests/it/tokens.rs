//! Tokens that must not work, and what each is told.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use store::{DatabaseUrl, ObjectsUrl, Store};

use crate::harness::{CUSTOMER, JsonAnswer as _, Server};

/// The server's own key, for tokens it never made.
struct Forger {
    pkcs8: Vec<u8>,
    public: Vec<u8>,
}

impl Forger {
    async fn of(server: &Server) -> Self {
        let config = store::Config {
            database: DatabaseUrl::Sqlite(server.data_dir().join("bursar.db")),
            objects: ObjectsUrl::Local(server.data_dir().join("objects")),
        };
        let store = Store::open_existing(&config).await.unwrap();
        let key = store.system().signing_keys().await.unwrap().remove(0);
        store.close().await;
        Self { pkcs8: key.private_key.expose().clone(), public: key.public_key }
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = unsigned(header, claims);
        let key = aws_lc_rs::signature::Ed25519KeyPair::from_pkcs8(&self.pkcs8).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes())))
    }
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encode(header), encode(claims))
}

fn decoded(token: &str, part: usize) -> Value {
    let part = token.split('.').nth(part).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn with(base: &Value, name: &str, value: Value) -> Value {
    let mut changed = base.clone();
    changed[name] = value;
    changed
}

fn without(base: &Value, name: &str) -> Value {
    let mut changed = base.clone();
    changed.as_object_mut().unwrap().remove(name);
    changed
}

async fn refused(server: &Server, token: &str) -> (u16, String, String) {
    let answer = server.post(token, "APT/a_20261123.csv").body("Supplier\n").send().await.unwrap();
    let status = answer.status().as_u16();
    let problem = answer.json_value().await;
    let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
    (status, text("code"), text("detail"))
}

#[tokio::test]
async fn claims_that_are_not_right_are_refused_though_the_signature_is() {
    let server = Server::start();
    let good = server.token();
    let (header, claims) = (decoded(&good, 0), decoded(&good, 1));
    let forger = Forger::of(&server).await;
    assert_eq!(
        refused(&server, &forger.sign(&header, &claims)).await.0,
        201,
        "the forger can sign"
    );

    let soon = claims["iat"].as_i64().unwrap();
    let cases = [
        (with(&claims, "exp", json!(soon - 3600)), "token_expired", "expired at"),
        (with(&claims, "nbf", json!(soon + 3600)), "token_not_yet_valid", "clock"),
        (with(&claims, "nbf", json!(soon.to_string())), "token_invalid", "claim"),
        (with(&claims, "exp", json!("never")), "token_invalid", "claim"),
        (with(&claims, "exp", json!(1e308)), "token_invalid", "claim"),
        (with(&claims, "exp", json!(-1)), "token_expired", "expired"),
        (without(&claims, "exp"), "token_invalid", "claim"),
        (without(&claims, "nbf"), "token_invalid", "claim"),
        (without(&claims, "iat"), "token_invalid", "claim"),
        (without(&claims, "sub"), "token_invalid", "claim"),
        (without(&claims, "jti"), "token_invalid", "claim"),
        (with(&claims, "aud", json!("uksouth")), "token_invalid", "region uksouth"),
        (with(&claims, "iss", json!("https://elsewhere")), "token_invalid", "issuer"),
        (with(&claims, "jti", json!("tok_01k00000000000000000000000")), "token_invalid", "record"),
        (with(&claims, "customer", json!("ACME")), "token_invalid", "claim"),
    ];
    for (claims, code, says) in cases {
        let (status, actual, detail) = refused(&server, &forger.sign(&header, &claims)).await;
        assert_eq!((status, actual.as_str()), (401, code), "{claims}");
        assert!(detail.contains(says), "{says} is not in {detail}");
    }
}

/// Whoever has the key and knows a token makes it do no more than it was issued for.
#[tokio::test]
async fn a_stolen_key_makes_no_token_do_more() {
    let server = Server::start();
    assert!(server.bursard(&["customer", "add", "globex"]).status.success());
    assert!(server.bursard(&["key", "rotate"]).status.success());
    let good = server.token();
    let (header, claims) = (decoded(&good, 0), decoded(&good, 1));
    let forger = Forger::of(&server).await;
    let analyst = with(&claims, "role", json!("analyst"));
    let foreign = with(&analyst, "customer", json!("globex"));
    let of = |claims| forger.sign(&header, claims);
    for (token, customer, status) in [
        (of(&claims), CUSTOMER, 403),
        (of(&analyst), CUSTOMER, 403),
        (of(&foreign), "globex", 403),
        (forger.sign(&with(&header, "kid", json!("k1")), &claims), CUSTOMER, 401),
    ] {
        let url = server.url(&format!("/customers/{customer}/units/{customer}/findings"));
        let answer = server.client().get(url).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{customer}");
    }
}

#[tokio::test]
async fn headers_that_choose_their_own_key_or_algorithm_are_refused() {
    let server = Server::start();
    let good = server.token();
    let (header, claims) = (decoded(&good, 0), decoded(&good, 1));
    let forger = Forger::of(&server).await;
    let mut tokens = Vec::new();
    for none in ["none", "None", "NONE", "nOnE"] {
        let message = unsigned(&with(&header, "alg", json!(none)), &claims);
        tokens.push(format!("{message}."));
        tokens.push(format!("{message}.{}", good.rsplit('.').next().unwrap()));
    }
    // The public key as an HMAC secret: the classic confusion.
    let message = unsigned(&with(&header, "alg", json!("HS256")), &claims);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &forger.public);
    let tag = hmac::sign(&key, message.as_bytes());
    tokens.push(format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag)));
    // ES256 with r = s = 0.
    let message = unsigned(&with(&header, "alg", json!("ES256")), &claims);
    tokens.push(format!("{message}.{}", URL_SAFE_NO_PAD.encode([0; 64])));
    for (name, value) in [
        ("alg", json!(["EdDSA"])),
        ("kid", json!("unknown")),
        ("kid", json!("../../etc/passwd")),
        ("kid", json!("k1' OR '1'='1")),
        ("jku", json!("https://127.0.0.1:1/keys")),
        ("x5u", json!("https://127.0.0.1:1/keys")),
        ("jwk", json!({ "kty": "OKP" })),
        ("crit", json!(["exp"])),
        ("typ", json!("JWT")),
    ] {
        tokens.push(forger.sign(&with(&header, name, value), &claims));
    }
    tokens.push(forger.sign(&without(&header, "kid"), &claims));
    tokens.push(format!("{good}x"));
    tokens.push(good.replace('.', ".."));
    tokens.push(format!("{good}.{good}"));
    tokens.push("a".repeat(5000));
    tokens.push(forger.sign(&header, &json!("[".repeat(1000))));
    for token in tokens {
        let (status, code, detail) = refused(&server, &token).await;
        assert_eq!((status, code.as_str()), (401, "token_invalid"), "{token}");
        assert!(!detail.contains(&token) && detail.len() > 40, "{detail}");
    }
}

#[tokio::test]
async fn characters_nobody_sees_are_named() {
    let server = Server::start();
    let good = server.token();
    for (padded, says) in [
        (format!("\u{FEFF}{good}"), "U+FEFF"),
        (format!("{good}\u{A0}"), "U+00A0"),
        (format!("{}\u{200B}{}", &good[..50], &good[50..]), "position 51"),
        (format!("{good}\t"), "U+0009"),
    ] {
        let answer =
            server
                .client()
                .post(server.url(&format!(
                    "/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads/upload/APT/a.csv"
                )))
                .header("Content-Type", "text/csv")
                .header(
                    "Authorization",
                    reqwest::header::HeaderValue::from_bytes(format!("Bearer {padded}").as_bytes())
                        .unwrap(),
                )
                .body("Supplier\n")
                .send()
                .await
                .unwrap();
        // A tab at the end of a field is white space of HTTP itself and never arrives.
        if says == "U+0009" {
            assert_eq!(answer.status(), 201);
            continue;
        }
        assert_eq!(answer.status(), 401);
        let problem = answer.json_value().await;
        assert!(problem["detail"].as_str().unwrap().contains(says), "{problem}");
    }
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once_and_a_rotated_key_breaks_nothing() {
    let server = Server::start();
    let old = server.token();
    assert!(server.bursard(&["key", "rotate"]).status.success());
    let new = server.token();
    assert_eq!(decoded(&new, 0)["kid"], "k2");
    for token in [&old, &new] {
        assert_eq!(refused(&server, token).await.0, 201);
    }
    let jwks = server.get_json("", "/.well-known/jwks.json").await;
    assert!(jwks["keys"].as_array().unwrap().iter().all(|key| key.get("d").is_none()));
    let id = decoded(&old, 1)["jti"].as_str().unwrap().to_owned();
    assert!(server.bursard(&["token", "revoke", &id]).status.success());
    let (status, code, _) = refused(&server, &old).await;
    assert_eq!((status, code.as_str()), (401, "token_revoked"));
    assert_eq!(refused(&server, &new).await.0, 201);
    let listed = String::from_utf8(server.bursard(&["token", "list"]).stdout).unwrap();
    assert!(listed.contains("revoked") && !listed.contains(&new));
}

#[tokio::test]
async fn whoever_holds_a_token_of_a_retired_key_is_told_and_nobody_else() {
    let server = Server::start();
    let old = server.token();
    let (header, claims) = (decoded(&old, 0), decoded(&old, 1));
    assert!(server.bursard(&["key", "rotate"]).status.success());
    assert!(server.bursard(&["key", "retire", "k1"]).status.success());
    // Another process knows of it within a minute, and one that starts at once.
    let server = Server::start_in(server.kill());
    let (status, code, detail) = refused(&server, &old).await;
    assert_eq!((status, code.as_str()), (401, "token_revoked"), "{detail}");
    assert!(detail.contains("key that signed the token was retired"), "{detail}");
    let stranger = format!("{}.{}", unsigned(&header, &claims), URL_SAFE_NO_PAD.encode([7; 64]));
    let (status, code, detail) = refused(&server, &stranger).await;
    assert_eq!((status, code.as_str()), (401, "token_invalid"), "{detail}");
    assert!(
        detail.contains("not signed by this server") && !detail.contains("retired"),
        "{detail}"
    );
}

#[tokio::test]
async fn the_scheme_is_in_any_case_and_nothing_else() {
    let server = Server::start();
    let token = server.token();
    let send = |value: String| {
        let path = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads");
        server.client().get(server.url(&path)).header("Authorization", value).send()
    };
    for (value, status) in [
        (format!("bearer {token}"), 200),
        (format!("BEARER  {token}"), 200),
        ("Bearer".to_owned(), 401),
        (format!("Basic {token}"), 401),
        (format!("Bearer {token} {token}"), 401),
        (token.clone(), 401),
    ] {
        assert_eq!(send(value).await.unwrap().status().as_u16(), status);
    }
}
