//! The file of checkpoints of the audit log in the data folder: one a line, the newest last.
//!
//! Not for: signing one (`server::checkpoints`), or what an auditor makes of it.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The file in the data folder: whoever audits keeps copies of it.
const NAME: &str = "audit-checkpoints.txt";

pub(crate) fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(NAME)
}

/// Adds a checkpoint, readable by the owner only.
pub(crate) fn append(data_dir: &Path, checkpoint: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.create(true).append(true).mode(0o600).open(path(data_dir))?;
    writeln!(file, "{checkpoint}")
}
