//! Rows of every table, moved to the other database and back, and erased.
//!
//! Invariant: the rows are those of `upgrades.json`, which fills every column of every table: one that is
//! added is moved and erased as well, or a test fails here.

use std::collections::BTreeMap;
use std::path::Path;

use domain::CustomerName;
use store::{Config, DatabaseUrl, ErasureScope, ObjectsUrl, Store};

use crate::cluster::Cluster;
use crate::site::now;
use crate::upgrades::{connect, is_sqlite, make_filled};
use crate::without_postgres;

/// Tables whose rows are nobody's but the deployment's.
const OF_DEPLOYMENT: [&str; 8] = [
    "copies",
    "signing_keys",
    "sftp_host_keys",
    "sign_ins",
    "used_states",
    "audit_end",
    "audit_verified",
    "audit_log",
];
/// Shorter ones stand anywhere.
const TELLING: usize = 6;

fn config(folder: &Path, database: DatabaseUrl) -> Config {
    Config { database, objects: ObjectsUrl::Local(folder.join("objects")) }
}

fn sqlite(folder: &Path) -> DatabaseUrl {
    DatabaseUrl::Sqlite(folder.join("rows/bursar.db"))
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_move_to_the_other_database_and_back() {
    if without_postgres() {
        return;
    }
    let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let [first, second, third] = [0, 1, 2].map(|place| folders[place].path());
    let texts = make_filled(&sqlite(first)).await;
    let postgres = Cluster::shared("store").make_database("moved").await;
    let mut at = Store::open(&config(first, sqlite(first))).await.unwrap();
    let mut held = Vec::new();
    for next in [config(second, postgres.parse().unwrap()), config(third, sqlite(third))] {
        let to = Store::open(&next).await.unwrap();
        let report = at.system().copy_everything_to(&to, |_step| {}).await.unwrap();
        assert!(!report.faults.is_empty() && !report.has_changed, "no file is there: {report:?}");
        // Where it ended once it ends again.
        let again = at.system().copy_everything_to(&to, |_step| {}).await.unwrap();
        assert_eq!(again.tables, report.tables);
        held.push(report.tables);
        at.close().await;
        at = to;
    }
    at.close().await;
    assert_eq!(held[0], held[1]);
    let mut moved: Vec<&str> = held[0].iter().map(|table| table.table).collect();
    moved.sort_unstable();
    let filled: Vec<&str> = texts.keys().map(String::as_str).collect();
    assert_eq!(moved, filled, "crates/store/src/tables.rs has to name every table, and no other");
    assert!(held[0].iter().all(|table| table.rows > 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_anybody_stays_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    erase_everybody(folder.path(), sqlite(folder.path())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_anybody_stays_in_postgres() {
    if without_postgres() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let database = Cluster::shared("store").make_database("erased").await;
    erase_everybody(folder.path(), database.parse().unwrap()).await;
}

async fn erase_everybody(folder: &Path, database: DatabaseUrl) {
    let texts = make_filled(&database).await;
    let pool = connect(&database).await;
    sqlx::raw_sql("UPDATE users SET is_operator = 0").execute(&pool).await.unwrap();
    pool.close().await;
    let store = Store::open(&config(folder, database.clone())).await.unwrap();
    let customers = store.system().customers().await.unwrap();
    assert!(customers.len() > 1, "each has something of its own");
    for customer in &customers {
        let scope = ErasureScope::Customer(customer.clone());
        let seen = store.system().look_at_erasure(&scope).await.unwrap();
        let erased = store.system().erase(&scope, "operator", now()).await.unwrap();
        assert_eq!(seen, erased);
        assert!(erased.audit_entries > 0 || erased.rows.len() > 1, "{erased:?}");
    }
    store.close().await;

    let left = dump(&database, &texts).await;
    // Words of the schema, and what is the deployment's own.
    let empty = tempfile::tempdir().unwrap();
    let fresh = Store::open(&config(empty.path(), sqlite(empty.path()))).await.unwrap();
    fresh.close().await;
    let mut known = dump(&sqlite(empty.path()), &texts).await;
    let own = OF_DEPLOYMENT.iter().filter(|table| **table != "audit_log");
    known.extend(own.flat_map(|table| texts[*table].clone()));
    let names = customers.iter().map(CustomerName::as_str).collect::<Vec<_>>();
    for (table, text) in texts
        .iter()
        .filter(|(table, _)| !OF_DEPLOYMENT.contains(&table.as_str()))
        .flat_map(|(table, texts)| texts.iter().map(move |text| (table, text.as_str())))
        // Of the entry about an erasure: who did it, and of whom.
        .filter(|(_, text)| *text != "operator" && !names.contains(text))
        .filter(|(_, text)| text.len() >= TELLING && !known.contains(text))
    {
        assert!(!left.contains(text), "of {table} {text} is left");
    }
    // Of entries of the log the hashes stay.
    let said = texts["audit_log"].iter().filter(|text| text.contains('@') || text.contains('{'));
    let said = said.filter(|text| !known.contains(text.as_str()));
    for text in said {
        assert!(!left.contains(text.as_str()), "of audit_log {text} is left");
    }
}

/// Everything that a database holds: the bytes of SQLite's files, and of PostgreSQL every row as text.
async fn dump(database: &DatabaseUrl, texts: &BTreeMap<String, Vec<String>>) -> String {
    if let DatabaseUrl::Sqlite(path) = database {
        assert!(is_sqlite(database));
        let folder = path.parent().unwrap();
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let bytes = files.flat_map(|file| std::fs::read(file).unwrap()).collect::<Vec<u8>>();
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    let pool = connect(database).await;
    let mut all = String::new();
    for table in texts.keys() {
        let select = format!("SELECT CAST({table} AS TEXT) FROM {table}");
        let rows: Vec<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(select)).fetch_all(&pool).await.unwrap();
        all.extend(rows);
    }
    pool.close().await;
    all
}
