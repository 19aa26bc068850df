//! Checkpoints of the audit log: the end of the chain at a moment, signed by this server, to be kept where
//! the database is not.
//!
//! Not for: going over the log (`store`).
//!
//! Invariant: a checkpoint is a JSON Web Signature of its own type, so no access token is taken for one, and
//! anybody verifies it with the public keys of the server and a library of their own.

use jiff::Timestamp;
use jsonwebtoken::{Header, Validation};
use serde::{Deserialize, Serialize};
use store::HeldEntry;

use crate::keys::{self, Key, KeyRing};

/// The `typ` of a checkpoint.
const TYPE: &str = "bursar-audit+jwt";
const ISSUER: &str = "bursar";

/// The text that is signed.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    /// Seconds since 1970.
    iat: i64,
    /// The number of the last entry, and its hash.
    sequence: u64,
    hash: domain::Sha256Digest,
}

/// Why a text is not taken for a checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("it is no checkpoint of this server's audit log: no key of it signed this")]
    NotOurs,
    /// Whoever stole a key signs with it what they like.
    #[error(
        "{key} signed it at {signed_at}, after that key was retired at {retired_at}; it proves nothing"
    )]
    AfterRetirement { key: String, signed_at: Timestamp, retired_at: Timestamp },
    #[error(transparent)]
    Keys(#[from] keys::Error),
}

/// A checkpoint that a key of this server signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub entry: HeldEntry,
    /// The id of the key.
    pub key: String,
    /// The moment at which that key was retired since.
    pub key_retired_at: Option<Timestamp>,
}

/// Returns `true` for a text in the form of a checkpoint, whoever signed it.
pub fn is_in_form(text: &str) -> bool {
    jsonwebtoken::decode_header(text).is_ok()
}

/// Signs the end of the chain.
pub fn sign(keys: &KeyRing, end: HeldEntry, now: Timestamp) -> Result<String, keys::Error> {
    let HeldEntry { sequence, hash } = end;
    let claims = Claims { iss: ISSUER.to_owned(), iat: now.as_second(), sequence, hash };
    keys.with_signer(|key| {
        let mut header = Header::new(key.algorithm());
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(key.id().to_owned());
        jsonwebtoken::encode(&header, &claims, key.signing())
    })?
    .map_err(|_never_for_our_own_keys| keys::Error::NotMade)
}

/// Reads a checkpoint. Keys that were retired since count as well: an auditor keeps checkpoints for years.
pub async fn open(keys: &KeyRing, text: &str) -> Result<Checkpoint, Error> {
    let header = jsonwebtoken::decode_header(text).map_err(|_foreign| Error::NotOurs)?;
    let kid = header.kid.filter(|_| header.typ.as_deref() == Some(TYPE)).ok_or(Error::NotOurs)?;
    let verified = keys.with_key(&kid, |key| Some((verify(text, key)?, key.retired_at()))).await?;
    let (claims, key_retired_at) = verified.flatten().ok_or(Error::NotOurs)?;
    let Claims { iat, sequence, hash, .. } = claims;
    let signed_at = Timestamp::from_second(iat).map_err(|_no_time| Error::NotOurs)?;
    if let Some(retired_at) = key_retired_at.filter(|retired_at| signed_at > *retired_at) {
        return Err(Error::AfterRetirement { key: kid, signed_at, retired_at });
    }
    Ok(Checkpoint { entry: HeldEntry { sequence, hash }, key: kid, key_retired_at })
}

fn verify(text: &str, key: &Key) -> Option<Claims> {
    let mut validation = Validation::new(key.algorithm());
    // It has no end: an auditor keeps it for years.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let token = jsonwebtoken::decode::<Claims>(text, key.verifying(), &validation).ok()?;
    Some(token.claims).filter(|claims| claims.iss == ISSUER)
}
