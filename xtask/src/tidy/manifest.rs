//! Manifests: versions and features stand in the root's only, every dependency has a reason and a
//! use. Also the little reading of TOML that the other rules share.
//!
//! Not for: which crate may use which (`directions`) or who may be depended on at all (`supply`).
//! Invariant: a line this reader does not understand is skipped, never guessed at.

use super::{Fault, Tree};

const ROOT: &str = "Cargo.toml";
const REASONS: &str = "docs/dependencies.md";

/// Manifests with versions and features of their own: workspaces of their own, which cannot take them
/// from the root, and the one that is generated to name the features of all.
const WITH_VERSIONS: [&str; 3] =
    ["cluster/Cargo.toml", "fuzz/Cargo.toml", "crates/workspace-hack/Cargo.toml"];

/// One `key = value` of a manifest; a value over several lines is joined into one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The words between the brackets, such as `workspace.dependencies`.
    pub(crate) section: String,
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) line: usize,
}

impl Entry {
    /// Returns `true` when it stands in a list of dependencies, of any kind and for any platform.
    pub(crate) fn is_dependency(&self) -> bool {
        self.section.ends_with("dependencies")
    }

    /// The name before `.workspace`, where that form is used.
    pub(crate) fn name(&self) -> &str {
        self.key.split('.').next().unwrap_or(&self.key)
    }
}

pub(crate) fn entries(text: &str) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let mut section = String::new();
    let mut open = false;
    for (number, raw) in text.lines().enumerate() {
        let line = without_comment(raw).trim();
        if open {
            if let Some(last) = found.last_mut() {
                last.value.push_str(line);
                open = !is_balanced(&last.value);
            }
            continue;
        }
        if let Some(header) = line.strip_prefix('[') {
            header.trim_matches(['[', ']']).trim().clone_into(&mut section);
        } else if let Some((key, value)) = line.split_once('=') {
            let value = value.trim().to_owned();
            open = !is_balanced(&value);
            found.push(Entry {
                section: section.clone(),
                key: key.trim().trim_matches('"').to_owned(),
                value,
                line: number + 1,
            });
        }
    }
    found
}

/// The texts between quotes in a value, in order.
pub(crate) fn quoted(value: &str) -> impl Iterator<Item = &str> {
    value.split('"').skip(1).step_by(2)
}

fn without_comment(line: &str) -> &str {
    let mut in_text = false;
    let end = line.char_indices().find(|(_, letter)| {
        in_text ^= *letter == '"';
        *letter == '#' && !in_text
    });
    end.map_or(line, |(at, _)| &line[..at])
}

fn is_balanced(value: &str) -> bool {
    let count = |wanted: &[char]| value.matches(wanted).count();
    count(&['[', '{']) == count(&[']', '}'])
}

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let root = entries(tree.text(ROOT).unwrap_or_default());
    let shared: Vec<&Entry> =
        root.iter().filter(|entry| entry.section == "workspace.dependencies").collect();
    let mut faults = reasons(tree, &shared);
    let mut used = Vec::new();
    for (path, text) in tree.texts("/Cargo.toml").filter(|(path, _)| !WITH_VERSIONS.contains(path))
    {
        for entry in entries(text) {
            if entry.is_dependency() {
                faults.extend(own_version(path, &entry));
                used.push(entry.name().to_owned());
            } else if entry.section.contains("dependencies.") {
                faults.push(Fault::new(
                    path,
                    entry.line,
                    "a dependency has its own section",
                    "write it on one line: name.workspace = true",
                ));
            }
        }
    }
    for entry in shared {
        if !used.iter().any(|name| name == &entry.key) {
            faults.push(Fault::new(
                ROOT,
                entry.line,
                format!("no crate uses `{}`", entry.key),
                "take the line out",
            ));
        }
    }
    faults
}

fn own_version(path: &str, entry: &Entry) -> Option<Fault> {
    let plain = entry.key.ends_with(".workspace") && entry.value == "true";
    let optional = entry.value.replace(' ', "") == "{workspace=true,optional=true}";
    (!plain && !optional).then(|| {
        Fault::new(
            path,
            entry.line,
            format!("`{}` has a version or features of its own", entry.name()),
            format!(
                "write `{}.workspace = true` here and the rest in the root's Cargo.toml",
                entry.name()
            ),
        )
    })
}

/// Each dependency from outside has one line of reason, `` - `name`: why ``, and no line is stale.
fn reasons(tree: &Tree, shared: &[&Entry]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut listed = Vec::new();
    for (number, line) in tree.text(REASONS).unwrap_or_default().lines().enumerate() {
        let Some((name, _why)) = line.strip_prefix("- `").and_then(|rest| rest.split_once("`: "))
        else {
            continue;
        };
        let is_known = shared.iter().any(|entry| entry.key == name);
        if !is_known || listed.contains(&name) {
            faults.push(Fault::new(
                REASONS,
                number + 1,
                format!("`{name}` is not a dependency, or is listed twice"),
                "take the line out",
            ));
        }
        listed.push(name);
    }
    for entry in shared {
        let is_ours = entry.value.contains("path =");
        if !is_ours && !listed.contains(&entry.key.as_str()) {
            faults.push(Fault::new(
                ROOT,
                entry.line,
                format!("`{}` has no reason", entry.key),
                format!("add to {REASONS}: - `{}`: why it is needed", entry.key),
            ));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::faults_found;

    #[test]
    fn sections_keys_and_long_values_are_read() {
        let text = "[a]\nx = \"1 # no comment\" # comment\n[b.c]\n\"y\" = [\n \"p\",\n \"q\",\n]\nz.w = true\n";
        let read: Vec<_> = entries(text)
            .into_iter()
            .map(|entry| (entry.section, entry.key, entry.value, entry.line))
            .collect();
        let own = str::to_owned;
        assert_eq!(
            read,
            [
                (own("a"), own("x"), own("\"1 # no comment\""), 2),
                (own("b.c"), own("y"), own("[\"p\",\"q\",]"), 4),
                (own("b.c"), own("z.w"), own("true"), 8),
            ]
        );
        assert_eq!(quoted("[\"p\",\"q\",]").collect::<Vec<_>>(), ["p", "q"]);
    }

    #[test]
    fn versions_and_features_stand_in_the_root_only() {
        let root = "[workspace.dependencies]\nserde = \"1\"\ntokio = \"1\"\ndomain = { path = \"crates/domain\" }\n";
        let reasons = "- `serde`: reads\n- `tokio`: waits\n";
        let crate_text = "[dependencies]\nserde = { workspace = true, features = [\"rc\"] }\n\
                          tokio = \"1\"\ndomain.workspace = true\n\
                          [target.'cfg(unix)'.dependencies]\ntokio = { workspace = true, optional = true }\n\
                          [dependencies.serde]\nworkspace = true\n";
        assert_eq!(
            faults_found(
                check,
                &[
                    ("Cargo.toml", root),
                    ("docs/dependencies.md", reasons),
                    ("crates/a/Cargo.toml", crate_text),
                    (WITH_VERSIONS[1], "[dependencies]\nlibfuzzer-sys = \"0.4\"\n"),
                    (WITH_VERSIONS[2], "[dependencies]\nserde = { version = \"1\" }\n"),
                ]
            ),
            [
                "crates/a/Cargo.toml:2: `serde` has a version or features of its own",
                "crates/a/Cargo.toml:3: `tokio` has a version or features of its own",
                "crates/a/Cargo.toml:8: a dependency has its own section",
            ]
        );
    }

    #[test]
    fn every_dependency_has_a_reason_and_a_use() {
        assert_eq!(
            faults_found(
                check,
                &[
                    ("Cargo.toml", "[workspace.dependencies]\nserde = \"1\"\nhttp = \"1\"\n"),
                    ("docs/dependencies.md", "- `http`: words\n- `http`: words\n- `old`: gone\n"),
                    ("crates/a/Cargo.toml", "[dev-dependencies]\nserde.workspace = true\n"),
                ]
            ),
            [
                "Cargo.toml:2: `serde` has no reason",
                "Cargo.toml:3: no crate uses `http`",
                "docs/dependencies.md:2: `http` is not a dependency, or is listed twice",
                "docs/dependencies.md:3: `old` is not a dependency, or is listed twice",
            ]
        );
    }
}
