//! Which column holds what: a preview of a file's first rows, each column with the field it is taken for.
//!
//! Not for: reading by it; what is kept here is for all files of the type that are read from then on.
//!
//! Invariant: what is kept can be followed: it names fields of the type, each once, and every field that a
//! file must have, the identifier by one column or by several.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use domain::page::PageSize;
use domain::reading::BUILT_COLUMNS_MAX;
use domain::{
    DateOrder, FieldSource, FileFormat, FileType, LedgerField, Mapping, MemberRole, Preview,
    PreviewedColumn, ReadingRules, Upload, UploadState,
};
use store::{UploadFilter, UploadOrder};

use super::access::{Admin, Member};
use super::error::PageError;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html, html_again, see_other};
use super::uploads::decide::new_job;
use super::uploads::detail::{UploadPath, find, has_its_file};
use super::uploads::feed::noun;
use crate::App;
use crate::limits::LINE_BYTES_MAX;

/// Headers are cut to 100 characters where they are read, and a workbook has 16,384 columns at most: a
/// mapping of more columns than any extract has would only fill the database.
const COLUMNS_MAX: usize = 500;

#[derive(Template)]
#[template(path = "columns.html")]
struct ColumnsPage {
    page: Layout,
    here: String,
    file_name: String,
    file_type: FileType,
    nouns: &'static str,
    columns: Vec<Column>,
    refusal: Option<String>,
    /// Every column, and whether it is taken for a field.
    heads: Vec<(String, bool)>,
    rows: Vec<Vec<String>>,
    mandatory: String,
    orders: [(&'static str, &'static str, bool); 3],
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

/// The file a mapping is made by.
struct PreviewedFile {
    upload: Upload,
    rules: ReadingRules,
    preview: Preview,
    fields: Vec<LedgerField>,
}

impl PreviewedFile {
    async fn open(app: &App, member: &Member, upload: Upload) -> Result<Self, PageError> {
        has_its_file(&upload)?;
        let store = &member.store;
        let rules = store.reading_rules(&member.unit, upload.file_type).await?;
        // The beginning of a text is enough; a workbook ends with the list of what is in it.
        let most = match upload.file_name.format() {
            FileFormat::Xlsx => u64::MAX,
            FileFormat::Csv | FileFormat::Tsv | FileFormat::Txt => LINE_BYTES_MAX,
        };
        let file = store.open_object_start(&upload, most).await?;
        let preview = app.ledgers.preview(&upload, file, &rules).await;
        let preview = preview.map_err(PageError::internal)?;
        let fields = app.ledgers.fields(upload.file_type);
        Ok(Self { upload, rules, preview, fields })
    }

    /// What was chosen, or why it cannot be followed.
    fn choice(&self, form: &Form) -> Result<ColumnChoice, String> {
        let mut columns = BTreeMap::new();
        let headers: Vec<&str> = form.all("header").take(COLUMNS_MAX).collect();
        for (header, name) in headers.iter().zip(form.all("field")) {
            if name.is_empty() || self.fields.iter().any(|field| field.name == name) {
                columns.insert((*header).to_owned(), name.to_owned());
            }
        }
        let built = self.built_identifier(form, &headers, &mut columns)?;
        for field in &self.fields {
            let taken: Vec<&str> = columns
                .iter()
                .filter(|(_, name)| *name == field.name)
                .map(|(header, _)| header.as_str())
                .collect();
            if taken.len() > 1 {
                return Err(format!(
                    "{} is chosen for several columns: {}. Leave it with one of them.",
                    field.title,
                    taken.join(", ")
                ));
            }
            let is_built = built.as_ref().is_some_and(|(name, _)| *name == field.name);
            if taken.is_empty() && field.is_mandatory && !is_built {
                return Err(format!(
                    "No column is taken for {}, and a file without it is refused. Choose one.",
                    field.title
                ));
            }
        }
        Ok(ColumnChoice { columns, built })
    }

    fn identifier(&self) -> Option<&LedgerField> {
        self.fields.iter().find(|field| field.is_identifier)
    }

    /// The identifier and the columns that are ticked for it; of these none is the identifier alone.
    fn built_identifier(
        &self,
        form: &Form,
        headers: &[&str],
        columns: &mut BTreeMap<String, String>,
    ) -> Result<Option<(&'static str, Vec<String>)>, String> {
        let Some(field) = self.identifier() else { return Ok(None) };
        let parts: Vec<&str> = form.all("part").filter(|part| headers.contains(part)).collect();
        match parts.len() {
            0 => return Ok(None),
            1 => {
                return Err(format!(
                    "Only {} is ticked for {}. Tick the other columns it is built of, or none, and choose \
                     {1} for the one that holds it.",
                    parts[0], field.title
                ));
            }
            2..=BUILT_COLUMNS_MAX => {}
            many => {
                return Err(format!(
                    "{many} columns are ticked for {}, and {BUILT_COLUMNS_MAX} are the most.",
                    field.title
                ));
            }
        }
        for (header, name) in columns.iter_mut().filter(|(_, name)| *name == field.name) {
            if !parts.contains(&header.as_str()) {
                return Err(format!(
                    "{header} is chosen for {}, which is built of other columns. Tick it as well, or choose \
                     something else for it.",
                    field.title
                ));
            }
            name.clear();
        }
        // Another order would make other ids of the same rows.
        let before = self.rules.mapping.as_ref().and_then(|mapping| mapping.fields.get(field.name));
        let same = before.map(FieldSource::headers).filter(|headers| {
            headers.len() == parts.len() && headers.iter().all(|one| parts.contains(&one.as_str()))
        });
        let parts = same.map_or_else(
            || parts.iter().map(|part| (*part).to_owned()).collect(),
            <[String]>::to_vec,
        );
        Ok(Some((field.name, parts)))
    }

    /// The mapping with what was chosen in it. Columns that other files of the type have stay as they were,
    /// unless their field has moved.
    fn mapping(&self, choice: ColumnChoice) -> Option<Mapping> {
        let Mapping { mut columns, mut fields } = self.rules.mapping.clone().unwrap_or_default();
        let identifier = self.identifier().map(|field| field.name);
        let is_reassigned = |name: &str| {
            choice.columns.values().any(|taken| taken == name)
                || choice.built.as_ref().is_some_and(|(built, _)| *built == name)
        };
        columns.retain(|_, name| name.is_empty() || !is_reassigned(name));
        fields.retain(|name, _| !is_reassigned(name) && identifier != Some(name));
        columns.extend(choice.columns);
        let built =
            choice.built.map(|(name, parts)| (name.to_owned(), FieldSource::Columns(parts)));
        fields.extend(built);
        let is_empty = columns.is_empty() && fields.is_empty();
        (!is_empty).then_some(Mapping { columns, fields })
    }
}

/// What a person chose.
struct ColumnChoice {
    /// Header to field, empty for a column that is kept as text.
    columns: BTreeMap<String, String>,
    /// The identifier and the headers of its parts, when it is built of several.
    built: Option<(&'static str, Vec<String>)>,
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

/// On to the newest file of a type, as a mapping is made by one.
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
    form: Form,
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
    let date_order = form.parsed::<DateOrder>("date_order");
    let rules = ReadingRules { mapping, date_order, ..previewed.rules };
    let (unit, decider) = (&admin.unit, admin.decider(&app));
    let upload = previewed.upload;
    admin.store.decide_reading_rules(unit, upload.file_type, &rules, &decider).await?;
    if form.text("then") == "read-again" && may_be_read_again(&upload) {
        admin.store.read_again(unit, upload.id, new_job(&app), &decider).await?;
        app.new_work.notify_one();
    }
    see_other(&admin.path(&format!("uploads/{id}?said=columns-kept")))
}

/// Held, it was read by other columns than those that are set now.
const fn may_be_read_again(upload: &Upload) -> bool {
    matches!(upload.state, UploadState::Refused { .. } | UploadState::Held { .. })
}

async fn columns_page(
    app: &App,
    member: &Member,
    previewed: &PreviewedFile,
    sent: Option<(String, &Form)>,
) -> Result<ColumnsPage, PageError> {
    debug_assert!(member.role >= MemberRole::Admin, "rows of a file are shown");
    let PreviewedFile { upload, rules, preview, fields } = previewed;
    let (wrong, form) = sent.unzip();
    let date_order = form.map_or(rules.date_order, |form| form.parsed("date_order"));
    let order = |order: DateOrder| (order.as_str(), date_order == Some(order));
    let (day, month) = (order(DateOrder::DayFirst), order(DateOrder::MonthFirst));
    let mandatory: Vec<&str> =
        fields.iter().filter(|field| field.is_mandatory).map(|field| field.title).collect();
    let mut layout = Layout::for_member(app, member, Section::Uploads, "Columns").await?;
    layout
        .push_crumb(&upload.file_name.to_string(), member.path(&format!("uploads/{}", upload.id)));
    Ok(ColumnsPage {
        page: layout,
        here: member.path(&format!("uploads/{}/columns", upload.id)),
        file_name: upload.file_name.to_string(),
        file_type: upload.file_type,
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
fn columns(preview: &Preview, fields: &[LedgerField], form: Option<&Form>) -> Vec<Column> {
    let sent: BTreeMap<&str, &str> =
        form.map(|form| form.all("header").zip(form.all("field")).collect()).unwrap_or_default();
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
                Some(form) => form.all("part").any(|part| part == header),
                None => column.identifier_part.is_some(),
            },
            examples: examples.join(" · "),
        });
    }
    columns
}
