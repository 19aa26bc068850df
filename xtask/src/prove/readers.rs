//! `cargo xtask prove readers`: how long pages take on a large ledger, for the first time after a start,
//! again, and with 200 readers at once.
//!
//! Not for: CI; what the pages are (`pages`). Invariant: the release server, over TLS, on data of its own.

use std::path::Path;

use crate::demo::{Demo, End};
use crate::pages;

/// The steps of `pages/readers.mjs` between two starts of the server.
const STEPS: [&str; 3] = ["begin", "first", "many"];

pub(super) fn run(release: &Path, invoices: &str) -> Result<(), String> {
    let mut demo = Demo::begin(release)?;
    demo.make_sample_of(invoices)?;
    demo.send_all()?;
    for step in STEPS {
        if step == "first" {
            demo = demo.start_again()?;
        }
        let told = [
            ("link", demo.link.clone()),
            ("authority", demo.authority().display().to_string()),
            ("session", demo.folder().join("session").display().to_string()),
            ("step", step.to_owned()),
        ];
        pages::run_script("readers.mjs", &told, "the readers ended early")?;
    }
    demo.finish(End::AfterReceipt)
}
