//! Names of types and modules: none that docs/glossary.md has replaced, and no bare participles.
//!
//! Not for: names that say nothing (`source`), and replaced names in tests and examples, where a desk may be
//! a desk. Invariant: the glossary is the one list of replaced names.

use super::tokens::{Code, Token};
use super::{Fault, Tree};

const GLOSSARY: &str = "docs/glossary.md";
const HEADING: &str = "| not | but |";

/// Participles that do not end in `ed`.
const IRREGULAR: [&str; 48] = [
    "Begun",
    "Bound",
    "Broken",
    "Brought",
    "Built",
    "Caught",
    "Chosen",
    "Done",
    "Drawn",
    "Fed",
    "Forgotten",
    "Found",
    "Given",
    "Gone",
    "Got",
    "Heard",
    "Held",
    "Hidden",
    "Kept",
    "Known",
    "Laid",
    "Learnt",
    "Led",
    "Left",
    "Lent",
    "Lost",
    "Made",
    "Meant",
    "Met",
    "Paid",
    "Put",
    "Read",
    "Said",
    "Seen",
    "Sent",
    "Shown",
    "Sold",
    "Sought",
    "Spent",
    "Spoken",
    "Taken",
    "Thought",
    "Thrown",
    "Told",
    "Torn",
    "Understood",
    "Won",
    "Written",
];
/// Words that end like a participle and are none.
const NOUNS: [&str; 5] = ["Bed", "Feed", "Need", "Seed", "Speed"];

const TYPES: [&str; 5] = ["struct", "enum", "trait", "type", "union"];

/// A name that was replaced, and what by.
struct Replacement<'a> {
    name: &'a str,
    by: &'a str,
}

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let replaced = replaced(tree.text(GLOSSARY).unwrap_or_default());
    let of = |path: &str| if is_of_the_product(path) { replaced.as_slice() } else { &[] };
    tree.texts(".rs").flat_map(|(path, text)| faults_of(path, text, of(path))).collect()
}

fn is_of_the_product(path: &str) -> bool {
    path.contains("/src/") && !path.ends_with("/tests.rs") && !path.contains("/tests/")
}

/// The rows of the glossary's last table.
fn replaced(glossary: &str) -> Vec<Replacement<'_>> {
    let (_, table) = glossary.split_once(HEADING).unwrap_or_default();
    let rows = table.lines().filter_map(|line| {
        let (names, by) = line.strip_prefix('|')?.trim_end_matches('|').split_once('|')?;
        Some((names, by.trim()))
    });
    let names = rows.flat_map(|(names, by)| {
        names.split('`').skip(1).step_by(2).map(move |name| Replacement { name, by })
    });
    names.collect()
}

fn faults_of(path: &str, text: &str, replaced: &[Replacement<'_>]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut look_up = |line: usize, name: &str| {
        if let Some(Replacement { by, .. }) = replaced.iter().find(|replaced| replaced.name == name)
        {
            let what = format!("the name `{name}` was replaced");
            faults.push(Fault::new(path, line, what, format!("{GLOSSARY} has: {by}")));
        } else if is_participle(name) {
            let what = format!("the name `{name}` is a participle");
            faults.push(Fault::new(
                path,
                line,
                what,
                "name the noun: what it is, not what was done to it",
            ));
        }
    };
    let (_, file) = path.rsplit_once('/').unwrap_or_default();
    look_up(0, file.trim_end_matches(".rs"));
    let code = Code::read(text);
    for pair in code.tokens.windows(2) {
        if let [Token { text: kind, .. }, name] = pair
            && TYPES.contains(kind)
            && name.is_word()
        {
            look_up(name.line, name.text);
        }
    }
    faults
}

/// `Kept` and `Prepared`, but neither `UploadKept` nor `Feed`.
fn is_participle(name: &str) -> bool {
    let is_type = name.starts_with(|first: char| first.is_ascii_uppercase());
    let is_one_word = is_type && name[1..].chars().all(|letter| letter.is_ascii_lowercase());
    let has_ending = name.ends_with("ed") && !NOUNS.contains(&name);
    is_one_word && (has_ending || IRREGULAR.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::faults_found;

    const LIST: &str = "# G\n| word | is |\n|---|---|\n| `Run` | one |\n\n| not | but |\n|---|---|\n\
                        | `Desk`, `door` | `Context` |\n";

    fn faults(path: &str, code: &str) -> Vec<String> {
        faults_found(check, &[(GLOSSARY, LIST), (path, code)])
    }

    #[test]
    fn replaced_names_are_refused_as_types_and_modules() {
        assert_eq!(
            faults("crates/a/src/b.rs", "struct Run;\npub(crate) enum Desk { A }"),
            ["crates/a/src/b.rs:2: the name `Desk` was replaced"]
        );
        assert_eq!(
            faults("crates/a/src/b/door.rs", ""),
            ["crates/a/src/b/door.rs:0: the name `door` was replaced"]
        );
    }

    #[test]
    fn bare_participles_are_refused_and_other_names_are_not() {
        for (code, is_fault) in [
            ("struct Kept;", true),
            ("type Prepared = ();", true),
            ("trait Held {}", true),
            ("struct KeptFiles;", false),
            ("struct Feed;", false),
            ("enum State { Received, Read }", false),
            ("#[cfg(test)] mod tests { struct Made; }", false),
            ("struct\n/// Not.\nRow;", false),
        ] {
            assert_eq!(!faults("crates/a/src/b.rs", code).is_empty(), is_fault, "{code}");
        }
        for path in ["crates/a/src/b/tests.rs", "crates/a/tests/it/b.rs", "crates/a/examples/b.rs"]
        {
            assert_eq!(faults(path, "struct Made;").len(), 1, "{path}");
            assert!(faults(path, "struct Desk;").is_empty(), "{path}");
        }
    }
}
