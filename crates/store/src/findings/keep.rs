//! What a run found, kept: new findings added, known ones written anew, the others gone.
//!
//! Invariant: nothing here writes a column of what people decided; kept twice, it is the same.

use std::collections::{BTreeSet, HashSet};

use domain::finding::RunOutcome;
use domain::{FileType, Finding, Run, RunCounts};
use jiff::Timestamp;
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::error::Error;
use crate::rows::millionths;
use crate::rows::{placeholders, storable};

/// More than a team decides in years: beyond it something is wrong with the ledgers, and a run must not
/// keep everybody else from writing. About 300 MB of rows.
pub const FINDINGS_KEPT_MAX: usize = 100_000;
/// Eighteen values each. SQLite looks every one up by its name among those before it: 1,000 rows took 20
/// times as long each as 50.
const ROWS_A_STATEMENT: usize = 50;
const COLUMNS: usize = 18;
/// By how much the findings of checks that are context stand back in the queue: the money they name is
/// all that a supplier has billed, of which little or nothing is lost.
const CONTEXT_DIVISOR: i64 = 1_000;

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
    for some in kept.chunks(ROWS_A_STATEMENT) {
        upsert(transaction, run, some, &checked.context, now).await?;
        super::rows::keep(transaction, run, some).await?;
    }
    let suppressed = kept.iter().filter(|finding| finding.suppressed.is_some()).count();
    Ok(RunCounts {
        findings: (kept.len() - suppressed) as u64,
        new_findings: count_new(transaction, run).await?,
        suppressed: suppressed as u64,
        gone: mark_gone(transaction, run, now).await?,
        not_kept: (distinct.len() - kept.len()) as u64,
    })
}

async fn upsert(
    transaction: &mut Transaction<'static, Any>,
    run: &Run,
    findings: &[&Finding],
    context: &BTreeSet<String>,
    now: Timestamp,
) -> Result<(), Error> {
    let insert = format!(
        "INSERT INTO findings (customer, unit, key, check_name, kind, title, probability, at_risk, \
         currency, score, suppressed, suppressed_words, search_words, body, first_run, last_run, \
         first_seen, state) VALUES {} ON CONFLICT (customer, unit, key) DO UPDATE SET \
         check_name = excluded.check_name, kind = excluded.kind, title = excluded.title, \
         probability = excluded.probability, at_risk = excluded.at_risk, \
         currency = excluded.currency, score = excluded.score, suppressed = excluded.suppressed, \
         suppressed_words = excluded.suppressed_words, search_words = excluded.search_words, \
         body = excluded.body, last_run = excluded.last_run, gone_at = NULL",
        placeholders(findings.len(), COLUMNS),
    );
    let run_id = run.run_id.to_string();
    // One text for each full statement, which is worth keeping, and one for the rest.
    let mut query = sqlx::query(AssertSqlSafe(insert));
    for finding in findings {
        let money = finding.at_risk.as_ref();
        let suppressed = finding.suppressed.as_ref();
        query = query
            .bind(run.customer.as_str())
            .bind(run.unit.as_str())
            .bind(finding.key.as_str())
            .bind(storable(&finding.check))
            .bind(storable(&finding.kind))
            .bind(storable(&finding.title))
            .bind(millionths(finding.probability))
            .bind(money.map(|money| money.amount.ten_thousandths()))
            .bind(money.and_then(|money| money.currency.as_deref()).map(storable))
            .bind(
                score(finding) / if context.contains(&finding.check) { CONTEXT_DIVISOR } else { 1 },
            )
            .bind(suppressed.map(|suppressed| storable(&suppressed.reason)))
            .bind(suppressed.map(|suppressed| storable(&suppressed.words)))
            .bind(storable(&search_words(finding)))
            .bind(serde_json::to_string(finding).map_err(Error::internal)?)
            .bind(run_id.clone())
            .bind(run_id.clone())
            .bind(now.as_microsecond())
            .bind("open");
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

async fn mark_gone(
    transaction: &mut Transaction<'static, Any>,
    run: &Run,
    now: Timestamp,
) -> Result<u64, Error> {
    let gone = sqlx::query(
        "UPDATE findings SET gone_at = $4 WHERE customer = $1 AND unit = $2 AND last_run <> $3 \
         AND gone_at IS NULL",
    )
    .bind(run.customer.as_str())
    .bind(run.unit.as_str())
    .bind(run.run_id.to_string())
    .bind(now.as_microsecond())
    .execute(&mut **transaction)
    .await?;
    Ok(gone.rows_affected())
}

/// Money times probability, in ten-thousandths: what is lost if nobody looks.
fn score(finding: &Finding) -> i64 {
    let amount = finding.at_risk.as_ref().map_or(0, |money| money.amount.ten_thousandths());
    let product = i128::from(amount) * i128::from(millionths(finding.probability)) / 1_000_000;
    i64::try_from(product).expect("a share of an amount is within the amount")
}

/// The words that a person searches by: the title, and those of the rows about suppliers. Of employees
/// there are none: a search that finds masked names spells them out.
fn search_words(finding: &Finding) -> String {
    let mut words = finding.title.to_lowercase();
    let named = |column: &str| {
        let column = column.to_lowercase();
        column.contains("supplier") || column.contains("name")
    };
    let rows = finding.rows.iter().filter(|row| row.ledger != FileType::Employees);
    let fields = rows.flat_map(|row| &row.fields);
    for (_, value) in fields.filter(|(column, _)| named(column)) {
        let value = value.to_lowercase();
        if !words.contains(&value) {
            words.push('\n');
            words.push_str(&value);
        }
    }
    words
}
