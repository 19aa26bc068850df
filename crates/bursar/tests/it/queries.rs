//! Rows straight from real databases, through `bursar run`: exact, all of them, and in little memory.
//!
//! PostgreSQL and `MariaDB` are made for the case in short-lived folders, reached through sockets, and gone
//! at its end.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::counting::Counting;
use crate::program::{Bursar, Run, path_text, token};

/// Databases refuse to run as root; one of these exists wherever they are installed.
const OTHER_USERS: [&str; 3] = ["postgres", "mysql", "nobody"];
const START_TIME: Duration = Duration::from_mins(2);

/// A server of the case's own, and the program that speaks to it.
struct Database {
    folder: tempfile::TempDir,
    server: Child,
    client: PathBuf,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Postgres,
    MariaDb,
}

impl Database {
    fn start(kind: Kind) -> Self {
        // A socket's path may have 107 bytes: /tmp is short, TMPDIR may not be.
        let folder = tempfile::Builder::new().prefix("db").tempdir_in("/tmp").unwrap();
        let owner = owner(folder.path());
        let run = |program: &Path, args: &[&str]| {
            let mut command = Command::new(program);
            command
                .args(args)
                .current_dir(folder.path())
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
            database.told("CREATE DATABASE erp CHARACTER SET utf8mb4");
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
                command.args(["--no-defaults", &socket, "-u", "root", "-N", "-B", "-e", sql])
            }
        };
        let done = command.output().unwrap();
        (String::from_utf8_lossy(&done.stdout).trim().to_owned(), done.status.success())
    }

    fn told(&self, sql: &str) -> String {
        let (said, is_done) = self.ask(sql);
        assert!(is_done, "{sql}");
        said
    }

    fn url(&self) -> String {
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

fn run(database: &Database, sql: &str, server: &Counting) -> Run {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("query.sql"), sql).unwrap();
    let config = format!(
        "outbox = 'outbox'\n[defaults]\nurl = '{}'\ncustomer = 'acme'\nretries = 0\n\
         [job.ledger]\ntype = 'APT'\nname = 'ledger.csv'\n\
         [job.ledger.source]\nsql-file = 'query.sql'\ndatabase = '{}'\n",
        server.url(),
        database.url()
    );
    let path = folder.path().join("bursar.toml");
    fs::write(&path, config).unwrap();
    Bursar::bare()
        .env("BURSAR_OUTBOX", "")
        .env("BURSAR_TOKEN", &token())
        .args(["run", "--once", "--config", path_text(&path)])
        .run()
}

fn only_file(server: &Counting) -> String {
    let files = server.files();
    let body = files.into_values().next_back().unwrap().pop().unwrap();
    String::from_utf8(body).unwrap()
}

const KINDS: [Kind; 2] = [Kind::Postgres, Kind::MariaDb];

#[test]
fn numbers_and_dates_are_the_databases_own() {
    for kind in KINDS {
        let database = Database::start(kind);
        let create = "CREATE TABLE invoice (id BIGINT, amount DECIMAL(30,10), due DATE, at TIMESTAMP(6) NULL, note VARCHAR(80))";
        let insert = "INSERT INTO invoice VALUES \
            (9223372036854775807, 12345678901234567890.0123456789, '0987-01-02', '2026-03-29 01:30:00.000001', 'M\u{fc}ller, \"Sohn\"'), \
            (-1, 0.1, '2024-02-29', NULL, ''), (0, -0.0000000001, NULL, NULL, NULL)";
        let names = match kind {
            Kind::Postgres => [create.to_owned(), insert.to_owned()],
            Kind::MariaDb => [format!("USE erp; {create}"), format!("USE erp; {insert}")],
        };
        for sql in &names {
            database.told(sql);
        }
        let server = Counting::start();
        let run =
            run(&database, "SELECT id, amount, due, at, note FROM invoice ORDER BY id;\n", &server);
        assert_eq!(run.code, 0, "{kind:?} {run:?}");
        let expected = "id,amount,due,at,note\n\
            -1,0.1000000000,2024-02-29,,\"\"\n\
            0,-0.0000000001,,,\n\
            9223372036854775807,12345678901234567890.0123456789,0987-01-02,2026-03-29 01:30:00.000001,\"M\u{fc}ller, \"\"Sohn\"\"\"\n";
        assert_eq!(only_file(&server), expected, "{kind:?}");
    }
}

#[test]
fn a_query_only_reads_and_a_broken_one_sends_nothing() {
    for kind in KINDS {
        let database = Database::start(kind);
        let prefix = if kind == Kind::MariaDb { "USE erp; " } else { "" };
        database.told(&format!("{prefix}CREATE TABLE t (a INTEGER)"));
        let server = Counting::start();
        for sql in ["SELECT a FROM nowhere", "SELEC 1", "DELETE FROM t", "INSERT INTO t VALUES (1)"]
        {
            let run = run(&database, sql, &server);
            assert_eq!(run.code, 4, "{kind:?} {sql} {run:?}");
            assert!(run.err.contains("the query gave no file"), "{kind:?} {run:?}");
        }
        let empty = run(&database, "SELECT a FROM t", &server);
        assert_eq!((empty.code, only_file(&server).as_str()), (0, "a\n"), "{kind:?} {empty:?}");
        assert_eq!(database.told(&format!("{prefix}SELECT count(*) FROM t")), "0", "{kind:?}");
        assert_eq!(server.requests(), 1);
    }
}

/// `BURSAR_QUERY_ROWS` makes it long: `cargo xtask prove query`.
#[test]
fn all_rows_arrive_and_memory_does_not_grow_with_them() {
    const MEMORY_MIB_MAX: u64 = 64;
    let rows: u64 = std::env::var("BURSAR_QUERY_ROWS").map_or(20_000, |text| text.parse().unwrap());
    for kind in KINDS {
        let database = Database::start(kind);
        let (make, sum) = match kind {
            Kind::Postgres => (
                format!(
                    "CREATE TABLE l AS SELECT n AS id, 'INV-' || n AS number, (n % 100000)::numeric(12,2) / 100 AS amount, \
                     DATE '2020-01-01' + (n % 1000)::int AS day FROM generate_series(1, {rows}) AS n"
                ),
                "SELECT round(sum(amount), 2) FROM l",
            ),
            Kind::MariaDb => (
                format!(
                    "USE erp; CREATE TABLE l AS SELECT seq AS id, CONCAT('INV-', seq) AS number, \
                     CAST((seq MOD 100000) / 100 AS DECIMAL(14,2)) AS amount, \
                     DATE '2020-01-01' + INTERVAL (seq MOD 1000) DAY AS day FROM seq_1_to_{rows}"
                ),
                "USE erp; SELECT sum(amount) FROM l",
            ),
        };
        database.told(&make);
        let server = Counting::start();
        let begin = Instant::now();
        let measured = measured(&database, &server);
        assert_eq!(measured.code, 0, "{kind:?} {measured:?}");
        let body = only_file(&server);
        let (mut count, mut cents) = (0_u64, 0_u64);
        for line in body.lines().skip(1) {
            count += 1;
            let amount = line.split(',').nth(2).unwrap();
            let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
            let part = format!("{part:0<2}");
            cents += whole.parse::<u64>().unwrap() * 100 + part[..2].parse::<u64>().unwrap();
        }
        assert_eq!(count, rows, "{kind:?}");
        assert_eq!(format!("{}.{:02}", cents / 100, cents % 100), database.told(sum), "{kind:?}");
        let mib = memory_mib(&measured.err);
        eprintln!(
            "{kind:?}: {rows} rows, {} bytes, {mib} MiB, {:.1?}",
            body.len(),
            begin.elapsed()
        );
        assert!(mib < MEMORY_MIB_MAX, "{kind:?} took {mib} MiB");
    }
}

/// Runs it and sees how much memory it takes at most.
fn measured(database: &Database, server: &Counting) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let config = format!(
        "outbox = 'outbox'\n[defaults]\nurl = '{}'\ncustomer = 'acme'\n[job.l]\ntype = 'APT'\nname = 'l.csv'\n\
         [job.l.source]\nsql = 'SELECT id, number, amount, day FROM l'\ndatabase = '{}'\n",
        server.url(),
        database.url()
    );
    let path = folder.path().join("bursar.toml");
    fs::write(&path, config).unwrap();
    let program =
        std::env::var("BURSAR_PROGRAM").unwrap_or(env!("CARGO_BIN_EXE_bursar").to_owned());
    let mut child = Command::new(program)
        .args(["run", "--once", "--config", path_text(&path)])
        .env_clear()
        .env("BURSAR_TOKEN", token())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    let done = loop {
        if let Ok(text) = fs::read_to_string(&status) {
            most = most.max(high_water(&text));
        }
        if let Some(done) = child.try_wait().unwrap() {
            break done;
        }
        std::thread::yield_now();
    };
    let mut err = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut err).unwrap();
    Run { code: done.code().unwrap(), out: String::new(), err: format!("{err}\nVmHWM: {most} kB") }
}

fn high_water(status: &str) -> u64 {
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_ascii_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

fn memory_mib(text: &str) -> u64 {
    high_water(text) / 1024
}
