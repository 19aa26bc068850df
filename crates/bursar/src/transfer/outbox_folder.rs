//! Where the outbox is: named by a flag, the environment, bursar.toml, or the usual place of this machine.

use std::path::PathBuf;

use crate::args::{OutboxFolder, ProfileArgs};
use crate::config::profile;
use crate::journal::Journal;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::system::System;

/// Below the folder of a user's or the machine's state.
const BELOW: &str = "bursar/outbox";

/// Opens the outbox that the flag, the environment, bursar.toml or the machine names.
pub async fn open(
    asked: &OutboxFolder,
    profile: &ProfileArgs,
    system: &System,
) -> Result<Journal, Failure> {
    let folder = place(asked, profile, system)?;
    Journal::open(&folder, &(system.new_id)()).await
}

/// The folder of the outbox.
pub fn place(
    asked: &OutboxFolder,
    profile: &ProfileArgs,
    system: &System,
) -> Result<PathBuf, Failure> {
    let set = |name: &str| system.env_var(name).map(PathBuf::from);
    if let Some(folder) = asked.outbox.clone().or_else(|| set("BURSAR_OUTBOX")) {
        return Ok(folder);
    }
    if let Some(folder) = profile::outbox(profile.config.as_deref(), system)? {
        return Ok(folder);
    }
    // systemd's StateDirectory= is the program's own already.
    if let Some(folder) = set("STATE_DIRECTORY") {
        return Ok(folder.join("outbox"));
    }
    let below_home = || set("HOME").map(|home| home.join(".local/state"));
    set("XDG_STATE_HOME")
        .or_else(|| set("LOCALAPPDATA"))
        .or_else(below_home)
        .or_else(|| set("PROGRAMDATA"))
        .map(|folder| folder.join(BELOW))
        .ok_or_else(|| {
            Failure::new(
                ExitCode::OutputFailed,
                "there is no folder for the outbox, which remembers what was sent",
                "Name one that lasts with --outbox FOLDER or BURSAR_OUTBOX; this user has no HOME.",
            )
        })
}
