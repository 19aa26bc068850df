//! What every place for objects must do, run on a local disk and on a service in memory.

use std::io::{Read as _, Seek as _, SeekFrom};

use aws_lc_rs::digest;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use object_store::PutMode;
use object_store::memory::InMemory;

use super::remote::RemoteObjects;
use super::*;

const KEY: &str = "raw/acme/uk/2026-11/upl_01k00000000000000000000000";
/// Either side of every buffer and part.
const SIZES: [usize; 7] = [0, 1, 262_143, 262_144, 262_145, 5_242_880, 12_000_000];
/// What a TLS record brings, and something odd.
const CHUNKS: [usize; 2] = [16_384, 99_991];

fn local(folder: &Path) -> Arc<dyn Objects> {
    Arc::new(LocalObjects::open(folder).unwrap())
}

fn remote() -> Arc<dyn Objects> {
    Arc::new(RemoteObjects::over(Arc::new(InMemory::new()), "some/prefix"))
}

fn sample(size: usize) -> Vec<u8> {
    // A prime length, so that no buffer's end falls on the same byte twice.
    let pattern: Vec<u8> = (0..251).collect();
    let mut sample = pattern.repeat(size / pattern.len() + 1);
    sample.truncate(size);
    sample
}

async fn written(objects: &dyn Objects, content: &[u8], chunk: usize) -> Box<dyn PendingObject> {
    let mut pending = objects.create(KEY).await.unwrap();
    for piece in content.chunks(chunk) {
        pending.write(Bytes::copy_from_slice(piece)).await.unwrap();
    }
    pending
}

async fn stored(objects: &dyn Objects) -> Result<Vec<u8>, Error> {
    let pieces: Vec<Bytes> = objects.read(KEY).await?.try_collect().await?;
    Ok(pieces.concat())
}

async fn listed(objects: &dyn Objects) -> Vec<String> {
    let listed: Vec<ListedObject> = objects.list().await.unwrap().try_collect().await.unwrap();
    listed.into_iter().map(|object| object.name).collect()
}

async fn every_size_comes_back(objects: &dyn Objects) {
    for (size, chunk) in SIZES.into_iter().flat_map(|size| CHUNKS.map(|chunk| (size, chunk))) {
        let content = sample(size);
        let mut pending = written(objects, &content, chunk).await;
        let found = pending.finish().await.unwrap();
        let mut hash = digest::Context::new(&digest::SHA256);
        hash.update(&content);
        assert_eq!(found, Content::new(size as u64, hash), "{size} by {chunk}");
        assert!(stored(objects).await.is_err(), "seen before it was published");
        pending.publish().await.unwrap();
        assert_eq!(stored(objects).await.unwrap(), content, "{size} by {chunk}");
        assert_eq!(listed(objects).await, [KEY]);
        objects.delete(KEY).await.unwrap();
        assert_eq!(listed(objects).await, [""; 0]);
    }
}

async fn what_is_published_stays(objects: &dyn Objects) {
    let mut first = written(objects, b"first", 5).await;
    first.finish().await.unwrap();
    first.publish().await.unwrap();
    let mut second = written(objects, b"second", 6).await;
    second.finish().await.unwrap();
    let taken = second.publish().await;
    assert!(matches!(taken, Err(Error::Conflict { .. })), "{taken:?}");
    drop(second);
    assert_eq!(stored(objects).await.unwrap(), b"first");
    objects.delete(KEY).await.unwrap();
    assert!(matches!(objects.delete(KEY).await, Ok(()) | Err(Error::NotFound { .. })));
    assert!(matches!(stored(objects).await, Err(Error::NotFound { .. })));
}

async fn what_is_abandoned_goes(objects: &dyn Objects) {
    for size in SIZES {
        let mut begun = written(objects, &sample(size), CHUNKS[0]).await;
        begun.abandon().await;
        assert_eq!(objects.temporaries().await.unwrap(), []);
        let mut finished = written(objects, &sample(size), CHUNKS[0]).await;
        finished.finish().await.unwrap();
        finished.abandon().await;
        assert_eq!(objects.temporaries().await.unwrap(), []);
        assert_eq!(listed(objects).await, [""; 0]);
    }
}

async fn an_object_opens_as_a_file(objects: &dyn Objects) {
    let content = sample(700_000);
    let mut pending = written(objects, &content, CHUNKS[0]).await;
    pending.finish().await.unwrap();
    pending.publish().await.unwrap();
    let spool = tempfile::tempdir().unwrap();
    for spool in [Some(spool.path()), None] {
        let mut file = objects.open(KEY, spool, u64::MAX).await.unwrap();
        let mut found = Vec::new();
        file.read_to_end(&mut found).unwrap();
        assert!(found == content);
        file.seek(SeekFrom::Start(699_999)).unwrap();
        assert_eq!(file.read(&mut [0; 9]).unwrap(), 1);
    }
    let mut start = objects.open(KEY, None, 500_000).await.unwrap();
    let mut found = vec![0; 500_000];
    start.read_exact(&mut found).unwrap();
    assert!(found == content[..500_000]);
    assert_eq!(std::fs::read_dir(spool.path()).unwrap().count(), 0, "a copy has no name");
    objects.delete(KEY).await.unwrap();
    let missing = objects.open(KEY, None, u64::MAX).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })), "{missing:?}");
}

async fn ledgers_and_objects_do_not_meet(objects: &dyn Objects) {
    let ledgers = objects.ledger_files().unwrap();
    let path = object_store::path::Path::from("acme/uk/suppliers/_delta_log/0.json");
    let create = || ledgers.put_opts(&path, "{}".into(), PutMode::Create.into());
    create().await.unwrap();
    let taken = create().await;
    assert!(matches!(taken, Err(object_store::Error::AlreadyExists { .. })), "{taken:?}");
    assert_eq!(listed(objects).await, [""; 0]);
    assert_eq!(objects.temporaries().await.unwrap(), []);

    let mut pending = written(objects, b"x", 1).await;
    pending.finish().await.unwrap();
    pending.publish().await.unwrap();
    let again = objects.ledger_files().unwrap();
    let found: Vec<_> = again.list(None).try_collect().await.unwrap();
    let found: Vec<_> = found.into_iter().map(|file| file.location).collect();
    assert_eq!(found, [path]);
    assert_eq!(listed(objects).await, [KEY]);
    objects.delete(KEY).await.unwrap();
}

async fn all(objects: Arc<dyn Objects>) {
    every_size_comes_back(&*objects).await;
    what_is_published_stays(&*objects).await;
    what_is_abandoned_goes(&*objects).await;
    an_object_opens_as_a_file(&*objects).await;
    ledgers_and_objects_do_not_meet(&*objects).await;
}

#[tokio::test]
async fn a_local_disk_keeps_objects() {
    let folder = tempfile::tempdir().unwrap();
    all(local(folder.path())).await;
}

#[tokio::test]
async fn a_service_keeps_objects() {
    all(remote()).await;
}

#[test]
fn a_dropped_writer_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // Ending the runtime waits for the removal that the drop began.
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let objects = local(folder.path());
        let begun = written(&*objects, &sample(1_000_000), CHUNKS[0]).await;
        assert_eq!(objects.temporaries().await.unwrap().len(), 1);
        drop(begun);
    });
    drop(runtime);
    assert_eq!(std::fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0);
}

#[tokio::test]
async fn one_private_name_has_one_writer() {
    let folder = tempfile::tempdir().unwrap();
    let objects = local(folder.path());
    let mut first = written(&*objects, &sample(1_000_000), CHUNKS[0]).await;
    first.finish().await.unwrap();
    let mut large = written(&*objects, &sample(300_000), CHUNKS[0]).await;
    assert!(large.finish().await.is_err());
    let mut small = written(&*objects, b"second", 6).await;
    small.finish().await.unwrap();
    assert!(small.publish().await.is_err());
    // Neither takes the file away from whoever has it.
    drop((large, small));
    first.publish().await.unwrap();
    assert_eq!(stored(&*objects).await.unwrap(), sample(1_000_000));
}
