//! Ledgers on a real disk, read back by Parquet's and Delta Lake's own readers.

#![expect(clippy::unwrap_used, reason = "a test that meets something unexpected has failed")]

mod across;
mod again;
mod altered;
mod browse;
mod calibration;
mod cases;
mod counting_store;
mod growth;
mod interrupted;
mod kept_ledgers;
mod lines;
mod log_reads;
mod own_checks;
mod payees;
mod payment_runs;
mod payment_sums;
mod payments;
mod same_rows;
mod screening;
mod sentences;
mod site;
mod snapshots;
mod statement_credits;
mod statements;
mod transactions;
mod unposted;
mod upkeep;
mod versions;
