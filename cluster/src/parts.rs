//! The store of the ledgers as machines of the cluster see it: parts that statements name, and nothing
//! else.
//!
//! Invariant: no part is left out in silence. The engine takes a file that it cannot ask for, by any
//! fault, for a folder, and an empty list for a table without rows; here nothing is listed, and nothing
//! is written.

use std::fmt;
use std::ops::Range;
use std::path::Path as FilePath;
use std::sync::Arc;

use anyhow::Context as _;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use url::Url;

/// The store that the ledgers of all units are in.
#[derive(Debug, Clone)]
pub(crate) struct LedgerStore(Arc<dyn ObjectStore>);

/// Reads what is named.
#[derive(Debug)]
struct NamedParts(Arc<dyn ObjectStore>);

impl LedgerStore {
    pub(crate) fn in_folder(folder: &FilePath) -> anyhow::Result<Self> {
        let files = LocalFileSystem::new_with_prefix(folder)
            .with_context(|| format!("{} is no folder with ledgers", folder.display()))?;
        Ok(Self(Arc::new(files)))
    }

    pub(crate) fn at_url(url: &Url) -> anyhow::Result<Self> {
        let variables = std::env::vars().map(|(name, value)| (name.to_ascii_lowercase(), value));
        let (store, prefix) = object_store::parse_url_opts(url, variables)
            .with_context(|| format!("{url} is no store that can be read"))?;
        Ok(Self(Arc::new(PrefixStore::new(store, prefix))))
    }

    /// All of it, for whoever reads the logs of ledgers.
    pub(crate) fn whole(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.0)
    }

    /// For whoever answers statements.
    pub(crate) fn named_parts(&self) -> Arc<dyn ObjectStore> {
        Arc::new(NamedParts(self.whole()))
    }
}

impl fmt::Display for NamedParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn only_read() -> Error {
    Error::NotSupported { source: "the cluster only reads parts by their names".into() }
}

#[async_trait]
impl ObjectStore for NamedParts {
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.0.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.0.get_ranges(location, ranges).await
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
