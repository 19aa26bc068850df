//! The server beside its peers, in one run and in turns: many small files at once, and a large one.
//!
//! The peers are nginx's dav, which neither hashes nor syncs, and a bare writer that makes each file durable
//! and does nothing else. Ratios within one run travel; absolute figures do not.
//!
//! `cargo xtask prove peers` makes it long, names the release programs, and holds the bounds: an unoptimised
//! server would not keep them. In CI each peer has to take every file.
#![cfg(target_os = "linux")]

mod cost;
mod durable;
mod load;
mod nginx;

use std::fs::File;
use std::path::Path;
use std::process::Command;

use cost::{Cost, Rate, median};
use load::{CONNECTIONS, Load};
use nginx::Nginx;

use crate::harness::Server;

/// Files of each connection in a turn; `cargo xtask prove peers` sets 100.
const FILES_VARIABLE: &str = "BURSAR_PEERS_FILES";
const FILES: usize = 2;
const TURNS: usize = 5;
/// In CI, where no bound is held.
const TURNS_SHORT: usize = 1;
const LARGE_MIB: u64 = 1024;
const LARGE_MIB_SHORT: u64 = 8;
/// One token sends all, as fast as it can.
const CONFIG: &str = "[limits]\nworkers = 0\nuploads_per_token_per_minute_max = 10000000\n";

/// Of the bare writer's rate.
const SHARE_MIN: f64 = 0.8;
const P99_MILLIS_MAX: f64 = 80.0;
/// Of nginx's wall time for the large file.
const WALL_MAX: f64 = 1.0;
const CPU_SECONDS_MAX: f64 = 2.6;
/// Beside the pages of the program itself.
const MEMORY_MIB_MAX: f64 = 32.0;

/// The extent of this run.
struct Size {
    files: usize,
    turns: usize,
    large_mib: u64,
    is_proof: bool,
}

impl Size {
    fn of_the_environment() -> Self {
        match std::env::var(FILES_VARIABLE) {
            Ok(files) => Self {
                files: files.parse().unwrap(),
                turns: TURNS,
                large_mib: LARGE_MIB,
                is_proof: true,
            },
            Err(_unset) => Self {
                files: FILES,
                turns: TURNS_SHORT,
                large_mib: LARGE_MIB_SHORT,
                is_proof: false,
            },
        }
    }
}

#[test]
fn many_small_files_and_a_large_one_beside_its_peers() {
    let size = Size::of_the_environment();
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(CONFIG);
    let nginx = Nginx::start(&server);
    let token = server.token();
    let load = Load { files: size.files, authority: server.authority() };
    let upload = "/customers/acme/units/acme/Uploads/upload/APT";

    let (mut bare, mut nginxs, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..size.turns {
        bare.push(durable::write(&folder.path().join(turn.to_string()), size.files));
        nginxs.push(Rate::measured(&nginx.processes(), || {
            load.send(nginx.port, "PUT", &format!("/files/{turn}"), "")
        }));
        ours.push(Rate::measured(&[server.pid()], || {
            let authorization = format!("Authorization: Bearer {token}\r\n");
            // Names are of this turn, as a name that came before is looked at twice.
            load.send(server.port, "POST", &format!("{upload}/{turn}_"), &authorization)
        }));
    }
    for (who, rates) in [("bare writer", &bare), ("nginx dav", &nginxs), ("bursard", &ours)] {
        println!("64 KiB, {CONNECTIONS} connections, {who:<11} {}", Rate::middle(rates));
    }
    let share = Rate::per_second(&ours) / Rate::per_second(&bare);
    println!("bursard makes {share:.2} of the bare writer's");

    // Anew, so that its memory is that of the large file alone.
    drop(server);
    let server = Server::start_with(CONFIG);
    let nginx = Nginx::start(&server);
    let token = server.token();
    let file = folder.path().join("large_20261123.csv");
    File::create(&file).unwrap().set_len(size.large_mib * 1024 * 1024).unwrap();
    let (mut nginxs, mut ours_large) = (Vec::new(), Vec::new());
    for turn in 0..size.turns {
        let (to, processes) = (format!("/files/large_{turn}.csv"), nginx.processes());
        nginxs.push(Cost::measured(&processes, || {
            curl(&server, &file, "PUT", nginx.port, &to, &[]);
        }));
        let to = format!("{upload}/large_{turn}.csv");
        let headers =
            ["Content-Type: text/csv".to_owned(), format!("Authorization: Bearer {token}")];
        ours_large.push(Cost::measured(&[server.pid()], || {
            curl(&server, &file, "POST", server.port, &to, &headers);
        }));
    }
    for (who, costs) in [("nginx dav", &nginxs), ("bursard", &ours_large)] {
        println!("{} MiB, {who:<9} {}", size.large_mib, Cost::middle(costs));
    }
    let wall = median(&ours_large, |it| it.wall) / median(&nginxs, |it| it.wall);
    println!("bursard takes {wall:.2} of nginx's time");
    if size.is_proof {
        let (p99, memory) = (median(&ours, |it| it.p99_millis), median(&ours, |it| it.peak_mib));
        assert!(share >= SHARE_MIN, "few small files: {share}");
        assert!(p99 < P99_MILLIS_MAX, "small files wait: {p99} ms");
        assert!(memory <= MEMORY_MIB_MAX, "memory for small files: {memory} MiB");
        assert!(wall <= WALL_MAX, "slower than nginx: {wall}");
        let (cpu, memory) =
            (median(&ours_large, |it| it.cpu_seconds), median(&ours_large, |it| it.peak_mib));
        assert!(cpu <= CPU_SECONDS_MAX, "CPU of a large file: {cpu} s");
        assert!(memory <= MEMORY_MIB_MAX, "memory for a large file: {memory} MiB");
    }
}

fn curl(server: &Server, file: &Path, method: &str, port: u16, to: &str, headers: &[String]) {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--fail", "--show-error", "--http1.1", "--request", method]);
    curl.arg("--upload-file").arg(file).arg("--cacert").arg(server.authority());
    for header in headers {
        curl.args(["--header", header]);
    }
    let done = curl.arg(format!("https://localhost:{port}{to}")).output().unwrap();
    assert!(done.status.success(), "{done:?}");
}
