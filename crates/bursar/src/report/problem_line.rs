//! A problem of a file as one line for a person.
//!
//! Not for: finding problems (`check`) or asking a server for them (`uploads`).
//! Invariant: text of a stranger's file moves no cursor and ends no line.

use std::fmt;

use domain::file_name::FileFormat;
use domain::{Problem, text::is_invisible};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub struct ProblemLine<'a> {
    /// What a line is called in this format: [`line_word`].
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
            write!(f, " {} ", in_line(column))?;
        }
        if let Some(value) = self.value.filter(|value| !value.is_empty()) {
            write!(f, " \"{}\" ", in_line(value))?;
        }
        write!(f, " {}", in_line(self.message))?;
        if self.advice.is_empty() { Ok(()) } else { write!(f, "; {}", in_line(self.advice)) }
    }
}

/// A problem of a file of this format, in words.
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
        FileFormat::Xlsx => "row",
        FileFormat::Csv | FileFormat::Tsv | FileFormat::Txt => "line",
    }
}

/// A text of a file that may be shown in a line.
pub fn in_line(text: &str) -> String {
    text.chars().map(in_one_column).collect()
}

/// A character that takes one column and moves no cursor.
pub fn in_one_column(c: char) -> char {
    match c {
        '\t' => '→',
        '\n' | '\r' => '⏎',
        _ if c.is_control() || is_invisible(c) => '·',
        _ => c,
    }
}
