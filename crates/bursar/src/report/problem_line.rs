//! A problem of a file as one line for a person.
//!
//! Not for: finding problems (`check`) or asking a server for them (`uploads`).
//!
//! Invariant: text of a stranger's file moves no cursor and ends no line.

use std::fmt;

use domain::Problem;
use domain::file_name::FileFormat;

use super::foreign_text::one_line;

/// A problem with the words for it.
#[derive(Debug, Clone, Copy)]
pub struct ProblemLine<'a> {
    /// The word for a line in this format: [`line_word`].
    pub unit: &'a str,
    pub line: Option<u64>,
    pub column: Option<&'a str>,
    pub value: Option<&'a str>,
    pub message: &'a str,
    pub advice: &'a str,
}

/// `  line 1044  Invoice Amount  "34405..40"  not a number: two decimal points; write ...`
impl fmt::Display for ProblemLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(" ")?;
        if let Some(line) = self.line {
            write!(f, " {} {line} ", self.unit)?;
        }
        if let Some(column) = self.column {
            write!(f, " {} ", one_line(column))?;
        }
        if let Some(value) = self.value.filter(|value| !value.is_empty()) {
            write!(f, " \"{}\" ", one_line(value))?;
        }
        write!(f, " {}", one_line(self.message))?;
        if self.advice.is_empty() { Ok(()) } else { write!(f, "; {}", one_line(self.advice)) }
    }
}

/// Describes a problem; `unit` is what a line is called: [`line_word`].
pub fn to_text(problem: &Problem, unit: &str) -> String {
    let message = problem.reason.to_string();
    let line = ProblemLine {
        unit,
        line: problem.line,
        column: problem.column.as_deref(),
        value: problem.value.as_deref(),
        message: &message,
        advice: problem.reason.advice(),
    };
    line.to_string()
}

pub const fn line_word(format: FileFormat) -> &'static str {
    match format {
        FileFormat::Xlsx | FileFormat::Xls | FileFormat::Ods => "row",
        FileFormat::Csv | FileFormat::Tsv | FileFormat::Txt | FileFormat::Xml => "line",
    }
}
