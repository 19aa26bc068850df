//! Objects on a local disk.
//!
//! Invariant: a file stands nowhere or under `tmp/` until it is wanted and all its bytes are durable; then it
//! is renamed, never over another, and every directory entry that leads to it is made durable before
//! anybody hears of it.

mod durable_files;
mod durable_names;
mod group_sync;
mod writer;

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use object_store::ObjectStore;
use tokio::task::spawn_blocking;

use super::key::ROOT;
use super::{ListedObject, Objects, PendingObject};
use crate::error::Error;
use crate::{folders, ledger_files};
use durable_files::DurableFiles;
use durable_names::DurableNames;
use writer::LocalWriter;

/// Private names, in the same file system as the published ones.
const TEMPORARIES: &str = "tmp";
/// Large enough that a thread switch per read costs nothing.
const READ_BYTES: usize = 256 * 1024;

/// A folder of objects.
#[derive(Debug)]
pub(crate) struct LocalObjects {
    folder: PathBuf,
    names: Arc<DurableNames>,
}

impl LocalObjects {
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        let folder = std::path::absolute(folder)?;
        folders::make(&folder.join(TEMPORARIES))?;
        let names = Arc::new(DurableNames::below(&folder));
        Ok(Self { folder, names })
    }

    fn temporary(&self, name: &str) -> PathBuf {
        self.folder.join(TEMPORARIES).join(name)
    }
}

#[async_trait]
impl Objects for LocalObjects {
    async fn create(&self, key: &str) -> Result<Box<dyn PendingObject>, Error> {
        let name = key.rsplit_once('/').map_or(key, |(_, name)| name);
        let temporary = self.temporary(name);
        let published = self.folder.join(key);
        let names = Arc::clone(&self.names);
        Ok(Box::new(LocalWriter::new(temporary, published, names)))
    }

    async fn read(&self, key: &str) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let path = self.folder.join(key);
        let file = spawn_blocking(move || fs::File::open(path)).await?.map_err(not_found)?;
        Ok(stream::try_unfold(file, read_some).boxed())
    }

    async fn open(&self, key: &str, _spool: Option<&Path>, _most: u64) -> Result<fs::File, Error> {
        let path = self.folder.join(key);
        spawn_blocking(move || fs::File::open(path)).await?.map_err(not_found)
    }

    async fn delete(&self, key: &str) -> Result<(), Error> {
        let path = self.folder.join(key);
        spawn_blocking(move || fs::remove_file(path)).await?.map_err(not_found)
    }

    async fn list(&self) -> Result<BoxStream<'static, Result<ListedObject, Error>>, Error> {
        let folder = self.folder.clone();
        // One folder at a time: the list of all objects may not fit in memory.
        let folders = stream::try_unfold(vec![PathBuf::from(ROOT)], move |mut rest| {
            let folder = folder.clone();
            async move {
                let Some(next) = rest.pop() else {
                    return Ok::<_, Error>(None);
                };
                let (inner, objects) = spawn_blocking(move || entries(&folder, &next)).await??;
                rest.extend(inner);
                Ok(Some((stream::iter(objects.into_iter().map(Ok)), rest)))
            }
        });
        Ok(folders.try_flatten().boxed())
    }

    async fn temporaries(&self) -> Result<Vec<ListedObject>, Error> {
        let folder = self.folder.join(TEMPORARIES);
        let (_, files) = spawn_blocking(move || entries(&folder, Path::new(""))).await??;
        Ok(files)
    }

    async fn delete_temporary(&self, name: &str) -> Result<(), Error> {
        let path = self.temporary(name);
        spawn_blocking(move || fs::remove_file(path)).await?.map_err(not_found)
    }

    async fn remove_below(&self, folder: &str) -> Result<u64, Error> {
        let path = self.folder.join(folder);
        spawn_blocking(move || remove_tree(&path)).await?
    }

    async fn folders_in(&self, folder: &str) -> Result<Vec<String>, Error> {
        let (root, folder) = (self.folder.clone(), PathBuf::from(folder));
        let (inner, _) = spawn_blocking(move || entries(&root, &folder)).await??;
        let name = |path: &PathBuf| Some(path.file_name()?.to_str()?.to_owned());
        Ok(inner.iter().filter_map(name).collect())
    }

    fn ledger_files(&self) -> Result<Arc<dyn ObjectStore>, Error> {
        Ok(Arc::new(DurableFiles::open(&self.folder, ledger_files::ROOT)?))
    }

    fn free_bytes(&self) -> Option<u64> {
        // A disk that does not answer will say so when it is written to.
        let disk = rustix::fs::statvfs(&self.folder).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}

fn not_found(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::NotFound => Error::NotFound { what: "object" },
        _ => error.into(),
    }
}

async fn read_some(mut file: fs::File) -> Result<Option<(Bytes, fs::File)>, Error> {
    let (bytes, file) = spawn_blocking(move || {
        let mut bytes = Vec::with_capacity(READ_BYTES);
        let read = (&mut file).take(READ_BYTES as u64).read_to_end(&mut bytes);
        read.map(|_| (bytes, file))
    })
    .await??;
    Ok((!bytes.is_empty()).then(|| (Bytes::from(bytes), file)))
}

/// Removes a folder with all in it, and makes that durable; says how many files there were.
fn remove_tree(folder: &Path) -> Result<u64, Error> {
    let (mut files, mut folders) = (0, vec![PathBuf::new()]);
    while let Some(next) = folders.pop() {
        let (inner, found) = entries(folder, &next)?;
        files += found.len() as u64;
        folders.extend(inner);
    }
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        removed => removed?,
    }
    let parent = folder.parent().expect("it is below the folder of the objects");
    fs::File::open(parent)?.sync_all()?;
    Ok(files)
}

/// The folders and the files in `root/below`, named from `root`. What vanishes meanwhile is passed
/// over.
fn entries(root: &Path, below: &Path) -> Result<(Vec<PathBuf>, Vec<ListedObject>), Error> {
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    let listing = match fs::read_dir(root.join(below)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((folders, files)),
        listing => listing?,
    };
    for entry in listing {
        let entry = entry?;
        let path = below.join(entry.file_name());
        match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => folders.push(path),
            Ok(metadata) => files.push(ListedObject {
                name: path.to_string_lossy().into_owned(),
                modified: Timestamp::try_from(metadata.modified()?).map_err(Error::internal)?,
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok((folders, files))
}
