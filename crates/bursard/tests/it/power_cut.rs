//! The power-cut oracle: when a receipt leaves the server, all that it promises is on the disk.
//!
//! A killed process loses nothing that the kernel has; only what was synced survives a power cut. So the
//! system calls of the server are recorded while it receives, and at the moment of each 201 the file, its
//! name, every folder that leads to it and the database's own log must have been synced.

mod trace;

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use trace::{Call, Disk, Effect};

use crate::harness::{JsonAnswer as _, Server};

/// `cargo xtask prove power` sets more.
const UPLOADS_VARIABLE: &str = "BURSAR_POWER_UPLOADS";
const UPLOADS: usize = 6;
/// Reading writes as well, and would be taken for the receipt's own writing.
const CONFIG: &str = "[limits]\nworkers = 0\n";
/// Longer than one window of the writer, shorter than one, and next to nothing.
const SIZES: [usize; 3] = [9_000_000, 300_000, 40];

/// A 201 as its client saw it.
struct Acknowledgement {
    upload: String,
    asked: u64,
    answered: u64,
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    u64::try_from(since.as_nanos()).expect("before the year 2554")
}

async fn send(server: &Server, token: &str, customer: &str, number: usize) -> Acknowledgement {
    let file_type = ["APT", "Suppliers", "Employees"][number % 3];
    let line = format!("{number},Made Up Supplies,10.00\n");
    let body = line.repeat(SIZES[number % SIZES.len()] / line.len() + 1);
    let path = format!(
        "/customers/{customer}/units/{customer}/Uploads/upload/{file_type}/file_{number}.csv"
    );
    let request = server.client().post(server.url(&path)).header("Content-Type", "text/csv");
    let request = request.bearer_auth(token).body(body);
    let asked = now();
    let answer = request.send().await.unwrap();
    let answered = now();
    assert_eq!(answer.status(), 201);
    let receipt: Value = answer.json_value().await;
    let upload = receipt["uploadId"].as_str().unwrap().to_owned();
    Acknowledgement { upload, asked, answered }
}

/// What a power cut at the moment of this receipt would have taken of what it promises.
fn lost(calls: &[Call], data: &Path, object: &Path, receipt: &Acknowledgement) -> Vec<String> {
    // The client may have it before the call that sent it has ended.
    let within = |call: &&Call| call.began > receipt.asked && call.began < receipt.answered;
    let answers = calls.iter().filter(within).filter(|call| call.effect == Effect::Answer);
    let answer = answers.max_by_key(|call| call.began).expect("the server answered");
    let root = data.parent().expect("the data folder stands in the test's own");
    let database = data.join("bursar.db");
    let log = data.join("bursar.db-wal");
    let mut disk = Disk::default();
    let mut commits = 0;
    for call in calls.iter().take_while(|call| call.ended <= answer.began) {
        let before = disk.syncs(&log);
        disk.apply(call);
        if call.ended > receipt.asked {
            commits += disk.syncs(&log) - before;
        }
    }
    let mut lost = disk.lost(root, object);
    lost.extend(disk.lost(root, &log));
    lost.extend(disk.lost(root, &database).into_iter().filter(|what| what.starts_with("the name")));
    if disk.syncs(object) == 0 {
        lost.push(format!("{} was never synced", object.display()));
    }
    if commits == 0 {
        lost.push("the database's log was not synced for it".to_owned());
    }
    lost
}

fn object_of(server: &Server, upload: &str) -> PathBuf {
    let files = server.object_files();
    let named = |path: &&PathBuf| path.to_string_lossy().contains(upload);
    files.iter().find(named).expect("a receipt's object is there").clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_receipt_follows_the_syncs_of_what_it_promises() {
    let uploads = std::env::var(UPLOADS_VARIABLE).map_or(UPLOADS, |count| count.parse().unwrap());
    let traces = tempfile::tempdir().unwrap();
    let server = Server::start_traced(CONFIG, traces.path());
    let mut receipts = Vec::new();
    let token = server.token();
    for number in 0..uploads {
        receipts.push(send(&server, &token, "acme", number).await);
    }
    // The first file of a new customer makes the most folders.
    for customer in ["contoso", "fabrikam"] {
        let added = server.bursard(&["customer", "add", customer]);
        assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
        let token = server.token_with(&["--customer", customer]);
        receipts.push(send(&server, &token, customer, 0).await);
    }
    let objects: Vec<PathBuf> =
        receipts.iter().map(|receipt| object_of(&server, &receipt.upload)).collect();
    let data = server.data_dir().canonicalize().unwrap();
    let _folder = server.kill();
    wait_for_the_end(traces.path());
    let calls = trace::read(traces.path());
    for (receipt, object) in receipts.iter().zip(objects) {
        let lost = lost(
            &calls,
            &data,
            &object.canonicalize().unwrap_or_else(|_gone| object.clone()),
            receipt,
        );
        assert_eq!(lost, [""; 0], "{}: a power cut would have taken this", receipt.upload);
    }
    println!("{} receipts, each after the syncs of what it promises", receipts.len());
}

/// The tracer writes the last line of each thread when the process has ended.
fn wait_for_the_end(traces: &Path) {
    let ended = |entry: std::io::Result<std::fs::DirEntry>| {
        std::fs::read_to_string(entry.unwrap().path())
            .is_ok_and(|text| text.trim_end().ends_with("+++"))
    };
    while !std::fs::read_dir(traces).unwrap().all(ended) {
        std::thread::yield_now();
    }
}

mod oracle {
    //! The oracle itself: it sees what is missing.

    use super::*;

    const WRITTEN: [&str; 9] = [
        r#"1.10 mkdir("/d/data/objects/acme", 0700) = 0 <0.01>"#,
        r#"1.15 openat(AT_FDCWD</d>, "/d/data/objects/tmp/upl_1", O_WRONLY|O_CREAT|O_EXCL, 0600) = 9 <0.01>"#,
        r#"1.20 write(9</d/data/objects/tmp/upl_1>, "a"..., 40) = 40 <0.01>"#,
        "1.25 fdatasync(9</d/data/objects/tmp/upl_1>) = 0 <0.01>",
        r#"1.30 renameat2(AT_FDCWD</d>, "/d/data/objects/tmp/upl_1", AT_FDCWD</d>, "/d/data/objects/acme/upl_1", RENAME_NOREPLACE) = 0 <0.01>"#,
        "1.35 fsync(9</d/data/objects>) = 0 <0.01>",
        "1.40 fsync(9</d/data/objects/acme>) = 0 <0.01>",
        r#"1.45 pwrite64(7</d/data/bursar.db-wal>, "b"..., 4096, 32) = 4096 <0.01>"#,
        "1.50 fdatasync(7</d/data/bursar.db-wal>) = 0 <0.01>",
    ];
    const ANSWER: &str =
        r#"1.60 sendto(12<socket:[77]>, "c"..., 512, MSG_NOSIGNAL, NULL, 0) = 512 <0.01>"#;

    fn seen(lines: &[&str]) -> Vec<String> {
        let mut calls: Vec<Call> = lines.iter().filter_map(|line| trace::call(line)).collect();
        calls.sort_by_key(|call| call.ended);
        let receipt = Acknowledgement {
            upload: "upl_1".to_owned(),
            asked: 1_000_000_000,
            answered: 2_000_000_000,
        };
        lost(&calls, Path::new("/d/data"), Path::new("/d/data/objects/acme/upl_1"), &receipt)
    }

    #[test]
    fn nothing_is_lost_where_everything_was_synced() {
        let lines = [WRITTEN.as_slice(), &[ANSWER]].concat();
        assert_eq!(seen(&lines), [""; 0]);
    }

    #[test]
    fn an_answer_counts_although_its_call_was_killed() {
        for end in ["<unfinished ...>", ") = ?"] {
            let killed = ANSWER.replace(") = 512 <0.01>", end);
            let lines = [WRITTEN.as_slice(), &[killed.as_str()]].concat();
            assert_eq!(seen(&lines), [""; 0], "{killed}");
            let unsynced = [&WRITTEN[..WRITTEN.len() - 1], &[killed.as_str()]].concat();
            assert_ne!(seen(&unsynced), [""; 0], "{killed}");
        }
    }

    #[test]
    fn each_sync_that_is_left_out_or_fails_is_missed() {
        for (place, line) in WRITTEN.iter().enumerate().filter(|(_, line)| line.contains("sync(")) {
            let mut lines = [WRITTEN.as_slice(), &[ANSWER]].concat();
            lines.remove(place);
            assert_ne!(seen(&lines), [""; 0], "without {line}");
            let failed = line.replace(") = 0", ") = -1 EIO (Input/output error)");
            lines.insert(place, &failed);
            assert_ne!(seen(&lines), [""; 0], "with {failed}");
        }
    }

    #[test]
    fn a_sync_that_ends_after_the_answer_began_is_too_late() {
        for line in WRITTEN.iter().filter(|line| line.contains("sync(")) {
            let late = line.replace("<0.01>", "<0.70>");
            let lines = WRITTEN.iter().map(|each| if each == line { &late } else { *each });
            let lines: Vec<&str> = lines.chain([ANSWER]).collect();
            assert_ne!(seen(&lines), [""; 0], "{late}");
        }
    }
}
