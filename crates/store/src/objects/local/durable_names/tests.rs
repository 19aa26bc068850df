//! Which directories are fsynced before a name counts as durable, and that nothing is replaced.

use std::os::unix::fs::MetadataExt as _;

use super::*;

fn paths(texts: &[&str]) -> Vec<PathBuf> {
    texts.iter().map(PathBuf::from).collect()
}

#[test]
fn every_directory_not_known_to_be_durable_has_its_parent_synced() {
    let root = Path::new("/o");
    let folder = Path::new("/o/raw/acme/uk/2026-11");
    for (known, synced) in [
        (&[][..], &["/o", "/o/raw", "/o/raw/acme", "/o/raw/acme/uk", "/o/raw/acme/uk/2026-11"][..]),
        (&["/o/raw", "/o/raw/acme"], &["/o/raw/acme", "/o/raw/acme/uk", "/o/raw/acme/uk/2026-11"]),
        (
            &["/o/raw", "/o/raw/acme", "/o/raw/acme/uk", "/o/raw/acme/uk/2026-11"],
            &["/o/raw/acme/uk/2026-11"],
        ),
    ] {
        let known: HashSet<PathBuf> = paths(known).into_iter().collect();
        let unknown = unknown_folders(root, folder, &known);
        assert_eq!(folders_to_sync(folder, &unknown), paths(synced), "{known:?}");
    }
    assert_eq!(unknown_folders(root, root, &HashSet::new()), paths(&[]));
}

#[tokio::test]
async fn a_name_is_published_once_and_its_folders_are_private() {
    let root = tempfile::tempdir().unwrap();
    let names = DurableNames::below(root.path());
    let (first, second) = (root.path().join("1"), root.path().join("2"));
    fs::write(&first, "first").unwrap();
    fs::write(&second, "second").unwrap();
    let published = root.path().join("raw/acme/file");
    names.publish(&first, &published, OnConflict::Refuse).await.unwrap();
    let taken = names.publish(&second, &published, OnConflict::Refuse).await;
    assert!(matches!(taken, Err(Error::Conflict { .. })), "{taken:?}");
    assert_eq!(fs::read(&published).unwrap(), b"first");
    assert!(!first.exists() && second.exists());
    names.publish(&second, &published, OnConflict::Replace).await.unwrap();
    assert_eq!(fs::read(&published).unwrap(), b"second");
    let folder = published.parent().unwrap();
    assert_eq!(fs::metadata(folder).unwrap().mode() & 0o777, 0o700);
    assert!(names.lock().contains(folder));
}

#[test]
fn without_a_rename_that_keeps_a_link_does_the_same() {
    let root = tempfile::tempdir().unwrap();
    let (from, to) = (root.path().join("from"), root.path().join("to"));
    fs::write(&from, "a").unwrap();
    link_without_replacing(&from, &to).unwrap();
    assert!(!from.exists());
    fs::write(&from, "b").unwrap();
    let taken = link_without_replacing(&from, &to);
    assert!(matches!(taken, Err(Error::Conflict { .. })), "{taken:?}");
    assert_eq!(fs::read(&to).unwrap(), b"a");
}
