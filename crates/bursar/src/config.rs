//! What is set before a command runs: by flags, the environment and `bursar.toml`.
//!
//! Not for: flags of one command alone (`args`).

pub mod job;
pub mod mapping_file;
pub mod naming;
pub mod profile;
pub mod reading;
pub mod schedule;
pub mod service_section;
pub mod settings;
pub mod wait_time;
