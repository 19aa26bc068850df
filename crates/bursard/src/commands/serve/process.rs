//! What this process takes of the machine, by the names that Prometheus has for it everywhere.
//!
//! Not for: other systems than Linux, which tell it in other ways: nothing is measured there.

use std::fs;
use std::path::Path;
use std::time::Duration;

use server::measures::{self, ProcessMeasures};
use tokio::time::interval;

/// The time between two measurements: as often as metrics are usually fetched.
const MEASURE_EVERY: Duration = Duration::from_secs(15);
const STATUS: &str = "/proc/self/status";
const LIMITS: &str = "/proc/self/limits";
const OPEN_FILES: &str = "/proc/self/fd";

/// For ever; nothing where there is no `/proc`.
pub(super) async fn measure() {
    if !Path::new(STATUS).exists() {
        return;
    }
    let mut due = interval(MEASURE_EVERY);
    loop {
        due.tick().await;
        measures::process(&look());
    }
}

fn look() -> ProcessMeasures {
    ProcessMeasures {
        resident_bytes: fs::read_to_string(STATUS).ok().and_then(|text| resident_bytes(&text)),
        // The folder that is read is open itself.
        open_files: fs::read_dir(OPEN_FILES).ok().map(|files| files.count().saturating_sub(1)),
        open_files_max: fs::read_to_string(LIMITS).ok().and_then(|text| open_files_max(&text)),
    }
}

/// `VmRSS:      12345 kB`
fn resident_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// `Max open files            1024                 524288               files`; none when unlimited.
fn open_files_max(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_writes_is_read() {
        assert_eq!(resident_bytes("Name:\tx\nVmRSS:\t   12 kB\nThreads: 3\n"), Some(12 * 1024));
        assert_eq!(resident_bytes("Name:\tx\n"), None);
        let limits = "Limit  Soft Limit  Hard Limit  Units\nMax open files   1024   4096   files\n";
        assert_eq!(open_files_max(limits), Some(1024));
        assert_eq!(open_files_max("Max open files  unlimited  unlimited  files\n"), None);
    }
}
