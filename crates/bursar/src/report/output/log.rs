//! A log in a file of its own: a time before each line, and a new file when one is full.
//!
//! Not for: what is logged. Invariant: the files together stay within their bound, and a log that cannot
//! be written stops nothing.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;

/// The place of a log, and how much of it there may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPlan {
    pub path: PathBuf,
    pub bytes_max: u64,
    /// The number of full ones that stay beside the present one: `bursar.log.1` is the newest of
    /// them.
    pub keep: u8,
}

#[derive(Debug)]
pub(super) struct Log {
    plan: LogPlan,
    now: fn() -> Timestamp,
    open: Mutex<(File, u64)>,
}

impl Log {
    pub(super) fn open(plan: &LogPlan, now: fn() -> Timestamp) -> Result<Self, Failure> {
        let opened = open(&plan.path).map_err(|fault| {
            Failure::new(
                ExitCode::OutputFailed,
                format!("the log {} cannot be written: {fault}", plan.path.display()),
                "Let the user who runs bursar write to its folder, or take log out of [service].",
            )
        })?;
        Ok(Self { plan: plan.clone(), now, open: Mutex::new(opened) })
    }

    pub(super) fn write(&self, text: &str) {
        let stamp = (self.now)().strftime("%Y-%m-%dT%H:%M:%SZ");
        let line = format!("{stamp} {}\n", text.replace('\n', &format!("\n{:22}", "")));
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.1 + line.len() as u64 > self.plan.bytes_max && open.1 > 0 {
            self.rotate();
            match self::open(&self.plan.path) {
                Ok(new) => *open = new,
                Err(_) => return,
            }
        }
        if open.0.write_all(line.as_bytes()).is_ok() {
            open.1 += line.len() as u64;
        }
    }

    /// Moves each full log one on; the oldest goes.
    fn rotate(&self) {
        for number in (1..=self.plan.keep).rev() {
            let from = if number == 1 {
                self.plan.path.clone()
            } else {
                numbered(&self.plan.path, number - 1)
            };
            // Not all of them are there yet; one that cannot be moved is written on.
            fs::rename(from, numbered(&self.plan.path, number)).unwrap_or_else(|_not_there_yet| ());
        }
        if self.plan.keep == 0 {
            fs::remove_file(&self.plan.path).unwrap_or_else(|_written_on| ());
        }
    }
}

fn open(path: &Path) -> std::io::Result<(File, u64)> {
    let file = File::options().create(true).append(true).open(path)?;
    let bytes = file.metadata()?.len();
    Ok((file, bytes))
}

fn numbered(path: &Path, number: u8) -> PathBuf {
    path.with_added_extension(number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_ones_move_on_and_the_oldest_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bursar.log");
        let plan = LogPlan { path: path.clone(), bytes_max: 60, keep: 2 };
        let log = Log::open(&plan, || Timestamp::UNIX_EPOCH).unwrap();
        for number in 0..8 {
            log.write(&format!("line {number}"));
        }
        let read = |path: &Path| fs::read_to_string(path).unwrap();
        assert_eq!(read(&path), "1970-01-01T00:00:00Z line 6\n1970-01-01T00:00:00Z line 7\n");
        assert!(read(&numbered(&path, 1)).contains("line 4"));
        assert!(read(&numbered(&path, 2)).contains("line 2"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }
}
