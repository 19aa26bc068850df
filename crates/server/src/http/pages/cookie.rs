//! The cookie that says which session a browser is in.
//!
//! Not for: what a session is (`sign_in::session`).

use http::header::{self, HeaderMap, HeaderValue};

use super::kept_form::KeptForm;
use crate::limits::{BROWSER_KNOWN_FOR, SESSION_AGE_MAX};
use crate::sign_in::oidc::SIGN_IN_TIME_MAX;
use crate::sign_in::oidc::attempt::Attempt;
use crate::sign_in::session::SessionSecret;
use crate::site::Site;

/// A cookie of this site, by what follows its prefix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CookieName(pub(crate) &'static str);

const SESSION: CookieName = CookieName("bursar");
const KNOWN: CookieName = CookieName("bursar-known");
const ATTEMPT: CookieName = CookieName("bursar-oidc");
const KEPT: CookieName = CookieName("bursar-kept");

impl CookieName {
    /// `__Host-`: a browser takes it over TLS from this very host only, and for every path. Below a path
    /// that others have beside it, it is for that path alone, which `__Host-` does not allow.
    fn on(self, site: &Site) -> String {
        let prefix = if site.prefix().is_empty() { "__Host-" } else { "__Secure-" };
        format!("{prefix}{}", self.0)
    }

    /// The header that sets it for so many seconds.
    pub(crate) fn set(self, value: &str, seconds: i64) -> String {
        let site = Site::of_request();
        let path = if site.prefix().is_empty() { "/" } else { site.prefix() };
        let name = self.on(&site);
        format!("{name}={value}; Path={path}; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax")
    }

    /// Its value, as a browser presents it.
    pub(crate) fn value(self, headers: &HeaderMap) -> Option<&str> {
        value(headers, &self.on(&Site::of_request()))
    }
}

/// The secret of the session a browser is in; a value that cannot be one of ours is none.
pub(crate) fn session(headers: &HeaderMap) -> Option<SessionSecret> {
    SessionSecret::parse(SESSION.value(headers)?)
}

/// Gives a browser its session.
pub(crate) fn set_session(secret: &SessionSecret) -> String {
    SESSION.set(&secret.text(), SESSION_AGE_MAX.as_secs())
}

/// The secret by which a browser shows that somebody was signed in with it.
pub(crate) fn known_by(headers: &HeaderMap) -> Option<SessionSecret> {
    SessionSecret::parse(KNOWN.value(headers)?)
}

/// Lets a browser be known again when its session is over.
pub(crate) fn set_known_by(secret: &SessionSecret) -> String {
    KNOWN.set(&secret.text(), BROWSER_KNOWN_FOR.as_secs())
}

/// Takes the session's cookie away.
pub(crate) fn clear_session() -> String {
    SESSION.set("", 0)
}

/// The attempt to sign in at a provider that a browser left with.
pub(crate) fn attempt(headers: &HeaderMap) -> Option<Attempt> {
    Attempt::parse(ATTEMPT.value(headers)?)
}

/// Lets a browser come back from a provider.
pub(crate) fn set_attempt(attempt: &Attempt) -> String {
    ATTEMPT.set(&attempt.text(), SIGN_IN_TIME_MAX.as_secs())
}

/// Ends an attempt.
pub(crate) fn clear_attempt() -> String {
    ATTEMPT.set("", 0)
}

/// The form that goes along to a provider and back.
pub(crate) fn kept_form(headers: &HeaderMap) -> Option<KeptForm> {
    KeptForm::from_cookie(KEPT.value(headers)?)
}

/// Lets a form go along to a provider; none where it is too long.
pub(crate) fn set_kept_form(form: &KeptForm) -> Option<String> {
    Some(KEPT.set(&form.to_cookie()?, SIGN_IN_TIME_MAX.as_secs()))
}

/// Takes that form away.
pub(crate) fn clear_kept_form() -> String {
    KEPT.set("", 0)
}

/// Adds a cookie to an answer.
pub(crate) fn add(headers: &mut HeaderMap, cookie: &str) {
    let cookie = HeaderValue::try_from(cookie).expect("cookies are made of ASCII here");
    headers.append(header::SET_COOKIE, cookie);
}

/// The value of a cookie.
fn value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let fields = headers.get_all(header::COOKIE).iter();
    let pairs = fields.filter_map(|field| field.to_str().ok()).flat_map(|field| field.split(';'));
    let mut values = pairs.filter_map(|pair| pair.trim().split_once('='));
    values.find_map(|(known, value)| (known == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Randomness;

    #[test]
    fn a_cookie_comes_back_and_its_forms_are_known() {
        let secret = SessionSecret::new(&Randomness::new(|bytes| bytes.fill(7)));
        let other = SessionSecret::new(&Randomness::new(|bytes| bytes.fill(8)));
        let pair = set_session(&secret).split(';').next().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::try_from(format!("a=b; {pair}; c")).unwrap());
        assert_eq!(session(&headers), Some(secret.clone()));
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
            assert_eq!(session(&headers), None, "{cookie}");
        }
    }
}
