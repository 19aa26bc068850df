//! A file before it is sent: where it comes from when it lies in no folder (a command, a query of a
//! database), what reading it as a server would comes to, and invoices that are asked about.

pub mod command;
pub mod examination;
pub mod query;
pub mod screened_invoices;
