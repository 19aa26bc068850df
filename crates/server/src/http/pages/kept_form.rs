//! A form that somebody had sent when their session was over, or from a page of an older one.
//!
//! Not for: signing in (`sign_in`).
//!
//! Invariant: what somebody typed into a page of a unit goes along through signing in and is shown to nobody
//! else who signs in then; nothing of any other page does, as there may be a password in it.

use domain::UserId;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use http::Uri;

use super::local_path::has_dots;

/// Longer than a comment may be, in the bytes of an address.
const KEPT_BYTES_MAX: usize = 16 * 1024;
/// Browsers keep 4,096 bytes of a cookie, its name and attributes among them.
const COOKIE_BYTES_MAX: usize = 3_800;
/// Pages of a unit, whose forms hold no password.
const OF_A_UNIT: &str = "/at/";
/// The token of the session that is over.
const CSRF_FIELD: &str = "csrf";

/// A form that was sent when the session was over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptForm {
    /// The user whose session was over.
    pub(crate) owner: UserId,
    /// Where it was sent to.
    pub(crate) path: String,
    pub(crate) fields: Vec<(String, String)>,
}

/// A form whose page was opened in an older session than the one it was sent in.
#[derive(Clone)]
pub(super) struct OlderForm {
    path: String,
    body: Bytes,
}

impl OlderForm {
    /// None of an address with a query: that says which button of a larger form it was.
    pub(super) fn new(uri: &Uri, body: Bytes) -> Option<Self> {
        uri.query().is_none().then(|| Self { path: uri.path().to_owned(), body })
    }

    /// The form as whoever sent it may send it again.
    pub(super) fn kept_for(&self, sender: UserId) -> Option<KeptForm> {
        KeptForm::parse(sender, &self.path, &self.body)
    }
}

impl KeptForm {
    /// Keeps a form of a page of a unit, as it was sent or as [`Self::text`] has it; none of any
    /// other page, or that is too long.
    pub(crate) fn parse(owner: UserId, path: &str, body: &[u8]) -> Option<Self> {
        let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        // A browser would go up by dots, to a page of somebody's account.
        let is_kept = path.starts_with(OF_A_UNIT)
            && is_plain
            && !has_dots(path)
            && body.len() <= KEPT_BYTES_MAX;
        let fields = form_urlencoded::parse(body).filter(|(name, _)| name != CSRF_FIELD);
        let fields: Vec<_> = fields.map(|(name, value)| (name.into(), value.into())).collect();
        (is_kept && !fields.is_empty()).then(|| Self { owner, path: path.to_owned(), fields })
    }

    /// The form as a cookie holds it; none where it is too long for one.
    pub(crate) fn to_cookie(&self) -> Option<String> {
        let (path, fields) = (BASE64.encode(&self.path), BASE64.encode(self.text()));
        let text = format!("{}.{path}.{fields}", self.owner);
        (text.len() <= COOKIE_BYTES_MAX).then_some(text)
    }

    /// Reads what a cookie holds; what cannot be one of ours is none.
    pub(crate) fn from_cookie(text: &str) -> Option<Self> {
        let (owner, form) = text.split_once('.')?;
        let (path, fields) = form.split_once('.')?;
        let path = String::from_utf8(BASE64.decode(path).ok()?).ok()?;
        Self::parse(owner.parse().ok()?, &path, &BASE64.decode(fields).ok()?)
    }

    /// The fields as one text, to go along in a field.
    pub(crate) fn text(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_forms_of_a_unit_go_along() {
        let owner = "usr_01k00000000000000000000000".parse().unwrap();
        let comment = b"csrf=x&words=Asked+%26+waited&seen=3";
        let kept =
            KeptForm::parse(owner, "/at/acme/acme/findings/fnd_1/comments", comment).unwrap();
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(kept.fields, [field("words", "Asked & waited"), field("seen", "3")]);
        assert_eq!(KeptForm::parse(owner, &kept.path, kept.text().as_bytes()).unwrap(), kept);
        for path in [
            "/me/password",
            "/settings/acme/users/invite",
            "//evil.example/at/",
            "/at/ x",
            "/at/../me/password",
            "/at/%2e%2E/me/password",
            "/at/./x",
        ] {
            assert_eq!(KeptForm::parse(owner, path, comment), None, "{path}");
        }
        assert_eq!(KeptForm::parse(owner, "/at/acme/acme/x", b"csrf=x"), None);
        assert_eq!(KeptForm::from_cookie(&kept.to_cookie().unwrap()), Some(kept.clone()));
        for text in ["", ".", "a", "L21l.d29yZHM9eA", "L2F0Lw.!"] {
            assert_eq!(KeptForm::from_cookie(text), None, "{text}");
        }
        let long = [("words".to_owned(), "x".repeat(3_000))].into();
        assert_eq!(KeptForm { owner, path: kept.path.clone(), fields: long }.to_cookie(), None);
        let long = format!("words={}", "x".repeat(KEPT_BYTES_MAX));
        assert_eq!(KeptForm::parse(owner, "/at/acme/acme/x", long.as_bytes()), None);
    }
}
