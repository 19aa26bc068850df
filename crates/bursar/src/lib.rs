//! Bursar's uploader: sends extracts to a Bursar server or to the vendor's service, retries what is
//! temporary, and explains every answer.
//!
//! Not for: how extracts are read (`extract`), or anything a server does.
//!
//! Invariants: the token goes to one host over TLS and is never printed; nothing in a request depends
//! on what only our server offers; memory does not grow with the file.

pub mod answer;
pub mod attempt;
pub mod certs;
pub mod check;
pub mod cli;
pub mod command;
pub mod delivery;
pub mod doctor;
pub mod exit_code;
pub mod explain;
pub mod failure;
pub mod findings;
pub mod job;
pub mod journal;
pub mod link;
pub mod machine;
pub mod numbers;
pub mod outbox;
pub mod output;
pub mod plan;
pub mod problem_line;
pub mod profile;
pub mod progress;
pub mod query;
pub mod retry;
pub mod run;
pub mod schedule;
pub mod send;
pub mod service;
pub mod settings;
pub mod source;
pub mod target;
pub mod tls;
pub mod token;
pub mod uploads;
