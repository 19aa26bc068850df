//! How far a query was proved without running it.

/// The degree to which a query was proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The database knows its tables and columns, and this user may read them.
    Prepared,
    /// The database lets this user in; such a query it cannot describe before it runs.
    Connected,
}
