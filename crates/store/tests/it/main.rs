//! The store through its public API: one list of cases, run on SQLite and on PostgreSQL; and databases of
//! every earlier migration (`upgrades`).
//!
//! Not for: single parts; their tests stand beside them.
//! Invariant: a case knows a [`Site`] and nothing of the database beneath, but for what it says it
//! is.

#![expect(clippy::unwrap_used, reason = "a test that meets something unexpected has failed")]
#![expect(clippy::print_stdout, reason = "the last name printed is the case that failed")]

mod cases;
mod cluster;
mod site;
mod upgrades;

use std::path::Path;

use cases::CASES;
use site::Site;
use store::DatabaseUrl;

/// On a developer's machine without PostgreSQL; CI never sets it.
const WITHOUT_POSTGRES: &str = "BURSAR_WITHOUT_POSTGRES";

#[tokio::test(flavor = "multi_thread")]
async fn sqlite() {
    run(|folder, _case| DatabaseUrl::Sqlite(folder.join("rows/bursar.db"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres() {
    if without_postgres() {
        return;
    }
    let cluster = cluster::Cluster::start();
    cluster.make_databases(CASES.iter().map(|(name, _)| *name)).await;
    run(|_folder, case| cluster.url(case).parse().unwrap()).await;
}

fn without_postgres() -> bool {
    let left_out = std::env::var_os(WITHOUT_POSTGRES).is_some_and(|value| value == "1");
    if left_out {
        println!("PostgreSQL left out, as {WITHOUT_POSTGRES} asks");
    }
    left_out
}

/// Each case gets an empty database and an empty folder; the output of a failed one ends with its
/// name.
async fn run(database: impl Fn(&Path, &str) -> DatabaseUrl) {
    for (name, case) in CASES {
        println!("{name}");
        let folder = tempfile::tempdir().unwrap();
        let site = Site::open(folder.path(), database(folder.path(), name)).await;
        let store = site.store.clone();
        case(site).await;
        store.close().await;
    }
}
