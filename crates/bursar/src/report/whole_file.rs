//! Files that commands write for people.
//!
//! Invariant: a file appears under its name only when it is whole.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

use super::exit_code::ExitCode;
use super::failure::Failure;

/// A file on its way, beside the place that it will have; gone when it is not kept.
#[derive(Debug)]
pub struct WholeFile<'a> {
    path: &'a Path,
    file: NamedTempFile,
}

impl<'a> WholeFile<'a> {
    /// Begins a file that will stand at the path, over one of the same name.
    pub fn begin(path: &'a Path) -> Result<Self, Failure> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")));
        Ok(Self { path, file: file.map_err(|fault| unwritten(path, &fault))? })
    }

    pub fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Gives the file its name.
    pub fn keep(self) -> Result<(), Failure> {
        let kept = self.file.persist(self.path);
        kept.map(drop).map_err(|fault| unwritten(self.path, &fault.error))
    }

    /// The failure that a fault of the file is.
    pub fn unwritten(&self, fault: &io::Error) -> Failure {
        unwritten(self.path, fault)
    }
}

/// Writes a file, over one of the same name.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = WholeFile::begin(path)?;
    file.file().write_all(bytes).map_err(|fault| file.unwritten(&fault))?;
    file.keep()
}

fn unwritten(path: &Path, fault: &io::Error) -> Failure {
    Failure::new(
        ExitCode::OutputFailed,
        format!("{} was not written: {fault}", path.display()),
        "Name a file in a folder that you may write to.",
    )
}
