//! Who asks: the access token of this run.

pub mod token;
