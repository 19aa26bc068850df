//! The pages over HTTP, as a browser without script uses them.

mod findings;
mod sign_in;
mod strangers;
mod uploads;
