//! `bursard key rotate`

use std::process::ExitCode;

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
