//! The checks over a unit's ledgers, or over rows in memory: where the engine, the tables and a run meet.
//!
//! Not for: looking at rows (`browse`).

mod credits;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use arrow_array::RecordBatch;
use domain::FileType;
use domain::Finding;
use domain::finding::{AcrossOutcome, AcrossRequest, CheckRequest, CheckedUnit, RunOutcome};
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::engine::{Cluster, Engine, Tables};
use crate::error::Error;
use crate::ledgers::Ledgers;
use crate::limits::ACROSS_FINDINGS_MAX;
use crate::registers::Registers;
use crate::run::{ResultCache, Run, RunInputs, RunSettings, Statuses, UnitResults};

/// The check that compares invoices; suppliers and employees of other units are others'.
const COMPARED_ACROSS: &str = "duplicate_invoices";

/// Checks the ledgers of units. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Checker {
    ledgers: Ledgers,
    engine: Arc<Engine>,
    results: ResultCache,
    registers: Registers,
    cluster: Option<Arc<dyn Cluster>>,
}

impl Checker {
    /// A checker whose clones share the results of earlier runs: a check that nothing has touched
    /// since is not run again.
    pub fn new(ledgers: Ledgers, engine: Arc<Engine>) -> Self {
        let (results, registers) = Default::default();
        Self { ledgers, engine, results, registers, cluster: None }
    }

    pub(crate) const fn ledgers(&self) -> &Ledgers {
        &self.ledgers
    }

    /// A checker that holds suppliers against the operator's registers.
    #[must_use]
    pub fn with_registers(self, registers: Registers) -> Self {
        Self { registers, ..self }
    }

    /// A checker that leaves the statements of checks to other machines.
    #[must_use]
    pub fn on_cluster(self, cluster: Arc<dyn Cluster>) -> Self {
        Self { cluster: Some(cluster), ..self }
    }

    /// Runs the checks as the unit has set them over the newest versions of its ledgers. `progress` is told
    /// how far it is, from 0 to 1, and what it does. Dropping the future stops the work.
    pub async fn check(
        &self,
        request: &CheckRequest,
        progress: impl Fn(f64, &str) + Send + Sync,
    ) -> Result<RunOutcome, Error> {
        self.check_with(request, RunSettings::from_unit(&request.settings), progress).await
    }

    /// Runs some of the checks, or by other numbers than the unit has set.
    pub async fn check_with(
        &self,
        request: &CheckRequest,
        settings: RunSettings,
        progress: impl Fn(f64, &str) + Send + Sync,
    ) -> Result<RunOutcome, Error> {
        let mut opened = Vec::new();
        for file_type in FileType::ALL {
            opened.extend(self.ledgers.open_of_unit(&request.of, file_type).await?);
        }
        let tables = Tables::from_ledgers(self.ledgers.files(), &opened)?;
        let versions = opened
            .iter()
            .map(|(_, ledger)| (ledger.file_type().spec().table.to_owned(), ledger.version()));
        let versions: BTreeMap<String, u64> = versions.collect();
        let results = self.results.of_unit(request.of.clone(), versions.clone(), &settings);
        let inputs = RunInputs::new(request, settings, self.registers.clone());
        let on = Machines { engine: Arc::clone(&self.engine), cluster: self.cluster.clone() };
        let mut checked = execute(on, tables, inputs, Some(results), progress).await?;
        checked.versions = versions;
        Ok(checked)
    }
}

impl Checker {
    /// Compares the invoices of several units of a customer with one another. What is within one unit is
    /// left to that unit's own runs.
    pub async fn check_across(&self, request: &AcrossRequest) -> Result<AcrossOutcome, Error> {
        let mut opened = Vec::new();
        for unit in &request.units {
            let of = CheckedUnit { customer: request.customer.clone(), unit: unit.clone() };
            let ledger = self.ledgers.open_of_unit(&of, FileType::Transactions).await?;
            opened.extend(ledger.map(|(place, ledger)| (unit.to_string(), place, ledger)));
        }
        if opened.len() < 2 {
            let why = "fewer than two units have transactions: there is nothing to compare";
            return Ok(AcrossOutcome { not_run: Some(why.to_owned()), ..AcrossOutcome::default() });
        }
        let tables = Tables::from_units(self.ledgers.files(), &opened)?;
        let settings =
            RunSettings { only: Some(vec![COMPARED_ACROSS.to_owned()]), ..RunSettings::default() };
        let inputs = RunInputs::of_rows(request.now, settings);
        let on = Machines { engine: Arc::clone(&self.engine), cluster: None };
        let checked = execute(on, tables, inputs, None, |_, _| {}).await?;
        let mut findings = checked.findings;
        findings.retain(Finding::is_across_units);
        findings.truncate(ACROSS_FINDINGS_MAX);
        Ok(AcrossOutcome { findings, not_run: None })
    }
}

/// Runs checks over rows in memory, in the columns of their ledgers.
pub async fn check_batches(
    engine: &Arc<Engine>,
    tables: Vec<(FileType, Vec<RecordBatch>)>,
    now: Timestamp,
    settings: RunSettings,
) -> Result<RunOutcome, Error> {
    let inputs = RunInputs::of_rows(now, settings);
    let on = Machines { engine: Arc::clone(engine), cluster: None };
    execute(on, Tables::from_batches(tables), inputs, None, |_, _| {}).await
}

/// Whoever answers statements: the engine here, and a cluster where there is one.
struct Machines {
    engine: Arc<Engine>,
    cluster: Option<Arc<dyn Cluster>>,
}

async fn execute(
    on: Machines,
    tables: Tables,
    inputs: RunInputs,
    results: Option<UnitResults>,
    progress_to: impl Fn(f64, &str) + Send + Sync,
) -> Result<RunOutcome, Error> {
    let (progress, mut steps) = mpsc::unbounded_channel();
    let Machines { engine, cluster } = on;
    let own = Arc::clone(&engine);
    let work = engine.execute(move |stop| {
        let done = AtomicUsize::new(0);
        let statuses = Statuses::default();
        Run { engine: own, cluster, tables, inputs, statuses, results, progress, stop, done }
            .execute()
    });
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            Some((done, what)) = steps.recv() => progress_to(done, &what),
        }
    }
}
