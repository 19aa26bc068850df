//! Credits of suppliers' statements that the ledger never took.
//!
//! Not for: finding them (`analysis`), or which statements are the last word of their suppliers (the store).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::StatementLine;
use crate::id::StatementId;

/// The lines of a statement that is kept, to be held against the ledgers anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentStatement {
    pub id: StatementId,
    pub file_name: String,
    /// The Supplier Ref.
    pub supplier: String,
    pub lines: Vec<StatementLine>,
}

/// A credit note of a statement that nothing in the ledgers belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementCredit {
    pub statement_id: StatementId,
    pub file_name: String,
    /// The Supplier Ref.
    pub supplier: String,
    /// The credit note as the statement has it, its amount below zero.
    pub credit: StatementLine,
}

impl StatementCredit {
    /// The words by which it is known on whatever statement of its supplier it stands: supplier, number and
    /// amount, and the day where it has no number.
    pub fn known_by(&self) -> String {
        let of = |text: &str| -> String {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
        };
        let number = of(&self.credit.number);
        let day = self.credit.date.filter(|_| number.is_empty()).map(|day| day.to_string());
        let supplier = self.supplier.trim().to_uppercase();
        format!("{supplier}\n{number}\n{}\n{}", day.unwrap_or_default(), self.credit.amount)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::amount::Amount;

    #[test]
    fn a_credit_is_one_on_every_statement_it_stands_on() {
        let credit = |file_name: &str, line, number: &str, day| StatementCredit {
            statement_id: "stm_01k00000000000000000000000".parse().unwrap(),
            file_name: file_name.to_owned(),
            supplier: " s1".to_owned(),
            credit: StatementLine {
                line,
                number: number.to_owned(),
                date: Some(date(2026, 3, day)),
                amount: Amount::from_ten_thousandths(-500_000),
                currency: None,
                kind: "Credit".to_owned(),
            },
        };
        let first = credit("march.csv", 7, "CN-12", 1).known_by();
        assert_eq!(first, credit("april.pdf", 9, "cn 12", 2).known_by());
        assert_ne!(first, credit("march.csv", 7, "CN-13", 1).known_by());
        assert_ne!(credit("a", 1, "", 1).known_by(), credit("a", 1, "-", 2).known_by());
    }
}
