//! A form that somebody had sent when their session was over.
//!
//! Not for: signing in (`sign_in`).
//!
//! Invariant: what somebody typed into a page of a unit goes along through signing in; nothing of any other
//! page does, as there may be a password in it.

/// Longer than a comment may be, in the bytes of an address.
const KEPT_BYTES_MAX: usize = 16 * 1024;
/// Pages of a unit, whose forms hold no password.
const OF_A_UNIT: &str = "/at/";
/// The token of the session that is over.
const CSRF_FIELD: &str = "csrf";

/// A form that was sent when the session was over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptForm {
    /// Where it was sent to.
    pub(crate) path: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl KeptForm {
    /// Keeps a form of a page of a unit, as it was sent or as [`Self::text`] has it; none of any
    /// other page, or that is too long.
    pub(crate) fn parse(path: &str, body: &[u8]) -> Option<Self> {
        let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let is_kept = path.starts_with(OF_A_UNIT) && is_plain && body.len() <= KEPT_BYTES_MAX;
        let fields = form_urlencoded::parse(body).filter(|(name, _)| name != CSRF_FIELD);
        let fields: Vec<_> = fields.map(|(name, value)| (name.into(), value.into())).collect();
        (is_kept && !fields.is_empty()).then(|| Self { path: path.to_owned(), fields })
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
        let comment = b"csrf=x&words=Asked+%26+waited&seen=3";
        let kept = KeptForm::parse("/at/acme/acme/findings/fnd_1/comments", comment).unwrap();
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(kept.fields, [field("words", "Asked & waited"), field("seen", "3")]);
        assert_eq!(KeptForm::parse(&kept.path, kept.text().as_bytes()).unwrap(), kept);
        for path in ["/me/password", "/settings/acme/users/invite", "//evil.example/at/", "/at/ x"]
        {
            assert_eq!(KeptForm::parse(path, comment), None, "{path}");
        }
        assert_eq!(KeptForm::parse("/at/acme/acme/x", b"csrf=x"), None);
        let long = format!("words={}", "x".repeat(KEPT_BYTES_MAX));
        assert_eq!(KeptForm::parse("/at/acme/acme/x", long.as_bytes()), None);
    }
}
