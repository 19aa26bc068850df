//! One attempt to sign in at a provider: what leaves with the browser, and by what it is known when it comes
//! back.
//!
//! Invariant: state, nonce and verifier follow from a secret that only this browser holds, and from the
//! provider, the time and the page it goes on to: what comes back in another browser, to another provider
//! or with another page in it has another state. Nothing is kept here of somebody who never comes back.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::Sha256Digest;
use jiff::Timestamp;

use super::SECRET_BYTES;
use super::limits::SIGN_IN_TIME_MAX;
use super::settings::ProviderName;
use crate::Randomness;
use crate::sha256::sha256;

/// An attempt, as its browser holds it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    secret: [u8; SECRET_BYTES],
    provider: ProviderName,
    begun_at: Timestamp,
    /// The path of this site that it goes on to.
    pub(crate) next: String,
}

impl Attempt {
    pub(super) fn new(
        provider: ProviderName,
        next: String,
        randomness: &Randomness,
        now: Timestamp,
    ) -> Self {
        // To the second, as the text has it.
        let begun_at = Timestamp::from_second(now.as_second()).expect("a second of a moment");
        Self { secret: randomness.bytes(), provider, begun_at, next }
    }

    /// Reads what a browser presents; text that cannot be one of ours is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let [secret, provider, begun_at, next] =
            <[&str; 4]>::try_from(text.split('.').collect::<Vec<_>>()).ok()?;
        Some(Self {
            secret: BASE64.decode(secret).ok()?.try_into().ok()?,
            provider: provider.parse().ok()?,
            begun_at: Timestamp::from_second(begun_at.parse().ok()?).ok()?,
            next: String::from_utf8(BASE64.decode(next).ok()?).ok()?,
        })
    }

    /// The text that a browser keeps.
    pub(crate) fn text(&self) -> String {
        let (secret, next) = (BASE64.encode(self.secret), BASE64.encode(&self.next));
        format!("{secret}.{}.{}.{next}", self.provider, self.begun_at.as_second())
    }

    pub(super) fn is_of(&self, provider: &ProviderName) -> bool {
        self.provider == *provider
    }

    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.begun_at > now || self.begun_at + SIGN_IN_TIME_MAX < now
    }

    pub(super) fn state(&self) -> String {
        self.derived("state")
    }

    /// Returns `true` for the state of this attempt; compared in a time that tells nothing.
    pub(super) fn is_state(&self, presented: &str) -> bool {
        let tag = BASE64.decode(presented).unwrap_or_else(|_no_state_of_ours| Vec::new());
        hmac::verify(&self.key(), &self.purpose("state"), &tag).is_ok()
    }

    /// The digest by which a state that was used is known.
    pub(super) fn state_digest(&self) -> Sha256Digest {
        sha256(self.state().as_bytes())
    }

    pub(super) fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// The code verifier of PKCE (RFC 7636): 43 characters.
    pub(super) fn verifier(&self) -> String {
        self.derived("verifier")
    }

    /// The `jti` of the client's proof in the exchange of this attempt.
    pub(super) fn assertion_id(&self) -> String {
        self.derived("assertion")
    }

    pub(super) fn challenge(&self) -> String {
        BASE64.encode(sha256(self.verifier().as_bytes()).as_bytes())
    }

    fn derived(&self, what: &str) -> String {
        BASE64.encode(hmac::sign(&self.key(), &self.purpose(what)).as_ref())
    }

    fn purpose(&self, what: &str) -> Vec<u8> {
        let Self { provider, begun_at, next, .. } = self;
        format!("bursar oidc\n{what}\n{provider}\n{}\n{next}", begun_at.as_second()).into_bytes()
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.secret)
    }
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempt").field("provider", &self.provider).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(fill: u8, provider: &str, next: &str) -> Attempt {
        let randomness = Randomness::new(move |bytes| bytes.fill(fill));
        Attempt::new(provider.parse().unwrap(), next.to_owned(), &randomness, now())
    }

    fn now() -> Timestamp {
        "2026-11-23T10:00:00.5Z".parse().unwrap()
    }

    #[test]
    fn an_attempt_comes_back_as_it_left() {
        let left = attempt(7, "contoso", "/at/acme/ümlaut?x=1");
        assert_eq!(Attempt::parse(&left.text()), Some(left.clone()));
        assert!(left.is_state(&left.state()));
        assert_eq!(left.verifier().len(), 43, "RFC 7636 wants 43 to 128");
        assert!(left.state() != left.nonce() && left.nonce() != left.verifier());
        let digest = BASE64.decode(left.challenge()).unwrap();
        assert_eq!(
            digest,
            aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, left.verifier().as_bytes())
                .as_ref()
        );
        for text in ["", "...", "a.b.c.d", "AAAA.contoso.1.Lw", &format!("{}.x", left.text())] {
            assert_eq!(Attempt::parse(text), None, "{text}");
        }
    }

    #[test]
    fn another_browser_provider_or_page_has_another_state() {
        let left = attempt(7, "contoso", "/a");
        for other in
            [attempt(8, "contoso", "/a"), attempt(7, "fabrikam", "/a"), attempt(7, "contoso", "/b")]
        {
            assert!(!left.is_state(&other.state()));
        }
        for state in ["", "x", &left.nonce(), &left.state()[1..]] {
            assert!(!left.is_state(state), "{state}");
        }
    }

    #[test]
    fn an_attempt_is_over_in_time() {
        let left = attempt(7, "contoso", "/");
        let limit = SIGN_IN_TIME_MAX;
        for (at, is_over) in [
            (now(), false),
            (now() + limit - jiff::SignedDuration::from_secs(1), false),
            (now() + limit + jiff::SignedDuration::from_secs(1), true),
            (now() - limit, true),
        ] {
            assert_eq!(left.is_over(at), is_over, "{at}");
        }
    }
}
