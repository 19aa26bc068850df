//! Which column holds what: a preview of a file's first rows, each column with the field it is taken for.
//!
//! Not for: reading by it; what is kept here is for all files of the type that are read from then on.
//!
//! Invariant: what is kept can be followed: it names fields of the type, each once, and every field that a
//! file must have, the identifier by one column or by several.

mod choice;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use domain::page::PageSize;
use domain::{
    DateOrder, FileType, LedgerField, MemberRole, Preview, PreviewedColumn, ReadingRules, Upload,
    UploadState,
};
use store::{UploadFilter, UploadOrder};

use super::access::{Admin, Member};
use super::error::PageError;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html, html_again, see_other};
use super::uploads::decide::new_job;
use super::uploads::detail::{UploadPath, find};
use super::uploads::feed::noun;
use crate::App;
use choice::{COLUMNS_MAX, ColumnsForm, PreviewedFile};

#[derive(Template)]
#[template(path = "columns.html")]
struct ColumnsPage {
    page: Layout,
    here: String,
    file_name: String,
    nouns: &'static str,
    columns: Vec<Column>,
    refusal: Option<String>,
    /// Every column, and whether it is taken for a field.
    heads: Vec<(String, bool)>,
    rows: Vec<Vec<String>>,
    mandatory: String,
    orders: [(&'static str, &'static str, bool); 4],
    /// The title of the identifier, where one can be built of several columns.
    identifier: Option<&'static str>,
    may_be_read_again: bool,
    wrong: Option<String>,
}

struct Column {
    header: String,
    /// Name, title, whether it is taken for it.
    choices: Vec<(&'static str, String, bool)>,
    /// Whether the identifier is built of it and others.
    is_part: bool,
    examples: String,
}

pub(crate) async fn get_columns(
    State(app): State<App>,
    admin: Admin,
    Path((_, _, id)): UploadPath,
) -> PageResult {
    let upload = find(&admin, &id).await?;
    let previewed = PreviewedFile::open(&app, &admin, upload).await?;
    html(&columns_page(&app, &admin, &previewed, None).await?)
}

/// Leads on to the newest file of a type, as a mapping is made by one.
pub(crate) async fn get_columns_of_type(
    admin: Admin,
    Path((_, _, file_type)): Path<(String, String, String)>,
) -> PageResult {
    let file_type: FileType = file_type.parse().map_err(|_unknown| PageError::NotFound)?;
    let filter = UploadFilter { file_type: Some(file_type), ..UploadFilter::default() };
    let (unit, size) = (&admin.unit, PageSize::fixed(1));
    let newest = admin.store.uploads_of(unit, &filter, UploadOrder::Newest, size, None).await?;
    match newest.items.first() {
        Some(upload) => see_other(&admin.path(&format!("uploads/{}/columns", upload.id))),
        None => Err(PageError::Impossible(format!(
            "Columns are chosen by looking at a file, and no file of {} has come yet. Send one, even if it \
             will be refused, and come back.",
            noun(file_type)
        ))),
    }
}

pub(crate) async fn set_columns(
    State(app): State<App>,
    admin: Admin,
    Path((_, _, id)): UploadPath,
    Form(form): Form<ColumnsForm>,
) -> PageResult {
    let upload = find(&admin, &id).await?;
    let previewed = PreviewedFile::open(&app, &admin, upload).await?;
    let choice = match previewed.choice(&form) {
        Ok(choice) => choice,
        Err(wrong) => {
            return html_again(
                &columns_page(&app, &admin, &previewed, Some((wrong, &form))).await?,
            );
        }
    };
    let mapping = previewed.mapping(choice);
    let date_order = form.date_order;
    let rules = ReadingRules { mapping, date_order, ..previewed.rules };
    let (unit, decider) = (&admin.unit, admin.decider(&app));
    let upload = previewed.upload;
    admin.store.decide_reading_rules(unit, upload.file_type, &rules, &decider).await?;
    if &*form.then == "read-again" && may_be_read_again(&upload) {
        admin.store.read_again(unit, upload.id, new_job(&app), &decider).await?;
        app.new_work.notify_one();
    }
    see_other(&Flash::ColumnsSaved.on(&admin.path(&format!("uploads/{id}"))))
}

/// Held, it was read by other columns than those that are set now.
const fn may_be_read_again(upload: &Upload) -> bool {
    matches!(upload.state, UploadState::Refused { .. } | UploadState::Held { .. })
}

async fn columns_page(
    app: &App,
    member: &Member,
    previewed: &PreviewedFile,
    sent: Option<(String, &ColumnsForm)>,
) -> Result<ColumnsPage, PageError> {
    debug_assert!(member.role >= MemberRole::Admin, "rows of a file are shown");
    let PreviewedFile { upload, rules, preview, fields } = previewed;
    let (wrong, form) = sent.unzip();
    let date_order = form.map_or(rules.date_order, |form| form.date_order);
    let order = |order: DateOrder| (order.as_str(), date_order == Some(order));
    let (day, month) = (order(DateOrder::DayFirst), order(DateOrder::MonthFirst));
    let year = order(DateOrder::YearFirst);
    let mandatory: Vec<&str> =
        fields.iter().filter(|field| field.is_mandatory).map(|field| field.title).collect();
    let mut layout = Layout::for_member(app, member, Section::Uploads, "Columns").await?;
    layout
        .push_crumb(&upload.file_name.to_string(), member.path(&format!("uploads/{}", upload.id)));
    Ok(ColumnsPage {
        page: layout,
        here: member.path(&format!("uploads/{}/columns", upload.id)),
        file_name: upload.file_name.to_string(),
        nouns: noun(upload.file_type),
        columns: columns(preview, fields, form),
        refusal: preview.refusal.as_deref().map(|why| format::capital(why.trim_end_matches('.'))),
        heads: heads(preview),
        rows: preview.rows.clone(),
        identifier: previewed.identifier().map(|field| field.title),
        mandatory: mandatory.join(", "),
        orders: [
            ("", "As the files tell", date_order.is_none()),
            (day.0, "Day before month", day.1),
            (month.0, "Month before day", month.1),
            (year.0, "Year, month, day", year.1),
        ],
        may_be_read_again: may_be_read_again(upload),
        wrong,
    })
}

fn heads(preview: &Preview) -> Vec<(String, bool)> {
    let head = |column: &PreviewedColumn| {
        let is_taken = column.field.is_some() || column.identifier_part.is_some();
        (column.header.clone(), is_taken)
    };
    preview.columns.iter().map(head).collect()
}

/// Those with a header, of several with the same the first: a mapping speaks of headers.
fn columns(preview: &Preview, fields: &[LedgerField], form: Option<&ColumnsForm>) -> Vec<Column> {
    let pairs = form.into_iter().flat_map(|form| form.header.iter().zip(&form.field));
    let sent: BTreeMap<&str, &str> =
        pairs.map(|(header, name)| (header.as_str(), name.as_str())).collect();
    let mut columns: Vec<Column> = Vec::new();
    for (place, column) in preview.columns.iter().enumerate().take(COLUMNS_MAX) {
        let header = column.header.as_str();
        if header.is_empty() || columns.iter().any(|known| known.header == header) {
            continue;
        }
        let taken = sent.get(header).copied().or(column.field.as_deref()).unwrap_or_default();
        let choice = |field: &LedgerField| {
            let mark = if field.is_mandatory { " *" } else { "" };
            (field.name, format!("{}{mark}", field.title), field.name == taken)
        };
        let cells = preview.rows.iter().filter_map(|row| row.get(place));
        let examples: Vec<&str> =
            cells.map(String::as_str).filter(|cell| !cell.is_empty()).take(3).collect();
        columns.push(Column {
            header: header.to_owned(),
            choices: fields.iter().map(choice).collect(),
            is_part: match form {
                Some(form) => form.part.iter().any(|part| part == header),
                None => column.identifier_part.is_some(),
            },
            examples: examples.join(" · "),
        });
    }
    columns
}
