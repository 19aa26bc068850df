//! Prints the page of all commands of `bursar` or `bursard`, as its argument says: `cargo xtask reference`.

mod page;

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    let program = match std::env::args().nth(1).as_deref() {
        Some("bursar") => bursar::args::Cli::whole_command(),
        Some("bursard") => bursard::command(),
        _ => return Err(io::Error::other("name bursar or bursard")),
    };
    io::stdout().write_all(page::page(program).as_bytes())
}
