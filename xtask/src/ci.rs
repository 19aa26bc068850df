//! `cargo xtask ci`: every check, in the order that finds a fault soonest.
//!
//! Not for: what a check does. Invariant: the first failure ends the run, with a sentence.

use std::time::Instant;

use crate::{cargo, demo, output, setup, tidy};

struct Step {
    name: &'static str,
    does: &'static str,
    run: fn() -> Result<(), String>,
}

const STEPS: [Step; 8] = [
    Step { name: "setup", does: "the programs the tests need", run: setup::run },
    Step { name: "fmt", does: "the format of every file", run: fmt },
    Step { name: "tidy", does: "the house rules no compiler checks", run: tidy::run },
    Step {
        name: "clippy",
        does: "the compiler's and clippy's warnings, in tests too",
        run: clippy,
    },
    Step { name: "doc", does: "the documentation, private items too", run: doc },
    Step { name: "test", does: "every test", run: test },
    Step {
        name: "demo",
        does: "the quick start: a server, sample data, its findings",
        run: || demo::run(demo::End::AfterReceipt),
    },
    // Last: it builds the uploader otherwise than it is shipped.
    Step { name: "odbc", does: "the uploader with ODBC, where its libraries are", run: odbc },
];

pub(crate) fn run() -> Result<(), String> {
    let started = Instant::now();
    for step in &STEPS {
        output::say(&format!("{:<7} {} ...", step.name, step.does));
        let step_started = Instant::now();
        (step.run)().map_err(|sentence| format!("{sentence}\nstopped at: {}", step.name))?;
        output::say(&format!("{:<7} good, {}", step.name, seconds(step_started)));
    }
    output::say(&format!("ci      all good, {}", seconds(started)));
    Ok(())
}

fn seconds(since: Instant) -> String {
    format!("{:.1} s", since.elapsed().as_secs_f64())
}

fn fmt() -> Result<(), String> {
    cargo::succeed(
        &mut cargo::command(&["fmt", "--all", "--check"]),
        "some files are not formatted\n  cargo fmt --all formats them",
    )
}

fn clippy() -> Result<(), String> {
    cargo::succeed(
        &mut cargo::command(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
        "there are warnings\n  each says above how to mend it",
    )
}

fn doc() -> Result<(), String> {
    cargo::succeed(
        cargo::command(&["doc", "--workspace", "--no-deps", "--document-private-items"])
            .env("RUSTDOCFLAGS", "-D warnings"),
        "the documentation has faults\n  each is named above",
    )
}

/// Runs under nextest where it is installed (each test its own process, twice as fast here), else
/// under cargo's own runner: the tests are written to hold under both.
fn test() -> Result<(), String> {
    let failed = "tests failed\n  each is named above with what it saw";
    if cargo::has_subcommand("nextest") {
        return cargo::succeed(&mut cargo::command(&["nextest", "run", "--workspace"]), failed);
    }
    output::say("        cargo-nextest is not installed; using cargo test");
    cargo::succeed(&mut cargo::command(&["test", "--workspace", "--all-targets"]), failed)
}

/// The whole workspace is named, so that nothing but the uploader is built again.
fn odbc() -> Result<(), String> {
    if !setup::has_odbc() {
        output::say("        unixODBC or a driver is not installed: left out");
        return Ok(());
    }
    let feature = ["--workspace", "--features", "bursar/odbc"];
    cargo::succeed(
        cargo::command(&["clippy"]).args(feature).args(["--all-targets", "--", "-D", "warnings"]),
        "there are warnings with the feature odbc\n  each says above how to mend it",
    )?;
    let runner: &[&str] =
        if cargo::has_subcommand("nextest") { &["nextest", "run"] } else { &["test"] };
    cargo::succeed(
        cargo::command(runner).args(feature).arg("odbc"),
        "tests of ODBC failed\n  each is named above with what it saw",
    )
}
