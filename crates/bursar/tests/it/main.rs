//! The program as a person or a script meets it: the real binary against a TLS server that answers
//! what the case says, also what no honest server would.
//!
//! Invariant: every run is searched for the token; see `program`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

mod answers;
mod bursard;
mod certificates;
mod certs;
mod check;
mod counting;
#[cfg(target_os = "linux")]
mod crashes;
#[cfg(unix)]
mod curl;
#[cfg(unix)]
mod database;
mod desk;
mod doctor;
mod examples;
mod findings;
mod folder;
mod following;
mod jobs;
mod misbehaviour;
#[cfg(all(unix, feature = "odbc"))]
mod odbc;
mod outbox;
mod outcomes;
mod program;
#[cfg(unix)]
mod queries;
mod refusals;
mod retries;
mod server;
mod sources;
mod sqlserver;
mod tds;
mod tokens;
mod uploads;
