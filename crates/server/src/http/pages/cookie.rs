//! The cookie that says which session a browser is in, and the token that forms carry beside it.
//!
//! Invariant: the secret is in the browser and nowhere else; the store has its digest, a form has a value
//! made from it that leads back to neither.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::Sha256Digest;
use http::header::{self, HeaderMap, HeaderValue};

use crate::Randomness;
use crate::limits::SESSION_AGE_MAX;
use crate::welcome::{SECRET_BYTES, digest};

/// `__Host-`: a browser takes it over TLS from this very host only, and for every path.
const SESSION: &str = "__Host-bursar";
const CSRF_PURPOSE: &[u8] = b"bursar csrf";

/// What a session's cookie holds.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SessionSecret([u8; SECRET_BYTES]);

impl SessionSecret {
    pub(crate) fn new(randomness: &Randomness) -> Self {
        Self(randomness.bytes())
    }

    /// As the browser presents it; text that cannot be one of ours is none.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let bytes = BASE64.decode(value(headers, SESSION)?).ok()?;
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn digest(&self) -> Sha256Digest {
        digest(&self.0)
    }

    /// What every form of the session carries: who does not know the cookie cannot make it.
    pub(crate) fn csrf(&self) -> String {
        BASE64.encode(hmac::sign(&self.key(), CSRF_PURPOSE).as_ref())
    }

    pub(crate) fn is_csrf(&self, presented: &str) -> bool {
        let tag = BASE64.decode(presented).unwrap_or_else(|_no_token_of_ours| Vec::new());
        hmac::verify(&self.key(), CSRF_PURPOSE, &tag).is_ok()
    }

    pub(crate) fn set_cookie(&self) -> String {
        let (value, age) = (BASE64.encode(self.0), SESSION_AGE_MAX.as_secs());
        format!("{SESSION}={value}; Path=/; Max-Age={age}; Secure; HttpOnly; SameSite=Lax")
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.0)
    }
}

impl std::fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionSecret(…)")
    }
}

/// Takes the session's cookie away.
pub(crate) fn clear_session() -> String {
    format!("{SESSION}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax")
}

/// Adds a cookie to an answer.
pub(crate) fn add(headers: &mut HeaderMap, cookie: &str) {
    let cookie = HeaderValue::try_from(cookie).expect("cookies are made of ASCII here");
    headers.append(header::SET_COOKIE, cookie);
}

/// The value of a cookie.
pub(crate) fn value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let fields = headers.get_all(header::COOKIE).iter();
    let pairs = fields.filter_map(|field| field.to_str().ok()).flat_map(|field| field.split(';'));
    let mut values = pairs.filter_map(|pair| pair.trim().split_once('='));
    values.find_map(|(known, value)| (known == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_comes_back_and_its_forms_are_known() {
        let secret = SessionSecret::new(&Randomness::new(|bytes| bytes.fill(7)));
        let other = SessionSecret::new(&Randomness::new(|bytes| bytes.fill(8)));
        let pair = secret.set_cookie().split(';').next().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::try_from(format!("a=b; {pair}; c")).unwrap());
        assert_eq!(SessionSecret::from_headers(&headers), Some(secret.clone()));
        assert!(
            secret.is_csrf(&secret.csrf()) && !secret.is_csrf(&other.csrf()) && !secret.is_csrf("")
        );
        for cookie in [
            "",
            "__Host-bursar=",
            "__Host-bursar=x",
            "bursar=BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
        ] {
            headers.insert(header::COOKIE, HeaderValue::try_from(cookie).unwrap());
            assert_eq!(SessionSecret::from_headers(&headers), None, "{cookie}");
        }
    }
}
