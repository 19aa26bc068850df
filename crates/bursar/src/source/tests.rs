use std::io::Write as _;
use std::time::SystemTime;

use super::*;

fn file_of(content: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}

#[test]
fn a_source_reads_the_same_twice() {
    let file = file_of(&vec![7; CHUNK_BYTES * 2 + 1]);
    let source = Source::open(file.path()).unwrap();
    assert_eq!(source.bytes(), CHUNK_BYTES as u64 * 2 + 1);
    assert_eq!(source.digest().unwrap(), source.digest().unwrap());
}

#[test]
fn what_cannot_be_sent_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let empty = file_of(b"");
    for (path, fault) in [
        (folder.path().to_owned(), SourceFault::Folder),
        (folder.path().join("absent.csv"), SourceFault::Absent),
        (empty.path().to_owned(), SourceFault::Empty),
    ] {
        assert_eq!(Source::open(&path).unwrap_err(), fault);
    }
}

#[test]
fn a_file_that_changes_between_two_tries_is_noticed() {
    type Change = fn(&Path);
    let changes: [(&str, Change); 5] = [
        ("grew", |path| {
            File::options().append(true).open(path).unwrap().write_all(b"x").unwrap();
        }),
        ("shorter", |path| {
            File::options().write(true).open(path).unwrap().set_len(3).unwrap();
        }),
        ("written", |path| {
            let file = File::options().write(true).open(path).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        }),
        ("replaced", |path| {
            let other = path.with_extension("other");
            fs::write(&other, b"Supplier,Amount\n").unwrap();
            fs::rename(other, path).unwrap();
        }),
        ("removed", |path| fs::remove_file(path).unwrap()),
    ];
    for (word, change) in changes {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, b"Supplier,Amount\n").unwrap();
        let source = Source::open(&path).unwrap();
        // Between the first byte and the last.
        let mut reader = HashingReader::begin(&source).unwrap();
        change(&path);
        let during = reader.next().unwrap_err();
        let after = source.digest().unwrap_err();
        for fault in [during, after] {
            assert!(matches!(fault, SourceFault::Changed(_)), "{word}: {fault}");
            assert!(fault.to_string().contains(word), "{word}: {fault}");
        }
    }
}

#[test]
fn a_page_saved_as_csv_raises_a_doubt() {
    let file = file_of(b"<!DOCTYPE html><title>Sign in</title>");
    let source = Source::open(file.path()).unwrap();
    assert!(source.content_warning(FileFormat::Csv).unwrap().contains("HTML"));
    let file = file_of(b"Supplier,Amount\n");
    assert_eq!(Source::open(file.path()).unwrap().content_warning(FileFormat::Csv), None);
}

#[test]
fn what_the_outbox_cannot_keep_names_the_outbox() {
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("spool");
    let fault = Spooler::begin(&spool, "one").unwrap_err();
    let failure = crate::explain::explain_source(&fault);
    assert!(
        failure.what.contains("in the outbox, in") && failure.what.contains("spool"),
        "{failure}"
    );
    assert!(failure.next.contains("--outbox") && !failure.next.contains("TMPDIR"), "{failure}");
}
