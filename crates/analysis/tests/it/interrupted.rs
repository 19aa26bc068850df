//! Interruptions: a reading that is begun again ends in the same ledger, and nobody commits twice.

use analysis::Error;
use domain::FileType;

use crate::site::{FileToRead, NOW, Site, ledger, upload};

const SUPPLIERS: FileType = FileType::Suppliers;

fn text(names: &[&str]) -> String {
    let lines: Vec<String> = names.iter().map(|name| format!("S{name},{name}\n")).collect();
    format!("Supplier Ref,Supplier Name\n{}", lines.concat())
}

#[tokio::test]
async fn what_was_prepared_and_not_committed_is_written_again_under_the_same_names() {
    let site = Site::new();
    site.read(SUPPLIERS, 1, &text(&["a", "b"])).await;
    let again = text(&["a", "b", "c"]);
    let read = FileToRead { number: 2, ..FileToRead::csv(SUPPLIERS, again.as_bytes()) };
    drop(site.pending(read).await);
    let left = files(&site);
    assert_eq!(site.rows(SUPPLIERS).await.len(), 2, "nothing is visible before the commit");
    let pending = site.pending(read).await;
    assert_eq!(files(&site), left, "the same names and bytes");
    pending.commit(NOW).await.unwrap();
    assert_eq!(site.rows(SUPPLIERS).await.len(), 3);
}

#[tokio::test]
async fn a_committed_upload_is_known_and_what_it_did() {
    let site = Site::new();
    let (first, second) = (text(&["a", "b"]), text(&["a", "b", "c"]));
    site.read(SUPPLIERS, 1, &first).await;
    let change = site.read(SUPPLIERS, 2, &second).await;
    let found = async |number| site.ledgers.find_change(&ledger(SUPPLIERS), upload(number)).await;
    assert_eq!(found(2).await.unwrap(), Some(change));
    assert_eq!(found(1).await.unwrap().map(|change| change.version), Some(1));
    assert_eq!(found(3).await.unwrap(), None);
    let other = ledger(FileType::Employees);
    assert_eq!(site.ledgers.find_change(&other, upload(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_change_made_against_an_older_version_is_refused() {
    let site = Site::new();
    let (one, two) = (text(&["a", "b"]), text(&["a", "c"]));
    site.read(SUPPLIERS, 1, &text(&["a"])).await;
    let slow =
        site.pending(FileToRead { number: 2, ..FileToRead::csv(SUPPLIERS, one.as_bytes()) }).await;
    let fast =
        site.pending(FileToRead { number: 3, ..FileToRead::csv(SUPPLIERS, two.as_bytes()) }).await;
    fast.commit(NOW).await.unwrap();
    assert!(matches!(slow.commit(NOW).await, Err(Error::Overtaken)));
    let names: Vec<_> =
        site.rows(SUPPLIERS).await.into_iter().map(|row| row["supplier_name"].clone()).collect();
    assert_eq!(names, ["a", "c"]);
}

fn files(site: &Site) -> Vec<(String, Vec<u8>)> {
    let folder = site.folder.path().join("acme/uk/suppliers");
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "parquet"))
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect();
    found.sort();
    found
}
