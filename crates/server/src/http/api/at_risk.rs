//! Amounts that came back, held against what is at risk: more is a slip of a program or a keyboard more often
//! than not, and would be in every sum.
//!
//! Not for: forms, which ask in their field (`pages::verdicts::recovered`). Invariant: more than is at risk
//! is taken from whoever says it twice.

use domain::{Amount, FindingKey, RefusalCode};

use crate::http::access::Analyst;
use crate::http::error::ApiError;

/// An amount, and the amount once more where it is right though it is more than is at risk.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecoveredAmount {
    pub(super) amount: Option<Amount>,
    pub(super) above: Option<Amount>,
}

/// Refuses an amount that is more than is at risk in one of some findings and was not said twice. What names
/// no money has nothing to be held against; what is not there is refused by whoever decides.
pub(super) async fn not_above_at_risk(
    analyst: &Analyst,
    findings: impl IntoIterator<Item = &FindingKey> + Send,
    RecoveredAmount { amount, above }: RecoveredAmount,
) -> Result<(), ApiError> {
    let Some(amount) = amount.filter(|_| amount != above) else { return Ok(()) };
    for key in findings.into_iter().cloned().collect::<Vec<_>>() {
        let found = analyst.store.finding(&analyst.unit, &key).await?;
        let at_risk = found.and_then(|found| found.finding.at_risk);
        if let Some(at_risk) = at_risk.filter(|at_risk| amount > at_risk.amount) {
            let currency = at_risk.currency.map(|code| format!(" {code}")).unwrap_or_default();
            return Err(ApiError::saying(
                RefusalCode::DecisionImpossible,
                format_args!(
                    "{amount} is more than the {}{currency} at risk in {key}, so nothing was written; if it is \
                     right, send the amount once more as above",
                    at_risk.amount
                ),
            ));
        }
    }
    Ok(())
}
