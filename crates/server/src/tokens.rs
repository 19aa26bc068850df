//! Access tokens: issued, and checked when they come back.
//!
//! Not for: what a person pasted (`domain::access_token`), or which HTTP status a refusal gets.
//!
//! Invariant: a [`Grant`] exists only for a token whose signature, type, issuer, region and times are
//! right, which is in the store and not revoked.

use domain::access_token::{CompactToken, TOKEN_TYPE, TokenValidity, validity};
use domain::{AccessScope, Claims, Region, Role, Secret, TokenId};
use jiff::Timestamp;
use jsonwebtoken::{Header, Validation};
use store::{Store, TokenRecord};

use crate::keys::{self, Key, KeyRing};

/// The `iss` of every token of ours.
pub const ISSUER: &str = "bursar";
/// Header fields that would let a token name its own key or change how it is read (RFC 8725).
const HEADERS_REFUSED: [&str; 7] = ["jku", "x5u", "jwk", "x5c", "crit", "zip", "enc"];

/// The permission that a verified token gives.
#[derive(Debug, Clone)]
pub struct Grant {
    pub token: TokenId,
    /// The name that its maker gave it, as that of a token, or its id: how people know who decided.
    pub known_as: String,
    pub scope: AccessScope,
    pub role: Role,
    /// The last use, as far as it was noted.
    pub last_used_at: Option<Timestamp>,
}

/// Why a token was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// In words a person can act on; it repeats nothing of the token.
    #[error("{0}")]
    Invalid(String),
    #[error("the token expired at {at}")]
    Expired { at: Timestamp },
    #[error("the token is valid only from {from}; look at the clock of the machine that sends it")]
    NotYetValid { from: Timestamp },
    #[error("the token was revoked at {at}")]
    Revoked { at: Timestamp },
    /// Said only of a token with the key's signature on it: to whoever makes one up it is an unknown key.
    #[error(
        "the key that signed the token was retired at {at}, and every token that it signed ended with it"
    )]
    KeyRetired { at: Timestamp },
    #[error("tokens cannot be checked now")]
    Unchecked(#[source] keys::Error),
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        Self::Unchecked(error.into())
    }
}

/// Checks tokens for one region.
#[derive(Debug, Clone, Copy)]
pub struct Checker<'a> {
    pub store: &'a Store,
    pub keys: &'a KeyRing,
    pub region: &'a Region,
}

impl Checker<'_> {
    /// Checks what stood behind `Bearer`.
    pub async fn check(&self, presented: &str, now: Timestamp) -> Result<Grant, Refusal> {
        let token =
            CompactToken::parse(presented).map_err(|error| Refusal::Invalid(error.to_string()))?;
        if let Some(name) = HEADERS_REFUSED.iter().find(|name| token.header().contains_key(**name))
        {
            return Err(Refusal::Invalid(format!(
                "the token's header holds {name}, which is not taken"
            )));
        }
        let kid = token.header().get("kid").and_then(serde_json::Value::as_str).unwrap_or_default();
        let verified = self
            .keys
            .with_key(kid, |key| (verify(presented, key), key.retired_at()))
            .await
            .map_err(Refusal::Unchecked)?;
        let claims = match verified {
            Some((Ok(_), Some(at))) => return Err(Refusal::KeyRetired { at }),
            Some((claims, None)) => claims?,
            None | Some((Err(_), Some(_))) => {
                return Err(invalid(
                    "it was not signed by this server: it may be of another deployment",
                ));
            }
        };
        self.check_claims(claims, kid, now).await
    }

    /// Checks the claims of a token against its record, which alone says what it may do: whoever has
    /// the signing key makes no token do more than one that was issued.
    async fn check_claims(
        &self,
        claims: Claims,
        kid: &str,
        now: Timestamp,
    ) -> Result<Grant, Refusal> {
        if claims.iss != ISSUER {
            return Err(invalid("its issuer is not this server"));
        }
        if claims.aud != *self.region {
            return Err(Refusal::Invalid(format!(
                "the token is for region {}, and this is region {}",
                claims.aud, self.region
            )));
        }
        match validity(Some(claims.nbf), Some(claims.exp), now) {
            TokenValidity::Expired { at } => return Err(Refusal::Expired { at }),
            TokenValidity::NotYetValid { from } => return Err(Refusal::NotYetValid { from }),
            TokenValidity::Valid => {}
        }
        let Some(record) = self.store.system().token(claims.jti).await? else {
            return Err(invalid("this server has no record of it"));
        };
        if record.sftp.is_some() {
            return Err(invalid("this server has no record of it"));
        }
        if record.kid != kid {
            return Err(invalid("another key signed it than its record names"));
        }
        let (from, until) = (record.not_before.as_second(), record.expires_at.as_second());
        match validity(Some(from), Some(until), now) {
            TokenValidity::Expired { at } => return Err(Refusal::Expired { at }),
            TokenValidity::NotYetValid { from } => return Err(Refusal::NotYetValid { from }),
            TokenValidity::Valid => {}
        }
        if let Some(at) = record.revoked_at {
            return Err(Refusal::Revoked { at });
        }
        let known_as = match record.label.trim() {
            "" => claims.jti.to_string(),
            // The label may be anybody's name.
            label => format!("{label} (access token)"),
        };
        Ok(Grant {
            token: claims.jti,
            known_as,
            scope: record.scope,
            role: record.role,
            last_used_at: record.last_used_at,
        })
    }
}

/// A token to be made.
#[derive(Debug)]
pub struct NewToken {
    pub id: TokenId,
    pub scope: AccessScope,
    pub role: Role,
    /// The name that the person who makes it gives it.
    pub label: String,
    /// A user's address, or `operator` for a command.
    pub made_by: String,
    pub valid_from: Timestamp,
    pub expires_at: Timestamp,
}

/// Signs a token and keeps the record of its claims. The text is returned once and kept nowhere.
pub async fn issue(
    store: &Store,
    keys: &KeyRing,
    region: &Region,
    new: NewToken,
    now: Timestamp,
) -> Result<Secret<String>, keys::Error> {
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: region.clone(),
        sub: format!("customer/{}", new.scope.customer),
        jti: new.id,
        iat: now.as_second(),
        nbf: new.valid_from.as_second(),
        exp: new.expires_at.as_second(),
        scope: new.scope,
        role: new.role,
    };
    let (kid, signed) = keys.with_signer(|key| (key.id().to_owned(), sign(&claims, key)))?;
    let text = signed.map_err(|_never_for_our_own_keys| keys::Error::NotMade)?;
    let record = TokenRecord {
        id: new.id,
        scope: claims.scope,
        role: claims.role,
        label: new.label,
        kid,
        key_retired_at: None,
        issued_at: now,
        not_before: new.valid_from,
        expires_at: new.expires_at,
        revoked_at: None,
        made_by: Some(new.made_by),
        last_used_at: None,
        last_used_from: None,
        sftp: None,
    };
    store.system().add_token(&record).await?;
    Ok(Secret::new(text))
}

fn sign(claims: &Claims, key: &Key) -> jsonwebtoken::errors::Result<String> {
    let mut header = Header::new(key.algorithm());
    header.typ = Some(TOKEN_TYPE.to_owned());
    header.kid = Some(key.id().to_owned());
    jsonwebtoken::encode(&header, claims, key.signing())
}

fn verify(presented: &str, key: &Key) -> Result<Claims, Refusal> {
    use jsonwebtoken::errors::ErrorKind;

    let mut validation = Validation::new(key.algorithm());
    // Times, issuer and audience are checked above, at a time that is passed in.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    match jsonwebtoken::decode::<Claims>(presented, key.verifying(), &validation) {
        Ok(token) if token.header.typ.as_deref() == Some(TOKEN_TYPE) => Ok(token.claims),
        Ok(_) => Err(invalid("it was made for another purpose")),
        Err(error) => Err(invalid(match error.kind() {
            ErrorKind::InvalidSignature => {
                "its signature is wrong: a character was changed, lost or added on the way"
            }
            ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => {
                "it asks for an algorithm this server does not sign with"
            }
            ErrorKind::Json(_) => "a claim is missing or has the wrong form",
            _ => "it cannot be read",
        })),
    }
}

fn invalid(why: &str) -> Refusal {
    Refusal::Invalid(format!("the token is not valid: {why}"))
}
