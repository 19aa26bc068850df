//! A file before it is sent: where it comes from when it lies in no folder (a command, a query of a
//! database), and what reading it as a server would comes to.

pub mod command;
pub mod examination;
pub mod query;
