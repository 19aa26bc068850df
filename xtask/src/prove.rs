//! `cargo xtask prove`: the long form of tests that have a short one in CI.
//!
//! Not for: the proofs themselves; each is a test that reads its size from a variable.
//!
//! Invariant: proofs run the programs of the release build, so their figures are of what is shipped.

mod analysts;
mod install;
mod readers;
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

const PROOFS: [Proof; 17] = [
    Proof {
        name: "api",
        test: "api_tools::no_answer_is_outside_the_document",
        variable: "BURSAR_API_EXAMPLES",
        size: "200",
    },
    Proof {
        name: "chaos",
        test: "three_nodes_lose_nothing_whatever_fails",
        variable: "BURSAR_CHAOS_FAULTS",
        size: "200",
    },
    Proof {
        name: "crash",
        test: "crash::nothing_acknowledged",
        variable: "BURSAR_CRASH_ROUNDS",
        size: "1000",
    },
    Proof {
        name: "power",
        test: "every_receipt_follows_the_syncs_of_what_it_promises",
        variable: "BURSAR_POWER_UPLOADS",
        size: "300",
    },
    Proof {
        name: "ledger",
        test: "ledger_crash::ledgers",
        variable: "BURSAR_LEDGER_CRASH_ROUNDS",
        size: "200",
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
    Proof {
        name: "payments",
        test: "payment_runs::faults_of_a_run_are_found_and_its_file_goes_on_without_them",
        variable: "BURSAR_PAYMENTS",
        size: "10000",
    },
    Proof {
        name: "peers",
        test: "many_small_files_and_a_large_one_beside_its_peers",
        variable: "BURSAR_PEERS_FILES",
        size: "100",
    },
    Proof {
        name: "resume",
        test: "resumed::a_file_cut_twenty_times_ends_whole_and_is_sent_once",
        variable: "BURSAR_RESUMED_MIB",
        size: "4096",
    },
    Proof {
        name: "screening",
        // Both of it: how long an answer takes, and that it is the run's.
        test: "screening::",
        variable: "BURSAR_SCREENING_INVOICES",
        size: "1000000",
    },
    Proof {
        name: "sentences",
        test: "sentences::no_sentence_says_what_the_rows_do_not_bear_out",
        variable: "BURSAR_SENTENCES",
        size: "1000000",
    },
    Proof {
        name: "fair",
        test: "one_file_does_not_wait_for_a_thousand_of_another_customer",
        variable: "BURSAR_FAIR_FILES",
        size: "1000",
    },
    Proof {
        name: "upgrade",
        test: "a_deployment_of_the_version_before_is_replaced_node_by_node",
        variable: "BURSAR_PROGRAM_BEFORE",
        size: "/usr/bin/bursard",
    },
    Proof {
        name: "wire",
        test: "wire::peers::hyper_alone_lets_through_what_is_refused_before_it",
        variable: "BURSAR_WIRE_SECONDS",
        size: "5",
    },
    Proof {
        name: "strangers",
        test: "strangers_hold_up_no_honest_upload",
        variable: "BURSAR_STRANGERS",
        size: "8000",
    },
    Proof {
        name: "refusals",
        test: "a_refusal_reaches_every_client",
        variable: "BURSAR_REFUSED_MB",
        size: "200",
    },
];

/// Those of the uploader, so that no more is built for them than they need.
const UPLOADER_PROOFS: [(Proof, Against); 3] = [
    (
        Proof {
            name: "folder",
            test: "each_of_many_files_arrives_once_however_often_both_ends_are_killed",
            variable: "BURSAR_FOLDER_FILES",
            size: "10000",
        },
        Against::Server,
    ),
    (
        Proof {
            name: "curl",
            test: "a_large_file_costs_little_more_than_with_curl",
            variable: "BURSAR_CURL_MIB",
            size: "1024",
        },
        Against::Server,
    ),
    (
        Proof {
            name: "query",
            test: "all_rows_arrive_and_memory_does_not_grow_with_them",
            variable: "BURSAR_QUERY_ROWS",
            size: "5000000",
        },
        Against::Nothing,
    ),
];

/// The proof of what is read and found, which takes no program: the tests of `analysis` are all of it.
const STATEMENTS: Proof = Proof {
    name: "statements",
    test: "forty_statements_in_eight_layouts_find_their_rows",
    variable: "BURSAR_STATEMENT_INVOICES",
    size: "200000",
};

/// The other program that a proof of the uploader needs.
#[derive(Clone, Copy)]
enum Against {
    Nothing,
    /// The release of the server.
    Server,
}

fn run_uploader(proof: &Proof, against: Against, size: Option<&str>) -> Result<(), String> {
    let named = std::env::var_os(cargo::SERVER_VARIABLE).map(PathBuf::from);
    let (release, server) = match (against, named) {
        (Against::Server, None) => {
            let release = build_release()?;
            let server = release.join("bursard");
            (release, Some(server))
        }
        (Against::Server, named) => (cargo::release_uploader()?.join("release"), named),
        (Against::Nothing, _) => (cargo::release_uploader()?.join("release"), None),
    };
    let mut test = cargo::command(&["test", "--package", "bursar", "--test", "it"]);
    test.args(["--", "--nocapture", proof.test])
        .env("BURSAR_PROGRAM", release.join("bursar"))
        .env(proof.variable, size.unwrap_or(proof.size));
    if let Some(server) = server {
        test.env(cargo::SERVER_VARIABLE, server);
    }
    cargo::succeed(&mut test, &format!("the proof `{}` failed", proof.name))
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

/// A large organisation's three years.
const READERS_INVOICES: &str = "1000000";

/// A morning of two analysts.
const ANALYSTS_DECISIONS: &str = "200";
/// The Debian that is installed into.
const INSTALL_SUITE: &str = "bookworm";

/// Runs one proof, at its full size or at `size`.
pub(crate) fn run(name: &str, size: Option<&str>) -> Result<(), String> {
    if name == "reading" {
        return reading::run(&build_release()?, size.unwrap_or(READING_ROWS));
    }
    if name == "readers" {
        return readers::run(&build_release()?, size.unwrap_or(READERS_INVOICES));
    }
    if name == "analysts" {
        return analysts::run(&build_release()?, size.unwrap_or(ANALYSTS_DECISIONS));
    }
    if name == "install" {
        return install::run(size.unwrap_or(INSTALL_SUITE));
    }
    if let Some((proof, against)) = UPLOADER_PROOFS.iter().find(|(proof, _)| proof.name == name) {
        return run_uploader(proof, *against, size);
    }
    if name == STATEMENTS.name {
        let mut test = cargo::command(&["test", "--package", "analysis", "--test", "it"]);
        test.args(["--", "--nocapture", STATEMENTS.test])
            .env(STATEMENTS.variable, size.unwrap_or(STATEMENTS.size));
        return cargo::succeed(&mut test, "the proof `statements` failed");
    }
    let proof = PROOFS.iter().find(|proof| proof.name == name).ok_or_else(|| {
        let uploader = UPLOADER_PROOFS.iter().map(|(proof, _)| proof);
        let known = PROOFS.iter().chain(uploader).map(|proof| proof.name);
        let known = known.collect::<Vec<_>>().join(", ");
        format!(
            "there is no proof `{name}`\n  the proofs are: {known}, analysts, install, reading, readers, statements"
        )
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
