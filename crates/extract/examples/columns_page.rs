//! Prints `docs/columns.md` as the catalogue and the tables of names have it: `cargo xtask reference`.

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    io::stdout().write_all(extract::columns_page().as_bytes())
}
