//! What becomes of a file here once it is received, or once it is known what the server made of it: it stays,
//! goes, or is moved.
//!
//! Invariant: only the very file that was received is touched; one that took its place is a new one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::folder_scan::marker;
use crate::config::job::{After, Job, JobSource, Ready};
use crate::journal::{FileOutcome, OutboxEntry};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::source::FileFingerprint;

/// The most files of one name that may lie where they are moved to.
const NAMESAKES_MAX: u32 = 10_000;

/// Deals with a file of which nothing more is to be heard.
pub(super) fn after_receipt(job: &Job, entry: &OutboxEntry) -> Result<(), Failure> {
    if entry.is_spooled { Ok(()) } else { settle_received(job, &entry.path, &entry.fingerprint) }
}

/// Deals with a file whose outcome is known; says where a refused one is now.
pub(super) fn after_outcome(
    job: &Job,
    entry: &OutboxEntry,
    outcome: FileOutcome,
) -> Result<Option<String>, Failure> {
    match outcome {
        _ if entry.is_spooled => Ok(None),
        FileOutcome::Awaited | FileOutcome::Held => Ok(None),
        FileOutcome::Read { .. } | FileOutcome::Unknown => after_receipt(job, entry).map(|()| None),
        FileOutcome::Refused => settle_refused(job, &entry.path, &entry.fingerprint).map(Some),
    }
}

/// Does with a received file as its job says.
pub(super) fn settle_received(
    job: &Job,
    path: &Path,
    fingerprint: &FileFingerprint,
) -> Result<(), Failure> {
    settle(job, path, fingerprint, &job.after)
}

/// Does with a refused file as its job says, and says where it is now.
pub(super) fn settle_refused(
    job: &Job,
    path: &Path,
    fingerprint: &FileFingerprint,
) -> Result<String, Failure> {
    let Some(folder) = &job.refused_to else {
        return Ok("it stays where it is, and is sent again when it changes".to_owned());
    };
    settle(job, path, fingerprint, &After::MoveTo(folder.clone()))?;
    Ok(format!("it is now in {}", folder.display()))
}

/// Deals with a file and its marker.
fn settle(
    job: &Job,
    path: &Path,
    fingerprint: &FileFingerprint,
    after: &After,
) -> Result<(), Failure> {
    let JobSource::Files { ready, .. } = &job.source else { return Ok(()) };
    let marker = match ready {
        Ready::Marker(ending) => Some(marker(path, ending)),
        _ => None,
    };
    let is_it = fs::metadata(path)
        .is_ok_and(|found| FileFingerprint::from_metadata(&found) == *fingerprint);
    if !is_it || *after == After::Keep {
        return Ok(());
    }
    let done = match after {
        After::Keep => Ok(()),
        After::Delete => fs::remove_file(path),
        After::MoveTo(folder) => move_to(path, folder),
    };
    done.map_err(|fault| {
        Failure::new(
            ExitCode::OutputFailed,
            format!("{} is dealt with but cannot be taken away: {fault}", path.display()),
            "It will not be sent again. Let the user who runs bursar write to its folder, and to move-to or refused-to.",
        )
    })?;
    match marker.map(fs::remove_file) {
        None | Some(Ok(())) => Ok(()),
        Some(Err(fault)) if fault.kind() == io::ErrorKind::NotFound => Ok(()),
        Some(Err(fault)) => Err(Failure::new(
            ExitCode::OutputFailed,
            format!("the marker of {} cannot be taken away: {fault}", path.display()),
            "Its file was received and is dealt with. Let the user who runs bursar write to the folder.",
        )),
    }
}

fn move_to(path: &Path, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let to = free_name(folder, path)?;
    match fs::rename(path, &to) {
        // Another disk.
        Err(fault) if fault.kind() == io::ErrorKind::CrossesDevices => {
            fs::copy(path, &to)?;
            fs::File::open(&to)?.sync_all()?;
            fs::remove_file(path)
        }
        done => done,
    }
}

/// A name in the folder that no file bears, so that nothing moved earlier is written over.
fn free_name(folder: &Path, path: &Path) -> io::Result<PathBuf> {
    let stem = path.file_stem().expect("what was sent is a file").to_string_lossy().into_owned();
    let ending =
        path.extension().map(|it| format!(".{}", it.to_string_lossy())).unwrap_or_default();
    let first = folder.join(path.file_name().expect("what was sent is a file"));
    if !first.exists() {
        return Ok(first);
    }
    (2..NAMESAKES_MAX)
        .map(|number| folder.join(format!("{stem}-{number}{ending}")))
        .find(|path| !path.exists())
        .ok_or_else(|| io::Error::other("too many files of this name are there"))
}
