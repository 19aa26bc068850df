//! The folder in which list indexes are kept as files, so that pages are quick from the first second after
//! a start.
//!
//! Not for: what stands in them (`list_index::file`). Invariant: a file is read only for the very parts of a
//! ledger that it was made of; one that is missing, old or damaged is made anew, and nothing depends on it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::Hasher as _;
use std::io::{self, BufReader, BufWriter, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::finding::CheckedUnit;
use domain::{CustomerName, FileType, UnitName};
use rustc_hash::FxHasher;

use super::list_index::ListIndex;
use super::listed;
use crate::error::Error;
use crate::ledger::Ledger;

const END: &str = ".lists";
/// Of one that is being written.
const UNFINISHED: &str = "new";
/// Read and written at a time.
const PIECE_BYTES: usize = 1 << 20;

/// A folder of this machine, for the owner alone. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct IndexFolder {
    folder: Arc<PathBuf>,
    /// From when an index is made until it is kept.
    pub(super) wait: Duration,
}

impl IndexFolder {
    pub(super) fn new(folder: PathBuf, wait: Duration) -> Self {
        Self { folder: Arc::new(folder), wait }
    }

    /// The index that was kept of this version; none where there is none.
    pub(super) fn read(&self, of: &CheckedUnit, ledger: &Ledger) -> Option<ListIndex> {
        let file = File::open(self.path(of)).ok()?;
        let key = key(ledger).ok()?;
        let mut file = BufReader::with_capacity(PIECE_BYTES, file);
        // One that cannot be read is written anew.
        ListIndex::read(&key, &mut file).unwrap_or_else(|_damaged| None)
    }

    /// In the place of the version before. That it is not kept is no fault, as where the disk is full: it is
    /// made anew at the next start.
    pub(super) fn keep(&self, of: &CheckedUnit, ledger: &Ledger, index: &ListIndex) {
        self.try_to_keep(of, ledger, index).unwrap_or_else(|_made_anew_then| ());
    }

    fn try_to_keep(
        &self,
        of: &CheckedUnit,
        ledger: &Ledger,
        index: &ListIndex,
    ) -> Result<(), Error> {
        let key = key(ledger)?;
        let path = self.path(of);
        let private = path.with_extension(UNFINISHED);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&*self.folder)
            .map_err(Error::storage)?;
        let write = || -> io::Result<()> {
            let file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&private)?;
            let mut file = BufWriter::with_capacity(PIECE_BYTES, file);
            index.write(&key, &mut file)?;
            file.flush()?;
            // A power cut leaves the old one or the new one.
            file.get_ref().sync_data()?;
            fs::rename(&private, &path)
        };
        write().map_err(Error::storage)
    }

    /// Removes what is of no unit any more.
    pub(super) fn retain(&self, units: &[CheckedUnit]) {
        let wanted: Vec<PathBuf> = units.iter().map(|of| self.path(of)).collect();
        // Without the folder nothing is kept.
        let Ok(entries) = fs::read_dir(&*self.folder) else { return };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if is_index(&path) && !wanted.contains(&path) {
                fs::remove_file(&path).unwrap_or_else(|_gone_already| ());
            }
        }
    }

    /// Short names have no full stop.
    fn path(&self, of: &CheckedUnit) -> PathBuf {
        self.folder.join(format!("{}.{}{END}", of.customer, of.unit))
    }
}

/// Removes what is kept of a customer, or of one of its units; nothing where nothing is.
pub fn remove_kept_lists(
    folder: &Path,
    customer: &CustomerName,
    unit: Option<&UnitName>,
) -> io::Result<()> {
    let begin = unit.map_or_else(|| format!("{customer}."), |unit| format!("{customer}.{unit}."));
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy());
        if is_index(&path) && name.is_some_and(|name| name.starts_with(&begin)) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn is_index(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy());
    extension.is_some_and(|extension| [&END[1..], UNFINISHED].contains(&&*extension))
}

/// The key of an index: the version, its parts, whose names say which upload wrote them, and the
/// columns that this program lists.
fn key(ledger: &Ledger) -> Result<String, Error> {
    let mut of = FxHasher::default();
    for part in ledger.parts()? {
        of.write(part.path.as_bytes());
        of.write_u64(part.rows);
        of.write_u64(part.bytes);
    }
    let listed = listed(FileType::Transactions);
    let ordered = FileType::Transactions.spec().orders().map(str::to_owned);
    listed.into_iter().chain(ordered).for_each(|name| of.write(name.as_bytes()));
    Ok(format!("{} {:016x}", ledger.version(), of.finish()))
}
