//! Why an extract was not read: refused for what it is, or interrupted by something else.
//!
//! Not for: rows that are set aside (`problem`). Invariant: a refusal repeats itself for the same bytes
//! and options, so it is the sender's to mend; anything else may be tried again.

use std::fmt::Write as _;
use std::io;

use domain::Remedy;

use crate::encoding::UnknownEncoding;
use crate::limits::{
    CELLS_MAX, FAILED_PER_MILLE_MAX, FAILED_ROWS_FEW, HEADER_SEARCH_RECORDS, RECORD_BYTES_MAX,
};

/// Why reading ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file itself; the sender can mend it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The bytes could not be had; trying again may help.
    #[error("the file could not be read from where it is kept")]
    Source(#[from] io::Error),
    /// Whoever takes the rows stopped.
    #[error("the rows could not be kept")]
    Sink(#[from] SinkError),
}

/// The error of a sink that cannot take more.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct SinkError(pub Box<dyn std::error::Error + Send + Sync>);

/// Why a file is refused whole. Each sentence says what to do about the file; what to set is said by
/// [`Refusal::remedy`], as pages and commands have other ways to do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the file is empty; send the extract with its header row")]
    Empty,
    #[error("{0}")]
    Content(#[from] domain::content::ContentRefusal),
    #[error(
        "no header row in the first {HEADER_SEARCH_RECORDS} rows: the first row reads {first}; \
         name the columns in the first row, such as Supplier Name"
    )]
    NoHeader { first: String },
    #[error(
        "{} missing{}; the file has the columns {}{}; {}add what is missing to the extract",
        missing_columns(.names), hidden_by_mapping(.hidden), listed(.found), underivable(.derivable),
        or_change(.hidden)
    )]
    MissingColumns {
        names: Vec<String>,
        found: Vec<String>,
        /// Of them those that would be derived if the unit were not strict.
        derivable: Vec<String>,
        /// Columns by whose names they would be there, if the mapping took them for nothing else.
        hidden: Vec<HiddenColumn>,
    },
    #[error("the mapping names {name}, which is not one of our fields; name one that is")]
    UnknownMappedField { name: String },
    #[error("the mapping says where {name} comes from, {source_said}: {why}")]
    InvalidFieldSource { name: String, source_said: String, why: String },
    #[error(
        "the mapping says that {}; name a column for one of them", ring(.names)
    )]
    FieldsInRing { names: Vec<String> },
    #[error(
        "the mapping reads {title} from {}; the file has the columns {}; add what is missing to the \
         extract, or change the mapping", are_missing(.missing), listed(.found)
    )]
    MissingMappedColumns { title: String, missing: Vec<String>, found: Vec<String> },
    #[error(
        "the mapping reads {title} from {other}, which the file lacks; the file has the columns {}; add \
         {other} to the extract, or change the mapping", listed(.found)
    )]
    MissingMappedField { title: String, other: String, found: Vec<String> },
    #[error(
        "the mapping reads {title} from {name}, and {}; name one that is there",
        namesakes(*.count, name)
    )]
    MissingNamesake { title: String, name: String, count: usize },
    #[error(
        "{set_aside} of {rows} rows could not be used, more than the {} that are allowed; most often: \
         {most_often}; mend the extract and send it again", allowed(*.per_mille_max)
    )]
    TooManyFailedRows { set_aside: u64, rows: u64, per_mille_max: u32, most_often: String },
    #[error(
        "the row at line {line} is longer than {RECORD_BYTES_MAX} bytes; look there for a missing \
         line end or a quote that is not closed"
    )]
    RecordTooLong { line: u64 },
    #[error(
        "a quote is opened at line {line} and not closed; close it, or double it if it is text"
    )]
    UnclosedQuote { line: u64 },
    #[error("the row at line {line} has more than {CELLS_MAX} cells; is the delimiter right?")]
    TooManyCells { line: u64 },
    #[error(
        "the columns are set apart by {sign}; write a comma, a semicolon, a tab or a vertical bar \
         between them, and quote text that holds it"
    )]
    UnknownDelimiter { sign: String },
    #[error(
        "the columns are of fixed width, set apart by blanks; write a delimiter such as a comma \
         between them, as no width is certain"
    )]
    FixedWidth,
    #[error(
        "the header stands in every row, in front of its values, as Crystal Reports writes it; \
         export it again as separated values with report and page sections isolated or left out"
    )]
    HeaderInEveryRow,
    #[error(
        "all is in one line: its line ends were lost, as when PowerShell joins lines to one text; \
         write the lines as they are (Get-Content -Raw, or -join \"`r`n\")"
    )]
    LineEndsLost,
    #[error(
        "PowerShell wrote the name of an object in place of its rows; \
         write them with Export-Csv -NoTypeInformation -Encoding UTF8"
    )]
    PowerShellObjects,
    #[error("{0}")]
    UnknownEncoding(#[from] UnknownEncoding),
    #[error("the payments cannot be read at line {line}: {what}; mend the file and send it again")]
    PaymentOrder { line: u64, what: String },
    #[error("the file has more than {most} rows; send a shorter list")]
    TooManyRecords { most: usize },
    /// A fault that only a workbook can have.
    #[error("{what}")]
    Workbook { what: String, remedy: Remedy },
}

/// A column that would be a missing field by its name, and that the mapping takes for something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenColumn {
    /// The header as it stands in the file.
    pub header: String,
    /// The title of the field that the mapping takes it for; none where it keeps it as text.
    pub taken_for: Option<String>,
}

impl Refusal {
    /// The remedy beside what the sentence says.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::MissingColumns { hidden, .. } if !hidden.is_empty() => Remedy::MendMapping,
            // No file of transactions is read without one, and many lack it.
            Self::MissingColumns { names, .. } if names.iter().any(|name| name == "Unique ID") => {
                Remedy::BuildIdentifier
            }
            Self::NoHeader { .. } | Self::MissingColumns { .. } => Remedy::MapColumns,
            Self::UnknownMappedField { .. }
            | Self::InvalidFieldSource { .. }
            | Self::FieldsInRing { .. }
            | Self::MissingMappedColumns { .. }
            | Self::MissingMappedField { .. }
            | Self::MissingNamesake { .. } => Remedy::MendMapping,
            Self::UnknownEncoding(_) => Remedy::ChooseEncoding,
            Self::Workbook { remedy, .. } => *remedy,
            Self::Empty
            | Self::PaymentOrder { .. }
            | Self::TooManyRecords { .. }
            | Self::Content(_)
            | Self::TooManyFailedRows { .. }
            | Self::RecordTooLong { .. }
            | Self::UnclosedQuote { .. }
            | Self::TooManyCells { .. }
            | Self::UnknownDelimiter { .. }
            | Self::FixedWidth
            | Self::HeaderInEveryRow
            | Self::LineEndsLost
            | Self::PowerShellObjects => Remedy::MendExtract,
        }
    }
}

/// The failed rows that are taken, in words; see `Reading::check_failed`.
fn allowed(per_mille_max: u32) -> String {
    if per_mille_max < FAILED_PER_MILLE_MAX {
        return format!("{per_mille_max} in 1,000");
    }
    format!("{per_mille_max} in 1,000, or {FAILED_ROWS_FEW} where most rows could be used,")
}

fn missing_columns(names: &[String]) -> String {
    match names {
        [one] => format!("the mandatory column {one} is"),
        _ => format!("the mandatory columns {} are", listed(names)),
    }
}

/// Says that columns are there, and that it is a setting which takes them for something else.
fn hidden_by_mapping(columns: &[HiddenColumn]) -> String {
    if columns.is_empty() {
        return String::new();
    }
    let said = columns.iter().map(|HiddenColumn { header, taken_for }| match taken_for {
        Some(title) => format!("takes the column {header}, which is in the file, for {title}"),
        None => format!("keeps the column {header}, which is in the file, as text"),
    });
    let said = said.collect::<Vec<_>>().join(" and ");
    format!(", as the mapping that is set for these files {said}")
}

const fn or_change(hidden: &[HiddenColumn]) -> &'static str {
    if hidden.is_empty() { "" } else { "change the mapping, or " }
}

fn underivable(names: &[String]) -> String {
    match names {
        [] => String::new(),
        _ => format!(
            "; {} would be taken from other columns, but the unit's reading rules are strict",
            listed(names)
        ),
    }
}

fn are_missing(names: &[String]) -> String {
    match names {
        [one] => format!("a column {one}, which is not in the file"),
        _ => format!("the columns {}, which are not in the file", listed(names)),
    }
}

fn ring(names: &[String]) -> String {
    let next = names.iter().cycle().skip(1);
    let same = names.iter().zip(next).map(|(one, next)| {
        let next = if one == next { "itself" } else { next };
        format!("{one} is the same as {next}")
    });
    same.collect::<Vec<_>>().join(" and ")
}

fn namesakes(count: usize, name: &str) -> String {
    let header = name.rsplit_once('#').map_or(name, |(header, _)| header).trim_end();
    match count {
        1 => format!("the file has one column {header}"),
        _ => format!("the file has {count} columns {header}"),
    }
}

/// Names as a sentence shows them, cut where nobody reads on.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 40;
    let mut text = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        write!(text, " and {} more", names.len() - SHOWN).expect("a String takes everything");
    }
    text
}

#[cfg(test)]
mod tests {
    use domain::FileFormat;
    use domain::content::check_signature;

    use super::*;

    /// One of each; a variant that is missing here does not compile.
    fn every_refusal() -> Vec<Refusal> {
        let text = || "Supplier".to_owned();
        let content = check_signature(FileFormat::Csv, b"%PDF-1.7\n").unwrap_err();
        let all = vec![
            Refusal::Empty,
            Refusal::Content(content),
            Refusal::NoHeader { first: text() },
            Refusal::MissingColumns {
                names: vec!["Unique ID".to_owned()],
                found: vec![text()],
                derivable: vec![text()],
                hidden: vec![HiddenColumn { header: text(), taken_for: Some(text()) }],
            },
            Refusal::UnknownMappedField { name: text() },
            Refusal::InvalidFieldSource { name: text(), source_said: text(), why: text() },
            Refusal::FieldsInRing { names: vec![text(), text()] },
            Refusal::MissingMappedField { title: text(), other: text(), found: vec![text()] },
            Refusal::MissingMappedColumns {
                title: text(),
                missing: vec![text()],
                found: vec![text()],
            },
            Refusal::MissingNamesake { title: text(), name: "Amount#2".to_owned(), count: 1 },
            Refusal::TooManyFailedRows {
                set_aside: 9,
                rows: 10,
                per_mille_max: 50,
                most_often: text(),
            },
            Refusal::RecordTooLong { line: 2 },
            Refusal::UnclosedQuote { line: 2 },
            Refusal::TooManyCells { line: 2 },
            Refusal::UnknownDelimiter { sign: text() },
            Refusal::FixedWidth,
            Refusal::HeaderInEveryRow,
            Refusal::LineEndsLost,
            Refusal::PowerShellObjects,
            Refusal::PaymentOrder { line: 2, what: text() },
            Refusal::TooManyRecords { most: 2 },
            Refusal::UnknownEncoding(UnknownEncoding { name: text() }),
        ];
        for refusal in &all {
            match refusal {
                Refusal::Empty
                | Refusal::Content(_)
                | Refusal::NoHeader { .. }
                | Refusal::MissingColumns { .. }
                | Refusal::UnknownMappedField { .. }
                | Refusal::InvalidFieldSource { .. }
                | Refusal::FieldsInRing { .. }
                | Refusal::MissingMappedColumns { .. }
                | Refusal::MissingMappedField { .. }
                | Refusal::MissingNamesake { .. }
                | Refusal::TooManyFailedRows { .. }
                | Refusal::RecordTooLong { .. }
                | Refusal::UnclosedQuote { .. }
                | Refusal::TooManyCells { .. }
                | Refusal::UnknownDelimiter { .. }
                | Refusal::FixedWidth
                | Refusal::HeaderInEveryRow
                | Refusal::LineEndsLost
                | Refusal::PowerShellObjects
                | Refusal::PaymentOrder { .. }
                | Refusal::TooManyRecords { .. }
                | Refusal::UnknownEncoding(_)
                | Refusal::Workbook { .. } => {}
            }
        }
        all
    }

    #[test]
    fn no_refusal_speaks_of_a_command() {
        for refusal in every_refusal() {
            let sentence = refusal.to_string();
            for word in [" --", "bursar", "[fields]", "[columns]"] {
                assert!(!sentence.contains(word), "{sentence}");
            }
        }
    }

    #[test]
    fn what_is_missing_is_mapped_and_an_identifier_may_be_built() {
        let missing = |name: &str| Refusal::MissingColumns {
            names: vec![name.to_owned()],
            found: Vec::new(),
            derivable: Vec::new(),
            hidden: Vec::new(),
        };
        assert_eq!(missing("Unique ID").remedy(), Remedy::BuildIdentifier);
        assert_eq!(missing("Invoice Date").remedy(), Remedy::MapColumns);
        let said = missing("Invoice Date").to_string();
        assert!(said.ends_with("has the columns ; add what is missing to the extract"), "{said}");
    }
}
