//! `cargo xtask reading-cases`: files as ERPs really write them, each compared with what is right for it.
//!
//! Not for: reading them; `extract`'s example of this name does, and prints the table. Invariant: a machine
//! without the files is told so and fails nothing.

use crate::{cargo, output};

/// Beside the repository: they are many, and some are large.
const FOLDER: &str = "../shared/cases/reading";

pub(crate) fn run() -> Result<(), String> {
    if !cargo::root().join(FOLDER).is_dir() {
        output::say(&format!("there is no folder {FOLDER}: nothing was read"));
        return Ok(());
    }
    let example =
        ["run", "--quiet", "--package", "extract", "--example", "reading_cases", "--", FOLDER];
    cargo::succeed(
        &mut cargo::command(&example),
        "files are not read as they should be\n  the table above says which, and how",
    )
}
