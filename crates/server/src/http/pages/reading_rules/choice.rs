//! What a person chose for the columns of a file, and the mapping it makes.
//!
//! Not for: how a file is read by it (`extract`).
//!
//! Invariant: a choice names fields of the type, each once, and every field that a file must have.

use std::collections::BTreeMap;

use domain::reading::BUILT_COLUMNS_MAX;
use domain::{
    DateOrder, FieldSource, FileFormat, LedgerField, Mapping, Preview, ReadingRules, Upload,
};
use serde::Deserialize;

use crate::App;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::field::{Text, valid};
use crate::http::pages::uploads::detail::has_its_file;
use crate::limits::LINE_BYTES_MAX;

/// Headers are cut to 100 characters where they are read, and a workbook has 16,384 columns at most: a
/// mapping of more columns than any extract has would only fill the database.
pub(super) const COLUMNS_MAX: usize = 500;

/// The form of the page of columns.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ColumnsForm {
    /// The header of every column, and beside it the field it is taken for, empty for none.
    pub(super) header: Vec<String>,
    pub(super) field: Vec<String>,
    /// Headers of the columns that the identifier is built of.
    pub(super) part: Vec<String>,
    #[serde(deserialize_with = "valid")]
    pub(super) date_order: Option<DateOrder>,
    /// `read-again`, where the file shall be read by what is set.
    pub(super) then: Text,
}

/// The file a mapping is made by.
pub(super) struct PreviewedFile {
    pub(super) upload: Upload,
    pub(super) rules: ReadingRules,
    pub(super) preview: Preview,
    pub(super) fields: Vec<LedgerField>,
}

impl PreviewedFile {
    pub(super) async fn open(
        app: &App,
        member: &Member,
        upload: Upload,
    ) -> Result<Self, PageError> {
        has_its_file(&upload)?;
        let store = &member.store;
        let rules = store.reading_rules(&member.unit, upload.file_type).await?;
        // The beginning of a text is enough; a workbook ends with the list of what is in it.
        let most = match upload.file_name.format() {
            FileFormat::Xlsx | FileFormat::Xls | FileFormat::Ods => u64::MAX,
            FileFormat::Csv | FileFormat::Tsv | FileFormat::Txt => LINE_BYTES_MAX,
        };
        let file = store.open_object_start(&upload, most).await?;
        let preview = app.reader.preview(&upload, file, &rules).await;
        let preview = preview.map_err(PageError::internal)?;
        let fields = app.reader.fields(upload.file_type);
        Ok(Self { upload, rules, preview, fields })
    }

    /// Reads the choice, or why it cannot be followed.
    pub(super) fn choice(&self, form: &ColumnsForm) -> Result<ColumnChoice, String> {
        let mut columns = BTreeMap::new();
        let headers = form.header.get(..COLUMNS_MAX).unwrap_or(&form.header);
        for (header, name) in headers.iter().zip(&form.field) {
            if name.is_empty() || self.fields.iter().any(|field| field.name == name) {
                columns.insert(header.clone(), name.clone());
            }
        }
        let built = self.built_identifier(form, headers, &mut columns)?;
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

    pub(super) fn identifier(&self) -> Option<&LedgerField> {
        self.fields.iter().find(|field| field.is_identifier)
    }

    /// The identifier and the columns that are ticked for it; of these none is the identifier alone.
    fn built_identifier(
        &self,
        form: &ColumnsForm,
        headers: &[String],
        columns: &mut BTreeMap<String, String>,
    ) -> Result<Option<(&'static str, Vec<String>)>, String> {
        let Some(field) = self.identifier() else { return Ok(None) };
        let parts: Vec<&String> = form.part.iter().filter(|part| headers.contains(part)).collect();
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
            if !parts.contains(&header) {
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
            headers.len() == parts.len() && headers.iter().all(|one| parts.contains(&one))
        });
        let parts = same
            .map_or_else(|| parts.iter().map(|part| (*part).clone()).collect(), <[String]>::to_vec);
        Ok(Some((field.name, parts)))
    }

    /// The mapping with what was chosen in it. Columns that other files of the type have stay as they were,
    /// unless their field has moved.
    pub(super) fn mapping(&self, choice: ColumnChoice) -> Option<Mapping> {
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

/// A choice of columns that can be followed.
pub(super) struct ColumnChoice {
    /// Header to field, empty for a column that is kept as text.
    columns: BTreeMap<String, String>,
    /// The identifier and the headers of its parts, when it is built of several.
    built: Option<(&'static str, Vec<String>)>,
}
