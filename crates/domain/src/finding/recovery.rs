//! The stage of money on its way back, of a finding that was decided to be true.
//!
//! Not for: which findings are about money; that is their lane. Nor for the steps (`recovery_step`).

use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::enum_words::enum_words;
use crate::schema::Day;

/// The stage of money on its way back.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryStage {
    /// Nobody has asked for it yet.
    ToAsk,
    /// The supplier was asked.
    Asked,
    /// The supplier has agreed to it.
    Promised,
    /// A credit note or a refund came.
    Received,
    /// Done without money coming back: the payment was stopped, or what had to be done is done.
    Settled,
    /// It is not asked for any more.
    WrittenOff,
}

/// A word that is no stage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a stage: to_ask, asked, promised, received, settled or written_off")]
pub struct InvalidRecoveryStage;

/// The last step of money on its way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "RecoveryStep")]
pub struct Recovery {
    pub stage: RecoveryStage,
    /// The money that this step is about; absent: what is at risk.
    pub amount: Option<Amount>,
    /// The day of this step.
    #[schemars(with = "Day")]
    pub on: Date,
    /// The day on which it was asked for first.
    #[schemars(with = "Option<Day>")]
    pub asked_on: Option<Date>,
    /// The number of the letter, the credit note or the payment.
    pub reference: Option<String>,
}

enum_words! {
    RecoveryStage or InvalidRecoveryStage;
    ToAsk = "to_ask",
    Asked = "asked",
    Promised = "promised",
    Received = "received",
    Settled = "settled",
    WrittenOff = "written_off",
}

impl RecoveryStage {
    /// Its name on pages and in files for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ToAsk => "To ask for",
            Self::Asked => "Asked for",
            Self::Promised => "Promised",
            Self::Received => "Received",
            Self::Settled => "Done without money back",
            Self::WrittenOff => "Written off",
        }
    }

    /// Returns `true` while somebody still waits for money or for an answer.
    pub const fn is_outstanding(self) -> bool {
        matches!(self, Self::ToAsk | Self::Asked | Self::Promised)
    }

    /// Returns `true` where an answer or money may be waited for until a day.
    pub const fn waits(self) -> bool {
        matches!(self, Self::Asked | Self::Promised)
    }
}

impl fmt::Display for RecoveryStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
