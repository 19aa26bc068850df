//! `bursard token issue|list|revoke`
//!
//! Invariant: a token is printed once, alone on standard output, and kept nowhere.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use domain::{AccessScope, CustomerName, FileType, Role, TokenId, UnitName};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use server::tokens::{self, NewToken};
use store::{SystemStore, TokenRecord, TokenStanding};

use crate::cli::{EXIT_FOUND_BAD, Settings, TokenCommand};
use crate::deployment::Deployment;
use crate::output;
use crate::system;

/// Longer than anybody remembers where a token is used.
const VALID_YEARS_MAX: i64 = 5;

pub(super) async fn run(settings: &Settings, command: TokenCommand) -> anyhow::Result<ExitCode> {
    let deployment = Deployment::open(settings).await?;
    match command {
        TokenCommand::Issue { customer, units, types, role, valid_for, label } => {
            let wanted = TokenTerms { customer, units, types, role, valid_for, label };
            issue(&deployment, wanted).await?;
        }
        TokenCommand::List { customer, format } => {
            let mut tokens = deployment.store.system().tokens(customer.as_ref()).await?;
            // What is presented over SFTP is listed by bursard sftp.
            tokens.retain(|token| token.sftp.is_none());
            if format.json {
                let now = system::now();
                output::json(&tokens.iter().map(|token| to_json(token, now)).collect::<Vec<_>>());
            } else {
                table(&tokens, system::now());
            }
        }
        TokenCommand::Revoke { token } => return revoke(&deployment, token).await,
    }
    Ok(ExitCode::SUCCESS)
}

struct TokenTerms {
    customer: CustomerName,
    units: Vec<UnitName>,
    types: Vec<FileType>,
    role: Role,
    valid_for: String,
    label: String,
}

async fn issue(deployment: &Deployment, wanted: TokenTerms) -> anyhow::Result<()> {
    let TokenTerms { customer, units, types, role, valid_for, label } = wanted;
    if !types.is_empty() && !role.may_upload() {
        bail!(
            "--type limits what is sent, and a token of the role {role} sends nothing; leave it out"
        );
    }
    deployment.customer_with_units(&customer, &units).await?;
    let now = system::now();
    let expires_at = end_of(&valid_for, now)?;
    let id = TokenId::new(now, system::randomness().bytes());
    let scope = AccessScope {
        customer,
        units: (!units.is_empty()).then_some(units),
        types: (!types.is_empty()).then_some(types),
    };
    let made_by = system::OPERATOR.to_owned();
    let new = NewToken { id, scope, role, label, made_by, valid_from: now, expires_at };
    let keys = deployment.keys().await?;
    let region = &deployment.config.region;
    let token = tokens::issue(&deployment.store, &keys, region, new, now)
        .await
        .context("the token was not made")?;
    output::note("Shown once; Bursar keeps no copy. Treat it like a password.");
    output::line(token.expose());
    output::note(format_args!(
        "expires {} · revoke with: bursard token revoke {id}",
        output::day(expires_at)
    ));
    Ok(())
}

/// The end of a time such as `90d` that begins now.
pub(super) fn end_of(valid_for: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    let advice = "--valid-for takes a time such as 12h, 90d, 12w or 1y, of at most five years";
    let span: Span = valid_for.parse().context(advice)?;
    let zoned = now.to_zoned_datetime(TimeZone::UTC);
    let end = zoned.checked_add(span).context(advice)?;
    let latest = zoned.checked_add(Span::new().years(VALID_YEARS_MAX)).context(advice)?;
    if end <= zoned || end > latest {
        bail!("{advice}");
    }
    Ok(end.timestamp())
}

async fn revoke(deployment: &Deployment, token: TokenId) -> anyhow::Result<ExitCode> {
    let system = deployment.store.system();
    if system.token(token).await?.is_none() {
        output::note(format_args!("there is no token {token}; list them with: bursard token list"));
        return Ok(ExitCode::from(EXIT_FOUND_BAD));
    }
    revoke_known(&system, token).await
}

/// Revokes a token or a credential that there is.
pub(super) async fn revoke_known(system: &SystemStore, id: TokenId) -> anyhow::Result<ExitCode> {
    let was_good = system.revoke_token(id, system::OPERATOR, system::now()).await?;
    output::line(format_args!("{id} {}", if was_good { "revoked" } else { "was revoked before" }));
    Ok(ExitCode::SUCCESS)
}

pub(super) const fn standing_words(standing: TokenStanding) -> &'static str {
    match standing {
        TokenStanding::Revoked { .. } => "revoked",
        TokenStanding::KeyRetired { .. } => "key retired",
        TokenStanding::Expired => "expired",
        TokenStanding::NotYetValid => "not yet valid",
        TokenStanding::Good => "good",
    }
}

fn table(tokens: &[TokenRecord], now: Timestamp) {
    if tokens.is_empty() {
        output::note("no tokens yet; make one with: bursard token issue --customer NAME");
        return;
    }
    let columns = [
        ("TOKEN", 30),
        ("STANDING", 13),
        ("CUSTOMER", 16),
        ("ROLE", 8),
        ("ENDS", 11),
        ("LAST USED", 11),
        ("LABEL", 0),
    ];
    let row = |token: &TokenRecord| {
        [
            token.id.to_string(),
            standing_words(token.standing(now)).to_owned(),
            token.scope.customer.to_string(),
            token.role.as_str().to_owned(),
            output::day(token.expires_at),
            token.last_used_at.map_or_else(|| "never".to_owned(), output::day),
            token.label.clone(),
        ]
    };
    output::table(columns, tokens.iter().map(row));
}

fn to_json(token: &TokenRecord, now: Timestamp) -> serde_json::Value {
    serde_json::json!({
        "id": token.id,
        "customer": token.scope.customer,
        "units": token.scope.units,
        "types": token.scope.types,
        "role": token.role,
        "label": token.label,
        "keyId": token.kid,
        "keyRetiredAt": token.key_retired_at,
        "standing": standing_words(token.standing(now)),
        "issuedAt": token.issued_at,
        "notBefore": token.not_before,
        "expiresAt": token.expires_at,
        "revokedAt": token.revoked_at,
        "madeBy": token.made_by,
        "lastUsedAt": token.last_used_at,
        "lastUsedFrom": token.last_used_from,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_validity() {
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        for (valid_for, end) in [
            ("90d", "2027-02-21T10:00:00Z"),
            ("12h", "2026-11-23T22:00:00Z"),
            ("2w", "2026-12-07T10:00:00Z"),
            ("1y", "2027-11-23T10:00:00Z"),
        ] {
            assert_eq!(end_of(valid_for, now).unwrap().to_string(), end, "{valid_for}");
        }
        for bad in ["", "90", "-1d", "0d", "6y", "for ever"] {
            assert!(end_of(bad, now).is_err(), "{bad}");
        }
    }
}
