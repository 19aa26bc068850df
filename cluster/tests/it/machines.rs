//! The processes of a cluster: one scheduler, some executors, and whoever asks them.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_bursard-cluster");
/// A process that listens by then listens at all.
const STARTED_WITHIN: Duration = Duration::from_mins(1);

/// A check that the cluster has not answered by then it never answers; of a larger sample, so much longer.
const SECONDS: u64 = 120;
/// Invoices that take no longer than a second of one check, in debug.
const INVOICES_A_SECOND: u64 = 500;

/// A cluster; its processes end with it.
pub(crate) struct Machines {
    folder: TempDir,
    scheduler_port: u16,
    scheduler: Child,
    executors: Vec<Child>,
    killed: usize,
    invoices: u64,
}

/// The text and the end of `bursard-cluster check`.
pub(crate) struct Report {
    pub(crate) is_well: bool,
    pub(crate) text: String,
}

impl Machines {
    /// Makes ledgers and certificates, and starts a scheduler and some executors.
    pub(crate) fn start(executors: usize, invoices: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        super::ledgers::make(folder.path(), invoices);
        authority(folder.path(), "authority", "machine");
        authority(folder.path(), "others", "stranger");
        let scheduler_port = free_port();
        let listen = format!("127.0.0.1:{scheduler_port}");
        let scheduler = spawn(
            command(folder.path(), "scheduler", "machine").args(["--listen", &listen]),
            &folder.path().join("scheduler.log"),
        );
        await_port(scheduler_port);
        let mut machines =
            Self { folder, scheduler_port, scheduler, executors: Vec::new(), killed: 0, invoices };
        for number in 0..executors {
            machines.start_executor(number);
        }
        machines
    }

    fn start_executor(&mut self, number: usize) {
        let port = free_port();
        let work = self.folder.path().join(format!("work{number}"));
        let mut executor = command(self.folder.path(), "executor", "machine");
        executor
            .args(["--listen", &format!("127.0.0.1:{port}"), "--threads", "2", "--work"])
            .arg(work)
            .args(["--scheduler", &self.scheduler()]);
        let log = self.folder.path().join(format!("executor{number}.log"));
        self.executors.push(spawn(&mut executor, &log));
        await_port(port);
    }

    fn scheduler(&self) -> String {
        format!("localhost:{}", self.scheduler_port)
    }

    pub(crate) fn check(&self, more: &[&str]) -> Report {
        finish(self.begin("machine", more))
    }

    /// Runs the checks, and something else beside them.
    pub(crate) fn check_and(&mut self, more: &[&str], beside: impl FnOnce(&mut Self)) -> Report {
        let child = self.begin("machine", more);
        beside(self);
        finish(child)
    }

    /// Asks with a certificate of another authority.
    pub(crate) fn check_as_stranger(&self) -> Report {
        finish(self.begin("stranger", &["--only", "round_amounts"]))
    }

    fn begin(&self, who: &str, more: &[&str]) -> Child {
        let mut check = command(self.folder.path(), "check", who);
        let seconds = SECONDS + self.invoices / INVOICES_A_SECOND;
        check
            .args(["--customer", "acme", "--unit", "acme", "--scheduler", &self.scheduler()])
            .args(["--seconds", &seconds.to_string()])
            .args(more)
            .stdout(Stdio::piped());
        check.spawn().expect("the program starts")
    }

    /// Ends one executor as a failing machine does: without a word.
    pub(crate) fn kill_executor(&mut self) {
        self.executors[self.killed].kill().expect("it was running");
        self.executors[self.killed].wait().expect("it has ended");
        self.killed += 1;
    }

    /// The most memory that each process ever had, in MiB.
    pub(crate) fn memory(&self) -> String {
        let all = std::iter::once(("scheduler".to_owned(), &self.scheduler)).chain(
            self.executors.iter().enumerate().map(|(at, one)| (format!("executor {at}"), one)),
        );
        let lines = all.map(|(name, process)| format!("{name}: {} MiB at the most", peak(process)));
        lines.collect::<Vec<_>>().join("\n")
    }
}

#[expect(clippy::print_stdout, reason = "what a failed test shows, outside of a test's own body")]
impl Drop for Machines {
    fn drop(&mut self) {
        for process in self.executors.iter_mut().chain([&mut self.scheduler]) {
            drop(process.kill());
            drop(process.wait());
        }
        if std::thread::panicking() {
            for name in ["scheduler.log", "executor0.log", "executor1.log"] {
                let log = std::fs::read_to_string(self.folder.path().join(name));
                let log = log.unwrap_or_else(|why| why.to_string());
                let begin = log.len().saturating_sub(4000);
                let tail = log.get(begin..).unwrap_or(&log);
                println!("--- {name}\n{tail}");
            }
        }
    }
}

fn command(folder: &Path, what: &str, who: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    let pem = |name: &str| folder.join(format!("{name}.pem"));
    command
        .arg(what)
        .arg("--authority")
        .arg(pem("authority"))
        .arg("--certificate")
        .arg(pem(who))
        .arg("--key")
        .arg(pem(&format!("{who}-key")))
        .arg("--ledgers")
        .arg(folder.join("ledgers"));
    command
}

fn spawn(command: &mut Command, log: &PathBuf) -> Child {
    let log = std::fs::File::create(log).expect("a log");
    command.stderr(log).spawn().expect("the program starts")
}

fn finish(child: Child) -> Report {
    let output = child.wait_with_output().expect("it ends");
    Report {
        is_well: output.status.success(),
        text: String::from_utf8(output.stdout).expect("a report is text"),
    }
}

/// Writes an authority's certificate, and one for this machine that it signed.
fn authority(folder: &Path, name: &str, machine: &str) {
    let write = |name: &str, text: &str| {
        std::fs::write(folder.join(format!("{name}.pem")), text).expect("it can be written");
    };
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    write(name, &params.self_signed(&key).expect("a certificate").pem());
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate().expect("a key");
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let signed = CertificateParams::new(names).expect("names").signed_by(&own, &issuer);
    write(machine, &signed.expect("a certificate").pem());
    write(&format!("{machine}-key"), &own.serialize_pem());
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it is bound").port()
}

fn await_port(port: u16) {
    let began = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < STARTED_WITHIN, "nobody listens on {port}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The most memory that a process of this machine has had, where it says so.
fn peak(process: &Child) -> u64 {
    let path = format!("/proc/{}/status", process.id());
    let status = std::fs::read_to_string(path).unwrap_or_else(|_not_linux| String::new());
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}
