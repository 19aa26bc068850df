//! `cargo xtask pages`: from the first link to a verdict in a real Chromium, and a picture of every page in
//! both widths and themes, held against axe.
//!
//! Not for: what the pages are; `pages/journey.mjs` walks them. Invariant: nothing is installed or kept but
//! the pictures.

use std::path::PathBuf;
use std::process::Command;

use crate::demo::{self, Demo, End};
use crate::{cargo, files, output};

pub(crate) fn run() -> Result<(), String> {
    let programs = demo::build(End::AfterReceipt)?;
    let pictures = programs.join("pages");
    files::remove_folder(&pictures)?;
    let demo = Demo::begin(&programs)?;
    demo.make_sample()?;
    let told = [
        ("link", demo.link.clone()),
        ("bursar", demo.bursar.display().to_string()),
        ("authority", demo.authority().display().to_string()),
        ("sample", demo.sample().display().to_string()),
        ("pictures", pictures.display().to_string()),
        ("axe", script("axe.min.js.gz").display().to_string()),
    ];
    run_script("journey.mjs", &told, "the journey through the pages ended early")?;
    output::say(&format!("the pictures are in {}", pictures.display()));
    demo.finish(End::AfterReceipt)
}

/// Runs a script of `xtask/pages` in Node with what it is told, each value as a text; all take the browser.
pub(crate) fn run_script(
    name: &str,
    told: &[(&str, String)],
    otherwise: &str,
) -> Result<(), String> {
    let browser = ("chromium", "chromium".to_owned());
    let members = told.iter().chain([&browser]);
    let json: Vec<String> = members.map(|(name, value)| format!("{name:?}: {value:?}")).collect();
    let mut node = Command::new("node");
    node.arg(script(name)).arg(format!("{{{}}}", json.join(", ")));
    cargo::succeed(&mut node, otherwise)
}

fn script(name: &str) -> PathBuf {
    cargo::root().join("xtask").join("pages").join(name)
}
