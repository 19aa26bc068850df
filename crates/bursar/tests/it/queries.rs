//! Rows straight from real databases, through `bursar run`: exact, all of them, and in little memory.
//!
//! PostgreSQL and `MariaDB` are made for the case; see `database`.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::counting::Counting;
use crate::database::{Database, Kind};
use crate::program::{Bursar, Run, path_text, token, write_private};

/// However many rows.
const MEMORY_MIB_MAX: u64 = 64;

/// One job over the database at this URL.
pub(crate) fn run(database: &str, sql: &str, server: &Counting) -> Run {
    run_with(&["--once"], database, sql, server)
}

fn run_with(args: &[&str], database: &str, sql: &str, server: &Counting) -> Run {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("query.sql"), sql).unwrap();
    let config = format!(
        "outbox = 'outbox'\n[defaults]\nurl = '{}'\ncustomer = 'acme'\nretries = 0\n\
         [job.ledger]\ntype = 'APT'\nname = 'ledger.csv'\n\
         [job.ledger.source]\nsql-file = 'query.sql'\ndatabase = '{database}'\n",
        server.url(),
    );
    let path = folder.path().join("bursar.toml");
    write_private(&path, &config);
    Bursar::bare()
        .env("BURSAR_OUTBOX", "")
        .env("BURSAR_TOKEN", &token())
        .args(["run", "--config", path_text(&path)])
        .args(args.iter().copied())
        .run()
}

pub(crate) fn only_file(server: &Counting) -> String {
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
            database.query(sql);
        }
        let server = Counting::start();
        let run = run(
            &database.url(),
            "SELECT id, amount, due, at, note FROM invoice ORDER BY id;\n",
            &server,
        );
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
        database.query(&format!("{prefix}CREATE TABLE t (a INTEGER)"));
        let server = Counting::start();
        for sql in ["SELECT a FROM nowhere", "SELEC 1", "DELETE FROM t", "INSERT INTO t VALUES (1)"]
        {
            let run = run(&database.url(), sql, &server);
            assert_eq!(run.code, 4, "{kind:?} {sql} {run:?}");
            assert!(run.err.contains("the query gave no file"), "{kind:?} {run:?}");
        }
        let empty = run(&database.url(), "SELECT a FROM t", &server);
        assert_eq!(empty.code, 3, "{kind:?} {empty:?}");
        assert!(empty.err.contains("0 rows, and min-rows is 1"), "{kind:?} {empty:?}");
        assert_eq!(database.query(&format!("{prefix}SELECT count(*) FROM t")), "0", "{kind:?}");
        assert_eq!(server.requests(), 0);
    }
}

/// The database's own reason, and where in the query it is.
#[test]
fn a_proof_has_the_query_prepared() {
    for kind in KINDS {
        let database = Database::start(kind);
        let prefix = if kind == Kind::MariaDb { "USE erp; " } else { "" };
        database.query(&format!("{prefix}CREATE TABLE t (a INTEGER)"));
        let server = Counting::start();
        let place = |line: u8, column: u8| match kind {
            Kind::Postgres => format!("(line {line}, column {column} of the query)"),
            Kind::MariaDb => String::new(),
        };
        for (sql, said, place) in [
            ("-- all of it\nSELECT a,\n  nosuch\nFROM t;\n", "nosuch", place(3, 3)),
            ("SELECT a FROM nowhere", "nowhere", place(1, 15)),
            ("SELEC 1", "SELEC", place(1, 1)),
        ] {
            for args in [&["--check"][..], &["--once"]] {
                let run = run_with(args, &database.url(), sql, &server);
                assert_eq!(run.code, 4, "{kind:?} {args:?} {run:?}");
                for words in [said, &place] {
                    assert!(run.err.contains(words), "{words} {kind:?} {args:?} {run:?}");
                }
            }
        }
        let good = run_with(&["--check"], &database.url(), "SELECT a FROM t;\n", &server);
        assert_eq!(good.code, 0, "{kind:?} {good:?}");
        assert!(good.out.contains("a query that the database has prepared"), "{good:?}");
        let gone = database.url().replace("/db", "/gone");
        let away = run_with(&["--check"], &gone, "SELECT a FROM t", &server);
        assert_eq!(away.code, 4, "{kind:?} {away:?}");
        assert_eq!(server.requests(), 0);
    }
}

/// `BURSAR_QUERY_ROWS` makes it long: `cargo xtask prove query`.
#[test]
fn all_rows_arrive_and_memory_does_not_grow_with_them() {
    for kind in KINDS {
        let database = Database::start(kind);
        let filled = fill(&database);
        read_whole(&format!("{kind:?}"), &database.url(), &filled);
    }
}

/// The table `l` (id, number, amount, day).
pub(crate) struct FilledTable {
    pub(crate) rows: u64,
    /// Of the amounts, as the database itself adds them up.
    pub(crate) total: String,
}

pub(crate) fn rows_asked_for() -> u64 {
    std::env::var("BURSAR_QUERY_ROWS").map_or(20_000, |text| text.parse().unwrap())
}

pub(crate) fn fill(database: &Database) -> FilledTable {
    let rows = rows_asked_for();
    let (make, sum) = match database.kind {
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
    database.query(&make);
    FilledTable { rows, total: database.query(sum) }
}

/// All rows of `l` arrive, their total is the database's, and the program stays small.
#[expect(clippy::print_stderr, reason = "the figures of a proof")]
pub(crate) fn read_whole(what: &str, url: &str, filled: &FilledTable) {
    let server = Counting::start();
    let begin = Instant::now();
    let measured = measured(url, &server);
    assert_eq!(measured.code, 0, "{what} {measured:?}");
    let body = only_file(&server);
    let (mut count, mut cents) = (0_u64, 0_u64);
    for line in body.lines().skip(1) {
        count += 1;
        let amount = line.split(',').nth(2).unwrap();
        let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
        let part = format!("{part:0<2}");
        cents += whole.parse::<u64>().unwrap() * 100 + part[..2].parse::<u64>().unwrap();
    }
    assert_eq!(count, filled.rows, "{what}");
    assert_eq!(format!("{}.{:02}", cents / 100, cents % 100), filled.total, "{what}");
    let mib = memory_mib(&measured.err);
    eprintln!("{what}: {count} rows, {} bytes, {mib} MiB, {:.1?}", body.len(), begin.elapsed());
    assert!(mib < MEMORY_MIB_MAX, "{what} took {mib} MiB");
}

/// Runs it and sees how much memory it takes at most.
fn measured(database: &str, server: &Counting) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let config = format!(
        "outbox = 'outbox'\n[defaults]\nurl = '{}'\ncustomer = 'acme'\n[job.l]\ntype = 'APT'\nname = 'l.csv'\n\
         [job.l.source]\nsql = 'SELECT id, number, amount, day FROM l'\ndatabase = '{database}'\n",
        server.url(),
    );
    let path = folder.path().join("bursar.toml");
    write_private(&path, &config);
    let program = std::env::var("BURSAR_PROGRAM")
        .unwrap_or_else(|_usual| env!("CARGO_BIN_EXE_bursar").to_owned());
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
