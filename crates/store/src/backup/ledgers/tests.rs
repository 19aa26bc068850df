//! What a backup takes of the ledgers, and what it does when they change meanwhile.

use object_store::memory::InMemory;

use super::*;

async fn put(files: &dyn ObjectStore, path: &str, content: &[u8]) {
    files.put(&Path::from(path), PutPayload::from(content.to_vec())).await.unwrap();
}

async fn listed(files: &dyn ObjectStore) -> Vec<String> {
    let all: Vec<ObjectMeta> = files.list(None).try_collect().await.unwrap();
    let mut names: Vec<String> = all.into_iter().map(|file| file.location.to_string()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn all_but_the_short_cut_is_copied_once() {
    let (from, to) = (InMemory::new(), InMemory::new());
    let large = vec![7; 2 * PART_BYTES + 1];
    put(&from, "acme/uk/suppliers/part-1.parquet", &large).await;
    put(&from, "acme/uk/suppliers/_delta_log/0.json", b"log").await;
    put(&from, "acme/uk/suppliers/_delta_log/_last_checkpoint", b"{}").await;
    let mut copies = LedgerCopies::default();
    assert!(copy_round(&from, &to, &mut copies, None).await.unwrap());
    let names = ["acme/uk/suppliers/_delta_log/0.json", "acme/uk/suppliers/part-1.parquet"];
    assert_eq!(listed(&to).await, names);
    let copied = to.get(&Path::from(names[1])).await.unwrap().bytes().await.unwrap();
    assert!(copied == large);
    let first = copies.clone();
    assert_eq!((first.files(), first.bytes()), (2, large.len() as u64 + 3));
    assert!(copy_round(&from, &to, &mut copies, None).await.unwrap());
    assert_eq!(copies, first);
    // An attempt that begins anew finds what is there, and proves it.
    let mut again = LedgerCopies::default();
    assert!(copy_round(&from, &to, &mut again, None).await.unwrap());
    assert_eq!(again, first);
    again.verify(&to).await.unwrap();
    put(&to, names[0], b"gol").await;
    assert!(again.verify(&to).await.is_err(), "of the same length, and not the same");
}

#[tokio::test]
async fn a_file_that_is_gone_is_told() {
    let (from, to) = (InMemory::new(), InMemory::new());
    put(&from, "t/_delta_log/0.json", b"log").await;
    let file = from.head(&Path::from("t/_delta_log/0.json")).await.unwrap();
    from.delete(&file.location).await.unwrap();
    let mut copies = LedgerCopies::default();
    let outcome = copy_file(&from, &to, &file, &mut copies, None).await.unwrap();
    assert_eq!((outcome, copies), (CopyOutcome::Gone, LedgerCopies::default()));
}
