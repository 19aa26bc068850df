//! A database of the case's own, made in a short-lived folder, reached through a socket, and gone at its end.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::program::path_text;

/// Databases refuse to run as root; one of these exists wherever they are installed.
const OTHER_USERS: [&str; 3] = ["postgres", "mysql", "nobody"];
const START_TIME: Duration = Duration::from_mins(2);

/// A server of the case's own, and the program that speaks to it.
pub(crate) struct Database {
    pub(crate) folder: tempfile::TempDir,
    server: Child,
    client: PathBuf,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Postgres,
    MariaDb,
}

impl Database {
    pub(crate) fn start(kind: Kind) -> Self {
        // A socket's path may have 107 bytes: /tmp is short, TMPDIR may not be.
        let folder = tempfile::Builder::new().prefix("db").tempdir_in("/tmp").unwrap();
        let owner = owner(folder.path());
        let run = |program: &Path, args: &[&str]| {
            let mut command = Command::new(program);
            command
                .args(args)
                .current_dir(folder.path())
                // MariaDB sweeps what it takes for its own leftovers there, those of others too.
                .env("TMPDIR", folder.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            if let Some((user, group)) = owner {
                command.uid(user).gid(group);
            }
            command
        };
        let rows = folder.path().join("rows");
        let (rows, here) = (path_text(&rows), path_text(folder.path()));
        let (server, client) = match kind {
            Kind::Postgres => {
                let made = [
                    "--no-sync",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--no-locale",
                    "-U",
                    "bursar",
                    "-D",
                    rows,
                ];
                assert!(run(&program("initdb"), &made).status().unwrap().success());
                let served = ["-D", rows, "-k", here, "-c", "listen_addresses=", "-c", "fsync=off"];
                (run(&program("postgres"), &served).spawn().unwrap(), program("psql"))
            }
            Kind::MariaDb => {
                let data = format!("--datadir={rows}");
                let made = [
                    "--no-defaults",
                    "--auth-root-authentication-method=normal",
                    &data,
                    "--skip-test-db",
                ];
                assert!(run(&program("mariadb-install-db"), &made).status().unwrap().success());
                let socket = format!("--socket={here}/sql");
                let served = [
                    "--no-defaults",
                    &data,
                    &socket,
                    "--skip-networking",
                    "--innodb-flush-log-at-trx-commit=0",
                ];
                (run(&program("mariadbd"), &served).spawn().unwrap(), program("mariadb"))
            }
        };
        let database = Self { folder, server, client, kind };
        let begin = Instant::now();
        while !database.ask("SELECT 1").1 {
            assert!(begin.elapsed() < START_TIME, "{kind:?} did not start");
            std::thread::yield_now();
        }
        if kind == Kind::MariaDb {
            database.query("CREATE DATABASE erp CHARACTER SET utf8mb4");
        }
        database
    }

    /// What its own program prints, and whether that went well.
    fn ask(&self, sql: &str) -> (String, bool) {
        let here = self.folder.path().display();
        let mut command = Command::new(&self.client);
        match self.kind {
            Kind::Postgres => command.args([
                "-h",
                &here.to_string(),
                "-U",
                "bursar",
                "-d",
                "postgres",
                "-qAt",
                "-c",
                sql,
            ]),
            Kind::MariaDb => {
                let socket = format!("--socket={here}/sql");
                command
                    .args(["--no-defaults", "--default-character-set=utf8mb4", &socket])
                    .args(["-u", "root", "-N", "-B", "-e", sql])
            }
        };
        let done = command.output().unwrap();
        (String::from_utf8_lossy(&done.stdout).trim().to_owned(), done.status.success())
    }

    pub(crate) fn query(&self, sql: &str) -> String {
        let (said, is_done) = self.ask(sql);
        assert!(is_done, "{sql}");
        said
    }

    pub(crate) fn url(&self) -> String {
        let here = self.folder.path().display();
        match self.kind {
            Kind::Postgres => format!("postgres://bursar@localhost/postgres?host={here}"),
            Kind::MariaDb => format!("mysql://root@localhost/erp?socket={here}/sql"),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _gone = self.server.kill();
        let _gone = self.server.wait();
    }
}

/// On the path, or where Debian keeps PostgreSQL's.
fn program(name: &str) -> PathBuf {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut places: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    places.sort();
    places.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    places.extend(std::env::split_paths(&path));
    places.push("/usr/sbin".into());
    let found = places.into_iter().map(|place| place.join(name)).find(|path| path.exists());
    found.unwrap_or_else(|| {
        panic!("{name} was not found: cargo xtask setup installs or names its package")
    })
}

fn owner(folder: &Path) -> Option<(u32, u32)> {
    if fs::metadata(folder).unwrap().uid() != 0 {
        return None;
    }
    let id = |flag: &str, user: &str| {
        let output = Command::new("id").args([flag, user]).output().ok()?;
        String::from_utf8_lossy(&output.stdout).trim().parse::<u32>().ok()
    };
    let (user, group) =
        OTHER_USERS.iter().find_map(|user| Some((id("-u", user)?, id("-g", user)?))).unwrap();
    chown(folder, Some(user), Some(group)).unwrap();
    Some((user, group))
}
