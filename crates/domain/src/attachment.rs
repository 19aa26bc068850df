//! Files that people put beside a finding: a scan, a letter, an agreement.
//!
//! Not for: extracts, which are uploads, nor evidence of checks (`finding`).
//!
//! Invariant: a file is what its first bytes say, whatever it is called; what a browser would run is none.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;

use crate::digest::Sha256Digest;
use crate::enum_words::enum_words;
use crate::finding::FindingKey;
use crate::id::AttachmentId;
use crate::short_name::UnitName;
use crate::signatures::{COMPOUND, JPEG, PDF, PNG, ZIP};

/// Longer names are cut where they are shown, and no mail program makes such.
pub const ATTACHMENT_NAME_CHARS_MAX: usize = 120;
/// The first bytes by which a kind is told.
pub const ATTACHMENT_SIGNATURE_BYTES: usize = 512;

/// The kind of a file, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    Pdf,
    Png,
    Jpeg,
    Tiff,
    /// A document of an office program of today, or an archive.
    Package,
    /// A document of an office program of before, or a message of Outlook.
    Compound,
    /// Plain text, an e-mail among it.
    Text,
}

/// The name of a file as people see it: one line without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentName(String);

/// A file beside a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub id: AttachmentId,
    pub unit: UnitName,
    pub finding: FindingKey,
    pub name: AttachmentName,
    pub kind: AttachmentKind,
    pub bytes: u64,
    pub sha256: Sha256Digest,
    /// The name of who put it there.
    pub added_by: String,
    pub added_at: Timestamp,
    /// Set once it is taken away.
    pub removed_at: Option<Timestamp>,
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedAttachment {
    #[error("the file is empty")]
    Empty,
    #[error(
        "a file beside a finding is a PDF, a picture (PNG, JPEG, TIFF), an office document, an archive, a message \
         or plain text, by its first bytes; this is none of them"
    )]
    Kind,
    #[error(
        "web pages and pictures in XML are not taken, as browsers run what is in them; print it as PDF"
    )]
    Markup,
    #[error("the file has no name of up to {ATTACHMENT_NAME_CHARS_MAX} characters; give it one")]
    Name,
}

/// Signatures at the beginning of a file.
const SIGNATURES: &[(&[u8], AttachmentKind)] = &[
    (PDF, AttachmentKind::Pdf),
    (PNG, AttachmentKind::Png),
    (JPEG, AttachmentKind::Jpeg),
    (b"II*\0", AttachmentKind::Tiff),
    (b"MM\0*", AttachmentKind::Tiff),
    (ZIP, AttachmentKind::Package),
    (COMPOUND, AttachmentKind::Compound),
];

enum_words! {
    AttachmentKind or RefusedAttachment = RefusedAttachment::Kind;
    Pdf = "pdf",
    Png = "png",
    Jpeg = "jpeg",
    Tiff = "tiff",
    Package = "package",
    Compound = "compound",
    Text = "text",
}

impl AttachmentKind {
    /// Tells by the first bytes, up to [`ATTACHMENT_SIGNATURE_BYTES`].
    pub fn of(first: &[u8]) -> Result<Self, RefusedAttachment> {
        if first.is_empty() {
            return Err(RefusedAttachment::Empty);
        }
        let known = SIGNATURES.iter().find(|(signature, _)| first.starts_with(signature));
        if let Some((_, kind)) = known {
            return Ok(*kind);
        }
        let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
        let text = match std::str::from_utf8(first) {
            Ok(text) => text,
            // The last character may be cut.
            Err(cut) if cut.error_len().is_none() => {
                std::str::from_utf8(&first[..cut.valid_up_to()]).expect("it is valid up to there")
            }
            Err(_other) => return Err(RefusedAttachment::Kind),
        };
        if text.trim_start().starts_with('<') {
            return Err(RefusedAttachment::Markup);
        }
        let is_shown = |sign: char| !sign.is_control() || matches!(sign, '\n' | '\r' | '\t');
        if text.chars().all(is_shown) { Ok(Self::Text) } else { Err(RefusedAttachment::Kind) }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Png | Self::Jpeg | Self::Tiff => "picture",
            Self::Package | Self::Compound => "document or archive",
            Self::Text => "text",
        }
    }
}

impl AttachmentName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name in letters that every header takes.
    pub fn ascii(&self) -> String {
        let letter = |sign: char| {
            if sign.is_ascii_alphanumeric() || "._- ".contains(sign) { sign } else { '_' }
        };
        self.0.chars().map(letter).collect()
    }
}

impl FromStr for AttachmentName {
    type Err = RefusedAttachment;
    /// Some browsers send a path with it.
    fn from_str(text: &str) -> Result<Self, RefusedAttachment> {
        let name = text.rsplit(['/', '\\']).next().unwrap_or(text);
        let name: String = name.chars().filter(|sign| !sign.is_control()).collect();
        let name = name.trim().trim_start_matches('.');
        if name.is_empty() || name.chars().count() > ATTACHMENT_NAME_CHARS_MAX {
            return Err(RefusedAttachment::Name);
        }
        Ok(Self(name.to_owned()))
    }
}

impl fmt::Display for AttachmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_file_is_what_it_begins_with() {
        for (first, kind) in [
            (&b"%PDF-1.7\n"[..], Ok(AttachmentKind::Pdf)),
            (b"\x89PNG\r\n\x1a\n\0", Ok(AttachmentKind::Png)),
            (b"\xff\xd8\xff\xe0", Ok(AttachmentKind::Jpeg)),
            (b"PK\x03\x04\x14", Ok(AttachmentKind::Package)),
            (b"From: ann@example.org\r\n\r\nM\xc3\xbc", Ok(AttachmentKind::Text)),
            (b"cut \xc3", Ok(AttachmentKind::Text)),
            (b"", Err(RefusedAttachment::Empty)),
            (b"\xef\xbb\xbf \n<!doctype html>", Err(RefusedAttachment::Markup)),
            (b"<svg onload='x'>", Err(RefusedAttachment::Markup)),
            (b"MZ\x90\0", Err(RefusedAttachment::Kind)),
            (b"\x7fELF\x02", Err(RefusedAttachment::Kind)),
            (b"GIF89a\x01\0", Err(RefusedAttachment::Kind)),
        ] {
            assert_eq!(AttachmentKind::of(first), kind, "{first:?}");
        }
    }

    #[test]
    fn a_name_is_one_line_without_a_path() {
        for (text, name) in [
            ("C:\\scans\\Müller.pdf", Some("Müller.pdf")),
            ("../../etc/passwd", Some("passwd")),
            (" a\r\nb.txt ", Some("ab.txt")),
            (".htaccess", Some("htaccess")),
            ("/", None),
            ("", None),
        ] {
            let parsed: Option<AttachmentName> = text.parse().ok();
            assert_eq!(parsed.as_ref().map(AttachmentName::as_str), name, "{text}");
        }
        let name: AttachmentName = "M\u{fc}ller; x=\"y\".pdf".parse().unwrap();
        assert_eq!(name.ascii(), "M_ller_ x__y_.pdf");
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_kind_or_a_reason(first in proptest::collection::vec(any::<u8>(), 0..80), name in "\\PC{0,200}") {
            let told = AttachmentKind::of(&first);
            prop_assert!(told.is_ok() || !told.unwrap_err().to_string().is_empty());
            if let Ok(name) = name.parse::<AttachmentName>() {
                prop_assert!(name.ascii().is_ascii() && !name.as_str().contains('/'));
            }
        }
    }
}
