//! After a run: credits that have come in held against money that was asked for.
//!
//! Not for: what makes a credit the answer to a claim (`domain::finding`).
//!
//! Invariant: a fault here costs the run nothing; the next one looks again.

use std::error::Error as StdError;

use domain::finding::{CheckedUnit, matched_credits};

use super::{Failure, WorkerParts};

/// Notes credits that may be the answer to a claim, and takes those that are certain where an administrator
/// has said so.
pub(super) async fn look(parts: &WorkerParts, of: &CheckedUnit) {
    match find(parts, of).await {
        Ok(0) => {}
        Ok(found) => {
            tracing::info!(customer = %of.customer, unit = %of.unit, found, "credits matched");
        }
        Err(error) => tracing::warn!(
            customer = %of.customer, unit = %of.unit, error = &error as &dyn StdError,
            "credits not looked for"
        ),
    }
}

async fn find(parts: &WorkerParts, of: &CheckedUnit) -> Result<usize, Failure> {
    let customer = parts.store.customer(&of.customer);
    let claims = customer.open_claims(&of.unit).await?;
    let Some(since) = claims.iter().map(|claim| claim.asked_on).min() else { return Ok(0) };
    let mut suppliers: Vec<String> = claims.iter().map(|claim| claim.supplier.clone()).collect();
    suppliers.sort_unstable();
    suppliers.dedup();
    let credits = parts.checker.credits(of, &suppliers, since).await?;
    let found = matched_credits(&claims, &credits);
    let now = parts.clock.now();
    let new = customer.keep_credit_matches(&of.unit, &found, now).await?;
    customer.take_certain_credits(&of.unit, &new, now).await?;
    Ok(new.len())
}
