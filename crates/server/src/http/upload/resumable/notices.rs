//! Interim answers about a file on its way: 104 (Upload Resumption Supported), with the place where it goes
//! on, and how much of it is safe.
//!
//! Not for: HTTP/2, whose library has no way to send any, and HTTP/1.0, which knows none.
//!
//! Invariant: only who says that they speak this version of the draft get one, as it asks of whoever
//! implements it before it is a standard.

use http::Version;
use http::request::Parts;

use super::answers::ResumableOffset;
use crate::http::request::RequestFraming;
use crate::site::Site;

const INTEROP_VERSION_NAME: &str = "Upload-Draft-Interop-Version";
/// The version of the drafts from the ninth on.
const INTEROP_VERSION: &str = "8";

/// The interim answers of one request; nothing where it takes none.
#[derive(Debug, Clone)]
pub(super) struct Notices(Option<RequestFraming>);

impl Notices {
    pub(super) fn of(parts: &Parts) -> Self {
        let said = parts.headers.get(INTEROP_VERSION_NAME);
        let takes_them = parts.version == Version::HTTP_11
            && said.is_some_and(|said| said.as_bytes() == INTEROP_VERSION.as_bytes());
        Self(parts.extensions.get::<RequestFraming>().filter(|_| takes_them).cloned())
    }

    /// Says where the file goes on, should this request break off.
    pub(super) fn begun(&self, offset: &ResumableOffset) {
        let location = Site::of_request().href(&offset.path());
        self.say(&format!("Location: {location}\r\nUpload-Limit: {}\r\n", offset.limit()));
    }

    /// Says how much is safe, where the client has taken what was said before.
    pub(super) fn stands_at(&self, offset: u64) {
        if self.0.as_ref().is_some_and(|framing| !framing.has_interim()) {
            self.say(&format!("Upload-Offset: {offset}\r\n"));
        }
    }

    fn say(&self, fields: &str) {
        if let Some(framing) = &self.0 {
            framing.answer_meanwhile(&format!(
                "HTTP/1.1 104 Upload Resumption Supported\r\n{INTEROP_VERSION_NAME}: {INTEROP_VERSION}\r\n\
                 {fields}\r\n"
            ));
        }
    }
}
