//! Which column of a supplier's statements holds what, as somebody settled it once.
//!
//! Not for: finding columns by their usual names (`analysis`).
//!
//! Invariant: what is settled is enough to tell the lines of a statement: what is owed, and for what or since
//! when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::enum_words::enum_words;

/// Letters of a header: those of statements are a few words.
pub const COLUMN_NAME_CHARS_MAX: usize = 100;

/// The role of a column of a statement: what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatementColumn {
    Number,
    Date,
    Kind,
    Amount,
    /// The part of the line that is still owed; taken where no other column has the amount.
    Open,
    Debit,
    Credit,
    /// The currency of the line.
    Currency,
}

/// The headers of columns as they stand in the files of a supplier.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementColumns {
    /// The supplier's number of the invoice or credit note.
    #[schemars(length(max = COLUMN_NAME_CHARS_MAX))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    #[schemars(length(max = COLUMN_NAME_CHARS_MAX))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The kind of document.
    #[schemars(length(max = COLUMN_NAME_CHARS_MAX))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The amount, credit notes and payments below zero.
    #[schemars(length(max = COLUMN_NAME_CHARS_MAX))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// The part of the amount that is still owed.
    #[schemars(length(max = COLUMN_NAME_CHARS_MAX))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// The amount that is owed, where credits have a column of their own.
    #[schemars(length(max = COLUMN_NAME_CHARS_MAX))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debit: Option<String>,
    #[schemars(length(max = COLUMN_NAME_CHARS_MAX))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
    /// The currency of each line, where the file says it.
    #[schemars(length(max = COLUMN_NAME_CHARS_MAX))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// Why columns cannot be settled so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnsettledColumns {
    #[error("name the column of the amount, or of what is open, or those of debit and credit")]
    NoAmount,
    #[error("name the column of the number, or that of the date")]
    NoNumber,
    #[error("one column is named for two things")]
    Twice,
    #[error("the name of a column has more than 100 letters")]
    TooLong,
}

enum_words! {
    StatementColumn;
    Number = "number",
    Date = "date",
    Kind = "kind",
    Amount = "amount",
    Open = "open",
    Debit = "debit",
    Credit = "credit",
    Currency = "currency",
}

impl StatementColumn {
    /// Its name on pages.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Number => "Number of the document",
            Self::Date => "Date",
            Self::Kind => "Kind of document",
            Self::Amount => "Amount",
            Self::Open => "What is open",
            Self::Debit => "Debit",
            Self::Credit => "Credit",
            Self::Currency => "Currency",
        }
    }
}

impl StatementColumns {
    /// The header that was settled for a role.
    pub fn header(&self, role: StatementColumn) -> Option<&str> {
        let header = match role {
            StatementColumn::Number => &self.number,
            StatementColumn::Date => &self.date,
            StatementColumn::Kind => &self.kind,
            StatementColumn::Amount => &self.amount,
            StatementColumn::Open => &self.open,
            StatementColumn::Debit => &self.debit,
            StatementColumn::Credit => &self.credit,
            StatementColumn::Currency => &self.currency,
        };
        header.as_deref()
    }

    pub fn set(&mut self, role: StatementColumn, header: Option<String>) {
        let place = match role {
            StatementColumn::Number => &mut self.number,
            StatementColumn::Date => &mut self.date,
            StatementColumn::Kind => &mut self.kind,
            StatementColumn::Amount => &mut self.amount,
            StatementColumn::Open => &mut self.open,
            StatementColumn::Debit => &mut self.debit,
            StatementColumn::Credit => &mut self.credit,
            StatementColumn::Currency => &mut self.currency,
        };
        *place = header;
    }

    /// The columns that were settled.
    pub fn headers(&self) -> impl Iterator<Item = (StatementColumn, &str)> {
        StatementColumn::ALL
            .into_iter()
            .filter_map(|role| self.header(role).map(|header| (role, header)))
    }

    /// Returns `true` where nothing is settled, so that columns are found by their usual names.
    pub fn are_none(&self) -> bool {
        self.headers().next().is_none()
    }

    /// The columns without blanks round the names and without empty ones.
    ///
    /// # Errors
    /// Why they tell no lines.
    pub fn checked(&self) -> Result<Self, UnsettledColumns> {
        let mut checked = Self::default();
        for (role, header) in self.headers() {
            let header = header.trim();
            if header.chars().count() > COLUMN_NAME_CHARS_MAX {
                return Err(UnsettledColumns::TooLong);
            }
            if checked.headers().any(|(_, other)| other == header) && !header.is_empty() {
                return Err(UnsettledColumns::Twice);
            }
            checked.set(role, Some(header.to_owned()).filter(|header| !header.is_empty()));
        }
        if checked.are_none() {
            return Ok(checked);
        }
        let has_sides = checked.debit.is_some() && checked.credit.is_some();
        if checked.amount.is_none() && checked.open.is_none() && !has_sides {
            return Err(UnsettledColumns::NoAmount);
        }
        if checked.number.is_none() && checked.date.is_none() {
            return Err(UnsettledColumns::NoNumber);
        }
        Ok(checked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_settled_where_they_tell_lines() {
        use StatementColumn::{Amount, Credit, Date, Debit, Number};
        let settled = |pairs: &[(StatementColumn, &str)]| {
            let mut columns = StatementColumns::default();
            for (role, header) in pairs {
                columns.set(*role, Some((*header).to_owned()));
            }
            columns.checked()
        };
        let found = settled(&[(Number, " Ref "), (Amount, "Sum"), (Date, " ")]).unwrap();
        assert_eq!(found.headers().collect::<Vec<_>>(), [(Number, "Ref"), (Amount, "Sum")]);
        assert!(settled(&[(Date, " ")]).unwrap().are_none());
        let long = "x".repeat(COLUMN_NAME_CHARS_MAX + 1);
        for (pairs, why) in [
            (&[(Number, "Ref"), (Debit, "D")][..], UnsettledColumns::NoAmount),
            (&[(Debit, "D"), (Credit, "C")], UnsettledColumns::NoNumber),
            (&[(Number, "A"), (Amount, "A")], UnsettledColumns::Twice),
            (&[(Number, &long), (Amount, "A")], UnsettledColumns::TooLong),
        ] {
            assert_eq!(settled(pairs), Err(why), "{pairs:?}");
        }
    }
}
