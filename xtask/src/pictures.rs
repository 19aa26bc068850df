//! `cargo xtask pictures`: the pictures of README and the documentation, taken of the made organisation
//! in a real Chromium, with a digest of what their pages are made of.
//!
//! Not for: when they are too old; `tidy` says that. Invariant: pictures and digests are of the same
//! templates.

use crate::demo::{self, Demo, End};
use crate::tidy::pictures::{DIGESTS, FOLDER, PICTURES, digest};
use crate::tidy::tree::Tree;
use crate::{cargo, files, output, pages};

pub(crate) fn run() -> Result<(), String> {
    let programs = demo::build(End::WhenTold)?;
    let folder = cargo::root().join(FOLDER);
    files::make_folder(&folder)?;
    let demo = Demo::begin(&programs)?;
    demo.make_sample()?;
    demo.send_all()?;
    demo.wait_for_checks()?;
    let told = [("link", demo.link.clone()), ("pictures", folder.display().to_string())];
    let otherwise = "no pictures were taken\n  node and chromium have to be on the path";
    pages::run_script("pictures.mjs", &told, otherwise)?;
    demo.finish(End::AfterReceipt)?;
    let tree = Tree::tracked()?;
    let line =
        |(picture, template): &(&str, &str)| format!("{picture} {}\n", digest(&tree, template));
    let digests: String = PICTURES.iter().map(line).collect();
    files::write(&cargo::root().join(DIGESTS), digests)?;
    output::say(&format!("the pictures are in {FOLDER}: look at them before they are committed"));
    Ok(())
}
