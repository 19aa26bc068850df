//! `bursard check add|try|own|export|on|off|remove|undo`: checks of a unit's own, as folders.
//!
//! Not for: which SQL is run (`analysis`).
//!
//! Invariant: a check is never on that has not just run over the unit's own ledgers.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use domain::finding::{CheckedUnit, OwnCheckTrial};
use domain::{OwnCheck, OwnCheckDescription, OwnCheckName};
use store::{CustomerStore, Decider, KeptOwnCheck, OwnCheckState};

use super::ask;
use crate::cli::{EXIT_FOUND_BAD, OwnCheckCommand, OwnCheckPlace, UnitArgs};
use crate::deployment::Deployment;
use crate::ledgers;
use crate::output;
use crate::system;

/// The name of who does it, as people read it beside a version.
const OPERATOR: &str = "operator (bursard check)";
/// Titles of a preview.
const SHOWN: usize = 10;

pub(super) async fn run(
    deployment: &Deployment,
    command: OwnCheckCommand,
) -> anyhow::Result<ExitCode> {
    match command {
        OwnCheckCommand::Add { folder, place, off } => {
            let state = if off { OwnCheckState::Off } else { OwnCheckState::On };
            add(deployment, &folder, &place, state).await
        }
        OwnCheckCommand::Try { folder, place } => {
            let check = read_folder(&folder)?;
            let trial = try_check(deployment, &place, &check).await?;
            Ok(show(&trial))
        }
        OwnCheckCommand::Own { place } => {
            let kept = customer(deployment, &place).await?.own_checks(&place.unit()).await?;
            list(&kept);
            Ok(ExitCode::SUCCESS)
        }
        OwnCheckCommand::Export { of, into } => {
            let kept = newest(deployment, &of).await?;
            write_folder(&kept.check, &into)?;
            Ok(ExitCode::SUCCESS)
        }
        OwnCheckCommand::On { of } => set(deployment, &of, Some(OwnCheckState::On)).await,
        OwnCheckCommand::Off { of } => set(deployment, &of, Some(OwnCheckState::Off)).await,
        OwnCheckCommand::Remove { of } => set(deployment, &of, Some(OwnCheckState::Removed)).await,
        OwnCheckCommand::Undo { of } => set(deployment, &of, None).await,
    }
}

async fn add(
    deployment: &Deployment,
    folder: &Path,
    place: &UnitArgs,
    state: OwnCheckState,
) -> anyhow::Result<ExitCode> {
    let check = read_folder(folder)?;
    let trial = try_check(deployment, place, &check).await?;
    let code = show(&trial);
    if trial.refused.is_some() {
        output::note("nothing was kept");
        return Ok(code);
    }
    let store = customer(deployment, place).await?;
    let version = store.keep_own_check(&place.unit(), &check, state, &decider()).await?;
    output::line(format_args!("{} is kept as version {version}, and is {state}", check.name));
    follow(deployment, place).await
}

async fn set(
    deployment: &Deployment,
    of: &OwnCheckPlace,
    state: Option<OwnCheckState>,
) -> anyhow::Result<ExitCode> {
    let (store, unit) = (customer(deployment, &of.place).await?, of.place.unit());
    let versions = store.own_check_versions(&unit, &of.name).await?;
    let Some(newest) = versions.first() else { bail!("{}", unknown(of)) };
    let goes_on = match state {
        Some(OwnCheckState::On) => Some(newest),
        None => versions.get(1).filter(|before| before.state == OwnCheckState::On),
        Some(_) => None,
    };
    if let Some(kept) = goes_on {
        let trial = try_check(deployment, &of.place, &kept.check).await?;
        let code = show(&trial);
        if trial.refused.is_some() {
            output::note("nothing was changed");
            return Ok(code);
        }
    }
    let seen = (&of.name, newest.version);
    let version = match state {
        Some(state) => store.set_own_check_state(&unit, seen, state, &decider()).await?,
        None => store.undo_own_check(&unit, seen, &decider()).await?,
    };
    let now = store.own_check_versions(&unit, &of.name).await?;
    let state = now.first().map_or(OwnCheckState::Removed, |kept| kept.state);
    output::line(format_args!("{} is {state} as version {version}", of.name));
    follow(deployment, &of.place).await
}

/// Asks for a run, which a check that was changed is to be seen by.
async fn follow(deployment: &Deployment, place: &UnitArgs) -> anyhow::Result<ExitCode> {
    if let Some(run) = ask(&deployment.store, place).await? {
        output::note(format_args!("{} waits for its turn", run.run_id));
    }
    Ok(ExitCode::SUCCESS)
}

async fn try_check(
    deployment: &Deployment,
    place: &UnitArgs,
    check: &OwnCheck,
) -> anyhow::Result<OwnCheckTrial> {
    let store = customer(deployment, place).await?;
    let of = CheckedUnit { customer: place.customer.clone(), unit: place.unit() };
    let settings = store.check_settings(&of.unit).await?;
    let ledgers = ledgers::open(&deployment.store, deployment.config.keep_days)?;
    let browser = ledgers::for_pages(ledgers::browser(ledgers)?);
    Ok(browser.try_own_check(&of, &settings, check).await?)
}

fn show(trial: &OwnCheckTrial) -> ExitCode {
    if let Some(why) = &trial.refused {
        output::note(format_args!("it cannot be run: {why}"));
        return ExitCode::from(EXIT_FOUND_BAD);
    }
    output::line(format_args!("it finds {} in {} ms", trial.found, trial.milliseconds));
    for finding in trial.findings.iter().take(SHOWN) {
        output::line(format_args!("  {}", finding.title));
    }
    ExitCode::SUCCESS
}

fn list(kept: &[KeptOwnCheck]) {
    if kept.is_empty() {
        output::note("the unit has no checks of its own; add one with: bursard check add FOLDER");
        return;
    }
    output::line(format_args!("{:<40}  {:<8}  {:>7}  TITLE", "NAME", "IS", "VERSION"));
    for KeptOwnCheck { check, version, state, .. } in kept {
        let (name, title) = (check.name.as_str(), &check.description.title);
        output::line(format_args!("{name:<40}  {:<8}  {version:>7}  {title}", state.as_str()));
    }
}

async fn customer(deployment: &Deployment, place: &UnitArgs) -> anyhow::Result<CustomerStore> {
    let (name, unit) = (&place.customer, place.unit());
    let store = deployment.store.customer(name);
    if !store.unit_exists(&unit).await? {
        bail!(
            "there is no unit {unit} of customer {name}; list them with: bursard unit list {name}"
        );
    }
    Ok(store)
}

async fn newest(deployment: &Deployment, of: &OwnCheckPlace) -> anyhow::Result<KeptOwnCheck> {
    let store = customer(deployment, &of.place).await?;
    let versions = store.own_check_versions(&of.place.unit(), &of.name).await?;
    versions.into_iter().next().with_context(|| unknown(of))
}

fn unknown(of: &OwnCheckPlace) -> String {
    let (name, customer, unit) = (&of.name, &of.place.customer, of.place.unit());
    format!(
        "there is no check {name} of {customer} unit {unit}; list them with: bursard check own \
         --customer {customer} --unit {unit}"
    )
}

fn decider() -> Decider<'static> {
    Decider { by: OPERATOR, ..system::operator() }
}

/// The check of a folder; what else is in it, such as its cases, is left alone.
pub(super) fn read_folder(folder: &Path) -> anyhow::Result<OwnCheck> {
    let name = folder
        .canonicalize()
        .ok()
        .and_then(|folder| folder.file_name().and_then(std::ffi::OsStr::to_str).map(str::to_owned));
    let name: OwnCheckName = name
        .with_context(|| format!("there is no folder {}", folder.display()))?
        .parse()
        .with_context(|| format!("the folder {} is named otherwise", folder.display()))?;
    let text = |file: &str| {
        let path = folder.join(file);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let description: OwnCheckDescription = toml::from_str(&text("check.toml")?)
        .with_context(|| format!("{}/check.toml is not that of a check", folder.display()))?;
    let check = OwnCheck::new(name, description, &text("check.sql")?);
    check.with_context(|| format!("the check in {} cannot be kept", folder.display()))
}

fn write_folder(check: &OwnCheck, into: &Path) -> anyhow::Result<()> {
    let folder = into.join(check.name.as_str());
    fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for (file, text) in [("check.toml", check.to_toml()), ("check.sql", format!("{}\n", check.sql))]
    {
        let path = folder.join(file);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    output::line(format_args!("{}", folder.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_written_is_read_as_the_same_check() {
        let example =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/own-check/paid_by_cheque");
        let check = read_folder(Path::new(example)).unwrap();
        assert_eq!(check.name.as_str(), "paid_by_cheque");
        let place = tempfile::tempdir().unwrap();
        write_folder(&check, place.path()).unwrap();
        let again = read_folder(&place.path().join("paid_by_cheque")).unwrap();
        assert_eq!(again, check);
    }

    #[test]
    fn a_folder_that_is_no_check_says_why() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("cash");
        let said = |folder: &Path| format!("{:#}", read_folder(folder).unwrap_err());
        assert!(said(&folder).contains("there is no folder"));
        fs::create_dir(&folder).unwrap();
        assert!(said(&folder).contains("check.toml"));
        fs::write(folder.join("check.sql"), "SELECT 1").unwrap();
        for (toml, says) in [
            ("titel = \"\"", "not that of a check"),
            ("title = \"A\"\nclaim = \"b\"\ninnocent_if = \"\"", "`innocent_if` is empty"),
        ] {
            fs::write(folder.join("check.toml"), toml).unwrap();
            assert!(said(&folder).contains(says), "{}", said(&folder));
        }
    }
}
