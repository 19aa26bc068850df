//! What a run found, kept: new findings added, known ones written anew, the others gone.
//!
//! Invariant: nothing here writes a column of what people decided; kept twice, it is the same.

use std::collections::{HashMap, HashSet};

use domain::columns::transactions::AMOUNTS_SEARCHED;
use domain::finding::{FindingRow, Lane, ProbabilityBasis, RunOutcome};
use domain::{FileType, Finding, FindingKey, Run, RunCounts};
use jiff::Timestamp;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::counted::{Claimant, MAY_TAKE_PART, Precedence, claimants, counted_once, set_counted};
use super::filter::{PaymentStanding, SearchedColumn, amount_word};
use crate::error::Error;
use crate::finding_versions::note_change;
use crate::recovery_conditions::PAID_TOO_OFTEN;
use crate::rows::{Fields, all, day_number, millionths, placeholders, storable};

/// More than a team decides in years: beyond it something is wrong with the ledgers, and a run must not
/// keep everybody else from writing. About 300 MB of rows.
pub const FINDINGS_KEPT_MAX: usize = 100_000;
/// Two dozen values each. SQLite looks every one up by its name among those before it: 1,000 rows took 20
/// times as long each as 50.
const ROWS_A_STATEMENT: usize = 50;
const COLUMNS: usize = 25;
/// The probability of a finding that has none.
pub(super) const NO_PROBABILITY: i64 = -1;

/// Keeps what a run found, in the transaction that ends the run.
pub(crate) async fn keep(
    transaction: &mut Transaction<'static, Any>,
    run: &Run,
    checked: &RunOutcome,
    now: Timestamp,
) -> Result<RunCounts, Error> {
    // A finding that is named twice, or also as suppressed, is the first of them.
    let mut met = HashSet::new();
    let every = checked.findings.iter().chain(&checked.suppressed);
    let distinct: Vec<&Finding> = every.filter(|finding| met.insert(&finding.key)).collect();
    let kept = &distinct[..distinct.len().min(FINDINGS_KEPT_MAX)];
    let decided = decided(transaction, run).await?;
    let precedence =
        |finding: &Finding| decided.get(&finding.key).copied().unwrap_or(Precedence::Undecided);
    let gone = decided_and_gone(transaction, run, (kept, &decided)).await?;
    let found = kept.iter().map(|finding| (*finding, precedence(finding)));
    let claimed = gone.iter().map(|claimant| (&claimant.finding, claimant.precedence));
    let counted = counted_once(found.chain(claimed));
    for claimant in &gone {
        let now = counted.get(&claimant.finding.key).copied();
        if now != claimant.counted {
            let of = (&claimant.finding.key, now);
            set_counted(transaction, (&run.customer, &run.unit), of).await?;
        }
    }
    for some in kept.chunks(ROWS_A_STATEMENT) {
        upsert(transaction, run, some, &counted, now).await?;
        super::rows::keep(transaction, run, some).await?;
    }
    let suppressed = kept.iter().filter(|finding| finding.suppressed.is_some()).count();
    let counts = RunCounts {
        findings: (kept.len() - suppressed) as u64,
        new_findings: count_new(transaction, run).await?,
        suppressed: suppressed as u64,
        gone: mark_gone(transaction, run, now).await?,
        not_kept: (distinct.len() - kept.len()) as u64,
    };
    // Behind the last finding: until then whoever decides about one of them need not wait for the others.
    note_change(transaction, &run.customer, &run.unit).await?;
    Ok(counts)
}

async fn upsert(
    transaction: &mut Transaction<'static, Any>,
    run: &Run,
    findings: &[&Finding],
    counted: &HashMap<&FindingKey, i64>,
    now: Timestamp,
) -> Result<(), Error> {
    let insert = format!(
        "INSERT INTO findings (customer, unit, key, check_name, kind, title, probability, at_risk, \
         currency, score, suppressed, suppressed_words, search_words, body, first_run, last_run, \
         first_seen, state, lane, lane_rank, pattern, billed, counted, by_evidence, payment_due) VALUES {} ON CONFLICT (customer, unit, key) DO UPDATE SET \
         check_name = excluded.check_name, kind = excluded.kind, title = excluded.title, \
         probability = excluded.probability, at_risk = excluded.at_risk, \
         currency = excluded.currency, score = excluded.score, suppressed = excluded.suppressed, \
         suppressed_words = excluded.suppressed_words, search_words = excluded.search_words, \
         body = excluded.body, last_run = excluded.last_run, gone_at = NULL, lane = excluded.lane, \
         lane_rank = excluded.lane_rank, pattern = excluded.pattern, billed = excluded.billed, \
         counted = excluded.counted, by_evidence = excluded.by_evidence, \
         payment_due = excluded.payment_due",
        placeholders(findings.len(), COLUMNS),
    );
    let run_id = run.run_id.to_string();
    // One text for each full statement, which is worth keeping, and one for the rest.
    let mut query = sqlx::query(AssertSqlSafe(insert));
    for finding in findings {
        let (money, billed) = (finding.at_risk.as_ref(), finding.billed.as_ref());
        let named = money.or(billed);
        let by_evidence = finding.by_evidence.or(finding.probability);
        let by_evidence = by_evidence.filter(|_| is_by_evidence(finding));
        let suppressed = finding.suppressed.as_ref();
        query = query
            .bind(run.customer.as_str())
            .bind(run.unit.as_str())
            .bind(finding.key.as_str())
            .bind(storable(&finding.check))
            .bind(storable(&finding.kind))
            .bind(storable(&finding.title))
            .bind(finding.probability.map_or(NO_PROBABILITY, millionths))
            .bind(money.map(|money| money.amount.ten_thousandths()))
            .bind(named.and_then(|money| money.currency.as_deref()).map(storable))
            .bind(finding.gravity())
            .bind(suppressed.map(|suppressed| storable(&suppressed.reason)))
            .bind(suppressed.map(|suppressed| storable(&suppressed.words)))
            .bind(storable(&search_words(finding)))
            .bind(serde_json::to_string(finding).map_err(Error::internal)?)
            .bind(run_id.clone())
            .bind(run_id.clone())
            .bind(now.as_microsecond())
            .bind("open")
            .bind(finding.lane.as_str())
            .bind(finding.lane.rank())
            .bind(finding.pattern.as_deref().map(storable))
            .bind(billed.map(|money| money.amount.ten_thousandths()))
            .bind(counted.get(&finding.key).copied())
            .bind(by_evidence.map(millionths))
            .bind(finding.payment_due().map(day_number));
    }
    query.execute(&mut **transaction).await?;
    Ok(())
}

async fn count_new(transaction: &mut Transaction<'static, Any>, run: &Run) -> Result<u64, Error> {
    let new: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM findings WHERE customer = $1 AND unit = $2 AND first_run = $3 \
         AND suppressed IS NULL",
    )
    .bind(run.customer.as_str())
    .bind(run.unit.as_str())
    .bind(run.run_id.to_string())
    .fetch_one(&mut **transaction)
    .await?;
    u64::try_from(new).map_err(Error::internal)
}

/// Marks what this run did not find any more. Returns how many of those stood in the queue: what is
/// suppressed is in none, as it is not among those found.
async fn mark_gone(
    transaction: &mut Transaction<'static, Any>,
    run: &Run,
    now: Timestamp,
) -> Result<u64, Error> {
    let gone: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM findings WHERE customer = $1 AND unit = $2 AND last_run <> $3 \
         AND gone_at IS NULL AND suppressed IS NULL",
    )
    .bind(run.customer.as_str())
    .bind(run.unit.as_str())
    .bind(run.run_id.to_string())
    .fetch_one(&mut **transaction)
    .await?;
    sqlx::query(
        "UPDATE findings SET gone_at = $4 WHERE customer = $1 AND unit = $2 AND last_run <> $3 \
         AND gone_at IS NULL",
    )
    .bind(run.customer.as_str())
    .bind(run.unit.as_str())
    .bind(run.run_id.to_string())
    .bind(now.as_microsecond())
    .execute(&mut **transaction)
    .await?;
    u64::try_from(gone).map_err(Error::internal)
}

/// Returns `true` when the evidence of a finding has measured weights.
const fn is_by_evidence(finding: &Finding) -> bool {
    matches!(
        finding.probability_from,
        Some(ProbabilityBasis::Evidence | ProbabilityBasis::EvidenceAndVerdicts { .. })
    )
}

/// The decisions of people about findings of a unit, by their keys.
async fn decided(
    transaction: &mut Transaction<'static, Any>,
    run: &Run,
) -> Result<HashMap<FindingKey, Precedence>, Error> {
    let rows = sqlx::query(
        "SELECT key, state, recovery_stage FROM findings WHERE customer = $1 AND unit = $2 \
         AND state <> 'open'",
    )
    .bind(run.customer.as_str())
    .bind(run.unit.as_str())
    .fetch_all(&mut **transaction)
    .await?;
    let decided = all(&rows, |row| {
        let fields = Fields::new(row, "findings", "key");
        Ok((fields.parsed("key")?, Precedence::read(&fields)?))
    })?;
    Ok(decided.into_iter().collect())
}

/// The findings that were decided to be true and this run did not find: their money is counted still.
async fn decided_and_gone(
    transaction: &mut Transaction<'static, Any>,
    run: &Run,
    (kept, decided): (&[&Finding], &HashMap<FindingKey, Precedence>),
) -> Result<Vec<Claimant>, Error> {
    let kept: HashSet<&FindingKey> = kept.iter().map(|finding| &finding.key).collect();
    let is_true = |precedence: Precedence| precedence <= Precedence::Ended;
    let gone: Vec<FindingKey> = (decided.iter())
        .filter(|(key, precedence)| is_true(**precedence) && !kept.contains(key))
        .map(|(key, _)| key.clone())
        .collect();
    claimants(transaction, (&run.customer, &run.unit), (&gone, MAY_TAKE_PART)).await
}

/// The words that a person searches by: the title, ids, numbers, orders and users, each with the mark of
/// its column in front, what the rows say of suppliers, every amount, and whether something is paid. Of
/// employees there are none: a search that finds masked names spells them out.
fn search_words(finding: &Finding) -> String {
    let mut words = finding.title.to_lowercase();
    let named = |column: &str| {
        let column = column.to_lowercase();
        column.contains("supplier") || column.contains("name")
    };
    let rows = finding.rows.iter().filter(|row| row.ledger != FileType::Employees);
    let mut add = |value: String| {
        if !words.contains(&value) {
            words.push('\n');
            words.push_str(&value);
        }
    };
    for row in rows {
        add(row.id.to_lowercase());
        for (column, name) in SearchedColumn::ALL {
            if let Some(value) = row.fields.get(name) {
                add(format!("{}{}", column.mark(), value.to_lowercase()));
            }
        }
        let fields = row.fields.iter().filter(|(column, _)| named(column));
        fields.for_each(|(_, value)| add(value.to_lowercase()));
        let amounts = AMOUNTS_SEARCHED.iter().filter_map(|column| row.fields.get(*column));
        amounts.filter_map(|value| value.parse().ok()).for_each(|amount| add(amount_word(amount)));
    }
    if let Some(at_risk) = &finding.at_risk {
        add(amount_word(at_risk.amount));
    }
    payments(finding).for_each(|standing| add(standing.word().to_owned()));
    if finding.is_paid_too_often() {
        add(PAID_TOO_OFTEN.to_owned());
    }
    words
}

/// The payment of a finding's invoices as far as the ledger says it: nothing where it names no day for any
/// of them, unless the lane says that they can be stopped.
fn payments(finding: &Finding) -> impl Iterator<Item = PaymentStanding> {
    let invoices = finding.rows.iter().filter(|row| row.ledger == FileType::Transactions);
    let (paid, unpaid): (Vec<&FindingRow>, Vec<&FindingRow>) =
        invoices.partition(|row| row.is_paid());
    let is_known = !paid.is_empty() || finding.lane == Lane::StopPayment;
    let some_paid = (!paid.is_empty()).then_some(PaymentStanding::SomePaid);
    let some_unpaid = (is_known && !unpaid.is_empty()).then_some(PaymentStanding::SomeUnpaid);
    some_paid.into_iter().chain(some_unpaid)
}
