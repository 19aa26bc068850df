//! What is being done, on a line of the terminal.

use server::tryout::{TryoutListener, TryoutProgress};

use crate::output;

/// The line that is written over and over.
#[derive(Debug)]
pub(super) struct StatusLine;

impl TryoutListener for StatusLine {
    fn at(&self, progress: TryoutProgress<'_>) {
        match progress {
            TryoutProgress::Reading { number, of, name } => {
                output::status(&format!("reading  file {number} of {of}  {name}"));
            }
            TryoutProgress::Checking { done, what } => {
                output::status(&format!("checking  {:.0} %  {what}", done * 100.0));
            }
        }
    }
}
