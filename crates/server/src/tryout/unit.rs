//! The unit that files are tried in: a store, the parts of a server and a worker, all in this process.
//!
//! Invariant: what was assumed of single files for the first look is in no rule once they are checked, but
//! where all files of a type shared that a field is read from another.

use std::path::PathBuf;
use std::sync::Arc;

use domain::finding::StoredFinding;
use domain::page::{PAGE_SIZE_MAX, PageSize};
use domain::{
    AccessScope, Check, CustomerName, FieldSource, FileType, Mapping, ReadingRules, Region, Role,
    RunState, Sender, TokenId, UnitName, UnitTitle, Upload, UploadId, UploadState,
};
use jiff::SignedDuration;
use store::{CustomerStore, Decider, FindingFilter, FindingOrder, Inclusion, Store};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::input::{InputFile, Inputs, RulesByType, title};
use super::watched_checker::{Fault, WatchedChecker};
use super::{
    LeftOutFile, OpenLedgers, ReadFiles, ReportedFile, TryoutError, TryoutFindings, TryoutLedgers,
    TryoutListener, TryoutProgress,
};
use crate::intake::{self, FileSource, Offer};
use crate::limits::FILE_FINDINGS_MAX;
use crate::sign_in::SignInMethods;
use crate::tokens::{self, NewToken};
use crate::{
    AdmissionLimit, App, AppParts, Clock, KeyRing, LedgerHealth, Limits, Proxies, Randomness,
    Readiness, Site, Worker, WorkerParts, keys,
};

/// The name of who sends the files, as lists of uploads name it.
const SENDER: &str = "bursard try";
/// The name of who decides what is set, as the audit log names it.
const OPERATOR: &str = "operator";
/// For so long the sender's token is good, which signs nothing.
const TOKEN_LASTS: SignedDuration = SignedDuration::from_hours(1);
/// Problems of a file that a report may show.
const PROBLEMS_READ: PageSize = PageSize::fixed(100);

/// The parts that a unit to try files in is made of.
#[derive(Debug)]
pub struct TryoutParts {
    /// Where the new store is, in a folder of its own.
    pub store: store::Config,
    /// Where the checks put what exceeds their memory.
    pub spill: PathBuf,
    pub ledgers: Arc<dyn TryoutLedgers>,
    pub customer: CustomerName,
    /// The unit's title.
    pub title: Option<UnitTitle>,
    pub region: Region,
    pub checks: Vec<Check>,
    pub limits: Limits,
    /// Rows in all of the files.
    pub rows_max: u64,
    pub listener: Arc<dyn TryoutListener>,
    pub clock: Clock,
    pub randomness: Randomness,
}

/// A unit of a store that is made for this.
#[derive(Debug)]
pub struct TryoutUnit {
    app: App,
    worker: Worker,
    customer: CustomerName,
    unit: UnitName,
    sender: Sender,
    rows_max: u64,
    listener: Arc<dyn TryoutListener>,
    fault: Fault,
}

impl TryoutUnit {
    /// Makes the store, with a key, the customer and its unit.
    pub async fn make(parts: TryoutParts) -> Result<Self, TryoutError> {
        let store = Store::open(&parts.store).await?;
        let now = parts.clock.now();
        keys::add_key(&store, now).await?;
        store.system().add_customer(&parts.customer, now).await?;
        let unit = parts.customer.only_unit();
        if let Some(title) = &parts.title {
            let of = store.customer(&parts.customer);
            of.set_unit_title(&unit, Some(title), OPERATOR, now).await?;
        }
        let OpenLedgers { reader, checker, browser } = parts.ledgers.open(&store, parts.spill)?;
        let (new_work, fault) = (Arc::new(Notify::new()), Fault::default());
        let listener = Arc::clone(&parts.listener);
        let worker = Worker::new(WorkerParts {
            store: store.clone(),
            reader: Arc::clone(&reader),
            checker: Arc::new(WatchedChecker { checker, listener, fault: fault.clone() }),
            limits: parts.limits.clone(),
            spool: None,
            new_work: Arc::clone(&new_work),
            clock: parts.clock.clone(),
            randomness: parts.randomness.clone(),
        });
        let app = App::new(AppParts {
            keys: KeyRing::load(&store).await?,
            store,
            reader,
            browser,
            screener: None,
            checks: parts.checks,
            region: parts.region,
            site: Site::default(),
            proxies: Proxies::default(),
            admission: AdmissionLimit::new(&parts.limits),
            readiness: Readiness::default(),
            ledger_health: LedgerHealth::default(),
            tryouts: None,
            limits: parts.limits,
            new_work,
            clock: parts.clock,
            randomness: parts.randomness,
            sign_in: SignInMethods::by_password(),
            serves_agents: false,
            outbound: None,
            sends_mail: false,
            sftp_port: None,
        });
        let sender = sender(&app, &parts.customer).await?;
        let (customer, listener, rows_max) = (parts.customer, parts.listener, parts.rows_max);
        Ok(Self { app, worker, customer, unit, sender, rows_max, listener, fault })
    }

    /// Ends what holds files of the store open.
    pub async fn close(&self) {
        self.app.store.close().await;
    }

    /// Receives and reads every file, each by its own mapping.
    pub async fn read(
        &self,
        inputs: Inputs,
        rules: &RulesByType,
    ) -> Result<ReadFiles, TryoutError> {
        for file_type in FileType::ALL {
            self.set_rules(file_type, &rules.of(file_type)).await?;
        }
        let Inputs { files, mut left_out } = inputs;
        let (mut received, mut rows) = (Vec::new(), 0);
        for (number, input) in (1..).zip(&files) {
            let (of, name) = (files.len(), input.name.as_str());
            self.listener.at(TryoutProgress::Reading { number, of, name });
            match self.read_file(input).await? {
                Ok(upload) => {
                    rows += rows_read(&upload);
                    received.push((input.clone(), upload));
                }
                Err(why) => left_out.push(LeftOutFile { name: name.to_owned(), why }),
            }
            if rows > self.rows_max {
                return Err(TryoutError::TooManyRows { max: self.rows_max });
            }
        }
        let mut reported = Vec::new();
        for (input, upload) in &received {
            reported.push(self.reported(input, upload).await?);
        }
        for file_type in FileType::ALL {
            let of_type = received.iter().map(|(input, _)| input);
            let of_type: Vec<&InputFile> =
                of_type.filter(|input| input.file_type == file_type).collect();
            let given = rules.of(file_type);
            let mapping = given.mapping.clone().or_else(|| shared_mapping(&of_type));
            self.forget_assumptions(file_type, ReadingRules { mapping, ..given }).await?;
        }
        let inputs = received.into_iter().map(|(input, _)| input).collect();
        Ok(ReadFiles { inputs, files: reported, left_out })
    }

    /// Runs the checks over what was read, and gives what they found.
    pub async fn check(&self, read: &ReadFiles) -> Result<TryoutFindings, TryoutError> {
        if !read.may_be_checked() {
            return Ok(TryoutFindings::default());
        }
        let stop = CancellationToken::new();
        while self.worker.run_next_job(&stop).await? {}
        let store = self.store();
        let runs = store.runs(&self.unit, PageSize::fixed(1), None).await?;
        let run = runs.items.into_iter().next().expect("a run follows every file that is read");
        match run.state {
            RunState::Done { .. } => {}
            RunState::Failed { why, .. } => return Err(TryoutError::NotChecked { why }),
            RunState::Waiting | RunState::Running { .. } => {
                let why = self.fault.take().unwrap_or_else(|| "the work broke off".to_owned());
                return Err(TryoutError::NotChecked { why });
            }
        }
        let findings = self.findings().await?;
        let all = store.count_findings(&self.unit, &FindingFilter::default()).await?;
        let suppressed = FindingFilter { suppressed: Inclusion::Only, ..FindingFilter::default() };
        Ok(TryoutFindings {
            reports: store.run_reports(&self.unit, run.run_id).await?,
            more: all.saturating_sub(findings.len() as u64),
            suppressed: store.count_findings(&self.unit, &suppressed).await?,
            findings,
        })
    }

    fn store(&self) -> CustomerStore {
        self.app.store.customer(&self.customer)
    }

    /// Reads files of a type by these rules from now on.
    async fn set_rules(
        &self,
        file_type: FileType,
        rules: &ReadingRules,
    ) -> Result<(), TryoutError> {
        let store = self.store();
        if store.reading_rules(&self.unit, file_type).await? == *rules {
            return Ok(());
        }
        let decider = Decider { by: OPERATOR, who: OPERATOR, at: self.app.clock.now() };
        Ok(store.decide_reading_rules(&self.unit, file_type, rules, &decider).await?)
    }

    /// Receives a file as the server does and reads it by its own mapping; why it would refuse it, where it
    /// would.
    async fn read_file(&self, input: &InputFile) -> Result<Result<Upload, String>, TryoutError> {
        // What earlier files told of dates and decimals stays.
        let rules = self.rules_of(input).await?;
        self.set_rules(input.file_type, &rules).await?;
        let id = match self.receive(input).await? {
            Ok(id) => id,
            Err(why) => return Ok(Err(why)),
        };
        let stop = CancellationToken::new();
        while is_unread(&self.upload(id).await?) && self.worker.run_next_job(&stop).await? {}
        let upload = self.upload(id).await?;
        if is_unread(&upload) {
            // A fault of this program or machine is not to be taken for the file's.
            let why = self.store().why_unread(&self.unit, id).await?;
            let why = why.unwrap_or_else(|| "the work broke off".to_owned());
            return Err(TryoutError::NotRead { name: input.name.clone(), why });
        }
        Ok(Ok(upload))
    }

    async fn rules_of(&self, input: &InputFile) -> Result<ReadingRules, TryoutError> {
        let rules = self.store().reading_rules(&self.unit, input.file_type).await?;
        let (mapping, numbered_as) = (input.mapping.clone(), input.numbered_as.clone());
        Ok(ReadingRules { mapping, numbered_as, ..rules })
    }

    async fn upload(&self, id: UploadId) -> Result<Upload, TryoutError> {
        let upload = self.store().upload(&self.unit, id).await?;
        Ok(upload.ok_or(store::Error::NotFound { what: "upload" })?)
    }

    async fn receive(&self, input: &InputFile) -> Result<Result<UploadId, String>, TryoutError> {
        let unit = self.unit.clone();
        let offer = Offer::from_name(unit, self.sender, &input.name, Some(input.file_type));
        let offer = match offer {
            Ok(offer) => offer,
            Err(refusal) => return Ok(Err(refusal.to_string())),
        };
        let name = || input.name.clone();
        let file = FileSource::open(&input.path).await;
        let file = file.map_err(|source| TryoutError::File { name: name(), source })?;
        match intake::receive_uncounted(&self.app, &self.store(), offer, file).await {
            Ok(received) => Ok(Ok(received.into_upload().id)),
            Err(intake::Error::Content(refusal)) => Ok(Err(refusal.to_string())),
            Err(intake::Error::Source(source)) => Err(TryoutError::File { name: name(), source }),
            Err(intake::Error::Store(error)) => Err(error.into()),
            Err(other) => Err(TryoutError::NotRead { name: name(), why: other.to_string() }),
        }
    }

    /// Takes back what was assumed of single files, so that none that comes later is read by it.
    async fn forget_assumptions(
        &self,
        file_type: FileType,
        kept: ReadingRules,
    ) -> Result<(), TryoutError> {
        let rules = self.store().reading_rules(&self.unit, file_type).await?;
        let ReadingRules { mapping, numbered_as, .. } = kept;
        self.set_rules(file_type, &ReadingRules { mapping, numbered_as, ..rules }).await
    }

    /// The findings, the gravest first, as many as a workbook holds.
    async fn findings(&self) -> Result<Vec<StoredFinding>, TryoutError> {
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

    async fn reported(
        &self,
        input: &InputFile,
        upload: &Upload,
    ) -> Result<ReportedFile, TryoutError> {
        let store = self.store();
        let rules = self.rules_of(input).await?;
        let file = store.open_object(upload, None).await?;
        Ok(ReportedFile {
            name: input.name.clone(),
            type_told: input.type_told.clone(),
            preview: self.app.reader.preview(upload, file, &rules).await?,
            assumed: input.assumed.clone(),
            counts: store.problem_counts(&self.unit, upload.id).await?,
            problems: store.problems(&self.unit, upload.id, PROBLEMS_READ, None).await?.items,
            upload: upload.clone(),
        })
    }
}

impl ReadFiles {
    /// Returns `true` when a file was read, so that there is something to check.
    pub fn may_be_checked(&self) -> bool {
        let is_read = |file: &ReportedFile| matches!(file.upload.state, UploadState::Read { .. });
        self.files.iter().any(is_read)
    }

    /// The files as a report is called after them: `invoices.csv, suppliers.csv and 3 more files`.
    pub fn title(&self) -> String {
        title(&self.inputs)
    }
}

/// The fields that all files of a type were read from other fields for, so that the next file of the same
/// system is read as they were. Headers may change from file to file, and are not kept.
pub(crate) fn shared_mapping(inputs: &[&InputFile]) -> Option<Mapping> {
    let (first, others) = inputs.split_first()?;
    let is_other_field = |source: &FieldSource| matches!(source, FieldSource::SameAs { .. });
    let mut fields = first.mapping.clone()?.fields;
    fields.retain(|field, source| {
        let same = |input: &&InputFile| {
            input.mapping.as_ref().and_then(|mapping| mapping.fields.get(field)) == Some(source)
        };
        is_other_field(source) && others.iter().all(same)
    });
    (!fields.is_empty()).then(|| Mapping { fields, ..Mapping::default() })
}

const fn is_unread(upload: &Upload) -> bool {
    matches!(upload.state, UploadState::Received | UploadState::Reading { .. })
}

const fn rows_read(upload: &Upload) -> u64 {
    match &upload.state {
        UploadState::Read { rows, .. } | UploadState::Held { rows, .. } => rows.rows_read,
        _ => 0,
    }
}

/// A token that nobody is given: uploads name it as their sender.
async fn sender(app: &App, customer: &CustomerName) -> Result<Sender, TryoutError> {
    let now = app.clock.now();
    let id = TokenId::new(now, app.randomness.bytes());
    let new = NewToken {
        id,
        scope: AccessScope { customer: customer.clone(), units: None, types: None },
        role: Role::Uploader,
        label: SENDER.to_owned(),
        made_by: OPERATOR.to_owned(),
        valid_from: now,
        expires_at: now + TOKEN_LASTS,
    };
    drop(tokens::issue(&app.store, &app.keys, &app.region, new, now).await?);
    Ok(Sender::Token(id))
}
