//! A PostgreSQL of the suite's own: made in a short-lived folder, reached through a socket in it,
//! gone at the end, also after a panic.
//!
//! Not for: durability; it never fsyncs.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use sqlx::{AssertSqlSafe, Connection as _};
use tempfile::TempDir;

const USER: &str = "bursar";
/// PostgreSQL refuses to run as root; either of these exists on any machine.
const OTHER_USERS: [&str; 2] = ["postgres", "nobody"];
const HOW_TO_GET_IT: &str = "PostgreSQL's programs were not found: install the package \
    `postgresql` (any version from 13), or put `pg_config` in PATH, or set \
    BURSAR_WITHOUT_POSTGRES=1 to leave these tests out on your machine";

pub(crate) struct Cluster {
    folder: TempDir,
    server: Child,
}

impl Cluster {
    pub(crate) fn start() -> Self {
        let programs = programs();
        // A socket's path may have 107 bytes: /tmp is short, TMPDIR may not be.
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        let owner = owner(folder.path());
        let as_owner = |program: &str| {
            let mut command = Command::new(programs.join(program));
            command.current_dir(folder.path());
            if let Some((user, group)) = owner {
                command.uid(user).gid(group);
            }
            command
        };
        let rows = folder.path().join("rows");
        let made = as_owner("initdb")
            .args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--no-locale", "-U", USER, "-D"])
            .arg(&rows)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut server = as_owner("postgres")
            .arg("-D")
            .arg(&rows)
            .arg("-k")
            .arg(folder.path())
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off"])
            .args(["-c", "logging_collector=off", "-c", "lc_messages=C"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        wait_until_ready(server.stderr.take().unwrap());
        Self { folder, server }
    }

    pub(crate) fn url(&self, database: &str) -> String {
        let socket = self.folder.path().display();
        format!("postgres://{USER}@localhost/{database}?host={socket}")
    }

    pub(crate) async fn make_databases(&self, names: impl Iterator<Item = impl std::fmt::Display>) {
        sqlx::any::install_default_drivers();
        let mut connection = sqlx::AnyConnection::connect(&self.url("postgres")).await.unwrap();
        for name in names {
            let make = AssertSqlSafe(format!("CREATE DATABASE {name}"));
            sqlx::raw_sql(make).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGQUIT is PostgreSQL's immediate shutdown: nothing here is worth writing down.
        let server = Pid::from_child(&self.server);
        if kill_process(server, Signal::QUIT).is_ok() {
            drop(self.server.wait());
        }
    }
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

/// Whom to run as, when we are root: the folder is given to them. `None`: as we are; `initdb` says
/// so when that is root.
fn owner(folder: &Path) -> Option<(u32, u32)> {
    if fs::metadata(folder).expect("we made it").uid() != 0 {
        return None;
    }
    let id = |flag: &str, user: &str| {
        let output = Command::new("id").args([flag, user]).output().ok()?;
        String::from_utf8_lossy(&output.stdout).trim().parse::<u32>().ok()
    };
    let (user, group) =
        OTHER_USERS.iter().find_map(|user| Some((id("-u", user)?, id("-g", user)?)))?;
    chown(folder, Some(user), Some(group)).expect("the folder is ours to give away");
    Some((user, group))
}

/// Reads the server's log until it says so; a thread reads on, so that the server never waits for
/// us.
fn wait_until_ready(log: ChildStderr) {
    let mut lines = BufReader::new(log).lines();
    let mut seen = String::new();
    while let Some(Ok(line)) = lines.next() {
        if line.contains("ready to accept connections") {
            std::thread::spawn(move || lines.for_each(drop));
            return;
        }
        seen.push_str(&line);
        seen.push('\n');
    }
    panic!("PostgreSQL did not start:\n{seen}");
}
