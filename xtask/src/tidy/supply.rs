//! What comes from outside: only from crates.io, only under licences we accept, nothing banned.
//!
//! Not for: known vulnerabilities, which need a database from the network: `cargo deny check` reads
//! the same deny.toml and looks them up. Invariant: deny.toml is the one list, for both.

use super::expression::is_accepted;
use super::manifest::{entries, quoted};
use super::{Fault, Tree};
use crate::cargo;

const POLICY: &str = "deny.toml";
const LOCK: &str = "Cargo.lock";
const ROOT: &str = "Cargo.toml";

/// The name of crates.io in the lock file.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = locked(tree);
    for entry in entries(tree.text(ROOT).unwrap_or_default()) {
        if !entry.is_dependency() {
            continue;
        }
        let mut fault = |what: &str, mend: &str| {
            let what = format!("`{}` {what}", entry.key);
            faults.push(Fault::new(ROOT, entry.line, what, mend));
        };
        if quoted(&entry.value).any(|version| version.contains('*')) {
            fault("takes any version", "name the version it was tried with");
        }
        if entry.value.contains("git =") {
            fault("comes from a git repository", "use a published version");
        }
    }
    faults
}

/// Every version in the lock file, for every platform.
fn locked(tree: &Tree) -> Vec<Fault> {
    let banned = policy(tree, "bans", "deny");
    let mut faults = Vec::new();
    let mut name = "";
    for (number, line) in tree.text(LOCK).unwrap_or_default().lines().enumerate() {
        let Some((key, value)) = line.split_once(" = ") else {
            continue;
        };
        let value = value.trim_matches('"');
        match key {
            "name" => {
                name = value;
                if banned.iter().any(|banned| banned == name) {
                    faults.push(Fault::new(
                        LOCK,
                        number + 1,
                        format!("`{name}` is banned"),
                        format!(
                            "`cargo tree --invert {name}` shows who brings it; {POLICY} says why \
                             not"
                        ),
                    ));
                }
            }
            "source" if value != CRATES_IO => faults.push(Fault::new(
                LOCK,
                number + 1,
                format!("`{name}` does not come from crates.io"),
                "use a published version",
            )),
            _ => {}
        }
    }
    faults
}

/// One line per library, `name version|licence`: for every platform where the network or the disk
/// has them all, else for this one.
pub(crate) fn licences() -> Result<String, String> {
    let arguments = [
        "tree",
        "--workspace",
        "--all-features",
        "--locked",
        "--prefix=none",
        "--edges=normal,build,dev",
        "--format={p}|{l}",
    ];
    let every_platform = cargo::command(&arguments).args(["--quiet", "--target=all"]).output();
    let answer = match every_platform {
        Ok(answer) if answer.status.success() => Ok(answer),
        _ => cargo::command(&arguments).args(["--offline"]).output(),
    };
    let answer = answer.map_err(|fault| format!("cargo tree did not start: {fault}"))?;
    if answer.status.success() {
        return Ok(String::from_utf8_lossy(&answer.stdout).into_owned());
    }
    Err(format!(
        "the libraries' licences cannot be read: {}  run `cargo fetch` once with a network",
        String::from_utf8_lossy(&answer.stderr)
    ))
}

pub(crate) fn check_licences(tree: &Tree, listing: &str) -> Vec<Fault> {
    let accepted = policy(tree, "licenses", "allow");
    let accepted: Vec<&str> = accepted.iter().map(String::as_str).collect();
    let mut faults: Vec<Fault> = listing
        .lines()
        .filter_map(|line| line.split_once('|'))
        .map(|(library, licence)| (library, licence.trim_end_matches(" (*)")))
        .filter(|(_, licence)| !is_accepted(licence, &accepted))
        .map(|(library, licence)| {
            Fault::new(
                POLICY,
                0,
                format!("{library}: the licence {licence:?} is not accepted"),
                format!("do without it, or accept the licence in {POLICY} and say why there"),
            )
        })
        .collect();
    faults.sort();
    faults.dedup();
    faults
}

fn policy(tree: &Tree, section: &str, key: &str) -> Vec<String> {
    entries(tree.text(POLICY).unwrap_or_default())
        .into_iter()
        .filter(|entry| entry.section == section && entry.key == key)
        .flat_map(|entry| {
            // `{ crate = "x", reason = "..." }`: only the names count.
            let value = entry.value.replace(' ', "");
            if value.contains("crate=") {
                value
                    .split("crate=")
                    .skip(1)
                    .filter_map(|rest| quoted(rest).next().map(str::to_owned))
                    .collect::<Vec<_>>()
            } else {
                quoted(&entry.value).map(str::to_owned).collect()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::faults_found;

    const DENY: &str = "[licenses]\nallow = [\n  \"MIT\", # short\n  \"Apache-2.0 WITH LLVM-exception\",\n]\n\
                        [bans]\ndeny = [\n  { crate = \"openssl-sys\", reason = \"rustls is \\ used\" },\n]\n";

    #[test]
    fn banned_crates_and_foreign_sources_are_found_in_the_lock_file() {
        let lock = format!(
            "[[package]]\nname = \"openssl-sys\"\nversion = \"0.9\"\nsource = \"{CRATES_IO}\"\n\
             [[package]]\nname = \"fork\"\nsource = \"git+https://example.org/fork\"\n\
             [[package]]\nname = \"domain\"\nversion = \"0.1.0\"\n"
        );
        assert_eq!(
            faults_found(check, &[("deny.toml", DENY), ("Cargo.lock", &lock)]),
            [
                "Cargo.lock:2: `openssl-sys` is banned",
                "Cargo.lock:7: `fork` does not come from crates.io",
            ]
        );
    }

    #[test]
    fn a_version_is_named_and_published() {
        let root = "[workspace.dependencies]\na = \"*\"\nb = { git = \"https://example.org/b\" }\n\
                    c = { version = \"1.*\" }\nd = \"1\"\n";
        assert_eq!(
            faults_found(check, &[("Cargo.toml", root)]),
            [
                "Cargo.toml:2: `a` takes any version",
                "Cargo.toml:3: `b` comes from a git repository",
                "Cargo.toml:4: `c` takes any version",
            ]
        );
    }

    #[test]
    fn a_licence_outside_the_list_is_refused() {
        let tree = Tree::of(&[("deny.toml", DENY)]);
        let listing = "a v1|MIT\nb v1|GPL-3.0\nb v1|GPL-3.0 (*)\nc v1|\n\
                       d v1|Apache-2.0 WITH LLVM-exception (*)\n\n";
        let faults: Vec<_> =
            check_licences(&tree, listing).into_iter().map(|fault| fault.what).collect();
        assert_eq!(
            faults,
            [
                "b v1: the licence \"GPL-3.0\" is not accepted",
                "c v1: the licence \"\" is not accepted",
            ]
        );
    }
}
