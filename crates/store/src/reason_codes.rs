//! Reason codes of a customer: listed, added and retired by its admins, and named by verdicts.
//!
//! Not for: which verdicts take a reason (`reason_rule`).
//!
//! Invariant: a code is never removed, and each change is in the audit log.

use domain::AuditEntry;
use domain::finding::{
    CodedReason, NewVerdict, REASON_CODES_MAX, ReasonCatalogue, ReasonCode, VerdictRequest,
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, Transaction};

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, all, storable};

const SELECT: &str =
    "SELECT customer, code, words, state, retired_at FROM reason_codes WHERE customer = $1";

impl CustomerStore {
    /// All reasons, the retired among them.
    pub async fn reason_codes(&self) -> Result<ReasonCatalogue, Error> {
        let rows = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .fetch_all(self.parts.db.reader())
            .await?;
        Ok(ReasonCatalogue::new(all(&rows, reason)?))
    }

    /// Adds a reason. [`Error::Illegal`] when its code is taken, also by a retired one, or when there are
    /// as many as there may be.
    pub async fn add_reason_code(
        &self,
        reason: &CodedReason,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let known = self.claimed_reason_codes(&mut transaction).await?;
        if let Some(taken) = known.get(&reason.code) {
            return Err(illegal(format_args!("{}; choose another code", taken_words(taken))));
        }
        if known.reasons().len() >= REASON_CODES_MAX {
            return Err(illegal(format_args!(
                "there are {REASON_CODES_MAX} reason codes already, the retired among them, as decisions \
                 name them; use one of those"
            )));
        }
        sqlx::query(
            "INSERT INTO reason_codes (customer, folded, code, words, state, added_by, added_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(self.customer.as_str())
        .bind(reason.code.folded())
        .bind(reason.code.as_str())
        .bind(storable(&reason.words))
        .bind(reason.state.as_str())
        .bind(by)
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        let entry = self.change("customer.add_reason_code", reason, (by, now));
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Lets no verdict name a reason from now on; those that do keep it. Whether anything changed.
    /// [`Error::NotFound`] when there is no such code.
    pub async fn retire_reason_code(
        &self,
        code: &ReasonCode,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let known = self.claimed_reason_codes(&mut transaction).await?;
        let reason = known.get(code).ok_or(Error::NotFound { what: "reason code" })?;
        if reason.retired_at.is_some() {
            return Ok(false);
        }
        sqlx::query(
            "UPDATE reason_codes SET retired_by = $3, retired_at = $4 \
             WHERE customer = $1 AND folded = $2",
        )
        .bind(self.customer.as_str())
        .bind(code.folded())
        .bind(by)
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        let entry = self.change("customer.retire_reason_code", reason, (by, now));
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The verdict with the reason that its code stands for; as it is where it names none.
    /// [`Error::Illegal`] when there is no such code, or none that this verdict may name.
    pub(crate) async fn with_its_reason(
        &self,
        transaction: &mut Transaction<'static, Any>,
        verdict: &NewVerdict,
    ) -> Result<NewVerdict, Error> {
        let VerdictRequest { state, reason_code: Some(code), .. } = verdict.get() else {
            return Ok(verdict.clone());
        };
        let known = self.reason_codes_in(transaction).await?;
        let choose = "choose one of this verdict, or say why in words";
        match known.get(code) {
            None => Err(illegal(format_args!(
                "there is no reason code {code} in this organisation; {choose}, or have an admin add it"
            ))),
            Some(reason) if reason.retired_at.is_some() => {
                Err(illegal(format_args!("the reason code {} is retired; {choose}", reason.code)))
            }
            Some(reason) if reason.state != *state => Err(illegal(format_args!(
                "the reason code {} stands with {}, and this verdict is {state}; {choose}",
                reason.code, reason.state
            ))),
            Some(reason) => Ok(verdict.resting_on(reason)),
        }
    }

    /// The reasons, which nobody else changes until the transaction ends.
    async fn claimed_reason_codes(
        &self,
        transaction: &mut Transaction<'static, Any>,
    ) -> Result<ReasonCatalogue, Error> {
        let name = format!("reason codes of {}", self.customer);
        self.parts.db.claim_name(transaction, &name).await?;
        self.reason_codes_in(transaction).await
    }

    async fn reason_codes_in(
        &self,
        transaction: &mut Transaction<'static, Any>,
    ) -> Result<ReasonCatalogue, Error> {
        let rows =
            sqlx::query(SELECT).bind(self.customer.as_str()).fetch_all(&mut **transaction).await?;
        Ok(ReasonCatalogue::new(all(&rows, reason)?))
    }

    fn change(&self, what: &str, reason: &CodedReason, (by, at): (&str, Timestamp)) -> AuditEntry {
        AuditEntry {
            at,
            who: by.to_owned(),
            what: what.to_owned(),
            about: reason.code.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "words": reason.words, "state": reason.state }),
        }
    }
}

fn taken_words(taken: &CodedReason) -> String {
    let retired = if taken.retired_at.is_some() { ", retired" } else { "" };
    format!("the reason code {} is there already ({}{retired})", taken.code, taken.words)
}

fn reason(row: &AnyRow) -> Result<CodedReason, Error> {
    let fields = Fields::new(row, "reason_codes", "customer");
    Ok(CodedReason {
        code: fields.parsed("code")?,
        words: fields.text("words")?,
        state: fields.parsed("state")?,
        retired_at: fields.optional_time("retired_at")?,
    })
}

fn illegal(why: impl std::fmt::Display) -> Error {
    Error::Illegal { why: why.to_string() }
}
