//! Sending a file by hand: a form that works without script, and the same form fed by dropping files on it.
//!
//! Not for: receiving; [`intake`] is the one way an upload comes to be, with the limits of every upload.
//!
//! Invariant: the file is received as it arrives; no more than a piece of it is held.

use askama::Template;
use axum::extract::{Request, State};
use domain::{FileType, Sender, UploadId};
use multer::Field;
use serde::Deserialize;
use store::ReceiveOutcome;

use super::feed::noun;
use crate::App;
use crate::admission::AdmissionRefusal;
use crate::http::pages::access::{Analyst, Member};
use crate::http::pages::error::PageError;
use crate::http::pages::error::sentence;
use crate::http::pages::field::Text;
use crate::http::pages::file_form::{self, FilePart, why_broken};
use crate::http::pages::filters;
use crate::http::pages::flash::Flash;
use crate::http::pages::format;
use crate::http::pages::layout::{Layout, Section};
use crate::http::pages::query::Query;
use crate::http::pages::respond::{PageResult, html, html_again, see_other};
use crate::intake::{self, IntakeRefusal, NameRefusal, Offer};

#[derive(Template)]
#[template(path = "send.html")]
struct SendPage {
    page: Layout,
    here: String,
    /// Each, in words, and whether it is chosen.
    types: [(FileType, String, bool); FileType::ALL.len()],
    wanted: Option<FileType>,
    /// Set where the name of the chosen file tells no type.
    must_choose: bool,
    longest: String,
    help: String,
    wrong: Option<String>,
}

/// The name of a file that was chosen and not sent yet.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ChosenFile {
    name: Text,
}

/// Why nothing was received.
enum SendError {
    /// Shown beside the form.
    Form(String),
    Page(PageError),
}

/// A file that was received.
struct SentUpload {
    upload: UploadId,
    is_new: bool,
}

pub(crate) async fn get_send(
    State(app): State<App>,
    analyst: Analyst,
    Query(chosen): Query<ChosenFile>,
) -> PageResult {
    // What the name says is chosen, and not the type of the last file, as which a list of another would be
    // sent and refused.
    let said = FileType::guess(&chosen.name);
    let page = send_page(&app, &analyst, said, None).await?;
    html(&SendPage { must_choose: said.is_none() && !chosen.name.is_empty(), ..page })
}

pub(crate) async fn send(State(app): State<App>, analyst: Analyst, request: Request) -> PageResult {
    let mut wanted = None;
    match receive(&app, &analyst, request, &mut wanted).await {
        Ok(SentUpload { upload, is_new }) => {
            let flash = if is_new { Flash::FileReceived } else { Flash::FileReceivedBefore };
            see_other(&flash.on(&analyst.path(&format!("uploads/{upload}"))))
        }
        Err(SendError::Form(wrong)) => {
            html_again(&send_page(&app, &analyst, wanted, Some(wrong)).await?)
        }
        Err(SendError::Page(error)) => Err(error),
    }
}

async fn send_page(
    app: &App,
    member: &Member,
    wanted: Option<FileType>,
    wrong: Option<String>,
) -> Result<SendPage, PageError> {
    Ok(SendPage {
        page: Layout::for_member(app, member, Section::Uploads, "Send a file").await?,
        here: member.path("uploads/send"),
        types: FileType::ALL
            .map(|known| (known, format::capital(noun(known)), wanted == Some(known))),
        wanted,
        must_choose: false,
        help: member.path("help"),
        longest: format::bytes(app.limits.body_bytes_max),
        wrong,
    })
}

async fn receive(
    app: &App,
    analyst: &Analyst,
    request: Request,
    wanted: &mut Option<FileType>,
) -> Result<SentUpload, SendError> {
    let Some(mut parts) = file_form::parts(request, &app.limits) else {
        return Err(form_error("No file came with the form. Choose one and send it again."));
    };
    let permit = intake::admit(app, &analyst.customer, None).map_err(intake_refusal)?;
    while let Some(field) = parts.next_field().await.map_err(|error| form_broken(&error))? {
        match field.name() {
            // Nothing, where the name of the file shall say it.
            Some("file_type") => {
                *wanted =
                    field.text().await.map_err(|error| form_broken(&error))?.trim().parse().ok();
            }
            Some("file") => {
                let sent = receive_file(app, analyst, *wanted, field).await?;
                drop(permit);
                return Ok(sent);
            }
            _ => {}
        }
    }
    Err(form_error("No file was chosen. Choose one, or drop it on the page."))
}

async fn receive_file(
    app: &App,
    analyst: &Analyst,
    wanted: Option<FileType>,
    field: Field<'static>,
) -> Result<SentUpload, SendError> {
    // Some browsers send a path.
    let path = field.file_name().unwrap_or_default();
    let sender = Sender::User(analyst.current_user.user.id);
    let offer =
        Offer::from_name(analyst.unit.clone(), sender, path, wanted).map_err(|why| match why {
            NameRefusal::Missing => {
                form_error("No file was chosen. Choose one, or drop it on the page.")
            }
            other => form_error(other),
        })?;
    let received = intake::receive(app, &analyst.store, offer, FilePart(field)).await;
    let received = received.map_err(|error| match error {
        intake::Error::Source(error) => form_broken(&error),
        intake::Error::Content(why) => form_error(why),
        intake::Error::Revoked => {
            form_error("your role was taken away while the file was sent; nothing was kept")
        }
        intake::Error::Store(error) => SendError::Page(error.into()),
        other => SendError::Page(PageError::internal(other)),
    })?;
    let is_new = matches!(received, ReceiveOutcome::New(_));
    Ok(SentUpload { upload: received.into_upload().id, is_new })
}

fn form_error(what: impl std::fmt::Display) -> SendError {
    let what = what.to_string();
    SendError::Form(sentence(what.trim_end_matches('.')))
}

fn intake_refusal(why: IntakeRefusal) -> SendError {
    form_error(refusal_words(why))
}

/// Why no file is let in now: a sentence without a full stop.
pub(in crate::http::pages) const fn refusal_words(why: IntakeRefusal) -> &'static str {
    match why {
        IntakeRefusal::Busy(AdmissionRefusal::Server | AdmissionRefusal::Customer) => {
            "too many files are being received at the moment; wait a minute and send it again"
        }
        IntakeRefusal::Full => {
            "the server's disk is nearly full and nothing more is taken; tell the operator"
        }
    }
}

fn form_broken(error: &multer::Error) -> SendError {
    form_error(why_broken(error, "send it in parts"))
}
