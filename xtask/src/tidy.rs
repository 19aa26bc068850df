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

const RULES: [Rule; 7] = [
    directions::check,
    documents::check,
    layout::check,
    manifest::check,
    migrations::check,
    source::check,
    supply::check,
];

pub(crate) fn run() -> Result<(), String> {
    let tree = Tree::tracked()?;
    let mut faults: Vec<Fault> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
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
