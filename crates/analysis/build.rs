//! Reads the folder of every check, so that one that is not right does not compile.
//!
//! Not for: whether its SQL runs or what it finds; the cases in the folder show that.

#[path = "build/code.rs"]
mod code;
#[path = "build/folder.rs"]
mod folder;

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;

const FOLDERS: &str = "src/checks";

fn main() -> Result<(), Box<dyn Error>> {
    let of_cargo = |name| std::env::var_os(name).map(PathBuf::from).ok_or(name);
    writeln!(std::io::stdout(), "cargo::rerun-if-changed={FOLDERS}")?;
    let checks = folder::read_all(&of_cargo("CARGO_MANIFEST_DIR")?.join(FOLDERS))?;
    std::fs::write(of_cargo("OUT_DIR")?.join("checks.rs"), code::write(&checks))?;
    Ok(())
}
