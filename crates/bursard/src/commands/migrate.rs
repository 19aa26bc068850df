//! `bursard migrate --to FILE`: everything moved to another database and other files.
//!
//! Invariant: where it came from nothing is changed, so that the way back is to go on there.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use store::Store;

use super::restore::{report_on, say};
use crate::cli::{EXIT_FOUND_BAD, Format, Settings};
use crate::config::Config;
use crate::deployment::Deployment;
use crate::output;
use crate::ownership;

pub(super) async fn run(
    settings: &Settings,
    to: &Path,
    format: Format,
) -> anyhow::Result<ExitCode> {
    let Deployment { config, store } = Deployment::open(settings).await?;
    // What flags and the environment say is about the old places.
    let new = Settings {
        data_dir: Some(config.data_dir.clone()),
        config: Some(to.to_owned()),
        ..Settings::default()
    };
    let new_config = Config::read(&new)?;
    let new = &new_config.store;
    let (old, named) = (&config.store, [&new.database.to_string(), &new.objects.to_string()]);
    if [&old.database.to_string(), &old.objects.to_string()]
        .iter()
        .zip(named)
        .any(|(old, new)| **old == *new)
    {
        bail!(
            "{} has to name another database and other files than those in use: {} and {}",
            to.display(),
            old.database,
            old.objects
        );
    }
    let other = Store::open(new).await;
    let other =
        other.with_context(|| format!("cannot open {} and {}", new.database, new.objects))?;
    let moved = store.system().copy_everything_to(&other, say).await;
    output::status("");
    let report = match moved {
        Err(store::Error::Conflict { what }) => bail!(
            "the {what} to move to holds something else, or what an earlier try left is older than what is here; \
             empty it and give the command again"
        ),
        moved => moved.context("not all was moved; give the command again to go on")?,
    };
    other.close().await;
    store.close().await;
    ownership::give_to_owner(&new_config);
    report_on(&report, format, &format!("moved to {} and {}", new.database, new.objects));
    if report.has_changed {
        output::note(
            "Something was received or done here meanwhile, and is not there: stop the server, empty the new places \
             and give the command again.",
        );
    } else if !format.json {
        output::note(format_args!(
            "Nothing was changed here. Go on there with: bursard --data-dir {} --config {} serve",
            config.data_dir.display(),
            to.display()
        ));
    }
    Ok(if report.is_whole() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FOUND_BAD) })
}
