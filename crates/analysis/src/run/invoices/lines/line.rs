//! One line of a document, where it stands and over what.

/// A row, or all rows of one Unique ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::run::invoices) struct Line {
    pub(in crate::run::invoices) at: u32,
    /// Base amount and invoice amount, in ten-thousandths.
    pub(in crate::run::invoices) amount: i64,
    pub(in crate::run::invoices) stated: i64,
    /// By rank, the earliest first.
    pub(in crate::run::invoices) upload: u32,
}

impl Line {
    /// Both amounts: two lines of a document with the same are equal.
    pub(in crate::run::invoices) const fn money(&self) -> (i64, i64) {
        (self.amount, self.stated)
    }
}
