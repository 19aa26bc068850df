//! Holds that end with a run: no finding asks for them any more.
//!
//! Not for: those that people lift, or lift by a verdict.
//!
//! Invariant: what people confirmed goes on to be asked for, whether a run finds it again or not.

use std::collections::HashSet;

use domain::UnitName;
use domain::finding::{FindingKey, FindingState, PaymentHold, PaymentHoldState};
use jiff::Timestamp;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::as_changed;
use crate::CustomerStore;
use crate::error::Error;
use crate::holds::{COLUMNS, hold};
use crate::rows::{all, placeholders_from};
use crate::verdicts::Decider;

/// Findings asked about in one statement: far below the values that a database binds.
const KEYS_AT_ONCE: usize = 500;
/// Whoever lifts a hold where nobody does.
const BY_ITSELF: &str = "Bursar, by a run of the checks";
const BECAUSE: &str = "the last run of the checks found nothing that asks for it";

impl CustomerStore {
    /// Lets go of what findings asked for that a run has not found, or that are hidden or innocent: of an
    /// invoice that another finding asks for only of theirs. In the transaction that ends the run, once its
    /// findings are kept.
    pub(crate) async fn lift_at_run_end(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.claim_holds(transaction, unit).await?;
        let select = format!(
            "SELECT {COLUMNS} FROM holds WHERE customer = $1 AND unit = $2 AND state = $3 ORDER BY change"
        );
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(PaymentHoldState::Held.as_str())
            .fetch_all(&mut **transaction)
            .await?;
        let held = all(&rows, hold)?;
        let asking = self.asking(transaction, unit, &held).await?;
        let decider = Decider { by: BY_ITSELF, who: "system", at: now };
        let mut changed = Vec::new();
        for mut one in held {
            let before = one.findings.len();
            one.findings.retain(|key| asking.contains(key.as_str()));
            if one.findings.len() == before {
                continue;
            }
            let state = if one.findings.is_empty() {
                PaymentHoldState::Lifted
            } else {
                PaymentHoldState::Held
            };
            let one = as_changed(one, state, BECAUSE, decider)?;
            changed.push(self.write_hold(transaction, unit, one).await?);
        }
        let to = (unit, PaymentHoldState::Lifted);
        self.tell_holds(transaction, to, &changed, decider).await
    }

    /// The findings that still ask for what they hold, of those that hold anything.
    async fn asking(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        held: &[PaymentHold],
    ) -> Result<HashSet<String>, Error> {
        let keys: HashSet<&FindingKey> = held.iter().flat_map(|one| &one.findings).collect();
        let keys: Vec<&FindingKey> = keys.into_iter().collect();
        let mut asking = HashSet::new();
        for keys in keys.chunks(KEYS_AT_ONCE) {
            let select = format!(
                "SELECT key FROM findings WHERE customer = $1 AND unit = $2 AND (state = $3 \
                 OR (gone_at IS NULL AND suppressed IS NULL AND state <> $4)) AND key IN ({})",
                placeholders_from(5, keys.len())
            );
            let query = sqlx::query_scalar(AssertSqlSafe(select))
                .persistent(false)
                .bind(self.customer.as_str())
                .bind(unit.as_str())
                .bind(FindingState::Confirmed.as_str())
                .bind(FindingState::Dismissed.as_str());
            let query = keys.iter().fold(query, |query, key| query.bind(key.as_str()));
            let found: Vec<String> = query.fetch_all(&mut **transaction).await?;
            asking.extend(found);
        }
        Ok(asking)
    }
}
