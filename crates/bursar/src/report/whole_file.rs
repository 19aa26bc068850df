//! Files that commands write for people.
//!
//! Invariant: a file appears under its name only when it is whole.

use std::io::Write as _;
use std::path::Path;

use tempfile::NamedTempFile;

use super::exit_code::ExitCode;
use super::failure::Failure;

/// Writes a file, over one of the same name.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write(path, bytes).map_err(|fault| {
        Failure::new(
            ExitCode::OutputFailed,
            format!("{} was not written: {fault}", path.display()),
            "Name a file in a folder that you may write to.",
        )
    })
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|fault| fault.error)?;
    Ok(())
}
