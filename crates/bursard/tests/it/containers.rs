//! The files for containers of the examples, read by tools that others wrote: hadolint the Dockerfile, the
//! schemas of Kubernetes the manifests.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::bursard;

/// Where `cargo xtask setup` puts the tools, below the home folder.
const TOOLS: &str = ".cache/bursar/manifest-tools/bin";
const MANIFESTS: &str = "examples/kubernetes/bursard.yaml";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A tool; none where it is not installed, which is said.
fn tool(name: &str) -> Option<Command> {
    let home = std::env::var_os("HOME").unwrap_or_default();
    let tool = Path::new(&home).join(TOOLS).join(name);
    if tool.exists() {
        return Some(Command::new(tool));
    }
    println!("{name} left out: it is not installed; cargo xtask setup");
    None
}

fn passes(command: &mut Command, file: &str) {
    let output = command.arg(root().join(file)).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&said));
}

#[test]
fn the_dockerfile_is_as_it_should_be() {
    if let Some(mut hadolint) = tool("hadolint") {
        passes(&mut hadolint, "packaging/Dockerfile");
    }
}

#[test]
fn kubernetes_knows_every_line_of_the_manifests() {
    if let Some(mut validate) = tool("kubernetes-validate") {
        passes(validate.args(["--strict", "--quiet"]), MANIFESTS);
    }
}

/// The part of a manifest that is a configuration file, its margin taken away.
fn configuration(manifests: &str) -> String {
    let begin = "  bursard.toml: |\n";
    let (_, rest) = manifests.split_once(begin).unwrap();
    let lines = rest.lines().take_while(|line| line.starts_with("    "));
    lines.flat_map(|line| [line.trim_start(), "\n"]).collect()
}

#[test]
fn the_configuration_in_the_manifests_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let manifests = std::fs::read_to_string(root().join(MANIFESTS)).unwrap();
    let file = folder.path().join("bursard.toml");
    std::fs::write(&file, configuration(&manifests)).unwrap();
    let checked = bursard(folder.path(), &["check-config", "--config", file.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(checked.status.success(), "{said}");
}
