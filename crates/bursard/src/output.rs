//! What the commands say: data on standard output, talk on standard error.
//!
//! Invariant: once a server writes its log as JSON, every line it says is a JSON object with the same
//! members: its log and its output may go to one place.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the one place that prints")]

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::cli::LogFormat;
use crate::system;

/// The form of what this process says; commands that are no server leave it.
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// Writes facts, events and failures so from now on.
pub(crate) fn use_format(format: LogFormat) {
    IS_JSON.store(format == LogFormat::Json, Ordering::Relaxed);
}

pub(crate) fn is_json() -> bool {
    IS_JSON.load(Ordering::Relaxed)
}

/// A line of data: what a script would read.
pub(crate) fn line(text: impl std::fmt::Display) {
    // A reader that has gone away (`| head`) is no failure.
    drop(writeln!(io::stdout(), "{text}"));
}

/// Prints a table of columns, each with its title and its width in characters; that of the last is 0.
pub(crate) fn table<const COLUMNS: usize>(
    columns: [(&str, usize); COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) {
    let print = |cells: [String; COLUMNS]| {
        let padded = cells.iter().zip(columns).map(|(cell, (_, width))| format!("{cell:<width$}"));
        line(padded.collect::<Vec<_>>().join("  "));
    };
    print(columns.map(|(title, _)| title.to_owned()));
    rows.into_iter().for_each(print);
}

/// A day such as `3 Dec 2026`.
pub(crate) fn day(time: Timestamp) -> String {
    time.strftime("%-d %b %Y").to_string()
}

/// A minute such as `3 Dec 2026 09:30`, in UTC without saying so.
pub(crate) fn minute(time: Timestamp) -> String {
    time.strftime("%-d %b %Y %H:%M").to_string()
}

/// A minute such as `3 Dec 2026 09:30 UTC`.
pub(crate) fn minute_in_utc(time: Timestamp) -> String {
    time.strftime("%-d %b %Y %H:%M UTC").to_string()
}

/// `made  signing key   k1`: a fact in three columns.
pub(crate) fn fact(verb: &str, noun: &str, value: impl std::fmt::Display) {
    if is_json() {
        event(&format!("{verb} {noun}"), &[("value", &value.to_string())]);
    } else {
        line(format_args!("{verb:<5} {noun:<13} {value}"));
    }
}

/// Something a server says of itself, for a program that reads its log.
pub(crate) fn event(message: &str, members: &[(&str, &str)]) {
    let mut fields = Map::from_iter([("message".to_owned(), message.into())]);
    fields.extend(members.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())));
    line(json_line("INFO", env!("CARGO_PKG_NAME"), fields));
}

/// A line of output in the form of the log: `fields` beside those that every line has.
pub(crate) fn json_line(level: &str, target: &str, mut fields: Map<String, Value>) -> Value {
    fields.insert("timestamp".to_owned(), system::now().to_string().into());
    fields.insert("level".to_owned(), level.into());
    fields.insert("target".to_owned(), target.into());
    Value::Object(fields)
}

/// Something said beside the data.
pub(crate) fn note(text: impl std::fmt::Display) {
    eprintln!("{text}");
}

/// Writes over the line of the terminal that says what is being done; nothing where nobody looks.
pub(crate) fn status(text: &str) {
    if io::stderr().is_terminal() {
        // Whoever has gone away reads no status.
        drop(write!(io::stderr(), "\r\x1b[K{text}"));
    }
}

pub(crate) fn json(value: &impl serde::Serialize) {
    println!("{}", serde_json::to_string_pretty(value).expect("it is texts and numbers"));
}

/// Prints an error and its causes, one a line; in JSON as the log names an error and its causes.
pub(crate) fn failure(error: &anyhow::Error) {
    let causes = error.chain().skip(1).map(ToString::to_string);
    if is_json() {
        let fields = Map::from_iter([
            ("message".to_owned(), "bursard could not go on".into()),
            ("error".to_owned(), error.to_string().into()),
            ("error.sources".to_owned(), causes.collect::<Vec<_>>().into()),
        ]);
        eprintln!("{}", json_line("ERROR", env!("CARGO_PKG_NAME"), fields));
        return;
    }
    eprintln!("bursard: {error}");
    for cause in causes {
        eprintln!("  because {cause}");
    }
}
