//! The disk fails while a file is received: the sender is told, nothing of it is kept, and the next file
//! is received.
//!
//! Faults are put into the running server's system calls by `strace`; a full disk is a small file system
//! of its own.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::harness::{JsonAnswer as _, Server};

/// Reading writes as well, and would meet the fault meant for receiving.
const DOOR_ONLY: &str = "[limits]\nworkers = 0\n";

/// One call of each thread that fails, and the answers that say so.
struct Fault {
    call: &'static str,
    error: &'static str,
    /// The call of each thread that fails, counted from 1.
    when: u32,
    answers: &'static [u16],
}

const fn fault(
    call: &'static str,
    error: &'static str,
    when: u32,
    answers: &'static [u16],
) -> Fault {
    Fault { call, error, when, answers }
}

const FAULTS: [Fault; 12] = [
    fault("fdatasync", "EIO", 1, &[500]),
    fault("fdatasync", "ENOSPC", 1, &[507]),
    fault("fsync", "EIO", 1, &[500]),
    fault("fsync", "ENOSPC", 1, &[507]),
    // A thread has not as many to do each time.
    fault("fsync", "EIO", 2, &[201, 500]),
    fault("fsync", "EIO", 3, &[201, 500]),
    fault("renameat2", "EIO", 1, &[500]),
    fault("renameat2", "ENOSPC", 1, &[507]),
    fault("pwrite64", "EIO", 1, &[500]),
    fault("pwrite64", "ENOSPC", 1, &[507]),
    fault("pwrite64", "EIO", 2, &[201, 500]),
    fault("pwrite64", "EIO", 4, &[201, 500]),
];

/// A tracer that makes calls of a process fail until it is dropped.
struct Tracer(Child);

impl Tracer {
    fn attach(server: &Server, fault: &Fault) -> Self {
        let Fault { call, error, when, .. } = fault;
        let mut child = Command::new("strace")
            .args(["-f", "-o", "/dev/null", "-e", &format!("trace={call}")])
            .args(["-e", &format!("inject={call}:error={error}:when={when}")])
            .args(["-p", &server.pid().to_string()])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let attached = lines.by_ref().map(Result::unwrap).find(|line| line.contains("attached"));
        attached.expect("the tracer attaches to a process of our own");
        // New threads are told of one by one: nobody may wait for a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self(child)
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        // Interrupted, it lets the process go on without it.
        let pid = self.0.id().to_string();
        drop(Command::new("kill").args(["-INT", &pid]).status());
        drop(self.0.wait());
    }
}

async fn send(server: &Server, token: &str, name: &str, body: String) -> (u16, Value) {
    let answer = server.post(token, &format!("APT/{name}.csv")).body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.json_value().await)
}

/// What the server says it has is what it acknowledged, and nothing lies beside it.
async fn assert_only_acknowledged(server: &Server, token: &str, acknowledged: &BTreeSet<String>) {
    let page = server.get_json(token, "/customers/acme/units/acme/Uploads?limit=500").await;
    let listed = page["items"].as_array().unwrap().iter();
    let listed: BTreeSet<String> =
        listed.map(|upload| upload["uploadId"].as_str().unwrap().to_owned()).collect();
    assert_eq!(listed, *acknowledged);
    let leftovers: Vec<_> = fs::read_dir(server.data_dir().join("objects/tmp")).unwrap().collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
    let proof = server.bursard(&["doctor", "--deep"]);
    assert!(proof.status.success(), "{}", String::from_utf8_lossy(&proof.stdout));
}

fn note(acknowledged: &mut BTreeSet<String>, receipt: &Value) {
    acknowledged.insert(receipt["uploadId"].as_str().unwrap().to_owned());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_fails_is_a_refusal_and_the_next_upload_works() {
    let server = Server::start_with(DOOR_ONLY);
    let token = server.token();
    let mut acknowledged = BTreeSet::new();
    for (number, fault) in FAULTS.iter().enumerate() {
        let Fault { call, error, when, answers } = fault;
        let what = format!("{error} from call {when} of {call}");
        let body = format!("{number},Made Up Supplies,10.00\n").repeat(20_000);
        let tracer = Tracer::attach(&server, fault);
        let (status, answer) = send(&server, &token, &format!("faulty_{number}"), body).await;
        drop(tracer);
        assert!(answers.contains(&status), "{what}: {status} {answer}");
        if status == 201 {
            note(&mut acknowledged, &answer);
        }
        let body = format!("{number},Made Up Supplies,20.00\n").repeat(20_000);
        let (status, receipt) = send(&server, &token, &format!("good_{number}"), body).await;
        assert_eq!(status, 201, "after {what}: {receipt}");
        note(&mut acknowledged, &receipt);
    }
    assert_only_acknowledged(&server, &token, &acknowledged).await;
}

/// A file system of 48 MiB in a file, mounted until it is dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// Nothing where this user may not mount.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (image, place) = (folder.path().join("image"), folder.path().join("disk"));
        fs::create_dir(&place).unwrap();
        fs::File::create(&image).unwrap().set_len(48 << 20).unwrap();
        let made = Command::new("mkfs.ext4").arg("-q").arg(&image).status();
        let mounted = Command::new("mount").args(["-o", "loop"]).arg(&image).arg(&place).status();
        let works = made.is_ok_and(|made| made.success()) && mounted.is_ok_and(|it| it.success());
        works.then_some(Self(folder))
    }

    fn place(&self) -> std::path::PathBuf {
        self.0.path().join("disk")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(self.place()).status());
    }
}

/// Takes all room but about `left` bytes.
fn fill(disk: &Path, left: u64) -> std::path::PathBuf {
    let filler = disk.join("filler");
    let free = rustix::fs::statvfs(disk).unwrap();
    let free = free.f_bavail * free.f_frsize;
    let bytes = usize::try_from(free.saturating_sub(left)).unwrap();
    // Written in pieces, as the last of them may find no room.
    let mut file = fs::File::create(&filler).unwrap();
    for _ in 0..bytes / 65_536 {
        if std::io::Write::write_all(&mut file, &vec![1; 65_536]).is_err() {
            break;
        }
    }
    drop(file.sync_all());
    filler
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_a_refusal_and_the_next_upload_works_once_there_is_room() {
    let Some(disk) = SmallDisk::mount() else {
        println!("left out: this user cannot mount a file system");
        return;
    };
    let folder = tempfile::tempdir_in(disk.place()).unwrap();
    fs::create_dir_all(folder.path().join("data")).unwrap();
    let config = "[limits]\nworkers = 0\ndisk_reserve_bytes = 0\n";
    fs::write(folder.path().join("data/bursard.toml"), config).unwrap();
    let server = Server::start_in(folder);
    let token = server.token();
    let mut acknowledged = BTreeSet::new();
    for (number, left) in [3 << 20, 256 << 10, 0].into_iter().enumerate() {
        let filler = fill(&disk.place(), left);
        let body = format!("{number},Made Up Supplies,10.00\n").repeat(300_000);
        let (status, answer) = send(&server, &token, &format!("large_{number}"), body).await;
        assert_eq!(status, 507, "with {left} bytes left: {answer}");
        fs::remove_file(filler).unwrap();
        let body = format!("{number},Made Up Supplies,20.00\n").repeat(1_000);
        let (status, receipt) = send(&server, &token, &format!("small_{number}"), body).await;
        assert_eq!(status, 201, "after {left} bytes were left: {receipt}");
        note(&mut acknowledged, &receipt);
    }
    assert_only_acknowledged(&server, &token, &acknowledged).await;
}
