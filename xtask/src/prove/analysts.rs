//! `cargo xtask prove analysts`: two analysts at once on one queue, each in a real Chromium.
//!
//! Not for: CI; the store's own tests hold that no decision is written over. Invariant: the
//! release server, over TLS, on data of its own.

use std::path::Path;
use std::process::Command;

use crate::cargo;
use crate::demo::{Demo, End};

/// A ledger in which more is found than two decide.
const INVOICES: &str = "40000";

pub(super) fn run(release: &Path, decisions: &str) -> Result<(), String> {
    let demo = Demo::begin(release)?;
    demo.make_sample_of(INVOICES)?;
    demo.send_all()?;
    demo.wait_for_checks()?;
    let script = cargo::root().join("xtask").join("pages").join("analysts.mjs");
    let told = format!(
        "{{\"link\": {:?}, \"decisions\": {decisions}, \"chromium\": \"chromium\"}}",
        demo.link
    );
    cargo::succeed(
        Command::new("node").arg(script).arg(told),
        "a decision was lost, or the browsers ended early",
    )?;
    demo.finish(End::AfterReceipt)
}
