//! The private key by which this server proves at a provider that it is the client:
//! `private_key_jwt` of OpenID Connect Core 1.0, section 9.
//!
//! Not for: what providers sign (`signed`), or the keys of access tokens (`keys`).
//!
//! Invariant: an assertion is for one provider and one exchange, and good for two minutes; the key
//! itself is in no log, no error and no setting that is shown.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64};
use domain::Secret;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;

use super::limits::{ASSERTION_LASTS, CLOCK_LEEWAY};
use crate::sha256::sha256;

/// The kinds of keys, and of certificates, as PEM names them.
const PRIVATE: &str = "PRIVATE KEY";
const CERTIFICATE: &str = "CERTIFICATE";

/// A text is no private key that signs here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "it holds no private key that can be used: write one of RSA, of 2,048 bits or more, or of P-256, as PEM, \
     such as by: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072"
)]
pub struct UnusableKey;

/// A private key that was tried.
#[derive(Clone)]
pub struct ClientKey {
    header: Header,
    signing: EncodingKey,
}

impl std::fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientKey").field("algorithm", &self.header.alg).finish_non_exhaustive()
    }
}

impl ClientKey {
    /// Reads a key of RSA or P-256 from PEM, where its certificate may stand as well. `id` is by what the
    /// provider knows it; a provider that was given the certificate knows it by that.
    pub fn from_pem(pem: &str, id: Option<String>) -> Result<Self, UnusableKey> {
        let private = block(pem, PRIVATE).ok_or(UnusableKey)?;
        let certificate = block(pem, CERTIFICATE).map(|text| digest(&text));
        let certificate = certificate.transpose()?;
        let bytes = private.expose().as_bytes();
        let (algorithm, signing) = match EncodingKey::from_rsa_pem(bytes) {
            // With a certificate as Entra ID asks for it, else as every provider takes it.
            Ok(key) if certificate.is_some() => (Algorithm::PS256, key),
            Ok(key) => (Algorithm::RS256, key),
            Err(_of_another_kind) => {
                let key = EncodingKey::from_ec_pem(bytes);
                (Algorithm::ES256, key.map_err(|_no_key| UnusableKey)?)
            }
        };
        let mut header = Header::new(algorithm);
        (header.kid, header.x5t_s256) = (id, certificate);
        // One of another curve, or too short, signs nothing.
        let tried = jsonwebtoken::encode(&header, &json!({}), &signing);
        tried.map_err(|_cannot_sign| UnusableKey)?;
        Ok(Self { header, signing })
    }

    /// The proof for one exchange, which `id` names: of the client, for the provider of this issuer.
    pub(super) fn assertion(
        &self,
        (client, issuer): (&str, &str),
        id: &str,
        now: Timestamp,
    ) -> Option<Secret<String>> {
        let claims = json!({
            "iss": client,
            "sub": client,
            "aud": issuer,
            "jti": id,
            "iat": now.as_second(),
            "nbf": (now - CLOCK_LEEWAY).as_second(),
            "exp": (now + ASSERTION_LASTS).as_second(),
        });
        jsonwebtoken::encode(&self.header, &claims, &self.signing).ok().map(Secret::new)
    }
}

/// The first block whose label ends so, with its borders.
fn block(pem: &str, label: &str) -> Option<Secret<String>> {
    let lines = pem.lines().map(str::trim);
    let is_begin =
        |line: &&str| line.starts_with("-----BEGIN ") && line.ends_with(&format!("{label}-----"));
    let mut block = lines.skip_while(|line| !is_begin(line)).peekable();
    block.peek()?;
    let mut text = String::new();
    for line in block {
        text.push_str(line);
        text.push('\n');
        if line.starts_with("-----END ") {
            return Some(Secret::new(text));
        }
    }
    None
}

/// The digest by which a certificate is known: `x5t#S256` of RFC 7515, section 4.1.8.
fn digest(block: &Secret<String>) -> Result<String, UnusableKey> {
    let text: String = block.expose().lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(text).map_err(|_no_base64| UnusableKey)?;
    Ok(BASE64.encode(sha256(&der).as_bytes()))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    };

    use super::*;

    fn pem(label: &str, der: &[u8]) -> String {
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
    }

    #[test]
    fn a_key_is_tried_before_anybody_needs_it() {
        let of = |algorithm| EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
        let small = of(&ECDSA_P256_SHA256_FIXED_SIGNING);
        let good = pem("PRIVATE KEY", small.as_ref());
        let certificate = pem("CERTIFICATE", b"any bytes");
        for (text, digest) in [
            (good.clone(), None),
            (format!("{certificate}{good}"), Some(BASE64.encode(sha256(b"any bytes").as_bytes()))),
        ] {
            let key = ClientKey::from_pem(&text, Some("k1".to_owned())).unwrap();
            assert_eq!((key.header.alg, key.header.kid.as_deref()), (Algorithm::ES256, Some("k1")));
            assert_eq!(key.header.x5t_s256, digest);
            assert!(!format!("{key:?}").contains("k1"));
        }
        let large = of(&ECDSA_P384_SHA384_FIXED_SIGNING);
        for wrong in [
            String::new(),
            certificate.clone(),
            pem("PRIVATE KEY", b"no key"),
            pem("PUBLIC KEY", small.as_ref()),
            pem("PRIVATE KEY", large.as_ref()),
            good.replace("-----END", "----"),
            format!("{}{good}", certificate.replace('Y', "?")),
        ] {
            let refused = ClientKey::from_pem(&wrong, None).err();
            assert_eq!(refused, Some(UnusableKey), "{wrong}");
        }
    }
}
