//! Which row is the header, and which column holds which field.
//!
//! Not for: splitting text. Invariants: a field has at most one source; a column holds at most one
//! field by its name, and more only where a mapping says so.

use std::collections::HashMap;

use domain::{ColumnKind, FileType, Mapping};

use crate::currencies::Currency;
use crate::error::Refusal;
use crate::fields::Field;
use crate::limits::HEADER_CHARS_MAX;
use crate::names::{HeaderMeanings, KnownNames, currency_of_header};

pub(crate) use crate::names::normal;

mod code_texts;
mod column_name;
mod derivations;
mod joined;
mod sources;
mod two_sides;

use column_name::{ColumnName, Heading};
pub use derivations::Derivation;
use joined::{JOINED_MIN, joined};
pub(crate) use sources::{BaseCurrency, HeldAmount, MissingColumn, Source, numbered};
use sources::{MappedField, named, resolve};

const INVOICE_AMOUNT: &str = "invoice_amount";

/// A column as its header was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// The header as it stands in the file, without blanks round it and cut when very long; empty
    /// when it has none.
    pub(crate) header: String,
    /// Its name in a mapping.
    pub(crate) name: String,
    /// The field it is read and shown as; of several a date or an amount, else one that is personal.
    pub(crate) field: Option<Field>,
    /// All fields that are read from it and no other column, in the order of the type.
    pub(crate) fields: Vec<Field>,
    /// The part of the identifier that it is, when a mapping builds that of several columns.
    pub(crate) part: Option<usize>,
    /// It could be a field that another column is already.
    pub(crate) is_twin: bool,
}

/// A column that would be a field by its name, and that a mapping takes for another or for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HiddenHeading {
    /// The header as it stands in the file.
    pub(crate) header: String,
    pub(crate) field: Field,
    pub(crate) taken_for: Option<Field>,
}

/// Knows the names of a file type's fields.
#[derive(Debug)]
pub(crate) struct Matcher {
    file_type: FileType,
    known: &'static KnownNames,
    /// Columns that a mapping takes for a field, or for none; those with a place first.
    taken: Vec<(ColumnName, Option<Field>)>,
    /// Fields that a mapping says the source of.
    mapped: Vec<MappedField>,
}

/// A header row that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// The place among the records looked at, from 0.
    pub(crate) index: usize,
    /// Set when the line above belongs to it.
    pub(crate) is_in_two_lines: bool,
    pub(crate) columns: Vec<Column>,
    /// Where each field comes from that comes from somewhere.
    pub(crate) sources: Vec<(Field, Source)>,
    /// Columns that the mapping reads fields from and the file lacks.
    pub(crate) missing: Vec<MissingColumn>,
    /// Columns that the mapping takes for fields and the file lacks.
    absent: Vec<MissingColumn>,
    /// Columns that would be a field by their names, and that the mapping takes for something else.
    pub(crate) hidden: Vec<HiddenHeading>,
    /// Fields that are said, or follow, to be the same as another.
    same_as: Vec<(Field, Field)>,
    /// Those of them that follow.
    pub(crate) derived: Vec<Derivation>,
    /// The base amount, where it is taken from the invoice amount.
    pub(crate) held: Option<HeldAmount>,
    /// The currency that most rows are in, once that is known; empty when most name none.
    pub(crate) most_frequent_currency: Option<String>,
    /// The system whose headers these are, when that is recognised.
    pub(crate) system: Option<String>,
}

/// The likelihood that a header is the one of the extract, to compare it with others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct HeaderWorth {
    mandatory: usize,
    recognised: usize,
}

impl Column {
    /// The currency that the header names, of a column of amounts.
    pub(crate) fn currency(&self) -> Option<Currency> {
        let is_amount = self.field.is_some_and(|field| field.kind() == ColumnKind::Amount);
        if is_amount { currency_of_header(&self.header) } else { None }
    }
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

    pub(crate) fn source(&self, field: Field) -> Option<&Source> {
        self.sources.iter().find(|(of, _)| *of == field).map(|(_, source)| source)
    }

    /// The field that this one is said, or follows, to be the same as.
    pub(crate) fn same_as(&self, field: Field) -> Option<Field> {
        self.same_as.iter().find(|(of, _)| *of == field).map(|(_, other)| *other)
    }

    /// The columns of the mapping that the file lacks and whose fields come from nowhere else.
    pub(crate) fn missing_columns(&self) -> impl Iterator<Item = &MissingColumn> {
        let is_open = move |column: &&MissingColumn| self.source(column.field).is_none();
        self.missing.iter().chain(self.absent.iter().filter(is_open))
    }

    /// Returns `true` when several fields are read from a column.
    pub(crate) fn is_shared(&self, position: usize) -> bool {
        let reads = |(_, source): &&(Field, Source)| source.is_whole_at(position);
        self.sources.iter().filter(reads).count() > 1
    }

    /// Where the columns of this field stand; empty when it has none or lacks a part.
    pub(crate) fn positions(&self, field: Field) -> &[usize] {
        self.source(field).map_or(&[], Source::positions)
    }

    /// Where the column of this field stands, the first of several.
    pub(crate) fn position(&self, field: Field) -> Option<usize> {
        self.positions(field).first().copied()
    }
}

impl Matcher {
    pub(crate) fn new(file_type: FileType, mapping: Option<&Mapping>) -> Result<Self, Refusal> {
        let mut matcher = Self::with_known_names(file_type);
        let Some(mapping) = mapping else { return Ok(matcher) };
        for (header, name) in &mapping.columns {
            let field = if name.is_empty() { None } else { Some(named(file_type, name)?) };
            matcher.taken.push((ColumnName::new(header), field));
        }
        // One of several is taken before what is said of all of them.
        matcher.taken.sort_by_key(|(name, _)| !name.is_numbered());
        matcher.mapped = MappedField::all(file_type, mapping)?;
        Ok(matcher)
    }

    pub(crate) fn with_known_names(file_type: FileType) -> Self {
        let known = KnownNames::for_type(file_type);
        Self { file_type, known, taken: Vec::new(), mapped: Vec::new() }
    }

    /// Returns `true` when a mapping says where the field comes from: no known name leads to it then.
    fn is_mapped(&self, field: Field) -> bool {
        self.taken.iter().any(|(_, taken)| *taken == Some(field))
            || self.mapped.iter().any(|mapped| mapped.field == field)
    }

    /// The field that each column is called, and how likely that is; 0 where a mapping says so. Beside it
    /// the columns whose names say something else.
    fn called(&self, headings: &[Heading<'_>]) -> (HeaderMeanings, Vec<HiddenHeading>) {
        let headers: Vec<&str> = headings.iter().map(|heading| heading.text).collect();
        let is_mapped = |field| self.is_mapped(field);
        let HeaderMeanings { system, columns: mut called } =
            self.known.understand(&headers, is_mapped);
        code_texts::tell_apart(self.file_type, headings, &mut called);
        let (mut is_taken, mut hidden) = (vec![false; headings.len()], Vec::new());
        for (name, field) in &self.taken {
            for place in name.places(headings) {
                if !is_taken[place] {
                    is_taken[place] = true;
                    let by_name = called[place].map(|(by_name, _)| by_name);
                    let other = by_name.filter(|by_name| *field != Some(*by_name));
                    hidden.extend(other.map(|by_name| HiddenHeading {
                        header: headings[place].text.to_owned(),
                        field: by_name,
                        taken_for: *field,
                    }));
                    called[place] = field.map(|field| (field, 0));
                }
            }
        }
        (HeaderMeanings { system, columns: called }, hidden)
    }

    /// The record as a header. Of several columns for one field the likeliest name wins, then the leftmost.
    pub(crate) fn header<'a>(&self, index: usize, record: impl Iterator<Item = &'a str>) -> Header {
        let headings: Vec<Heading<'_>> = record.map(|header| Heading::new(cut(header))).collect();
        let (HeaderMeanings { system, columns: called }, hidden) = self.called(&headings);
        let mut best: HashMap<&'static str, (usize, usize, Field)> = HashMap::new();
        for (position, (field, rank)) in
            called.iter().enumerate().filter_map(|(position, called)| Some((position, (*called)?)))
        {
            let place = best.entry(field.name()).or_insert((rank, position, field));
            if (rank, position) < (place.0, place.1) {
                *place = (rank, position, field);
            }
        }
        let known = best.into_values();
        let known = known.map(|(_, position, field)| (field, Source::Column(position))).collect();
        let (mut sources, missing) = resolve(&self.mapped, known, &headings);
        self.give_two_sides(&headings, &called, &mut sources);
        let order = |field: Field| Field::all(self.file_type).position(|other| other == field);
        sources.sort_by_key(|(field, _)| order(*field));
        let absent = self.absent_columns(&headings);
        let names = Heading::names(&headings);
        let columns = headings.iter().zip(names).zip(called).enumerate();
        let columns = columns
            .map(|(position, ((heading, name), called))| {
                let fields = fields_of(position, &sources);
                Column {
                    header: heading.text.to_owned(),
                    name,
                    field: shown_as(&fields),
                    is_twin: called.is_some() && fields.is_empty(),
                    part: part_of(position, &sources),
                    fields,
                }
            })
            .collect();
        let same_as = self.mapped.iter().filter_map(MappedField::same_as).collect();
        let mut header = Header {
            index,
            is_in_two_lines: false,
            columns,
            sources,
            missing,
            absent,
            hidden,
            same_as,
            derived: Vec::new(),
            held: None,
            most_frequent_currency: None,
            system,
        };
        header.hold_to_base_currency(self.file_type);
        header
    }

    /// Reads the invoice amount from a column of debits and one of credits, where no other column holds it.
    fn give_two_sides(
        &self,
        headings: &[Heading<'_>],
        called: &[Option<(Field, usize)>],
        sources: &mut Vec<(Field, Source)>,
    ) {
        /// Other fields by which a record is a header, and not a line above one.
        const OTHERS_MIN: usize = 2;
        let Some(amount) = Field::named(self.file_type, INVOICE_AMOUNT) else { return };
        let is_of_mapping = self.mapped.iter().any(|mapped| mapped.field == amount);
        let is_none = |place: usize| {
            let is_at = |name: &ColumnName| name.places(headings).contains(&place);
            self.taken.iter().any(|(name, field)| field.is_none() && is_at(name))
        };
        let is_free = |place: usize| {
            called[place].is_none_or(|(field, _)| field == amount) && !is_none(place)
        };
        if is_of_mapping || sources.len() < OTHERS_MIN {
            return;
        }
        let Some(places) = two_sides::find(headings, is_free) else { return };
        let given = sources.iter().position(|(field, _)| *field == amount);
        let is_one_of_them = |(_, source): &(Field, Source)| {
            source.positions().iter().all(|place| places.contains(place))
        };
        match given {
            Some(at) if !is_one_of_them(&sources[at]) => {}
            Some(at) => sources[at].1 = Source::Sides(places),
            None => sources.push((amount, Source::Sides(places))),
        }
    }

    /// The columns that the mapping takes for fields and that are not among these.
    fn absent_columns(&self, headings: &[Heading<'_>]) -> Vec<MissingColumn> {
        let is_absent = |name: &ColumnName| name.places(headings).is_empty();
        let column = |(name, field): &(ColumnName, Option<Field>)| {
            let field = field.filter(|_| is_absent(name))?;
            let namesakes = name.namesakes(headings);
            Some(MissingColumn { field, name: name.text.clone(), namesakes })
        };
        self.taken.iter().filter_map(column).collect()
    }

    /// Understands a header row.
    pub(crate) fn columns<'a>(&self, headers: impl Iterator<Item = &'a str>) -> Vec<Column> {
        self.header(0, headers).columns
    }

    /// The record that is most like a header, the first of equals; none when no name is known. A
    /// title may hold a word we know, so one name alone counts only in the first record.
    pub(crate) fn find<'a, R>(&self, records: impl Iterator<Item = R>) -> Option<Header>
    where
        R: Iterator<Item = &'a str>,
    {
        let mut found: Option<Header> = None;
        let mut above: Vec<&str> = Vec::new();
        for (index, record) in records.enumerate() {
            let cells: Vec<&str> = record.collect();
            let header = self.header(index, cells.iter().copied());
            let joined = self.find_joined(index, &above, &cells);
            above = cells;
            for (header, enough) in
                [(Some(header), 1 + usize::from(index > 0)), (joined, JOINED_MIN)]
            {
                let Some(header) = header else { continue };
                let recognised = header.recognised();
                let most = found.as_ref().map_or(0, Header::recognised);
                if recognised >= enough && most < recognised {
                    found = Some(header);
                }
            }
        }
        found
    }

    /// The record and the one above as one header, when they are one.
    fn find_joined(&self, index: usize, above: &[&str], cells: &[&str]) -> Option<Header> {
        let ways = joined(above, cells).into_iter();
        let headers = ways.map(|way| self.header(index, way.iter().map(String::as_str)));
        // Of equals the last is taken, and cell by cell is the likelier.
        let best = headers.rev().max_by_key(Header::recognised)?;
        Some(Header { is_in_two_lines: true, ..best })
    }
}

fn fields_of(position: usize, sources: &[(Field, Source)]) -> Vec<Field> {
    let is_here = |(_, source): &&(Field, Source)| match source {
        Source::Column(at) => *at == position,
        Source::Sides(places) => places.contains(&position),
        _ => false,
    };
    sources.iter().filter(is_here).map(|(field, _)| *field).collect()
}

fn part_of(position: usize, sources: &[(Field, Source)]) -> Option<usize> {
    sources.iter().find_map(|(_, source)| match source {
        Source::Built(positions) => positions.iter().position(|part| *part == position),
        _ => None,
    })
}

/// The field of several in one column that says how it is written, or what may not be shown of it.
fn shown_as(fields: &[Field]) -> Option<Field> {
    let is_typed = |field: &Field| matches!(field.kind(), ColumnKind::Date | ColumnKind::Amount);
    let telling = |field: &&Field| (!is_typed(field), !field.is_personal());
    fields.iter().min_by_key(telling).copied()
}

/// A header as it is kept.
fn cut(header: &str) -> &str {
    let header = header.trim();
    let end = header.char_indices().nth(HEADER_CHARS_MAX).map_or(header.len(), |(end, _)| end);
    header[..end].trim_end()
}

#[cfg(test)]
mod tests;
