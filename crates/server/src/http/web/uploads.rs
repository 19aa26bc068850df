//! A unit's uploads, as people see them.
//!
//! Not for: one upload with its problems, and sending one by hand.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use domain::page::PageSize;
use domain::{Sender, Upload, UploadId, UploadState};

use super::access::Viewer;
use super::asked::Asked;
use super::frame::{Frame, Section};
use super::{PageError, PageResult, html, words};
use crate::App;

#[derive(Template)]
#[template(path = "uploads.html")]
struct UploadsPage {
    page: Frame,
    rows: Vec<Line>,
    here: String,
    next: Option<String>,
    is_first: bool,
    /// Something is still to happen: the list looks again by itself.
    is_moving: bool,
    customer: String,
    unit: String,
}

struct Line {
    name: String,
    file_type: &'static str,
    bytes: String,
    rows: String,
    state: &'static str,
    tone: &'static str,
    /// What to know beside the state.
    note: String,
    by: String,
    at: String,
    machine_at: String,
}

pub(crate) async fn list_uploads(
    State(app): State<App>,
    viewer: Viewer,
    asked: Asked,
) -> PageResult {
    let after: Option<UploadId> = asked.parsed("after");
    let page = viewer.store.uploads(&viewer.unit, PageSize::default(), after).await?;
    let labels = labels(&app, &viewer, &page.items).await?;
    let here = viewer.path("uploads");
    let frame = Frame::of(&app, &viewer, Section::Uploads, "Uploads").await?;
    html(&UploadsPage {
        page: frame.saying(asked.said()),
        is_moving: after.is_none() && page.items.iter().any(|upload| !is_over(&upload.state)),
        next: page.next.map(|last| format!("{here}?after={last}")),
        rows: page.items.iter().map(|upload| line(upload, &labels)).collect(),
        is_first: after.is_none(),
        here,
        customer: viewer.customer.to_string(),
        unit: viewer.unit.to_string(),
    })
}

/// What people call the tokens that these came with.
async fn labels(
    app: &App,
    viewer: &Viewer,
    uploads: &[Upload],
) -> Result<HashMap<Sender, String>, PageError> {
    if uploads.is_empty() {
        return Ok(HashMap::new());
    }
    let tokens = app.store.system().tokens(Some(&viewer.customer)).await?;
    Ok(tokens.into_iter().map(|token| (Sender::Token(token.id), token.label)).collect())
}

fn line(upload: &Upload, labels: &HashMap<Sender, String>) -> Line {
    let label = labels.get(&upload.sender).filter(|label| !label.trim().is_empty());
    let rows = match &upload.state {
        UploadState::Read { rows, .. } | UploadState::Held { rows, .. } => {
            words::count(rows.rows_read)
        }
        _ => String::new(),
    };
    Line {
        name: upload.file_name.to_string(),
        file_type: upload.file_type.as_str(),
        bytes: words::bytes(upload.bytes),
        rows,
        state: upload.state.word(),
        tone: tone(&upload.state),
        note: note(&upload.state),
        by: label.cloned().unwrap_or_else(|| upload.sender.to_string()),
        at: words::moment(upload.received_at),
        machine_at: words::machine(upload.received_at),
    }
}

const fn is_over(state: &UploadState) -> bool {
    !matches!(state, UploadState::Received | UploadState::Reading { .. })
}

/// How a state is coloured.
const fn tone(state: &UploadState) -> &'static str {
    match state {
        UploadState::Received | UploadState::Reading { .. } => "busy",
        UploadState::Read { .. } => "done",
        UploadState::Held { .. } | UploadState::Refused { .. } => "caution",
    }
}

fn note(state: &UploadState) -> String {
    match state {
        UploadState::Received => "waits to be read".to_owned(),
        UploadState::Reading { since } => format!("since {}", words::moment(*since)),
        UploadState::Read { rows, .. } if rows.rows_set_aside > 0 => {
            format!("{} set aside", words::counted(rows.rows_set_aside, "row", "rows"))
        }
        UploadState::Read { .. } => String::new(),
        UploadState::Held { rows, active_before, .. } => format!(
            "{} of {} would become inactive: release or refuse it",
            words::count(rows.made_inactive),
            words::count(*active_before)
        ),
        UploadState::Refused { reason, .. } => reason.clone(),
    }
}
