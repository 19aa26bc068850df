//! Where a job's file comes from when it does not lie in a folder: a command, or a query of a database.

pub mod command;
pub mod query;
