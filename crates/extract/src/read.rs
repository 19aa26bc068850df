//! Reading one extract from its first byte to its last.
//!
//! Not for: formats of files (`text`, `spreadsheet`) or of values. Here is the order of things: find the
//! header, look at the beginning to learn how dates and amounts are written, then read every record;
//! when the whole file tells something else than its beginning, read it once more.
//!
//! Invariant: rows read, rows set aside and non-rows add up to the records of the file.

use std::io::{Read, Seek};

use domain::ColumnKind;
use domain::problem::{Level, Problem, Reason};

use crate::dates::SwappedDates;
use crate::error::{ReadError, Refusal};
use crate::fields::Field;
use crate::formats::{AmountRules, ColumnFormat, Signs, decide};
use crate::headers::{Header, Matcher};
use crate::identifiers::{IdentifierColumns, Identifiers, SharedRows, identifier_field};
use crate::limits::{HEADER_SEARCH_RECORDS, INFERENCE_RECORDS};
use crate::non_rows::{NonRow, NonRows};
use crate::options::{Options, Require};
use crate::problem::shown;
use crate::record::{Record, RecordSource, first_records};
use crate::report::{Report, Sink};
use crate::rows::{CreditNotes, Rows};

mod accidents;
mod amounts;
mod cells;
mod columns;
mod date_notes;
mod doubts;
mod notes;
mod other_header;
mod outcome;

use accidents::{check_header, why_no_header};
use amounts::AmountNotes;
use cells::Cells;
use columns::check_columns;
use other_header::OtherHeaders;
pub use outcome::{ColumnUse, Reading};

/// Reads an extract, giving rows and problems to `sink` on the way. After an error what the sink has
/// taken is void, except that the problems say why a refused file was refused.
pub fn read<R: Read + Seek>(
    source: R,
    options: &Options<'_>,
    sink: &mut dyn Sink,
) -> Result<Reading, ReadError> {
    let matcher = Matcher::new(options.file_type, options.mapping)?;
    let mut source = crate::source::open(source, options, &matcher)?;
    read_records(source.as_mut(), &matcher, options, sink)
}

/// Reads the records of a source that is open.
pub(crate) fn read_records(
    source: &mut dyn RecordSource,
    matcher: &Matcher,
    options: &Options<'_>,
    sink: &mut dyn Sink,
) -> Result<Reading, ReadError> {
    let mut report = Report::new(sink, options.problems);
    let reading = File::open(source, matcher, options)?.read(&mut report)?;
    Ok(Reading { delimiter: source.delimiter().map(char::from), ..reading })
}

/// The cells of the first record: what a mapping has to name where no header was recognised.
pub fn first_record<R: Read + Seek>(
    source: R,
    options: &Options<'_>,
) -> Result<Vec<String>, ReadError> {
    let mut record = Record::default();
    let matcher = Matcher::new(options.file_type, options.mapping)?;
    if !crate::source::open(source, options, &matcher)?.next(&mut record)? {
        return Err(Refusal::Empty.into());
    }
    Ok(record.cells().map(|cell| cell.trim().to_owned()).collect())
}

/// A file whose header was found.
struct File<'a> {
    source: &'a mut dyn RecordSource,
    options: &'a Options<'a>,
    matcher: &'a Matcher,
    header: Header,
    header_line: u64,
    cells: Cells,
    /// The base currency, where it had to be guessed.
    assumed_base_currency: Option<String>,
}

/// The outcome of one pass over the rows.
struct ReadingPass {
    signs: Vec<(Option<ColumnKind>, Signs)>,
    rows_read: u64,
    rows_set_aside: u64,
    non_rows: NonRows,
    shared: SharedRows,
    swapped: SwappedDates,
    credit_notes: CreditNotes,
    most_frequent_currency: Option<String>,
}

impl<'a> File<'a> {
    fn open(
        source: &'a mut dyn RecordSource,
        matcher: &'a Matcher,
        options: &'a Options<'a>,
    ) -> Result<Self, ReadError> {
        let first = first_records(source, HEADER_SEARCH_RECORDS)?;
        let Some(top) = first.first() else { return Err(Refusal::Empty.into()) };
        let Some(mut header) = matcher.find(first.iter().map(Record::cells)) else {
            return Err(why_no_header(top, matcher, options.file_type).into());
        };
        check_header(&header, first.get(header.index + 1), source.delimiter())?;
        if options.require == Require::Mandatory {
            if !options.rules.is_strict {
                header.derive(options.file_type);
            }
            if let Some(text) = options.numbered_as() {
                header.number_rows(options.file_type, text);
            }
            check_columns(options, &header)?;
        }
        let header_line = first[header.index].line;
        let cells = Cells::new(header.columns.len());
        let assumed_base_currency = None;
        Ok(Self { source, options, matcher, header, header_line, cells, assumed_base_currency })
    }

    fn read(mut self, report: &mut Report<'_>) -> Result<Reading, ReadError> {
        let read = self.read_to_end(report);
        let identifier = self.identifier();
        let problems = report.finish(|position| match self.header.columns.get(position) {
            Some(column) => column.header.clone(),
            // The identifier is built of several.
            None => identifier.title(),
        });
        let reading = Reading { problems, ..read? };
        reading.check_failed(self.options.failed_per_mille_max)?;
        Ok(reading)
    }

    /// Reads all rows. The numbers of problems are not in what it gives.
    fn read_to_end(&mut self, report: &mut Report<'_>) -> Result<Reading, ReadError> {
        let formats = self.formats_of_beginning()?;
        let mut pass = self.pass(&formats, report)?;
        let of_whole = self.decide(&pass.signs);
        let is_other_currency = pass.most_frequent_currency != self.header.most_frequent_currency;
        self.header.most_frequent_currency = pass.most_frequent_currency.take();
        let is_other_text = self.source.reads_otherwise();
        let mut formats = of_whole.iter().zip(&formats);
        if is_other_currency
            || is_other_text
            || formats.any(|(whole, beginning)| !whole.reads_as(*beginning))
        {
            report.restart()?;
            pass = self.pass(&of_whole, report)?;
        }
        if pass.rows_read + pass.rows_set_aside == 0 {
            report.file_problem(Problem::of_file(Reason::NoRows))?;
        }
        let identifier = self.identifier();
        self.report_notes(&of_whole, &pass.signs, &identifier, report)?;
        self.report_credit_notes(&pass.credit_notes, report)?;
        self.report_date_notes(&pass, &of_whole, report)?;
        // Going back to the beginning forgets it.
        let encoding = self.source.encoding();
        self.report_shared_identifiers(&pass.shared, &of_whole, &identifier, report)?;
        let columns = self.header.columns.iter().zip(of_whole);
        Ok(Reading {
            columns: columns
                .map(|(column, format)| ColumnUse {
                    header: column.header.clone(),
                    field: column.field,
                    fields: column.fields.clone(),
                    identifier_part: column.part,
                    format,
                })
                .collect(),
            derived: self.header.derived.clone(),
            identifier,
            encoding,
            delimiter: None,
            system: self.header.system.clone(),
            header_line: self.header_line,
            rows_read: pass.rows_read,
            rows_set_aside: pass.rows_set_aside,
            non_rows: pass.non_rows,
            problems: Vec::new(),
        })
    }

    /// The formats that the first records tell, so that a second pass is rare.
    fn formats_of_beginning(&mut self) -> Result<Vec<ColumnFormat>, ReadError> {
        let columns = self.header.columns.iter();
        let silent = columns.map(|column| (column.field.map(Field::kind), Signs::default()));
        let any = self.decide(&silent.collect::<Vec<_>>());
        let mut rows = self.rows(&any);
        let mut cells = Cells::new(self.header.columns.len());
        let mut record = Record::default();
        self.skip_header(&mut record)?;
        for _ in 0..INFERENCE_RECORDS {
            if !self.source.next(&mut record)? {
                break;
            }
            rows.parse_record(&record);
            rows.discard();
            if NonRow::recognise(&record, &rows, &self.header.columns).is_none() {
                cells.count(&record);
            }
        }
        self.cells = cells;
        self.header.most_frequent_currency = rows.most_frequent_currency().map(str::to_owned);
        Ok(self.decide(&rows.signs()))
    }

    fn decide(&self, signs: &[(Option<ColumnKind>, Signs)]) -> Vec<ColumnFormat> {
        let rules = self.options.rules;
        let amounts = AmountRules { style: rules.decimal_style, sign: rules.invoice_sign };
        decide(signs, self.options.date_style(), amounts)
    }

    fn pass(
        &mut self,
        formats: &[ColumnFormat],
        report: &mut Report<'_>,
    ) -> Result<ReadingPass, ReadError> {
        let mut rows = self.rows(formats);
        let headers = 1 + u64::from(self.header.is_in_two_lines);
        let titles = self.header.index as u64 + 1 - headers;
        let non_rows = NonRows { titles, headers, ..NonRows::default() };
        let (signs, shared, swapped) = (vec![], SharedRows::default(), SwappedDates::default());
        let mut pass = ReadingPass {
            signs,
            rows_read: 0,
            rows_set_aside: 0,
            non_rows,
            shared,
            swapped,
            credit_notes: CreditNotes::default(),
            most_frequent_currency: None,
        };
        let mut identifiers = Identifiers::default();
        let mut others = OtherHeaders::new(self.matcher);
        let mut record = Record::default();
        self.skip_header(&mut record)?;
        while self.source.next(&mut record)? {
            rows.parse_record(&record);
            let kind = NonRow::recognise(&record, &rows, &self.header.columns);
            let kind = others.recognise(&record, &mut rows, &self.header, kind);
            if let Some(kind) = kind {
                rows.discard();
                pass.non_rows.count(kind);
                let said = (kind.reason(), Level::Note);
                report.record_problem(&record, None, said, || (None, None))?;
            } else if rows.faults.is_empty() {
                pass.rows_read += 1;
                if let Some(identifier) = rows.identifier(&record) {
                    identifiers.add(identifier, record.line);
                }
                if let Some(batch) = rows.keep(&record) {
                    report.batch(batch)?;
                }
                self.report_row(&record, &rows, Level::Note, report)?;
            } else {
                rows.discard();
                pass.rows_set_aside += 1;
                self.report_row(&record, &rows, Level::SetAside, report)?;
            }
        }
        if let Some(batch) = rows.take() {
            report.batch(batch)?;
        }
        pass.signs = rows.signs();
        pass.most_frequent_currency = rows.most_frequent_currency().map(str::to_owned);
        self.assumed_base_currency = rows.assumed_base_currency();
        pass.shared = identifiers.shared(self.options.problems);
        pass.swapped = std::mem::take(&mut rows.swapped);
        pass.credit_notes = std::mem::take(&mut rows.credit_notes);
        Ok(pass)
    }

    fn rows(&self, formats: &[ColumnFormat]) -> Rows {
        let mut rows = Rows::new(self.options, &self.header, formats);
        rows.ends = self.cells.ends();
        rows
    }

    fn skip_header(&mut self, record: &mut Record) -> Result<(), ReadError> {
        self.source.rewind()?;
        for _ in 0..=self.header.index {
            self.source.next(record)?;
        }
        Ok(())
    }

    fn report_row(
        &self,
        record: &Record,
        rows: &Rows,
        level: Level,
        report: &mut Report<'_>,
    ) -> Result<(), ReadError> {
        let problems = if level == Level::Note { &rows.notes } else { &rows.faults };
        for problem in problems {
            let describe = || {
                let Some(position) = problem.position else {
                    let is_over_lines = problem.reason == Reason::RunsOverLines;
                    return (None, is_over_lines.then(|| lines_of(record)));
                };
                let column = &self.header.columns[position];
                let value = shown(record.cell(position), column.field);
                (Some(column.header.clone()), Some(value))
            };
            report.record_problem(record, problem.position, (problem.reason, level), describe)?;
        }
        Ok(())
    }

    /// The columns of the identifier; of snapshots nothing, as several rows speak of one supplier.
    fn identifier(&self) -> IdentifierColumns {
        let field = identifier_field(self.options.file_type);
        let positions = field.map(|field| self.header.positions(field)).unwrap_or_default();
        IdentifierColumns::new(&self.header.columns, positions)
    }

    /// Rows that share an identifier, one by one: they are looked up once more, as only their lines are
    /// known.
    fn report_shared_identifiers(
        &mut self,
        shared: &SharedRows,
        formats: &[ColumnFormat],
        identifier: &IdentifierColumns,
        report: &mut Report<'_>,
    ) -> Result<(), ReadError> {
        let Some(field) = identifier_field(self.options.file_type) else { return Ok(()) };
        let position = match self.header.positions(field) {
            [only] => *only,
            // Behind the last column; see the headers of counts.
            _ => self.header.columns.len(),
        };
        let said = (Reason::SharedIdentifier, Level::Note);
        let mut rows = self.rows(formats);
        let mut record = Record::default();
        // Rows of a workbook need not stand in order.
        let mut lines = shared.lines.len();
        if lines > 0 {
            self.skip_header(&mut record)?;
        }
        while lines > 0 && self.source.next(&mut record)? {
            if shared.lines.binary_search(&record.line).is_ok() {
                lines -= 1;
                let value = rows.identifier(&record).map(|text| shown(text, Some(field)));
                report.record_problem(&record, Some(position), said, || {
                    (Some(identifier.title()), value)
                })?;
            }
        }
        let more = shared.rows.saturating_sub(shared.lines.len() as u64);
        if more > 0 {
            report.count_more(Some(position), said, more);
        }
        Ok(())
    }
}

/// The lines of a record that stands on several, as a problem shows them.
fn lines_of(record: &Record) -> String {
    let last = record.line + record.raw().lines().count() as u64 - 1;
    format!("lines {} to {last}", record.line)
}

#[cfg(test)]
pub(crate) mod tests;
