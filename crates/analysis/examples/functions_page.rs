//! Prints `docs/reference/functions.md` as the list of functions has it: `cargo xtask reference`.

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    io::stdout().write_all(analysis::functions_page().as_bytes())
}
