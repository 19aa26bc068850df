//! Tokens as nobody but their issuer should be able to make them, and as others try.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;

use super::*;

const NOW: i64 = 1_795_428_000;
const ISSUER: &str = "https://a.example";

struct Signer {
    signing: EncodingKey,
    point: Vec<u8>,
}

impl Signer {
    fn new() -> Self {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref()).unwrap();
        let point = pair.public_key().as_ref().to_vec();
        Self { signing: EncodingKey::from_ec_der(document.as_ref()), point }
    }

    fn keys(&self) -> KeySet {
        let (x, y) = (BASE64.encode(&self.point[1..33]), BASE64.encode(&self.point[33..]));
        let jwk = json!({"kty": "EC", "crv": "P-256", "kid": "k", "alg": "ES256", "x": x, "y": y});
        KeySet::of(serde_json::from_value(json!({ "keys": [jwk] })).unwrap())
    }

    fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some("k".to_owned());
        jsonwebtoken::encode(&header, claims, &self.signing).unwrap()
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": "bursar", "sub": "ann", "nonce": "n", "iat": NOW, "exp": NOW + 300,
    })
}

fn with(changes: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

const PARTIES: Parties<'_> = Parties { issuer: ISSUER, client: "bursar", algorithms: None };

fn id_token(keys: &KeySet, token: &str) -> Result<Claims, SignedTokenFault> {
    let token = Secret::new(token.to_owned());
    SignedToken::parse(&token)?.id_token(keys, PARTIES, "n", now())
}

#[test]
fn an_id_token_is_for_this_client_and_this_request() {
    let signer = Signer::new();
    let keys = signer.keys();
    let leeway = CLOCK_LEEWAY.as_secs();
    for (changes, disbelief) in [
        (json!({}), None),
        (json!({"aud": ["bursar"]}), None),
        (json!({"aud": ["bursar", "other"], "azp": "bursar"}), None),
        (json!({"azp": "bursar"}), None),
        (json!({"exp": NOW - leeway + 1, "iat": NOW - 300}), None),
        (json!({"iat": NOW + leeway}), None),
        (json!({"iat": 1_795_427_999.5}), None),
        (json!({"iss": "https://b.example"}), Some(SignedTokenFault::Issuer)),
        (json!({"iss": "https://a.example/"}), Some(SignedTokenFault::Issuer)),
        (json!({"iss": null}), Some(SignedTokenFault::Issuer)),
        (json!({"iss": [ISSUER]}), Some(SignedTokenFault::Issuer)),
        (json!({"aud": "other"}), Some(SignedTokenFault::Audience)),
        (json!({"aud": null}), Some(SignedTokenFault::Audience)),
        (json!({"aud": []}), Some(SignedTokenFault::Audience)),
        (json!({"aud": ["bursar", "other"]}), Some(SignedTokenFault::Audience)),
        (json!({"aud": ["bursar", "other"], "azp": "other"}), Some(SignedTokenFault::Audience)),
        (json!({"azp": "other"}), Some(SignedTokenFault::Audience)),
        (json!({"exp": NOW - leeway}), Some(SignedTokenFault::Time)),
        (json!({"exp": null}), Some(SignedTokenFault::Time)),
        (json!({"exp": "tomorrow"}), Some(SignedTokenFault::Malformed)),
        (json!({"iat": null}), Some(SignedTokenFault::Time)),
        (json!({"iat": NOW + leeway + 1}), Some(SignedTokenFault::Time)),
        (json!({"iat": NOW - 86_400}), Some(SignedTokenFault::Time)),
        (json!({"nbf": NOW + leeway + 1}), Some(SignedTokenFault::Time)),
        (json!({"nonce": "m"}), Some(SignedTokenFault::Nonce)),
        (json!({"nonce": null}), Some(SignedTokenFault::Nonce)),
        (json!({"sub": null}), Some(SignedTokenFault::Subject)),
        (json!({"sub": ""}), Some(SignedTokenFault::Subject)),
        (json!({"sub": 7}), Some(SignedTokenFault::Subject)),
        (json!({"sub": "x".repeat(300)}), Some(SignedTokenFault::Subject)),
    ] {
        let read = id_token(&keys, &signer.sign(&with(&changes)));
        assert_eq!(read.err(), disbelief, "{changes}");
    }
}

#[test]
fn a_signature_is_the_issuers() {
    let (signer, other) = (Signer::new(), Signer::new());
    let keys = signer.keys();
    let good = signer.sign(&claims());
    let [header, body, signature] =
        <[&str; 3]>::try_from(good.split('.').collect::<Vec<_>>()).unwrap();
    let encoded = |value: Value| BASE64.encode(value.to_string());
    let unsigned = |header: Value| format!("{}.{body}.", encoded(header));
    // The public key as a shared secret, in the two forms in which it is at hand.
    let by_public_key = |secret: &[u8]| {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("k".to_owned());
        jsonwebtoken::encode(&header, &claims(), &EncodingKey::from_secret(secret)).unwrap()
    };
    let crit = encoded(json!({"alg": "ES256", "kid": "k", "crit": ["x"], "x": 1}));
    let unknown = encoded(json!({"alg": "ES256", "kid": "j"}));
    for (token, disbelief) in [
        (unsigned(json!({"alg": "none", "kid": "k"})), SignedTokenFault::Algorithm),
        (unsigned(json!({"alg": "None"})), SignedTokenFault::Algorithm),
        (unsigned(json!({"alg": "ES256", "kid": "k"})), SignedTokenFault::Signature),
        (by_public_key(&signer.point), SignedTokenFault::Algorithm),
        (by_public_key(BASE64.encode(&signer.point).as_bytes()), SignedTokenFault::Algorithm),
        (other.sign(&claims()), SignedTokenFault::Signature),
        (
            format!("{header}.{}.{signature}", encoded(with(&json!({"sub": "bob"})))),
            SignedTokenFault::Signature,
        ),
        (format!("{crit}.{body}.{signature}"), SignedTokenFault::Malformed),
        (format!("{unknown}.{body}.{signature}"), SignedTokenFault::UnknownKey),
        (
            format!("{}.{body}.{signature}", encoded(json!({"alg": "RS256", "kid": "k"}))),
            SignedTokenFault::UnknownKey,
        ),
        (format!("{header}.{body}"), SignedTokenFault::Malformed),
        (format!("{good}.{signature}"), SignedTokenFault::Malformed),
        (String::new(), SignedTokenFault::Malformed),
        ("a.b.c".to_owned(), SignedTokenFault::Malformed),
        (format!("{good}{}", "A".repeat(TOKEN_BYTES_MAX)), SignedTokenFault::Malformed),
    ] {
        assert_eq!(id_token(&keys, &token).err(), Some(disbelief), "{token:.80}");
    }
    assert!(id_token(&keys, &good).is_ok());
}

#[test]
fn only_what_the_provider_announces_is_taken() {
    let signer = Signer::new();
    let token = Secret::new(signer.sign(&claims()));
    let token = SignedToken::parse(&token).unwrap();
    for (announced, is_taken) in [
        (&["RS256", "ES256"][..], true),
        (&["RS256"], false),
        (&["HS256", "none"], false),
        (&[], false),
    ] {
        let announced: Vec<String> = announced.iter().map(ToString::to_string).collect();
        let parties = Parties { algorithms: Some(&announced), ..PARTIES };
        let read = token.id_token(&signer.keys(), parties, "n", now());
        assert_eq!(read.is_ok(), is_taken, "{announced:?}");
    }
}

#[test]
fn a_logout_token_is_no_id_token() {
    let signer = Signer::new();
    let keys = signer.keys();
    let logout = |changes: Value| {
        let mut claims =
            with(&json!({"nonce": null, "sid": "s", "jti": "j", "events": { LOGOUT_EVENT: {} }}));
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value.clone(),
            }
        }
        signer.sign(&claims)
    };
    for (changes, disbelief) in [
        (json!({}), None),
        (json!({"sub": null}), None),
        (json!({"sid": null}), None),
        (json!({"sub": null, "sid": null}), Some(SignedTokenFault::Subject)),
        (json!({"nonce": "n"}), Some(SignedTokenFault::Kind)),
        (json!({"events": null}), Some(SignedTokenFault::Kind)),
        (json!({"events": {"x": {}}}), Some(SignedTokenFault::Kind)),
        (json!({"aud": "other"}), Some(SignedTokenFault::Audience)),
        (json!({"exp": NOW - 3600}), Some(SignedTokenFault::Time)),
    ] {
        let token = Secret::new(logout(changes.clone()));
        let read = SignedToken::parse(&token).unwrap().logout_token(&keys, PARTIES, now());
        assert_eq!(read.err(), disbelief, "{changes}");
    }
    assert_eq!(id_token(&keys, &logout(json!({}))).err(), Some(SignedTokenFault::Nonce));
}

#[test]
fn a_list_may_lie_deeper() {
    let claims = |all: Value| {
        let Value::Object(all) = all else { panic!("claims are an object") };
        Claims { subject: None, all }
    };
    let deep = claims(json!({"realm_access": {"roles": ["clerks"]}, "https://a.example/g": "x"}));
    assert_eq!(deep.list("/realm_access/roles"), Some(vec!["clerks"]));
    assert_eq!(deep.list("https://a.example/g"), Some(vec!["x"]));
    for name in ["/realm_access", "/realm_access/groups", "/nothing/at/all", "nothing", "/"] {
        assert_eq!(deep.list(name), None, "{name}");
    }
}
