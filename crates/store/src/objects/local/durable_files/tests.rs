//! That bytes come back by every way of writing, names are taken once, and nothing is left behind.

use std::os::unix::fs::MetadataExt as _;

use futures_util::TryStreamExt as _;
use tempfile::TempDir;

use super::*;

const LOG: &str = "acme/uk/transactions/_delta_log/00000000000000000000.json";

struct Place {
    folder: TempDir,
    files: DurableFiles,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    folders::make(&folder.path().join(TEMPORARIES)).unwrap();
    let files = DurableFiles::open(folder.path(), "ledgers").unwrap();
    Place { folder, files }
}

impl Place {
    async fn put(&self, path: &str, content: &'static str, mode: PutMode) -> Result<PutResult> {
        self.files.put_opts(&Path::from(path), PutPayload::from(content), mode.into()).await
    }

    async fn content(&self, path: &str) -> Result<String> {
        let bytes = self.files.get(&Path::from(path)).await?.bytes().await?;
        Ok(String::from_utf8(bytes.to_vec()).unwrap())
    }

    async fn names(&self) -> Vec<String> {
        let listed: Vec<ObjectMeta> = self.files.list(None).try_collect().await.unwrap();
        let mut names: Vec<_> = listed.into_iter().map(|file| file.location.to_string()).collect();
        names.sort();
        names
    }

    fn temporaries(&self) -> usize {
        fs::read_dir(self.folder.path().join(TEMPORARIES)).unwrap().count()
    }
}

fn is_taken<T>(result: &Result<T>) -> bool {
    matches!(result, Err(object_store::Error::AlreadyExists { .. }))
}

#[tokio::test]
async fn a_new_name_is_taken_once() {
    let place = place();
    let made = place.put(LOG, "first", PutMode::Create).await.unwrap();
    assert!(is_taken(&place.put(LOG, "second", PutMode::Create).await));
    assert_eq!(place.content(LOG).await.unwrap(), "first");
    let head = place.files.head(&Path::from(LOG)).await.unwrap();
    assert_eq!((head.e_tag, head.size), (made.e_tag, 5));
    place.put(LOG, "third", PutMode::Overwrite).await.unwrap();
    assert_eq!(place.content(LOG).await.unwrap(), "third");
    assert_eq!((place.names().await, place.temporaries()), (vec![LOG.to_owned()], 0));
    let file = place.folder.path().join("ledgers").join(LOG);
    let mode = |path: &FilePath| fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
}

#[tokio::test]
async fn of_many_at_once_one_takes_the_name() {
    let place = place();
    let puts = (0..16).map(|_| place.put(LOG, "x", PutMode::Create));
    let done = futures_util::future::join_all(puts).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1);
    assert_eq!(done.iter().filter(|done| is_taken(done)).count(), 15);
}

#[tokio::test]
async fn parts_come_back_as_one_file_when_they_are_complete() {
    let place = place();
    let path = Path::from("acme/uk/transactions/part-0.parquet");
    for content in ["one and two", "three and f"] {
        let mut upload = place.files.put_multipart(&path).await.unwrap();
        let (first, second) = content.split_at(4);
        let first = upload.put_part(PutPayload::from(first.to_owned().into_bytes()));
        let second = upload.put_part(PutPayload::from(second.to_owned().into_bytes()));
        // Whichever is written first.
        second.await.unwrap();
        first.await.unwrap();
        assert_ne!(place.content(path.as_ref()).await.ok().as_deref(), Some(content));
        upload.complete().await.unwrap();
        assert_eq!(place.content(path.as_ref()).await.unwrap(), content);
        assert!(upload.complete().await.is_err());
        assert!(upload.put_part(PutPayload::new()).await.is_err());
    }
    let mut aborted = place.files.put_multipart(&Path::from("a")).await.unwrap();
    aborted.put_part(PutPayload::from("x")).await.unwrap();
    aborted.abort().await.unwrap();
    let dropped = place.files.put_multipart(&Path::from("b")).await.unwrap();
    assert_eq!(place.temporaries(), 1);
    drop(dropped);
    assert_eq!((place.names().await.len(), place.temporaries()), (1, 0));
}

#[tokio::test]
async fn copies_and_renames_keep_to_their_mode() {
    let place = place();
    let (a, b, c) = (Path::from("t/a"), Path::from("u/b"), Path::from("v/c"));
    place.put("t/a", "a", PutMode::Create).await.unwrap();
    place.put("u/b", "b", PutMode::Create).await.unwrap();
    assert!(is_taken(&place.files.copy_if_not_exists(&a, &b).await));
    assert!(is_taken(&place.files.rename_if_not_exists(&a, &b).await));
    assert_eq!(place.content("u/b").await.unwrap(), "b");
    place.files.copy(&a, &b).await.unwrap();
    // Of a file to itself, by another name.
    place.files.copy(&a, &b).await.unwrap();
    assert_eq!(place.content("u/b").await.unwrap(), "a");
    place.files.copy_if_not_exists(&a, &c).await.unwrap();
    place.files.delete(&c).await.unwrap();
    place.files.rename_if_not_exists(&a, &c).await.unwrap();
    place.put("t/a", "new", PutMode::Create).await.unwrap();
    place.files.rename(&a, &c).await.unwrap();
    assert_eq!(place.content("v/c").await.unwrap(), "new");
    assert_eq!((place.names().await, place.temporaries()), (vec!["u/b".into(), "v/c".into()], 0));
    for missing in [place.files.copy(&a, &b).await, place.files.rename(&a, &b).await] {
        assert!(matches!(missing, Err(object_store::Error::NotFound { .. })), "{missing:?}");
    }
}

#[tokio::test]
async fn what_a_folder_cannot_do_is_said() {
    let place = place();
    let version = object_store::UpdateVersion { e_tag: None, version: None };
    let update = place.put(LOG, "x", PutMode::Update(version)).await;
    assert!(matches!(update, Err(object_store::Error::NotImplemented { .. })), "{update:?}");
    assert!(place.files.put_multipart(&Path::from("")).await.is_err());
    assert_eq!((place.names().await.len(), place.temporaries()), (0, 0));
}

#[tokio::test]
async fn a_folder_behind_a_link_is_the_same_folder() {
    let place = place();
    place.put(LOG, "x", PutMode::Create).await.unwrap();
    let link = place.folder.path().join("link");
    std::os::unix::fs::symlink(place.folder.path(), &link).unwrap();
    let files = DurableFiles::open(&link, "ledgers").unwrap();
    let again = files.put_opts(&Path::from(LOG), "y".into(), PutMode::Create.into()).await;
    assert!(is_taken(&again));
    let other = Path::from("acme/de/suppliers/x");
    files.put(&other, "y".into()).await.unwrap();
    assert_eq!(place.content(other.as_ref()).await.unwrap(), "y");
}
