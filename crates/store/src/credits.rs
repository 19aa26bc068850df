//! Credits that may be the answer to money that was asked for: kept as they are found, taken or refused by a
//! person, or taken by themselves where an administrator has said so.
//!
//! Invariant: what is taken is a step of the money, in the same transaction, with its entries in the history
//! and the audit log; what was decided is not asked about again.

use domain::finding::{
    Credit, CreditMatch, FindingKey, NewRecovery, OpenClaim, ReceivedAmount, RecoveryRequest,
    RecoveryStage, StoredFinding,
};
use domain::page::{PAGE_SIZE_MAX, PageSize};
use domain::{Amount, AuditEntry, FileType, FindingState, Money, UnitName};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;

use crate::error::Error;
use crate::rows::{Fields, all, storable};
use crate::verdicts::Decider;
use crate::{CustomerStore, FindingFilter, FindingOrder, Inclusion};

/// Claims of a unit that are looked at after a run; more are asked of nobody at once.
const CLAIMS_MAX: usize = 5_000;
/// Credits that wait for a decision and are listed.
const LISTED_MAX: i64 = 500;
/// The name of who takes a credit where nobody does.
const BY_ITSELF: &str = "Bursar, by the credit note";

/// A decision about a credit that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditOutcome {
    /// It is the answer to its claim.
    Taken,
    /// It is none.
    Refused,
}

/// The taker of credits that name number and amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditTaking {
    ByPeople,
    ByItself,
}

impl CreditOutcome {
    const fn state(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Refused => "refused",
        }
    }

    /// The action that the audit log names it by.
    const fn action(self) -> &'static str {
        match self {
            Self::Taken => "credit.take",
            Self::Refused => "credit.refuse",
        }
    }
}

impl CustomerStore {
    /// Money that was asked for or promised and is not here yet. What is promised comes
    /// behind the rest; of either first what is due first, then the gravest.
    pub async fn open_claims(&self, unit: &UnitName) -> Result<Vec<OpenClaim>, Error> {
        let mut claims = Vec::new();
        for stage in [RecoveryStage::Asked, RecoveryStage::Promised] {
            let filter = FindingFilter {
                state: Some(FindingState::Confirmed),
                recovery: Some(stage),
                gone: Inclusion::Yes,
                suppressed: Inclusion::Yes,
                ..FindingFilter::default()
            };
            let (order, size) = (FindingOrder::Due, PageSize::fixed(PAGE_SIZE_MAX));
            let mut after: Option<FindingKey> = None;
            while claims.len() < CLAIMS_MAX {
                let page = self.whole_findings(unit, &filter, order, size, after.as_ref()).await?;
                claims.extend(page.items.iter().filter_map(open_claim));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(claims)
    }

    /// Keeps what was found; what is known already stays as it was decided. Returns those that are new.
    pub async fn keep_credit_matches(
        &self,
        unit: &UnitName,
        found: &[CreditMatch],
        now: Timestamp,
    ) -> Result<Vec<CreditMatch>, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let mut new = Vec::new();
        for one in found {
            let kept = sqlx::query(
                "INSERT INTO credit_matches (customer, unit, credit, finding, credited, names_number, \
                 is_amount, state, found_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8) \
                 ON CONFLICT (customer, unit, credit) DO NOTHING",
            )
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(storable(&one.credit.id))
            .bind(one.finding.as_str())
            .bind(serde_json::to_string(&one.credit).map_err(Error::internal)?)
            .bind(i64::from(one.names_number))
            .bind(i64::from(one.is_amount))
            .bind(now.as_microsecond())
            .execute(&mut *transaction)
            .await?;
            if kept.rows_affected() > 0 {
                new.push(one.clone());
            }
        }
        transaction.commit().await?;
        Ok(new)
    }

    /// The matches that nobody has decided about, of one finding or of all, the certain ones first. What is
    /// not asked for any more is left out.
    pub async fn credit_matches(
        &self,
        unit: &UnitName,
        finding: Option<&FindingKey>,
    ) -> Result<Vec<CreditMatch>, Error> {
        let rows = sqlx::query(
            "SELECT m.credit, m.finding, m.credited, m.names_number, m.is_amount FROM credit_matches AS m \
             JOIN findings AS f ON f.customer = m.customer AND f.unit = m.unit AND f.key = m.finding \
             WHERE m.customer = $1 AND m.unit = $2 AND m.state = 'open' AND ($3 = '' OR m.finding = $3) \
             AND f.state = $4 AND f.recovery_stage IN ('asked', 'promised') \
             ORDER BY m.names_number + m.is_amount DESC, m.found_at, m.credit LIMIT $5",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(finding.map(FindingKey::as_str).unwrap_or_default())
        .bind(FindingState::Confirmed.as_str())
        .bind(LISTED_MAX)
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, credit_match)
    }

    /// Takes a credit for the answer to the claim it was found for, or says that it is none.
    /// [`Error::NotFound`] when there is no such one to decide about.
    pub async fn decide_credit(
        &self,
        unit: &UnitName,
        credit: &str,
        outcome: CreditOutcome,
        decider: Decider<'_>,
    ) -> Result<FindingKey, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let row = sqlx::query(
            "UPDATE credit_matches SET state = $4, decided_by = $5, decided_at = $6 \
             WHERE customer = $1 AND unit = $2 AND credit = $3 AND state = 'open' \
             RETURNING credit, finding, credited, names_number, is_amount",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(credit)
        .bind(outcome.state())
        .bind(decider.who)
        .bind(decider.at.as_microsecond())
        .fetch_optional(&mut *transaction)
        .await?;
        let decided = credit_match(&row.ok_or(Error::NotFound { what: "credit" })?)?;
        let finding = decided.finding.clone();
        if outcome == CreditOutcome::Taken {
            let found =
                self.parts.db.locked_finding(&mut transaction, self, unit, &finding).await?;
            let step = received(&found, &decided.credit, decider)?;
            self.step_recovery_in(&mut transaction, unit, [finding.clone()], &step, decider)
                .await?;
        }
        let entry = AuditEntry {
            at: decider.at,
            who: decider.who.to_owned(),
            what: outcome.action().to_owned(),
            about: finding.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "unit": unit, "credit": decided.credit.id }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(finding)
    }

    /// Takes what is certain of these, where an administrator has said so. Returns how many were taken.
    pub async fn take_certain_credits(
        &self,
        unit: &UnitName,
        found: &[CreditMatch],
        now: Timestamp,
    ) -> Result<usize, Error> {
        if !self.takes_credits().await? {
            return Ok(0);
        }
        let decider = Decider { by: BY_ITSELF, who: "system", at: now };
        let mut taken = 0;
        for one in found.iter().filter(|one| one.is_certain()) {
            self.decide_credit(unit, &one.credit.id, CreditOutcome::Taken, decider).await?;
            taken += 1;
        }
        Ok(taken)
    }

    /// Returns `true` where credits that name number and amount are taken without a person.
    pub async fn takes_credits(&self) -> Result<bool, Error> {
        let row = sqlx::query("SELECT name, takes_credits FROM customers WHERE name = $1")
            .bind(self.customer.as_str())
            .fetch_optional(self.parts.db.reader())
            .await?;
        let Some(row) = row else { return Ok(false) };
        Ok(Fields::new(&row, "customers", "name").optional_number("takes_credits")? == Some(1))
    }

    /// Returns `true` when that is a change.
    pub async fn set_takes_credits(
        &self,
        taking: CreditTaking,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let by_itself = taking == CreditTaking::ByItself;
        let mut transaction = self.parts.db.begin().await?;
        let changed = sqlx::query(
            "UPDATE customers SET takes_credits = $2 WHERE name = $1 AND COALESCE(takes_credits, 0) <> $2",
        )
        .bind(self.customer.as_str())
        .bind(i64::from(by_itself))
        .execute(&mut *transaction)
        .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "customer.set_credits".to_owned(),
            about: self.customer.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "takenByThemselves": by_itself }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// The step by which the money of a credit is received, with what came before it.
fn received(
    found: &StoredFinding,
    credit: &Credit,
    decider: Decider<'_>,
) -> Result<NewRecovery, Error> {
    let before = found.standing.recovered.map_or(0, Amount::ten_thousandths);
    let all = before.saturating_add(credit.money.amount.ten_thousandths());
    let number = if credit.number.is_empty() { &credit.id } else { &credit.number };
    let today = decider.today();
    let request = RecoveryRequest {
        stage: RecoveryStage::Received,
        amount: Some(Amount::from_ten_thousandths(all)),
        above: None,
        amount_is: ReceivedAmount::All,
        on: credit.on.map(|on| on.min(today)),
        reference: number.chars().take(domain::finding::REFERENCE_CHARS_MAX).collect(),
        due: None,
        words: String::new(),
    };
    NewRecovery::new(request, today).map_err(|why| Error::Illegal { why: why.to_string() })
}

/// The claim of a finding; none where it names no supplier or no money.
fn open_claim(found: &StoredFinding) -> Option<OpenClaim> {
    let step = found.standing.recovery.as_ref()?;
    let at_risk = found.finding.at_risk.as_ref()?;
    let rows = || found.finding.rows.iter().filter(|row| row.ledger == FileType::Transactions);
    let field = |name: &'static str| rows().filter_map(move |row| row.fields.get(name));
    let supplier = field("supplier_ref").next()?.clone();
    let asked = step.amount.unwrap_or(at_risk.amount).ten_thousandths();
    let came = found.standing.recovered.map_or(0, Amount::ten_thousandths);
    Some(OpenClaim {
        finding: found.finding.key.clone(),
        supplier,
        numbers: field("invoice_number").cloned().collect(),
        money: Money {
            amount: Amount::from_ten_thousandths(asked.saturating_sub(came)),
            currency: at_risk.currency.clone(),
        },
        asked_on: step.asked_on.unwrap_or(step.on),
    })
}

fn credit_match(row: &AnyRow) -> Result<CreditMatch, Error> {
    let fields = Fields::new(row, "credit_matches", "credit");
    Ok(CreditMatch {
        finding: fields.parsed("finding")?,
        credit: serde_json::from_str(&fields.text("credited")?)
            .map_err(|_invalid| fields.corrupt())?,
        names_number: fields.number::<u8>("names_number")? == 1,
        is_amount: fields.number::<u8>("is_amount")? == 1,
    })
}
