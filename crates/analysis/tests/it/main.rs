//! Ledgers on a real disk, read back by Parquet's and Delta Lake's own readers.

mod interrupted;
mod same_rows;
mod site;
mod snapshots;
mod transactions;
mod upkeep;
mod versions;
