//! What a file was read as: its rows as text, its problems, or why it was refused.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;
use std::fs::File;
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int64Type};
use arrow_schema::DataType;
use domain::{FileFormat, ReadingRules};
use extract::{Options, Place, Problem, ReadError, Sink, SinkError};

use super::Expectation;

/// A row as text, by column; what is empty is not there. Days as ISO dates, amounts with four decimals.
pub(crate) type Row = BTreeMap<String, String>;

#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) rows: Vec<Row>,
    pub(crate) aside: u64,
    /// Codes of everything that was said, with column, value and line of the first.
    pub(crate) said: BTreeMap<String, String>,
    pub(crate) refusal: Option<String>,
    problems: Vec<Problem>,
}

impl Sink for Outcome {
    fn batch(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        self.rows.extend((0..batch.num_rows()).map(|row| texts(&batch, row)));
        Ok(())
    }

    fn problem(&mut self, problem: Problem, _place: Option<Place<'_>>) -> Result<(), SinkError> {
        self.problems.push(problem);
        Ok(())
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        *self = Self::default();
        Ok(())
    }
}

impl Outcome {
    pub(crate) fn of(path: &Path, case: &Expectation) -> Result<Self, Box<dyn Error>> {
        let format = match path.extension().and_then(|extension| extension.to_str()) {
            Some("xlsx") => FileFormat::Xlsx,
            Some("tsv") => FileFormat::Tsv,
            Some("txt") => FileFormat::Txt,
            _ => FileFormat::Csv,
        };
        let rules: ReadingRules = case.rules.clone().try_into()?;
        let options = Options::by_rules(case.file_type(), format, &rules);
        let mut outcome = Self::default();
        match extract::read(File::open(path)?, &options, &mut outcome) {
            Ok(reading) => outcome.aside = reading.rows_set_aside,
            Err(ReadError::Refused(refusal)) => outcome.refusal = Some(refusal.to_string()),
            Err(other) => return Err(other.into()),
        }
        for problem in &outcome.problems {
            let first = outcome.said.entry(problem.reason.code().to_owned());
            first.or_insert_with(|| {
                let line = problem.line.map(|line| format!("line {line} ")).unwrap_or_default();
                let column = problem.column.as_deref().unwrap_or_default();
                format!("{line}{column} {}", problem.value.as_deref().unwrap_or_default())
            });
        }
        Ok(outcome)
    }

    pub(crate) fn in_short(&self) -> String {
        match &self.refusal {
            Some(refusal) => format!("refused: {refusal}").chars().take(160).collect(),
            None => format!("{} rows, {} aside", self.rows.len(), self.aside),
        }
    }

    /// The values of a column, each once.
    pub(crate) fn values(&self, column: &str) -> BTreeSet<&str> {
        self.rows.iter().filter_map(|row| row.get(column)).map(String::as_str).collect()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "  {problem:?}")?;
        }
        self.rows.iter().try_for_each(|row| writeln!(f, "  {row:?}"))
    }
}

fn texts(batch: &RecordBatch, row: usize) -> Row {
    let schema = batch.schema();
    let cells = schema.fields().iter().zip(batch.columns());
    let cells = cells.filter(|(_, array)| !array.is_null(row));
    cells
        .map(|(field, array)| {
            let text = match array.data_type() {
                DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
                DataType::Date32 => {
                    let days = i64::from(array.as_primitive::<Date32Type>().value(row));
                    let epoch = jiff::civil::date(1970, 1, 1);
                    epoch.saturating_add(jiff::Span::new().days(days)).to_string()
                }
                DataType::Decimal128(..) => {
                    let value = array.as_primitive::<Decimal128Type>().value(row);
                    let sign = if value < 0 { "-" } else { "" };
                    let units = value.unsigned_abs();
                    format!("{sign}{}.{:04}", units / 10_000, units % 10_000)
                }
                DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
                other => format!("{other}"),
            };
            (field.name().clone(), text)
        })
        .collect()
}
