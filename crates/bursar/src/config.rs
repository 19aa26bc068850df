//! What is set before a command runs: by flags, the environment and `bursar.toml`.
//!
//! Not for: flags of one command alone (`args`).

pub mod job;
pub mod mapping_file;
pub mod profile;
pub mod schedule;
pub mod settings;
