//! `cargo xtask prove analysts`: two analysts at once on one queue, each in a real Chromium.
//!
//! Not for: CI; the store's own tests hold that no decision is written over. Invariant: the
//! release server, over TLS, on data of its own.

use std::path::Path;

use crate::demo::{Demo, End};
use crate::pages;

/// A ledger in which more is found than two decide.
const INVOICES: &str = "40000";

pub(super) fn run(release: &Path, decisions: &str) -> Result<(), String> {
    let demo = Demo::begin(release)?;
    demo.make_sample_of(INVOICES)?;
    demo.send_all()?;
    demo.wait_for_checks()?;
    let told = [("link", demo.link.clone()), ("decisions", decisions.to_owned())];
    let otherwise = "a decision was lost, or the browsers ended early";
    pages::run_script("analysts.mjs", &told, otherwise)?;
    demo.finish(End::AfterReceipt)
}
