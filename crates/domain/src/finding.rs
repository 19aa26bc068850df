//! What a check found: the rows, how probable, why, the money at risk, and what people decided about it.
//!
//! Not for: finding anything (`analysis`), keeping it (`store`).
//!
//! Invariant: a finding is known by its check and its rows, so the next run finds the same one, and what
//! was decided about it stays.

mod across;
mod claim;
mod credit;
mod decision;
mod end;
mod explanation;
mod exported;
mod invoices_read;
mod key;
mod lane;
mod outcome;
mod payment_due;
mod payment_hold;
mod proposal;
mod reason_code;
mod reason_outcome;
mod receipts;
mod recovery;
mod recovery_step;
mod run;
mod settings_preview;
mod stored;
mod verdict;
mod verdict_rates;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use across::{AcrossOutcome, AcrossRequest, AcrossRun, AcrossState, across_id, unit_and_id};
pub use credit::{Credit, CreditMatch, OpenClaim, matched_credits};
pub use decision::{
    ASSIGNEE_CHARS_MAX, InvalidVerdict, NewVerdict, ReasonRule, Remember, VerdictRequest,
    WORDS_CHARS_MAX, recoverable,
};
pub use end::FindingEnd;
pub use explanation::{Explanation, Strength, WeighedReason, percent_words, sentence};
pub use exported::{EXPORTED, EXPORTED_INVOICES, ExportedCell, ExportedFinding, StandingVerdict};
pub use invoices_read::{
    FileSentAgain, FileWithOtherReferences, InvoicesRead, PositiveCreditNotes, StatusRead,
    StatusesRead,
};
pub use key::{FindingKey, InvalidFindingKey};
pub use lane::{InvalidLane, Lane, LaneTotal};
pub use outcome::{
    CheckOutcome, DecidedFinding, InvalidOutcomeGroup, OutcomeGroup, OutcomeLine, OutcomeTally,
    Outcomes,
};
pub use payment_hold::{
    HOLD_WORDS_CHARS_MAX, HoldableInvoice, HoldsToLift, InvalidPaymentHoldState, NothingToHold,
    PaymentHold, PaymentHoldState,
};
pub use proposal::{FourEyes, Proposal, ProposedVerdict};
pub use reason_code::{
    CodedReason, InvalidReason, REASON_CODE_CHARS_MAX, REASON_CODES_MAX, REASON_WORDS_CHARS_MAX,
    ReasonCatalogue, ReasonCode,
};
pub use reason_outcome::ReasonOutcome;
pub use receipts::{Receipt, Receipts};
pub use recovery::{InvalidRecoveryStage, Recovery, RecoveryStage};
pub use recovery_step::{
    InvalidRecovery, NewRecovery, REFERENCE_CHARS_MAX, ReceivedAmount, RecoveryRequest,
};
pub use run::{
    CheckEnd, CheckReport, CheckRequest, CheckedUnit, OverfullBlock, OwnCheckTrial, RunOutcome,
};
pub use settings_preview::{
    CheckEffect, PREVIEWED_FINDINGS_MAX, PreviewState, PreviewedFinding, SettingsEffect,
    SettingsPreview,
};
pub use stored::{
    FindingSummary, FindingTimes, HistoryEntry, HistoryWord, Standing, StoredFinding, StoredVerdict,
};
pub use verdict::{FindingState, InvalidFindingState, RememberedVerdict, VerdictScope};
pub use verdict_rates::{ProbabilityBasis, VerdictTally};

use crate::amount::{Amount, Money};
use crate::check::Severity;
use crate::columns::transactions;
use crate::file_type::FileType;
use crate::personal::Visibility;
use crate::statement::StatementCredit;

/// A supplier as findings name it: `Alder Works (S1)`, and one of the two alone where there is no other, or
/// they are the same.
pub fn party(name: &str, reference: &str) -> String {
    match (name.trim(), reference.trim()) {
        ("", "") => "a supplier without a name".to_owned(),
        (name, "") => name.to_owned(),
        ("", reference) => reference.to_owned(),
        (name, reference) if name.eq_ignore_ascii_case(reference) => name.to_owned(),
        (name, reference) => format!("{name} ({reference})"),
    }
}

/// One finding, whole: what its page of JSON shows and what is kept of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Its identity over all runs.
    pub key: FindingKey,
    /// The folder name of the check, such as `duplicate_invoices`.
    pub check: String,
    /// The sort of it, such as `misread_character`; the check's own name where it has one sort only.
    pub kind: String,
    /// One sentence for the queue: what was found, about whom.
    pub title: String,
    /// The claim that the probability is of: a sentence without capital and full stop, as it stands behind
    /// “that” and behind “very likely”.
    #[serde(default)]
    pub claim: String,
    /// The action that it allows.
    #[serde(default)]
    pub lane: Lane,
    /// The severity, if it is so.
    #[serde(default)]
    pub severity: Severity,
    /// The probability of the claim, above 0 and below 1: nothing here is certain. Absent where
    /// nobody has measured it.
    pub probability: Option<f64>,
    /// Where the probability comes from; absent without one, and of what was found before it was said.
    #[serde(default)]
    pub probability_from: Option<ProbabilityBasis>,
    /// The probability that the evidence alone gives, where verdicts have moved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_evidence: Option<f64>,
    /// The reckoning of the probability from the weights of the evidence, in words; or why there is
    /// none.
    #[serde(default)]
    pub reckoning: String,
    /// Money that can be lost by it and still be kept or come back; none where that is not the point.
    pub at_risk: Option<Money>,
    /// The money billed by the rows it speaks of, where that says nothing of a loss.
    #[serde(default)]
    pub billed: Option<Money>,
    /// The meaning of that amount; or why there is none.
    #[serde(default)]
    pub at_risk_is: String,
    /// The rows of ledgers it speaks of, the earlier first.
    pub rows: Vec<FindingRow>,
    /// Why, the weightiest first.
    pub evidence: Vec<Evidence>,
    /// A sentence on facts that would make it legitimate: what the analyst looks up.
    pub innocent_if: String,
    /// The thing to do about it now, in one or two sentences; empty in what was found before it was
    /// said.
    #[serde(default)]
    pub next_step: String,
    /// Why it is not in the queue; none when it is.
    pub suppressed: Option<Suppression>,
    /// The supplier and pattern by which a verdict may be remembered for what comes later.
    pub pattern: Option<String>,
    /// The credit of a supplier's statement that it is about: no row of a ledger is it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement_credit: Option<StatementCredit>,
    /// The ID of the row that was probably keyed under the wrong supplier, where the numbering of its
    /// suppliers tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub misposted_row: Option<String>,
}

/// A row of a ledger, with the fields that matter here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingRow {
    pub ledger: FileType,
    /// Unique ID, Supplier Ref or Employee ID.
    pub id: String,
    /// By the ledger's column names; absent where the ledger has nothing.
    pub fields: BTreeMap<String, String>,
    /// Columns that hold something for this row and are not shown, as they are personal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<String>,
}

/// One reason. Weights are log2 of the likelihood ratio: +1 makes it twice as likely, -1 half as likely.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Its subject: a column, or [`Self::PRIOR`].
    pub field: String,
    /// A sentence for a person.
    pub words: String,
    /// The rates that the weight comes of, in words; absent where it is a judgement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rates: Option<String>,
    pub bits: f64,
}

impl Evidence {
    /// The subject of the evidence that speaks of no row: how common such a thing is at all.
    pub const PRIOR: &str = "prior";
    /// The subject of the evidence of how people decided on others of its sort.
    pub const VERDICTS: &str = "verdicts";

    /// A reason by judgement.
    pub fn new(field: &str, words: impl Into<String>, bits: f64) -> Self {
        Self { field: field.to_owned(), words: words.into(), rates: None, bits }
    }

    /// Its words, with the rates behind them.
    pub fn with_rates(&self) -> String {
        match &self.rates {
            Some(rates) => format!("{} ({rates})", self.words),
            None => self.words.clone(),
        }
    }
}

/// Why something that looked like a finding is not shown as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Suppression {
    /// A stable word, such as `credited` or `recurring`.
    pub reason: String,
    /// A sentence for a person, naming the rows it rests on.
    pub words: String,
}

impl FindingRow {
    /// The row among all others: its ledger, its id and, of an invoice, its supplier. A list of
    /// payments that is numbered anew each month has invoices of many suppliers under one Unique ID.
    pub fn identity(&self) -> (FileType, &str, &str) {
        let supplier = self.fields.get("supplier_ref").filter(|_| self.ledger.is_of_invoices());
        (self.ledger, self.id.as_str(), supplier.map_or("", String::as_str))
    }

    /// Returns `true` for an invoice of which the ledger says that it was paid.
    pub fn is_paid(&self) -> bool {
        self.ledger == FileType::Transactions
            && transactions::PAID.iter().any(|column| self.fields.contains_key(*column))
    }

    /// The number that the supplier gave the invoice; none where the ledger has its own in that place.
    pub fn supplier_number(&self) -> Option<&str> {
        let number = self.fields.get("invoice_number").map(|number| number.trim())?;
        (!number.is_empty() && number != self.id).then_some(number)
    }

    /// The amount of the invoice in the currency that the ledger names for it: what was billed, else what was
    /// posted. `otherwise` is the currency of the ledger, where it names none beside an amount.
    pub fn billed_money(&self, otherwise: Option<&str>) -> Option<Money> {
        let amount = |name: &str| self.fields.get(name)?.parse::<Amount>().ok();
        let currency = |name: &str| self.fields.get(name).filter(|code| !code.is_empty()).cloned();
        let (billed, posted) = (amount("invoice_amount"), amount("base_amount"));
        if let (Some(amount), Some(code)) = (billed, currency("invoice_amount_currency")) {
            return Some(Money { amount, currency: Some(code) });
        }
        let code = currency("base_amount_currency")
            .or(otherwise.map(str::to_owned))
            .or_else(|| currency("invoice_amount_currency"));
        Some(Money { amount: posted.or(billed)?, currency: code })
    }

    /// Returns `true` for a credit note, which nobody pays: there is no payment of it to stop.
    pub fn is_credit(&self) -> bool {
        let amounts = transactions::AMOUNTS_SEARCHED.iter();
        let mut amounts =
            amounts.filter_map(|column| self.fields.get(*column)?.parse::<Amount>().ok());
        amounts.next().is_some_and(|amount| amount.ten_thousandths() < 0)
    }
}

impl Finding {
    /// Its rows as this visibility sees them.
    pub fn mask(&mut self, visibility: Visibility) {
        for row in &mut self.rows {
            for (column, value) in &mut row.fields {
                let masked = row.ledger.sensitivity(column).masked(value, visibility);
                *value = masked.into_owned();
            }
        }
    }

    /// The references of the suppliers of its invoices, each once; none where no row names one.
    pub fn supplier_references(&self) -> BTreeSet<&str> {
        let named = self.rows.iter().map(|row| row.identity().2);
        named.filter(|reference| !reference.is_empty()).collect()
    }

    /// Returns `true` when anything of its rows is kept back from this visibility.
    pub fn hides_anything(&self, visibility: Visibility) -> bool {
        self.rows.iter().any(|row| {
            row.fields.iter().any(|(column, value)| {
                row.ledger.sensitivity(column).masked(value, visibility) != value.as_str()
            })
        })
    }
}
