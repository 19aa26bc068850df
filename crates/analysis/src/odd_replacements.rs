//! Transactions in whose place a row comes that is no plain later state of them: another invoice, or the same
//! one paid on another day.
//!
//! Not for: which rows are replaced (`replace`), or what follows from how many they are (`reading`).
//!
//! Invariant: a row counts as one of the two at most.

use arrow_array::RecordBatch;

use crate::error::Error;
use crate::other_invoices::{OtherInvoices, identifier};
use crate::other_payments::OtherPayments;
use crate::row_traits::{RowTraits, TraitColumns};

/// Earlier rows of which the file has another invoice, or another payment.
#[derive(Debug, Default)]
pub(crate) struct OddReplacements {
    pub(crate) other_invoices: OtherInvoices,
    pub(crate) other_payments: OtherPayments,
}

impl OddReplacements {
    /// Holds the rows of a batch that are replaced against those of the file.
    pub(crate) fn judge(
        &mut self,
        batch: &RecordBatch,
        is_replaced: &[bool],
        new: &RowTraits,
    ) -> Result<(), Error> {
        let columns = TraitColumns::new(batch)?;
        let mut identities = Vec::with_capacity(batch.num_rows());
        identifier(batch)?.of_rows(batch, &mut identities);
        let replaced = identities.into_iter().enumerate().filter(|(row, _)| is_replaced[*row]);
        for (row, identity) in replaced {
            let traits = columns.of(row);
            if !new.has_state_of(identity, traits) {
                self.other_invoices.add(identity, (batch, row), traits)?;
            } else if new.pays_again(identity, traits) {
                self.other_payments.add(identity, columns.paid_day(row));
            }
        }
        Ok(())
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.other_invoices.append(other.other_invoices);
        self.other_payments.append(other.other_payments);
    }
}

#[cfg(test)]
mod tests;
