//! Rows that would take the place of the same invoice paid on another day: supplier and amount are those of
//! the earlier row with their Unique ID, and both have a day of payment.
//!
//! A later state of an invoice may be paid where the earlier was not, but not on another day: either the day
//! was corrected, or the ERP paid one document twice and the ledger keeps the last payment only.
//!
//! Not for: which rows are replaced (`replace`). Invariant: of the earlier rows no more than
//! [`OTHER_PAYMENTS_LISTED_MAX`] are held.

use std::collections::HashMap;

use arrow_array::StringArray;
use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Int64Type};
use extract::LINE_COLUMN;
use jiff::civil::Date;

use crate::error::Error;
use crate::identity::Identity;
use crate::limits::OTHER_PAYMENTS_LISTED_MAX;
use crate::other_invoices::{day, identifier};
use crate::part::{Part, PartStore};

const COLUMNS: [&str; 3] = ["unique_id", "paid_date", LINE_COLUMN];

/// Earlier rows of which a file has another payment.
#[derive(Debug, Default)]
pub(crate) struct OtherPayments {
    pub(crate) rows: u64,
    /// The first of them, with the days since 1970 on which they were paid.
    listed: Vec<(Identity, i32)>,
}

/// A row of a file that pays an earlier row on another day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OtherPayment {
    pub(crate) line: u64,
    pub(crate) unique_id: String,
    pub(crate) before: Date,
    pub(crate) after: Date,
}

impl OtherPayments {
    /// Adds an earlier row that was paid on that day, in days since 1970.
    pub(crate) fn add(&mut self, identity: Identity, paid: i32) {
        self.rows += 1;
        if self.listed.len() < OTHER_PAYMENTS_LISTED_MAX {
            self.listed.push((identity, paid));
        }
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.rows += other.rows;
        self.listed.extend(other.listed);
        self.listed.truncate(OTHER_PAYMENTS_LISTED_MAX);
    }

    /// The rows of the file that take the place of those that are listed, in its order.
    /// `staged` are the parts the file became.
    pub(crate) fn payments(
        self,
        store: &PartStore,
        staged: &[Part],
    ) -> Result<Vec<OtherPayment>, Error> {
        let before: HashMap<Identity, i32> = self.listed.into_iter().collect();
        let mut found = Vec::new();
        for part in staged.iter().filter(|_| !before.is_empty()) {
            for batch in store.open(part)?.rows(Some(&COLUMNS))? {
                let batch = batch?;
                let schema = batch.schema();
                let column = |name: &str| Ok::<_, Error>(batch.column(schema.index_of(name)?));
                let ids: &StringArray = column(COLUMNS[0])?.as_string();
                let paid = column(COLUMNS[1])?.as_primitive::<Date32Type>();
                let lines = column(COLUMNS[2])?.as_primitive::<Int64Type>();
                let mut identities = Vec::with_capacity(batch.num_rows());
                identifier(&batch)?.of_rows(&batch, &mut identities);
                for (row, identity) in identities.into_iter().enumerate() {
                    let Some(earlier) = before.get(&identity) else { continue };
                    if paid.value(row) != *earlier {
                        found.push(OtherPayment {
                            line: u64::try_from(lines.value(row)).map_err(Error::storage)?,
                            unique_id: ids.value(row).to_owned(),
                            before: day(*earlier)?,
                            after: day(paid.value(row))?,
                        });
                    }
                }
            }
        }
        found.sort_by_key(|payment| payment.line);
        Ok(found)
    }
}
