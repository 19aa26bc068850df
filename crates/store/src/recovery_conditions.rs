//! The findings whose money is on its way back, as conditions of queries.
//!
//! Not for: the stages of that money (`recovery`), or any other filter of findings (`findings`).

/// The text of [`PAID_TOO_OFTEN`], for literals.
macro_rules! paid_too_often {
    () => {
        "=●●="
    };
}

/// The mark among the words of a finding of which several invoices are paid: what was paid too often may come
/// back, whatever is not paid yet.
pub(crate) const PAID_TOO_OFTEN: &str = paid_too_often!();

/// The condition of a `WHERE`, of what was decided to be true and names money that counts here, or of whose
/// money a step was kept.
pub(crate) const IN_RECOVERY: &str = " AND state = 'duplicate' \
    AND (recovery_stage IS NOT NULL OR (at_risk IS NOT NULL \
    AND (recovered IS NOT NULL OR counted IS NOT NULL OR suppressed IS NOT NULL)))";

/// The condition of a `WHERE`, of money that may come back: it has left by all that the ledger says, as
/// `Finding::is_still_here` has it, or somebody has said how far it is.
pub(crate) const MAY_COME_BACK: &str = concat!(
    " AND (recovery_stage IS NOT NULL OR recovered IS NOT NULL OR lane <> 'stop_payment' \
     OR search_words LIKE '%",
    paid_too_often!(),
    "%')"
);
