//! The alarms and the dashboard, as Prometheus's own tool reads them, and by the names that the server
//! gives its metrics.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Endings that a histogram adds to its name.
const OF_HISTOGRAMS: [&str; 3] = ["_bucket", "_sum", "_count"];

fn root() -> PathBuf {
    // At run time: another clone that shares the target folder may have compiled this.
    let own =
        std::env::var("CARGO_MANIFEST_DIR").expect("cargo and nextest say where the crate is");
    Path::new(&own).join("..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

/// Words that could be names of metrics.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|end: char| !(end.is_ascii_alphanumeric() || end == '_'));
    let is_metric = |word: &&str| {
        (word.starts_with("bursar_") || word.starts_with("process_")) && !word.ends_with('_')
    };
    words.filter(is_metric).map(str::to_owned).collect()
}

fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        text += &if path.is_dir() { sources(&path) } else { read(&path) };
    }
    text
}

#[test]
fn only_metrics_that_there_are_raise_alarms() {
    let server = root().join("crates/server/src");
    let given = names(&(read(&server.join("measures.rs")) + &sources(&server.join("measures"))));
    let documented = names(&read(&root().join("docs/operator.md")));
    for file in ["bursar.rules.yml", "bursar.rules.test.yml", "dashboard.json"] {
        for name in names(&read(&root().join("examples/monitoring").join(file))) {
            let ending = OF_HISTOGRAMS.iter().find_map(|ending| name.strip_suffix(ending));
            let name = ending.map_or(name.clone(), str::to_owned);
            assert!(given.contains(&name), "{file} names {name}, which no server gives");
            assert!(documented.contains(&name), "docs/operator.md says nothing of {name}");
        }
    }
}

#[test]
fn promtool_takes_the_alarms_and_they_go_off() {
    let folder = root().join("examples/monitoring");
    for words in [
        &["check", "rules", "bursar.rules.yml"][..],
        &["test", "rules", "bursar.rules.test.yml"],
        &["check", "config", "prometheus.yml"],
    ] {
        let output = Command::new("promtool")
            .args(words)
            .current_dir(&folder)
            .output()
            .expect("promtool is there: `cargo xtask setup` installs it");
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&said));
    }
}

#[test]
fn the_dashboard_is_json() {
    let output = Command::new("python3")
        .args(["-m", "json.tool"])
        .arg(root().join("examples/monitoring/dashboard.json"))
        .output()
        .expect("python3 is there: `cargo xtask setup` installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
