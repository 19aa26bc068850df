//! A large file over a line that is cut again and again: it ends whole, and next to nothing of it is sent
//! twice.
//!
//! Not for: what each request is answered (the server's own tests).

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use aws_lc_rs::digest::{Context, SHA256};
use domain::Sha256Digest;
use serde_json::Value;

use crate::crash::Dice;
use crate::harness::{CUSTOMER, JsonAnswer as _, Server, sibling};

/// `cargo xtask prove resume` sets 4096.
const MIB_VARIABLE: &str = "BURSAR_RESUMED_MIB";
/// More than files have that are sent in one request.
const MIB: u64 = 40;
const MIB_BYTES: u64 = 1024 * 1024;
const CUTS: u64 = 20;
/// Of the file, in hundredths: everything that leaves the sender, handshakes and questions as well.
const CARRIED_MAX: u64 = 105;
/// What the line takes at once: what is on it when it is cut has arrived or is lost.
const LINE_BYTES: usize = 16 * 1024;
const SEED: u64 = 0x5EED_0F11;

/// A line between a sender and a server: it counts what it carries to the server, and ends each time it has
/// carried so much.
struct Line {
    port: u16,
    /// Where the server is, which may come back elsewhere.
    server: Arc<AtomicU16>,
    carried: Arc<AtomicU64>,
    /// The last first.
    cuts: Arc<Mutex<Vec<u64>>>,
}

impl Line {
    fn to(server: u16, mut cuts: Vec<u64>) -> Self {
        cuts.sort_unstable_by(|one, other| other.cmp(one));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let line = Self {
            port: listener.local_addr().unwrap().port(),
            server: Arc::new(AtomicU16::new(server)),
            carried: Arc::default(),
            cuts: Arc::new(Mutex::new(cuts)),
        };
        let (to, carried, cuts) =
            (Arc::clone(&line.server), Arc::clone(&line.carried), Arc::clone(&line.cuts));
        thread::spawn(move || {
            for sender in listener.incoming() {
                let Ok(server) = TcpStream::connect(("127.0.0.1", to.load(Ordering::SeqCst)))
                else {
                    continue;
                };
                let (sender, carried, cuts) =
                    (sender.unwrap(), Arc::clone(&carried), Arc::clone(&cuts));
                let (back, ends) = (server.try_clone().unwrap(), sender.try_clone().unwrap());
                thread::spawn(move || carry_back(back, ends));
                thread::spawn(move || carry(sender, server, &carried, &cuts));
            }
        });
        line
    }

    fn carried(&self) -> u64 {
        self.carried.load(Ordering::SeqCst)
    }

    fn cuts_left(&self) -> usize {
        self.cuts.lock().unwrap().len()
    }
}

/// To the server, until the line is cut: the sender sees its end at once, and the server when it has read
/// what was carried.
fn carry(
    mut sender: TcpStream,
    mut server: TcpStream,
    carried: &AtomicU64,
    cuts: &Mutex<Vec<u64>>,
) {
    let mut bytes = [0; LINE_BYTES];
    while let Ok(read @ 1..) = sender.read(&mut bytes) {
        if server.write_all(&bytes[..read]).is_err() {
            break;
        }
        let so_far = carried.fetch_add(read as u64, Ordering::SeqCst) + read as u64;
        let mut cuts = cuts.lock().unwrap();
        if cuts.last().is_some_and(|cut| so_far >= *cut) {
            cuts.pop();
            break;
        }
    }
    // Either end may have gone.
    let _gone = server.shutdown(Shutdown::Write);
    let _gone = sender.shutdown(Shutdown::Both);
}

fn carry_back(mut server: TcpStream, mut sender: TcpStream) {
    let mut bytes = [0; LINE_BYTES];
    // What nobody takes any more is read all the same, so that the server is not told by a reset.
    while let Ok(read @ 1..) = server.read(&mut bytes) {
        let _gone = sender.write_all(&bytes[..read]);
    }
    let _gone = sender.shutdown(Shutdown::Both);
}

fn line(dice: &mut Dice) -> String {
    format!("{:08x},{:08x}\n", dice.roll(1 << 31), dice.roll(1 << 31))
}

/// A file of lines that do not repeat, and its digest.
fn large_file(folder: &Path, mib: u64) -> (PathBuf, String) {
    let path = folder.join("large_20261124T0000.csv");
    let mut file = fs::File::create(&path).unwrap();
    let (mut dice, mut hash) = (Dice(SEED), Context::new(&SHA256));
    for _ in 0..mib {
        let mut piece = String::with_capacity(usize::try_from(MIB_BYTES).unwrap() + 32);
        while (piece.len() as u64) < MIB_BYTES {
            piece += &line(&mut dice);
        }
        file.write_all(piece.as_bytes()).unwrap();
        hash.update(piece.as_bytes());
    }
    let sha256: [u8; 32] = hash.finish().as_ref().try_into().unwrap();
    (path, Sha256Digest::from_bytes(sha256).to_string())
}

fn send(server: &Server, line: &Line, token: &Path, file: &Path, flags: &[&str]) -> Output {
    let outbox = tempfile::tempdir().unwrap();
    Command::new(sibling("bursar"))
        .args(["send", "--customer", CUSTOMER, "--type", "APT", "--json", "--retries", "40"])
        .args(["--wait-second-ms", "5", "--url"])
        .arg(format!("https://localhost:{}", line.port))
        .arg("--ca-file")
        .arg(server.authority())
        .arg("--token-file")
        .arg(token)
        .arg("--outbox")
        .arg(outbox.path())
        .args(flags)
        .arg(file)
        .output()
        .unwrap()
}

/// The receipt of a file that was sent.
fn receipt(sent: &Output) -> Value {
    let said = String::from_utf8_lossy(&sent.stderr);
    assert!(sent.status.success(), "{said} {}", String::from_utf8_lossy(&sent.stdout));
    serde_json::from_slice::<Value>(&sent.stdout).unwrap()["receipt"].take()
}

fn random_cuts(carried_at_least: u64) -> Vec<u64> {
    let mut dice = Dice(SEED);
    (0..CUTS).map(|_| dice.roll(carried_at_least)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_cut_twenty_times_ends_whole_and_is_sent_once() {
    let mib = std::env::var(MIB_VARIABLE).map_or(MIB, |mib| mib.parse().unwrap());
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::start_receiving_only());
    let (file, sha256) = large_file(folder.path(), mib);
    let bytes = fs::metadata(&file).unwrap().len();
    let line = Line::to(server.port, random_cuts(bytes));
    let sent = send(&server, &line, &server.token_file(), &file, &["--no-compress"]);
    let receipt = receipt(&sent);
    let carried = line.carried();
    println!(
        "{mib} MiB cut {CUTS} times: {carried} bytes carried of {bytes}, {:.4} of it",
        f64::from(u32::try_from(carried / 1024).unwrap())
            / f64::from(u32::try_from(bytes / 1024).unwrap())
    );
    assert_eq!(line.cuts_left(), 0, "the line was cut as often as it should be");
    assert_eq!(
        (receipt["sha256"].as_str(), receipt["bytes"].as_u64()),
        (Some(&*sha256), Some(bytes))
    );
    assert!(carried * 100 <= bytes * CARRIED_MAX, "{carried} of {bytes}");
    assert_eq!(server.object_files().len(), 1, "nothing is left of its parts");
    assert!(server.bursard(&["doctor", "--deep"]).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packed_file_is_gone_on_with_too() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::start_receiving_only());
    let (file, sha256) = large_file(folder.path(), MIB);
    let bytes = fs::metadata(&file).unwrap().len();
    let line = Line::to(server.port, vec![MIB_BYTES, 3 * MIB_BYTES, 8 * MIB_BYTES]);
    let receipt = receipt(&send(&server, &line, &server.token_file(), &file, &[]));
    assert_eq!(
        (receipt["sha256"].as_str(), receipt["bytes"].as_u64()),
        (Some(&*sha256), Some(bytes))
    );
    let carried = line.carried();
    assert!(carried < bytes * 3 / 4 && line.cuts_left() == 0, "{carried} of {bytes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_on_when_the_server_comes_back_after_a_crash() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::start_receiving_only());
    let (file, sha256) = large_file(folder.path(), MIB);
    let (token, ca) = (server.token_file(), folder.path().join("ca.pem"));
    fs::copy(server.authority(), &ca).unwrap();
    let token_copy = folder.path().join("token");
    fs::copy(&token, &token_copy).unwrap();
    let line = Line::to(server.port, Vec::new());
    let mut sending = Command::new(sibling("bursar"))
        .args(["send", "--customer", CUSTOMER, "--type", "APT", "--json", "--retries", "40"])
        .args(["--wait-second-ms", "50", "--no-compress", "--limit-rate", "12M", "--url"])
        .arg(format!("https://localhost:{}", line.port))
        .arg("--ca-file")
        .arg(&ca)
        .arg("--token-file")
        .arg(&token_copy)
        .arg("--outbox")
        .arg(folder.path().join("outbox"))
        .arg(&file)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // A part is safe by then, and the file is not whole.
    while line.carried() < 30 * MIB_BYTES {
        assert!(sending.try_wait().unwrap().is_none(), "it ended before");
        tokio::task::yield_now().await;
    }
    let server = Server::start_in(server.kill());
    line.server.store(server.port, Ordering::SeqCst);
    let receipt = receipt(&sending.wait_with_output().unwrap());
    assert_eq!(receipt["sha256"].as_str(), Some(&*sha256));
    let carried = line.carried();
    assert!(carried < (MIB + 30) * MIB_BYTES, "it did not begin again: {carried}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recipe_for_curl_sends_a_file() {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/integrator.md");
    let guide = fs::read_to_string(guide).unwrap();
    let (_, recipe) = guide.split_once("#### Large files over bad lines").unwrap();
    let (_, recipe) = recipe.split_once("```sh\n").unwrap();
    let (recipe, _) = recipe.split_once("```").unwrap();
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::start_receiving_only());
    let content = "Supplier,Amount\n".repeat(10_000);
    let token = server.token();
    fs::write(folder.path().join("invoices.csv"), &content).unwrap();
    fs::write(folder.path().join("token.txt"), &token).unwrap();
    fs::copy(server.authority(), folder.path().join("ca.pem")).unwrap();
    let recipe = recipe.replace("https://localhost:8443", &server.url(""));
    let done = Command::new("sh").args(["-e", "-c", &recipe]).current_dir(folder.path()).output();
    let done = done.unwrap();
    assert!(done.status.success(), "{done:?}");
    let said = String::from_utf8_lossy(&done.stdout).to_ascii_lowercase();
    assert!(said.contains("accept-patch: application/partial-upload"), "{said}");
    let listed = server.get_json(&token, "/customers/acme/units/acme/Uploads").await;
    let items = listed["items"].as_array().unwrap();
    assert_eq!((items.len(), items[0]["bytes"].as_u64()), (1, Some(content.len() as u64)));
}

/// What a server says on a connection until this stands in it.
fn read_until(connection: &mut impl std::io::Read, wanted: &str) -> String {
    let (mut said, mut byte) = (String::new(), [0]);
    while !said.ends_with(wanted) {
        assert_eq!(connection.read(&mut byte).unwrap(), 1, "{said}");
        said.push(char::from(byte[0]));
    }
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_breaks_off_was_told_where_it_goes_on() {
    let server = Server::start_receiving_only();
    let token = server.token();
    let content = "Supplier,Amount\n".repeat(10_000);
    let path = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads/upload/APT/a_20261123.csv");
    let head = |interop: &str, expect: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: text/csv\r\nUpload-Complete: ?1\r\nContent-Length: {}\r\n{interop}{expect}\r\n",
            content.len()
        )
    };
    let mut connection = server.tls(&[b"http/1.1"]);
    let expecting = head("Upload-Draft-Interop-Version: 8\r\n", "Expect: 100-continue\r\n");
    connection.write_all(expecting.as_bytes()).unwrap();
    let interim = read_until(&mut connection, "\r\n\r\n");
    assert!(interim.starts_with("HTTP/1.1 104 Upload Resumption Supported\r\n"), "{interim}");
    let field = |name: &str| {
        let line = interim.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("{name} is missing: {interim}")).to_owned()
    };
    let place = field("Location: ");
    assert!(field("Upload-Limit: ").contains("max-size="));
    assert_eq!(field("Upload-Draft-Interop-Version: "), "8");
    assert_eq!(read_until(&mut connection, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    connection.write_all(&content.as_bytes()[..100_000]).unwrap();
    connection.flush().unwrap();
    connection.sock.shutdown(Shutdown::Write).unwrap();
    drop(connection);

    let ask = |method: reqwest::Method| {
        server.client().request(method, server.url(&place)).bearer_auth(&token)
    };
    let standing = ask(reqwest::Method::HEAD).send().await.unwrap();
    assert_eq!(
        (standing.status().as_u16(), &standing.headers()["upload-complete"]),
        (204, &"?0".parse().unwrap())
    );
    let offset: usize = standing.headers()["upload-offset"].to_str().unwrap().parse().unwrap();
    assert_eq!(offset, 100_000, "what came is kept");
    let rest = ask(reqwest::Method::PATCH)
        .header("Content-Type", "application/partial-upload")
        .header("Upload-Offset", offset)
        .header("Upload-Complete", "?1")
        .body(content[offset..].to_owned());
    let received = rest.send().await.unwrap();
    assert_eq!(received.status(), 201);
    assert_eq!(received.json_value().await["bytes"], content.len());

    // Who does not say that they speak this draft, gets what standard clients know, and so over HTTP/2.
    let mut connection = server.tls(&[b"http/1.1"]);
    connection.write_all(head("", "").as_bytes()).unwrap();
    connection.write_all(content.as_bytes()).unwrap();
    let answer = read_until(&mut connection, "\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    assert!(answer.contains("upload-complete: ?1\r\n"), "{answer}");
}
