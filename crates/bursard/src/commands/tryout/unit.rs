//! The unit that files are tried in: a store, the parts of a server and a worker, all in this process.
//!
//! Invariant: files take the way of every upload: received, read by a job, checked by a run.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use bytes::{Bytes, BytesMut};
use domain::finding::{CheckReport, StoredFinding};
use domain::page::{PAGE_SIZE_MAX, PageSize};
use domain::{
    AccessScope, CustomerName, FileType, Mapping, ReadingRules, Role, RunState, Sender, TokenId,
    UnitName, UnitTitle, Upload, UploadId, UploadState,
};
use jiff::ToSpan as _;
use server::intake::{self, Offer, Source};
use server::limits::FILE_FINDINGS_MAX;
use server::report::ReportedFile;
use server::tokens::{self, NewToken};
use server::{AdmissionLimit, App, AppParts, LedgerHealth, Readiness, Worker, WorkerParts};
use store::{CustomerStore, FindingFilter, FindingOrder, Inclusion, Store};
use tokio::io::AsyncReadExt as _;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::inputs::Input;
use super::progress::{Fault, WatchedChecker};
use crate::cli::Settings;
use crate::commands::serve::first_start;
use crate::config::Config;
use crate::ledgers;
use crate::output;
use crate::system;

/// Who sends the files, as lists of uploads name it.
const SENDER: &str = "bursard try";
/// Bytes of a file that are handed on at once.
const PIECE_BYTES: usize = 1 << 18;
/// Problems of a file that a report may show.
const PROBLEMS_READ: PageSize = PageSize::fixed(100);

/// A unit of a deployment that is made for this.
pub(super) struct TryoutUnit {
    app: App,
    worker: Worker,
    customer: CustomerName,
    unit: UnitName,
    sender: Sender,
    fault: Fault,
}

/// The outcome of a tryout: files as they were read, checks, findings.
pub(super) struct Outcome {
    pub(super) files: Vec<ReportedFile>,
    pub(super) reports: Vec<CheckReport>,
    /// The gravest first.
    pub(super) findings: Vec<StoredFinding>,
    /// Findings beyond those.
    pub(super) more: u64,
    pub(super) suppressed: u64,
}

impl TryoutUnit {
    /// Makes what a first start makes, in this folder.
    pub(super) async fn make(folder: &Path, title: Option<&UnitTitle>) -> anyhow::Result<Self> {
        let settings = Settings { data_dir: Some(folder.to_owned()), ..Settings::default() };
        let config = Config::read(&settings)?;
        let store = Store::open(&config.store).await;
        let store = store.with_context(|| format!("cannot write to {}", folder.display()))?;
        let first = first_start(&store).await?;
        let customer = first.customer.context("a new folder has no customer before its first")?;
        let unit = customer.only_unit();
        if let Some(title) = title {
            let of = store.customer(&customer);
            of.set_unit_title(&unit, Some(title), output::OPERATOR, system::now()).await?;
        }
        let kept = ledgers::open(&store, config.keep_days).context("cannot open the ledgers")?;
        let (new_work, fault) = (Arc::new(Notify::new()), Fault::default());
        let spill = folder.join("spill");
        let checker = ledgers::checker(kept.clone(), Some(spill.clone()))?;
        let reader = ledgers::reader(kept.clone(), None, system::clock());
        let worker = Worker::new(WorkerParts {
            store: store.clone(),
            reader: Arc::clone(&reader),
            checker: Arc::new(WatchedChecker { checker, fault: fault.clone() }),
            limits: config.limits.clone(),
            spool: None,
            new_work: Arc::clone(&new_work),
            clock: system::clock(),
            randomness: system::randomness(),
        });
        let app = App::new(AppParts {
            store,
            reader,
            browser: ledgers::for_pages(ledgers::browser(kept)?),
            checks: ledgers::checks(),
            keys: first.keys,
            region: config.region,
            admission: AdmissionLimit::new(&config.limits),
            readiness: Readiness::default(),
            ledger_health: LedgerHealth::default(),
            limits: config.limits,
            new_work,
            clock: system::clock(),
            randomness: system::randomness(),
        });
        let sender = sender(&app, &customer).await?;
        Ok(Self { app, worker, customer, unit, sender, fault })
    }

    /// Ends what holds files of the folder open.
    pub(super) async fn close(&self) {
        self.app.store.close().await;
    }

    fn store(&self) -> CustomerStore {
        self.app.store.customer(&self.customer)
    }

    /// All checks there are.
    pub(super) fn checks(&self) -> &[domain::Check] {
        &self.app.checks
    }

    /// Reads files of a type by these rules from now on.
    pub(super) async fn set_rules(
        &self,
        file_type: FileType,
        rules: &ReadingRules,
    ) -> anyhow::Result<()> {
        let store = self.store();
        if store.reading_rules(&self.unit, file_type).await? == *rules {
            return Ok(());
        }
        Ok(store.decide_reading_rules(&self.unit, file_type, rules, &system::operator()).await?)
    }

    /// Receives a file as the server does and reads it by its own mapping; why it would refuse it, where it
    /// would.
    pub(super) async fn read(&self, input: &Input) -> anyhow::Result<Result<UploadId, String>> {
        // What earlier files told of dates and decimals stays.
        let rules = self.rules_of(input).await?;
        self.set_rules(input.file_type, &rules).await?;
        let received = self.receive(input).await?;
        if let Ok(id) = received {
            let stop = CancellationToken::new();
            while self.is_unread(id).await? && self.worker.run_next_job(&stop).await? {}
        }
        Ok(received)
    }

    async fn rules_of(&self, input: &Input) -> anyhow::Result<ReadingRules> {
        let rules = self.store().reading_rules(&self.unit, input.file_type).await?;
        let (mapping, numbered_as) = (input.mapping.clone(), input.numbered_as.clone());
        Ok(ReadingRules { mapping, numbered_as, ..rules })
    }

    async fn is_unread(&self, id: UploadId) -> anyhow::Result<bool> {
        let upload = self.store().upload(&self.unit, id).await?;
        Ok(upload.is_some_and(|upload| is_unread(&upload)))
    }

    async fn receive(&self, input: &Input) -> anyhow::Result<Result<UploadId, String>> {
        let unit = self.unit.clone();
        let offer = Offer::from_name(unit, self.sender, &input.name, Some(input.file_type));
        let offer = match offer {
            Ok(offer) => offer,
            Err(refusal) => return Ok(Err(refusal.to_string())),
        };
        let cannot_read = || format!("cannot read {}", input.path.display());
        let file = tokio::fs::File::open(&input.path).await.with_context(cannot_read)?;
        match intake::receive(&self.app, &self.store(), offer, FileSource(file)).await {
            Ok(received) => Ok(Ok(received.into_upload().id)),
            Err(intake::Error::Content(refusal)) => Ok(Err(refusal.to_string())),
            Err(intake::Error::Source(error)) => Err(error).with_context(cannot_read),
            Err(other) => Err(other.into()),
        }
    }

    /// Takes back what was assumed of single files, so that none that comes later is read by it.
    pub(super) async fn forget_assumptions(
        &self,
        file_type: FileType,
        mapping: Option<Mapping>,
    ) -> anyhow::Result<()> {
        let rules = self.store().reading_rules(&self.unit, file_type).await?;
        self.set_rules(file_type, &ReadingRules { mapping, numbered_as: None, ..rules }).await
    }

    /// Does every job that reading the files has left: runs the checks.
    pub(super) async fn check(&self) -> anyhow::Result<()> {
        let stop = CancellationToken::new();
        while self.worker.run_next_job(&stop).await? {}
        Ok(())
    }

    /// The outcome of the work: what became of the files, and what was found in them.
    pub(super) async fn outcome(&self, files: &[(&Input, UploadId)]) -> anyhow::Result<Outcome> {
        let store = self.store();
        let mut reported = Vec::new();
        for (input, id) in files {
            reported.push(self.reported(input, *id).await?);
        }
        let mut outcome = Outcome {
            files: reported,
            reports: Vec::new(),
            findings: Vec::new(),
            more: 0,
            suppressed: 0,
        };
        let is_read = |file: &ReportedFile| matches!(file.upload.state, UploadState::Read { .. });
        if !outcome.files.iter().any(is_read) {
            return Ok(outcome);
        }
        let runs = store.runs(&self.unit, PageSize::fixed(1), None).await?;
        let run = runs.items.into_iter().next().context("a file was read and no run followed")?;
        match run.state {
            RunState::Done { .. } => {}
            RunState::Failed { why, .. } => bail!("the checks failed: {why}"),
            RunState::Waiting | RunState::Running { .. } => {
                let why = self.fault.take().unwrap_or_else(|| "the work broke off".to_owned());
                bail!("the checks did not come to their end: {why}")
            }
        }
        outcome.reports = store.run_reports(&self.unit, run.run_id).await?;
        outcome.findings = self.findings().await?;
        let all = store.count_findings(&self.unit, &FindingFilter::default()).await?;
        outcome.more = all.saturating_sub(outcome.findings.len() as u64);
        let suppressed = FindingFilter { suppressed: Inclusion::Only, ..FindingFilter::default() };
        outcome.suppressed = store.count_findings(&self.unit, &suppressed).await?;
        Ok(outcome)
    }

    /// As many as a workbook holds, the gravest first.
    async fn findings(&self) -> anyhow::Result<Vec<StoredFinding>> {
        const SIZE: PageSize = PageSize::fixed(PAGE_SIZE_MAX);
        let (store, filter) = (self.store(), FindingFilter::default());
        let (mut findings, mut after) = (Vec::new(), None);
        while (findings.len() as u64) < FILE_FINDINGS_MAX {
            let order = FindingOrder::Priority;
            let page =
                store.whole_findings(&self.unit, &filter, order, SIZE, after.as_ref()).await?;
            findings.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(findings)
    }

    async fn reported(&self, input: &Input, id: UploadId) -> anyhow::Result<ReportedFile> {
        let store = self.store();
        let upload = store.upload(&self.unit, id).await?.context("an upload that was received")?;
        self.check_read(input, &upload).await?;
        let rules = self.rules_of(input).await?;
        let file = store.open_object(&upload, None).await?;
        let preview = self.app.reader.preview(&upload, file, &rules).await?;
        Ok(ReportedFile {
            name: input.name.clone(),
            type_told: input.type_told.clone(),
            preview,
            assumed: input.assumed.clone(),
            counts: store.problem_counts(&self.unit, id).await?,
            problems: store.problems(&self.unit, id, PROBLEMS_READ, None).await?.items,
            upload,
        })
    }

    /// Every file comes to an end: a fault of this program or machine is not to be taken for the file's.
    async fn check_read(&self, input: &Input, upload: &Upload) -> anyhow::Result<()> {
        if !is_unread(upload) {
            return Ok(());
        }
        let why = self.store().why_unread(&self.unit, upload.id).await?;
        let why = why.unwrap_or_else(|| "the work broke off".to_owned());
        bail!("{} was not read to its end: {why}", input.name)
    }
}

const fn is_unread(upload: &Upload) -> bool {
    matches!(upload.state, UploadState::Received | UploadState::Reading { .. })
}

/// A token that nobody is given: uploads name it as their sender.
async fn sender(app: &App, customer: &CustomerName) -> anyhow::Result<Sender> {
    let now = system::now();
    let id = TokenId::new(now, system::randomness().bytes());
    let new = NewToken {
        id,
        scope: AccessScope { customer: customer.clone(), units: None, types: None },
        role: Role::Uploader,
        label: SENDER.to_owned(),
        made_by: output::OPERATOR.to_owned(),
        valid_from: now,
        expires_at: now.checked_add(1.hour())?,
    };
    drop(tokens::issue(&app.store, &app.keys, &app.region, new, now).await?);
    Ok(Sender::Token(id))
}

/// A file's bytes, in order.
struct FileSource(tokio::fs::File);

impl Source for FileSource {
    type Error = std::io::Error;

    async fn next(&mut self) -> Result<Option<Bytes>, std::io::Error> {
        let mut piece = BytesMut::with_capacity(PIECE_BYTES);
        let read = self.0.read_buf(&mut piece).await?;
        Ok((read > 0).then(|| piece.freeze()))
    }

    fn finish(&mut self) -> Result<(), std::io::Error> {
        Ok(())
    }
}
