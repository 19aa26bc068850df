//! A PostgreSQL of the suite's own: made in a short-lived folder, reached through a socket in it, shared by
//! all tests of a run, each of which may be a process of its own, and gone when the run ends, however it
//! does.
//!
//! Not for: durability; it never fsyncs.
//!
//! Invariant: one cluster a run. Whoever comes first starts it, behind a lock that the others wait for.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt as _, parent_id};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sqlx::{AssertSqlSafe, Connection as _};

const USER: &str = "bursar";
/// As PostgreSQL names it for its usual port.
pub(crate) const SOCKET: &str = ".s.PGSQL.5432";
/// PostgreSQL refuses to run as root; either of these exists on any machine.
const OTHER_USERS: [&str; 2] = ["postgres", "nobody"];
const HOW_TO_GET_IT: &str = "PostgreSQL's programs were not found: install the package \
    `postgresql` (any version from 13), or put `pg_config` in PATH, or set \
    BURSAR_WITHOUT_POSTGRES=1 to leave these tests out on your machine";
/// A store opens up to 16 connections, and as many tests run at once as the machine has processors.
const SERVER_SETTINGS: &str = "-c listen_addresses= -c fsync=off -c full_page_writes=off \
    -c logging_collector=off -c lc_messages=C -c max_connections=1000";
/// Waits for the run's own process to be gone, and ends what it left behind; itself a process that nobody
/// waits for. Its arguments: that process, the folder, the lock.
const CLEANER: &str = "( while kill -0 \"$1\"; do sleep 1; done; pid=\"$2/rows/postmaster.pid\"; \
    kill -QUIT \"$(head -n 1 \"$pid\")\"; while [ -e \"$pid\" ]; do sleep 0.1; done; \
    rm -rf \"$2\" \"$3\" ) &";

pub(crate) struct Cluster {
    pub(crate) folder: PathBuf,
}

impl Cluster {
    /// The one cluster of a name that all tests share which one process has started.
    pub(crate) fn shared(name: &str) -> Self {
        let run = parent_id();
        // A socket's path may have 107 bytes: /tmp is short, TMPDIR may not be.
        let folder = PathBuf::from(format!("/tmp/bursar-{name}-{run}"));
        let lock = folder.with_extension("lock");
        let held = File::create(&lock).unwrap();
        held.lock().unwrap();
        // A run that was killed may have left a folder with nobody in it.
        if UnixStream::connect(folder.join(SOCKET)).is_err() {
            start(&folder);
            clean_up_after(run, &folder, &lock);
        }
        Self { folder }
    }

    pub(crate) fn url(&self, database: &str) -> String {
        let socket = self.folder.display();
        format!("postgres://{USER}@localhost/{database}?host={socket}")
    }

    pub(crate) async fn make_database(&self, name: &str) -> String {
        sqlx::any::install_default_drivers();
        let mut connection = sqlx::AnyConnection::connect(&self.url("postgres")).await.unwrap();
        // There is one where a shell has run the tests before.
        for verb in ["DROP DATABASE IF EXISTS", "CREATE DATABASE"] {
            let statement = AssertSqlSafe(format!("{verb} {name}"));
            sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
        self.url(name)
    }
}

fn start(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    fs::create_dir(folder).unwrap();
    let owner = owner(folder);
    let encoding = ["--no-sync", "--auth=trust", "--encoding=UTF8", "--no-locale"];
    run(folder, owner, "initdb", &[&encoding[..], &["-U", USER, "-D", "rows"]].concat());
    control(folder, "start", &[]);
}

/// Starts or restarts the server in `folder`, with the settings of all tests.
pub(crate) fn control(folder: &Path, action: &str, flags: &[&str]) {
    let owner = owner(folder);
    let settings = format!("{SERVER_SETTINGS} -k {}", folder.display());
    let usual = ["--wait", "-D", "rows", "-l", "server.log", "-o", &settings];
    run(folder, owner, "pg_ctl", &[&[action], &usual[..], flags].concat());
}

fn run(folder: &Path, (user, group): (u32, u32), program: &str, arguments: &[&str]) {
    let mut command = Command::new(programs().join(program));
    command.current_dir(folder).args(arguments).uid(user).gid(group);
    // Not a pipe: the server would keep it open.
    let said = File::create(folder.join(program)).unwrap();
    let ended = command.stdout(said.try_clone().unwrap()).stderr(said).status().unwrap();
    let said = fs::read_to_string(folder.join(program)).unwrap();
    assert!(ended.success(), "{program}: {said}");
}

/// In a group of its own, so that what ends the tests does not end it.
fn clean_up_after(run: u32, folder: &Path, lock: &Path) {
    let mut command = Command::new("sh");
    command.args(["-c", CLEANER, "cleaner", &run.to_string()]).arg(folder).arg(lock);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(command.process_group(0).status().unwrap().success());
}

fn programs() -> PathBuf {
    let asked = Command::new("pg_config").arg("--bindir").output().ok();
    let named = asked.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    versions
        .into_iter()
        .rev()
        .chain(named.map(PathBuf::from))
        .find(|programs| programs.join("initdb").exists())
        .expect(HOW_TO_GET_IT)
}

/// The user and group to run as: the folder's, which is given to another user where it is root's.
fn owner(folder: &Path) -> (u32, u32) {
    let owned = fs::metadata(folder).expect("we made it");
    if owned.uid() != 0 {
        return (owned.uid(), owned.gid());
    }
    let id = |flag: &str, user: &str| {
        let output = Command::new("id").args([flag, user]).output().ok()?;
        String::from_utf8_lossy(&output.stdout).trim().parse::<u32>().ok()
    };
    let other = OTHER_USERS.iter().find_map(|user| Some((id("-u", user)?, id("-g", user)?)));
    let Some((user, group)) = other else {
        return (owned.uid(), owned.gid());
    };
    chown(folder, Some(user), Some(group)).expect("the folder is ours to give away");
    (user, group)
}
