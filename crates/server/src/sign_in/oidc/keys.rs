//! The public keys of a provider (RFC 7517).
//!
//! Not for: fetching them (`provider`).
//!
//! Invariant: a key verifies with algorithms of its own kind only, and a shared secret is no key of a
//! provider: a token signed with what everybody can read is signed by nobody.

use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm as JwkAlgorithm, PublicKeyUse,
};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::limits::KEYS_MAX;

const RSA: &[Algorithm] = &[
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];
const P256: &[Algorithm] = &[Algorithm::ES256];
const P384: &[Algorithm] = &[Algorithm::ES384];
const ED25519: &[Algorithm] = &[Algorithm::EdDSA];

/// The keys of a provider that can verify something.
#[derive(Debug, Default)]
pub(super) struct KeySet(Vec<ProviderKey>);

/// One key of a provider.
pub(super) struct ProviderKey {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    pub(super) verifying: DecodingKey,
}

/// The set as it is sent.
#[derive(Debug, Deserialize)]
pub(super) struct JwksAnswer {
    keys: Vec<Value>,
}

impl std::fmt::Debug for ProviderKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl KeySet {
    /// The keys of the set that are understood, up to a number; others are of no use here.
    pub(super) fn of(answer: JwksAnswer) -> Self {
        let keys = answer.keys.into_iter().take(KEYS_MAX);
        Self(keys.filter_map(|key| serde_json::from_value(key).ok()).filter_map(key).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key with which something was signed. A token names it; where it names none, there may be only one
    /// that it can be.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&ProviderKey> {
        let mut fitting = self.0.iter().filter(|key| key.algorithms.contains(&algorithm));
        match id {
            Some(id) => fitting.find(|key| key.id.as_deref() == Some(id)),
            None => fitting.next().filter(|_first| fitting.next().is_none()),
        }
    }
}

fn key(jwk: Jwk) -> Option<ProviderKey> {
    if jwk.common.public_key_use.as_ref().is_some_and(|use_| *use_ != PublicKeyUse::Signature) {
        return None;
    }
    let of_kind = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => RSA,
        AlgorithmParameters::EllipticCurve(key) => match key.curve {
            EllipticCurve::P256 => P256,
            EllipticCurve::P384 => P384,
            _ => return None,
        },
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => ED25519,
        _ => return None,
    };
    let algorithms = match jwk.common.key_algorithm {
        None => of_kind.to_vec(),
        Some(own) => of_kind
            .iter()
            .copied()
            .filter(|algorithm| JwkAlgorithm::from(*algorithm) == own)
            .collect(),
    };
    let verifying = DecodingKey::from_jwk(&jwk).ok()?;
    (!algorithms.is_empty()).then(|| ProviderKey { id: jwk.common.key_id, algorithms, verifying })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A point of P-256 and one of Ed25519, of the RFCs' examples.
    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    const ED: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn set(keys: &Value) -> KeySet {
        KeySet::of(serde_json::from_value(json!({ "keys": keys })).unwrap())
    }

    #[test]
    fn a_key_verifies_what_it_is_for() {
        let keys = set(&json!([
            {"kty": "oct", "kid": "a", "k": "c2VjcmV0"},
            {"kty": "EC", "crv": "P-256", "kid": "b", "x": X, "y": Y, "use": "enc"},
            {"kty": "EC", "crv": "P-256", "kid": "c", "x": X, "y": Y},
            {"kty": "RSA", "kid": "d", "n": "AQAB", "e": "AQAB", "alg": "RS256"},
            {"kty": "OKP", "crv": "Ed25519", "kid": "e", "x": ED},
            {"kty": "later", "kid": "f"},
            "no key",
        ]));
        for (id, algorithm, is_found) in [
            ("a", Algorithm::HS256, false),
            ("b", Algorithm::ES256, false),
            ("c", Algorithm::ES256, true),
            ("c", Algorithm::HS256, false),
            ("c", Algorithm::RS256, false),
            ("d", Algorithm::RS256, true),
            ("d", Algorithm::PS256, false),
            ("d", Algorithm::HS256, false),
            ("e", Algorithm::EdDSA, true),
            ("f", Algorithm::RS256, false),
            ("x", Algorithm::ES256, false),
        ] {
            assert_eq!(keys.find(Some(id), algorithm).is_some(), is_found, "{id} {algorithm:?}");
        }
    }

    #[test]
    fn without_a_name_there_is_only_one_it_can_be() {
        let one = json!({"kty": "EC", "crv": "P-256", "kid": "c", "x": X, "y": Y});
        assert!(set(&json!([one])).find(None, Algorithm::ES256).is_some());
        assert!(set(&json!([one, one])).find(None, Algorithm::ES256).is_none());
        assert!(set(&json!([])).is_empty());
        let many = vec![one; KEYS_MAX + 1];
        assert_eq!(set(&json!(many)).0.len(), KEYS_MAX);
    }
}
