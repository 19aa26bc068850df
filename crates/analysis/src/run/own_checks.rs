//! Checks of a customer's own: each by itself, within its limits, after those of the program.
//!
//! Not for: which statements are run at all (`own_statement`).
//!
//! Invariant: whatever such a check does, it ends, no other check notices, and the run says why it ended.

use std::sync::Arc;
use std::time::Instant;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Schema};
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;
use domain::finding::{CheckEnd, CheckReport, Finding, Lane, OwnCheckTrial};
use domain::{LeftOutStatuses, OwnCheck};
use futures_util::StreamExt as _;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Outcome, Run, Statuses, details, rows};
use crate::checks::{CheckDefinition, Method};
use crate::engine::{Engine, Joins, Tables, hide_personal, leave_out, query_all, without_hidden};
use crate::error::Error;
use crate::limits::{
    OWN_CHECK_FINDINGS_MAX, OWN_CHECK_MEMORY_BYTES, OWN_CHECK_SHOWN_MAX, OWN_CHECKS_MAX,
    OWN_FINDING_REASONS_MAX, OWN_FINDING_ROWS_MAX, OWN_TEXT_BYTES_MAX, QUERY_THREADS,
};
use crate::own_statement::{OwnStatement, RefusedStatement};

/// The columns that a statement gives, and whether each is a list.
const COLUMNS: [(&str, bool); 13] = [
    ("title", false),
    ("fields", true),
    ("words", true),
    ("bits", true),
    ("transactions", true),
    ("suppliers", true),
    ("employees", true),
    ("unposted_invoices", true),
    ("at_risk", false),
    ("currency", false),
    ("kind", false),
    ("pattern", false),
    ("known_by", false),
];

impl Run {
    /// All checks of the unit's own, one after the other.
    pub(super) async fn run_own_checks(&self) -> Result<Vec<(CheckReport, Outcome)>, Error> {
        let mut ended = Vec::new();
        for check in self.inputs.own_checks.iter().take(OWN_CHECKS_MAX) {
            self.stop.check()?;
            let last = (0.95, check.description.title.clone());
            self.progress.send(last).unwrap_or_else(|_nobody_follows| ());
            let began = Instant::now();
            let session = session(&self.engine, &self.tables, &self.statuses)?;
            let (end, outcome) = match find(&self.engine, &session, check).await {
                Ok(outcome) => (CheckEnd::Ran, outcome),
                Err(why) => (CheckEnd::NotRun { why: why.to_string() }, Outcome::default()),
            };
            let outcome = self.apply_verdicts(outcome);
            ended.push((report(check, end, &outcome, began), outcome));
        }
        Ok(ended)
    }
}

/// One check over the rows of a unit as they are now, for whoever writes it.
pub(crate) async fn try_over(
    engine: &Engine,
    tables: &Tables,
    left_out: &LeftOutStatuses,
    check: &OwnCheck,
) -> Result<OwnCheckTrial, Error> {
    let began = Instant::now();
    let whole = || {
        let session = engine.session(Joins::Few, QUERY_THREADS);
        tables.register(&session).map(|()| session)
    };
    let statuses = Statuses::read(&whole()?, left_out).await?;
    let session = session(engine, tables, &statuses)?;
    let mut trial = OwnCheckTrial::default();
    match find(engine, &session, check).await {
        Ok(outcome) => {
            trial.found = outcome.findings.len();
            trial.findings = outcome.findings;
            trial.findings.truncate(OWN_CHECK_SHOWN_MAX);
            details::fill(whole, trial.findings.iter_mut()).await?;
        }
        Err(why) => trial.refused = Some(why.to_string()),
    }
    trial.milliseconds = milliseconds(began);
    Ok(trial)
}

/// The three tables of the unit and nothing else, without what is personal.
fn session(engine: &Engine, tables: &Tables, statuses: &Statuses) -> Result<SessionContext, Error> {
    let session = engine.own_session();
    tables.register(&session)?;
    leave_out(&session, &statuses.left_out)?;
    hide_personal(&session)?;
    Ok(session)
}

/// The findings of one check, or why there are none. A panic is a refusal as well.
async fn find(
    engine: &Engine,
    session: &SessionContext,
    check: &OwnCheck,
) -> Result<Outcome, RefusedStatement> {
    let statement = OwnStatement::parse(&check.statement())?;
    let (session, check) = (session.clone(), Arc::new(check.clone()));
    // Dropped, the set stops it.
    let mut work = JoinSet::new();
    work.spawn(async move { find_all(&session, statement, &check).await });
    let time = engine.own_check_time();
    match timeout(time, work.join_next()).await {
        Ok(ended) => ended.expect("one was spawned").unwrap_or_else(|_panicked| {
            Err(refused("the engine failed on it, which is a fault of Bursar's; say it otherwise"))
        }),
        Err(_too_long) => Err(refused(format!(
            "it took longer than {} s; name fewer rows before they are joined",
            time.as_secs()
        ))),
    }
}

async fn find_all(
    session: &SessionContext,
    statement: OwnStatement,
    check: &OwnCheck,
) -> Result<Outcome, RefusedStatement> {
    if let Some(why) = missing(session, check).await? {
        return Err(refused(why));
    }
    let statement = Statement::Statement(Box::new(statement.into_inner()));
    let plan = session.state().statement_to_plan(statement).await.map_err(failed)?;
    let only_reads =
        SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    only_reads.verify_plan(&plan).map_err(failed)?;
    verify_columns(plan.schema().as_arrow())?;
    let frame = session.execute_logical_plan(plan).await.map_err(failed)?;
    let mut stream = frame.execute_stream().await.map_err(failed)?;
    let name = check.name.in_findings();
    let definition = definition(&name, check);
    let mut outcome = Outcome::default();
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(failed)?;
        if outcome.findings.len() + batch.num_rows() > OWN_CHECK_FINDINGS_MAX {
            return Err(refused(format!(
                "it found more than {OWN_CHECK_FINDINGS_MAX}: group them, or look for fewer"
            )));
        }
        for row in 0..batch.num_rows() {
            outcome.findings.push(finding(&definition, &batch, row)?);
        }
    }
    let mut keys: Vec<_> = outcome.findings.iter().map(|finding| &finding.key).collect();
    keys.sort_unstable();
    if keys.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(refused("two findings are of the same rows: group them to one"));
    }
    Ok(outcome)
}

/// A need whose columns hold nothing anywhere, as a sentence.
async fn missing(
    session: &SessionContext,
    check: &OwnCheck,
) -> Result<Option<String>, RefusedStatement> {
    for any in check.needs() {
        let mut is_there = false;
        for (table, column) in &any {
            let sql = format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL LIMIT 1");
            let parsed = OwnStatement::parse(&sql);
            parsed.map_err(|_refused| refused(format!("`needs`: there is no {table}.{column}")))?;
            let found = query_all(session, &sql)
                .await
                .map_err(|_failed| refused(format!("`needs`: there is no {table}.{column}")))?;
            is_there |= found.iter().any(|batch| batch.num_rows() > 0);
        }
        if !is_there {
            let columns: Vec<String> = any
                .iter()
                .map(|(table, column)| format!("{} in {table}", column.replace('_', " ")))
                .collect();
            return Ok(Some(format!("no {}", columns.join(" and no "))));
        }
    }
    Ok(None)
}

/// The columns have the names and kinds that findings are made of.
fn verify_columns(schema: &Schema) -> Result<(), RefusedStatement> {
    for field in schema.fields() {
        let known = COLUMNS.iter().find(|(name, _)| name == field.name());
        let Some((name, is_list)) = known else {
            let all: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
            let why =
                format!("the column {} is none of a finding's: {}", field.name(), all.join(", "));
            return Err(refused(why));
        };
        let fits = match field.data_type() {
            DataType::List(inner) => *is_list && !inner.data_type().is_nested(),
            other => !is_list && !other.is_nested(),
        };
        if !fits {
            let kind = if *is_list { "a list, as of make_array(…)" } else { "a single value" };
            return Err(refused(format!("the column {name} is {kind}")));
        }
    }
    let has = |name: &str| schema.column_with_name(name).is_some();
    if !has("title") {
        return Err(refused("a finding has a title: one sentence, as the column title"));
    }
    if !["transactions", "suppliers", "employees", "unposted_invoices"].into_iter().any(has) {
        return Err(refused(
            "a finding names its rows: a list of ids as transactions, suppliers, employees or unposted_invoices",
        ));
    }
    Ok(())
}

/// The check as one of the program would say it.
fn definition<'a>(name: &'a str, check: &'a OwnCheck) -> CheckDefinition<'a> {
    let of = &check.description;
    CheckDefinition {
        name,
        title: &of.title,
        finds: &of.finds,
        about: &of.about,
        severity: of.severity,
        lane: Lane::LookInto,
        names_risk: check.names_risk(),
        verdict: of.verdict,
        innocent_if: &of.innocent_if,
        innocent_reasons: None,
        next_step: None,
        claim: &of.claim,
        at_risk_is: Some(of.at_risk_is.as_deref().unwrap_or("what the check says it is")),
        needs: &[],
        method: Method::Sql,
        parameters: &[],
        main_sql: &check.sql,
        figures_sql: None,
    }
}

fn finding(
    definition: &CheckDefinition<'_>,
    batch: &RecordBatch,
    row: usize,
) -> Result<Finding, RefusedStatement> {
    let mut finding = rows::finding(definition, batch, row)
        .map_err(|_uneven| refused("fields, words and bits are lists of one length"))?;
    let texts = finding.evidence.iter().map(|reason| reason.words.len());
    let longest = texts.chain([finding.title.len(), finding.kind.len()]).max().unwrap_or(0);
    let known_by = finding.pattern.as_ref().map_or(0, String::len);
    if longest.max(known_by) > OWN_TEXT_BYTES_MAX {
        return Err(refused(format!("a text is longer than {OWN_TEXT_BYTES_MAX} bytes")));
    }
    if finding.title.trim().is_empty() || finding.rows.is_empty() {
        return Err(refused("a finding lacks its title or its rows: nothing stands there"));
    }
    if finding.rows.len() > OWN_FINDING_ROWS_MAX || finding.evidence.len() > OWN_FINDING_REASONS_MAX
    {
        return Err(refused(format!(
            "a finding has more than {OWN_FINDING_ROWS_MAX} rows or {OWN_FINDING_REASONS_MAX} reasons"
        )));
    }
    // A statement of theirs has no such column.
    finding.next_step.clear();
    finding.title = without_hidden(&finding.title);
    finding.kind = without_hidden(&finding.kind);
    finding.pattern = finding.pattern.as_deref().map(without_hidden);
    for reason in &mut finding.evidence {
        reason.words = without_hidden(&reason.words);
        reason.field = without_hidden(&reason.field);
    }
    Ok(finding)
}

fn refused(why: impl Into<String>) -> RefusedStatement {
    RefusedStatement::new(why)
}

/// An error as whoever wrote the SQL can use it. What the engine says of a value may hold the value: that is
/// not passed on, as runs are seen by people who may not see every column.
#[expect(clippy::needless_pass_by_value, reason = "it is the end of the error")]
fn failed(error: DataFusionError) -> RefusedStatement {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(why) if why.starts_with("concat") => {
            refused(why.as_str())
        }
        DataFusionError::ResourcesExhausted(_) => refused(format!(
            "it needs more memory than {} MiB; name fewer rows, or group them",
            OWN_CHECK_MEMORY_BYTES >> 20
        )),
        DataFusionError::Plan(why) | DataFusionError::NotImplemented(why) => {
            refused(format!("the SQL cannot be planned: {}", beginning(why)))
        }
        DataFusionError::SchemaError(why, _) => {
            refused(format!("the SQL cannot be planned: {}", beginning(&why.to_string())))
        }
        DataFusionError::SQL(why, _) => {
            refused(format!("the SQL cannot be read: {}", beginning(&why.to_string())))
        }
        _ => refused(
            "a value cannot be computed: look at what is cast, divided or taken out of a list",
        ),
    }
}

/// The words before the lists of everything that there is.
fn beginning(why: &str) -> String {
    why.chars().take(400).collect()
}

fn report(check: &OwnCheck, end: CheckEnd, outcome: &Outcome, began: Instant) -> CheckReport {
    CheckReport {
        check: check.name.in_findings(),
        title: check.description.title.clone(),
        end,
        findings: outcome.findings.len() as u64,
        suppressed: outcome.counts.clone(),
        overfull: Vec::new(),
        figures: serde_json::Value::Null,
        milliseconds: milliseconds(began),
    }
}

fn milliseconds(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).expect("a check ends within an hour")
}
