//! The bar that shows how far a file is: bytes, rate, time left; on standard error, and only for a
//! person who looks. Of several files at once each has its own, one below the other.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::foreign_text::visible;
use super::output::Output;

const TEMPLATE: &str = "  {prefix}{decimal_bytes:>10} of {decimal_total_bytes}  {bar:30}  {percent:>3}%  {decimal_bytes_per_sec}  {eta}";

/// The length of a file's name: with bytes, bar and time it fits on a line of a terminal.
const NAME_CHARS_MAX: usize = 32;

const WAITING_TEMPLATE: &str = "  {spinner}  {msg}  {elapsed}";

/// A bar, or nothing that is seen.
#[derive(Debug, Clone)]
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar for so many bytes, where the output shows one.
    pub fn new(total_bytes: u64, output: &Output) -> Self {
        if output.shows_progress() { Self::shown(total_bytes, output) } else { Self::hidden() }
    }

    /// Puts a name before the bar.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        self.0.set_prefix(format!("{}  ", visible(name, NAME_CHARS_MAX)));
        self
    }

    pub fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    fn shown(total_bytes: u64, output: &Output) -> Self {
        let style = ProgressStyle::with_template(TEMPLATE).expect("the template is one");
        // Hidden until it has its place among the others.
        let bar = ProgressBar::with_draw_target(Some(total_bytes), ProgressDrawTarget::hidden());
        let bar = output.bars().add(bar);
        bar.set_style(style.progress_chars("━╸─"));
        Self(bar)
    }

    pub fn advance(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    /// Begins the bar again for so many bytes.
    pub fn begin_anew(&self, total_bytes: u64) {
        self.0.set_length(total_bytes);
        self.restart();
    }

    /// Moves the bar to another place in the file.
    pub fn go_to(&self, position: u64) {
        self.0.set_position(position);
    }

    /// Begins the bar again for another try.
    pub fn restart(&self) {
        self.0.set_position(0);
        self.0.reset_elapsed();
        self.0.reset_eta();
    }

    /// Takes the bar away so that lines can be written.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// A line that changes while a server works; nothing that is seen when nobody looks.
#[derive(Debug)]
pub struct Spinner(ProgressBar);

impl Spinner {
    /// A line, where the output shows one.
    pub fn new(output: &Output) -> Self {
        if !output.shows_progress() {
            return Self(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template(WAITING_TEMPLATE).expect("the template is one");
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Self(output.bars().add(bar).with_style(style))
    }

    pub fn set_text(&self, text: String) {
        self.0.set_message(text);
        self.0.tick();
    }
}

/// Takes the line away so that others can be written.
impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_well_formed() {
        for template in [TEMPLATE, WAITING_TEMPLATE] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}
