//! All of Bursar that survives a restart: rows in SQL, files as objects.
//!
//! Not for: HTTP, tokens' signatures, reading extracts. No other crate has SQL for Bursar's own
//! state.
//!
//! Invariant: bytes first, then the row, then the receipt. A customer's data is reached only
//! through [`Store::customer`], so a query cannot forget the filter.

mod across;
mod attachments;
mod audit;
mod backlog;
mod backup;
mod check_previews;
mod check_settings;
mod config;
mod connecting;
mod copies;
mod credentials;
mod credits;
mod customer_export;
mod customer_import;
mod customers;
mod database_trust;
mod db;
mod decisions;
mod deliveries;
mod dialect;
mod erasure;
mod error;
mod finding_sums;
mod finding_versions;
mod findings;
mod folders;
mod four_eyes;
mod health;
mod history_row;
mod holds;
mod idempotency_keys;
mod identities;
mod invitations;
mod jobs;
mod ledger_files;
mod letter_template;
mod members;
mod migrations;
mod notifications;
mod objects;
mod outcomes;
mod overview;
mod own_checks;
mod password_links;
mod payment_runs;
mod problems;
mod reading;
mod reading_rules;
mod reason_codes;
mod reason_rule;
mod receive;
mod recovery;
mod recovery_conditions;
mod restoring;
mod resumable_uploads;
mod retention;
mod rows;
mod runs;
mod saved_views;
mod scan_hosts;
mod screening_settings;
mod sessions;
mod sftp_host_keys;
mod sign_ins;
mod signing_keys;
mod statement_columns;
mod statements;
mod sweep;
mod table_rows;
mod tables;
mod team;
mod tokens;
mod transfer;
mod unit_settings;
mod uploads;
mod users;
mod verdicts;
mod verify;
mod webhooks;

use std::sync::Arc;

use domain::CustomerName;

pub use across::ClaimedAcross;
pub use attachments::{ATTACHMENTS_MAX, NewAttachment};
pub use audit::{
    AuditFault, AuditFilter, AuditVerified, HeldEntry, InvalidHeldEntry, LastVerified,
};
pub use backlog::{Backlog, NewestUpload, WaitingJobs};
pub use backup::BackupReport;
pub use check_previews::ClaimedPreview;
pub use config::{Bucket, Config, DatabaseUrl, InvalidUrl, ObjectsUrl, UnknownOption};
pub use connecting::{FoundDatabase, FoundObjects, try_database, try_objects};
pub use copies::CopyOrigin;
pub use credentials::NewTotp;
pub use credits::{CreditOutcome, CreditTaking};
pub use customer_export::ExportManifest;
pub use customers::{CustomerSummary, UNITS_MAX};
pub use deliveries::{
    DELIVERIES_LISTED_MAX, Delivery, DeliveryIds, DeliveryRecipient, DeliveryState, DeliveryTarget,
    Mailing, ReadyDelivery, ReceiverStanding,
};
pub use erasure::{ErasureReport, ErasureScope, PersonErasureReport};
pub use error::{Cause, Error};
pub use finding_sums::FindingSums;
pub use findings::{
    FINDINGS_KEPT_MAX, FindingFilter, FindingName, FindingOrder, FoundKind, GoneSince,
    HISTORIES_AT_ONCE, HISTORY_READ_MAX, HiddenFindings, Inclusion, InvalidFindingOrder, MoneyBack,
    PaymentStanding, QueuePosition, SNAPSHOTS_READ_MAX, SearchedColumn, ToDo,
};
pub use four_eyes::FourEyesSettings;
pub use health::{CHECK_TIME_MAX, ConnectionCounts};
pub use identities::{EndedSessions, Identity, ProviderSession};
pub use invitations::{INVITATIONS_OPEN_MAX, Invitation, NewInvitation};
pub use jobs::{CHECK_WAITS_MAX, ClaimedJob, JobCount, JobKind, JobState, JobSubject};
pub use members::Member;
pub use objects::{ObjectBytes, ObjectId, ObjectWriter, SealedObject, WrittenObject};
pub use overview::{OpenSum, Week};
pub use own_checks::{InvalidOwnCheckState, KeptOwnCheck, OWN_CHECKS_MAX, OwnCheckState};
pub use password_links::{NewPasswordLink, PasswordLink, ResetScope};
pub use payment_runs::{
    DecidedLines, DecidedPayment, NewPaymentDecision, PaymentFilter, PaymentRun, PaymentSums,
};
pub use problems::{KeptProblems, PROBLEMS_KEPT_MAX};
pub use reading::NextJobs;
pub use receive::{NewUpload, ReceiveOutcome};
pub use recovery::{RECOVERY_AGES, RecoveryAge, RecoverySum, RecoverySums};
pub use restoring::{BackupFault, BackupFolder};
pub use resumable_uploads::{
    NewResumable, PartWriter, ResumableBegin, ResumableLimits, ResumableUpload, WhenKnown,
};
pub use retention::FileTotal;
pub use runs::NewRun;
pub use saved_views::{SAVED_VIEWS_MAX, SavedView, VisibleView};
pub use sessions::{NewSession, SESSIONS_MAX, Session, SessionLimits};
pub use sftp_host_keys::SftpHostKey;
pub use sign_ins::SignInAttempt;
pub use signing_keys::{KeyAlgorithm, SigningKeyRecord};
pub use statements::{KeptStatement, NewStatement, StatementSummary};
pub use sweep::SweepReport;
pub use table_rows::TableDigest;
pub use team::TeamWork;
pub use tokens::{SftpSecret, TOKENS_VALID_MAX, TokenRecord, TokenStanding};
pub use transfer::{TransferReport, TransferStep};
pub use uploads::{UploadFilter, UploadOrder};
pub use users::{Account, NewUser, OperatorChange, Person, ReachableUnit, User};
pub use verdicts::{Decider, DecisionCount, NamedCount, SeenFinding, UndoneCount};
pub use verify::{ObjectDamage, ObjectFault, VerifyReport};
pub use webhooks::{WEBHOOKS_MAX, Webhook};

use audit::AuditQueue;
use db::{Database, Missing};
use finding_sums::SumCache;
use health::Probe;
use objects::{Objects, RetryPolicy};
use receive::GroupCommit;
use tokens::TokenUses;

/// Rows and objects. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    parts: Arc<Parts>,
}

#[derive(Debug)]
struct Parts {
    db: Database,
    objects: Arc<dyn Objects>,
    probe: Probe,
    group_commit: GroupCommit,
    audit_queue: AuditQueue,
    token_uses: TokenUses,
    sums: SumCache,
}

impl Parts {
    /// Waits until entries that were added for later are in the audit log.
    async fn flush_audit(&self) -> Result<(), Error> {
        self.audit_queue.flush(&self.db).await
    }

    /// Waits until uses of tokens that were noted for later are written. That one is not is no reason to
    /// refuse anything: the next use is noted again.
    async fn flush_token_uses(&self) {
        if let Err(error) = self.token_uses.flush(self.db.writer()).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "the use of an access token was not noted");
        }
    }
}

/// One customer's data; the one way to it.
#[derive(Debug, Clone)]
pub struct CustomerStore {
    parts: Arc<Parts>,
    customer: CustomerName,
}

/// Everything of everybody: for the operator's commands, for authentication and for jobs.
#[derive(Debug, Clone)]
pub struct SystemStore {
    parts: Arc<Parts>,
}

impl Store {
    /// Opens the store, making folders, database and schema where they are missing.
    pub async fn open(config: &Config) -> Result<Self, Error> {
        Self::open_or(config, Missing::Make).await
    }

    /// Opens a store that is there already; [`Error::NoDatabase`] otherwise.
    pub async fn open_existing(config: &Config) -> Result<Self, Error> {
        Self::open_or(config, Missing::Refuse).await
    }

    async fn open_or(config: &Config, missing: Missing) -> Result<Self, Error> {
        let db = Database::open(&config.database, missing).await?;
        let objects = objects::open(&config.objects, RetryPolicy::Persistent)?;
        let probe = Probe::new(objects::open(&config.objects, RetryPolicy::FailFast)?);
        let (group_commit, audit_queue) = (GroupCommit::default(), AuditQueue::default());
        let (token_uses, sums) = (TokenUses::default(), SumCache::default());
        let parts = Parts { db, objects, probe, group_commit, audit_queue, token_uses, sums };
        Ok(Self { parts: Arc::new(parts) })
    }

    /// The one way to a customer's data.
    pub fn customer(&self, name: &CustomerName) -> CustomerStore {
        self.system().customer(name)
    }

    /// Past every customer.
    pub fn system(&self) -> SystemStore {
        SystemStore { parts: Arc::clone(&self.parts) }
    }

    /// Ends the connections to the database, so that SQLite folds its journal away.
    pub async fn close(&self) {
        if let Err(error) = self.parts.flush_audit().await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "the last entries of the audit log could not be written");
        }
        self.parts.flush_token_uses().await;
        self.parts.db.close().await;
    }
}

impl SystemStore {
    fn customer(&self, name: &CustomerName) -> CustomerStore {
        CustomerStore { parts: Arc::clone(&self.parts), customer: name.clone() }
    }
}
