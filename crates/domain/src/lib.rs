//! Bursar's nouns and rules: ids, short names, file types, token claims, uploads, refusals.
//!
//! Not for: I/O, async, clocks, randomness. Time and random bytes come in as parameters, so that every
//! rule here can be tested without a machine.
//!
//! Invariant: a value of one of these types has been parsed; code that holds one checks nothing again.

pub mod access_token;
pub mod amount;
pub mod attachment;
pub mod audit;
pub mod calendar;
pub mod causes;
pub mod check;
pub mod columns;
pub mod content;
mod content_coding;
pub mod currency;
pub mod digest;
pub mod digits;
pub mod document;
mod enum_words;
pub mod file_name;
pub mod file_type;
pub mod finding;
pub mod formats;
pub mod hold;
pub mod host;
pub mod id;
pub mod invoice_status;
pub mod invoice_workflow;
pub mod ledger;
pub mod ledger_fault;
pub mod ledger_view;
pub mod letter;
pub mod local_authority;
pub mod markdown;
pub mod media_type;
mod membership;
pub mod mention;
pub mod notification;
pub mod own_check;
pub mod page;
pub mod parse_fault;
pub mod password;
pub mod payment_run;
pub mod personal;
pub mod preview;
pub mod private_file;
pub mod problem;
pub mod public_url;
pub mod readiness;
pub mod reading;
mod reading_outcome;
pub mod refusal;
pub mod region;
pub mod remedy;
pub mod retention;
pub mod run;
pub mod scan;
pub mod schema;
pub mod screening;
pub mod secret;
pub mod short_name;
pub mod sign_in;
pub mod signatures;
pub mod spreadsheet;
pub mod statement;
mod template;
pub mod text;
pub mod trace_context;
mod trial_reading;
pub mod unit_title;
pub mod upload;
pub mod user;
pub mod webhook;

pub use access_token::{AccessScope, Claims, Role};
pub use amount::{Amount, InvalidAmount, Money, MoneySums, TypedField, UnclearAmount};
pub use attachment::{Attachment, AttachmentKind, AttachmentName, RefusedAttachment};
pub use audit::{AuditEntry, ChainedEntry};
pub use calendar::{DayOfWeek, HolidayRule, WorkCalendar};
pub use check::{Check, CheckNumber, CheckParameter, CheckSettings, InvoiceLines, Limit, Severity};
pub use columns::{Column, ColumnKind};
pub use content_coding::{ContentCoding, UnknownCoding};
pub use currency::MinorDigits;
pub use digest::Sha256Digest;
pub use file_name::{FileFormat, FileName};
pub use file_type::{FileType, FileTypeSpec};
pub use finding::{Finding, FindingKey, FindingState};
pub use formats::{DateFormat, Formats, NumberFormat};
pub use hold::HoldReason;
pub use host::Host;
pub use id::{
    AttachmentId, DeliveryId, InvitationId, JobId, PartId, RequestId, ResumableId, RunId,
    SavedViewId, SessionId, StatementId, TokenId, TryoutId, UploadId, UserId, VerdictId, WebhookId,
};
pub use invoice_status::LeftOutStatuses;
pub use invoice_workflow::InvoiceWorkflow;
pub use ledger::LedgerName;
pub use ledger_fault::{LedgerFault, LedgerFaultKind};
pub use letter::{
    InvalidLetterTemplate, Letter, LetterPurpose, LetterTemplate, LetterTemplateName,
    LetterTemplates, LetterValues, NamedLetterTemplate,
};
pub use media_type::MediaType;
pub use membership::{Membership, OfferedRole};
pub use notification::{NotificationEvent, NotificationKind, NotificationSettings, Timing};
pub use own_check::{OwnCheck, OwnCheckDescription, OwnCheckName};
pub use password::NewPassword;
pub use personal::{Sensitivity, Visibility};
pub use preview::{LedgerField, Preview, PreviewedColumn, PreviewedField, ShownCell, ShownRecord};
pub use problem::{Problem, ProblemCount};
pub use public_url::PublicUrl;
pub use readiness::{ReadinessCheck, ReadinessCheckName, ReadinessReport};
pub use reading::{
    DateOrder, DecimalStyle, FieldSource, InvoiceSign, LedgerChange, Mapping, ReadingReport,
    ReadingRules, RowCounts,
};
pub use reading_outcome::ReadingOutcome;
pub use refusal::RefusalCode;
pub use region::Region;
pub use remedy::Remedy;
pub use retention::{KeptDays, UnitRetention};
pub use run::{Run, RunCounts, RunState};
pub use screening::{ScreenedInvoice, Screening, ScreeningSettings, ScreeningWord};
pub use secret::Secret;
pub use short_name::{CustomerName, UnitName};
pub use sign_in::SignInSubject;
pub use trace_context::TraceContext;
pub use trial_reading::{TrialColumn, TrialReading, TrialRow};
pub use unit_title::{TitledUnit, UnitTitle};
pub use upload::{Sender, Upload, UploadState};
pub use user::{EmailAddress, MemberRole, Unmasking, UserName};
pub use webhook::{OwnBody, WebhookBody, WebhookUrl, WebhookValues};
