//! `cargo xtask evaluate`: how well the checks find, on real ledgers and on the sample, beside what
//! others do.
//!
//! Not for: measuring; `analysis`'s examples `evaluate` and `sample_truth` do, and `evidence`'s
//! `match_entities`. Invariant: the same arguments print the same figures, times aside.

use std::process::Command;

use crate::{cargo, output, prove};

/// Seeds of the made organisations that stand for all.
const SAMPLE_SEEDS: [&str; 3] = ["1", "2", "3"];

pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let release = prove::build_release()?;
    let examples = release.join("examples");
    let mut evaluate = Command::new(examples.join("evaluate"));
    evaluate.args(arguments).current_dir(cargo::root());
    cargo::succeed(&mut evaluate, "the ledgers were not evaluated")?;
    if !arguments.is_empty() {
        return Ok(());
    }
    let mut matching = Command::new(examples.join("match_entities"));
    matching.current_dir(cargo::root());
    cargo::succeed(&mut matching, "the parties were not matched")?;
    for seed in SAMPLE_SEEDS {
        let folder = release.join(format!("sample-{seed}"));
        let mut make = Command::new(release.join("bursard"));
        make.arg("sample").arg(&folder).args(["--seed", seed]);
        cargo::succeed(&mut make, "the sample was not written")?;
        output::say(&format!("\n== bursard sample --seed {seed}"));
        let mut truth = Command::new(examples.join("sample_truth"));
        truth.arg(&folder);
        cargo::succeed(&mut truth, "the sample was not checked")?;
    }
    Ok(())
}
