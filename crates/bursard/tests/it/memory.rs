//! Memory does not grow with the file, in either program, nor much with the number of uploads.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::harness::{CUSTOMER, Server, sibling};

/// `cargo xtask prove memory` sets 4096.
const LARGE_MIB_VARIABLE: &str = "BURSAR_PROOF_LARGE_MIB";
const LARGE_MIB: u64 = 256;
/// `cargo xtask prove many` sets 64.
const EACH_MIB_VARIABLE: &str = "BURSAR_PROOF_EACH_MIB";
const SMALL_MIB: u64 = 16;
/// What either program may use for one file, whatever its size.
const ONE_FILE_KIB_MAX: u64 = 64 * 1024;
/// What the server may use for this many at once.
const AT_ONCE: usize = 32;
const AT_ONCE_KIB_MAX: u64 = 96 * 1024;
/// Growth that is noise: allocators keep what they had.
const FLAT_KIB: u64 = 8 * 1024;

/// The most memory a process has had resident beside the pages of its own program, in KiB; `None` once it
/// has ended. The program's pages are left out, as the kernel takes them back when it likes, and an
/// unoptimised program with the query engine in it has 50 MiB of them.
pub(crate) fn peak_kib(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let of = |name: &str| -> Option<u64> {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    Some(of("VmHWM:")?.saturating_sub(of("RssFile:")?))
}

/// A file of that size which takes no room on the disk.
fn sparse(folder: &Path, mib: u64) -> PathBuf {
    let path = folder.join(format!("sparse_{mib}_20261123.csv"));
    File::create(&path).unwrap().set_len(mib * 1024 * 1024).unwrap();
    path
}

/// Sends with `bursar`; its peak memory in KiB.
fn send(server: &Server, token: &Path, file: &Path) -> u64 {
    let mut child = Command::new(sibling("bursar"))
        .args(["send", "--url", &server.url(""), "--customer", CUSTOMER, "--type", "APT", "--json"])
        .arg("--ca-file")
        .arg(server.authority())
        .arg("--token-file")
        .arg(token)
        .arg(file)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0;
    let status = loop {
        peak = peak_kib(child.id()).unwrap_or(0).max(peak);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::yield_now();
    };
    assert!(status.success());
    peak
}

#[test]
fn one_file_of_any_size_is_flat_in_both_programs() {
    let large = std::env::var(LARGE_MIB_VARIABLE).map_or(LARGE_MIB, |mib| mib.parse().unwrap());
    let server = Server::start_receiving_only();
    let folder = tempfile::tempdir().unwrap();
    let token = server.token_file();
    let measure = |mib: u64| {
        let file = sparse(folder.path(), mib);
        let uploader = send(&server, &token, &file);
        let receiver = peak_kib(server.pid()).unwrap();
        println!("{mib} MiB: bursar {uploader} KiB, bursard {receiver} KiB at the most");
        assert!(uploader < ONE_FILE_KIB_MAX && receiver < ONE_FILE_KIB_MAX);
        (uploader, receiver)
    };
    let (small, large) = (measure(SMALL_MIB), measure(large));
    assert!(large.0 < small.0 + FLAT_KIB, "bursar grows with the file");
    assert!(large.1 < small.1 + FLAT_KIB, "bursard grows with the file");
}

#[test]
fn many_at_once_stay_within_their_bound() {
    let folder = tempfile::tempdir().unwrap();
    let each = std::env::var(EACH_MIB_VARIABLE).map_or(SMALL_MIB, |mib| mib.parse().unwrap());
    let file = sparse(folder.path(), each);
    for protocol in ["--http1.1", "--http2"] {
        let server = Server::start_receiving_only();
        let token = server.token();
        let clients: Vec<_> = (0..AT_ONCE)
            .map(|number| {
                let path =
                    format!("/customers/acme/units/acme/Uploads/upload/APT/{number}_20261123.csv");
                Command::new("curl")
                    .args(["--silent", "--fail", protocol, "--request", "POST", "--upload-file"])
                    .arg(&file)
                    .args(["--header", "Content-Type: text/csv", "--header"])
                    .arg(format!("Authorization: Bearer {token}"))
                    .arg("--cacert")
                    .arg(server.authority())
                    .arg(server.url(&path))
                    .stdout(Stdio::null())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for mut client in clients {
            assert!(client.wait().unwrap().success(), "{protocol}");
        }
        let peak = peak_kib(server.pid()).unwrap();
        println!("{AT_ONCE} of {each} MiB at once, {protocol}: bursard {peak} KiB at the most");
        assert!(peak < AT_ONCE_KIB_MAX, "{protocol}: {peak} KiB");
    }
}
