//! What a person reads: progress on standard output, the reason of a failure on standard error.
//!
//! Not for: deciding what to say. Invariant: nothing else in this program prints.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one module of this program that prints"
)]

pub(crate) fn say(text: &str) {
    println!("{text}");
}

pub(crate) fn complain(text: &str) {
    eprintln!("{text}");
}
