//! `cargo xtask demo`: the README's quick start, from a fresh clone to findings.
//!
//! Not for: testing the programs (their own tests do) or for a server to keep: its data folder is
//! temporary. Invariant: the server started here ends with this program.

mod command;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::files::{cannot, make_folder, remove_folder};
use crate::{cargo, output};
use command::{follow, hear, untouched};

/// When the server stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    AfterReceipt,
    WhenTold,
}

/// Making a certificate authority, keys and a database takes a second; a very busy machine a few.
const LONGEST_START: Duration = Duration::from_mins(1);

/// The customer a first start makes.
const CUSTOMER: &str = "acme";

/// Where a server without a terminal writes the link for the first administrator.
const LINK_FILE: &str = "welcome-link.txt";

/// Findings that are listed: as many as are read at a glance.
const GRAVEST: &str = "5";

/// The files that `bursard sample` writes, and what each is; of suppliers two, as some changed their
/// bank between.
const SAMPLE: [(&str, &str); 4] = [
    ("suppliers_20260801.csv", "Suppliers"),
    ("suppliers_20260930.csv", "Suppliers"),
    ("employees_20260930.csv", "Employees"),
    ("transactions_20260930.csv", "APT"),
];

pub(crate) fn run(end: End) -> Result<(), String> {
    let programs = build(end)?;
    let demo = Demo::begin(&programs)?;
    demo.make_sample()?;
    demo.send_all()?;
    demo.list()?;
    demo.list_ledgers()?;
    demo.show_findings()?;
    demo.finish(end)
}

/// The folder of both programs.
pub(crate) fn build(end: End) -> Result<PathBuf, String> {
    output::say(
        "build   bursard and bursar, unoptimised but for the hot parts: about 8 minutes on two \
         cores the first time, seconds after that",
    );
    // Among checks all targets, as the tests have: with fewer, other features, and the query engine is
    // built once more.
    let wanted: &[&str] = match end {
        End::AfterReceipt => &["build", "--workspace", "--all-targets"],
        End::WhenTold => &["build", "--package", "bursard", "--package", "bursar"],
    };
    let status =
        cargo::command(wanted).status().map_err(|fault| format!("cargo did not start: {fault}"))?;
    if status.success() {
        return cargo::built_programs();
    }
    Err("the programs did not build\n  the compiler's message is above".to_owned())
}

/// A running server, a token for it and files to send.
pub(crate) struct Demo {
    pub(crate) bursar: PathBuf,
    bursard: PathBuf,
    folder: PathBuf,
    data: PathBuf,
    url: String,
    /// The link that makes the first administrator.
    pub(crate) link: String,
    server: Server,
}

/// The holder of an access token.
#[derive(Debug, Clone, Copy)]
enum Role {
    Uploader,
    Analyst,
}

impl Role {
    /// The word that `bursard token issue --role` takes.
    fn word(self) -> &'static str {
        match self {
            Self::Uploader => "uploader",
            Self::Analyst => "analyst",
        }
    }
}

/// The server's process, which must not outlive this one whatever goes wrong.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        self.0.kill().unwrap_or_else(|_has_ended| ());
        drop(self.0.wait());
    }
}

impl Demo {
    pub(crate) fn begin(programs: &Path) -> Result<Self, String> {
        let folder = programs.join(format!("bursar-demo-{}", std::process::id()));
        let data = folder.join("data");
        // An earlier run may have had the same process number.
        remove_folder(&folder)?;
        make_folder(&folder)?;
        let bursard = program(programs, "bursard");
        let (server, link, url) = start(&bursard, &folder, &data)?;
        let demo =
            Self { bursar: program(programs, "bursar"), bursard, url, link, data, server, folder };
        for role in [Role::Uploader, Role::Analyst] {
            let token = issue_token(&demo.bursard, &demo.folder, &demo.data, role)?;
            write_private(&demo.token(role), &token)?;
        }
        Ok(demo)
    }

    pub(crate) fn sample(&self) -> PathBuf {
        self.folder.join("sample")
    }

    /// For what else belongs to it: gone when it finishes.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    fn token(&self, role: Role) -> PathBuf {
        self.folder.join(format!("{}.txt", role.word()))
    }

    pub(crate) fn authority(&self) -> PathBuf {
        self.data.join("tls").join("ca.pem")
    }

    pub(crate) fn make_sample(&self) -> Result<(), String> {
        follow(untouched(&self.bursard, &self.folder).arg("sample").arg(self.sample()))
    }

    pub(crate) fn make_sample_of(&self, invoices: &str) -> Result<(), String> {
        let mut command = untouched(&self.bursard, &self.folder);
        follow(command.arg("sample").arg(self.sample()).args(["--invoices", invoices]))
    }

    pub(crate) fn send_all(&self) -> Result<(), String> {
        SAMPLE.iter().try_for_each(|(name, file_type)| self.send(name, file_type))
    }

    /// Ends the server and starts it again over the same data: nothing is in its memory any more.
    pub(crate) fn start_again(self) -> Result<Self, String> {
        let Self { server, link, .. } = self;
        drop(server);
        let (server, _none_twice, url) = start(&self.bursard, &self.folder, &self.data)?;
        let origin = |url: &str| url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        let link = link.replace(&origin(&link), &origin(&url));
        Ok(Self { url, link, server, ..self })
    }

    fn send(&self, name: &str, file_type: &str) -> Result<(), String> {
        let mut command = self.uploader(&["send"], Role::Uploader);
        command.arg(self.sample().join(name)).args(["--type", file_type, "--wait"]);
        follow(&mut command)
    }

    fn list_ledgers(&self) -> Result<(), String> {
        let mut command = untouched(&self.bursard, &self.folder);
        follow(command.arg("--data-dir").arg(&self.data).args(["ledger", "list"]))
    }

    fn list(&self) -> Result<(), String> {
        follow(&mut self.uploader(&["uploads"], Role::Uploader))
    }

    /// Waits for the checks, lists the gravest findings and explains the first of them.
    fn show_findings(&self) -> Result<(), String> {
        self.wait_for_checks()?;
        let listed = hear(self.uploader(&["findings"], Role::Analyst).args(["--limit", GRAVEST]))?;
        let key = first_key(&listed).ok_or(
            "the checks found nothing in the sample data\n  what was planted is in its truth.json",
        )?;
        follow(&mut self.uploader(&["findings", "show", key], Role::Analyst))
    }

    /// Waits until all that was sent is checked.
    pub(crate) fn wait_for_checks(&self) -> Result<(), String> {
        follow(self.uploader(&["findings", "runs"], Role::Analyst).arg("--wait"))
    }

    /// A command of the uploader program, with the token of a role.
    fn uploader(&self, words: &[&str], role: Role) -> Command {
        let mut command = untouched(&self.bursar, &self.folder);
        command
            .args(words)
            .args(["--url", &self.url, "--customer", CUSTOMER])
            .arg("--ca-file")
            .arg(self.authority())
            .arg("--token-file")
            .arg(self.token(role))
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn finish(mut self, end: End) -> Result<(), String> {
        if end == End::WhenTold {
            output::say(&what_to_press(&self.link));
            output::say(&format!(
                "\nThe server runs at {} until you press Ctrl-C.\n  \
                 Its files, two tokens and the sample are in {}",
                self.url,
                self.folder.display()
            ));
            let status = self.server.0.wait();
            let status = status.map_err(|fault| format!("the server was lost: {fault}"))?;
            output::say(&format!("the server ended ({status})"));
        }
        let Self { folder, server, .. } = self;
        drop(server);
        remove_folder(&folder)
    }
}

/// Starts the server and waits for its `ready` line, showing all it says on the way: the link for the first
/// administrator, which it writes to a file when it has no terminal, and its address.
fn start(bursard: &Path, folder: &Path, data: &Path) -> Result<(Server, String, String), String> {
    let log = folder.join("bursard.log");
    let log_file = File::create(&log).map_err(|fault| cannot("make", &log, &fault))?;
    let mut child = untouched(bursard, folder)
        .arg("serve")
        .arg("--data-dir")
        .arg(data)
        .args(["--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log_file)
        .spawn()
        .map_err(|fault| cannot("start", bursard, &fault))?;
    let stdout = child.stdout.take().expect("standard output was asked to be a pipe");
    let server = Server(child);
    let (found, ready) = mpsc::channel();
    // Goes on after `ready`, so that the server never waits for a reader.
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let Ok(line) = line else { break };
            output::say(&line);
            if let Some(url) = behind(&line, "ready") {
                // Nobody listens any more once the first `ready` was heard.
                found.send(url.to_owned()).unwrap_or_else(|_unheard| ());
            }
        }
    });
    match ready.recv_timeout(LONGEST_START) {
        Ok(url) => Ok((server, welcome_link(data)?, url)),
        Err(_ended_or_late) => {
            let said = fs::read_to_string(&log).unwrap_or_else(|fault| fault.to_string());
            Err(format!("the server did not get ready\n{said}  its log is {}", log.display()))
        }
    }
}

/// Empty once there is an administrator.
fn welcome_link(data: &Path) -> Result<String, String> {
    let file = data.join(LINK_FILE);
    match fs::read_to_string(&file) {
        Ok(link) => Ok(link.trim_end().to_owned()),
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(fault) => Err(cannot("read", &file, &fault)),
    }
}

/// The address behind the word that begins a line.
fn behind<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let mut words = line.split_whitespace();
    (words.next() == Some(word)).then(|| words.next())?
}

/// The way from the link to the first decision.
fn what_to_press(link: &str) -> String {
    format!(
        "\nDecide about them on the pages:\n  \
         1. Open {link}\n     \
         The certificate was made here, so the browser warns of it: go on all the same. A name, an address \
         and a password sign you in; the link works once.\n  \
         2. Choose Findings and press n: the gravest, its rows side by side, and why it is one.\n  \
         3. Press d for duplicate, r for not a duplicate, i to ask for information; u takes it back, ? shows \
         all keys."
    )
}

fn issue_token(bursard: &Path, folder: &Path, data: &Path, role: Role) -> Result<Vec<u8>, String> {
    let answer = untouched(bursard, folder)
        .arg("--data-dir")
        .arg(data)
        .args(["token", "issue", "--customer", CUSTOMER])
        .args(["--role", role.word(), "--valid-for", "90d", "--label", "demo"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|fault| cannot("start", bursard, &fault))?;
    if answer.status.success() {
        return Ok(answer.stdout);
    }
    Err("no access token was issued\n  the server program's message is above".to_owned())
}

/// The key of the finding that a list has first.
fn first_key(listed: &str) -> Option<&str> {
    listed.split_whitespace().find(|word| word.starts_with("fnd_"))
}

fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The uploader refuses a token that others on the machine could read.
fn write_private(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .and_then(|mut file| file.write_all(bytes))
        .map_err(|fault| cannot("write", path, &fault))
}

#[cfg(test)]
mod tests;
