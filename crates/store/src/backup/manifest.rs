//! The manifest of a backup: when it was made, and the digest of every file whose row does not have it.
//!
//! Invariant: it is written last, so a folder that has one is whole.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use aws_lc_rs::digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use crate::error::Error;
use crate::objects::Content;

const NAME: &str = "backup.json";
/// The version of what this program writes; a later one may read it and write another.
const FORMAT: u32 = 1;
/// Large enough that a call costs nothing.
const READ_BYTES: usize = 256 * 1024;

/// The length and digest of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileDigest {
    pub(crate) bytes: u64,
    pub(crate) sha256: domain::Sha256Digest,
}

impl From<Content> for FileDigest {
    fn from(content: Content) -> Self {
        Self { bytes: content.bytes, sha256: content.sha256 }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Manifest {
    format: u32,
    /// All rows are as they were then.
    pub(crate) made_at: Timestamp,
    pub(crate) database: FileDigest,
    /// Received files; their digests stand in their rows.
    pub(crate) uploads: u64,
    /// By their names below `objects/ledgers`.
    pub(crate) ledger_files: BTreeMap<String, FileDigest>,
}

impl Manifest {
    pub(crate) fn new(
        made_at: Timestamp,
        database: FileDigest,
        uploads: u64,
        ledger_files: BTreeMap<String, FileDigest>,
    ) -> Self {
        Self { format: FORMAT, made_at, database, uploads, ledger_files }
    }

    pub(crate) async fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(NAME);
        let text = match spawn_blocking(move || fs::read_to_string(path)).await? {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::Illegal {
                    why: format!(
                        "{} holds no {NAME}: it is no backup, or one that was cut off; of a backup by version \
                         0.1.0, or any other data folder, take: bursard --data-dir FOLDER migrate --to",
                        folder.display()
                    ),
                });
            }
            text => text?,
        };
        let unknown = || Error::Illegal {
            why: format!(
                "{NAME} in {} cannot be understood; restore with the version that wrote it, or a later one",
                folder.display()
            ),
        };
        let manifest: Self = serde_json::from_str(&text).map_err(|_invalid| unknown())?;
        if manifest.format == FORMAT { Ok(manifest) } else { Err(unknown()) }
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<(), Error> {
        let text = serde_json::to_vec_pretty(self).map_err(Error::internal)?;
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(folder.join(NAME))?;
        file.write_all(&text)?;
        file.sync_all()?;
        File::open(folder)?.sync_all()?;
        Ok(())
    }
}

pub(crate) async fn digest_of_file(path: &Path) -> Result<FileDigest, Error> {
    let path = path.to_owned();
    spawn_blocking(move || {
        let (mut file, mut hash) = (File::open(path)?, digest::Context::new(&digest::SHA256));
        let (mut piece, mut bytes) = (vec![0; READ_BYTES], 0);
        loop {
            let read = file.read(&mut piece)?;
            if read == 0 {
                return Ok(Content::new(bytes, hash).into());
            }
            hash.update(&piece[..read]);
            bytes += read as u64;
        }
    })
    .await?
}
