//! Which crate may depend on which, and who alone may use the heavy or telling libraries.
//!
//! Not for: versions and features (`manifest`). Invariant: dependencies point one way, so that a
//! crate is understood from those to its left and the query engine is built by nobody who does not
//! need it.

use super::manifest::{Entry, entries};
use super::{Fault, Tree};

/// A crate of ours and those of ours it may use.
const DIRECTIONS: [(&str, &[&str]); 10] = [
    ("domain", &[]),
    ("api", &["domain"]),
    ("evidence", &["domain"]),
    ("extract", &["domain"]),
    ("sample", &["domain"]),
    ("store", &["domain"]),
    // Its tests take a sample's ledger.
    ("analysis", &["domain", "evidence", "extract", "sample"]),
    ("server", &["domain", "api", "store"]),
    ("bursar", &["domain", "api", "extract"]),
    ("bursard", &["domain", "api", "evidence", "extract", "sample", "store", "analysis", "server"]),
];

/// Holds no code: its manifest names the features that the workspace wants of shared libraries.
const FEATURES_ONLY: &str = "workspace-hack";

struct Fence {
    /// The beginning of the fenced library's name.
    library: &'static str,
    /// The only crates that may use it.
    crates: &'static [&'static str],
    why: &'static str,
}

const ASYNC: &[&str] = &["store", "analysis", "server", "bursard", "bursar"];
const NO_IO: &str = "`domain` and `extract` do no I/O: let the caller wait and hand over the bytes";
const ENGINE: &str = "the query engine is most of the build: only `analysis` may name it";

const FENCES: [Fence; 7] = [
    Fence { library: "datafusion", crates: &["analysis"], why: ENGINE },
    Fence { library: "deltalake", crates: &["analysis"], why: ENGINE },
    Fence { library: "ballista", crates: &["analysis"], why: ENGINE },
    Fence {
        library: "sqlx",
        // The uploader keeps its outbox, and reads the databases of others.
        crates: &["store", "bursar"],
        why: "all SQL of Bursar's own state is in `store`: add a method there",
    },
    Fence { library: "axum", crates: &["server"], why: "only `server` speaks HTTP to the outside" },
    Fence { library: "tokio", crates: ASYNC, why: NO_IO },
    Fence { library: "futures", crates: ASYNC, why: NO_IO },
];

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let mut ours = tree.crates();
    ours.retain(|name| *name != FEATURES_ONLY);
    let mut faults = Vec::new();
    for name in &ours {
        let path = format!("crates/{name}/Cargo.toml");
        let Some((_, allowed)) = DIRECTIONS.iter().find(|(known, _)| known == name) else {
            faults.push(Fault::new(
                &path,
                0,
                format!("`{name}` is not in the table of directions"),
                "say in xtask/src/tidy/directions.rs what it may use, and why in ARCHITECTURE.md",
            ));
            continue;
        };
        for entry in entries(tree.text(&path).unwrap_or_default()) {
            if entry.is_dependency() && !is_whole_system_test(name, &entry) {
                faults.extend(wrong_way(name, &path, allowed, &ours, &entry));
                faults.extend(fenced(name, &path, &entry));
            }
        }
    }
    for entry in entries(tree.text("xtask/Cargo.toml").unwrap_or_default()) {
        if entry.is_dependency() {
            faults.push(Fault::new(
                "xtask/Cargo.toml",
                entry.line,
                format!("xtask depends on `{}`", entry.name()),
                "xtask uses the standard library only, so that it builds in a second",
            ));
        }
    }
    faults
}

/// The server program's tests run the whole system, so they may use all of it.
fn is_whole_system_test(name: &str, entry: &Entry) -> bool {
    name == "bursard" && entry.section.ends_with("dev-dependencies")
}

fn wrong_way(
    name: &str,
    path: &str,
    allowed: &[&str],
    ours: &[&str],
    entry: &Entry,
) -> Option<Fault> {
    let other = entry.name();
    (ours.contains(&other) && !allowed.contains(&other)).then(|| {
        Fault::new(
            path,
            entry.line,
            format!("`{name}` may not depend on `{other}`"),
            format!("`{name}` may use: {}", list(allowed)),
        )
    })
}

fn fenced(name: &str, path: &str, entry: &Entry) -> Option<Fault> {
    let fence = FENCES.iter().find(|fence| entry.name().starts_with(fence.library))?;
    (!fence.crates.contains(&name)).then(|| {
        Fault::new(
            path,
            entry.line,
            format!("`{name}` may not depend on `{}`", entry.name()),
            fence.why,
        )
    })
}

fn list(names: &[&str]) -> String {
    if names.is_empty() {
        return "none of ours".to_owned();
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::faults_found;

    #[test]
    fn a_dependency_the_wrong_way_is_refused_in_tests_too() {
        let faults = faults_found(
            check,
            &[
                ("crates/domain/Cargo.toml", "[dependencies]\nstore.workspace = true\n"),
                ("crates/store/Cargo.toml", "[dev-dependencies]\nserver.workspace = true\n"),
                ("crates/server/Cargo.toml", "[dependencies]\nstore.workspace = true\n"),
                ("crates/bursard/Cargo.toml", "[dev-dependencies]\nbursar.workspace = true\n"),
                ("crates/bursar/Cargo.toml", "[dependencies]\n"),
                ("crates/extra/Cargo.toml", ""),
                ("crates/workspace-hack/Cargo.toml", "[dependencies]\ntokio = \"1\"\n"),
                ("xtask/Cargo.toml", "[dependencies]\ntoml.workspace = true\n"),
            ],
        );
        assert_eq!(
            faults,
            [
                "crates/domain/Cargo.toml:2: `domain` may not depend on `store`",
                "crates/extra/Cargo.toml:0: `extra` is not in the table of directions",
                "crates/store/Cargo.toml:2: `store` may not depend on `server`",
                "xtask/Cargo.toml:2: xtask depends on `toml`",
            ]
        );
    }

    #[test]
    fn every_fence_holds_for_every_crate_outside_it() {
        for fence in &FENCES {
            for (name, _) in DIRECTIONS {
                let path = format!("crates/{name}/Cargo.toml");
                let text = format!("[dependencies]\n{}-x.workspace = true\n", fence.library);
                let faults = faults_found(check, &[(&path, &text)]);
                let may = fence.crates.contains(&name);
                assert_eq!(faults.is_empty(), may, "{name} {}", fence.library);
            }
        }
    }
}
