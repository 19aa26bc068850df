//! Why an upload is held until a person decides, with what they decide by.
//!
//! Not for: deciding that it is (`analysis`), or releasing and refusing it (`store`).
//!
//! Invariant: examples are few, and what of them is sensitive is masked by [`HoldReason::masked`] before
//! anybody but an operator sees them.

use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::digits::grouped;
use crate::file_type::FileType;
use crate::personal::Visibility;
use crate::reading::RowCounts;
use crate::schema::Day;

/// Pairs of rows shown of a Unique ID that is used again: enough to see that they have nothing to do with
/// each other, few enough for one look.
pub const REPLACEMENT_EXAMPLES_MAX: usize = 3;

/// Why nothing of an upload is in the ledger until a person releases it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "holdReason", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum HoldReason {
    /// A snapshot that would make unusually many inactive; `madeInactive` says how many.
    ManyInactive {
        /// Active before the snapshot.
        active_before: u64,
    },
    /// Transactions of which unusually many would take the place of other invoices; `rowsReplaced` says how
    /// many earlier rows would be replaced in all.
    ReusedIdentifiers { reused_identifiers: ReusedIdentifiers },
}

/// Rows whose Unique ID an earlier row has that is another invoice: supplier, number and amount all differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReusedIdentifiers {
    /// Earlier rows that would be replaced by another invoice.
    pub rows: u64,
    /// Headers of the columns that the Unique ID is read from.
    pub columns: Vec<String>,
    /// Headers of columns by which such a number often repeats, such as `Fiscal Year`; those of the Unique ID
    /// are not among them.
    pub may_repeat_by: Vec<String>,
    /// The first few.
    pub examples: Vec<Replacement>,
}

/// An earlier row and the row that would take its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Replacement {
    pub unique_id: String,
    /// The row of the ledger; its line is that of the file it came with.
    pub before: InvoiceRow,
    /// The row of the file.
    pub after: InvoiceRow,
}

/// The fields that tell one invoice from another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceRow {
    /// Line of a text or row of a sheet, from 1.
    pub line: u64,
    pub supplier_ref: Option<String>,
    pub supplier_name: Option<String>,
    pub invoice_number: Option<String>,
    /// Plain decimal, such as `-1234.56`.
    pub invoice_amount: Option<String>,
    #[schemars(with = "Option<Day>")]
    pub invoice_date: Option<Date>,
}

impl HoldReason {
    /// The code of the kind, as it is stored and answered.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ManyInactive { .. } => "manyInactive",
            Self::ReusedIdentifiers { .. } => "reusedIdentifiers",
        }
    }

    /// One or two sentences for a person, without a full stop at the end. `nouns` are what the rows speak of,
    /// such as `suppliers`.
    pub fn explain(&self, rows: &RowCounts, nouns: &str) -> String {
        match self {
            Self::ManyInactive { active_before } => format!(
                "{} of {} active {nouns} are not in it and would become inactive",
                count(rows.made_inactive),
                count(*active_before)
            ),
            Self::ReusedIdentifiers { reused_identifiers } => {
                reused_identifiers.explain(rows.rows_replaced)
            }
        }
    }

    /// The reason with its examples as this visibility sees them.
    #[must_use]
    pub fn masked(mut self, visibility: Visibility) -> Self {
        if let Self::ReusedIdentifiers { reused_identifiers } = &mut self {
            for example in &mut reused_identifiers.examples {
                mask("unique_id", &mut example.unique_id, visibility);
                example.before.mask(visibility);
                example.after.mask(visibility);
            }
        }
        self
    }
}

impl ReusedIdentifiers {
    /// One or two sentences for a person; `replaced` are the earlier rows that would be replaced in all.
    pub fn explain(&self, replaced: u64) -> String {
        let columns = self.columns.join(", ");
        let mut text = format!(
            "{} of the {} rows it would replace are other invoices: supplier, number and amount all differ. \
             {columns} seems to be used again for other invoices, as the Document Number of SAP is in each \
             company and year; build the Unique ID of several columns",
            count(self.rows),
            count(replaced),
        );
        if !self.may_repeat_by.is_empty() {
            text.push_str("; the file has ");
            text.push_str(&self.may_repeat_by.join(" and "));
        }
        text
    }
}

impl Replacement {
    /// `19 in the ledger: line 2, S1003, Harrow & Vale, RE231400, 5442.29, 2023-03-01`, and below it the
    /// row of the file.
    pub fn to_lines(&self) -> [String; 2] {
        let line = |place: &str, row: &InvoiceRow| format!("{} {place}: {row}", self.unique_id);
        [line("in the ledger", &self.before), line("in this file", &self.after)]
    }
}

impl fmt::Display for InvoiceRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        let texts = [&self.supplier_ref, &self.supplier_name, &self.invoice_number];
        for text in texts.into_iter().chain([&self.invoice_amount]).flatten() {
            write!(f, ", {text}")?;
        }
        match self.invoice_date {
            Some(date) => write!(f, ", {date}"),
            None => Ok(()),
        }
    }
}

impl InvoiceRow {
    fn mask(&mut self, visibility: Visibility) {
        for (column, value) in [
            ("supplier_ref", &mut self.supplier_ref),
            ("supplier_name", &mut self.supplier_name),
            ("invoice_number", &mut self.invoice_number),
            ("invoice_amount", &mut self.invoice_amount),
        ] {
            if let Some(value) = value {
                mask(column, value, visibility);
            }
        }
    }
}

/// Masks a value; only transactions replace rows by their Unique ID.
fn mask(column: &str, value: &mut String, visibility: Visibility) {
    let sensitivity = FileType::Transactions.sensitivity(column);
    *value = sensitivity.masked(value, visibility).into_owned();
}

fn count(number: u64) -> String {
    grouped(&number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_what_is_the_matter_and_what_to_do() {
        let rows = RowCounts { rows_replaced: 1200, made_inactive: 640, ..RowCounts::default() };
        let inactive = HoldReason::ManyInactive { active_before: 900 };
        assert_eq!(
            inactive.explain(&rows, "suppliers"),
            "640 of 900 active suppliers are not in it and would become inactive"
        );
        let reused_identifiers = ReusedIdentifiers {
            rows: 1100,
            columns: vec!["Document Number".to_owned()],
            may_repeat_by: vec!["Fiscal Year".to_owned(), "Company Code".to_owned()],
            examples: vec![],
        };
        let said = HoldReason::ReusedIdentifiers { reused_identifiers }.explain(&rows, "rows");
        assert!(said.starts_with("1,100 of the 1,200 rows it would replace are other"), "{said}");
        assert!(said.ends_with("; the file has Fiscal Year and Company Code"), "{said}");
    }

    #[test]
    fn reasons_are_written_by_their_code_and_read_back() {
        let reused_identifiers = ReusedIdentifiers {
            examples: vec![Replacement {
                unique_id: "19".to_owned(),
                before: InvoiceRow { invoice_date: "2023-03-01".parse().ok(), ..<_>::default() },
                after: InvoiceRow { line: 2, ..<_>::default() },
            }],
            ..ReusedIdentifiers::default()
        };
        for reason in [
            HoldReason::ManyInactive { active_before: 3 },
            HoldReason::ReusedIdentifiers { reused_identifiers },
        ] {
            let json = serde_json::to_value(&reason).unwrap();
            assert_eq!(json["holdReason"], reason.code());
            assert_eq!(serde_json::from_value::<HoldReason>(json).unwrap(), reason);
            // Of transactions these columns are plain to everybody; the tables of `personal` decide.
            assert_eq!(reason.clone().masked(Visibility::Masked), reason);
        }
    }
}
