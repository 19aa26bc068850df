//! The store as the query engine sees it: the parts of the tables and nothing else, as the ledgers' logs
//! name them.
//!
//! Not for: which parts a table has (`tables`).
//!
//! Invariant: no part is left out in silence. The engine takes a file that it cannot ask for, by any fault,
//! for a folder, and an empty list for a table without rows; here a part's size is known without asking, and
//! nothing is listed.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use object_store::path::Path;
use object_store::{
    Attributes, CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult,
    MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload,
    PutResult, Result,
};

const STORE: &str = "PartFiles";

/// Reads the parts of the tables of one session.
#[derive(Debug)]
pub(super) struct PartFiles {
    files: Arc<dyn ObjectStore>,
    parts: HashMap<Path, ObjectMeta>,
}

impl PartFiles {
    pub(super) fn new(files: Arc<dyn ObjectStore>, parts: Vec<ObjectMeta>) -> Self {
        let parts = parts.into_iter().map(|part| (part.location.clone(), part)).collect();
        Self { files, parts }
    }

    fn part(&self, location: &Path) -> Result<&ObjectMeta> {
        self.parts.get(location).ok_or_else(|| Error::NotFound {
            path: location.to_string(),
            source: "it is no part of a table of this session".into(),
        })
    }
}

impl fmt::Display for PartFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files.fmt(f)
    }
}

fn only_read() -> Error {
    Error::NotSupported { source: format!("{STORE} only reads parts by their names").into() }
}

#[async_trait]
impl ObjectStore for PartFiles {
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let part = self.part(location)?;
        if !options.head {
            return self.files.get_opts(location, options).await;
        }
        Ok(GetResult {
            payload: GetResultPayload::Stream(stream::empty().boxed()),
            meta: part.clone(),
            range: 0..part.size,
            attributes: Attributes::default(),
        })
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.part(location)?;
        self.files.get_ranges(location, ranges).await
    }

    fn list(&self, _prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        stream::once(async { Err(only_read()) }).boxed()
    }

    async fn list_with_delimiter(&self, _prefix: Option<&Path>) -> Result<ListResult> {
        Err(only_read())
    }

    async fn put_opts(&self, _: &Path, _: PutPayload, _: PutOptions) -> Result<PutResult> {
        Err(only_read())
    }

    async fn put_multipart_opts(
        &self,
        _: &Path,
        _: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(only_read())
    }

    fn delete_stream(
        &self,
        _: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        stream::once(async { Err(only_read()) }).boxed()
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Err(only_read())
    }
}
