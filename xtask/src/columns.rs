//! `cargo xtask columns`: writes `docs/columns.md` anew.
//!
//! Not for: what stands in it; `extract` makes it of its catalogue and tables, and its tests say when
//! the page is not current.

use crate::{cargo, output};

const PAGE: &str = "docs/columns.md";

pub(crate) fn run() -> Result<(), String> {
    let example = ["run", "--quiet", "--package", "extract", "--example", "columns_page"];
    let printed = cargo::command(&example).output();
    let printed = printed.map_err(|fault| format!("cargo did not start: {fault}"))?;
    if !printed.status.success() {
        return Err(String::from_utf8_lossy(&printed.stderr).into_owned());
    }
    std::fs::write(cargo::root().join(PAGE), printed.stdout)
        .map_err(|fault| format!("{PAGE} was not written: {fault}"))?;
    output::say(&format!("{PAGE} is written"));
    Ok(())
}
