//! The map in ARCHITECTURE.md: a tree for each crate, a line for each module.
//!
//! A tree stands between fences. Its first line is the folder, every other one a module below it, indented by
//! two spaces a level, and what it is for:
//!
//! ```text
//! crates/bursar/src
//!   net          one request over one connection
//!     link       dials, shakes hands, sends
//! ```
//!
//! Not for: whether the words are true. Invariant: every module that stands directly in a crate has its line;
//! of those further down the map may choose.

use super::{Fault, Tree};

const MAP: &str = "ARCHITECTURE.md";

const INDENTATION: usize = 2;

/// A module as the map has it.
struct Entry {
    line: usize,
    /// Without `.rs`, from the root of the repository on.
    path: String,
    is_described: bool,
}

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let text = tree.text(MAP).unwrap_or_default();
    let entries = entries(text);
    let mut faults = Vec::new();
    for entry in &entries {
        let Entry { line, path, is_described } = entry;
        if !tree.holds(&format!("{path}.rs")) && !tree.holds(path) {
            let what = format!("there is no module {path}");
            faults.push(Fault::new(MAP, *line, what, "say where it went"));
        }
        if !is_described {
            let what = format!("{path} is not described");
            faults.push(Fault::new(MAP, *line, what, "say behind its name what it is for"));
        }
    }
    for path in modules(tree).filter(|path| !entries.iter().any(|entry| entry.path == *path)) {
        faults.push(Fault::new(
            MAP,
            0,
            format!("the module {path} is not on the map"),
            "give it a line in the tree of its crate: its name, and what it is for",
        ));
    }
    faults
}

/// The lines of all trees.
fn entries(text: &str) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut is_fenced = false;
    // The folder of the tree, and the modules around the next line.
    let mut around: Vec<&str> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            is_fenced = !is_fenced;
            around.clear();
            continue;
        }
        let words = line.trim_start();
        let level = (line.len() - words.len()) / INDENTATION;
        let (name, rest) = words.split_once(' ').unwrap_or((words, ""));
        if !is_fenced || name.is_empty() {
            continue;
        }
        if level == 0 {
            around = if name.ends_with("/src") { vec![name] } else { Vec::new() };
        } else if !around.is_empty() {
            around.truncate(level);
            around.push(name);
            let is_described = !rest.trim().is_empty();
            found.push(Entry { line: number + 1, path: around.join("/"), is_described });
        }
    }
    found
}

/// The modules that stand directly in a crate or in this program, without `.rs`.
fn modules(tree: &Tree) -> impl Iterator<Item = &str> {
    tree.texts(".rs").filter_map(|(path, _)| {
        let (folder, file) = path.split_once("/src/")?;
        let is_ours = folder == "xtask" || folder.starts_with("crates/");
        let is_module = !file.contains('/') && !["lib.rs", "main.rs", "tests.rs"].contains(&file);
        (is_ours && is_module).then(|| path.trim_end_matches(".rs"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::faults_found;

    const FILES: [(&str, &str); 6] = [
        ("crates/domain/src/lib.rs", ""),
        ("crates/domain/src/id.rs", ""),
        ("crates/domain/src/id/text.rs", ""),
        ("crates/domain/src/page.rs", ""),
        ("xtask/src/main.rs", ""),
        ("xtask/src/ci.rs", ""),
    ];

    fn faults(map: &str) -> Vec<String> {
        faults_found(check, &[&FILES[..], &[("ARCHITECTURE.md", map)]].concat())
    }

    #[test]
    fn a_map_of_all_there_is_is_good() {
        let map = "```text\ncrates/domain/src   nouns\n  id     ids\n    text   as text\n  page   pages\n```\n\
                   ```\nxtask/src\n  ci  all\n```\n```\nERP --> bursar\n  no tree\n```\n";
        assert_eq!(faults(map), [""; 0]);
    }

    #[test]
    fn what_is_gone_or_missing_or_not_described_is_named() {
        let map = "```\ncrates/domain/src\n  id\n    gone  went\n```\n";
        assert_eq!(
            faults(map),
            [
                "ARCHITECTURE.md:0: the module crates/domain/src/page is not on the map",
                "ARCHITECTURE.md:0: the module xtask/src/ci is not on the map",
                "ARCHITECTURE.md:3: crates/domain/src/id is not described",
                "ARCHITECTURE.md:4: there is no module crates/domain/src/id/gone",
            ]
        );
    }
}
