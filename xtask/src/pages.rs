//! `cargo xtask pages`: from the first link to a verdict in a real Chromium, and a picture of every page in
//! both widths and themes, held against axe.
//!
//! Not for: what the pages are; `pages/journey.mjs` walks them. Invariant: nothing is installed or kept but
//! the pictures.

use std::process::Command;

use crate::demo::{self, Demo, End};
use crate::{cargo, output};

pub(crate) fn run() -> Result<(), String> {
    let programs = demo::build(End::AfterReceipt)?;
    let pictures = programs.join("pages");
    if pictures.exists() {
        std::fs::remove_dir_all(&pictures)
            .map_err(|fault| format!("cannot remove {}: {fault}", pictures.display()))?;
    }
    let demo = Demo::begin(&programs)?;
    demo.make_sample()?;
    let scripts = cargo::root().join("xtask").join("pages");
    let told = [
        ("link", demo.link.clone()),
        ("bursar", demo.bursar.display().to_string()),
        ("authority", demo.authority().display().to_string()),
        ("sample", demo.sample().display().to_string()),
        ("pictures", pictures.display().to_string()),
        ("axe", scripts.join("axe.min.js.gz").display().to_string()),
        ("chromium", "chromium".to_owned()),
    ];
    let told: Vec<String> =
        told.iter().map(|(name, value)| format!("{name:?}: {value:?}")).collect();
    let mut journey = Command::new("node");
    journey.arg(scripts.join("journey.mjs")).arg(format!("{{{}}}", told.join(", ")));
    cargo::succeed(&mut journey, "the journey through the pages ended early")?;
    output::say(&format!("the pictures are in {}", pictures.display()));
    demo.finish(End::AfterReceipt)
}
