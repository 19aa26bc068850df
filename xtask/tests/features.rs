//! Every way to build what needs the query engine or a database builds each library with the same features,
//! so that none is built twice: one package, the workspace, with its tests and without.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The crates that `.config/hakari.toml` does not leave out. The others are built in seconds.
const PACKAGES: [&str; 6] = ["analysis", "bursar", "bursard", "server", "store", "workspace-hack"];
const WITH_TESTS: &str = "normal,build,dev";
const WITHOUT_TESTS: &str = "normal,build";

/// A line for each library of others and its features, as `cargo` resolves them. A library that is built for
/// a build script as well may stand there twice.
fn libraries(kinds: &str, of: &[&str]) -> BTreeSet<String> {
    // At run time: another clone that shares the target folder may have compiled this.
    let own =
        std::env::var("CARGO_MANIFEST_DIR").expect("cargo and nextest say where the crate is");
    let root = Path::new(&own).parent().expect("a crate lies in the workspace");
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["tree", "--locked", "--prefix", "none", "--format", "{p} [{f}]", "--edges", kinds])
        .args(of)
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let is_of_others = |line: &&str| !line.contains(&*root.to_string_lossy());
    lines
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(is_of_others)
        .map(str::to_owned)
        .collect()
}

#[test]
fn no_way_to_build_wants_other_features_of_a_library() {
    let all = libraries(WITH_TESTS, &["--workspace"]);
    assert!(
        all.iter().any(|line| line.starts_with("datafusion v")),
        "the workspace is seen: {all:?}"
    );
    let mut ways = vec![(WITHOUT_TESTS, vec!["--workspace"])];
    for package in PACKAGES {
        ways.extend([
            (WITH_TESTS, vec!["--package", package]),
            (WITHOUT_TESTS, vec!["--package", package]),
        ]);
    }
    for (kinds, of) in ways {
        let others: Vec<_> = libraries(kinds, &of).difference(&all).cloned().collect();
        assert!(
            others.is_empty(),
            "cargo build {of:?} ({kinds}) would build these again, with other features: {others:#?}\n\
             run `cargo hakari generate` and commit crates/workspace-hack/Cargo.toml"
        );
    }
}
