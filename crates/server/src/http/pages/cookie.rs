//! The cookie that says which session a browser is in.
//!
//! Not for: what a session is (`sign_in::session`).

use http::header::{self, HeaderMap, HeaderValue};

use crate::limits::{BROWSER_KNOWN_FOR, SESSION_AGE_MAX};
use crate::sign_in::session::SessionSecret;

/// `__Host-`: a browser takes it over TLS from this very host only, and for every path.
const SESSION: &str = "__Host-bursar";
const KNOWN: &str = "__Host-bursar-known";

/// The secret of the session a browser is in; a value that cannot be one of ours is none.
pub(crate) fn session(headers: &HeaderMap) -> Option<SessionSecret> {
    SessionSecret::parse(value(headers, SESSION)?)
}

/// Gives a browser its session.
pub(crate) fn set_session(secret: &SessionSecret) -> String {
    let (value, age) = (secret.text(), SESSION_AGE_MAX.as_secs());
    format!("{SESSION}={value}; Path=/; Max-Age={age}; Secure; HttpOnly; SameSite=Lax")
}

/// The secret by which a browser shows that somebody was signed in with it.
pub(crate) fn known_by(headers: &HeaderMap) -> Option<SessionSecret> {
    SessionSecret::parse(value(headers, KNOWN)?)
}

/// Lets a browser be known again when its session is over.
pub(crate) fn set_known_by(secret: &SessionSecret) -> String {
    let (value, age) = (secret.text(), BROWSER_KNOWN_FOR.as_secs());
    format!("{KNOWN}={value}; Path=/; Max-Age={age}; Secure; HttpOnly; SameSite=Lax")
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
