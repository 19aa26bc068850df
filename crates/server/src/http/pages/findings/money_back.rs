//! What a page says of a finding whose money is not asked for any more: how much came back, and that nothing
//! is left to do.

use domain::Money;
use domain::finding::{RecoveryStage, Standing};

use crate::http::pages::format;

/// The end of money on its way back.
pub(super) struct MoneyBack {
    /// The money that came back, all of it; empty where none did.
    pub(super) came_back: String,
    /// In the place of what was to be done.
    pub(super) next_step: String,
}

impl MoneyBack {
    /// None while somebody is to ask or waits for money.
    pub(super) fn of(standing: &Standing, at_risk: Option<&Money>) -> Option<Self> {
        let ended = |words: &str| Self { came_back: String::new(), next_step: words.to_owned() };
        match standing.recovery_stage()? {
            RecoveryStage::ToAsk | RecoveryStage::Asked | RecoveryStage::Promised => None,
            RecoveryStage::Settled => Some(ended("It is done without money back.")),
            RecoveryStage::WrittenOff => {
                Some(ended("It is written off: nothing more of it is asked for."))
            }
            RecoveryStage::Received => {
                let recovered = standing.recovered?;
                let is_all = at_risk.is_none_or(|money| recovered >= money.amount);
                let came_back = format::of_currency(Some(recovered), at_risk);
                is_all.then(|| Self {
                    next_step: format!("{came_back} came back: nothing of it is left to ask for."),
                    came_back,
                })
            }
        }
    }
}
