//! Many files dropped into a watched folder, while both ends are killed: each arrives once.
//!
//! `cargo xtask prove folder` makes it long and names the real server, which is killed by the system. In CI
//! it is a thread that breaks its connections, and that also loses answers to what it kept.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::mpsc;
use std::time::Duration;

use domain::Sha256Digest;
use notify::{RecursiveMode, Watcher as _};
use tempfile::TempDir;

use crate::bursard::Bursard;
use crate::counting::Counting;
use crate::program::{Bursar, path_text, refuse_token_below, token};

/// Longer than anything takes on the slowest machine.
const PATIENCE: Duration = Duration::from_mins(15);
const SERVER_KILLS: usize = 5;
const UPLOADER_KILLS: usize = 2;
/// A server that is away has been met so often before it comes back.
const MEETINGS: usize = 3;
/// Of the server in CI: the answer to each so many requests is lost.
const LOSES_EACH: u64 = 37;

/// Where the files arrive.
enum Receiver {
    Thread(Counting),
    Process(Bursard),
}

impl Receiver {
    fn start() -> Self {
        Bursard::named().map_or_else(|| Self::Thread(Counting::losing(LOSES_EACH)), Self::Process)
    }

    fn settings(&self) -> String {
        match self {
            Self::Thread(counting) => format!("url = '{}'", counting.url()),
            Self::Process(bursard) => {
                format!("url = '{}'\nca-file = ['{}']", bursard.url(), path_text(&bursard.ca()))
            }
        }
    }

    fn token(&self) -> String {
        match self {
            Self::Thread(_) => token(),
            Self::Process(bursard) => bursard.token(),
        }
    }

    fn kill(&mut self) {
        match self {
            Self::Thread(counting) => counting.go_down(),
            Self::Process(bursard) => bursard.kill(),
        }
    }

    fn restart(&mut self) {
        match self {
            Self::Thread(counting) => counting.come_back(),
            Self::Process(bursard) => bursard.restart(),
        }
    }

    /// By the name under which it has them: the digest of every file that came so.
    fn files(&self) -> BTreeMap<String, Vec<String>> {
        let mut files = BTreeMap::<String, Vec<String>>::new();
        match self {
            Self::Thread(counting) => {
                for (path, bodies) in counting.files() {
                    let name = path.rsplit('/').next().unwrap().to_owned();
                    files.entry(name).or_default().extend(bodies.iter().map(|body| sha256(body)));
                }
            }
            Self::Process(bursard) => {
                bursard.prove_all();
                for upload in bursard.uploads() {
                    files.entry(upload.name).or_default().push(upload.sha256);
                }
            }
        }
        files
    }
}

/// What the uploader has written into its log since it was last looked at.
struct Log {
    path: PathBuf,
    read: u64,
    events: mpsc::Receiver<()>,
    _watcher: notify::RecommendedWatcher,
    received: usize,
    not_sent: usize,
}

impl Log {
    /// Looks again when something is written to it, and when a file leaves this folder.
    fn new(path: PathBuf, folder: &Path) -> Self {
        File::create(&path).unwrap();
        let (tell, events) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(move |_event| {
            // The case may be over.
            let _heard = tell.send(());
        })
        .unwrap();
        watcher.watch(&path, RecursiveMode::NonRecursive).unwrap();
        watcher.watch(folder, RecursiveMode::NonRecursive).unwrap();
        Self { path, read: 0, events, _watcher: watcher, received: 0, not_sent: 0 }
    }

    fn wait_until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        loop {
            self.read_on();
            if is_so(self) {
                return;
            }
            let came = self.events.recv_timeout(PATIENCE);
            assert!(came.is_ok(), "{what}: {} received, {} not", self.received, self.not_sent);
        }
    }

    fn read_on(&mut self) {
        // Whatever is told of is read now.
        while self.events.try_recv().is_ok() {}
        let mut file = File::open(&self.path).unwrap();
        file.seek(SeekFrom::Start(self.read)).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        // A line that is half written is read the next time.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        self.read += whole as u64;
        self.received += text[..whole].lines().filter(|line| line.contains(": received ")).count();
        self.not_sent += text[..whole].lines().filter(|line| line.contains(": not sent")).count();
    }
}

struct Uploader<'a> {
    folder: &'a TempDir,
    token: &'a str,
}

impl Uploader<'_> {
    fn start(&self) -> (Child, TempDir) {
        let config = self.folder.path().join("bursar.toml");
        Bursar::bare()
            .env("BURSAR_OUTBOX", "")
            .env("BURSAR_TOKEN", self.token)
            .args(["run", "--wait-second-ms", "1", "--config", path_text(&config)])
            .spawn()
    }
}

/// `BURSAR_FOLDER_FILES` makes it long, `BURSARD_PROGRAM` real.
#[test]
fn each_of_many_files_arrives_once_however_often_both_ends_are_killed() {
    let count = std::env::var("BURSAR_FOLDER_FILES").map_or(140, |text| text.parse().unwrap());
    let mut receiver = Receiver::start();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let config = format!(
        "outbox = 'outbox'\n[defaults]\n{}\ncustomer = 'acme'\nretries = 1\n\
         [service]\nparallel = 4\nrescan-seconds = 1\nlog = 'bursar.log'\nlog-megabytes = 100\n\
         [job.a]\nafter = 'delete'\ntype = 'APT'\n[job.a.source]\nfolder = 'out'\nready = 'rename'\n",
        receiver.settings()
    );
    fs::write(folder.path().join("bursar.toml"), config).unwrap();
    let mut log = Log::new(folder.path().join("bursar.log"), &out);
    let token = receiver.token();
    let uploader = Uploader { folder: &folder, token: &token };
    let begin = std::time::Instant::now();
    let mut running = uploader.start();
    let expected = drop_files(folder.path(), count);

    let (mut server_kills, mut uploader_kills) = (0, 0);
    for part in 1..=SERVER_KILLS + UPLOADER_KILLS {
        log.wait_until("not enough is received", |log| log.received >= count * part / 8);
        if part % 3 == 0 {
            uploader_kills += 1;
            kill(running.0);
            running = uploader.start();
        } else {
            server_kills += 1;
            receiver.kill();
            let met = log.not_sent + MEETINGS;
            log.wait_until("nobody came while it was down", |log| log.not_sent >= met);
            receiver.restart();
        }
    }
    assert_eq!((server_kills, uploader_kills), (SERVER_KILLS, UPLOADER_KILLS));
    // A file goes once its receipt is written down.
    let is_empty = |_: &Log| fs::read_dir(&out).unwrap().next().is_none();
    log.wait_until("files are left", is_empty);
    kill(running.0);
    let files = receiver.files();
    let differ = expected.iter().filter(|(name, sha256)| files.get(*name) != Some(sha256)).count();
    assert_eq!(
        (differ, files.len()),
        (0, count),
        "each once under its own name, with its own bytes"
    );
    refuse_token_below(&token, folder.path());
    eprintln!(
        "{count} files: each arrived once, in {:.0?}; the {} was killed {server_kills} times, the uploader \
         {uploader_kills} times; {} sendings came to nothing",
        begin.elapsed(),
        match receiver {
            Receiver::Thread(_) => "thread that stands for a server",
            Receiver::Process(_) => "server",
        },
        log.not_sent
    );
}

/// Each with other bytes; its digest by its name.
fn drop_files(folder: &Path, count: usize) -> BTreeMap<String, Vec<String>> {
    (0..count)
        .map(|number| {
            let (name, content) =
                (format!("file_{number}_20261124T0000.csv"), format!("Unique ID\n{number}\n"));
            let coming = folder.join("coming");
            fs::write(&coming, &content).unwrap();
            fs::rename(coming, folder.join("out").join(&name)).unwrap();
            (name, vec![sha256(content.as_bytes())])
        })
        .collect()
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn sha256(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    Sha256Digest::from_bytes(digest.as_ref().try_into().unwrap()).to_string()
}
