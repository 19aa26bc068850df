//! The checks over a unit's ledgers, or over rows in memory: where the engine, the tables and a run meet.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use arrow_array::RecordBatch;
use domain::finding::{CheckRequest, Checked, RememberedVerdict};
use domain::{FileType, InvoiceLines, UploadId};
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::browse::{Holding, Pages, Suppliers};
use crate::checks::Check;
use crate::engine::{Engine, Tables};
use crate::error::Error;
use crate::ledgers::Ledgers;
use crate::run::{Kept, KeptOfUnit, Run};

/// Ledgers with an engine to check them.
#[derive(Debug, Clone)]
pub struct CheckLedgers {
    ledgers: Ledgers,
    engine: Arc<Engine>,
    kept: Kept,
    pages: Pages,
    suppliers: Suppliers,
    holding: Holding,
}

impl CheckLedgers {
    /// Clones share what earlier runs have left: a run after a few new rows does again only what they touch.
    pub fn new(ledgers: Ledgers, engine: Arc<Engine>) -> Self {
        let (kept, pages, suppliers, holding) = Default::default();
        Self { ledgers, engine, kept, pages, suppliers, holding }
    }

    pub(crate) const fn pages(&self) -> &Pages {
        &self.pages
    }

    pub(crate) const fn suppliers(&self) -> &Suppliers {
        &self.suppliers
    }

    pub(crate) const fn holding(&self) -> &Holding {
        &self.holding
    }

    pub(crate) const fn ledgers(&self) -> &Ledgers {
        &self.ledgers
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Runs the checks as the unit has set them over the newest versions of its ledgers. `progress` is told
    /// how far it is, from 0 to 1, and what it does. Dropping the future stops the work.
    pub async fn check(
        &self,
        request: &CheckRequest,
        progress: impl Fn(f64, &str) + Send + Sync,
    ) -> Result<Checked, Error> {
        self.check_with(request, CheckSettings::of_unit(&request.settings), progress).await
    }

    /// The same, of some checks or by other numbers.
    pub async fn check_with(
        &self,
        request: &CheckRequest,
        settings: CheckSettings,
        progress: impl Fn(f64, &str) + Send + Sync,
    ) -> Result<Checked, Error> {
        let mut opened = Vec::new();
        for file_type in FileType::ALL {
            opened.extend(self.opened(&request.of, file_type).await?);
        }
        let tables = Tables::of_ledgers(self.ledgers.files(), &opened)?;
        let versions = opened
            .iter()
            .map(|(_, ledger)| (ledger.file_type().spec().table.to_owned(), ledger.version()));
        let versions: BTreeMap<String, u64> = versions.collect();
        let lines = settings.invoice_lines;
        let kept = Some(self.kept.of(request.of.clone(), versions.clone(), lines));
        let (now, verdicts) = (request.now, request.verdicts.clone());
        let told = Told { now, verdicts, settings, file_names: request.file_names.clone() };
        let mut checked = carry_out(&self.engine, tables, told, kept, progress).await?;
        checked.versions = versions;
        Ok(checked)
    }
}

/// What is checked, and by which numbers; without anything said, all as the folders say.
#[derive(Debug, Clone, Default)]
pub struct CheckSettings {
    /// Names of checks; none: every one.
    pub only: Option<Vec<String>>,
    /// Parameters that differ, by `check.parameter`.
    pub parameters: BTreeMap<String, f64>,
    pub invoice_lines: InvoiceLines,
}

impl CheckSettings {
    /// What a unit has set.
    fn of_unit(settings: &domain::CheckSettings) -> Self {
        let numbers = settings.parameters.iter();
        let number = |number: &domain::CheckNumber| -> f64 {
            number.to_string().parse().expect("every decimal is near a float")
        };
        Self {
            only: Some(settings.names_on(Check::all().iter().map(|check| check.name))),
            parameters: numbers.map(|(name, value)| (name.clone(), number(value))).collect(),
            invoice_lines: settings.invoice_lines,
        }
    }
}

/// Runs checks over rows in memory, in the columns of their ledgers.
pub async fn check_batches(
    engine: &Arc<Engine>,
    tables: Vec<(FileType, Vec<RecordBatch>)>,
    now: Timestamp,
    settings: CheckSettings,
) -> Result<Checked, Error> {
    let told = Told { now, verdicts: Vec::new(), settings, file_names: BTreeMap::new() };
    carry_out(engine, Tables::of_batches(tables), told, None, |_, _| {}).await
}

/// What a run goes by beside the rows.
pub(crate) struct Told {
    pub(crate) now: Timestamp,
    pub(crate) verdicts: Vec<RememberedVerdict>,
    pub(crate) settings: CheckSettings,
    /// Of uploads, as far as they are known.
    pub(crate) file_names: BTreeMap<UploadId, String>,
}

async fn carry_out(
    engine: &Arc<Engine>,
    tables: Tables,
    told: Told,
    kept: Option<KeptOfUnit>,
    progress_to: impl Fn(f64, &str) + Send + Sync,
) -> Result<Checked, Error> {
    let (progress, mut heard) = mpsc::unbounded_channel();
    let own = Arc::clone(engine);
    let work = engine.carry_out(move |stop| {
        Run { engine: own, tables, told, kept, progress, stop, done: AtomicUsize::new(0) }
            .carry_out()
    });
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            Some((done, what)) = heard.recv() => progress_to(done, &what),
        }
    }
}
