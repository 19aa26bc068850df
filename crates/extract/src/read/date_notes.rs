//! What is worth saying of the dates of a file, column by column.
//!
//! Not for: single dates, of which rows say what there is to say (`rows`).

use domain::problem::{Problem, Reason};

use super::{File, ReadingPass};
use crate::error::ReadError;
use crate::formats::{ColumnFormat, all_dates};
use crate::problem::shown;
use crate::report::Report;

impl File<'_> {
    pub(super) fn report_date_notes(
        &self,
        pass: &ReadingPass,
        formats: &[ColumnFormat],
        report: &mut Report<'_>,
    ) -> Result<(), ReadError> {
        let all = all_dates(&pass.signs);
        for ((column, format), (_, signs)) in
            self.header.columns.iter().zip(formats).zip(&pass.signs)
        {
            let Some(style) = format.date_style() else { continue };
            let mut notes = signs.dates.notes(&style, &all);
            let is_invoice_date = column.field.is_some_and(|field| field.name() == "invoice_date");
            if is_invoice_date
                && !notes.iter().any(|(reason, _)| *reason == Reason::HalfSwappedDates)
                && let Some(example) = pass.swapped.example()
            {
                notes.push((Reason::HalfSwappedDates, Some(example.to_owned())));
            }
            for (reason, example) in notes {
                let value = example.map(|text| shown(&text, column.field));
                let column = Some(column.header.clone());
                report.file_problem(Problem { column, value, ..Problem::of_file(reason) })?;
            }
        }
        Ok(())
    }
}
