//! `cargo xtask pictures`: the pictures of README and the documentation, taken of the made organisation
//! in a real Chromium, with a digest of what their pages are made of.
//!
//! Not for: when they are too old; `tidy` says that. Invariant: pictures and digests are of the same
//! templates.

use std::fs;
use std::process::Command;

use crate::demo::{self, Demo, End};
use crate::tidy::pictures::{DIGESTS, FOLDER, PICTURES, digest};
use crate::tidy::tree::Tree;
use crate::{cargo, output};

pub(crate) fn run() -> Result<(), String> {
    let programs = demo::build(End::WhenTold)?;
    let folder = cargo::root().join(FOLDER);
    fs::create_dir_all(&folder)
        .map_err(|fault| format!("cannot make {}: {fault}", folder.display()))?;
    let demo = Demo::begin(&programs)?;
    demo.make_sample()?;
    demo.send_all()?;
    demo.wait_for_checks()?;
    let scripts = cargo::root().join("xtask").join("pages");
    let told = format!(
        "{{\"link\": {:?}, \"pictures\": {:?}, \"chromium\": \"chromium\"}}",
        demo.link,
        folder.display().to_string()
    );
    cargo::succeed(
        Command::new("node").arg(scripts.join("pictures.mjs")).arg(told),
        "no pictures were taken\n  node and chromium have to be on the path",
    )?;
    demo.finish(End::AfterReceipt)?;
    let tree = Tree::tracked()?;
    let line =
        |(picture, template): &(&str, &str)| format!("{picture} {}\n", digest(&tree, template));
    let digests: String = PICTURES.iter().map(line).collect();
    fs::write(cargo::root().join(DIGESTS), digests)
        .map_err(|fault| format!("{DIGESTS} was not written: {fault}"))?;
    output::say(&format!("the pictures are in {FOLDER}: look at them before they are committed"));
    Ok(())
}
