//! The store through its public API: one list of cases, run on SQLite and on PostgreSQL; and databases of
//! every earlier migration (`upgrades`).
//!
//! Not for: single parts; their tests stand beside them.
//! Invariant: a case knows a [`Site`] and nothing of the database beneath, but for what it says it
//! is.

#![expect(clippy::unwrap_used, reason = "a test that meets something unexpected has failed")]
#![expect(clippy::print_stdout, reason = "who left PostgreSQL out is told so")]

mod cases;
mod cluster;
mod database_trust;
mod finding_writers;
mod site;
mod upgrades;
mod whole_store;

/// On a developer's machine without PostgreSQL; CI never sets it.
const WITHOUT_POSTGRES: &str = "BURSAR_WITHOUT_POSTGRES";

fn without_postgres() -> bool {
    let left_out = std::env::var_os(WITHOUT_POSTGRES).is_some_and(|value| value == "1");
    if left_out {
        println!("PostgreSQL left out, as {WITHOUT_POSTGRES} asks");
    }
    left_out
}
