//! `bursard restored list|keep-tokens|revoke-tokens`: what came back with a backup that is served.
//!
//! Invariant: what a copy cannot know, it does not guess: a person says what of it goes on.

use std::process::ExitCode;

use jiff::Timestamp;
use store::{CopyOrigin, Store, TokenRecord};

use crate::backup_folder;
use crate::cli::{RestoredCommand, Settings};
use crate::deployment::Deployment;
use crate::output;
use crate::system;

pub(super) async fn run(settings: &Settings, command: RestoredCommand) -> anyhow::Result<ExitCode> {
    let Deployment { store, config } = Deployment::open(settings).await?;
    let (system, now) = (store.system(), system::now());
    let tokens = working_tokens(&store, now).await?;
    match command {
        RestoredCommand::List(format) => {
            let copy = system.copy().await?;
            if format.json {
                let ids: Vec<_> = tokens.iter().map(|token| token.id).collect();
                output::json(&serde_json::json!({
                    "isCopy": copy.is_some(),
                    "madeAt": copy.and_then(|copy| copy.made_at),
                    "settledAt": copy.and_then(|copy| copy.settled_at),
                    "workingTokens": ids,
                }));
            } else {
                list(copy, &tokens);
            }
        }
        RestoredCommand::KeepTokens => {
            system.settle_copy(system::OPERATOR, now).await?;
            backup_folder::unmark(&config.data_dir)?;
            output::line(format_args!("settled: {} access tokens go on", tokens.len()));
        }
        RestoredCommand::RevokeTokens => {
            for token in &tokens {
                system.revoke_token(token.id, system::OPERATOR, now).await?;
            }
            system.settle_copy(system::OPERATOR, now).await?;
            backup_folder::unmark(&config.data_dir)?;
            output::line(format_args!("settled: {} access tokens are revoked", tokens.len()));
            output::note("Make new ones with: bursard token issue --customer NAME");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The warning about a store that is a copy nobody has seen to; none of any other.
pub(super) async fn unsettled(store: &Store) -> Result<Option<String>, store::Error> {
    let copy = store.system().copy().await?;
    let Some(CopyOrigin { made_at, settled_at: None }) = copy else { return Ok(None) };
    let tokens = working_tokens(store, system::now()).await?.len();
    let of = made_at.map_or_else(String::new, |at| format!(" of {}", output::minute_in_utc(at)));
    Ok(Some(format!(
        "this is a backup{of}, and nobody has said what of it goes on: {tokens} access tokens work that may have \
         been revoked since; look with: bursard restored list"
    )))
}

async fn working_tokens(store: &Store, now: Timestamp) -> Result<Vec<TokenRecord>, store::Error> {
    let mut tokens = store.system().tokens(None).await?;
    tokens.retain(|token| token.works(now));
    Ok(tokens)
}

fn list(copy: Option<CopyOrigin>, tokens: &[TokenRecord]) {
    match copy {
        None => output::note("This store does not know itself for a copy."),
        Some(CopyOrigin { settled_at: Some(at), .. }) => {
            output::note(format_args!(
                "This was a backup, and was settled on {}.",
                output::minute_in_utc(at)
            ));
        }
        Some(CopyOrigin { made_at, settled_at: None }) => {
            let of =
                made_at.map_or_else(String::new, |at| format!(" of {}", output::minute_in_utc(at)));
            output::note(format_args!(
                "This is a backup{of}. Sessions and links of then have ended. As they were then are these access \
                 tokens, roles, disabled accounts and signing keys: what was revoked, taken away or retired since \
                 works again."
            ));
        }
    }
    for token in tokens {
        let (id, customer, role, label) =
            (token.id, &token.scope.customer, token.role, &token.label);
        let colon = if label.is_empty() { "" } else { ": " };
        output::line(format_args!(
            "bursard token revoke {id}   # {customer}, {role}{colon}{label}"
        ));
    }
    output::note(
        "When you have revoked what has to be: bursard restored keep-tokens. To be on the safe side: bursard restored \
         revoke-tokens.",
    );
}
