//! Transactions with the Unique ID of a row of the file that is no plain later state of them: another
//! invoice, or the same one paid on another day.
//!
//! Another invoice without a number beside its Unique ID stays beside the new one: a list of payments that is
//! numbered anew each month has nothing else by which its rows could be told apart. With a number of its own
//! the Unique ID is an ERP's, and a mapping that builds it of several columns is what is wanted.
//!
//! Not for: how rows are replaced (`replace`), or what follows from how many they are (`reading`).
//!
//! Invariant: a row counts as one of the three at most.

use arrow_array::RecordBatch;

use crate::error::Error;
use crate::other_invoices::{OtherInvoices, identifier};
use crate::other_payments::OtherPayments;
use crate::row_traits::{RowTraits, TraitColumns};

/// Earlier rows of which the file has another invoice, or another payment.
#[derive(Debug, Default)]
pub(crate) struct OddReplacements {
    /// Replaced.
    pub(crate) other_invoices: OtherInvoices,
    /// Not replaced.
    pub(crate) kept_invoices: OtherInvoices,
    pub(crate) other_payments: OtherPayments,
}

impl OddReplacements {
    /// Holds the rows of a batch that would be replaced against those of the file, and returns the places of
    /// those that stay.
    pub(crate) fn judge(
        &mut self,
        batch: &RecordBatch,
        is_replaced: &[bool],
        new: &RowTraits,
    ) -> Result<Vec<usize>, Error> {
        let mut kept = Vec::new();
        let columns = TraitColumns::new(batch)?;
        let mut identities = Vec::with_capacity(batch.num_rows());
        identifier(batch)?.of_rows(batch, &mut identities);
        let replaced = identities.into_iter().enumerate().filter(|(row, _)| is_replaced[*row]);
        for (row, identity) in replaced {
            let traits = columns.of(row);
            if !new.has_state_of(identity, traits) {
                if traits.has_own_number() {
                    self.other_invoices.add(identity, (batch, row))?;
                } else {
                    self.kept_invoices.add(identity, (batch, row))?;
                    kept.push(row);
                }
            } else if new.pays_again(identity, traits) {
                self.other_payments.add(identity, columns.paid_day(row));
            }
        }
        Ok(kept)
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.other_invoices.append(other.other_invoices);
        self.kept_invoices.append(other.kept_invoices);
        self.other_payments.append(other.other_payments);
    }
}

#[cfg(test)]
mod tests;
