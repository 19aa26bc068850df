//! Reads the tables of names, so that one that is not right does not compile.
//!
//! Not for: whether a field exists or a name is told apart; the tests of `names` hold that.

#[path = "build/tables.rs"]
mod tables;

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;

const FOLDER: &str = "names";

fn main() -> Result<(), Box<dyn Error>> {
    let of_cargo = |name| std::env::var_os(name).map(PathBuf::from).ok_or(name);
    writeln!(std::io::stdout(), "cargo::rerun-if-changed={FOLDER}")?;
    let tables = tables::read_all(&of_cargo("CARGO_MANIFEST_DIR")?.join(FOLDER))?;
    std::fs::write(of_cargo("OUT_DIR")?.join("names.rs"), tables::write(&tables))?;
    Ok(())
}
