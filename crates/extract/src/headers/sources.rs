//! What a mapping says of fields: whether it can be followed, and what that is in one file.
//!
//! Not for: names that need no mapping (`headers`). Invariant: no field comes round to itself.

use domain::reading::{BUILT_COLUMNS_MAX, CONSTANT_CHARS_MAX};
use domain::{ColumnKind, DecimalStyle, FieldSource, FileType, Mapping};

use super::column_name::{ColumnName, Heading};
use crate::amounts;
use crate::dates;
use crate::error::Refusal;
use crate::fields::Field;

/// Where the text of a field stands in the records of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Column(usize),
    /// In several columns, joined.
    Built(Vec<usize>),
    /// In the column of credits, which stands first here, or in that of debits.
    Sides([usize; 2]),
    /// Nowhere: every row has this text.
    Constant(String),
    /// Nowhere: every row has this text and its line.
    Numbered(String),
    /// In the column `of` where that of the currency names the base currency, else nowhere.
    InBaseCurrency {
        of: usize,
        currency: usize,
        base: BaseCurrency,
    },
}

/// The base currency of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BaseCurrency {
    /// The one that the column at this position names.
    Column(usize),
    Code(String),
    /// The one that most rows of the file are in.
    MostFrequent,
}

impl BaseCurrency {
    /// The base currency by its code, where only the rows tell it and they have been looked at.
    pub(crate) fn by_rows(&self, most_frequent: Option<&String>) -> Self {
        match (self, most_frequent) {
            (Self::MostFrequent, Some(code)) => Self::Code(code.clone()),
            _ => self.clone(),
        }
    }
}

/// An amount that is taken from another, and only in rows in the base currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldAmount {
    pub(crate) amount: Field,
    pub(crate) from: Field,
    pub(crate) base: BaseCurrency,
    /// The column of the currency of `from`.
    pub(crate) currency: Option<usize>,
}

/// A field that a mapping says the source of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MappedField {
    pub(crate) field: Field,
    pub(crate) source: MappedSource,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MappedSource {
    Column(ColumnName),
    Built(Vec<ColumnName>),
    SameAs(Field),
    Constant(String),
}

/// A column that a mapping names and a file lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MissingColumn {
    pub(crate) field: Field,
    /// The name in the mapping.
    pub(crate) name: String,
    /// The number of columns that have its header, where its place among them is named.
    pub(crate) namesakes: Option<usize>,
}

impl MappedField {
    /// The field that the mapping says it is the same as.
    pub(crate) fn same_as(&self) -> Option<(Field, Field)> {
        match self.source {
            MappedSource::SameAs(other) => Some((self.field, other)),
            _ => None,
        }
    }
}

impl Source {
    /// Returns `true` when it is read from this column and no part of it from another.
    pub(crate) fn is_whole_at(&self, position: usize) -> bool {
        match self {
            Self::Sides(positions) => positions.contains(&position),
            _ => self.positions() == [position],
        }
    }

    /// The columns it is read from.
    pub(crate) fn positions(&self) -> &[usize] {
        match self {
            Self::Column(position) | Self::InBaseCurrency { of: position, .. } => {
                std::slice::from_ref(position)
            }
            Self::Built(positions) => positions,
            Self::Sides(positions) => positions,
            Self::Constant(_) | Self::Numbered(_) => &[],
        }
    }
}

/// The text that stands for a row by its line, such as `invoices.csv:17`.
pub(crate) fn numbered(text: &str, line: u64) -> String {
    format!("{text}:{line}")
}

impl MappedField {
    /// Refuses what no file could be read by.
    pub(crate) fn all(file_type: FileType, mapping: &Mapping) -> Result<Vec<Self>, Refusal> {
        let mut all = Vec::with_capacity(mapping.fields.len());
        for (name, source) in &mapping.fields {
            let field = named(file_type, name)?;
            let wrong = |why: String| Refusal::InvalidFieldSource {
                name: name.clone(),
                source_said: source.to_string(),
                why,
            };
            if mapping.columns.values().any(|mapped| mapped == name) {
                let why = "it has a column below [columns] already; leave one of the two";
                return Err(wrong(why.to_owned()));
            }
            let source = match source {
                FieldSource::SameAs { field: other } => {
                    MappedSource::SameAs(same_as(field, named(file_type, other)?).map_err(wrong)?)
                }
                FieldSource::Constant { constant } => {
                    check_constant(file_type, field, constant).map_err(wrong)?;
                    MappedSource::Constant(constant.trim().to_owned())
                }
                columns => from_columns(field, columns.headers()).map_err(wrong)?,
            };
            all.push(Self { field, source });
        }
        check_rings(&all)?;
        Ok(all)
    }
}

/// A field by the name a mapping gives it.
pub(super) fn named(file_type: FileType, name: &str) -> Result<Field, Refusal> {
    Field::named(file_type, name)
        .ok_or_else(|| Refusal::UnknownMappedField { name: name.to_owned() })
}

fn same_as(field: Field, other: Field) -> Result<Field, String> {
    let is_typed = |field: Field| matches!(field.kind(), ColumnKind::Date | ColumnKind::Amount);
    if is_typed(field) && is_typed(other) && field.kind() != other.kind() {
        return Err("one is a date and the other an amount; name another field".to_owned());
    }
    Ok(other)
}

fn check_constant(file_type: FileType, field: Field, text: &str) -> Result<(), String> {
    let text = text.trim();
    let why = match field.kind() {
        _ if text.is_empty() => "it is empty; write the text, or leave the field out",
        _ if field.name() == file_type.spec().key => {
            "all rows would be one; name the columns that tell them apart"
        }
        _ if text.chars().count() > CONSTANT_CHARS_MAX => {
            "it is too long; write 200 letters at most"
        }
        ColumnKind::Date if !is_iso_date(text) => "it is not a date; write it as 2026-11-23",
        ColumnKind::Amount if !is_plain_amount(text) => "it is not an amount; write it as 1234.56",
        _ => return Ok(()),
    };
    Err(why.to_owned())
}

/// A day that reads the same whatever the order of a file's dates.
fn is_iso_date(text: &str) -> bool {
    let is_shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    is_shaped && dates::is_iso_day(text)
}

/// An amount that reads the same whatever the decimal sign of a file's amounts.
fn is_plain_amount(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_shaped = [whole, decimals]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    is_shaped
        && decimals.len() <= 2
        && amounts::plain(text.as_bytes(), DecimalStyle::Point).is_some()
}

fn from_columns(field: Field, headers: &[String]) -> Result<MappedSource, String> {
    let mut names: Vec<ColumnName> = headers.iter().map(|header| ColumnName::new(header)).collect();
    if names.is_empty() || names.iter().any(ColumnName::is_empty) {
        return Err("name the header of each column".to_owned());
    }
    if names.len() > BUILT_COLUMNS_MAX {
        return Err("these are too many columns; name 8 at most".to_owned());
    }
    if names.len() == 1 {
        return Ok(MappedSource::Column(names.remove(0)));
    }
    if field.kind() != ColumnKind::Identifier {
        return Err("only a Unique ID can be built of several columns; name one".to_owned());
    }
    let is_repeated =
        |(at, name): (usize, &ColumnName)| names[..at].iter().any(|n| n.is_same(name));
    if names.iter().enumerate().any(is_repeated) {
        return Err("a column is named twice; name each once".to_owned());
    }
    Ok(MappedSource::Built(names))
}

/// Fields that are said to be the same as one another, and none of them read from a column.
fn check_rings(all: &[MappedField]) -> Result<(), Refusal> {
    let next = |field: Field| {
        let same_as = all.iter().find_map(|mapped| mapped.same_as().filter(|(of, _)| *of == field));
        same_as.map(|(_, other)| other)
    };
    for mapped in all {
        let mut ring = vec![mapped.field];
        while let Some(field) = ring.last().copied().and_then(next) {
            if field == mapped.field {
                let names = ring.iter().map(|field| field.name().to_owned()).collect();
                return Err(Refusal::FieldsInRing { names });
            }
            if ring.contains(&field) {
                // Leads to a ring without being of it; the ring's own fields are looked at as well.
                break;
            }
            ring.push(field);
        }
    }
    Ok(())
}

/// The sources of the fields in one file, when those of `known` need no mapping, and the columns that the
/// mapping names and the file lacks.
pub(crate) fn resolve(
    mapped: &[MappedField],
    known: Vec<(Field, Source)>,
    headings: &[Heading<'_>],
) -> (Vec<(Field, Source)>, Vec<MissingColumn>) {
    let (mut sources, mut missing) = (known, Vec::new());
    for MappedField { field, source } in mapped {
        let mut place = |name: &ColumnName| {
            // Of several with one header the first.
            let place = name.places(headings).first().copied();
            if place.is_none() {
                let (name, namesakes) = (name.text.clone(), name.namesakes(headings));
                missing.push(MissingColumn { field: *field, name, namesakes });
            }
            place
        };
        let source = match source {
            MappedSource::Column(name) => place(name).map(Source::Column),
            MappedSource::Built(names) => {
                let places: Vec<Option<usize>> = names.iter().map(&mut place).collect();
                places.into_iter().collect::<Option<Vec<_>>>().map(Source::Built)
            }
            MappedSource::Constant(text) => Some(Source::Constant(text.clone())),
            MappedSource::SameAs(_) => None,
        };
        sources.extend(source.map(|source| (*field, source)));
    }
    // There is no ring, so that each round finds some, or nothing is left to be found.
    loop {
        let is_there = |sources: &[(Field, Source)], field: Field| {
            sources.iter().find(|(of, _)| *of == field).map(|(_, source)| source.clone())
        };
        let found = mapped.iter().find_map(|MappedField { field, source }| match source {
            MappedSource::SameAs(other) if is_there(&sources, *field).is_none() => {
                is_there(&sources, *other).map(|source| (*field, source))
            }
            _ => None,
        });
        let Some(found) = found else { break };
        sources.push(found);
    }
    (sources, missing)
}
