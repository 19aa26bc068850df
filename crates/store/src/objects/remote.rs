//! Objects in S3 or Azure Blob, through `object_store`.
//!
//! Not for: removing what an interrupted multipart upload left; those services list it apart, and a
//! lifecycle rule on the bucket removes it (docs for operators say which).
//!
//! Invariant: the key comes to be in one step, at `publish`: a small object by a put that replaces
//! nothing, a large one by completing its parts.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::digest;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{BoxStream, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{
    BackoffConfig, ClientConfigKey, MultipartUpload, ObjectStore, ObjectStoreExt as _, PutMode,
    PutPayload, RetryConfig,
};
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, spawn_blocking};

use super::key::ROOT;
use super::{Content, ListedObject, Objects, PendingObject, RetryPolicy};
use crate::config::Bucket;
use crate::error::{Cause, Error};
use crate::ledger_files;

/// The least S3 takes for a part that is not the last. At most 10,000 parts: objects up to 48 GiB.
const PART_BYTES: usize = 5 * 1024 * 1024;

/// A bucket or container, and our prefix in it.
#[derive(Debug)]
pub(crate) struct RemoteObjects {
    service: Arc<dyn ObjectStore>,
    prefix: Path,
}

/// A check that fails says so while somebody still waits for it: one more try of a request that came to
/// nothing, and no waiting for a host that is not there.
const CHECK_RETRIES_MAX: usize = 1;
const CHECK_RETRY_TIME_MAX: Duration = Duration::from_secs(2);
const CHECK_PAUSE: Duration = Duration::from_millis(100);
const CHECK_CONNECT_TIME_MAX: &str = "2 seconds";
/// The codes of S3 and of Azure Blob.
const NO_PLACE_CODES: [&str; 2] = ["NoSuchBucket", "ContainerNotFound"];

fn retries(policy: RetryPolicy) -> RetryConfig {
    match policy {
        RetryPolicy::Persistent => RetryConfig::default(),
        RetryPolicy::FailFast => RetryConfig {
            backoff: BackoffConfig {
                init_backoff: CHECK_PAUSE,
                max_backoff: CHECK_PAUSE,
                ..BackoffConfig::default()
            },
            max_retries: CHECK_RETRIES_MAX,
            retry_timeout: CHECK_RETRY_TIME_MAX,
        },
    }
}

pub(super) fn open_s3(bucket: &Bucket, policy: RetryPolicy) -> Result<RemoteObjects, Error> {
    let mut builder =
        AmazonS3Builder::new().with_bucket_name(&bucket.name).with_retry(retries(policy));
    if policy == RetryPolicy::FailFast {
        let key = AmazonS3ConfigKey::Client(ClientConfigKey::ConnectTimeout);
        builder = builder.with_config(key, CHECK_CONNECT_TIME_MAX);
    }
    // What comes later wins.
    for (name, value) in bucket.environment.expose().iter().chain(bucket.options.expose()) {
        let key: AmazonS3ConfigKey = name.parse()?;
        builder = builder.with_config(key, value);
    }
    Ok(RemoteObjects::over(Arc::new(builder.build()?), &bucket.prefix))
}

pub(super) fn open_azure(container: &Bucket, policy: RetryPolicy) -> Result<RemoteObjects, Error> {
    let mut builder = MicrosoftAzureBuilder::new()
        .with_container_name(&container.name)
        .with_retry(retries(policy));
    if policy == RetryPolicy::FailFast {
        let key = AzureConfigKey::Client(ClientConfigKey::ConnectTimeout);
        builder = builder.with_config(key, CHECK_CONNECT_TIME_MAX);
    }
    for (name, value) in container.environment.expose().iter().chain(container.options.expose()) {
        let key: AzureConfigKey = name.parse()?;
        builder = builder.with_config(key, value);
    }
    Ok(RemoteObjects::over(Arc::new(builder.build()?), &container.prefix))
}

impl RemoteObjects {
    pub(super) fn over(service: Arc<dyn ObjectStore>, prefix: &str) -> Self {
        Self { service, prefix: Path::from(prefix) }
    }

    fn path(&self, key: &str) -> Path {
        self.prefix.parts().chain(Path::from(key).parts()).collect()
    }
}

#[async_trait]
impl Objects for RemoteObjects {
    async fn create(&self, key: &str) -> Result<Box<dyn PendingObject>, Error> {
        Ok(Box::new(RemoteWriter {
            service: Arc::clone(&self.service),
            path: self.path(key),
            hash: digest::Context::new(&digest::SHA256),
            bytes: 0,
            part: BytesMut::new(),
            parts: None,
            on_its_way: None,
        }))
    }

    async fn read(&self, key: &str) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let found = self.service.get(&self.path(key)).await?;
        Ok(found.into_stream().map_err(Error::from).boxed())
    }

    async fn open(
        &self,
        key: &str,
        spool: Option<&std::path::Path>,
        most: u64,
    ) -> Result<File, Error> {
        let mut pieces = self.read(key).await?;
        let spool = spool.map(std::path::Path::to_owned);
        let mut file = spawn_blocking(move || match spool {
            Some(folder) => tempfile::tempfile_in(folder),
            None => tempfile::tempfile(),
        })
        .await??;
        let mut left = most;
        while let Some(mut piece) = pieces.try_next().await? {
            let wanted = left.min(piece.len() as u64);
            piece.truncate(usize::try_from(wanted).expect("no more than the piece holds"));
            left -= piece.len() as u64;
            if piece.is_empty() {
                break;
            }
            file = spawn_blocking(move || file.write_all(&piece).map(|()| file)).await??;
        }
        file.rewind()?;
        Ok(file)
    }

    async fn delete(&self, key: &str) -> Result<(), Error> {
        Ok(self.service.delete(&self.path(key)).await?)
    }

    async fn list(&self) -> Result<BoxStream<'static, Result<ListedObject, Error>>, Error> {
        let prefix = self.prefix.clone();
        let listing = self.service.list(Some(&self.path(ROOT)));
        let ours = listing.map(move |listed| {
            let listed = listed?;
            let below = listed.location.prefix_match(&prefix);
            let parts: Vec<_> = below.into_iter().flatten().collect();
            let name: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
            let micros = listed.last_modified.timestamp_micros();
            let modified = Timestamp::from_microsecond(micros).map_err(Error::internal)?;
            Ok(ListedObject { name: name.join("/"), modified })
        });
        Ok(ours.boxed())
    }

    /// There are none: parts that were never completed have no name.
    async fn temporaries(&self) -> Result<Vec<ListedObject>, Error> {
        Ok(Vec::new())
    }

    async fn delete_temporary(&self, _name: &str) -> Result<(), Error> {
        Err(Error::NotFound { what: "object" })
    }

    async fn remove_below(&self, folder: &str) -> Result<u64, Error> {
        let listed = self.service.list(Some(&self.path(folder)));
        let names = listed.map_ok(|object| object.location).boxed();
        let removed = self.service.delete_stream(names);
        Ok(removed.try_fold(0, |count, _name| std::future::ready(Ok(count + 1))).await?)
    }

    async fn folders_in(&self, folder: &str) -> Result<Vec<String>, Error> {
        let listed = self.service.list_with_delimiter(Some(&self.path(folder))).await?;
        let name = |path: &Path| Some(path.filename()?.to_owned());
        Ok(listed.common_prefixes.iter().filter_map(name).collect())
    }

    fn ledger_files(&self) -> Result<Arc<dyn ObjectStore>, Error> {
        let service = Arc::clone(&self.service);
        Ok(Arc::new(PrefixStore::new(service, self.path(ledger_files::ROOT))))
    }

    fn free_bytes(&self) -> Option<u64> {
        None
    }
}

/// An object on its way to the service: up to two parts in memory, one being filled, one being
/// sent.
struct RemoteWriter {
    service: Arc<dyn ObjectStore>,
    path: Path,
    hash: digest::Context,
    bytes: u64,
    part: BytesMut,
    /// Begun once there is more than one part holds.
    parts: Option<Box<dyn MultipartUpload>>,
    on_its_way: Option<JoinHandle<object_store::Result<()>>>,
}

impl RemoteWriter {
    async fn send_part(&mut self) -> Result<(), Error> {
        self.arrived().await?;
        let mut parts = match self.parts.take() {
            Some(parts) => parts,
            None => self.service.put_multipart(&self.path).await?,
        };
        let part = PutPayload::from(self.part.split().freeze());
        self.on_its_way = Some(tokio::spawn(parts.put_part(part)));
        self.parts = Some(parts);
        Ok(())
    }

    async fn arrived(&mut self) -> Result<(), Error> {
        match self.on_its_way.take() {
            Some(part) => Ok(part.await??),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl PendingObject for RemoteWriter {
    async fn write(&mut self, mut bytes: Bytes) -> Result<(), Error> {
        self.hash.update(&bytes);
        self.bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            if self.part.len() == PART_BYTES {
                self.send_part().await?;
            }
            let room = PART_BYTES - self.part.len();
            self.part.extend_from_slice(&bytes.split_to(room.min(bytes.len())));
        }
        Ok(())
    }

    async fn finish(&mut self) -> Result<Content, Error> {
        if self.parts.is_some() {
            self.send_part().await?;
            self.arrived().await?;
        }
        Ok(Content::new(self.bytes, self.hash.clone()))
    }

    async fn publish(&mut self) -> Result<(), Error> {
        let Some(mut parts) = self.parts.take() else {
            let payload = PutPayload::from(self.part.split().freeze());
            self.service.put_opts(&self.path, payload, PutMode::Create.into()).await?;
            return Ok(());
        };
        if let Err(error) = parts.complete().await {
            self.parts = Some(parts);
            return Err(error.into());
        }
        Ok(())
    }

    async fn abandon(&mut self) {
        if let Some(part) = self.on_its_way.take() {
            part.abort();
        }
        if let Some(parts) = self.parts.take() {
            abort(parts).await;
        }
    }
}

impl Drop for RemoteWriter {
    fn drop(&mut self) {
        if let (Some(parts), Ok(runtime)) = (self.parts.take(), Handle::try_current()) {
            drop(runtime.spawn(abort(parts)));
        }
    }
}

async fn abort(mut parts: Box<dyn MultipartUpload>) {
    if let Err(error) = parts.abort().await {
        tracing::warn!(%error, "a lifecycle rule of the bucket must remove an interrupted upload");
    }
}

impl std::fmt::Debug for RemoteWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteWriter").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

/// Returns `true` when the bucket or container itself is not there, as the services say in their answer.
fn is_without_place(error: &object_store::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(said) = cause {
        let text = said.to_string();
        if NO_PLACE_CODES.iter().any(|code| text.contains(code)) {
            return true;
        }
        cause = said.source();
    }
    false
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        if is_without_place(&error) {
            return Self::NoBucket(Cause::new(error));
        }
        match error {
            object_store::Error::NotFound { .. } => Self::NotFound { what: "object" },
            object_store::Error::AlreadyExists { .. } => Self::Conflict { what: "object" },
            object_store::Error::UnknownConfigurationKey { .. }
            | object_store::Error::NotSupported { .. }
            | object_store::Error::NotImplemented { .. } => Self::internal(error),
            other => Self::unavailable(other),
        }
    }
}
