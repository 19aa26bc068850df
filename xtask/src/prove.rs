//! `cargo xtask prove`: the long form of tests that have a short one in CI.
//!
//! Not for: the proofs themselves; each is a test that reads its size from a variable, or a module below.
//!
//! Invariants: proofs run the programs of the release build, so their figures are of what is shipped; a proof
//! is one row, of which the help is made as well.

mod analysts;
mod cluster;
mod install;
mod readers;
mod reading;

use std::path::{Path, PathBuf};

use crate::cargo;

struct Proof {
    name: &'static str,
    /// The size where none is given; `about` goes on from it.
    size: &'static str,
    about: &'static str,
    method: Method,
}

/// The way in which a proof is carried out.
#[derive(Clone, Copy)]
enum Method {
    /// A test of `bursard`, with both programs.
    Programs(SizedTest),
    /// A test of `bursar`, so that no more is built for it than it needs.
    Uploader(SizedTest, Against),
    /// A test of `analysis`, which takes no program.
    Analysis(SizedTest),
    /// A module below, with the folder of the release build.
    Release(fn(&Path, &str) -> Result<(), String>),
    /// A module below that builds what it needs.
    Own(fn(&str) -> Result<(), String>),
}

/// A test by its name, and the variable that sets how far it goes.
#[derive(Clone, Copy)]
struct SizedTest(&'static str, &'static str);

/// The other program that a proof of the uploader needs.
#[derive(Clone, Copy)]
enum Against {
    Nothing,
    /// The release of the server.
    Server,
}

const PROOFS: [Proof; 26] = [
    Proof {
        name: "analysts",
        size: "200",
        about: "decisions of two analysts at once on one queue, each in a real Chromium",
        method: Method::Release(analysts::run),
    },
    Proof {
        name: "api",
        size: "200",
        about: "requests made up of each operation and token: no answer is outside the document",
        method: Method::Programs(SizedTest(
            "api_tools::no_answer_is_outside_the_document",
            "BURSAR_API_EXAMPLES",
        )),
    },
    Proof {
        name: "chaos",
        size: "200",
        about: "faults under three nodes on PostgreSQL and an S3 emulator, which lose nothing",
        method: Method::Programs(SizedTest(
            "three_nodes_lose_nothing_whatever_fails",
            "BURSAR_CHAOS_FAULTS",
        )),
    },
    Proof {
        name: "cluster",
        size: "1000000",
        about: "invoices that two executors of a cluster check, also where one of them is killed: the \
                findings are those of one machine",
        method: Method::Own(cluster::run),
    },
    Proof {
        name: "crash",
        size: "1000",
        about: "rounds of kill -9 under 16 uploads",
        method: Method::Programs(SizedTest("crash::nothing_acknowledged", "BURSAR_CRASH_ROUNDS")),
    },
    Proof {
        name: "curl",
        size: "1024",
        about: "MiB over TLS with the uploader and with curl in turns; fails over 1.1 of curl's time, over its \
                CPU and that of hashing, over 24 MiB",
        method: Method::Uploader(
            SizedTest("a_large_file_costs_little_more_than_with_curl", "BURSAR_CURL_MIB"),
            Against::Server,
        ),
    },
    Proof {
        name: "fair",
        size: "1000",
        about: "files of a customer before one of another's, in multiples of its wait alone",
        method: Method::Programs(SizedTest(
            "one_file_does_not_wait_for_a_thousand_of_another_customer",
            "BURSAR_FAIR_FILES",
        )),
    },
    Proof {
        name: "folder",
        size: "10000",
        about: "files into a watched folder, server killed five times, uploader twice: each arrives once",
        method: Method::Uploader(
            SizedTest(
                "each_of_many_files_arrives_once_however_often_both_ends_are_killed",
                "BURSAR_FOLDER_FILES",
            ),
            Against::Server,
        ),
    },
    Proof {
        name: "install",
        size: "bookworm",
        about: "fresh (debootstrap, as root), with the package of the server: installed, its units verified, \
                served, sent to over HTTPS and SFTP, upgraded, removed",
        method: Method::Own(install::run),
    },
    Proof {
        name: "ledger",
        size: "200",
        about: "rounds of kill -9 while files are read, merged and tidied",
        method: Method::Programs(SizedTest("ledger_crash::ledgers", "BURSAR_LEDGER_CRASH_ROUNDS")),
    },
    Proof {
        name: "many",
        size: "64",
        about: "MiB in each of 32 bodies at once into the server",
        method: Method::Programs(SizedTest(
            "many_at_once_stay_within_their_bound",
            "BURSAR_PROOF_EACH_MIB",
        )),
    },
    Proof {
        name: "memory",
        size: "4096",
        about: "MiB in one body through both programs",
        method: Method::Programs(SizedTest(
            "one_file_of_any_size_is_flat_in_both_programs",
            "BURSAR_PROOF_LARGE_MIB",
        )),
    },
    Proof {
        name: "payments",
        size: "10000",
        about: "payments of a run, checked within its time, faults found",
        method: Method::Programs(SizedTest(
            "payment_runs::faults_of_a_run_are_found_and_its_file_goes_on_without_them",
            "BURSAR_PAYMENTS",
        )),
    },
    Proof {
        name: "peers",
        size: "100",
        about: "small files a connection, and a large one, beside nginx's dav and a bare durable writer",
        method: Method::Programs(SizedTest(
            "many_small_files_and_a_large_one_beside_its_peers",
            "BURSAR_PEERS_FILES",
        )),
    },
    Proof {
        name: "power",
        size: "300",
        about: "uploads by whose system calls every receipt follows the syncs of what it promises",
        method: Method::Programs(SizedTest(
            "every_receipt_follows_the_syncs_of_what_it_promises",
            "BURSAR_POWER_UPLOADS",
        )),
    },
    Proof {
        name: "query",
        size: "5000000",
        about: "rows through the uploader: PostgreSQL, MariaDB, SQL Server's protocol",
        method: Method::Uploader(
            SizedTest("all_rows_arrive_and_memory_does_not_grow_with_them", "BURSAR_QUERY_ROWS"),
            Against::Nothing,
        ),
    },
    Proof {
        name: "readers",
        // A large organisation's three years.
        size: "1000000",
        about: "invoices behind pages that are asked for the first time after a start, again, and by 200 \
                readers at once",
        method: Method::Release(readers::run),
    },
    Proof {
        name: "reading",
        // About 700 MB.
        size: "5000000",
        about: "rows read into a ledger beside DuckDB, and a day's 10,000 into the ledger they make",
        method: Method::Release(reading::run),
    },
    Proof {
        name: "refusals",
        size: "200",
        about: "MB with a bad token, at full speed and over a slow line: every client sees the refusal",
        method: Method::Programs(SizedTest("a_refusal_reaches_every_client", "BURSAR_REFUSED_MB")),
    },
    Proof {
        name: "resume",
        size: "4096",
        about: "MiB in one file that is cut twenty times, ends whole and is sent once",
        method: Method::Programs(SizedTest(
            "resumed::a_file_cut_twenty_times_ends_whole_and_is_sent_once",
            "BURSAR_RESUMED_MIB",
        )),
    },
    Proof {
        name: "screening",
        size: "1000000",
        about: "invoices that others are screened against: the time of an answer, and that it is the run's",
        method: Method::Programs(SizedTest("screening::", "BURSAR_SCREENING_INVOICES")),
    },
    Proof {
        name: "sentences",
        size: "1000000",
        about: "findings at most of each ledger, whose sentences the rows bear out",
        method: Method::Programs(SizedTest(
            "sentences::no_sentence_says_what_the_rows_do_not_bear_out",
            "BURSAR_SENTENCES",
        )),
    },
    Proof {
        name: "statements",
        size: "200000",
        about: "invoices beside which forty statements in eight layouts find their rows",
        method: Method::Analysis(SizedTest(
            "forty_statements_in_eight_layouts_find_their_rows",
            "BURSAR_STATEMENT_INVOICES",
        )),
    },
    Proof {
        name: "strangers",
        size: "8000",
        about: "strangers that hold connections, beside honest uploads",
        method: Method::Programs(SizedTest(
            "strangers_hold_up_no_honest_upload",
            "BURSAR_STRANGERS",
        )),
    },
    Proof {
        name: "upgrade",
        size: "/usr/bin/bursard",
        about: "of the version before, in a filled deployment on PostgreSQL and an S3 emulator that is \
                replaced node by node",
        method: Method::Programs(SizedTest(
            "a_deployment_of_the_version_before_is_replaced_node_by_node",
            "BURSAR_PROGRAM_BEFORE",
        )),
    },
    Proof {
        name: "wire",
        size: "5",
        about: "seconds for which other servers are waited for, which are sent the same malformed requests",
        method: Method::Programs(SizedTest(
            "wire::peers::hyper_alone_lets_through_what_is_refused_before_it",
            "BURSAR_WIRE_SECONDS",
        )),
    },
];

/// The lines of the help: each proof with its usual size, and what is proven.
pub(crate) fn help() -> String {
    let line = |Proof { name, size, about, .. }: &Proof| format!("    {name:<10} {size} {about}\n");
    PROOFS.iter().map(line).collect()
}

/// Runs one proof, at its full size or at `size`.
pub(crate) fn run(name: &str, size: Option<&str>) -> Result<(), String> {
    let Some(proof) = PROOFS.iter().find(|proof| proof.name == name) else {
        let known: Vec<_> = PROOFS.iter().map(|proof| proof.name).collect();
        return Err(format!("there is no proof `{name}`\n  the proofs are: {}", known.join(", ")));
    };
    let size = size.unwrap_or(proof.size);
    let failed = format!("the proof `{name}` failed");
    let mut test = match proof.method {
        Method::Release(run) => return run(&build_release()?, size),
        Method::Own(run) => return run(size),
        Method::Programs(sized) => {
            let release = build_release()?;
            let mut test = sized.command("bursard", size);
            test.env("BURSAR_PROGRAMS", release);
            test
        }
        Method::Uploader(sized, against) => {
            let (release, server) = uploader(against)?;
            let mut test = sized.command("bursar", size);
            test.env("BURSAR_PROGRAM", release.join("bursar"));
            if let Some(server) = server {
                test.env(cargo::SERVER_VARIABLE, server);
            }
            test
        }
        Method::Analysis(sized) => sized.command("analysis", size),
    };
    cargo::succeed(&mut test, &failed)
}

impl SizedTest {
    fn command(self, package: &str, size: &str) -> std::process::Command {
        let Self(name, variable) = self;
        let mut test = cargo::command(&["test", "--package", package, "--test", "it"]);
        test.args(["--", "--nocapture", name]).env(variable, size);
        test
    }
}

/// The folder of the uploader's release, and the program of the server where the proof needs one: the one
/// that is named, or built with it.
fn uploader(against: Against) -> Result<(PathBuf, Option<PathBuf>), String> {
    let named = std::env::var_os(cargo::SERVER_VARIABLE).map(PathBuf::from);
    Ok(match (against, named) {
        (Against::Server, None) => {
            let release = build_release()?;
            let server = release.join("bursard");
            (release, Some(server))
        }
        (Against::Server, named) => (cargo::release_uploader()?.join("release"), named),
        (Against::Nothing, _) => (cargo::release_uploader()?.join("release"), None),
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::Tree;

    /// A filter that no test has would be a proof that proves nothing.
    #[test]
    fn every_proof_is_a_test_that_reads_its_size() {
        let tree = Tree::tracked().unwrap();
        for proof in &PROOFS {
            let (package, SizedTest(name, variable)) = match proof.method {
                Method::Programs(test) => ("bursard", test),
                Method::Uploader(test, _) => ("bursar", test),
                Method::Analysis(test) => ("analysis", test),
                Method::Release(_) | Method::Own(_) => continue,
            };
            let folder = format!("crates/{package}/tests/it/");
            let (_, function) = name.rsplit_once("::").unwrap_or(("", name));
            for wanted in [format!("fn {function}"), format!("\"{variable}\"")] {
                let mut texts = tree.texts(".rs").filter(|(path, _)| path.starts_with(&folder));
                assert!(texts.any(|(_, text)| text.contains(&wanted)), "{}: {wanted}", proof.name);
            }
        }
    }
}
