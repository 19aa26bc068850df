//! `cargo xtask tidy`: the house rules that no compiler checks.
//!
//! Not for: rules clippy or rustfmt have. Invariant: a rule is a pure function of the tree, so that
//! each has a failing example in its tests; lists of exceptions may only shrink.

mod directions;
mod documents;
mod expression;
mod layout;
mod manifest;
mod migrations;
mod silencers;
mod source;
mod supply;
mod tree;

use crate::output;
use tree::Tree;

/// One breach: where, what, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    path: String,
    /// Counted from one; 0 speaks of the whole file.
    line: usize,
    what: String,
    mend: String,
}

impl Fault {
    fn new(path: &str, line: usize, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), mend: mend.into() }
    }
}

type Rule = fn(&Tree) -> Vec<Fault>;

const RULES: [Rule; 8] = [
    directions::check,
    documents::check,
    layout::check,
    manifest::check,
    migrations::check,
    silencers::check,
    source::check,
    supply::check,
];

/// Files that rules read: of one that is not there a rule has nothing to say, and nothing would be checked.
const READ_BY_RULES: [&str; 8] = [
    "ARCHITECTURE.md",
    "Cargo.lock",
    "Cargo.toml",
    "deny.toml",
    "docs/dependencies.md",
    "xtask/Cargo.toml",
    "xtask/tidy/long-files.txt",
    "xtask/tidy/migrations.txt",
];

fn missing(tree: &Tree) -> Vec<Fault> {
    let missing = READ_BY_RULES.iter().filter(|path| tree.text(path).is_none());
    let fault = |path: &&str| {
        Fault::new(path, 0, "a rule reads this file, which is not there", "name the file it is now")
    };
    missing.map(fault).collect()
}

pub(crate) fn run() -> Result<(), String> {
    let tree = Tree::tracked()?;
    let mut faults: Vec<Fault> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    faults.extend(missing(&tree));
    faults.extend(supply::check_licences(&tree, &supply::licences()?));
    faults.sort();
    for fault in &faults {
        let Fault { path, line, what, mend } = fault;
        output::complain(&format!("{path}:{line}: {what}\n  {mend}"));
    }
    match faults.len() {
        0 => Ok(()),
        1 => Err("tidy found 1 fault\n  it says above how to mend it".to_owned()),
        many => Err(format!("tidy found {many} faults\n  each says above how to mend it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_rules_read_has_to_be_there() {
        assert_eq!(missing(&Tree::of(&[])).len(), READ_BY_RULES.len());
        assert_eq!(missing(&Tree::tracked().expect("the tests run in a checkout")), []);
    }
}
