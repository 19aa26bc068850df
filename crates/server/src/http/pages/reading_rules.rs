//! What each field of a file type is read from, and how: the fields, a file's columns, and its first
//! rows as they would stand in the ledger.
//!
//! Not for: reading by it; what is kept here is for all files of the type that are read from then on.
//!
//! Invariant: what is kept can be followed by the file it was chosen by: its beginning was read by it first.

mod choice;
mod opened_file;
mod other_files;
pub(crate) mod settle;
mod view;

use askama::Template;
use axum::extract::{Path, State};
use domain::page::PageSize;
use domain::{FileType, Preview, ReadingRules, TrialReading};
use store::{UploadFilter, UploadOrder};

use super::access::{Admin, Member};
use super::error::{PageError, sentence};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html, html_again, see_other};
use super::uploads::decide::new_job;
use super::uploads::detail::{UploadPath, find};
use super::uploads::feed::noun;
use crate::App;
use choice::ColumnsForm;
use opened_file::OpenedFile;
use settle::ChosenValue;
use view::{ColumnLine, FieldRow, SettingsView, TrialView};

#[derive(Template)]
#[template(path = "columns.html")]
#[expect(clippy::struct_excessive_bools, reason = "each shows or hides a part of the page")]
struct ColumnsPage {
    page: Layout,
    here: String,
    file_name: String,
    nouns: &'static str,
    /// Those that a file must have first.
    fields: Vec<FieldRow>,
    required: usize,
    /// Of the others those that are read from something.
    read_others: usize,
    are_others_open: bool,
    columns: Vec<ColumnLine>,
    /// Set when every field has a list of the columns of its own, and not one shared list.
    are_listed: bool,
    /// Titles of fields that are missing and follow in the usual way, with the fields they follow from.
    usual: Vec<(&'static str, &'static str)>,
    is_usual_ticked: bool,
    settings: SettingsView,
    /// Why the file cannot be read at all.
    refusal: Option<String>,
    trial: Option<TrialView>,
    may_be_read_again: bool,
    /// Set when the settings are not those that are kept, and nobody has sent them yet.
    is_proposed: bool,
    /// The meaning of each column.
    help: String,
    wrong: Option<String>,
    is_trial: bool,
    /// Set when other files would be refused, so that somebody has to say that it is meant.
    must_confirm: bool,
}

pub(crate) async fn get_columns(
    State(app): State<App>,
    admin: Admin,
    Path((_, _, id)): UploadPath,
    Query(proposed): Query<ChosenValue>,
) -> PageResult {
    let file = OpenedFile::open(&admin, find(&admin, &id).await?).await?;
    let rules = proposed.in_rules(&file.rules).unwrap_or_else(|| file.rules.clone());
    let preview = file.preview(&app, &rules).await?;
    let trial = match preview.refusal {
        None => Some(file.try_reading(&app, &rules).await?),
        Some(_) => None,
    };
    let view =
        FileView { file: &file, rules: &rules, preview: &preview, form: None, must_confirm: false };
    html(&view.page(&app, &admin, trial, None).await?)
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

/// Tries what is chosen, or keeps it.
pub(crate) async fn set_columns(
    State(app): State<App>,
    admin: Admin,
    Path((_, _, id)): UploadPath,
    Form(form): Form<ColumnsForm>,
) -> PageResult {
    let file = OpenedFile::open(&admin, find(&admin, &id).await?).await?;
    let settings = form.settings(&file.rules);
    // Another sheet or encoding has other columns.
    let by = settings.clone().unwrap_or_else(|_wrong_is_said_below| file.rules.clone());
    let preview = file.preview(&app, &by).await?;
    let chosen = settings.and_then(|rules| match &preview.refusal {
        None => form.choice(&preview, rules),
        Some(why) => Err(sentence(why)),
    });
    let view = FileView {
        file: &file,
        rules: &by,
        preview: &preview,
        form: Some(&form),
        must_confirm: false,
    };
    let rules = match chosen {
        Ok(rules) => rules,
        Err(wrong) => return view.again(&app, &admin, None, Some(wrong)).await,
    };
    let trial = file.try_reading(&app, &rules).await?;
    if form.is_trial() {
        return html(&view.page(&app, &admin, Some(trial), None).await?);
    }
    if let Some(why) = &trial.refusal {
        let wrong = format!("Nothing was saved: {}.", why.trim_end_matches('.'));
        return view.again(&app, &admin, Some(trial), Some(wrong)).await;
    }
    if form.despite.is_empty()
        && let Some(words) = other_files::refused_words(&app, &admin, &file, &rules).await?
    {
        let view = FileView { must_confirm: true, ..view };
        return view.again(&app, &admin, Some(trial), Some(words)).await;
    }
    let (unit, decider) = (&admin.unit, admin.decider(&app));
    let upload = file.upload;
    admin.store.decide_reading_rules(unit, upload.file_type, &rules, &decider).await?;
    if &*form.then == "read-again" && admin.store.may_be_read_again(&upload).await? {
        admin.store.read_again(unit, upload.id, new_job(&app), &decider).await?;
        app.new_work.notify_one();
    }
    see_other(&Flash::ColumnsSaved.on(&admin.path(&format!("uploads/{id}"))))
}

/// The file as it is looked at, by rules that are kept or tried, and what was sent.
struct FileView<'a> {
    file: &'a OpenedFile,
    rules: &'a ReadingRules,
    preview: &'a Preview,
    form: Option<&'a ColumnsForm>,
    must_confirm: bool,
}

impl FileView<'_> {
    /// The page with what was sent, which cannot be kept.
    async fn again(
        &self,
        app: &App,
        member: &Member,
        trial: Option<TrialReading>,
        wrong: Option<String>,
    ) -> PageResult {
        html_again(&self.page(app, member, trial, wrong).await?)
    }

    async fn page(
        &self,
        app: &App,
        member: &Member,
        trial: Option<TrialReading>,
        wrong: Option<String>,
    ) -> Result<ColumnsPage, PageError> {
        debug_assert!(member.role.may_set_up(), "rows of a file are shown");
        let Self { file, rules, preview, form, must_confirm } = *self;
        let upload = &file.upload;
        let mut layout = Layout::for_member(app, member, Section::Uploads, "Columns").await?;
        let back = member.path(&format!("uploads/{}", upload.id));
        layout.push_crumb(&upload.file_name.to_string(), back);
        let columns = view::column_lines(preview);
        let fields = view::field_rows(upload.file_type, preview, rules, form);
        let is_missing =
            |field: &&FieldRow| field.is_mandatory && !field.is_read() && field.follows.is_none();
        let usual = fields.iter().filter(is_missing).filter_map(|field| {
            let usual = field.usual?;
            Some((field.title, usual))
        });
        let required = fields.iter().filter(|field| field.is_mandatory).count();
        let is_read = |field: &&FieldRow| field.is_read();
        Ok(ColumnsPage {
            required,
            read_others: fields[required..].iter().filter(is_read).count(),
            // Where all that is needed is there, what is left to look at are the others.
            are_others_open: fields[..required].iter().all(FieldRow::is_settled),
            page: layout,
            here: member.path(&format!("uploads/{}/columns", upload.id)),
            file_name: upload.file_name.to_string(),
            nouns: noun(upload.file_type),
            are_listed: view::are_listed(&columns),
            usual: usual.collect(),
            is_usual_ticked: form.is_some_and(|form| !form.usual.is_empty()),
            fields,
            columns,
            settings: view::settings_view(upload.file_type, upload.file_name.format(), rules),
            refusal: preview
                .refusal
                .as_deref()
                .map(|why| format::capital(why.trim_end_matches('.'))),
            trial: trial.map(view::trial_view),
            may_be_read_again: member.store.may_be_read_again(upload).await?,
            is_proposed: *rules != file.rules && form.is_none(),
            help: member.path(&format!("help#columns-{}", upload.file_type)),
            wrong,
            is_trial: form.is_some_and(ColumnsForm::is_trial),
            must_confirm,
        })
    }
}
