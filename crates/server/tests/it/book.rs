//! Ledgers that keep only which upload made which version, and fail when they are told to.

// By path: an example of this crate takes this file in as well.
#[path = "book/browser.rs"]
mod browser;
#[path = "book/checker.rs"]
mod checker;
#[path = "book/examples.rs"]
mod examples;
#[path = "book/screener.rs"]
mod screener;
#[path = "book/tryouts.rs"]
mod tryouts;
#[path = "book/waiting.rs"]
mod waiting;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::fs::File;
use std::io::Read as _;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::finding::{CheckRequest, Credit, RunOutcome};
use domain::ledger_view::{RowsPage, RowsRequest, SupplierHistory};
use domain::payment_run::PaymentCheck;
use domain::problem::Reason;
use domain::statement::Reconciliation;
use domain::{
    Check, FieldSource, FileType, HoldReason, LedgerChange, LedgerFault, LedgerFaultKind,
    LedgerField, LedgerName, Preview, PreviewedColumn, PreviewedField, ReadingRules, Remedy,
    RowCounts, ShownCell, ShownRecord, TrialReading, Upload, UploadId,
};
use futures_util::future::BoxFuture;
use server::ledgers::{LedgerReader, LedgersError, ProblemTaker, ReadingOutcome, StatementFile};
use tokio::sync::Notify;

use examples::{CHECKS, broken, fields, known, rows};
pub(crate) use examples::{reading_report, reused_identifiers};
use waiting::Waiting;

/// What to do with the next reading of a file.
#[derive(Clone)]
pub(crate) enum Act {
    Fail,
    Panic,
    Hold,
    /// As its Unique IDs are those of other invoices.
    HoldReused,
    Refuse,
    /// It is read, with a note.
    Doubt(Reason),
    /// Something else happens while the file is read.
    Meanwhile(Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>),
    /// The power goes: in the ledger, and nobody hears of it.
    CommitAndHang(Arc<Notify>),
    CommitAndFail,
}

/// See the module.
#[derive(Clone, Default)]
pub(crate) struct Book(Arc<Mutex<Pages>>);

#[derive(Default)]
struct Pages {
    versions: HashMap<LedgerName, Vec<UploadId>>,
    acts: HashMap<String, VecDeque<Act>>,
    prepared: Vec<String>,
    tidied: Vec<LedgerName>,
    found: RunOutcome,
    payments: PaymentCheck,
    reconciliation: Option<Reconciliation>,
    statements_sent: Vec<StatementFile>,
    asked: Vec<CheckRequest>,
    credits: Vec<Credit>,
    while_checking: Option<Act>,
    rows: HashMap<FileType, RowsPage>,
    rows_asked: Vec<RowsRequest>,
    supplier: Option<SupplierHistory>,
    is_broken: bool,
    panics: bool,
    faults: Vec<LedgerFault>,
}

impl Pages {
    fn usable(&self, ledger: &LedgerName) -> Result<(), LedgersError> {
        match self.faults.iter().find(|fault| fault.ledger == *ledger) {
            None => Ok(()),
            Some(LedgerFault { kind: LedgerFaultKind::Unreadable, .. }) => {
                Err(LedgersError::Storage("told to".into()))
            }
            Some(fault) => Err(LedgersError::Unusable(fault.clone())),
        }
    }
}

impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Book")
    }
}

/// All checks, as the program hands them to a server.
pub(crate) fn checks() -> Vec<Check> {
    CHECKS.map(|(name, title)| known(name, title)).to_vec()
}

impl Book {
    /// The next reading of the file with this name; afterwards it is read.
    pub(crate) fn next(&self, file_name: &str, act: Act) {
        self.0.lock().unwrap().acts.entry(file_name.to_owned()).or_default().push_back(act);
    }

    /// The names of files whose reading began.
    pub(crate) fn prepared(&self) -> Vec<String> {
        self.0.lock().unwrap().prepared.clone()
    }

    pub(crate) fn versions(&self, ledger: &LedgerName) -> Vec<UploadId> {
        self.0.lock().unwrap().versions.get(ledger).cloned().unwrap_or_default()
    }

    pub(crate) fn tidied(&self) -> Vec<LedgerName> {
        self.0.lock().unwrap().tidied.clone()
    }

    /// What every check finds from now on.
    pub(crate) fn finds(&self, found: RunOutcome) {
        self.0.lock().unwrap().found = found;
    }

    /// The credits of the transactions from now on.
    pub(crate) fn credits(&self, credits: Vec<Credit>) {
        self.0.lock().unwrap().credits = credits;
    }

    /// What any statement comes to from now on; before that none can be read.
    pub(crate) fn reconciles(&self, reconciliation: Reconciliation) {
        self.0.lock().unwrap().reconciliation = Some(reconciliation);
    }

    /// The statements that were sent, in order.
    pub(crate) fn statements_sent(&self) -> Vec<StatementFile> {
        self.0.lock().unwrap().statements_sent.clone()
    }

    /// What checking any run of payments comes to from now on.
    pub(crate) fn finds_of_payments(&self, check: PaymentCheck) {
        self.0.lock().unwrap().payments = check;
    }

    /// What every check does before it finds anything.
    pub(crate) fn while_checking(&self, act: Option<Act>) {
        self.0.lock().unwrap().while_checking = act;
    }

    /// What the checks were asked, in order.
    pub(crate) fn check_requests(&self) -> Vec<CheckRequest> {
        self.0.lock().unwrap().asked.clone()
    }

    /// What a ledger holds from now on, whatever it is asked but for an id.
    pub(crate) fn holds(&self, file_type: FileType, rows: RowsPage) {
        self.0.lock().unwrap().rows.insert(file_type, rows);
    }

    /// What is known of the supplier with this reference.
    pub(crate) fn knows(&self, supplier: SupplierHistory) {
        self.0.lock().unwrap().supplier = Some(supplier);
    }

    /// Nothing is looked up any more.
    pub(crate) fn breaks(&self) {
        self.0.lock().unwrap().is_broken = true;
    }

    /// Whoever looks something up meets a fault of the program.
    pub(crate) fn panics(&self) {
        self.0.lock().unwrap().panics = true;
    }

    /// What is the matter with ledgers from now on; one that is unreadable is one whose storage is away.
    pub(crate) fn has(&self, faults: Vec<LedgerFault>) {
        self.0.lock().unwrap().faults = faults;
    }

    /// Which rows somebody asked for last.
    pub(crate) fn rows_asked(&self) -> RowsRequest {
        self.0.lock().unwrap().rows_asked.last().unwrap().clone()
    }

    fn commit(&self, upload: &Upload, rows: RowCounts) -> LedgerChange {
        let mut pages = self.0.lock().unwrap();
        let versions = pages.versions.entry(upload.ledger()).or_default();
        versions.push(upload.id);
        LedgerChange { version: versions.len() as u64, rows }
    }
}

#[async_trait]
impl LedgerReader for Book {
    async fn find_reading(&self, upload: &Upload) -> Result<Option<LedgerChange>, LedgersError> {
        self.0.lock().unwrap().usable(&upload.ledger())?;
        let place = self.versions(&upload.ledger()).iter().rposition(|id| *id == upload.id);
        Ok(place.map(|place| LedgerChange { version: place as u64 + 1, rows: rows(1) }))
    }

    async fn prepare(
        &self,
        upload: &Upload,
        mut file: File,
        _rules: &ReadingRules,
    ) -> Result<ReadingOutcome, LedgersError> {
        let name = upload.file_name.to_string();
        let act = {
            let mut pages = self.0.lock().unwrap();
            pages.prepared.push(name.clone());
            pages.acts.get_mut(&name).and_then(VecDeque::pop_front)
        };
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|error| LedgersError::Storage(error.into()))?;
        let rows = rows(text.lines().count() as u64);
        match &act {
            Some(Act::Fail) => return Err(broken()),
            Some(Act::Panic) => panic!("told to"),
            Some(Act::Hold) if upload.released_at.is_none() => {
                let reason = HoldReason::ManyInactive { active_before: 10 };
                return Ok(ReadingOutcome::Held { report: reading_report(), rows, reason });
            }
            Some(Act::HoldReused) if upload.released_at.is_none() => {
                let reason = reused_identifiers();
                return Ok(ReadingOutcome::Held { report: reading_report(), rows, reason });
            }
            Some(Act::Refuse) => {
                let reason = "no header row".to_owned();
                let (report, remedy) = (reading_report(), Remedy::MapColumns);
                return Ok(ReadingOutcome::Refused { report, reason, remedy });
            }
            Some(Act::Meanwhile(happen)) => happen().await,
            _ => {}
        }
        let report = examples::report(act.as_ref());
        let (book, upload) = (self.clone(), upload.clone());
        Ok(ReadingOutcome::Ready(report, Box::new(Waiting { book, upload, rows, act })))
    }

    fn checked_rules(
        &self,
        _file_type: FileType,
        rules: ReadingRules,
    ) -> Result<ReadingRules, String> {
        examples::known_fields(&fields(), rules)
    }

    /// The first line is the header; a column is what the mapping says, else nothing, also where it names one
    /// that is not there.
    async fn preview(
        &self,
        _upload: &Upload,
        mut file: File,
        rules: &ReadingRules,
    ) -> Result<Preview, LedgersError> {
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|error| LedgersError::Storage(error.into()))?;
        let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        let mut lines = text.lines();
        let Some(header) = lines.next() else {
            let refusal = Some("the file is empty".to_owned());
            return Ok(Preview { refusal, ..Preview::default() });
        };
        let mapping = rules.mapping.clone().unwrap_or_default();
        let (mapped, sources) = (mapping.columns, mapping.fields);
        let built = sources.values().find(|source| matches!(source, FieldSource::Columns(_)));
        let parts = built.map(FieldSource::headers).unwrap_or_default();
        let headers = cells(header);
        let field = |field: LedgerField| {
            let by_header = |header: &&String| mapped.get(*header).is_some_and(|n| n == field.name);
            let column = headers.iter().find(by_header).cloned().map(FieldSource::Column);
            let is_there = |source: &&FieldSource| {
                source.headers().iter().all(|header| headers.contains(header))
            };
            let source = sources.get(field.name).filter(is_there).cloned().or(column);
            PreviewedField { field, source, is_derived: false, values: Vec::new() }
        };
        let fields = fields().into_iter().map(field).collect();
        let column = |header: String| PreviewedColumn {
            identifier_part: parts.iter().position(|part| *part == header),
            field: mapped.get(&header).filter(|field| !field.is_empty()).cloned(),
            name: header.clone(),
            header,
        };
        let columns = headers.iter().cloned().map(column).collect();
        Ok(Preview { columns, rows: lines.map(cells).collect(), fields, refusal: None })
    }

    /// Rows as the preview has them; a file without its mandatory fields would be refused.
    async fn try_reading(
        &self,
        upload: &Upload,
        file: File,
        rules: &ReadingRules,
    ) -> Result<TrialReading, LedgersError> {
        let preview = self.preview(upload, file, rules).await?;
        Ok(examples::trial(&preview))
    }

    /// Cells stand between commas; a column is what the mapping of the rules says.
    async fn record_at(
        &self,
        upload: &Upload,
        file: File,
        rules: &ReadingRules,
        line: u64,
    ) -> Result<Option<ShownRecord>, LedgersError> {
        let mut preview = self.preview(upload, file, rules).await?;
        let columns = preview.columns;
        let Some(place) = usize::try_from(line).ok().and_then(|line| line.checked_sub(2)) else {
            return Ok(None);
        };
        if place >= preview.rows.len() {
            return Ok(None);
        }
        let cell = |(place, text): (usize, String)| {
            let column = columns.get(place);
            ShownCell {
                header: column.map(|column| column.header.clone()).unwrap_or_default(),
                field: column.and_then(|column| column.field.clone()),
                text,
            }
        };
        let cells = preview.rows.swap_remove(place).into_iter().enumerate().map(cell).collect();
        Ok(Some(ShownRecord { line, cells, columns: columns.len() }))
    }

    /// The problem of the report, as often as it is counted.
    async fn problems(
        &self,
        _upload: &Upload,
        _file: File,
        _rules: &ReadingRules,
        mut taker: ProblemTaker,
    ) -> Result<(), LedgersError> {
        let give = move || {
            let report = reading_report();
            for _ in 0..report.counts[0].count {
                taker.take(report.problems[0].clone())?;
            }
            taker.finish()
        };
        let given = tokio::task::spawn_blocking(give).await.unwrap();
        given.map_err(|gone| LedgersError::Unexpected(gone.into()))
    }

    /// Nothing but its lines is known of a file here; one named `workbook` is not written anew.
    async fn without_payments(
        &self,
        upload: &Upload,
        mut file: File,
        _rules: &ReadingRules,
        held: BTreeSet<u64>,
    ) -> Result<Result<Vec<u8>, String>, LedgersError> {
        if upload.file_name.as_str().starts_with("workbook") {
            return Ok(Err("a workbook is not written anew".to_owned()));
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|error| LedgersError::Storage(error.into()))?;
        let kept = (1..).zip(text.split_inclusive('\n')).filter(|(line, _)| !held.contains(line));
        Ok(Ok(kept.map(|(_, line)| line).collect::<String>().into_bytes()))
    }

    async fn faults(&self) -> Result<Vec<LedgerFault>, LedgersError> {
        Ok(self.0.lock().unwrap().faults.clone())
    }

    async fn tidy(&self, ledger: &LedgerName) -> Result<(), LedgersError> {
        self.0.lock().unwrap().tidied.push(ledger.clone());
        Ok(())
    }
}
