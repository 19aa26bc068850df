//! Tokens that a provider signs: ID tokens, and logout tokens.
//!
//! Not for: whose account it is (`account`).
//!
//! Invariant: claims exist only of a token whose signature, algorithm, issuer, audience and times are
//! right; an ID token is the answer to one request, and a logout token is none.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::Secret;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::keys::KeySet;
use super::limits::{CLOCK_LEEWAY, SUBJECT_BYTES_MAX, TOKEN_AGE_MAX, TOKEN_BYTES_MAX};

/// The member of `events` that makes a token one of back-channel logout.
const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The claims of a token that is right.
#[derive(Debug, Clone)]
pub(super) struct Claims {
    pub(super) subject: Option<String>,
    /// All of them.
    pub(super) all: Map<String, Value>,
}

/// The party a token has to be of, and for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parties<'p> {
    pub(super) issuer: &'p str,
    pub(super) client: &'p str,
    /// The algorithms that the provider says it signs with; none: it does not say.
    pub(super) algorithms: Option<&'p [String]>,
}

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignedTokenFault {
    #[error("it is no signed token")]
    Malformed,
    #[error("it is signed with an algorithm that is not taken")]
    Algorithm,
    #[error("it is signed with a key that the provider does not publish")]
    UnknownKey,
    #[error("its signature is wrong")]
    Signature,
    #[error("it is of another issuer")]
    Issuer,
    #[error("it is for another client")]
    Audience,
    #[error("it has expired, or is not valid yet; look at the clocks of both machines")]
    Time,
    #[error("it answers another request")]
    Nonce,
    #[error("it does not say whom it is about")]
    Subject,
    #[error("it is a token of another kind")]
    Kind,
}

/// The header of a token, before anything of it is believed.
pub(super) struct SignedToken<'t> {
    text: &'t str,
    algorithm: Algorithm,
    key_id: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Nothing that must be understood is.
    crit: Option<Value>,
}

impl<'t> SignedToken<'t> {
    pub(super) fn parse(token: &'t Secret<String>) -> Result<Self, SignedTokenFault> {
        let text = token.expose().as_str();
        if text.len() > TOKEN_BYTES_MAX || text.split('.').count() != 3 {
            return Err(SignedTokenFault::Malformed);
        }
        let header = text.split('.').next().unwrap_or_default();
        let header = BASE64.decode(header).map_err(|_no_base64| SignedTokenFault::Malformed)?;
        let header: Header =
            serde_json::from_slice(&header).map_err(|_no_header| SignedTokenFault::Malformed)?;
        if header.crit.is_some() {
            return Err(SignedTokenFault::Malformed);
        }
        // `none` is no algorithm here, and those with a shared secret fit no key.
        let algorithm = header.alg.parse().map_err(|_unknown| SignedTokenFault::Algorithm)?;
        Ok(Self { text, algorithm, key_id: header.kid })
    }

    /// Returns `true` when a set holds the key it was signed with.
    pub(super) fn is_signed_with_one_of(&self, keys: &KeySet) -> bool {
        keys.find(self.key_id.as_deref(), self.algorithm).is_some()
    }

    /// The claims, where the signature and all that a token of either kind has is right.
    fn verify(
        &self,
        keys: &KeySet,
        parties: Parties<'_>,
        now: Timestamp,
    ) -> Result<Map<String, Value>, SignedTokenFault> {
        let is_announced = |known: &[String]| {
            known
                .iter()
                .any(|known| known.parse().is_ok_and(|known: Algorithm| known == self.algorithm))
        };
        if parties.algorithms.is_some_and(|known| !is_announced(known)) || is_shared(self.algorithm)
        {
            return Err(SignedTokenFault::Algorithm);
        }
        let key = keys
            .find(self.key_id.as_deref(), self.algorithm)
            .ok_or(SignedTokenFault::UnknownKey)?;
        let mut validation = Validation::new(self.algorithm);
        // Times, issuer and audience are checked below, at a time that is passed in.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let token =
            jsonwebtoken::decode::<Map<String, Value>>(self.text, &key.verifying, &validation);
        let claims = token
            .map_err(|error| match error.kind() {
                jsonwebtoken::errors::ErrorKind::Json(_) => SignedTokenFault::Malformed,
                _ => SignedTokenFault::Signature,
            })?
            .claims;
        check_parties(&claims, parties)?;
        check_times(&claims, now)?;
        Ok(claims)
    }

    /// The claims of an ID token that answers the request of this nonce.
    pub(super) fn id_token(
        &self,
        keys: &KeySet,
        parties: Parties<'_>,
        nonce: &str,
        now: Timestamp,
    ) -> Result<Claims, SignedTokenFault> {
        let all = self.verify(keys, parties, now)?;
        if all.get("nonce").and_then(Value::as_str) != Some(nonce) {
            return Err(SignedTokenFault::Nonce);
        }
        let subject = subject(&all)?;
        if subject.is_none() {
            return Err(SignedTokenFault::Subject);
        }
        Ok(Claims { subject, all })
    }

    /// The claims of a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6).
    pub(super) fn logout_token(
        &self,
        keys: &KeySet,
        parties: Parties<'_>,
        now: Timestamp,
    ) -> Result<Claims, SignedTokenFault> {
        let all = self.verify(keys, parties, now)?;
        let is_event = all.get("events").is_some_and(|events| events.get(LOGOUT_EVENT).is_some());
        if !is_event || all.contains_key("nonce") {
            return Err(SignedTokenFault::Kind);
        }
        let subject = subject(&all)?;
        if subject.is_none() && !all.contains_key("sid") {
            return Err(SignedTokenFault::Subject);
        }
        Ok(Claims { subject, all })
    }
}

impl Claims {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.all.get(name).and_then(Value::as_str)
    }

    /// The texts of a claim, or where its name begins with `/` of what lies at that path; none where it is
    /// missing.
    pub(super) fn list(&self, name: &str) -> Option<Vec<&str>> {
        let value = match name.strip_prefix('/') {
            Some(path) => {
                let mut segments = path.split('/');
                let first = self.all.get(segments.next()?)?;
                segments.try_fold(first, |value, segment| value.get(segment))?
            }
            None => self.all.get(name)?,
        };
        match value {
            Value::Array(texts) => Some(texts.iter().filter_map(Value::as_str).collect()),
            Value::String(text) => Some(vec![text]),
            _ => None,
        }
    }
}

const fn is_shared(algorithm: Algorithm) -> bool {
    matches!(algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512)
}

fn check_parties(
    claims: &Map<String, Value>,
    parties: Parties<'_>,
) -> Result<(), SignedTokenFault> {
    if claims.get("iss").and_then(Value::as_str) != Some(parties.issuer) {
        return Err(SignedTokenFault::Issuer);
    }
    let is_client = |value: &Value| value.as_str() == Some(parties.client);
    let is_for_us = match claims.get("aud") {
        Some(Value::Array(audiences)) => {
            // Of several, one has asked for it, and it is said which.
            audiences.iter().any(is_client)
                && (audiences.len() == 1 || claims.get("azp").is_some_and(is_client))
        }
        Some(audience) => is_client(audience),
        None => false,
    };
    let is_asked_by_us = claims.get("azp").is_none_or(is_client);
    if is_for_us && is_asked_by_us { Ok(()) } else { Err(SignedTokenFault::Audience) }
}

fn check_times(claims: &Map<String, Value>, now: Timestamp) -> Result<(), SignedTokenFault> {
    let time =
        |name: &str| claims.get(name).map(|value| moment(value).ok_or(SignedTokenFault::Malformed));
    let leeway = CLOCK_LEEWAY;
    let expires = time("exp").ok_or(SignedTokenFault::Time)??;
    let issued = time("iat").ok_or(SignedTokenFault::Time)??;
    let is_begun = match time("nbf") {
        Some(from) => from? <= now + leeway,
        None => true,
    };
    let is_fresh = issued <= now + leeway && issued >= now - leeway - TOKEN_AGE_MAX;
    if expires > now - leeway && is_begun && is_fresh {
        Ok(())
    } else {
        Err(SignedTokenFault::Time)
    }
}

/// Seconds since 1970, which some providers write with a fraction.
#[expect(clippy::cast_possible_truncation, reason = "what is out of range is no moment")]
fn moment(value: &Value) -> Option<Timestamp> {
    let seconds =
        value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds.floor() as i64))?;
    Timestamp::from_second(seconds).ok()
}

fn subject(claims: &Map<String, Value>) -> Result<Option<String>, SignedTokenFault> {
    let Some(subject) = claims.get("sub") else { return Ok(None) };
    let is_sound = |subject: &&str| {
        (1..=SUBJECT_BYTES_MAX).contains(&subject.len()) && !subject.contains(char::is_control)
    };
    subject
        .as_str()
        .filter(is_sound)
        .map(|subject| Some(subject.to_owned()))
        .ok_or(SignedTokenFault::Subject)
}

#[cfg(test)]
mod tests;
