//! Files beside a finding, as its page lists them.
//!
//! Not for: taking or keeping one (`verdicts`).

use domain::{Attachment, AttachmentId};

use crate::http::pages::format;

/// A file beside a finding.
pub(super) struct AttachmentLine {
    pub(super) id: AttachmentId,
    pub(super) name: String,
    /// `PDF, 340.0 kB`
    pub(super) what: String,
    /// `ann, 23 Nov 2026`
    pub(super) added: String,
    pub(super) href: String,
}

pub(super) fn attachment_line(finding: &str, attachment: &Attachment) -> AttachmentLine {
    let (kind, bytes) = (attachment.kind.title(), format::bytes(attachment.bytes));
    AttachmentLine {
        id: attachment.id,
        name: attachment.name.to_string(),
        what: format!("{kind}, {bytes}"),
        added: format!("{}, {}", attachment.added_by, format::date(attachment.added_at)),
        href: format!("{finding}/attachments/{}", attachment.id),
    }
}
