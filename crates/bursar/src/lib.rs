//! Bursar's uploader: sends extracts to a Bursar server or to the vendor's service, retries what is
//! temporary, and explains every answer.
//!
//! Not for: how extracts are read (`extract`), or anything a server does.
//!
//! Invariants: the token goes to one host over TLS and is never printed; nothing in a request depends
//! on what only our server offers; memory does not grow with the file.

pub mod args;
pub mod auth;
pub mod commands;
pub mod config;
pub mod explain;
pub mod inputs;
pub mod journal;
pub mod net;
pub mod report;
pub mod source;
pub mod system;
pub mod transfer;
