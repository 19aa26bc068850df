//! Fields, settings and a trial as the page of columns shows them.

use domain::columns::transactions::STAND_INS;
use domain::problem::Level;
use domain::reading::{BUILT_COLUMNS_MAX, ENCODINGS};
use domain::{
    ColumnKind, DateOrder, DecimalStyle, FieldSource, FileFormat, FileType, InvoiceSign, Mapping,
    Preview, PreviewedField, Problem, ReadingRules, TrialReading,
};

use super::choice::{ColumnsForm, SAME_AS, current_source};
use crate::http::pages::format;

/// Headers are cut where they are read, and a workbook has 16,384 columns at most: a list of more
/// columns than any extract has would only be a long page.
const COLUMNS_MAX: usize = 500;
/// The columns at most; with more every field has a box with one shared list instead of a list of its own:
/// 34 lists of hundreds of columns are megabytes.
const LISTED_COLUMNS_MAX: usize = 100;
/// Parts of an identifier that can be chosen without more being set.
const PARTS_SHOWN: usize = 4;
/// Values of a column that are shown as examples.
const EXAMPLES_MAX: usize = 3;

/// A field, and what it is read from.
pub(super) struct FieldRow {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) is_mandatory: bool,
    /// The title of the field from which it follows in the usual way.
    pub(super) usual: Option<&'static str>,
    /// The title of the field from which the reader takes it by itself.
    pub(super) follows: Option<&'static str>,
    /// The source where nothing is chosen.
    pub(super) derived: Option<String>,
    /// The chosen source as the form sends it: a column, or `= Title`.
    pub(super) chosen: String,
    /// Set when that is none of the file's columns.
    pub(super) is_elsewhere: bool,
    /// Titles of fields that it can be the same as.
    pub(super) others: Vec<&'static str>,
    /// The text that it is in every row, where that makes sense.
    pub(super) fixed: Option<String>,
    /// The parts it is built of, where that can be, with empty places for more.
    pub(super) parts: Option<Vec<String>>,
}

/// A column of the file.
pub(super) struct ColumnLine {
    pub(super) name: String,
    pub(super) examples: String,
}

/// The settings beside the columns.
pub(super) struct SettingsView {
    pub(super) orders: Vec<Choice>,
    pub(super) decimals: Vec<Choice>,
    pub(super) invoices: Option<Vec<Choice>>,
    pub(super) encodings: Option<Vec<Choice>>,
    pub(super) sheet: Option<String>,
    pub(super) empty_words: String,
    pub(super) keeps_totals: bool,
    pub(super) is_strict: bool,
}

/// A value of a setting, in words, and whether it is chosen.
pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) label: &'static str,
    pub(super) is_chosen: bool,
}

/// The outcome of reading the beginning by the choice.
pub(super) struct TrialView {
    pub(super) summary: String,
    pub(super) refusal: Option<String>,
    /// Titles, and whether they are of numbers.
    pub(super) heads: Vec<(&'static str, bool)>,
    /// Line, and cells beside the heads.
    pub(super) rows: Vec<(String, Vec<String>)>,
    pub(super) problems: Vec<TrialProblem>,
}

pub(super) struct TrialProblem {
    pub(super) line: String,
    pub(super) column: String,
    pub(super) value: String,
    pub(super) message: String,
    pub(super) advice: String,
    pub(super) is_set_aside: bool,
}

impl FieldRow {
    pub(super) fn is_same_as(&self, other: &str) -> bool {
        self.chosen.strip_prefix(SAME_AS) == Some(other)
    }

    /// Returns `true` when the field has a source, be it a derived one.
    pub(super) fn is_read(&self) -> bool {
        let is_fixed = self.fixed.as_ref().is_some_and(|fixed| !fixed.is_empty());
        let is_chosen = !self.chosen.is_empty() || is_fixed || self.has_parts();
        is_chosen || self.derived.is_some()
    }

    /// Returns `true` when nobody has to choose for the field.
    pub(super) fn is_settled(&self) -> bool {
        self.is_read() || self.follows.is_some()
    }

    pub(super) fn has_parts(&self) -> bool {
        self.parts.iter().flatten().any(|part| !part.is_empty())
    }
}

impl TrialView {
    /// The cells of a row, and whether they are numbers.
    pub(super) fn cells<'a>(
        &'a self,
        cells: &'a [String],
    ) -> impl Iterator<Item = (&'a str, bool)> {
        cells.iter().map(String::as_str).zip(self.heads.iter().map(|(_, is_number)| *is_number))
    }
}

/// The fields as they are, or as they were sent; mandatory ones first.
pub(super) fn field_rows(
    file_type: FileType,
    preview: &Preview,
    rules: &ReadingRules,
    form: Option<&ColumnsForm>,
) -> Vec<FieldRow> {
    let none = Mapping::default();
    let mapping = rules.mapping.as_ref().unwrap_or(&none);
    let of_file = (preview, rules.is_strict);
    let row = |field: &PreviewedField| field_row(file_type, of_file, mapping, field, form);
    let mut rows: Vec<FieldRow> = preview.fields.iter().map(row).collect();
    rows.sort_by_key(|row| !row.is_mandatory);
    rows
}

fn field_row(
    file_type: FileType,
    (preview, is_strict): (&Preview, bool),
    mapping: &Mapping,
    field: &PreviewedField,
    form: Option<&ColumnsForm>,
) -> FieldRow {
    let source = current_source(field, mapping);
    let titled = |name: &str| {
        let other = preview.fields.iter().find(|other| other.field.name == name);
        other.map(|other| other.field.title)
    };
    let title_of = |name: &str| titled(name).unwrap_or(name).to_owned();
    let form = form.and_then(|form| form.source_of(field).map(|text| (form, text)));
    let chosen = match (form, &source) {
        (Some((_, text)), _) => text.to_owned(),
        (None, Some(FieldSource::Column(column))) => column.clone(),
        (None, Some(FieldSource::SameAs { field })) => format!("{SAME_AS}{}", title_of(field)),
        (None, _) => String::new(),
    };
    let fixed = match (form, &source) {
        (Some((form, _)), _) => form.fixed_of(field).to_owned(),
        (None, Some(FieldSource::Constant { constant })) => constant.clone(),
        (None, _) => String::new(),
    };
    let parts = match (form, &source) {
        (Some((form, _)), _) => form.parts(),
        (None, Some(FieldSource::Columns(columns))) => columns.clone(),
        (None, _) => Vec::new(),
    };
    let kind = kind(file_type, field.field.name);
    let is_there = |title: &str| preview.columns.iter().any(|column| column.name == title);
    let is_read = |name: &str| {
        let mut others = preview.fields.iter();
        others.any(|other| other.field.name == name && current_source(other, mapping).is_some())
    };
    let mut by_people = STAND_INS.iter();
    let by_people = by_people.find(|(name, other)| *name == field.field.name && is_read(other));
    let derived_from = field.field.derived_from;
    FieldRow {
        name: field.field.name,
        title: field.field.title,
        is_mandatory: field.field.is_mandatory,
        usual: by_people.map(|(_, other)| *other).or(derived_from).and_then(titled),
        follows: derived_from.filter(|_| !is_strict).and_then(titled),
        derived: field.source.as_ref().filter(|_| field.is_derived).map(|source| match source {
            FieldSource::SameAs { field } => format!("the same as {}", title_of(field)),
            other => format!("the same as {other}"),
        }),
        is_elsewhere: !chosen.is_empty() && !is_there(&chosen) && !chosen.starts_with(SAME_AS),
        others: preview
            .fields
            .iter()
            .filter(|other| other.field.name != field.field.name)
            .filter(|other| is_like(kind, self::kind(file_type, other.field.name)))
            .map(|other| other.field.title)
            .collect(),
        fixed: (may_be_fixed(kind, field.field.name) || !fixed.is_empty()).then_some(fixed),
        parts: field.field.is_identifier.then(|| {
            let places = (parts.len() + 1).clamp(PARTS_SHOWN, BUILT_COLUMNS_MAX).max(parts.len());
            let mut parts = parts;
            parts.resize(places, String::new());
            parts
        }),
        chosen,
    }
}

fn kind(file_type: FileType, name: &str) -> ColumnKind {
    file_type.column(name).map_or(ColumnKind::Text, |column| column.kind)
}

/// Returns `true` when a value of one kind makes sense as one of the other.
fn is_like(kind: ColumnKind, other: ColumnKind) -> bool {
    use ColumnKind::{Amount, Currency, Date, Identifier, Reference, Text};
    match kind {
        Date | Amount | Currency => kind == other,
        Text | Reference | Identifier => matches!(other, Text | Reference | Identifier),
    }
}

/// Returns `true` for a column that one system may leave out, as it is the same in all its rows.
fn may_be_fixed(kind: ColumnKind, name: &str) -> bool {
    const FIXED: [&str; 4] = ["org_group_ref", "org_group_name", "erp_id", "site_ref"];
    kind == ColumnKind::Currency || FIXED.contains(&name)
}

/// The columns that a mapping can name.
pub(super) fn column_lines(preview: &Preview) -> Vec<ColumnLine> {
    let columns = preview.columns.iter().enumerate();
    columns
        .filter(|(_, column)| !column.name.is_empty())
        .take(COLUMNS_MAX)
        .map(|(place, column)| {
            let cells = preview.rows.iter().filter_map(|row| row.get(place));
            let filled = cells.map(String::as_str).filter(|cell| !cell.is_empty());
            let examples: Vec<&str> = filled.take(EXAMPLES_MAX).collect();
            ColumnLine { name: column.name.clone(), examples: examples.join(" · ") }
        })
        .collect()
}

/// Returns `true` when every field has a list of the columns of its own.
pub(super) fn are_listed(columns: &[ColumnLine]) -> bool {
    columns.len() <= LISTED_COLUMNS_MAX
}

pub(super) fn settings_view(
    file_type: FileType,
    file_format: FileFormat,
    rules: &ReadingRules,
) -> SettingsView {
    let choices = |chosen: &str, all: &[(&'static str, &'static str)]| -> Vec<Choice> {
        let choice = |&(value, label): &(&'static str, &'static str)| Choice {
            value,
            label,
            is_chosen: value == chosen,
        };
        all.iter().map(choice).collect()
    };
    let is_workbook = file_format.is_spreadsheet();
    // Text and web pages often bear the name of an old workbook.
    let may_be_text = !is_workbook || file_format == FileFormat::Xls;
    SettingsView {
        orders: choices(
            rules.date_order.map(DateOrder::as_str).unwrap_or_default(),
            &[
                ("", "As the files tell"),
                ("day_first", "Day before month"),
                ("month_first", "Month before day"),
                ("year_first", "Year first, of two digits"),
            ],
        ),
        decimals: choices(
            rules.decimal_style.map(DecimalStyle::as_str).unwrap_or_default(),
            &[("", "As each column tells"), ("point", "1,234.56"), ("comma", "1.234,56")],
        ),
        invoices: (file_type == FileType::Transactions).then(|| {
            choices(
                rules.invoice_sign.map(InvoiceSign::as_str).unwrap_or_default(),
                &[
                    ("", "As the file tells, else positive"),
                    ("positive", "Positive"),
                    ("negative", "Negative: turn every sign round"),
                ],
            )
        }),
        encodings: (may_be_text || rules.encoding.is_some())
            .then(|| encodings(rules.encoding.as_deref())),
        sheet: (is_workbook || rules.sheet.is_some())
            .then(|| rules.sheet.clone().unwrap_or_default()),
        empty_words: rules.empty_words.join("\n"),
        keeps_totals: rules.keeps_totals,
        is_strict: rules.is_strict,
    }
}

fn encodings(chosen: Option<&str>) -> Vec<Choice> {
    let usual = Choice { value: "", label: "As each file tells", is_chosen: chosen.is_none() };
    let known = ENCODINGS.iter().map(|&(value, label)| Choice {
        value,
        label,
        is_chosen: chosen == Some(value),
    });
    [usual].into_iter().chain(known).collect()
}

pub(super) fn trial_view(trial: TrialReading) -> TrialView {
    let of = if trial.is_whole { "In the whole file" } else { "In the first rows" };
    let rows = trial.rows_read + trial.rows_set_aside;
    let mut summary = format!(
        "{of}, {} of {} can be used.",
        format::count(trial.rows_read),
        format::counted(rows, "row", "rows")
    );
    if trial.non_rows > 1 {
        let others = trial.non_rows - 1;
        summary.push_str(" Besides: ");
        summary.push_str(&format::counted(
            others,
            "title, total or blank line",
            "titles, totals and blank lines",
        ));
        summary.push('.');
    }
    let kinds: Vec<ColumnKind> = trial.columns.iter().map(|column| column.kind).collect();
    let is_number = |kind: ColumnKind| kind == ColumnKind::Amount;
    TrialView {
        summary,
        refusal: trial.refusal.map(|why| format::capital(why.trim_end_matches('.'))),
        heads: trial.columns.iter().map(|column| (column.title, is_number(column.kind))).collect(),
        rows: trial
            .rows
            .into_iter()
            .map(|row| {
                let cells = row.values.into_iter().zip(&kinds);
                (format::count(row.line), cells.map(|(text, kind)| cell(text, *kind)).collect())
            })
            .collect(),
        problems: trial.problems.into_iter().map(trial_problem).collect(),
    }
}

/// A value as the pages write it: a day is never open to doubt.
fn cell(text: String, kind: ColumnKind) -> String {
    match kind {
        ColumnKind::Date => text.parse().map_or_else(|_empty| text, format::day),
        ColumnKind::Amount => {
            text.parse().map_or_else(|_empty| text, |amount| format::figure(amount, None))
        }
        ColumnKind::Text
        | ColumnKind::Reference
        | ColumnKind::Identifier
        | ColumnKind::Currency => text,
    }
}

fn trial_problem(problem: Problem) -> TrialProblem {
    TrialProblem {
        line: problem.line.map(format::count).unwrap_or_default(),
        column: problem.column.unwrap_or_default(),
        value: problem.value.unwrap_or_default(),
        message: format::capital(&problem.reason.to_string()),
        advice: format::capital(problem.reason.advice()),
        is_set_aside: problem.level == Level::SetAside,
    }
}
