//! Which row is the header, and which column holds which field.
//!
//! Not for: splitting text. Invariant: a field has at most one column and a column at most one field, but for
//! the identifier, which a mapping may build of several.

use std::collections::HashMap;

use domain::reading::BUILT_COLUMNS_MAX;
use domain::{ColumnKind, FieldSource, FileType, Mapping};

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
    /// Which part of the identifier it is, when a mapping builds that of several columns.
    pub(crate) part: Option<usize>,
    /// It could be a field that another column is already.
    pub(crate) is_twin: bool,
}

/// Knows the names of a file type's fields.
#[derive(Debug)]
pub(crate) struct Matcher {
    /// By normal name: the field and how likely the name means it, 0 the likeliest. No field for a
    /// column the mapping wants kept as text.
    names: HashMap<String, (Option<Field>, usize)>,
    /// The identifier, when it is built of several columns.
    built: Option<BuiltField>,
}

/// A field whose value is joined of several columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BuiltField {
    pub(crate) field: Field,
    /// Headers of its parts as the mapping writes them, in their order.
    pub(crate) headers: Vec<String>,
}

/// A header row that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// Which of the records looked at, from 0.
    pub(crate) index: usize,
    pub(crate) columns: Vec<Column>,
    pub(crate) built: Option<BuiltField>,
}

/// The likelihood that a header is the one of the extract, to compare it with others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct HeaderWorth {
    mandatory: usize,
    recognised: usize,
}

impl Header {
    /// The number of fields recognised: how sure it is a header.
    pub(crate) fn recognised(&self) -> usize {
        let is_known = |column: &&Column| column.field.is_some() || column.part.is_some();
        self.columns.iter().filter(is_known).count()
    }

    /// Counts of what is recognised: of what a file must have, and of all.
    pub(crate) fn worth(&self) -> HeaderWorth {
        let is_mandatory = |column: &&Column| column.field.is_some_and(Field::is_mandatory);
        let mandatory = self.columns.iter().filter(is_mandatory).count();
        HeaderWorth { mandatory, recognised: self.recognised() }
    }

    /// Where the parts of the field that is built stand, in their order; none for one that is not there.
    pub(crate) fn parts(&self, built: &BuiltField) -> Vec<Option<usize>> {
        let position = |part| self.columns.iter().position(|column| column.part == Some(part));
        (0..built.headers.len()).map(position).collect()
    }

    /// Where the columns of this field stand; empty when it has none or lacks a part.
    pub(crate) fn positions(&self, field: Field) -> Vec<usize> {
        match &self.built {
            Some(built) if built.field == field => {
                self.parts(built).into_iter().collect::<Option<_>>().unwrap_or_default()
            }
            _ => {
                let is_it = |column: &Column| column.field == Some(field);
                self.columns.iter().position(is_it).into_iter().collect()
            }
        }
    }
}

impl Matcher {
    pub(crate) fn new(file_type: FileType, mapping: Option<&Mapping>) -> Result<Self, Refusal> {
        let mut matcher = Self::with_known_names(file_type);
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
        for (name, source) in &mapping.fields {
            matcher.take_source(file_type, mapping, (name, source))?;
        }
        Ok(matcher)
    }

    /// A field that names its columns instead of being named by them.
    fn take_source(
        &mut self,
        file_type: FileType,
        mapping: &Mapping,
        (name, source): (&String, &FieldSource),
    ) -> Result<(), Refusal> {
        let field = Field::named(file_type, name)
            .ok_or_else(|| Refusal::UnknownMappedField { name: name.clone() })?;
        let headers = source.headers();
        let wrong = |why: &str| Refusal::InvalidFieldSource {
            name: name.clone(),
            headers: headers.to_vec(),
            why: why.to_owned(),
        };
        let mut names: Vec<String> = headers.iter().map(|header| normal(header)).collect();
        if mapping.columns.values().any(|mapped| mapped == name) {
            return Err(wrong("it has a column below [columns] already; leave one of the two"));
        }
        if names.is_empty() || names.iter().any(String::is_empty) {
            return Err(wrong("name the header of each column"));
        }
        if names.len() > BUILT_COLUMNS_MAX {
            return Err(wrong("these are too many columns; name 8 at most"));
        }
        self.names.retain(|_, (known, _)| *known != Some(field));
        if let [only] = names.as_slice() {
            self.names.insert(only.clone(), (Some(field), 0));
            return Ok(());
        }
        if field.kind() != ColumnKind::Identifier {
            return Err(wrong("only a Unique ID can be built of several columns; name one"));
        }
        names.sort_unstable();
        if names.windows(2).any(|two| two[0] == two[1]) {
            return Err(wrong("a column is named twice; name each once"));
        }
        self.built = Some(BuiltField { field, headers: headers.to_vec() });
        Ok(())
    }

    pub(crate) fn with_known_names(file_type: FileType) -> Self {
        let mut names = HashMap::new();
        for field in Field::all(file_type) {
            let own = [normal(field.title()), normal(field.name())];
            let all = own.into_iter().chain(field.synonyms().map(str::to_owned));
            for (rank, name) in all.enumerate() {
                names.entry(name).or_insert((Some(field), rank));
            }
        }
        Self { names, built: None }
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
            columns.push(Column { header: header.to_owned(), field, part: None, is_twin: false });
        }
        for (part, name) in self.built.iter().flat_map(|built| built.headers.iter().enumerate()) {
            // Of several with one header the first.
            let named = |column: &&mut Column| normal(&column.header) == normal(name);
            if let Some(column) = columns.iter_mut().find(named) {
                column.part = Some(part);
            }
        }
        for (position, column) in columns.iter_mut().enumerate() {
            let is_best = |field: Field| best.get(field.name()).is_some_and(|b| b.1 == position);
            if !column.field.is_some_and(is_best) {
                column.is_twin = column.field.take().is_some();
            }
        }
        columns
    }

    /// The record as a header.
    pub(crate) fn header<'a>(&self, index: usize, record: impl Iterator<Item = &'a str>) -> Header {
        Header { index, columns: self.columns(record), built: self.built.clone() }
    }

    /// The record that is most like a header, the first of equals; none when no name is known. A
    /// title may hold a word we know, so one name alone counts only in the first record.
    pub(crate) fn find<'a, R>(&self, records: impl Iterator<Item = R>) -> Option<Header>
    where
        R: Iterator<Item = &'a str>,
    {
        let mut found: Option<Header> = None;
        for (index, record) in records.enumerate() {
            let header = self.header(index, record);
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
