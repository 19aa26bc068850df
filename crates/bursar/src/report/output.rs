//! All that the program writes: data on standard output, talk on standard error.
//!
//! Invariant: a closed pipe ends nothing with a panic, and `--quiet` silences talk but never a failure.

use std::io::{self, Write as _};
use std::panic::Location;
use std::sync::Arc;

use indicatif::{MultiProgress, ProgressDrawTarget};
use jiff::Timestamp;
use serde_json::Value;

use crate::report::failure::Failure;

mod log;

pub use log::LogPlan;

use log::Log;

/// The amount that is said, and to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputMode {
    /// Lines for a person.
    Human,
    /// Failures only.
    Quiet,
    /// One JSON object per result on standard output; failures also in words.
    Json,
}

/// The kind of standard error: a terminal, at which a person looks, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terminal {
    Watched,
    Unwatched,
}

/// The two standard streams, or a log instead of standard error, and how much is said.
#[derive(Debug, Clone)]
pub struct Output {
    mode: OutputMode,
    terminal: Terminal,
    log: Option<Arc<Log>>,
    /// Set when failures and summaries that go to the log are also shown: somebody waits for the end.
    echoes_log: bool,
    /// The bars that move while it works, below all that is written.
    bars: MultiProgress,
}

impl Output {
    pub fn new(mode: OutputMode, terminal: Terminal) -> Self {
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        Self { mode, terminal, log: None, echoes_log: false, bars }
    }

    /// Sends talk and failures to a file from now on.
    pub fn with_log(mut self, plan: &LogPlan, now: fn() -> Timestamp) -> Result<Self, Failure> {
        self.log = Some(Arc::new(Log::open(plan, now)?));
        Ok(self)
    }

    /// Shows failures and the summary also beside a log: a person or cron waits for the end.
    #[must_use]
    pub fn with_echo(mut self) -> Self {
        self.echoes_log = true;
        self
    }

    /// Returns `true` when a progress bar is wanted: a person looks, and did not ask for silence. Results
    /// for a program go to standard output and bars to the terminal.
    pub fn shows_progress(&self) -> bool {
        self.mode != OutputMode::Quiet && self.terminal == Terminal::Watched
    }

    /// The place of progress bars.
    pub fn bars(&self) -> &MultiProgress {
        &self.bars
    }

    pub fn is_json(&self) -> bool {
        self.mode == OutputMode::Json
    }

    /// Says something that a person may like to know.
    pub fn note(&self, text: &str) {
        if self.mode == OutputMode::Human {
            self.write_line(text);
        }
    }

    /// Says something that a person should know even when a script runs the program.
    pub fn warn(&self, text: &str) {
        self.write_and_echo(&format!("warning: {text}"));
    }

    /// Says what happened on the first line, what to do on the second.
    pub fn failure(&self, subject: &str, failure: &Failure) {
        self.write_and_echo(&format!("{subject}: {}\n  {}", failure.what, failure.next));
    }

    /// Says what all of it came to, for whoever waited.
    pub fn summary(&self, text: &str) {
        if self.mode == OutputMode::Human {
            self.write_and_echo(text);
        }
    }

    /// Prints a result in words; nothing with `--json`, where [`Output::json`] gives it.
    pub fn result(&self, text: &str) {
        match (&self.log, self.mode) {
            (Some(log), OutputMode::Human) => log.write(text),
            (None, OutputMode::Human) => self.above_bars(|| to_stdout(text)),
            _ => {}
        }
    }

    pub fn json(&self, value: &Value) {
        if self.mode == OutputMode::Json {
            self.above_bars(|| to_stdout(&value.to_string()));
        }
    }

    fn write_and_echo(&self, text: &str) {
        self.write_line(text);
        if self.log.is_some() && self.echoes_log {
            self.above_bars(|| to_stderr(text));
        }
    }

    fn write_line(&self, text: &str) {
        match &self.log {
            Some(log) => log.write(text),
            None => self.above_bars(|| to_stderr(text)),
        }
    }

    /// Writes where bars stand, and puts them below it again.
    fn above_bars(&self, write: impl FnOnce()) {
        self.bars.suspend(write);
    }

    /// Prints what the command was asked for, whatever the mode.
    pub fn print(&self, text: &str) {
        self.above_bars(|| to_stdout(text.trim_end_matches('\n')));
    }
}

/// Says a fault of the program itself, by its place in the source alone.
pub fn report_panic(place: Option<&Location<'_>>) {
    let place = place.map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    to_stderr(&format!(
        "bursar {} met a fault of its own at {place}\n  What was not received stays in the outbox, and the \
         next run sends it. If it comes again, report this line: it holds nothing of your data.",
        env!("CARGO_PKG_VERSION")
    ));
}

fn to_stdout(text: &str) {
    // Whoever reads may have gone; the exit code still tells.
    writeln!(io::stdout().lock(), "{text}").unwrap_or_else(|_reader_is_gone| ());
}

fn to_stderr(text: &str) {
    // There is nowhere else to say it.
    writeln!(io::stderr().lock(), "{text}").unwrap_or_else(|_reader_is_gone| ());
}
