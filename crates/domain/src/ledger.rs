//! Which ledger: a file type of a unit of a customer.

use std::fmt;

use crate::file_type::FileType;
use crate::short_name::{CustomerName, UnitName};

/// One of a unit's tables: transactions, suppliers, employees, unposted invoices, payments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LedgerName {
    pub customer: CustomerName,
    pub unit: UnitName,
    pub file_type: FileType,
}

impl LedgerName {
    /// The table's own name: what SQL, folders and other programs know it by.
    pub const fn table(&self) -> &'static str {
        self.file_type.spec().table
    }
}

/// `customer/unit/table`, its place in a store.
impl fmt::Display for LedgerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.customer, self.unit, self.table())
    }
}
