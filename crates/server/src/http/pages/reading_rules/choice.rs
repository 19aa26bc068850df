//! What a person chose on the page of columns, and the rules of reading that it makes.
//!
//! Not for: how a file is read by them (`extract`).
//!
//! Invariant: what nobody has changed stays as it was, whatever other files of the type it is there for.

use std::collections::BTreeMap;

use domain::columns::transactions::STAND_INS;
use domain::reading::{
    BUILT_COLUMNS_MAX, CONSTANT_CHARS_MAX, EMPTY_WORDS_MAX, empty_word, sheet_name,
};
use domain::{
    DateOrder, DecimalStyle, FieldSource, InvoiceSign, Mapping, Preview, PreviewedField,
    ReadingRules,
};
use serde::Deserialize;

use crate::http::pages::field::{Text, valid};

/// The sign in front of the title of a field that another is the same as.
pub(super) const SAME_AS: &str = "= ";

/// The form of the page of columns.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ColumnsForm {
    /// The name of every field, and beside it what it is read from: a column, `= Title` of another field, or
    /// nothing.
    pub(super) field: Vec<String>,
    pub(super) source: Vec<String>,
    /// The name of every field that may be the same in all rows, and beside it that text.
    pub(super) fixed_field: Vec<String>,
    pub(super) fixed: Vec<String>,
    /// Columns that the identifier is built of, in this order.
    pub(super) part: Vec<String>,
    /// Ticked: what is missing is derived in the usual way.
    pub(super) usual: Text,
    #[serde(deserialize_with = "valid")]
    pub(super) date_order: Option<DateOrder>,
    #[serde(deserialize_with = "valid")]
    pub(super) decimals: Option<DecimalStyle>,
    #[serde(deserialize_with = "valid")]
    pub(super) invoices: Option<InvoiceSign>,
    pub(super) encoding: Text,
    pub(super) sheet: Text,
    /// A word a line.
    pub(super) empty_words: Text,
    pub(super) keep_totals: Text,
    pub(super) strict: Text,
    /// Ticked: it is saved though other files would be refused.
    pub(super) despite: Text,
    /// `try`, `read-again`, or nothing to keep what is chosen.
    pub(super) then: Text,
}

impl ColumnsForm {
    pub(super) fn is_trial(&self) -> bool {
        &*self.then == "try"
    }

    /// The rules with the settings of the form in them, or why that cannot be.
    pub(super) fn settings(&self, before: &ReadingRules) -> Result<ReadingRules, String> {
        let words = self.empty_words.lines().filter(|word| !word.trim().is_empty());
        let words: Vec<String> = words
            .map(|word| empty_word(word).map_err(|why| format!("Words for nothing: {why}.")))
            .collect::<Result<_, _>>()?;
        if words.len() > EMPTY_WORDS_MAX {
            return Err(format!("Words for nothing: {EMPTY_WORDS_MAX} are the most."));
        }
        let text = |text: &Text| Some(text.to_string()).filter(|text| !text.is_empty());
        let sheet = text(&self.sheet).map(|name| sheet_name(&name)).transpose();
        Ok(ReadingRules {
            mapping: before.mapping.clone(),
            date_order: self.date_order,
            failed_per_mille_max: before.failed_per_mille_max,
            encoding: text(&self.encoding),
            decimal_style: self.decimals,
            invoice_sign: self.invoices,
            sheet: sheet.map_err(|why| format!("Sheet: {why}."))?,
            empty_words: words,
            keeps_totals: !self.keep_totals.is_empty(),
            is_strict: !self.strict.is_empty(),
            numbered_as: before.numbered_as.clone(),
        })
    }

    /// The rules with the choice of columns in them, or why it cannot be followed.
    pub(super) fn choice(
        &self,
        preview: &Preview,
        rules: ReadingRules,
    ) -> Result<ReadingRules, String> {
        let before = rules.mapping.clone().unwrap_or_default();
        let mut mapping = before.clone();
        let mut sources = BTreeMap::new();
        for field in &preview.fields {
            let was = current_source(field, &before);
            let chosen = match self.source_of(field) {
                Some(text) => self.chosen(field, text, preview, was.as_ref())?,
                None => was.clone(),
            };
            if chosen != was {
                set_source(&mut mapping, preview, field.field.name, chosen.clone());
            }
            sources.insert(field.field.name, chosen);
        }
        if !self.usual.is_empty() {
            let by_the_reader = preview.fields.iter();
            let by_the_reader = by_the_reader
                .filter_map(|field| Some((field.field.name, field.field.derived_from?)));
            // What the reader does by itself may follow from what a person decides.
            for (name, other) in STAND_INS.into_iter().chain(by_the_reader) {
                let is_there = |name: &str| sources.get(name).is_some_and(Option::is_some);
                if sources.contains_key(name) && !is_there(name) && is_there(other) {
                    let source = Some(FieldSource::SameAs { field: other.to_owned() });
                    set_source(&mut mapping, preview, name, source.clone());
                    sources.insert(name, source);
                }
            }
        }
        let is_empty = mapping.columns.is_empty() && mapping.fields.is_empty();
        Ok(ReadingRules { mapping: (!is_empty).then_some(mapping), ..rules })
    }

    pub(super) fn source_of(&self, field: &PreviewedField) -> Option<&str> {
        beside(&self.field, &self.source, field.field.name)
    }

    pub(super) fn fixed_of(&self, field: &PreviewedField) -> &str {
        beside(&self.fixed_field, &self.fixed, field.field.name).unwrap_or_default()
    }

    /// Columns that are chosen as parts of the identifier.
    pub(super) fn parts(&self) -> Vec<String> {
        let parts = self.part.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    }

    fn chosen(
        &self,
        field: &PreviewedField,
        text: &str,
        preview: &Preview,
        was: Option<&FieldSource>,
    ) -> Result<Option<FieldSource>, String> {
        let title = field.field.title;
        let fixed = self.fixed_of(field);
        let parts = if field.field.is_identifier { self.parts() } else { Vec::new() };
        let ways = [!text.is_empty(), !fixed.is_empty(), !parts.is_empty()];
        if ways.into_iter().filter(|way| *way).count() > 1 {
            return Err(format!(
                "{title} is chosen in two ways. Leave it with one: a column, several columns, or a fixed text."
            ));
        }
        if !parts.is_empty() {
            return built(title, parts, preview, was).map(Some);
        }
        if !fixed.is_empty() {
            if fixed.chars().count() > CONSTANT_CHARS_MAX {
                return Err(format!("The fixed text for {title} is too long."));
            }
            return Ok(Some(FieldSource::Constant { constant: fixed.to_owned() }));
        }
        if text.is_empty() {
            return Ok(None);
        }
        if let Some(column) = column_named(preview, text) {
            return Ok(Some(FieldSource::Column(column)));
        }
        let other = text.strip_prefix(SAME_AS).and_then(|title| {
            preview.fields.iter().find(|other| other.field.title == title.trim())
        });
        match (other, was) {
            (Some(other), _) if other.field.name != field.field.name => {
                Ok(Some(FieldSource::SameAs { field: other.field.name.to_owned() }))
            }
            // Of other files of the type.
            (None, Some(FieldSource::Column(header))) if header == text => Ok(was.cloned()),
            _ => Err(format!(
                "There is no column {text} in the file, which is chosen for {title}. Choose one of its columns."
            )),
        }
    }
}

/// The value that stands beside a name.
fn beside<'a>(names: &[String], values: &'a [String], name: &str) -> Option<&'a str> {
    let mut pairs = names.iter().zip(values);
    pairs.find_map(|(known, value)| (known == name).then_some(value.trim()))
}

fn column_named(preview: &Preview, name: &str) -> Option<String> {
    // A browser sends the text of an option with single blanks.
    let is_same = |known: &str| known.split_whitespace().eq(name.split_whitespace());
    let mut names = preview.columns.iter().map(|column| &column.name);
    names.find(|known| !known.is_empty() && is_same(known)).cloned()
}

fn built(
    title: &str,
    parts: Vec<String>,
    preview: &Preview,
    was: Option<&FieldSource>,
) -> Result<FieldSource, String> {
    match parts.len() {
        1 => {
            return Err(format!(
                "Only {} is a part of {title}. Choose the other columns it is built of, or choose the one \
                 column that holds it.",
                parts[0]
            ));
        }
        2..=BUILT_COLUMNS_MAX => {}
        many => {
            return Err(format!(
                "{many} columns are chosen for {title}, and {BUILT_COLUMNS_MAX} are the most."
            ));
        }
    }
    let known = |part: &String| {
        was.is_some_and(|was| was.headers().contains(part)) || column_named(preview, part).is_some()
    };
    if let Some(unknown) = parts.iter().find(|part| !known(part)) {
        return Err(format!(
            "There is no column {unknown} in the file, which is a part of {title}."
        ));
    }
    Ok(FieldSource::Columns(parts))
}

/// The source of a field before anything is chosen; none where it is derived from what the file lacks.
pub(super) fn current_source(field: &PreviewedField, mapping: &Mapping) -> Option<FieldSource> {
    let mapped = mapping.fields.get(field.field.name);
    if let Some(FieldSource::SameAs { .. } | FieldSource::Constant { .. }) = mapped {
        return mapped.cloned();
    }
    let read = field.source.clone().filter(|_| !field.is_derived);
    read.or_else(|| mapped.cloned())
}

/// Says where a field comes from. A column that was taken for it is kept as text, or it would be taken for it
/// again.
fn set_source(mapping: &mut Mapping, preview: &Preview, name: &str, source: Option<FieldSource>) {
    mapping.columns.retain(|_, held| held != name);
    mapping.fields.remove(name);
    let new = source.as_ref().map(FieldSource::headers).unwrap_or_default();
    for column in &preview.columns {
        let held = column.field.as_deref() == Some(name) && !column.header.is_empty();
        if held && !new.contains(&column.name) {
            mapping.columns.insert(column.header.clone(), String::new());
        }
    }
    if let Some(source) = source {
        mapping.fields.insert(name.to_owned(), source);
    }
}

#[cfg(test)]
mod tests;
