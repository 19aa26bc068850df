//! Notes on a file and its columns, once it was read to its end.
//!
//! Not for: problems of records, which are said where they are met. Invariant: what was assumed is said.

use domain::ColumnKind;
use domain::problem::{Problem, Reason};

use super::{AmountNotes, File, amounts, doubts};
use crate::currencies::Currency;
use crate::error::ReadError;
use crate::fields::Field;
use crate::formats::{ColumnFormat, DecidedBy, Signs};
use crate::headers::{Column, Derivation};
use crate::identifiers::IdentifierColumns;
use crate::problem::shown;
use crate::report::Report;
use crate::rows::CreditNotes;

impl File<'_> {
    /// Says what is worth knowing of the file and its columns.
    pub(super) fn report_notes(
        &self,
        formats: &[ColumnFormat],
        signs: &[(Option<ColumnKind>, Signs)],
        identifier: &IdentifierColumns,
        report: &mut Report<'_>,
    ) -> Result<(), ReadError> {
        for note in self.source.notes() {
            report.file_problem(note)?;
        }
        for doubt in self.source.doubts() {
            if let Some(note) = doubts::note(doubt, &self.header, self.options) {
                report.file_problem(note)?;
            }
        }
        let line = Some(self.header_line);
        if self.header.is_in_two_lines {
            report.file_problem(Problem { line, ..Problem::of_file(Reason::HeaderInTwoLines) })?;
        } else if self.header.index > 0 {
            report.file_problem(Problem { line, ..Problem::of_file(Reason::HeaderBelowTitle) })?;
        }
        if let Some(system) = &self.header.system {
            let value = Some(system.clone());
            report.file_problem(Problem { value, ..Problem::of_file(Reason::SystemHeaders) })?;
        }
        for Derivation { field, from } in &self.header.derived {
            let (column, value) = (Some(field.title().into()), Some(from.title().into()));
            let note = Problem::of_file(Reason::DerivedField);
            report.file_problem(Problem { column, value, ..note })?;
        }
        self.report_shared_dates(report)?;
        self.report_currencies(report)?;
        self.report_net_amounts(report)?;
        for missing in self.header.missing_columns() {
            let (column, value) = (Some(missing.name.clone()), Some(missing.field.title().into()));
            let note = Problem::of_file(Reason::MappedColumnMissing);
            report.file_problem(Problem { column, value, ..note })?;
        }
        for (column, format) in self.header.columns.iter().zip(formats) {
            let reason = match format {
                _ if column.is_twin => Reason::ColumnTwice,
                _ if column.part.is_some() => continue,
                _ if column.field.is_none() && column.header.is_empty() => continue,
                ColumnFormat::Sides { .. } => continue,
                _ if column.field.is_none() => Reason::UnknownColumn,
                ColumnFormat::Date { by: DecidedBy::Assumption, .. } => Reason::DateOrderAssumed,
                ColumnFormat::Date { by: DecidedBy::OtherColumns, .. } => {
                    Reason::DateOrderFromOthers
                }
                _ => continue,
            };
            let column = Some(column.header.clone());
            report.file_problem(Problem { column, ..Problem::of_file(reason) })?;
        }
        // In a workbook a point is never left out.
        let is_text = self.source.encoding().is_some();
        for (at, column) in self.header.columns.iter().enumerate() {
            let currency = column.field.and_then(Field::currency);
            let currency = currency.and_then(|currency| self.header.position(currency));
            let currency = currency.map(|at| &signs[at].1);
            let amounts = AmountNotes { is_text, currency, rules: self.options.rules };
            for (reason, value) in amounts.for_column(formats[at], &signs[at].1) {
                let (column, note) = (Some(column.header.clone()), Problem::of_file(reason));
                report.file_problem(Problem { column, value, ..note })?;
            }
        }
        if identifier.is_document_number && !identifier.may_repeat_by.is_empty() {
            let column = Some(identifier.title());
            let value = Some(shown(&identifier.may_repeat_by.join(", "), None));
            let note = Problem::of_file(Reason::IdentifierMayRepeat);
            report.file_problem(Problem { column, value, ..note })?;
        }
        Ok(())
    }

    /// Reports which column a mapping reads as several dates; what follows by itself is said where it does.
    fn report_shared_dates(&self, report: &mut Report<'_>) -> Result<(), ReadError> {
        // Also where a mapping says so: the day of keying is that of the invoice in many a list.
        let is_derived = |field: &Field| {
            field
                .derived_from()
                .is_some_and(|from| self.header.position(from) == self.header.position(*field))
        };
        for (at, column) in self.header.columns.iter().enumerate() {
            let reads = |field: &Field| self.header.position(*field) == Some(at);
            let titles: Vec<&str> = Field::all(self.options.file_type)
                .filter(|field| {
                    field.kind() == ColumnKind::Date && reads(field) && !is_derived(field)
                })
                .map(Field::title)
                .collect();
            if titles.len() > 1 {
                let (column, value) = (Some(column.header.clone()), Some(titles.join(", ")));
                let note = Problem::of_file(Reason::DatesOfOneColumn);
                report.file_problem(Problem { column, value, ..note })?;
            }
        }
        Ok(())
    }

    /// Reports which currencies were guessed or stand in headers.
    fn report_currencies(&self, report: &mut Report<'_>) -> Result<(), ReadError> {
        if let value @ Some(_) = self.assumed_base_currency.clone() {
            let note = Problem::of_file(Reason::BaseCurrencyAssumed);
            report.file_problem(Problem { value, ..note })?;
        }
        for column in &self.header.columns {
            if let value @ Some(_) = self.currency_of_header(column) {
                let column = Some(column.header.clone());
                let note = Problem::of_file(Reason::CurrencyOfHeader);
                report.file_problem(Problem { column, value, ..note })?;
            }
        }
        Ok(())
    }

    /// Reports that the amounts of invoices are those without tax.
    fn report_net_amounts(&self, report: &mut Report<'_>) -> Result<(), ReadError> {
        let is_invoice_amount = |field: Field| field.name() == "invoice_amount";
        for column in &self.header.columns {
            if column.field.is_some_and(is_invoice_amount) && amounts::is_net(&column.header) {
                let column = Some(column.header.clone());
                let note = Problem::of_file(Reason::NetAmounts);
                report.file_problem(Problem { column, ..note })?;
            }
        }
        Ok(())
    }

    /// Reports where credit notes stand as invoices.
    pub(super) fn report_credit_notes(
        &self,
        credit_notes: &CreditNotes,
        report: &mut Report<'_>,
    ) -> Result<(), ReadError> {
        let Some((at, counts)) = credit_notes.standing_as_invoices() else { return Ok(()) };
        let (column, value) = (Some(self.header.columns[at].header.clone()), Some(counts));
        let note = Problem::of_file(Reason::CreditNotesPositive);
        report.file_problem(Problem { column, value, ..note })
    }

    /// The currency that the header of a column of amounts names, where nothing else gives it.
    fn currency_of_header(&self, column: &Column) -> Option<String> {
        let code = column.currency().and_then(Currency::code)?;
        let is_given = |field: &Field| {
            field.currency().is_some_and(|currency| self.header.source(currency).is_some())
        };
        (!column.fields.iter().all(is_given)).then(|| code.to_owned())
    }
}
