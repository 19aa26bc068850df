//! The pages over HTTP, as a browser without script uses them.

mod ledgers;
mod overview;
mod sign_in;
mod strangers;
mod uploads;
