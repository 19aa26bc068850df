//! A folder as an object store whose writes survive a power cut; `object_store`'s own never fsyncs.
//!
//! Not for: received files, which are objects; nor for reading, listing and deleting, which are left
//! to `object_store`.
//!
//! Invariant: a file stands under a private name until its bytes are durable, and whoever wrote it
//! hears of it once all directory entries that lead to it are durable too. So a name is never seen
//! with less than its bytes, not even after a power cut. Files are never changed in place.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyMode, CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, ObjectStoreExt as _, PutMode, PutMultipartOptions, PutOptions, PutPayload,
    PutResult, RenameOptions, RenameTargetMode, Result, UploadPart,
};
use tempfile::TempPath;
use tokio::task::spawn_blocking;

use super::TEMPORARIES;
use super::durable_names::{DurableNames, OnConflict};
use crate::{error, folders};

const NAME: &str = "DurableFiles";
/// The beginning of private names, so that whoever finds one knows whose it was.
const PREFIX: &str = "ledger-";

/// A folder beside the objects, with the same place for private names: the same sweep finds what a
/// crash leaves there.
#[derive(Debug, Clone)]
pub(super) struct DurableFiles {
    files: LocalFileSystem,
    names: Arc<DurableNames>,
    temporaries: PathBuf,
}

impl DurableFiles {
    /// `name` in the folder of the objects; it is made when it is missing.
    pub(super) fn open(objects: &FilePath, name: &str) -> std::result::Result<Self, error::Error> {
        // As `LocalFileSystem` names files: without symbolic links.
        let objects = fs::canonicalize(objects)?;
        folders::make(&objects.join(name))?;
        Ok(Self {
            files: LocalFileSystem::new_with_prefix(objects.join(name))?,
            names: Arc::new(DurableNames::below(&objects)),
            temporaries: objects.join(TEMPORARIES),
        })
    }

    async fn publish(
        &self,
        temporary: &FilePath,
        to: &Path,
        taken: OnConflict,
    ) -> Result<PutResult> {
        let published = self.files.path_to_filesystem(to)?;
        let done = self.names.publish(temporary, &published, taken).await;
        done.map_err(|error| as_object_store(error, to))?;
        let e_tag = self.files.head(to).await?.e_tag;
        Ok(PutResult { e_tag, version: None })
    }
}

/// All of them, so that a new one of the trait does not slip past unseen.
#[deny(clippy::missing_trait_methods, reason = "a default may write without an fsync")]
#[async_trait]
impl ObjectStore for DurableFiles {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        opts: PutOptions,
    ) -> Result<PutResult> {
        let taken = match opts.mode {
            PutMode::Create if opts.attributes.is_empty() => OnConflict::Refuse,
            PutMode::Overwrite if opts.attributes.is_empty() => OnConflict::Replace,
            // It says that it cannot.
            _ => return self.files.put_opts(location, payload, opts).await,
        };
        let temporaries = self.temporaries.clone();
        let temporary = blocking(move || {
            let (mut file, temporary) = private_file(&temporaries)?.into_parts();
            payload.iter().try_for_each(|piece| file.write_all(piece))?;
            file.sync_data()?;
            Ok(temporary)
        })
        .await?;
        self.publish(&temporary, location, taken).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        if !opts.attributes.is_empty() {
            return self.files.put_multipart_opts(location, opts).await;
        }
        // A name that cannot be is refused before anything is written.
        self.files.path_to_filesystem(location)?;
        let temporaries = self.temporaries.clone();
        let private = blocking(move || private_file(&temporaries)).await?;
        let (file, temporary) = private.into_parts();
        Ok(Box::new(DurableUpload {
            files: self.clone(),
            location: location.clone(),
            open: Some((Arc::new(file), temporary)),
            offset: 0,
        }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.files.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.files.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.files.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.files.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.files.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        // It names what is missing.
        self.files.head(from).await?;
        let (original, temporaries) =
            (self.files.path_to_filesystem(from)?, self.temporaries.clone());
        let linked = blocking(move || {
            File::open(&original)?.sync_data()?;
            let link = tempfile::Builder::new()
                .prefix(PREFIX)
                .make_in(temporaries, |link| fs::hard_link(&original, link))?;
            Ok(link.into_temp_path())
        })
        .await?;
        let taken = match options.mode {
            CopyMode::Create => OnConflict::Refuse,
            CopyMode::Overwrite => OnConflict::Replace,
        };
        self.publish(&linked, to, taken).await.map(drop)
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.files.head(from).await?;
        let original = self.files.path_to_filesystem(from)?;
        let path = original.clone();
        blocking(move || File::open(path)?.sync_data()).await?;
        let taken = match options.target_mode {
            RenameTargetMode::Create => OnConflict::Refuse,
            RenameTargetMode::Overwrite => OnConflict::Replace,
        };
        self.publish(&original, to, taken).await.map(drop)
    }
}

impl fmt::Display for DurableFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{NAME}({})", self.files)
    }
}

/// A file written in parts. Dropping it removes what was written, unless it was completed.
#[derive(Debug)]
struct DurableUpload {
    files: DurableFiles,
    location: Path,
    /// None once it is complete or aborted.
    open: Option<(Arc<File>, TempPath)>,
    offset: u64,
}

#[async_trait]
impl MultipartUpload for DurableUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let mut offset = self.offset;
        self.offset += data.content_length() as u64;
        let file = self.open.as_ref().map(|(file, _)| Arc::clone(file));
        Box::pin(async move {
            let file = file.ok_or_else(over)?;
            blocking(move || {
                data.iter().try_for_each(|piece| {
                    file.write_all_at(piece, offset)?;
                    offset += piece.len() as u64;
                    Ok(())
                })
            })
            .await
        })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let (file, temporary) = self.open.take().ok_or_else(over)?;
        blocking(move || file.sync_data()).await?;
        self.files.publish(&temporary, &self.location, OnConflict::Replace).await
    }

    async fn abort(&mut self) -> Result<()> {
        let (_, temporary) = self.open.take().ok_or_else(over)?;
        blocking(move || temporary.close()).await
    }
}

/// For the owner alone, as all that `tempfile` makes.
fn private_file(folder: &FilePath) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T> {
    spawn_blocking(work).await?.map_err(|error| generic(error.into()))
}

fn as_object_store(error: error::Error, location: &Path) -> object_store::Error {
    match error {
        error::Error::Conflict { .. } => object_store::Error::AlreadyExists {
            path: location.to_string(),
            source: Box::new(error),
        },
        other => generic(other),
    }
}

/// Our own error inside, so that whoever looks for its reason finds a full disk.
fn generic(error: error::Error) -> object_store::Error {
    object_store::Error::Generic { store: NAME, source: Box::new(error) }
}

fn over() -> object_store::Error {
    generic(error::Error::internal("this upload is complete or was aborted"))
}

#[cfg(test)]
mod tests;
