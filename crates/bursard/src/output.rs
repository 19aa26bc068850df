//! What the commands say: data on standard output, talk on standard error.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the one place that prints")]

use std::io::{self, Write as _};

/// Who did what a command does, as the audit log names them.
pub(crate) const OPERATOR: &str = "operator";

/// A line of data: what a script would read.
pub(crate) fn line(text: impl std::fmt::Display) {
    // A reader that has gone away (`| head`) is no failure.
    drop(writeln!(io::stdout(), "{text}"));
}

/// `made  signing key   k1`: a fact in three columns.
pub(crate) fn fact(verb: &str, noun: &str, value: impl std::fmt::Display) {
    line(format_args!("{verb:<5} {noun:<13} {value}"));
}

/// Something said beside the data.
pub(crate) fn note(text: impl std::fmt::Display) {
    eprintln!("{text}");
}

pub(crate) fn json(value: &impl serde::Serialize) {
    if let Ok(text) = serde_json::to_string_pretty(value) {
        println!("{text}");
    }
}

/// What went wrong and why, one cause a line.
pub(crate) fn failure(error: &anyhow::Error) {
    eprintln!("bursard: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because {cause}");
    }
}
