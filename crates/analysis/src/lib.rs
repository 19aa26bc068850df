//! The ledgers of a unit: what uploads become, and what will be looked for in them.
//!
//! Not for: the meaning of bytes (`extract`), jobs and uploads' states (`server`, `store`). The only crate
//! of the workspace that knows Delta Lake, and where the query engine goes.
//!
//! Invariant: a ledger changes by one commit or not at all. What was written before a commit is invisible,
//! and writing it once more writes the same names; so an interrupted reading can be repeated.

mod browse;
mod checker;
mod checks;
mod checks_page;
mod engine;
mod error;
mod export;
mod findings_parquet;
mod function_table;
mod identity;
mod in_order;
mod ledger;
mod ledgers;
pub mod limits;
mod log_cache;
mod odd_replacements;
mod opened_ledgers;
mod other_invoices;
mod other_payments;
mod own_statement;
mod part;
mod payment_check;
mod posting;
mod reading;
mod registers;
mod replace;
mod row_traits;
mod rows;
mod run;
mod schema;
mod screening;
mod snapshot;
mod staging;
mod statement;
mod supplier_lookup;
mod threads;
mod upkeep;

pub use browse::{Browser, remove_kept_lists};
pub use checker::{Checker, check_batches};
pub use checks::{Check, CheckDefinition, Method, Parameter};
pub use checks_page::checks_page;
pub use engine::{Cluster, Engine, EngineLimits, LEDGERS_URL, check_functions};
pub use error::{Error, SchemaMismatch};
pub use export::{export_csv, export_parquet};
pub use findings_parquet::findings_parquet;
pub use function_table::functions_page;
pub use ledger::{Ledger, Version};
pub use ledgers::{LedgerSummary, Ledgers};
pub use payment_check::HeldPayments;
pub use reading::{PreparedChange, ReadRequest, ReadingOutcome};
pub use registers::{RegisterFault, Registers};
pub use rows::Rows;
pub use run::RunSettings;
pub use schema::{
    ACTIVE_COLUMN, ENDED_COLUMN, SINCE_COLUMN, UPLOAD_COLUMN, VERSION_COLUMN, table_schema,
};
pub use screening::Screener;
pub use statement::{StatementFault, StatementFormat, StatementRecords};
pub use threads::ThreadPriority;
pub use upkeep::{JoinedParts, Retention, TidyReport};
