//! `bursard sftp add|list|revoke`: credentials of SFTP.
//!
//! Invariant: a password is printed once, alone on standard output, and kept nowhere.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use domain::{CustomerName, TokenId};
use jiff::Timestamp;
use server::sftp_credentials::{self, NewSftpCredential, SftpUser, SshPublicKey, proof_words};
use store::TokenRecord;

use super::token::{end_of, revoke_known, standing_words};
use crate::cli::{EXIT_FOUND_BAD, Settings, SftpCommand};
use crate::deployment::Deployment;
use crate::output;
use crate::system;

pub(super) async fn run(settings: &Settings, command: SftpCommand) -> anyhow::Result<ExitCode> {
    let deployment = Deployment::open(settings).await?;
    match command {
        SftpCommand::Add { place, public_key, valid_for, label } => {
            let user = SftpUser { unit: place.unit(), customer: place.customer };
            let public_key = public_key.as_deref().map(read_key).transpose()?;
            let wanted = CredentialTerms { user, public_key, valid_for, label };
            add(&deployment, wanted).await?;
        }
        SftpCommand::List { customer, format } => {
            let credentials = credentials(&deployment, customer.as_ref()).await?;
            let now = system::now();
            if format.json {
                let listed = credentials.iter().map(|credential| to_json(credential, now));
                output::json(&listed.collect::<Vec<_>>());
            } else {
                table(&credentials, now);
            }
        }
        SftpCommand::Revoke { credential } => return revoke(&deployment, credential).await,
    }
    Ok(ExitCode::SUCCESS)
}

struct CredentialTerms {
    user: SftpUser,
    public_key: Option<SshPublicKey>,
    valid_for: String,
    label: String,
}

fn read_key(path: &Path) -> anyhow::Result<SshPublicKey> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("cannot read the public key {}", path.display()))?;
    text.parse().with_context(|| format!("the public key {} cannot be used", path.display()))
}

async fn add(deployment: &Deployment, wanted: CredentialTerms) -> anyhow::Result<()> {
    let CredentialTerms { user, public_key, valid_for, label } = wanted;
    deployment.customer_with_units(&user.customer, [&user.unit]).await?;
    let (now, randomness) = (system::now(), system::randomness());
    let id = TokenId::new(now, randomness.bytes());
    let name = user.to_string();
    let new = NewSftpCredential {
        id,
        user,
        label,
        made_by: system::OPERATOR.to_owned(),
        expires_at: end_of(&valid_for, now)?,
        public_key,
    };
    let expires_at = new.expires_at;
    let keys = deployment.keys().await?;
    let password = sftp_credentials::add(&deployment.store, &keys, &randomness, new, now)
        .await
        .context("the credential was not made")?;
    if let Some(password) = password {
        output::note("Shown once; Bursar keeps no copy.");
        output::line(password.expose());
    }
    if deployment.config.sftp_listen.is_none() {
        output::note(
            "no address of SFTP is set here: unless bursard serve was given one by --sftp-listen, set listen below \
             [sftp] in bursard.toml and start it again",
        );
    }
    output::note(format_args!(
        "signs in as {name} · expires {} · revoke with: bursard sftp revoke {id}",
        output::day(expires_at)
    ));
    Ok(())
}

async fn credentials(
    deployment: &Deployment,
    customer: Option<&CustomerName>,
) -> anyhow::Result<Vec<TokenRecord>> {
    let mut tokens = deployment.store.system().tokens(customer).await?;
    tokens.retain(|token| token.sftp.is_some());
    Ok(tokens)
}

async fn revoke(deployment: &Deployment, id: TokenId) -> anyhow::Result<ExitCode> {
    let system = deployment.store.system();
    let known = system.token(id).await?.filter(|token| token.sftp.is_some());
    if known.is_none() {
        let advice = "list them with: bursard sftp list";
        output::note(format_args!("there is no credential of SFTP {id}; {advice}"));
        return Ok(ExitCode::from(EXIT_FOUND_BAD));
    }
    revoke_known(&system, id).await
}

/// The name that a credential signs in with.
fn user(credential: &TokenRecord) -> String {
    let customer = credential.scope.customer.clone();
    let units = credential.scope.units.as_deref().unwrap_or_default();
    let unit = units.first().expect("a credential of SFTP is of one unit").clone();
    SftpUser { customer, unit }.to_string()
}

fn table(credentials: &[TokenRecord], now: Timestamp) {
    if credentials.is_empty() {
        output::note("no credentials yet; make one with: bursard sftp add --customer NAME");
        return;
    }
    let columns = [
        ("CREDENTIAL", 30),
        ("STANDING", 13),
        ("USER", 16),
        ("ENDS", 11),
        ("LAST USED", 11),
        ("LABEL", 32),
        ("PROOF", 0),
    ];
    let row = |credential: &TokenRecord| {
        [
            credential.id.to_string(),
            standing_words(credential.standing(now)).to_owned(),
            user(credential),
            output::day(credential.expires_at),
            credential.last_used_at.map_or_else(|| "never".to_owned(), output::day),
            credential.label.clone(),
            proof_words(credential),
        ]
    };
    output::table(columns, credentials.iter().map(row));
}

fn to_json(credential: &TokenRecord, now: Timestamp) -> serde_json::Value {
    serde_json::json!({
        "id": credential.id,
        "user": user(credential),
        "customer": credential.scope.customer,
        "unit": credential.scope.units.as_deref().and_then(<[_]>::first),
        "label": credential.label,
        "proof": proof_words(credential),
        "standing": standing_words(credential.standing(now)),
        "issuedAt": credential.issued_at,
        "expiresAt": credential.expires_at,
        "revokedAt": credential.revoked_at,
        "madeBy": credential.made_by,
        "lastUsedAt": credential.last_used_at,
        "lastUsedFrom": credential.last_used_from,
    })
}
