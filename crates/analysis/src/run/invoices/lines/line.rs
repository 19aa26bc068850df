//! One line of a document, where it stands and over what.

/// A row, or all rows of one Unique ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) at: u32,
    /// Base amount and invoice amount, in ten-thousandths.
    pub(super) amount: i64,
    pub(super) stated: i64,
    /// By rank, the earliest first.
    pub(super) upload: u32,
}

impl Line {
    /// Both amounts: two lines of a document with the same are equal.
    pub(super) const fn money(&self) -> (i64, i64) {
        (self.amount, self.stated)
    }
}
