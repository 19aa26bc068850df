//! `cargo xtask prove`: the long form of tests that have a short one in CI.
//!
//! Not for: the proofs themselves; each is a test that reads its size from a variable.
//!
//! Invariant: proofs run the programs of the release build, so their figures are of what is shipped.

mod reading;

use std::path::{Path, PathBuf};

use crate::cargo;

/// A proof: the test, and the variable that sets how far it goes.
#[derive(Clone, Copy)]
struct Proof {
    name: &'static str,
    test: &'static str,
    variable: &'static str,
    size: &'static str,
}

const PROOFS: [Proof; 4] = [
    Proof {
        name: "crash",
        test: "nothing_acknowledged_is_lost_when_the_process_is_killed",
        variable: "BURSAR_CRASH_ROUNDS",
        size: "200",
    },
    Proof {
        name: "ledger",
        test: "ledgers_are_the_same_however_often_the_process_is_killed",
        variable: "BURSAR_LEDGER_CRASH_ROUNDS",
        size: "100",
    },
    Proof {
        name: "memory",
        test: "one_file_of_any_size_is_flat_in_both_programs",
        variable: "BURSAR_PROOF_LARGE_MIB",
        size: "4096",
    },
    Proof {
        name: "many",
        test: "many_at_once_stay_within_their_bound",
        variable: "BURSAR_PROOF_EACH_MIB",
        size: "64",
    },
];

/// Those that need the uploader alone, so that nothing else is built for them.
const UPLOADER_PROOFS: [Proof; 2] = [
    Proof {
        name: "folder",
        test: "each_of_many_files_arrives_once_however_often_both_ends_are_killed",
        variable: "BURSAR_FOLDER_FILES",
        size: "10000",
    },
    Proof {
        name: "query",
        test: "all_rows_arrive_and_memory_does_not_grow_with_them",
        variable: "BURSAR_QUERY_ROWS",
        size: "5000000",
    },
];

fn run_uploader(proof: &Proof, size: Option<&str>) -> Result<(), String> {
    let target = cargo::release_uploader()?;
    cargo::succeed(
        cargo::command(&["test", "--package", "bursar", "--test", "it"])
            .args(["--", "--nocapture", proof.test])
            .env("BURSAR_PROGRAM", target.join("release/bursar"))
            .env(proof.variable, size.unwrap_or(proof.size)),
        &format!("the proof `{}` failed", proof.name),
    )
}

/// Builds everything of the release and says where it is. All at once: package by package, the libraries'
/// features differ and each is built again.
pub(crate) fn build_release() -> Result<PathBuf, String> {
    cargo::succeed(
        &mut cargo::command(&["build", "--release", "--workspace", "--bins", "--examples"]),
        "the release was not built",
    )?;
    let programs = cargo::built_programs()?;
    let target = programs.parent().map(Path::to_path_buf);
    target.map(|target| target.join("release")).ok_or_else(|| "no folder of builds".to_owned())
}

/// About 700 MB.
const READING_ROWS: &str = "5000000";

/// Runs one proof, at its full size or at `size`.
pub(crate) fn run(name: &str, size: Option<&str>) -> Result<(), String> {
    if name == "reading" {
        return reading::run(&build_release()?, size.unwrap_or(READING_ROWS));
    }
    if let Some(proof) = UPLOADER_PROOFS.iter().find(|proof| proof.name == name) {
        return run_uploader(proof, size);
    }
    let proof = PROOFS.iter().find(|proof| proof.name == name).ok_or_else(|| {
        let known = [&PROOFS[..], &UPLOADER_PROOFS].concat();
        let known = known.iter().map(|proof| proof.name).collect::<Vec<_>>().join(", ");
        format!("there is no proof `{name}`\n  the proofs are: {known}, reading")
    })?;
    let release = build_release()?;
    cargo::succeed(
        cargo::command(&["test", "--package", "bursard", "--test", "it"])
            .args(["--", "--nocapture", proof.test])
            .env("BURSAR_PROGRAMS", release)
            .env(proof.variable, size.unwrap_or(proof.size)),
        &format!("the proof `{name}` failed"),
    )
}
