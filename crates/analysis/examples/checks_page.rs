//! Prints `docs/reference/checks.md` as the folders of the checks have it: `cargo xtask reference`.

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    io::stdout().write_all(analysis::checks_page().as_bytes())
}
