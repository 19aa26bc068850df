//! A service that counts: what came whole, under which name and key. It can go away in the middle of
//! anything and come back on the same port.
//!
//! Not for: TLS (plain HTTP on this machine is allowed, and quick) or odd answers; see `server`.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// Longer than any case takes.
const PATIENCE: Duration = Duration::from_mins(15);

#[derive(Default)]
struct Shared {
    /// Bodies by the path they were sent to.
    files: Mutex<BTreeMap<String, Vec<Vec<u8>>>>,
    /// Bodies as they came.
    bodies: Mutex<Vec<Vec<u8>>>,
    came: Condvar,
    is_down: AtomicBool,
    requests: AtomicU64,
    /// Every so many requests the answer is lost although the file was kept; 0 is never.
    loses_each: u64,
}

pub(crate) struct Counting {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

impl Counting {
    pub(crate) fn start() -> Self {
        Self::losing(0)
    }

    pub(crate) fn losing(loses_each: u64) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared { loses_each, ..Shared::default() });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&serving);
                thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { address, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Killed: connections break wherever they are, new ones too.
    pub(crate) fn go_down(&self) {
        self.shared.is_down.store(true, Ordering::SeqCst);
    }

    pub(crate) fn come_back(&self) {
        self.shared.is_down.store(false, Ordering::SeqCst);
    }

    /// What was kept: name in the path and bytes. A service knows a repeat by both.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<Vec<u8>>> {
        self.shared.files.lock().unwrap().clone()
    }

    /// Every body, in the order of their coming.
    pub(crate) fn bodies(&self) -> Vec<Vec<u8>> {
        self.shared.bodies.lock().unwrap().clone()
    }

    pub(crate) fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// Until so many different files have come.
    pub(crate) fn wait_for(&self, files: usize) {
        let kept = self.shared.files.lock().unwrap();
        let few = |kept: &mut BTreeMap<String, Vec<Vec<u8>>>| kept.len() < files;
        let (kept, waited) = self.shared.came.wait_timeout_while(kept, PATIENCE, few).unwrap();
        assert!(!waited.timed_out(), "{} of {files} came", kept.len());
    }
}

fn serve(stream: TcpStream, shared: &Shared) -> Option<()> {
    if shared.is_down.load(Ordering::SeqCst) {
        return None;
    }
    let mut from = BufReader::new(stream);
    let (mut first, mut length) = (String::new(), 0);
    from.read_line(&mut first).ok()?;
    loop {
        let mut line = String::new();
        from.read_line(&mut line).ok()?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    if shared.is_down.load(Ordering::SeqCst) {
        return None;
    }
    let path = first.split(' ').nth(1)?.to_owned();
    let number = shared.requests.fetch_add(1, Ordering::SeqCst) + 1;
    shared.bodies.lock().unwrap().push(body.clone());
    let mut files = shared.files.lock().unwrap();
    let bodies = files.entry(path).or_default();
    if !bodies.contains(&body) {
        bodies.push(body);
    }
    drop(files);
    shared.came.notify_all();
    let is_lost = shared.loses_each > 0 && number.is_multiple_of(shared.loses_each);
    if is_lost || shared.is_down.load(Ordering::SeqCst) {
        return None;
    }
    let body = format!("{{\"uploadId\":\"upl_{number}\"}}");
    let answer = format!(
        "HTTP/1.1 201 Created\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    from.get_mut().write_all(answer.as_bytes()).ok()
}
