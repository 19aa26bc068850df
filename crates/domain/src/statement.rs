//! A supplier's statement held against the ledger: what is open by its books and by ours.
//!
//! Not for: reading the file (`extract`), or finding what belongs together (`analysis`).
//!
//! Invariant: a row of the ledger belongs to one line at most, and a line that belongs to nothing says so.

mod columns;
mod credit;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::enum_words::enum_words;
use crate::file_type::FileType;
pub use columns::{COLUMN_NAME_CHARS_MAX, StatementColumn, StatementColumns, UnsettledColumns};
pub use credit::{SentStatement, StatementCredit};

/// A line of a statement as it stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatementLine {
    /// The line of the file, or the row of the sheet or of the table in a PDF.
    pub line: u64,
    /// The supplier's number of the invoice or credit note; empty where the line has none.
    pub number: String,
    #[schemars(with = "Option<String>")]
    pub date: Option<Date>,
    /// Positive is owed to the supplier.
    pub amount: Amount,
    /// The currency of the amount: as the statement says it, else of the row that belongs to the line, else
    /// the one in which the supplier usually bills; absent where the ledger does not say it either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The kind of document, in the supplier's words.
    pub kind: String,
}

/// The outcome of a line beside the ledger.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// An invoice that is on the statement and not with us.
    MissingHere,
    /// A credit note that is on the statement and was never taken.
    CreditNotTaken,
    /// The number is with us, the amount is another.
    Different,
    /// The statement has it twice.
    Duplicate,
    /// With us it is paid.
    PaidHere,
    /// It waits in the workflow.
    Unposted,
    /// It is with us as it is there.
    Agreed,
    /// A payment of ours that the statement counts.
    Payment,
}

/// The documents that a statement lists.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum StatementListing {
    /// Documents that are open by the supplier's books: what an earlier statement had and this one has not is
    /// settled there.
    #[default]
    OpenItems,
    /// Documents that moved since a balance, with our payments.
    Movements,
}

/// A line with the row that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReconciledLine {
    #[serde(flatten)]
    pub line: StatementLine,
    pub state: LineState,
    /// Why, in words.
    pub words: String,
    /// The row that belongs to it; none where nothing does.
    pub row: Option<StatementRow>,
}

/// A row of a ledger beside a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatementRow {
    pub ledger: FileType,
    pub id: String,
    pub number: String,
    #[schemars(with = "Option<String>")]
    pub date: Option<Date>,
    pub amount: Amount,
    /// The currency of the amount, where the ledger says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Of a row that the statement lacks: what else is known of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// A statement beside the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reconciliation {
    #[serde(default)]
    pub listing: StatementListing,
    /// In the order of the statement.
    pub lines: Vec<ReconciledLine>,
    /// Open with us, up to the last day of the statement, and not on it.
    pub missing_there: Vec<StatementRow>,
}

/// Why a statement cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRefusal {
    /// A sentence on what happened and what to do.
    pub words: String,
    /// The first rows of the file, so that somebody can say which column holds what; none of a file that has
    /// none.
    pub head: Vec<Vec<String>>,
}

/// A question to the supplier about a line, or about a row that the statement lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatementQuestion {
    /// The line of the statement; none of a row that it lacks.
    pub line: Option<u64>,
    /// The number as the supplier has it, or ours where the statement lacks it; empty where there is none.
    pub number: String,
    #[schemars(with = "Option<String>")]
    pub date: Option<Date>,
    pub amount: Amount,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    pub question: String,
}

/// The question about a row of ours that the statement lacks.
const MISSING_THERE: &str =
    "We have this and it is not on your statement. Please say whether it is settled.";

enum_words! {
    LineState;
    MissingHere = "missing_here",
    CreditNotTaken = "credit_not_taken",
    Different = "different",
    Duplicate = "duplicate",
    PaidHere = "paid_here",
    Unposted = "unposted",
    Agreed = "agreed",
    Payment = "payment",
}

impl LineState {
    /// Its name on pages.
    pub const fn title(self) -> &'static str {
        match self {
            Self::MissingHere => "Not with us",
            Self::CreditNotTaken => "Credit not taken",
            Self::Different => "Another amount",
            Self::Duplicate => "Twice on the statement",
            Self::PaidHere => "Paid by us",
            Self::Unposted => "Not posted yet",
            Self::Agreed => "Agreed",
            Self::Payment => "Payment",
        }
    }

    /// The question to ask the supplier for; none where there is nothing to ask.
    pub const fn question(self) -> Option<&'static str> {
        match self {
            Self::MissingHere => Some("Please send a copy of this invoice."),
            Self::CreditNotTaken => Some("Please send a copy of this credit note."),
            Self::Different => Some("Please send a copy, and say which amount is right."),
            Self::Duplicate => Some("Please say why it stands on the statement twice."),
            Self::PaidHere => Some("We have paid this. Please say to what the payment was set."),
            Self::Unposted | Self::Agreed | Self::Payment => None,
        }
    }
}

impl StatementListing {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenItems => "open_items",
            Self::Movements => "movements",
        }
    }
}

impl Reconciliation {
    /// The last day of its lines; none where they have no days.
    pub fn last_day(&self) -> Option<Date> {
        self.lines.iter().filter_map(|line| line.line.date).max()
    }

    /// Lines of one state.
    pub fn of(&self, state: LineState) -> impl Iterator<Item = &ReconciledLine> {
        self.lines.iter().filter(move |line| line.state == state)
    }

    /// The questions to the supplier: line by line, then about what the statement lacks.
    pub fn questions(&self) -> Vec<StatementQuestion> {
        let of_line = |found: &ReconciledLine| {
            let question = found.state.question()?;
            Some(StatementQuestion {
                line: Some(found.line.line),
                number: found.line.number.clone(),
                date: found.line.date,
                amount: found.line.amount,
                currency: found.line.currency.clone(),
                question: question.to_owned(),
            })
        };
        let of_row = |row: &StatementRow| StatementQuestion {
            line: None,
            number: row.number.clone(),
            date: row.date,
            amount: row.amount,
            currency: row.currency.clone(),
            question: MISSING_THERE.to_owned(),
        };
        let lines = self.lines.iter().filter_map(of_line);
        lines.chain(self.missing_there.iter().map(of_row)).collect()
    }
}
