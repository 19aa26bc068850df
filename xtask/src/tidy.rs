//! `cargo xtask tidy`: the house rules that no compiler checks.
//!
//! Not for: rules clippy or rustfmt have. Invariant: a rule is a pure function of the tree, so that
//! each has a failing example in its tests; lists of exceptions may only shrink.

mod codemap;
mod comments;
mod directions;
mod documents;
mod expression;
mod fault;
mod fingerprint;
mod floors;
mod layout;
mod links;
mod manifest;
pub(crate) mod markdown;
mod migrations;
mod names;
pub(crate) mod pictures;
mod silencers;
mod sizes;
mod source;
pub(crate) mod summary;
mod supply;
mod tokens;
pub(crate) mod tree;

use crate::output;
use fault::Fault;
use tree::Tree;

type Rule = fn(&Tree) -> Vec<Fault>;

const RULES: [Rule; 15] = [
    codemap::check,
    comments::check,
    directions::check,
    documents::check,
    floors::check,
    layout::check,
    links::check,
    manifest::check,
    migrations::check,
    names::check,
    pictures::check,
    silencers::check,
    source::check,
    summary::check,
    supply::check,
];

/// Files that rules read: of one that is not there a rule has nothing to say, and nothing would be checked.
const READ_BY_RULES: [&str; 11] = [
    "ARCHITECTURE.md",
    "Cargo.lock",
    "Cargo.toml",
    "deny.toml",
    "docs/SUMMARY.md",
    "docs/dependencies.md",
    "docs/glossary.md",
    "docs/pictures/made-of.txt",
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
        output::complain(&fault.to_string());
    }
    match faults.len() {
        0 => Ok(()),
        1 => Err("tidy found 1 fault\n  it says above how to mend it".to_owned()),
        many => Err(format!("tidy found {many} faults\n  each says above how to mend it")),
    }
}

/// Prints the floors of every crate, and how long files and functions are.
pub(crate) fn draw_floors() -> Result<(), String> {
    let tree = Tree::tracked()?;
    output::say(&floors::draw(&tree));
    output::say(&sizes::describe(&tree));
    Ok(())
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
