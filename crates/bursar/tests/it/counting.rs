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

/// What is said of an upload that is asked about, by its id and how often it was before: status and body.
type Tells = dyn Fn(&str, u64) -> (u16, String) + Send;

struct SharedState {
    /// Bodies by the path they were sent to.
    files: Mutex<BTreeMap<String, Vec<Vec<u8>>>>,
    /// Bodies as they came.
    bodies: Mutex<Vec<Vec<u8>>>,
    came: Condvar,
    is_down: AtomicBool,
    requests: AtomicU64,
    connections: AtomicU64,
    tells: Mutex<Box<Tells>>,
    /// By the id of the upload.
    asked: Mutex<BTreeMap<String, u64>>,
    /// Every so many requests the answer is lost although the file was kept; 0 is never.
    loses_each: u64,
}

pub(crate) struct Counting {
    pub(crate) address: SocketAddr,
    shared: Arc<SharedState>,
}

impl Counting {
    pub(crate) fn start() -> Self {
        Self::losing(0)
    }

    pub(crate) fn losing(loses_each: u64) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(SharedState {
            files: Mutex::default(),
            bodies: Mutex::default(),
            came: Condvar::new(),
            is_down: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            tells: Mutex::new(Box::new(|_, _| (404, String::new()))),
            asked: Mutex::default(),
            loses_each,
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&serving);
                shared.connections.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || {
                    let mut from = BufReader::new(stream);
                    while serve(&mut from, &shared).is_some() {}
                });
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

    pub(crate) fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// What it says from now on of an upload.
    pub(crate) fn tell(&self, tells: impl Fn(&str, u64) -> (u16, String) + Send + 'static) {
        *self.shared.tells.lock().unwrap() = Box::new(tells);
    }

    /// Until somebody has asked so often about one upload.
    pub(crate) fn wait_until_asked(&self, id: &str, times: u64) {
        let asked = self.shared.asked.lock().unwrap();
        let few = |asked: &mut BTreeMap<String, u64>| asked.get(id).is_none_or(|n| *n < times);
        let (asked, waited) = self.shared.came.wait_timeout_while(asked, PATIENCE, few).unwrap();
        assert!(!waited.timed_out(), "{id} was not asked about: {asked:?}");
    }

    /// Until so many different files have come.
    pub(crate) fn wait_for(&self, files: usize) {
        let kept = self.shared.files.lock().unwrap();
        let few = |kept: &mut BTreeMap<String, Vec<Vec<u8>>>| kept.len() < files;
        let (kept, waited) = self.shared.came.wait_timeout_while(kept, PATIENCE, few).unwrap();
        assert!(!waited.timed_out(), "{} of {files} came", kept.len());
    }
}

/// One request; none when the connection ends.
fn serve(from: &mut BufReader<TcpStream>, shared: &SharedState) -> Option<()> {
    if shared.is_down.load(Ordering::SeqCst) {
        return None;
    }
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
    if first.starts_with("GET ") {
        let id = path.rsplit('/').next()?;
        let before = {
            let mut asked = shared.asked.lock().unwrap();
            let times = asked.entry(id.to_owned()).or_default();
            *times += 1;
            *times - 1
        };
        let (status, body) = shared.tells.lock().unwrap()(id, before);
        shared.came.notify_all();
        return answer(from, status, &body);
    }
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
    answer(from, 201, &format!("{{\"uploadId\":\"upl_{number}\"}}"))
}

fn answer(from: &mut BufReader<TcpStream>, status: u16, body: &str) -> Option<()> {
    let answer = format!("HTTP/1.1 {status} Said\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    from.get_mut().write_all(answer.as_bytes()).ok()
}
