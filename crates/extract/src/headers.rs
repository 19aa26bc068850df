//! Which row is the header, and which column holds which field.
//!
//! Not for: splitting text. Invariant: a field has at most one column and a column at most one field.

use std::collections::HashMap;

use domain::{FileType, Mapping};

use crate::error::Refusal;
use crate::fields::Field;
use crate::limits::HEADER_CHARS_MAX;

/// A column as its header was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// As it stands in the file, without blanks round it and cut when very long; empty when it has
    /// none.
    pub(crate) header: String,
    pub(crate) field: Option<Field>,
    /// It could be a field that another column is already.
    pub(crate) is_twin: bool,
}

/// Knows the names of a file type's fields.
#[derive(Debug)]
pub(crate) struct Matcher {
    /// By normal name: the field and how likely the name means it, 0 the likeliest. No field for a
    /// column the mapping wants kept as text.
    names: HashMap<String, (Option<Field>, usize)>,
}

/// A header row that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// Which of the records looked at, from 0.
    pub(crate) index: usize,
    pub(crate) columns: Vec<Column>,
}

impl Header {
    /// How sure it is a header: the number of fields recognised.
    pub(crate) fn recognised(&self) -> usize {
        self.columns.iter().filter(|column| column.field.is_some()).count()
    }
}

impl Matcher {
    pub(crate) fn new(file_type: FileType, mapping: Option<&Mapping>) -> Result<Self, Refusal> {
        let mut matcher = Self::of_known_names(file_type);
        let Some(mapping) = mapping else { return Ok(matcher) };
        // A mapped field is that column and no other.
        let mapped = |field: &Field| mapping.columns.values().any(|name| name == field.name());
        matcher.names.retain(|_, (field, _)| !field.as_ref().is_some_and(mapped));
        for (header, name) in &mapping.columns {
            let field = match name.as_str() {
                "" => None,
                _ => Some(
                    Field::named(file_type, name)
                        .ok_or_else(|| Refusal::UnknownMappedField { name: name.clone() })?,
                ),
            };
            matcher.names.insert(normal(header), (field, 0));
        }
        Ok(matcher)
    }

    pub(crate) fn of_known_names(file_type: FileType) -> Self {
        let mut names = HashMap::new();
        for field in Field::all(file_type) {
            let own = [normal(field.title()), normal(field.name())];
            let all = own.into_iter().chain(field.synonyms().map(str::to_owned));
            for (rank, name) in all.enumerate() {
                names.entry(name).or_insert((Some(field), rank));
            }
        }
        Self { names }
    }

    /// Understands a header row. Of several columns for one field the likeliest name wins, then the
    /// leftmost.
    pub(crate) fn columns<'a>(&self, headers: impl Iterator<Item = &'a str>) -> Vec<Column> {
        let mut columns = Vec::new();
        let mut best: HashMap<&'static str, (usize, usize)> = HashMap::new();
        for (position, header) in headers.map(cut).enumerate() {
            let known = self.names.get(&normal(header)).copied();
            let field = known.and_then(|(field, _)| field);
            if let Some((field, rank)) = field.zip(known.map(|(_, rank)| rank)) {
                let place = best.entry(field.name()).or_insert((rank, position));
                *place = (rank, position).min(*place);
            }
            columns.push(Column { header: header.to_owned(), field, is_twin: false });
        }
        for (position, column) in columns.iter_mut().enumerate() {
            let is_best = |field: Field| best.get(field.name()).is_some_and(|b| b.1 == position);
            if !column.field.is_some_and(is_best) {
                column.is_twin = column.field.take().is_some();
            }
        }
        columns
    }

    /// The record that is most like a header, the first of equals; none when no name is known. A
    /// title may hold a word we know, so one name alone counts only in the first record.
    pub(crate) fn find<'a, R>(&self, records: impl Iterator<Item = R>) -> Option<Header>
    where
        R: Iterator<Item = &'a str>,
    {
        let mut found: Option<Header> = None;
        for (index, record) in records.enumerate() {
            let header = Header { index, columns: self.columns(record) };
            let recognised = header.recognised();
            let enough = if index == 0 { 1 } else { 2 };
            if recognised >= enough && found.as_ref().is_none_or(|f| f.recognised() < recognised) {
                found = Some(header);
            }
        }
        found
    }
}

/// A header as it is kept.
fn cut(header: &str) -> &str {
    let header = header.trim();
    let end = header.char_indices().nth(HEADER_CHARS_MAX).map_or(header.len(), |(end, _)| end);
    header[..end].trim_end()
}

/// A name as it is compared: letters and digits only, lower case.
pub(crate) fn normal(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
