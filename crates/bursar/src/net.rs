//! One request to one server, and what comes back.
//!
//! Not for: trying again (`transfer`), or words for people (`explain`).

pub mod answer;
pub mod interception;
pub mod link;
pub mod target;
pub mod tls;
