//! One large file with `bursar send` and with curl, in turns, against the same server: what it takes of time,
//! CPU and memory.
//!
//! `cargo xtask prove curl` makes it long, names the real server, and holds the bounds: an unoptimised
//! program would not keep them. In CI each file has to arrive whole.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bursard::Bursard;
use crate::program::{Bursar, path_text, token};
use crate::server::{Act, Server, answer};

const MIB: usize = 1024 * 1024;
const TURNS: usize = 3;
/// Of curl's wall time.
const WALL_MAX: f64 = 1.1;
const PEAK_KIB_MAX: f64 = 24.0 * 1024.0;
/// Of `time`: seconds by the wall, in the program, in the kernel for it, and the most memory in KiB.
const FORMAT: &str = "%e %U %S %M";

/// What one run took.
#[derive(Debug, Clone, Copy)]
struct Usage {
    wall: f64,
    user: f64,
    kernel: f64,
    peak_kib: f64,
}

impl Usage {
    fn cpu(&self) -> f64 {
        self.user + self.kernel
    }
}

/// The real server where one is named, else ours.
enum Receiver {
    Ours(Server),
    Real(Bursard),
}

impl Receiver {
    fn start() -> Self {
        let created =
            || answer(201, &["Content-Type: application/json"], r#"{"uploadId":"upl_1"}"#);
        Bursard::named()
            .map_or_else(|| Self::Ours(Server::start([Act::Answer(created())])), Self::Real)
    }

    fn place(&self) -> (String, PathBuf, String) {
        match self {
            Self::Ours(server) => (server.url(), server.ca(), token()),
            Self::Real(bursard) => (bursard.url(), bursard.ca(), bursard.token()),
        }
    }

    /// All came whole.
    fn prove(&self, bytes: usize) {
        match self {
            Self::Ours(server) => {
                let lengths: Vec<_> = server.got().iter().map(|got| got.body.len()).collect();
                assert_eq!(lengths, [bytes; 2 * TURNS]);
            }
            Self::Real(bursard) => {
                bursard.prove_all();
                let uploads = bursard.uploads();
                assert_eq!((uploads.len(), &uploads[0].sha256), (2, &uploads[1].sha256));
            }
        }
    }
}

/// `BURSAR_CURL_MIB` makes it long, `BURSARD_PROGRAM` real.
#[test]
fn a_large_file_costs_little_more_than_with_curl() {
    let mib = std::env::var("BURSAR_CURL_MIB").map_or(8, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large_20261124T0000.csv");
    let one = "Number,Amount,D\n".repeat(MIB / 16);
    let mut writing = File::create(&file).unwrap();
    for _ in 0..mib {
        writing.write_all(one.as_bytes()).unwrap();
    }
    let receiver = Receiver::start();
    let (url, ca, token) = receiver.place();
    let times = folder.path().join("times");
    let (mut ours, mut curls, mut hashings) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        hashings.push(hash(&file, &times));
        curls.push(curl(&file, &url, &ca, &token, &times));
        let run = Bursar::bare()
            .env("BURSAR_TOKEN", &token)
            .args(["send", "--json", "--type", "APT", "--url", &url, "--customer", "acme"])
            // As curl does: what it costs to be able to go on is the server's, and another question.
            .args(["--no-resume", "--ca-file", path_text(&ca)])
            .arg(&file)
            .under("time", &["-f", FORMAT, "-o", path_text(&times)])
            .run();
        assert_eq!(run.code, 0, "{run:?}");
        ours.push(taken(&times));
    }
    receiver.prove(mib * MIB);
    let wall = median(&ours, |it| it.wall) / median(&curls, |it| it.wall);
    let (cpu, of_curl) = (median(&ours, Usage::cpu), median(&curls, Usage::cpu));
    let hashing = median(&hashings, |it| it.user);
    let peak = median(&ours, |it| it.peak_kib);
    eprintln!(
        "{mib} MiB, {TURNS} turns, medians: wall {wall:.2} of curl's ({:.2} to {:.2} s); CPU {cpu:.2} s to \
         {of_curl:.2} of curl and {hashing:.2} of hashing; memory {:.1} MiB to {:.1}",
        median(&ours, |it| it.wall),
        median(&curls, |it| it.wall),
        peak / 1024.0,
        median(&curls, |it| it.peak_kib) / 1024.0
    );
    if matches!(receiver, Receiver::Real(_)) {
        assert!(wall <= WALL_MAX, "slower than curl: {ours:?} {curls:?}");
        assert!(cpu <= of_curl + hashing, "more CPU than curl and hashing: {ours:?} {curls:?}");
        assert!(peak < PEAK_KIB_MAX, "more memory than is allowed: {ours:?}");
    }
}

fn curl(file: &Path, url: &str, ca: &Path, token: &str, times: &Path) -> Usage {
    let to = "/customers/acme/units/acme/Uploads/upload/APT/curl_20261124T0000.csv";
    let mut curl = timed(times);
    curl.args(["curl", "--silent", "--fail", "--http1.1", "--request", "POST", "--upload-file"])
        .arg(file)
        .args(["--header", "Content-Type: text/csv", "--header"])
        .arg(format!("Authorization: Bearer {token}"))
        .arg("--cacert")
        .arg(ca)
        .arg(format!("{url}{to}"));
    succeed(curl, times)
}

/// What the digest alone costs, which curl makes none of; its user time, as the file is read either way.
fn hash(file: &Path, times: &Path) -> Usage {
    let mut openssl = timed(times);
    openssl.args(["openssl", "dgst", "-sha256"]).arg(file);
    succeed(openssl, times)
}

fn timed(times: &Path) -> Command {
    let mut command = Command::new("time");
    command.args(["-f", FORMAT, "-o"]).arg(times);
    command
}

fn succeed(mut command: Command, times: &Path) -> Usage {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{done:?}");
    taken(times)
}

fn taken(times: &Path) -> Usage {
    let text = fs::read_to_string(times).unwrap();
    let numbers: Vec<f64> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let [wall, user, kernel, peak_kib] = numbers[..] else { panic!("{text}") };
    Usage { wall, user, kernel, peak_kib }
}

fn median(all: &[Usage], of: impl Fn(&Usage) -> f64) -> f64 {
    let mut values: Vec<f64> = all.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
