//! Files beside a finding: put there, taken as a copy, taken away.
//!
//! Not for: extracts (`uploads`). Invariant: a file is looked at by its first bytes before any of it is kept,
//! held piece by piece, and never shown by a browser as a page of ours.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use domain::attachment::ATTACHMENT_SIGNATURE_BYTES;
use domain::{AttachmentId, AttachmentKind, AttachmentName, FindingKey};
use futures_util::TryStreamExt as _;
use http::HeaderValue;
use http::header;
use multer::Field;
use serde::Deserialize;
use store::NewAttachment;

use super::{Key, parse_key};
use crate::App;
use crate::http::pages::access::{Analyst, Member, Viewer};
use crate::http::pages::error::PageError;
use crate::http::pages::field::valid;
use crate::http::pages::file_form::{self, why_broken};
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::format;
use crate::http::pages::respond::{PageResult, see_other};
use crate::http::pages::uploads::send::refusal_words;
use crate::intake;
use crate::limits::ATTACHMENT_BYTES_MAX;

/// Whatever opens it runs nothing of it and fetches nothing.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DetachForm {
    #[serde(deserialize_with = "valid")]
    attachment: Option<AttachmentId>,
}

pub(crate) async fn attach_file(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    request: Request,
) -> PageResult {
    let key = parse_key(&key)?;
    if analyst.store.finding(&analyst.unit, &key).await?.is_none() {
        return Err(PageError::NotFound);
    }
    let permit = intake::admit(&app, &analyst.customer, None)
        .map_err(|why| PageError::impossible(refusal_words(why)))?;
    let Some(mut parts) = file_form::parts(request, &app.limits) else {
        return Err(PageError::impossible(
            "no file came with the form; choose one and send it again",
        ));
    };
    let broken =
        |error: multer::Error| PageError::impossible(why_broken(&error, "send a smaller one"));
    while let Some(field) = parts.next_field().await.map_err(broken)? {
        if field.name() == Some("file") {
            keep(&app, &analyst, &key, field).await?;
            drop(permit);
            let path = analyst.path(&format!("findings/{key}"));
            return see_other(&format!("{}#files", Flash::FileAttached.on(&path)));
        }
    }
    Err(PageError::impossible("no file was chosen; choose one and send it again"))
}

/// Keeps a file as it arrives.
async fn keep(
    app: &App,
    analyst: &Analyst,
    finding: &FindingKey,
    mut field: Field<'static>,
) -> Result<(), PageError> {
    let broken =
        |error: multer::Error| PageError::impossible(why_broken(&error, "send a smaller one"));
    let name: AttachmentName =
        field.file_name().unwrap_or_default().parse().map_err(PageError::impossible)?;
    let mut first = BytesMut::new();
    while first.len() < ATTACHMENT_SIGNATURE_BYTES
        && let Some(piece) = field.chunk().await.map_err(broken)?
    {
        first.extend_from_slice(&piece);
    }
    let looked_at = &first[..first.len().min(ATTACHMENT_SIGNATURE_BYTES)];
    let kind = AttachmentKind::of(looked_at).map_err(PageError::impossible)?;
    let id = AttachmentId::new(app.clock.now(), app.randomness.bytes());
    let mut writer = analyst.store.create_attachment(&analyst.unit, id).await?;
    let mut written: u64 = 0;
    let mut piece: Option<Bytes> = Some(first.freeze());
    while let Some(bytes) = piece {
        written += bytes.len() as u64;
        if written > ATTACHMENT_BYTES_MAX {
            writer.abandon().await;
            let most = format::bytes(ATTACHMENT_BYTES_MAX);
            return Err(PageError::impossible(format_args!(
                "the file is longer than {most}; send a smaller one"
            )));
        }
        writer.write(bytes).await?;
        piece = field.chunk().await.map_err(broken)?;
    }
    let sealed = writer.finish().await?.publish().await?;
    let (unit, finding) = (analyst.unit.clone(), finding.clone());
    let new = NewAttachment { id, unit, finding, name, kind };
    analyst.store.attach(sealed, new, analyst.decider(app)).await?;
    Ok(())
}

/// A copy of a file for somebody who reads the finding.
pub(crate) async fn get_attachment(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, key, id)): Path<(String, String, String, String)>,
) -> PageResult {
    let key = parse_key(&key)?;
    let id: AttachmentId = id.parse().map_err(|_no_id| PageError::NotFound)?;
    file(&app, &viewer, &key, id).await
}

async fn file(app: &App, member: &Member, key: &FindingKey, id: AttachmentId) -> PageResult {
    let decider = member.decider(app);
    let handed = member.store.hand_out_attachment(&member.unit, key, id, &decider).await;
    let (attachment, bytes) = handed.map_err(|error| match error {
        store::Error::NotFound { .. } => PageError::NotFound,
        other => other.into(),
    })?;
    let bytes = bytes.inspect_err(move |error| {
        let error = error as &dyn std::error::Error;
        tracing::warn!(attachment = %id, error, "a file that was handed out broke off");
    });
    let mut response = Response::new(Body::from_stream(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_LENGTH, attachment.bytes.into());
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    let whole = percent_encoding::utf8_percent_encode(
        attachment.name.as_str(),
        percent_encoding::NON_ALPHANUMERIC,
    );
    let plain = attachment.name.ascii();
    let name = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}");
    let name = HeaderValue::try_from(name).map_err(PageError::internal)?;
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

pub(crate) async fn detach_file(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    Form(form): Form<DetachForm>,
) -> PageResult {
    let key = parse_key(&key)?;
    let id = form.attachment.ok_or(PageError::NotFound)?;
    let decider = analyst.decider(&app);
    let taken = analyst.store.detach(&analyst.unit, &key, id, decider).await;
    taken.map_err(|error| match error {
        store::Error::NotFound { .. } => PageError::NotFound,
        other => other.into(),
    })?;
    let path = analyst.path(&format!("findings/{key}"));
    see_other(&format!("{}#files", Flash::FileDetached.on(&path)))
}
