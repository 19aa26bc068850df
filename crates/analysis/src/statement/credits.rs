//! The credits of statements that are kept, held against the ledgers as they are now.
//!
//! Not for: findings about them (`run`).

use std::collections::{BTreeMap, BTreeSet};

use domain::FileType;
use domain::finding::CheckedUnit;
use domain::statement::{SentStatement, StatementCredit};
use tokio::task::spawn_blocking;

use super::matching::matched;
use super::open_items::{OpenItem, add_open_items, supplier_key};
use super::outcome::credits_not_taken;
use crate::checker::Checker;
use crate::error::Error;

impl Checker {
    /// The credits of statements to which nothing in the newest versions of a unit's ledgers belongs, by the
    /// evidence that a reconciliation goes by; in the order of the statements. The ledgers are read once.
    pub async fn credits_not_taken(
        &self,
        of: &CheckedUnit,
        statements: Vec<SentStatement>,
    ) -> Result<Vec<StatementCredit>, Error> {
        if statements.is_empty() {
            return Ok(Vec::new());
        }
        let mut ledgers = Vec::new();
        for file_type in [FileType::Transactions, FileType::UnpostedInvoices] {
            ledgers.extend(self.ledgers().open_of_unit(of, file_type).await?);
        }
        spawn_blocking(move || {
            let suppliers: BTreeSet<String> =
                statements.iter().map(|one| supplier_key(&one.supplier)).collect();
            let mut items: BTreeMap<String, Vec<OpenItem>> = BTreeMap::new();
            for (_, ledger) in &ledgers {
                add_open_items(ledger, &suppliers, &mut items)?;
            }
            let mut credits = Vec::new();
            for SentStatement { id, file_name, supplier, lines } in statements {
                let items = items.get(&supplier_key(&supplier)).cloned().unwrap_or_default();
                let untaken = credits_not_taken(&matched(lines, items));
                credits.extend(untaken.into_iter().map(|credit| StatementCredit {
                    statement_id: id,
                    file_name: file_name.clone(),
                    supplier: supplier.clone(),
                    credit,
                }));
            }
            Ok(credits)
        })
        .await?
    }
}
