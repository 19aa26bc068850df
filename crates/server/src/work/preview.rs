//! The preview of other settings of a unit's checks, when nothing else is due.
//!
//! Not for: asking for one, or keeping the settings.
//!
//! Invariant: no finding is changed; cut off, it is begun anew when its lease has lapsed.

use std::error::Error as StdError;
use std::panic::AssertUnwindSafe;

use domain::finding::{CheckedUnit, SettingsEffect};
use futures_util::FutureExt as _;
use jiff::SignedDuration;
use store::ClaimedPreview;
use tokio_util::sync::CancellationToken;

use super::{Failure, WorkerParts, after_stop, checking};
use crate::ledgers::CheckProgress;

/// Longer than a run may take: nobody prolongs it.
const LEASE: SignedDuration = SignedDuration::from_mins(70);

/// Why nothing came of it, for people; the log has the rest.
const FAILED: &str =
    "the checks failed; the server's log says why: ask for another preview when that is mended";

/// Nobody watches how far a preview is.
struct NoWatcher;

impl CheckProgress for NoWatcher {
    fn at(&self, _done: f64, _what: &str) {}
}

/// Carries out one preview, if one is due; whether there was one.
pub(super) async fn run_next(
    parts: &WorkerParts,
    stop: &CancellationToken,
) -> Result<bool, store::Error> {
    let system = parts.store.system();
    let fence = i64::from_ne_bytes(parts.randomness.bytes());
    let Some(claimed) = system.claim_check_preview(parts.clock.now(), LEASE, fence).await? else {
        return Ok(false);
    };
    let tried = tokio::select! {
        tried = AssertUnwindSafe(effect(parts, &claimed)).catch_unwind() => tried,
        () = after_stop(stop) => return Ok(true),
    };
    let (customer, unit) = (&claimed.customer, &claimed.unit);
    let came_to = match tried {
        Ok(Ok(effect)) => Ok(effect),
        Ok(Err(error)) => {
            tracing::error!(%customer, %unit, error = &error as &dyn StdError, "settings were not tried");
            Err(FAILED)
        }
        Err(_panic) => {
            tracing::error!(%customer, %unit, "a preview of settings panicked");
            Err(FAILED)
        }
    };
    let came_to = came_to.as_ref().map_err(|why| *why);
    match system.finish_check_preview(&claimed, came_to, parts.clock.now()).await {
        Ok(()) | Err(store::Error::LeaseLost) => Ok(true),
        Err(other) => Err(other),
    }
}

async fn effect(parts: &WorkerParts, claimed: &ClaimedPreview) -> Result<SettingsEffect, Failure> {
    let of = CheckedUnit { customer: claimed.customer.clone(), unit: claimed.unit.clone() };
    let request = checking::request(parts, of, claimed.settings.clone()).await?;
    let found = parts.checker.check(&request, &NoWatcher).await?;
    let customer = parts.store.customer(&claimed.customer);
    Ok(customer.settings_effect(&claimed.unit, &found).await?)
}
