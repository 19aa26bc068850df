//! A unit's uploads, as people see them.
//!
//! Not for: one upload (`one`), sending one by hand (`send`), or what is decided about one (`decide`).

pub(crate) mod decide;
pub(crate) mod detail;
pub(crate) mod feed;
mod hold_card;
pub(crate) mod line;
mod other_settings;
mod problem_list;
mod refusal_card;
pub(crate) mod send;

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use domain::page::PageSize;
use domain::{FileType, HoldReason, Sender, Upload, UploadId, UploadState};
use serde::Deserialize;
use store::{UploadFilter, UploadOrder};

use super::access::{Member, Viewer};
use super::error::PageError;
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::format;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html};
use super::site::{SiteUrl, USUAL_HOST};
use crate::App;
use other_settings::{FilesLeft, files_left};

const STATES: [&str; 5] = ["received", "reading", "read", "held", "refused"];

#[derive(Template)]
#[template(path = "uploads.html")]
struct UploadsPage {
    page: Layout,
    rows: Vec<UploadRow>,
    /// Those that can be read again, of each type of which some are refused or held on this page.
    left: Vec<FilesLeft>,
    feeds: Vec<feed::FeedAge>,
    here: String,
    /// The address of the list with what it is asked for, to look again.
    again: String,
    next: Option<String>,
    is_first: bool,
    /// Something is still to happen: the list looks again by itself.
    is_moving: bool,
    may_send: bool,
    wanted: UploadsQuery,
    /// Each, and whether it is asked for.
    types: [(FileType, bool); FileType::ALL.len()],
    site: String,
    customer: String,
    unit: String,
}

struct UploadRow {
    href: String,
    name: String,
    file_type: &'static str,
    bytes: String,
    rows: String,
    state: &'static str,
    tone: &'static str,
    /// A note beside the state.
    note: String,
    by: String,
    at: String,
    machine_at: String,
}

/// A request for the list, understood.
struct UploadsQuery {
    state: &'static str,
    file_type: Option<FileType>,
    name: String,
    sort: &'static str,
}

/// The fields of the list's address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AddressQuery {
    state: Text,
    #[serde(deserialize_with = "valid")]
    r#type: Option<FileType>,
    name: Text,
    sort: Text,
    /// The last upload of the page before.
    #[serde(deserialize_with = "valid")]
    after: Option<UploadId>,
}

impl UploadsQuery {
    fn new(query: &AddressQuery) -> Self {
        let known = |word: &str, words: &[&'static str]| {
            words.iter().find(|known| **known == word).copied().unwrap_or_default()
        };
        Self {
            state: known(&query.state, &STATES),
            file_type: query.r#type,
            name: query.name.chars().take(domain::file_name::FILE_NAME_BYTES_MAX).collect(),
            sort: known(&query.sort, &["oldest", "largest", "name"]),
        }
    }

    fn is_any(&self) -> bool {
        !self.state.is_empty() || self.file_type.is_some() || !self.name.is_empty()
    }

    fn filter(&self) -> UploadFilter {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        UploadFilter { state: text(self.state), file_type: self.file_type, name: text(&self.name) }
    }

    fn order(&self) -> UploadOrder {
        match self.sort {
            "oldest" => UploadOrder::Oldest,
            "largest" => UploadOrder::Largest,
            "name" => UploadOrder::Name,
            _ => UploadOrder::Newest,
        }
    }

    fn is_state(&self, state: &str) -> bool {
        self.state == state
    }

    /// The query of a list like this one, sorted so, behind that upload.
    fn query(&self, sort: &str, after: Option<UploadId>) -> String {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let pairs = [
            ("state", self.state),
            ("type", self.file_type.map_or("", FileType::as_str)),
            ("name", &self.name),
            ("sort", sort),
            ("after", &after),
        ];
        let filled = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        form_urlencoded::Serializer::new(String::new()).extend_pairs(filled).finish()
    }

    fn sorted(&self, sort: &str) -> String {
        self.query(sort, None)
    }

    /// The other way round of what comes first by time.
    fn by_time(&self) -> String {
        self.query(if self.sort.is_empty() { "oldest" } else { "" }, None)
    }

    fn direction(&self) -> Option<&'static str> {
        match self.sort {
            "oldest" => Some("ascending"),
            "" => Some("descending"),
            _ => None,
        }
    }
}

pub(crate) async fn list_uploads(
    State(app): State<App>,
    viewer: Viewer,
    Query(query): Query<AddressQuery>,
    flash: Option<Flash>,
    site: SiteUrl,
) -> PageResult {
    let site = site.or_host(USUAL_HOST);
    let after = query.after;
    let wanted = UploadsQuery::new(&query);
    let (filter, order) = (wanted.filter(), wanted.order());
    let (unit, size) = (&viewer.unit, PageSize::default());
    let page = viewer.store.uploads_of(unit, &filter, order, size, after).await?;
    let senders = senders(&app, &viewer, &page.items).await?;
    let mut left = Vec::new();
    for file_type in FileType::ALL {
        let is_kept_out = |upload: &Upload| {
            let state = &upload.state;
            upload.file_type == file_type
                && matches!(state, UploadState::Refused { .. } | UploadState::Held { .. })
        };
        if page.items.iter().any(is_kept_out) {
            left.extend(files_left(&viewer, file_type, None).await?);
        }
    }
    let last = viewer.store.last_received(unit).await?;
    let here = viewer.path("uploads");
    let at =
        |query: String| if query.is_empty() { here.clone() } else { format!("{here}?{query}") };
    let layout = Layout::for_member(&app, &viewer, Section::Uploads, "Uploads").await?;
    html(&UploadsPage {
        page: layout.with_flash(flash),
        is_moving: after.is_none() && page.items.iter().any(|upload| !is_final(&upload.state)),
        next: page.next.map(|last| at(wanted.query(wanted.sort, Some(last)))),
        again: at(wanted.query(wanted.sort, None)),
        rows: page.items.iter().map(|upload| upload_row(upload, &viewer, &senders)).collect(),
        left,
        feeds: feed::feeds(&last, app.clock.now()),
        is_first: after.is_none(),
        may_send: viewer.role.may_decide(),
        types: FileType::ALL.map(|known| (known, wanted.file_type == Some(known))),
        wanted,
        here,
        site,
        customer: viewer.customer.to_string(),
        unit: viewer.unit.to_string(),
    })
}

/// Names of those who sent these: the labels of tokens, the names of users.
async fn senders(
    app: &App,
    member: &Member,
    uploads: &[Upload],
) -> Result<HashMap<Sender, String>, PageError> {
    let system = app.store.system();
    let mut names = HashMap::new();
    for upload in uploads {
        if names.contains_key(&upload.sender) {
            continue;
        }
        let name = match upload.sender {
            Sender::Token(id) => {
                let token = system.token(id).await?;
                token
                    .filter(|token| token.scope.customer == member.customer)
                    .map(|token| token.label)
            }
            Sender::User(id) => system.person(id).await?.map(|person| person.user.name.to_string()),
        };
        let name = name.filter(|name| !name.trim().is_empty());
        names.insert(upload.sender, name.unwrap_or_else(|| upload.sender.to_string()));
    }
    Ok(names)
}

fn upload_row(upload: &Upload, member: &Member, senders: &HashMap<Sender, String>) -> UploadRow {
    let rows = match &upload.state {
        UploadState::Read { rows, .. } | UploadState::Held { rows, .. } => {
            format::count(rows.rows_read)
        }
        _ => String::new(),
    };
    UploadRow {
        href: member.path(&format!("uploads/{}", upload.id)),
        name: upload.file_name.to_string(),
        file_type: upload.file_type.as_str(),
        bytes: format::bytes(upload.bytes),
        rows,
        state: upload.state.word(),
        tone: tone(&upload.state),
        note: note(&upload.state),
        by: senders.get(&upload.sender).cloned().unwrap_or_default(),
        at: format::moment(upload.received_at),
        machine_at: format::machine(upload.received_at),
    }
}

/// Returns `true` when nothing happens any more to an upload of this state by itself.
pub(super) const fn is_final(state: &UploadState) -> bool {
    !matches!(state, UploadState::Received | UploadState::Reading { .. })
}

/// The tone of a state's tag.
pub(super) const fn tone(state: &UploadState) -> &'static str {
    match state {
        UploadState::Received | UploadState::Reading { .. } => "busy",
        UploadState::Read { .. } => "done",
        UploadState::Held { .. } | UploadState::Refused { .. } => "caution",
    }
}

fn note(state: &UploadState) -> String {
    match state {
        UploadState::Received => "waits to be read".to_owned(),
        UploadState::Reading { since } => format!("since {}", format::moment(*since)),
        UploadState::Read { rows, .. } if rows.rows_set_aside > 0 => {
            format!("{} set aside", format::counted(rows.rows_set_aside, "row", "rows"))
        }
        UploadState::Read { .. } => String::new(),
        UploadState::Held { rows, reason: HoldReason::ManyInactive { active_before }, .. } => {
            format!(
                "{} of {} would become inactive: release or refuse it",
                format::count(rows.made_inactive),
                format::count(*active_before)
            )
        }
        UploadState::Held {
            rows,
            reason: HoldReason::ReusedIdentifiers { reused_identifiers },
            ..
        } => format!(
            "{} of {} rows it replaces are other invoices: set the Unique ID, release or refuse it",
            format::count(reused_identifiers.rows),
            format::count(rows.rows_replaced)
        ),
        UploadState::Refused { reason, .. } => reason.clone(),
    }
}
