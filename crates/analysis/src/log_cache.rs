//! A store that holds the files of ledgers' logs it has read: they never change, and each step of an upload
//! opens its ledger anew, which reads all of them since the last checkpoint.
//!
//! Not for: parts, or anything that changes under its name (`_last_checkpoint`).
//!
//! Invariant: a file is served from memory only while every list shows it as it was when it was read: a
//! ledger that is removed and made anew, or put back from a backup, is read anew. Whoever opens a ledger
//! lists its log first.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use lru::LruCache;
use object_store::path::Path;
use object_store::{
    Attributes, CopyOptions, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload,
    ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions,
    Result,
};

use crate::limits::{LOG_CACHE_BYTES_MAX, LOG_FILE_CACHED_BYTES_MAX};

/// The folder of a ledger's log.
const LOG: &str = "/_delta_log/";
/// The ends of the files in it that never change under their names.
const ENDS: [&str; 2] = [".json", ".checkpoint.parquet"];
const STORE: &str = "LogCache";

/// Passes everything on, and holds what logs say.
#[derive(Debug)]
pub(crate) struct LogCache {
    files: Arc<dyn ObjectStore>,
    held: Arc<Mutex<HeldFiles>>,
}

#[derive(Debug)]
struct HeldFiles {
    files: LruCache<Path, HeldFile>,
    bytes: usize,
}

#[derive(Debug, Clone)]
struct HeldFile {
    meta: ObjectMeta,
    bytes: Bytes,
}

impl LogCache {
    pub(crate) fn over(files: Arc<dyn ObjectStore>) -> Self {
        let held = HeldFiles { files: LruCache::unbounded(), bytes: 0 };
        Self { files, held: Arc::new(Mutex::new(held)) }
    }

    /// The whole file from memory, or read and held; none where it is too large for that.
    async fn whole(&self, location: &Path) -> Result<Option<HeldFile>> {
        if let Some(held) = lock(&self.held).files.get(location) {
            return Ok(Some(held.clone()));
        }
        let got = self.files.get_opts(location, GetOptions::default()).await?;
        if got.meta.size > LOG_FILE_CACHED_BYTES_MAX {
            return Ok(None);
        }
        let meta = got.meta.clone();
        let file = HeldFile { meta, bytes: got.bytes().await? };
        lock(&self.held).hold(location.clone(), file.clone());
        Ok(Some(file))
    }

    fn forget(&self, location: &Path) {
        lock(&self.held).forget(location);
    }

    /// Lets go of what is not as it was when it was read.
    fn noting(
        &self,
        listing: BoxStream<'static, Result<ObjectMeta>>,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        let held = Arc::clone(&self.held);
        let note = move |listed: &Result<ObjectMeta>| {
            if let Ok(listed) = listed {
                lock(&held).compare(listed);
            }
        };
        listing.inspect(note).boxed()
    }
}

impl HeldFiles {
    fn hold(&mut self, location: Path, file: HeldFile) {
        self.bytes += file.bytes.len();
        if let Some(before) = self.files.put(location, file) {
            self.bytes -= before.bytes.len();
        }
        while self.bytes > LOG_CACHE_BYTES_MAX {
            let Some((_, oldest)) = self.files.pop_lru() else { return };
            self.bytes -= oldest.bytes.len();
        }
    }

    fn forget(&mut self, location: &Path) {
        if let Some(file) = self.files.pop(location) {
            self.bytes -= file.bytes.len();
        }
    }

    fn compare(&mut self, listed: &ObjectMeta) {
        let is_as_it_was = |held: &HeldFile| {
            let is_same_tag = match (&held.meta.e_tag, &listed.e_tag) {
                (Some(held), Some(listed)) => held == listed,
                _ => true,
            };
            held.meta.size == listed.size
                && held.meta.last_modified.timestamp() == listed.last_modified.timestamp()
                && is_same_tag
        };
        if self.files.peek(&listed.location).is_some_and(|held| !is_as_it_was(held)) {
            self.forget(&listed.location);
        }
    }
}

fn lock(held: &Mutex<HeldFiles>) -> MutexGuard<'_, HeldFiles> {
    // Nothing here panics half way through a change.
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_held(location: &Path) -> bool {
    let location = location.as_ref();
    location.contains(LOG) && ENDS.iter().any(|end| location.ends_with(end))
}

/// Returns `true` when nothing is asked but the file as it is, or a part of it.
fn is_plain(options: &GetOptions) -> bool {
    let GetOptions {
        if_match, if_none_match, if_modified_since, if_unmodified_since, version, ..
    } = options;
    [if_match, if_none_match, version].into_iter().all(Option::is_none)
        && [if_modified_since, if_unmodified_since].into_iter().all(Option::is_none)
}

impl HeldFile {
    fn part(&self, range: &Range<u64>) -> Bytes {
        let at = |place: u64| usize::try_from(place).expect("it is within the file");
        self.bytes.slice(at(range.start)..at(range.end))
    }

    fn answer(self, options: &GetOptions) -> Result<GetResult> {
        let range = match &options.range {
            None => 0..self.meta.size,
            Some(range) => range.as_range(self.meta.size).map_err(impossible)?,
        };
        let bytes = if options.head { Bytes::new() } else { self.part(&range) };
        Ok(GetResult {
            payload: GetResultPayload::Stream(stream::iter([Ok(bytes)]).boxed()),
            meta: self.meta,
            range,
            attributes: Attributes::default(),
        })
    }
}

fn impossible(fault: impl std::error::Error + Send + Sync + 'static) -> object_store::Error {
    object_store::Error::Generic { store: STORE, source: Box::new(fault) }
}

impl fmt::Display for LogCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for LogCache {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.forget(location);
        self.files.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.forget(location);
        self.files.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        if is_held(location)
            && is_plain(&options)
            && let Some(file) = self.whole(location).await?
        {
            return file.answer(&options);
        }
        self.files.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        if is_held(location)
            && let Some(file) = self.whole(location).await?
            && ranges.iter().all(|range| range.start <= range.end && range.end <= file.meta.size)
        {
            return Ok(ranges.iter().map(|range| file.part(range)).collect());
        }
        self.files.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let held = Arc::clone(&self.held);
        let forget = move |location: &Result<Path>| {
            if let Ok(location) = location {
                lock(&held).forget(location);
            }
        };
        self.files.delete_stream(locations.inspect(forget).boxed())
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.noting(self.files.list(prefix))
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.noting(self.files.list_with_offset(prefix, offset))
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let listed = self.files.list_with_delimiter(prefix).await?;
        let mut held = lock(&self.held);
        listed.objects.iter().for_each(|object| held.compare(object));
        drop(held);
        Ok(listed)
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.forget(to);
        self.files.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.forget(from);
        self.forget(to);
        self.files.rename_opts(from, to, options).await
    }
}

#[cfg(test)]
pub(crate) mod tests;
