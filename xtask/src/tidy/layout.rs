//! Files: where they stand, what they are called, how long and how large they are.
//!
//! Not for: what is written in them (`source`, `documents`). Invariant: the list of files that are
//! too long only ever gets shorter.

use super::{Fault, Tree};

/// A file longer than this holds two nouns.
pub(super) const MOST_LINES: usize = 400;

/// Every clone carries every version of a file for ever.
const MOST_BYTES: usize = 200_000;

/// Files that were too long when the rule came, with the length they may not exceed: `path lines`.
const LONG_FILES: &str = "xtask/tidy/long-files.txt";

/// The most lines of that list. Lower it with every line taken out; never raise it.
const MOST_LONG_FILES: usize = 0;

/// Names that say nothing, so that anything lands there. Other files may be called what they are.
pub(super) const EMPTY_NAMES: [&str; 7] =
    ["util", "utils", "common", "manager", "helper", "helpers", "misc"];

/// Files that editors and test tools leave behind.
const LEFTOVERS: [&str; 5] = [".pending-snap", ".snap.new", ".orig", ".rej", ".swp"];

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = long_files(tree);
    for file in tree.files() {
        let path = file.path.as_str();
        let mut fault = |what: String, mend: &str| faults.push(Fault::new(path, 0, what, mend));
        if file.size > MOST_BYTES && path != "Cargo.lock" {
            fault(
                format!("{} bytes are too many for git", file.size),
                "make it in the test that needs it, or make it smaller",
            );
        }
        if LEFTOVERS.iter().any(|ending| path.ends_with(ending)) {
            fault(
                "a tool left this behind".to_owned(),
                "git rm it, and add its kind to .gitignore",
            );
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        if name == "mod.rs" {
            fault(
                "`mod.rs` hides what it is".to_owned(),
                "call it by its module's name, beside the folder: foo.rs and foo/",
            );
        }
        let stem = name.strip_suffix(".rs").unwrap_or_default();
        if stem.split('_').any(|word| EMPTY_NAMES.contains(&word)) {
            fault(format!("the name `{stem}` says nothing"), "name the noun it is about");
        }
    }
    faults
}

fn long_files(tree: &Tree) -> Vec<Fault> {
    let listed: Vec<(usize, &str, usize)> = tree
        .text(LONG_FILES)
        .unwrap_or_default()
        .lines()
        .enumerate()
        .filter_map(|(number, line)| {
            let (path, most) = line.split_once(' ')?;
            Some((number + 1, path, most.parse().ok()?))
        })
        .collect();
    let mut faults = Vec::new();
    for (path, text) in tree.texts(".rs") {
        let lines = text.lines().count();
        let recorded = listed.iter().find(|(_, known, _)| *known == path);
        let most = recorded.map_or(MOST_LINES, |(_, _, most)| *most);
        if lines > most {
            faults.push(Fault::new(
                path,
                0,
                format!("{lines} lines, and {most} are the most"),
                "look for the second noun in it and give that a file",
            ));
        }
    }
    for (line, path, most) in &listed {
        let lines = tree.text(path).map_or(0, |text| text.lines().count());
        let mend = match lines {
            ..=MOST_LINES => "take the line out and lower MOST_LONG_FILES".to_owned(),
            fewer if fewer < *most => format!("write {fewer} there"),
            _ => continue,
        };
        let what = format!("{path} is shorter now: {lines} lines");
        faults.push(Fault::new(LONG_FILES, *line, what, mend));
    }
    if listed.len() > MOST_LONG_FILES {
        faults.push(Fault::new(
            LONG_FILES,
            0,
            format!("{} files are listed", listed.len()),
            format!("{MOST_LONG_FILES} may be: this list only shrinks"),
        ));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::faults_found;

    #[test]
    fn empty_names_mod_files_leftovers_and_heavy_files_are_refused() {
        let heavy = "x".repeat(MOST_BYTES + 1);
        assert_eq!(
            faults_found(
                check,
                &[
                    ("Cargo.lock", &heavy),
                    ("crates/a/src/commonality.rs", ""),
                    ("crates/a/src/foo/mod.rs", ""),
                    ("crates/a/src/http_helpers.rs", ""),
                    ("crates/a/src/.b.rs.pending-snap", ""),
                    ("examples/big.csv", &heavy),
                ]
            ),
            [
                "crates/a/src/.b.rs.pending-snap:0: a tool left this behind",
                "crates/a/src/foo/mod.rs:0: `mod.rs` hides what it is",
                "crates/a/src/http_helpers.rs:0: the name `http_helpers` says nothing",
                "examples/big.csv:0: 200001 bytes are too many for git",
            ]
        );
    }

    #[test]
    fn a_long_file_is_refused_and_its_list_may_not_grow() {
        let long = "\n".repeat(MOST_LINES + 1);
        let just = "\n".repeat(MOST_LINES);
        assert_eq!(
            faults_found(check, &[("a.rs", &long), ("b.rs", &just)]),
            ["a.rs:0: 401 lines, and 400 are the most"]
        );
        let list = "a.rs 401\nb.rs 500\nc.rs 410\ngone.rs 600\n";
        let longer = "\n".repeat(405);
        assert_eq!(
            faults_found(
                check,
                &[(LONG_FILES, list), ("a.rs", &longer), ("b.rs", &just), ("c.rs", &longer),]
            ),
            [
                "a.rs:0: 405 lines, and 401 are the most",
                "xtask/tidy/long-files.txt:0: 4 files are listed",
                "xtask/tidy/long-files.txt:2: b.rs is shorter now: 400 lines",
                "xtask/tidy/long-files.txt:3: c.rs is shorter now: 405 lines",
                "xtask/tidy/long-files.txt:4: gone.rs is shorter now: 0 lines",
            ]
        );
    }
}
