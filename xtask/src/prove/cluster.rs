//! `cargo xtask prove cluster`: the tests of the cluster's own workspace, at a size where it matters.
//!
//! Not for: the tests, which are in `cluster/tests`; CI, which does not wait for Ballista to be built.

use crate::cargo;

/// Runs them one after another, as each starts several machines on this one.
pub(super) fn run(invoices: &str) -> Result<(), String> {
    let arguments = ["test", "--release", "--locked", "--manifest-path", "cluster/Cargo.toml"];
    let mut tests = cargo::command(&arguments);
    tests
        .args(["--", "--nocapture", "--test-threads", "1"])
        .env("BURSAR_CLUSTER_INVOICES", invoices);
    cargo::succeed(&mut tests, "the cluster does not come to what one machine comes to")
}
