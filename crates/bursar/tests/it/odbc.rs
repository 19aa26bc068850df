//! Rows of real databases through their ODBC drivers: PostgreSQL, `MariaDB` and SQLite.
//!
//! Oracle, SAP HANA and DB2 come the same way; their drivers are not to be had freely, so not tried.

use std::path::Path;

use crate::counting::Counting;
use crate::database::{Database, Kind};
use crate::program::{path_text, refuse_token};
use crate::queries::{fill, only_file, read_whole, run};

/// Rows are fetched some at a time; the driver would take the whole result into memory otherwise.
fn postgres(database: &Database) -> String {
    let here = database.folder.path().display();
    format!(
        "odbc:Driver={{PostgreSQL Unicode}};Servername={here};Port=5432;Database=postgres;Username=bursar;\
         UseDeclareFetch=1;Fetch=1000"
    )
}

fn mariadb(database: &Database) -> String {
    let here = database.folder.path().display();
    format!("odbc:Driver={{MariaDB Unicode}};SOCKET={here}/sql;DATABASE=erp;UID=root")
}

fn sqlite(path: &Path) -> String {
    format!("odbc:Driver={{SQLite3}};Database={}", path_text(path))
}

/// The database of a kind, where it is by ODBC, and what to say before a statement there.
fn start(kind: Kind) -> (Database, String, &'static str) {
    let database = Database::start(kind);
    let (url, prefix) = match kind {
        Kind::Postgres => (postgres(&database), ""),
        Kind::MariaDb => (mariadb(&database), "USE erp; "),
    };
    (database, url, prefix)
}

const KINDS: [Kind; 2] = [Kind::Postgres, Kind::MariaDb];

#[test]
fn numbers_and_dates_are_the_databases_own() {
    for kind in KINDS {
        let (database, url, prefix) = start(kind);
        let create = "CREATE TABLE invoice (id BIGINT, amount DECIMAL(30,10), due DATE, at TIMESTAMP(6) NULL, note VARCHAR(80), memo TEXT)";
        let insert = format!(
            "INSERT INTO invoice VALUES \
             (9223372036854775807, 12345678901234567890.0123456789, '0987-01-02', '2026-03-29 01:30:00.000001', 'M\u{fc}ller, \"Sohn\" \u{1f4b6}', '{}'), \
             (-1, 0.1, '2024-02-29', NULL, '', 'a\n\u{fc}'), (0, -0.0000000001, NULL, NULL, NULL, NULL)",
            "x".repeat(9000)
        );
        for sql in [create, &insert] {
            database.query(&format!("{prefix}{sql}"));
        }
        let server = Counting::start();
        let sql = "SELECT id, amount, due, at, note AS \"Größe\", memo FROM invoice WHERE note IS NULL OR note <> 'ß' ORDER BY id;\n";
        let sql = if kind == Kind::MariaDb { sql.replace('"', "`") } else { sql.to_owned() };
        let run = run(&url, &sql, &server);
        assert_eq!(run.code, 0, "{kind:?} {run:?}");
        let expected = format!(
            "id,amount,due,at,Größe,memo\n\
             -1,0.1000000000,2024-02-29,,\"\",\"a\n\u{fc}\"\n\
             0,-0.0000000001,,,,\n\
             9223372036854775807,12345678901234567890.0123456789,0987-01-02,2026-03-29 01:30:00.000001,\"M\u{fc}ller, \"\"Sohn\"\" \u{1f4b6}\",{}\n",
            "x".repeat(9000)
        );
        assert_eq!(only_file(&server), expected, "{kind:?}");
    }
}

/// Its driver is none of Unicode's: what the database holds arrives, but the query's own text has to be
/// ASCII.
#[test]
fn rows_of_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("erp.db");
    let server = Counting::start();
    let sql = "SELECT 12 AS id, '0.10' AS amount, NULL AS note, '2026-01-02' AS due UNION ALL SELECT 13, '-7', '', 'M' || char(252, 8364, 128182)";
    let run = run(&sqlite(&path), sql, &server);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(
        only_file(&server),
        "id,amount,note,due\n12,0.10,,2026-01-02\n13,-7,\"\",M\u{fc}\u{20ac}\u{1f4b6}\n"
    );
}

#[test]
fn a_query_only_reads_and_a_broken_one_sends_nothing() {
    for kind in KINDS {
        let (database, url, prefix) = start(kind);
        database.query(&format!("{prefix}CREATE TABLE t (a INTEGER, b TEXT)"));
        let server = Counting::start();
        for sql in ["SELECT a FROM nowhere", "SELEC 1", "DELETE FROM t", "INSERT INTO t VALUES (1)"]
        {
            let run = run(&url, sql, &server);
            assert_eq!(run.code, 4, "{kind:?} {sql} {run:?}");
            assert!(run.err.contains("the query gave no file"), "{kind:?} {run:?}");
        }
        let empty = run(&url, "SELECT a FROM t", &server);
        assert_eq!((empty.code, server.requests()), (3, 0), "{kind:?} {empty:?}");
        assert_eq!(database.query(&format!("{prefix}SELECT count(*) FROM t")), "0", "{kind:?}");
        // Never cut: refused.
        let long = format!("{prefix}INSERT INTO t VALUES (1, '{}')", "x".repeat(40_000));
        database.query(&long);
        let run = run(&url, "SELECT b FROM t", &server);
        assert_eq!(run.code, 4, "{kind:?} {run:?}");
        assert!(run.err.contains("column b holds more than 32768 characters"), "{kind:?} {run:?}");
        assert_eq!(server.requests(), 0);
    }
}

#[test]
fn places_that_cannot_be_reached() {
    for (place, code, said) in [
        ("Driver={No Such Driver};UID=erp;PWD=hunter2", 2, "No Such Driver"),
        ("DSN=nowhere;PWD=hunter2", 2, "IM00"),
        (
            "Driver={PostgreSQL Unicode};Servername=127.0.0.1;Port=1;Database=erp;UID=erp;PWD=hunter2",
            4,
            "State: 08",
        ),
        (
            "Driver={MariaDB Unicode};SERVER=127.0.0.1;PORT=1;UID=erp;PWD=hunter2",
            4,
            "the query gave no file",
        ),
    ] {
        let server = Counting::start();
        let run = run(&format!("odbc:{place}"), "SELECT 1", &server);
        assert_eq!(run.code, code, "{place} {run:?}");
        assert!(run.err.contains(said), "{place} {run:?}");
        refuse_token("hunter2", format!("{}{}", run.out, run.err).as_bytes(), place);
        assert_eq!(server.requests(), 0);
    }
}

/// `BURSAR_QUERY_ROWS` makes it long. Not with `MariaDB`: a driver older than 3.1.17 holds the whole result.
#[test]
fn all_rows_arrive_and_memory_does_not_grow_with_them() {
    let (database, url, _prefix) = start(Kind::Postgres);
    let filled = fill(&database);
    read_whole("PostgreSQL by ODBC", &url, &filled);
}
