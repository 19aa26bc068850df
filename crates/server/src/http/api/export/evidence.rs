//! Findings as a workbook with the files that stand beside them, in one ZIP that is sent while it is written.
//!
//! Invariant: of the files one is in memory at a time, and each is noted in the audit log before any of it
//! leaves.

use axum::body::Body;
use bytes::Bytes;
use domain::{Attachment, FindingKey, RefusalCode, UnitName};
use futures_util::stream::{self, TryStreamExt as _};
use store::{CustomerStore, Decider};

use super::ExportTaker;
use crate::http::error::ApiError;
use crate::limits::{EXPORTED_ATTACHMENT_BYTES_MAX, EXPORTED_ATTACHMENTS_MAX};
use crate::zip::ZipWriter;

/// The attachments of these findings, as long as one file holds them.
pub(super) async fn attachments(
    store: &CustomerStore,
    unit: &UnitName,
    keys: &[FindingKey],
) -> Result<Vec<Attachment>, ApiError> {
    let attachments = store.attachments_of(unit, keys).await?;
    let bytes: u64 = attachments.iter().map(|attachment| attachment.bytes).sum();
    if attachments.len() > EXPORTED_ATTACHMENTS_MAX || bytes > EXPORTED_ATTACHMENT_BYTES_MAX {
        return Err(ApiError::because(
            RefusalCode::ExportTooLarge,
            format_args!(
                "{} files of {} MiB stand beside these findings, and such a file holds \
                 {EXPORTED_ATTACHMENTS_MAX} of {} MiB; narrow the filter",
                attachments.len(),
                bytes >> 20,
                EXPORTED_ATTACHMENT_BYTES_MAX >> 20
            ),
        ));
    }
    Ok(attachments)
}

/// A ZIP on its way, with the attachments that are not in it yet.
struct EvidenceZip {
    store: CustomerStore,
    unit: UnitName,
    taker: ExportTaker,
    attachments: std::vec::IntoIter<Attachment>,
    /// None once its end was sent.
    zip: Option<ZipWriter>,
}

/// The workbook, then `files/FINDING/NUMBER NAME` for each attachment.
pub(super) fn zip(
    store: CustomerStore,
    (unit, workbook): (UnitName, Vec<u8>),
    attachments: Vec<Attachment>,
    taker: ExportTaker,
) -> Body {
    let mut zip = ZipWriter::new(taker.at);
    zip.add("findings.xlsx", &workbook);
    let attachments = attachments.into_iter();
    let written = EvidenceZip { store, unit, taker, attachments, zip: Some(zip) };
    let parts = stream::try_unfold(written, EvidenceZip::part).inspect_err(|error| {
        let error = error as &dyn std::error::Error;
        tracing::warn!(error, "an export of evidence files broke off");
    });
    Body::from_stream(parts)
}

impl EvidenceZip {
    async fn part(mut self) -> Result<Option<(Bytes, Self)>, store::Error> {
        let Some(mut zip) = self.zip.take() else { return Ok(None) };
        let Some(attachment) = self.attachments.next() else {
            return Ok(Some((zip.finish().into(), self)));
        };
        if let Some(bytes) = self.read(&attachment).await? {
            zip.add(&name(&attachment), &bytes);
        }
        let part = zip.take_part().into();
        self.zip = Some(zip);
        Ok(Some((part, self)))
    }

    /// The bytes of a file; none where somebody took it away meanwhile.
    async fn read(&self, of: &Attachment) -> Result<Option<Vec<u8>>, store::Error> {
        let decider = Decider { by: &self.taker.who, who: &self.taker.who, at: self.taker.at };
        let handed = self.store.hand_out_attachment(&self.unit, &of.finding, of.id, &decider).await;
        let mut pieces = match handed {
            Ok((_, pieces)) => pieces,
            Err(store::Error::NotFound { .. }) => return Ok(None),
            Err(other) => return Err(other),
        };
        let mut bytes = Vec::new();
        while let Some(piece) = pieces.try_next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(Some(bytes))
    }
}

/// Two files of one name may stand beside a finding: the id is before it, in the order in which they came.
fn name(attachment: &Attachment) -> String {
    format!("files/{}/{} {}", attachment.finding, attachment.id, attachment.name)
}
