//! What people look at of a ledger: some of its rows, found, ordered and paged; and one supplier over time.
//!
//! Not for: keeping rows (`analysis`). Invariant: an order names a column that can be shown.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::amount::{Amount, Money};
use crate::file_type::FileType;
use crate::finding::CheckedUnit;
use crate::page::PageSize;

/// The rows asked for, in which order, and how many of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RowsRequest {
    pub of: CheckedUnit,
    pub file_type: FileType,
    pub filter: RowsFilter,
    pub order: RowsOrder,
    /// Rows passed over: pages before this one.
    pub skip: u32,
    pub size: PageSize,
}

/// The conditions a row must meet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct RowsFilter {
    /// Just the row of this Unique ID, Supplier Ref or Employee ID; of parties, each variation of it.
    pub id: Option<String>,
    /// Occurs in an id, a number, a name or a description, whatever the case; of transactions it may be an
    /// amount as well, as a person types one.
    pub text: Option<String>,
    pub supplier: Option<String>,
    /// Transactions: days of the invoice, both included.
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// Suppliers and employees: only those of the last snapshot. Unposted invoices: only those that are open.
    pub is_active_only: bool,
}

/// By which column, and whether the greatest comes first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RowsOrder {
    column: &'static str,
    pub is_descending: bool,
}

/// Some rows of one version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowsPage {
    pub rows: Vec<LedgerRow>,
    /// All that the filter lets through.
    pub total: u64,
    pub version: u64,
    /// Suppliers as invoices name them: nobody has sent a list of suppliers.
    pub are_of_invoices: bool,
    /// Suppliers: what each of these billed and was paid, by its reference; empty where no invoice names
    /// one, or nobody has looked yet.
    pub supplier_totals: BTreeMap<String, SupplierTotal>,
}

/// All that a supplier billed in a ledger, and when it was paid last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SupplierTotal {
    /// None of what is in several currencies.
    pub billed: Option<Money>,
    pub last_paid: Option<Date>,
}

/// One row, as text by column; absent where the ledger has nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// Unique ID, Supplier Ref or Employee ID.
    pub id: String,
    /// Suppliers and employees: whether it was in the last snapshot.
    pub is_active: Option<bool>,
    pub fields: BTreeMap<String, String>,
}

/// One supplier over time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SupplierHistory {
    pub reference: String,
    /// Newest first: each bank account and site it has had.
    pub variations: Vec<Variation>,
    /// Months in which it billed, in order.
    pub months: Vec<BilledMonth>,
    /// Days on which it billed, in order.
    pub billed: Vec<DaySum>,
    /// Days on which it was paid, in order; none where the ledger names none.
    pub paid: Vec<DaySum>,
    /// The last of those days.
    pub last_paid: Option<Date>,
    /// The last day on which anybody billed or was paid.
    pub newest_day: Option<Date>,
    /// Of the amounts, where the ledger names one.
    pub currency: Option<String>,
}

/// A supplier as one or more snapshots said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variation {
    pub is_active: bool,
    /// When the snapshot was read in which it was first there, and in which no more; none before what the
    /// log of the ledger still knows.
    pub since: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    pub fields: BTreeMap<String, String>,
}

/// The sum billed in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BilledMonth {
    /// Its first day.
    pub month: Date,
    pub invoices: u64,
    pub billed: Amount,
}

/// The sum of a day: billed, or paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySum {
    pub day: Date,
    /// An invoice of several rows is one.
    pub invoices: u64,
    pub amount: Amount,
}

impl RowsFilter {
    /// The amount that the text is too, without its sign: credits are looked for by it as well.
    pub fn amount(&self) -> Option<Amount> {
        let amount = Amount::from_typed(self.text.as_deref()?).ok()?;
        Some(Amount::from_ten_thousandths(amount.ten_thousandths().saturating_abs()))
    }
}

impl RowsOrder {
    /// The order by a column; none for one that lists are not ordered by.
    #[expect(clippy::fn_params_excessive_bools, reason = "it is the field of that name")]
    pub fn by(file_type: FileType, column: &str, is_descending: bool) -> Option<Self> {
        let column = file_type.spec().orders().find(|known| *known == column)?;
        Some(Self { column, is_descending })
    }

    /// Transactions newest first, parties by name.
    pub fn usual(file_type: FileType) -> Self {
        let column = file_type.spec().orders().next().expect("every list is ordered by something");
        Self { column, is_descending: !file_type.is_snapshot() }
    }

    pub const fn column(&self) -> &'static str {
        self.column
    }
}
