//! One run: every check over one version of a unit's ledgers.
//!
//! Not for: what a check looks for (`checks`), or what becomes of findings (the store).
//!
//! Invariant: the same rows, verdicts and day give the same findings, whatever was found before.

mod check_queue;
mod details;
mod draft;
mod figures;
mod inputs;
pub(crate) mod invoices;
mod lanes;
mod needs;
pub(crate) mod own_checks;
mod registers;
mod results;
mod rows;
mod sessions;
mod shared_keys;
mod statement_credits;
mod statuses;
mod suppliers;
mod truncation;
mod verdict_rates;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use datafusion::prelude::SessionContext;
use domain::finding::{
    CheckEnd, CheckReport, OverfullBlock, RememberedVerdict, RunOutcome, VerdictScope,
};
use domain::finding::{Finding, FindingKey, Suppression};
use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;

use self::check_queue::{CheckQueue, WaitingCheck};
pub(crate) use self::inputs::RunInputs;
pub use self::inputs::RunSettings;
use self::needs::FilledColumns;
pub(crate) use self::results::{ResultCache, UnitResults};
use self::sessions::{QueriedInvoices, Sessions};
pub(crate) use self::statuses::Statuses;
pub(crate) use self::verdict_rates::VerdictRates;
use crate::checks::{Check, ConfiguredCheck, Method};
use crate::engine::{Cluster, Engine, Joins, Stop, Tables, beside};
use crate::error::Error;
use crate::limits::CHECKS_AT_ONCE_MAX;

/// The channel for a run's progress: from 0 to 1, and what it does.
pub(crate) type Progress = UnboundedSender<(f64, String)>;

/// One run: tables, inputs, and whom it tells how far it is.
pub(crate) struct Run {
    pub(crate) engine: Arc<Engine>,
    /// It answers statements in the engine's place; none on one machine.
    pub(crate) cluster: Option<Arc<dyn Cluster>>,
    pub(crate) tables: Tables,
    pub(crate) inputs: RunInputs,
    /// Counted at its beginning.
    pub(crate) statuses: Statuses,
    /// None where there is no unit that is checked again.
    pub(crate) results: Option<UnitResults>,
    pub(crate) progress: Progress,
    pub(crate) stop: Stop,
    /// Checks that have run.
    pub(crate) done: AtomicUsize,
}

/// A check that has run, by its place.
type EndedCheck = (usize, CheckReport, Outcome);

/// The findings of one check, before people's verdicts are applied.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    pub(crate) findings: Vec<Finding>,
    pub(crate) suppressed: Vec<Finding>,
    /// All that were suppressed, also those not among `suppressed`.
    pub(crate) counts: BTreeMap<String, u64>,
    pub(crate) overfull: Vec<OverfullBlock>,
    pub(crate) figures: serde_json::Value,
}

impl Run {
    /// Runs every check, several at once: invoices are weighed in pairs on all threads, and beside it
    /// all else is queried, each query on one thread.
    pub(crate) async fn execute(mut self) -> Result<RunOutcome, Error> {
        let whole = self.whole_session(Joins::Hash)?;
        let filled = beside({
            let whole = whole.clone();
            async move { FilledColumns::read(&whole).await }
        });
        self.statuses = Statuses::read(&whole, &self.inputs.settings.left_out_statuses).await?;
        let filled = filled.await?;
        let run = Arc::new(self);
        let checks = run.inputs.settings.checks();
        let (pairs, queried): (Vec<_>, Vec<_>) = (checks.into_iter().enumerate())
            .map(|(at, check)| {
                let method = check.definition.method;
                let missing = registers::missing(&run.inputs.registers, method);
                let missing = missing.or_else(|| filled.missing(check.definition, &run.tables));
                (at, missing, check)
            })
            .partition(|(_, _, check)| check.definition.method == Method::InvoicePairs);
        let mut ended = Self::run_queues(&run, pairs, queried).await?;
        ended.sort_unstable_by_key(|(at, ..)| *at);
        let mut checked = RunOutcome::default();
        for (_, report, outcome) in ended {
            checked.checks.push(report);
            checked.findings.extend(outcome.findings);
            checked.suppressed.extend(outcome.suppressed);
        }
        for (report, outcome) in run.run_own_checks().await? {
            checked.checks.push(report);
            checked.findings.extend(outcome.findings);
            checked.suppressed.extend(outcome.suppressed);
        }
        let last = (0.97, "Writing down what the findings show".into());
        run.progress.send(last).unwrap_or_else(|_nobody_follows| ());
        let payments = run.whole_session(Joins::Few)?;
        let payment_days = beside(async move { lanes::payment_days(&payments).await });
        let all = checked.findings.iter_mut().chain(&mut checked.suppressed);
        details::fill(|| run.whole_session(Joins::Few), all).await?;
        let payment_days = payment_days.await?;
        for finding in checked.findings.iter_mut().chain(&mut checked.suppressed) {
            lanes::assign(finding, payment_days);
        }
        checked.findings.sort_by(by_rank);
        Ok(checked)
    }

    /// The checks that weigh pairs in turn, and beside them the others, several at once. Who has weighed all
    /// pairs takes checks of the others.
    async fn run_queues(
        run: &Arc<Self>,
        pairs: Vec<WaitingCheck>,
        queried: Vec<WaitingCheck>,
    ) -> Result<Vec<EndedCheck>, Error> {
        let total = pairs.len() + queried.len();
        let mut queried = queried;
        // What takes long and is on several threads itself comes first: none waits for it in the end.
        queried.sort_by_key(|(.., check)| check.definition.method != Method::SupplierPairs);
        let (pairs, queried) = (CheckQueue::new(pairs), Arc::new(CheckQueue::new(queried)));
        let queriers = run.engine.threads().clamp(2, CHECKS_AT_ONCE_MAX) - 1;
        let mut workers = JoinSet::new();
        let weighing = Arc::clone(run);
        workers.spawn(async move {
            let sessions = weighing.sessions()?;
            weighing.run_queue(&sessions, &pairs, total).await
        });
        let held = Arc::new(run.hold_columns(&queried).await?);
        let querier = |held: &Arc<QueriedInvoices>| {
            let (run, queried, held) = (Arc::clone(run), Arc::clone(&queried), Arc::clone(held));
            async move {
                let sessions = run.queried_sessions(&held).await?;
                run.run_queue(&sessions, &queried, total).await
            }
        };
        for _ in 0..queriers {
            workers.spawn(querier(&held));
        }
        // Its memory is given back with the last of them.
        let mut held = Some(held);
        let mut ended = Vec::with_capacity(total);
        while let Some(queue) = workers.join_next().await {
            ended.extend(queue??);
            if let Some(held) = held.take().filter(|_| !queried.is_empty()) {
                workers.spawn(querier(&held));
            }
        }
        Ok(ended)
    }

    /// The next check of a queue, until none waits.
    async fn run_queue(
        &self,
        sessions: &Sessions,
        queue: &CheckQueue,
        total: usize,
    ) -> Result<Vec<EndedCheck>, Error> {
        let mut ended = Vec::new();
        while let Some((at, missing, check)) = queue.next() {
            self.stop.check()?;
            self.report_progress(self.done.load(Ordering::Relaxed), total, check.definition);
            let (report, outcome) = self.run_check(sessions, &check, missing).await?;
            self.done.fetch_add(1, Ordering::Relaxed);
            ended.push((at, report, outcome));
        }
        Ok(ended)
    }

    #[expect(clippy::cast_precision_loss, reason = "a share of a few dozen")]
    fn report_progress(&self, done: usize, total: usize, check: &Check) {
        let done = done as f64 / (total + 1) as f64;
        let step = (done, check.title.to_owned());
        self.progress.send(step).unwrap_or_else(|_nobody_follows| ());
    }

    async fn run_check(
        &self,
        sessions: &Sessions,
        check: &ConfiguredCheck,
        missing: Option<String>,
    ) -> Result<(CheckReport, Outcome), Error> {
        let began = Instant::now();
        let (end, outcome) = match missing {
            Some(why) => (CheckEnd::NotRun { why }, Outcome::default()),
            None => match self.cached_or_run(sessions, check).await {
                Ok(outcome) => (CheckEnd::Ran, outcome),
                Err(fault @ Error::Register(_)) => {
                    (CheckEnd::NotRun { why: fault.to_string() }, Outcome::default())
                }
                Err(other) => return Err(other),
            },
        };
        let mut outcome = self.apply_verdicts(outcome);
        if !self.inputs.settings.ignores_verdict_rates {
            self.inputs.verdict_rates.apply(&mut outcome.findings);
        }
        Ok((report(check.definition, end, &outcome, began), outcome))
    }

    /// The outcome of the last run, where nothing that the check looks at has changed since.
    async fn cached_or_run(
        &self,
        sessions: &Sessions,
        check: &ConfiguredCheck,
    ) -> Result<Outcome, Error> {
        // What is in a register or on a statement, no version of a ledger tells.
        let is_of_others = matches!(
            check.definition.method,
            Method::Sanctions | Method::CompanyRegister | Method::StatementCredits
        );
        let Some(results) = self.results.as_ref().filter(|_| !is_of_others) else {
            return self.find(sessions, check).await;
        };
        if let Some(outcome) = results.get(check) {
            return Ok(Outcome::clone(&outcome));
        }
        let outcome = Arc::new(self.find(sessions, check).await?);
        results.put(check, &outcome);
        Ok(Arc::unwrap_or_clone(outcome))
    }

    /// The findings of a check, as a session has its rows.
    async fn find_in(
        &self,
        session: &SessionContext,
        check: &ConfiguredCheck,
    ) -> Result<Outcome, Error> {
        let mut outcome = match check.definition.method {
            Method::Sql => rows::find(session, check).await?,
            Method::InvoicePairs => invoices::find(self, session, check).await?,
            Method::SupplierPairs => suppliers::find_duplicates(session, check).await?,
            Method::LookAlikes => suppliers::find_look_alikes(session, check).await?,
            Method::Sanctions => {
                registers::find_sanctioned(&self.inputs.registers, session, check).await?
            }
            Method::CompanyRegister => {
                registers::find_gone(&self.inputs.registers, session, check).await?
            }
            Method::StatementCredits => {
                statement_credits::find(&self.inputs.statement_credits, session, check).await?
            }
        };
        if let Some(sql) = check.figures_sql() {
            outcome.figures = figures::read(session, &sql).await?;
        }
        Ok(outcome)
    }

    /// Takes out what people have decided on and want to see no more.
    fn apply_verdicts(&self, mut outcome: Outcome) -> Outcome {
        let apart = shared_keys::tell_apart(&mut outcome);
        let verdicts = VerdictsInForce::new(&self.inputs.verdicts, self.inputs.now);
        let verdicts = VerdictsInForce { apart, ..verdicts };
        let mut kept = Vec::new();
        for mut finding in outcome.findings {
            let Some(suppression) = verdicts.suppression(&finding) else {
                kept.push(finding);
                continue;
            };
            finding.suppressed = Some(suppression);
            *outcome.counts.entry("decided".into()).or_default() += 1;
            outcome.suppressed.push(finding);
        }
        outcome.findings = kept;
        truncation::truncate(&mut outcome);
        outcome
    }
}

/// The verdicts that speak for what is found at a moment.
pub(crate) struct VerdictsInForce<'a> {
    verdicts: Vec<&'a RememberedVerdict>,
    /// Findings whose rows have the ids of another supplier's: no verdict knows them by those.
    apart: BTreeSet<FindingKey>,
}

impl<'a> VerdictsInForce<'a> {
    pub(crate) fn new(verdicts: &'a [RememberedVerdict], now: Timestamp) -> Self {
        let is_in_force =
            |verdict: &&RememberedVerdict| verdict.until.is_none_or(|until| until > now);
        let verdicts = verdicts.iter().filter(is_in_force).collect();
        Self { verdicts, apart: BTreeSet::new() }
    }

    /// Why a finding is none, where somebody has decided so.
    pub(crate) fn suppression(&self, finding: &Finding) -> Option<Suppression> {
        let is_known_by_key =
            finding.statement_credit.is_some() || self.apart.contains(&finding.key);
        let speaks_of = |verdict: &&&RememberedVerdict| match &verdict.of {
            // All credits of a supplier have the one row of it.
            VerdictScope::Rows { finding: key, .. } if is_known_by_key => *key == finding.key,
            VerdictScope::Rows { rows, suppliers, .. } => {
                let is_of = |supplier: &str| suppliers.iter().any(|known| known == supplier);
                let mut named = finding.supplier_references().into_iter();
                finding.rows.iter().all(|row| rows.contains(&row.id))
                    && (suppliers.is_empty() || named.all(is_of))
            }
            VerdictScope::Pattern { pattern } => finding.pattern.as_ref() == Some(pattern),
        };
        let verdict = self.verdicts.iter().find(speaks_of)?;
        let words = format!("{} decided on {} that this is legitimate", verdict.by, verdict.at);
        Some(Suppression { reason: "decided".into(), words })
    }
}

fn report(check: &Check, end: CheckEnd, outcome: &Outcome, began: Instant) -> CheckReport {
    CheckReport {
        check: check.name.into(),
        title: check.title.to_owned(),
        end,
        findings: outcome.findings.len() as u64,
        suppressed: outcome.counts.clone(),
        overfull: outcome.overfull.clone(),
        figures: outcome.figures.clone(),
        milliseconds: u64::try_from(began.elapsed().as_millis())
            .expect("a run ends within an hour"),
    }
}

/// The order of a queue.
fn by_rank(x: &Finding, y: &Finding) -> std::cmp::Ordering {
    let rank = |finding: &Finding| (finding.lane.rank(), finding.gravity());
    rank(y).cmp(&rank(x)).then(x.key.cmp(&y.key))
}
