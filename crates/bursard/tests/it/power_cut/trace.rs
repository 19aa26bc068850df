//! What the system calls of a traced process leave on the disk: which files and names a power cut would
//! take away at a given moment.
//!
//! Not for: tracing; `strace -ff --absolute-timestamps=ns -T -y` writes a file per thread, which this reads.
//!
//! Invariant: a sync counts only for what had ended before it began, and only from its own end on: two
//! calls that overlap are taken to be in the worse order.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// One call that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// Nanoseconds since 1970.
    pub(crate) began: u64,
    pub(crate) ended: u64,
    pub(crate) effect: Effect,
}

/// What a call does to files and names, as far as a power cut minds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Bytes of a file changed.
    Write(PathBuf),
    /// A file's bytes, or a folder's names, reached the disk.
    Sync(PathBuf),
    /// A folder came to be, or a file was opened that is made where it is not there.
    Create(PathBuf),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    /// Bytes went to a client.
    Answer,
}

/// The calls of all threads, in the order of their ends.
pub(crate) fn read(folder: &Path) -> Vec<Call> {
    let mut calls = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read(entry.unwrap().path()).unwrap();
        calls.extend(String::from_utf8_lossy(&text).lines().filter_map(call));
    }
    calls.sort_by_key(|call| call.ended);
    calls
}

/// A call from its line, such as
/// `1795955482.913395123 fdatasync(23</data/bursar.db-wal>) = 0 <0.000123456>`;
/// nothing for one that failed or that no power cut minds.
pub(crate) fn call(line: &str) -> Option<Call> {
    let (began, rest) = line.split_once(' ')?;
    let (name, rest) = rest.split_once('(')?;
    if let Some(arguments) = rest.strip_suffix("<unfinished ...>").or(rest.strip_suffix(" = ?")) {
        // Killed at its end: an answer may have reached the client, of all else that cannot be said.
        let began = nanoseconds(began)?;
        let effect = effect(name, arguments).filter(|effect| *effect == Effect::Answer)?;
        return Some(Call { began, ended: began, effect });
    }
    let (arguments, outcome) = rest.rsplit_once(") = ")?;
    let (result, took) = outcome.rsplit_once(" <")?;
    if result.starts_with('-') || result.starts_with('?') {
        return None;
    }
    let began = nanoseconds(began)?;
    let ended = began + nanoseconds(took.strip_suffix('>')?)?;
    let effect = effect(name, arguments)?;
    Some(Call { began, ended, effect })
}

fn effect(name: &str, arguments: &str) -> Option<Effect> {
    Some(match name {
        "write" | "pwrite64" | "writev" | "pwritev" | "pwritev2" | "sendto" | "sendmsg"
        | "ftruncate" | "fallocate" => {
            let place = descriptor_path(arguments)?;
            if place.starts_with("socket:") || place.starts_with("TCP") {
                return Some(Effect::Answer);
            }
            Effect::Write(file(place)?)
        }
        "fsync" | "fdatasync" => Effect::Sync(file(descriptor_path(arguments)?)?),
        "mkdir" | "mkdirat" => Effect::Create(quoted(arguments).next()?),
        "openat" if arguments.contains("O_CREAT") => Effect::Create(quoted(arguments).next()?),
        "rename" | "renameat" | "renameat2" | "link" | "linkat" => {
            let mut names = quoted(arguments);
            Effect::Rename(names.next()?, names.next()?)
        }
        "unlink" | "unlinkat" | "rmdir" => Effect::Remove(quoted(arguments).next()?),
        _ => return None,
    })
}

/// The path in `23</data/file>, …`.
fn descriptor_path(arguments: &str) -> Option<&str> {
    let (_, rest) = arguments.split_once('<')?;
    rest.split_once('>').map(|(path, _)| path)
}

fn file(place: &str) -> Option<PathBuf> {
    place.starts_with('/').then(|| PathBuf::from(place))
}

/// The texts between quotation marks; no name of ours holds one.
fn quoted(arguments: &str) -> impl Iterator<Item = PathBuf> {
    arguments.split('"').skip(1).step_by(2).map(PathBuf::from)
}

fn nanoseconds(text: &str) -> Option<u64> {
    let (seconds, fraction) = text.split_once('.')?;
    let fraction: u64 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Some(seconds.parse::<u64>().ok()? * 1_000_000_000 + fraction)
}

/// What has not reached the disk yet.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    /// Files with bytes that a power cut would take, and when the last of them were written.
    unsynced: HashMap<PathBuf, u64>,
    /// Names that a power cut would take, and when they came to be.
    unsynced_names: HashMap<PathBuf, u64>,
    /// Names there are: opening one of them makes nothing new.
    names: HashSet<PathBuf>,
    /// How often each file's bytes were synced after they had been written.
    synced: HashMap<PathBuf, u64>,
}

impl Disk {
    pub(crate) fn apply(&mut self, call: &Call) {
        match &call.effect {
            Effect::Write(path) => {
                self.unsynced.insert(path.clone(), call.ended);
            }
            Effect::Create(path) => {
                if self.names.insert(path.clone()) {
                    self.unsynced_names.insert(path.clone(), call.ended);
                }
            }
            Effect::Rename(from, to) => {
                if let Some(written) = self.unsynced.remove(from) {
                    self.unsynced.insert(to.clone(), written);
                }
                if let Some(syncs) = self.synced.remove(from) {
                    self.synced.insert(to.clone(), syncs);
                }
                self.forget(from);
                self.names.insert(to.clone());
                self.unsynced_names.insert(to.clone(), call.ended);
            }
            Effect::Remove(path) => {
                self.unsynced.remove(path);
                self.forget(path);
            }
            Effect::Sync(path) => {
                if self.unsynced.get(path).is_some_and(|written| *written <= call.began) {
                    self.unsynced.remove(path);
                    *self.synced.entry(path.clone()).or_default() += 1;
                }
                self.unsynced_names.retain(|name, made| {
                    name.parent() != Some(path.as_path()) || *made > call.began
                });
            }
            Effect::Answer => {}
        }
    }

    fn forget(&mut self, path: &Path) {
        self.names.remove(path);
        self.unsynced_names.remove(path);
    }

    /// What a power cut now would take of `path`: its bytes, its name, or the name of a folder that leads
    /// to it from `root` (whose own name is not asked after).
    pub(crate) fn lost(&self, root: &Path, path: &Path) -> Vec<String> {
        let bytes = self.unsynced.contains_key(path);
        let bytes = bytes.then(|| format!("the bytes of {}", path.display()));
        let names = path.ancestors().take_while(|above| *above != root);
        let names = names.filter(|above| self.unsynced_names.contains_key(*above));
        bytes.into_iter().chain(names.map(|name| format!("the name {}", name.display()))).collect()
    }

    /// How often bytes of a file were made durable.
    pub(crate) fn syncs(&self, path: &Path) -> u64 {
        self.synced.get(path).copied().unwrap_or(0)
    }
}
