//! Where the bytes come from, and what happens when they change.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::program::{Bursar, file};
use crate::server::{Act, Server, answer};

const LARGE: usize = 24 * 1024 * 1024;

#[test]
fn standard_input_is_sent_and_sent_again_the_same() {
    let server =
        Server::start([Act::Answer(answer(500, &[], "")), Act::Answer(answer(201, &[], "{}"))]);
    let content = vec![b'z'; 700_000];
    let run = Bursar::send(&server)
        .args(["-", "--name", "invoices.csv", "--no-timestamp"])
        .input(&content)
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(server.got().iter().all(|got| got.body == content));
    assert!(
        server.got()[1].head.contains("/APT/invoices.csv HTTP/1.1"),
        "{}",
        server.got()[1].head
    );
}

#[test]
fn what_cannot_be_sent_is_said_with_its_exit_code() {
    let server = Server::start([Act::Answer(answer(201, &[], "{}"))]);
    let missing = server.folder.path().join("apt.csv");
    let pattern = server.folder.path().join("apt*.csv");
    let empty = file(&server, "apt_empty.csv", b"");
    let unclear = file(&server, "export.csv", b"a\n");
    let picture = file(&server, "invoices.png", b"a\n");
    for (path, code, words) in [
        (missing.as_path(), 4, "there is no such file"),
        (server.folder.path(), 2, "cannot be told from its name"),
        (&pattern, 3, "no file matches"),
        (&empty, 3, "it is empty"),
        (&unclear, 2, "--type APT"),
        (&picture, 2, "must end in .csv"),
        (Path::new("-"), 2, "standard input has no name"),
    ] {
        let run = Bursar::send(&server).arg(path).run();
        assert_eq!(run.code, code, "{path:?} {run:?}");
        assert!(run.err.contains(words), "{path:?} {run:?}");
    }
    let run = Bursar::send(&server).run();
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.err.starts_with("nothing to send: "), "{run:?}");
    let run = Bursar::send(&server).args(["-", "--name", "apt.csv"]).input(b"").run();
    assert_eq!(run.code, 3, "{run:?}");
    assert_eq!(server.got().len(), 0);
}

#[test]
fn several_files_are_sent_one_by_one_and_one_bad_one_stops_none() {
    let server = Server::start([Act::Answer(answer(201, &[], "{}"))]);
    let first = file(&server, "apt_a.csv", b"a\n");
    let last = file(&server, "apt_b.csv", b"b\n");
    let missing = server.folder.path().join("apt_c.csv");
    let run = Bursar::send(&server).arg(&first).arg(&missing).arg(&last).run();
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("2 of 3 files sent"), "{run:?}");
    assert!(run.err.contains("apt_c.csv: not sent: there is no such file"), "{run:?}");
    assert_eq!(server.got().len(), 2);
}

#[test]
fn a_file_that_changes_while_it_is_sent_is_never_received_whole() {
    type Change = fn(&Path);
    let changes: [(&str, Change); 4] = [
        ("it grew", |path| {
            use std::io::Write as _;
            fs::File::options().append(true).open(path).unwrap().write_all(b"more").unwrap();
        }),
        ("it became shorter", |path| {
            fs::File::options().write(true).open(path).unwrap().set_len(1000).unwrap();
        }),
        ("it was replaced", |path| {
            let other = path.with_extension("new");
            fs::write(&other, vec![b'y'; LARGE]).unwrap();
            fs::rename(other, path).unwrap();
        }),
        ("it was removed", |path| fs::remove_file(path).unwrap()),
    ];
    for (words, change) in changes {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("apt.csv");
        fs::write(&path, vec![b'x'; LARGE]).unwrap();
        let changed = path.clone();
        let server = Server::start([Act::Meanwhile(
            Arc::new(move || change(&changed)),
            answer(201, &[], "{}"),
        )]);
        let run = Bursar::send(&server).arg(&path).run();
        assert_eq!(run.code, 5, "{words} {run:?}");
        assert!(run.err.contains(words), "{words} {run:?}");
        assert_eq!(server.got().len(), 1, "{words}: tried again");
        assert!(server.got()[0].body.len() < LARGE, "{words}: all of it was sent");
    }
}

#[test]
fn a_page_saved_as_an_extract_is_warned_of() {
    let server = Server::start([Act::Answer(answer(201, &[], "{}"))]);
    let path = file(&server, "apt.csv", b"<!doctype html><title>Sign in</title>");
    let run = Bursar::send(&server).args(["--quiet"]).arg(path).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.err.contains("warning: ") && run.err.contains("HTML"), "{run:?}");
}
