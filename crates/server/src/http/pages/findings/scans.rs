//! The scan of a row of a finding, fetched from where the extract says it is, for somebody who decides.
//!
//! Not for: files that people put beside a finding (`verdicts::attachments`).
//!
//! Invariant: only from a host that an admin has listed, never from the network inside (`outbound`), no
//! redirect is followed, and what comes is handed on as what its first bytes say: a picture, or a PDF as a
//! copy. Nothing of whoever looks goes there, and the audit log has who was shown what before it is.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use domain::finding::FindingRow;
use domain::scan::ScanKind;
use domain::{AuditEntry, FindingKey};
use http::header::{self, HeaderValue};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use tokio::sync::Semaphore;

use super::comparison::{Comparison, SCAN};
use super::scan_link::ScanLink;
use crate::App;
use crate::http::pages::access::{Analyst, Member};
use crate::http::pages::error::PageError;
use crate::http::pages::respond::PageResult;
use crate::limits::{SCAN_BYTES_MAX, SCANS_AT_ONCE};
use crate::outbound::OutboundError;

/// Whatever opens it runs nothing of it and fetches nothing.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

static FETCHED_AT_ONCE: Semaphore = Semaphore::const_new(SCANS_AT_ONCE);

/// The hosts whose scans somebody may be shown: those that an admin has listed, for whoever decides.
pub(super) async fn hosts_for(member: &Member) -> Result<BTreeSet<String>, PageError> {
    if member.role.may_decide() {
        Ok(member.store.scan_hosts().await?)
    } else {
        Ok(BTreeSet::new())
    }
}

/// Lets the scans of a finding be shown that stand at these hosts.
pub(super) fn offer(hosts: &BTreeSet<String>, here: &str, tables: &mut [Comparison]) {
    for table in tables {
        for head in &mut table.heads {
            if let Some(scan) = head.scan.as_mut().filter(|scan| hosts.contains(&scan.host)) {
                let id = utf8_percent_encode(&head.id, NON_ALPHANUMERIC);
                scan.shown = format!("{here}/scans/{id}");
            }
        }
    }
}

pub(crate) async fn get_scan(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key, row)): Path<(String, String, String, String)>,
) -> PageResult {
    let key: FindingKey = key.parse().map_err(|_no_key| PageError::NotFound)?;
    let found = analyst.store.finding(&analyst.unit, &key).await?.ok_or(PageError::NotFound)?;
    let mut rows = found.finding.rows.iter().filter(|of| of.id == row);
    let link = rows.find_map(scan_of).ok_or(PageError::NotFound)?;
    if !analyst.store.scan_hosts().await?.contains(&link.host) {
        return Err(PageError::NotFound);
    }
    let client = app.outbound.as_ref().ok_or(PageError::NotFound)?;
    let permit = FETCHED_AT_ONCE.acquire().await.map_err(PageError::internal)?;
    let fetched = client.get(&link.href, SCAN_BYTES_MAX).await;
    drop(permit);
    let bytes = fetched.map_err(|why| PageError::Impossible(words(&link, &why)))?;
    let kind = ScanKind::of(&bytes).ok_or_else(|| {
        let host = &link.host;
        PageError::Impossible(format!(
            "What {host} sent is no picture (PNG, JPEG, GIF, WebP) and no PDF. Open the scan there."
        ))
    })?;
    analyst.store.audit(shown_entry(&app, &analyst, (&key, &row), &link)).await?;
    Ok(answer(bytes, kind))
}

/// The entry of the audit log that says who was shown a paper; of its address the host, as the rest may
/// hold a secret.
fn shown_entry(
    app: &App,
    analyst: &Analyst,
    (key, row): (&FindingKey, &str),
    link: &ScanLink,
) -> AuditEntry {
    AuditEntry {
        at: app.clock.now(),
        who: analyst.address().to_owned(),
        what: "finding.scan".to_owned(),
        about: key.to_string(),
        // The store says whose it is.
        customer: None,
        details: json!({ "unit": analyst.unit.as_str(), "row": row, "host": link.host }),
    }
}

/// A picture to be drawn, or a copy.
fn answer(bytes: Bytes, kind: ScanKind) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type()));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    if !kind.is_picture() {
        let copy = HeaderValue::from_static("attachment; filename=\"scan.pdf\"");
        headers.insert(header::CONTENT_DISPOSITION, copy);
    }
    response
}

fn scan_of(row: &FindingRow) -> Option<ScanLink> {
    ScanLink::parse(row.fields.get(SCAN)?)
}

fn words(link: &ScanLink, why: &OutboundError) -> String {
    let host = &link.host;
    match why {
        OutboundError::Internal if link.href.starts_with("http:") => format!(
            "{host} is reached without TLS, over which nothing is fetched from the Internet. Open the scan there."
        ),
        OutboundError::Internal => format!(
            "{host} is in a network of the server\u{2019}s own, from which nothing is fetched unless whoever runs \
             the server names it (internal under [webhooks]). Open the scan there."
        ),
        OutboundError::TooLong => {
            format!("The scan at {host} is longer than what is shown here. Open it there.")
        }
        OutboundError::Status(status) => {
            format!("{host} answers {} to this server. Open the scan there.", status.as_u16())
        }
        other => format!("The scan could not be fetched from {host}: {other}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_drawn_and_a_pdf_is_a_copy_and_neither_runs_anything() {
        for (kind, media, is_copy) in [
            (ScanKind::Png, "image/png", false),
            (ScanKind::Jpeg, "image/jpeg", false),
            (ScanKind::Pdf, "application/pdf", true),
        ] {
            let answered = answer(Bytes::from_static(b"x"), kind);
            let headers = answered.headers();
            assert_eq!(headers[header::CONTENT_TYPE], media);
            assert_eq!(headers[header::CONTENT_SECURITY_POLICY], "default-src 'none'; sandbox");
            assert_eq!(headers.contains_key(header::CONTENT_DISPOSITION), is_copy, "{kind:?}");
        }
    }

    #[test]
    fn why_there_is_no_scan_is_said_with_its_host() {
        let (secure, plain) = ("https://scans.example/1.png", "http://scans.example/1.png");
        for (said, why, says) in [
            (
                secure,
                OutboundError::Internal,
                "scans.example is in a network of the server\u{2019}s",
            ),
            (plain, OutboundError::Internal, "scans.example is reached without TLS"),
            (secure, OutboundError::TooLong, "The scan at scans.example is longer"),
            (secure, OutboundError::Status(http::StatusCode::FOUND), "scans.example answers 302"),
            (plain, OutboundError::TooSlow, "fetched from scans.example: the receiver took"),
        ] {
            let link = ScanLink::parse(said).unwrap();
            assert!(words(&link, &why).contains(says), "{why:?}");
        }
    }
}
