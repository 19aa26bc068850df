//! `bursard sample DIR`

use std::fs;
use std::ops::RangeInclusive;
use std::process::ExitCode;

use anyhow::Context as _;
use sample::Plan;

use crate::cli::Sampling;
use crate::output;

/// The invoices of each supplier and of each employee in a middling organisation.
const INVOICES_PER_SUPPLIER: u64 = 40;
const INVOICES_PER_EMPLOYEE: u64 = 50;
/// Between these the number of parties follows the number of invoices.
const PARTIES: RangeInclusive<u64> = 100..=50_000;

pub(super) fn run(sampling: &Sampling) -> anyhow::Result<ExitCode> {
    let folder = &sampling.folder;
    let plan = plan(sampling)?;
    fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let made = sample::write(folder, &plan).with_context(|| {
        format!("the sample in {} is not complete; name another folder", folder.display())
    })?;
    if sampling.format.json {
        output::json(&made);
        return Ok(ExitCode::SUCCESS);
    }
    for file in &made.files {
        output::line(format_args!("{:>9} rows  {}", file.rows, folder.join(&file.name).display()));
    }
    let (planted, innocent) = (made.planted, made.innocent);
    output::line(format_args!(
        "{:>9} cases {}",
        planted + innocent,
        folder.join("truth.json").display()
    ));
    output::note(format_args!(
        "{planted} of the cases are to be found, {innocent} are legitimate and only look like some."
    ));
    Ok(ExitCode::SUCCESS)
}

/// The plan of a sample, with as many parties as such organisations have where none are given.
pub(super) fn plan(sampling: &Sampling) -> anyhow::Result<Plan> {
    let parties = |given: Option<u64>, per: u64| {
        let count = given
            .unwrap_or_else(|| (sampling.invoices / per).clamp(*PARTIES.start(), *PARTIES.end()));
        usize::try_from(count).context("there cannot be so many")
    };
    Ok(Plan {
        seed: sampling.seed,
        invoices: sampling.invoices,
        suppliers: parties(sampling.suppliers, INVOICES_PER_SUPPLIER)?,
        employees: parties(sampling.employees, INVOICES_PER_EMPLOYEE)?,
        until: sampling.until,
    })
}
