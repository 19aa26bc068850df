//! Prints `docs/reference/api.md` as the OpenAPI document has it: `cargo xtask reference`.

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    io::stdout().write_all(server::http::api_page().as_bytes())
}
