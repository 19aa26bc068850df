//! `bursard key list|rotate|retire`

use std::process::ExitCode;

use anyhow::bail;
use jiff::Timestamp;
use server::checkpoints;
use store::{SigningKeyRecord, TokenRecord};

use crate::checkpoint_file;
use crate::cli::{Format, KeyCommand, Settings};
use crate::deployment::Deployment;
use crate::output;
use crate::system;

pub(super) async fn run(settings: &Settings, command: KeyCommand) -> anyhow::Result<ExitCode> {
    let deployment = Deployment::open(settings).await?;
    match command {
        KeyCommand::List(format) => list(&deployment, format).await?,
        KeyCommand::Rotate => rotate(&deployment).await?,
        KeyCommand::Retire { key } => retire(&deployment, &key).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The key that signs: the newest that is not retired, of keys in the order of the store.
pub(super) fn signer(keys: &[SigningKeyRecord]) -> Option<&SigningKeyRecord> {
    keys.iter().find(|key| key.retired_at.is_none())
}

async fn list(deployment: &Deployment, format: Format) -> anyhow::Result<()> {
    let system = deployment.store.system();
    let keys = system.signing_keys().await?;
    let tokens = system.tokens(None).await?;
    let now = system::now();
    let working = |kid: &str| working_of(&tokens, kid, now).count();
    let signer = signer(&keys).map(|key| key.kid.as_str());
    if format.json {
        let keys = keys.iter().map(|key| {
            serde_json::json!({
                "keyId": key.kid,
                "algorithm": key.algorithm.as_str(),
                "createdAt": key.created_at,
                "retiredAt": key.retired_at,
                "signs": signer == Some(key.kid.as_str()),
                "workingTokens": working(&key.kid),
            })
        });
        output::json(&keys.collect::<Vec<_>>());
        return Ok(());
    }
    let columns =
        [("KEY", 6), ("ALGORITHM", 9), ("MADE", 11), ("STANDING", 23), ("TOKENS THAT WORK", 0)];
    let rows = keys.iter().map(|key| {
        let standing = match key.retired_at {
            Some(at) => format!("retired {}", output::day(at)),
            None if signer == Some(key.kid.as_str()) => "signs".to_owned(),
            None => "verifies".to_owned(),
        };
        [
            key.kid.clone(),
            key.algorithm.as_str().to_owned(),
            output::day(key.created_at),
            standing,
            working(&key.kid).to_string(),
        ]
    });
    output::table(columns, rows);
    Ok(())
}

async fn rotate(deployment: &Deployment) -> anyhow::Result<()> {
    let id = server::keys::add_key(&deployment.store, system::now()).await?;
    output::fact("made", "signing key", format_args!("{id} (Ed25519)"));
    output::note(
        "New tokens are signed with it. Tokens in use stay good until they expire or are revoked.",
    );
    Ok(())
}

/// Retires a key, unless it is the last that signs.
async fn retire(deployment: &Deployment, kid: &str) -> anyhow::Result<()> {
    let system = deployment.store.system();
    let keys = system.signing_keys().await?;
    if !keys.iter().any(|key| key.kid == kid) {
        let known: Vec<&str> = keys.iter().map(|key| key.kid.as_str()).collect();
        bail!("there is no signing key {kid}; there are {}", known.join(", "));
    }
    if keys.iter().all(|key| key.kid == kid || key.retired_at.is_some()) {
        bail!("{kid} is the only key that signs; make another first, with: bursard key rotate");
    }
    let now = system::now();
    let ended = working_of(&system.tokens(None).await?, kid, now).count();
    if !system.retire_signing_key(kid, now).await? {
        output::line(format_args!("{kid} was retired before"));
        return Ok(());
    }
    output::line(format_args!("{kid} is retired"));
    let (tokens, are) = match ended {
        1 => ("1 access token".to_owned(), "is"),
        more => (format!("{more} access tokens"), "are"),
    };
    output::note(format_args!(
        "{tokens} that worked until now, signed by it, {are} refused within a minute: bursard token list says which. \
         Make new ones with: bursard token issue"
    ));
    // What was signed until now speaks for entries until now; the next key speaks for all of them.
    let keys = deployment.keys().await?;
    let checkpoint = checkpoints::sign(&keys, system.audit_end().await?, now)?;
    let folder = &deployment.config.data_dir;
    let file = checkpoint_file::path(folder);
    match checkpoint_file::append(folder, &checkpoint) {
        Ok(()) => output::note(format_args!(
            "A checkpoint of the audit log by the key that signs now is in {}. Those that {kid} signed before are \
             still read, and audit verify says that it is retired.",
            file.display()
        )),
        Err(error) => output::note(format_args!(
            "no checkpoint was added to {}: {error}. Print one with: bursard audit checkpoint",
            file.display()
        )),
    }
    Ok(())
}

/// The tokens that a key signed and that work.
fn working_of<'a>(
    tokens: &'a [TokenRecord],
    kid: &'a str,
    now: Timestamp,
) -> impl Iterator<Item = &'a TokenRecord> {
    tokens.iter().filter(move |token| token.kid == kid && token.sftp.is_none() && token.works(now))
}
