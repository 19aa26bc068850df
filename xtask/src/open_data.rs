//! `cargo xtask open-data`: real ledgers, read to their last record.
//!
//! Not for: reading them; `extract`'s example of this name does, and prints the table. Invariant: a
//! machine without the ledgers is told so and fails nothing.

use crate::{cargo, output};

/// Beside the repository: the files are large and not ours.
const FOLDER: &str = "../shared/data/open";

pub(crate) fn run() -> Result<(), String> {
    if !cargo::root().join(FOLDER).is_dir() {
        output::say(&format!("there is no folder {FOLDER}: nothing was read"));
        return Ok(());
    }
    let example =
        ["run", "--quiet", "--package", "extract", "--example", "open_data", "--", FOLDER];
    cargo::succeed(
        &mut cargo::command(&example),
        "records are not accounted for\n  the table above says in which files",
    )
}
