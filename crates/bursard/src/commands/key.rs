//! `bursard key rotate|retire`

use std::process::ExitCode;

use anyhow::bail;

use crate::cli::Settings;
use crate::deployment::Deployment;
use crate::output;
use crate::system;

pub(super) async fn rotate(settings: &Settings) -> anyhow::Result<ExitCode> {
    let deployment = Deployment::open(settings).await?;
    let id = server::keys::add_key(&deployment.store, system::now()).await?;
    output::fact("made", "signing key", format_args!("{id} (Ed25519)"));
    output::note(
        "New tokens are signed with it. Tokens in use stay good until they expire or are revoked.",
    );
    Ok(ExitCode::SUCCESS)
}

/// Retires a key, unless it is the last that signs.
pub(super) async fn retire(settings: &Settings, kid: &str) -> anyhow::Result<ExitCode> {
    let system = Deployment::open(settings).await?.store.system();
    let keys = system.signing_keys().await?;
    if !keys.iter().any(|key| key.kid == kid) {
        let known: Vec<&str> = keys.iter().map(|key| key.kid.as_str()).collect();
        bail!("there is no signing key {kid}; there are {}", known.join(", "));
    }
    if keys.iter().all(|key| key.kid == kid || key.retired_at.is_some()) {
        bail!("{kid} is the only key that signs; make another first, with: bursard key rotate");
    }
    let was_in_use = system.retire_signing_key(kid, system::now()).await?;
    let said = if was_in_use { "is retired" } else { "was retired before" };
    output::line(format_args!("{kid} {said}"));
    output::note(
        "Every token that it signed is refused within a minute. Make new ones with: bursard token issue",
    );
    Ok(ExitCode::SUCCESS)
}
