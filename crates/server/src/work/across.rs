//! The comparison of a customer's units, when nothing else is due.
//!
//! Not for: asking for one.
//!
//! Invariant: whatever comes of it is written down; cut off, it is begun anew when its lease has lapsed.

use std::error::Error as StdError;
use std::panic::AssertUnwindSafe;

use domain::finding::AcrossRequest;
use futures_util::FutureExt as _;
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::{WorkerParts, after_stop};

/// Longer than a run may take: nobody prolongs it.
const LEASE: SignedDuration = SignedDuration::from_mins(70);

/// Why nothing came of it, for people; the log has the rest.
const FAILED: &str =
    "the comparison failed; the server's log says why: ask for another when that is mended";

/// Does one comparison, if one is due; whether there was one.
pub(super) async fn run_next(
    parts: &WorkerParts,
    stop: &CancellationToken,
) -> Result<bool, store::Error> {
    let system = parts.store.system();
    let fence = i64::from_ne_bytes(parts.randomness.bytes());
    let Some(claimed) = system.claim_across(parts.clock.now(), LEASE, fence).await? else {
        return Ok(false);
    };
    let units = parts.store.customer(&claimed.customer).units().await?;
    let request = AcrossRequest {
        customer: claimed.customer.clone(),
        units: units.clone(),
        now: parts.clock.now(),
    };
    let compared = tokio::select! {
        compared = AssertUnwindSafe(parts.checker.check_across(&request)).catch_unwind() => compared,
        () = after_stop(stop) => return Ok(true),
    };
    let outcome = match compared {
        Ok(Ok(outcome)) => Ok(outcome),
        Ok(Err(error)) => {
            tracing::error!(customer = %claimed.customer, error = &error as &dyn StdError, "units were not compared");
            Err(FAILED)
        }
        Err(_panic) => {
            tracing::error!(customer = %claimed.customer, "the comparison of units panicked");
            Err(FAILED)
        }
    };
    let came_to = outcome.as_ref().map_err(|why| *why);
    match system.finish_across(&claimed, &units, came_to, parts.clock.now()).await {
        Ok(()) | Err(store::Error::LeaseLost) => Ok(true),
        Err(other) => Err(other),
    }
}
