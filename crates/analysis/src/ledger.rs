//! One ledger: a Delta Lake table, and the one way to change it.
//!
//! Not for: what a change holds (`replace`, `snapshot`, `upkeep`). Invariant: a change is made against one
//! version and becomes the next one, or is [`Error::Overtaken`].

mod parts;

use std::collections::HashMap;
use std::sync::Arc;

use arrow_schema::SchemaRef;
use deltalake_core::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake_core::kernel::{Action, Add, MetadataExt as _, Remove, Transaction};
use deltalake_core::logstore::{LogStoreRef, StorageConfig, default_logstore};
use deltalake_core::operations::create::CreateBuilder;
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use deltalake_core::table::state::DeltaTableState;
use deltalake_core::{DeltaTable, DeltaTableError, TableProperty};
use domain::{FileType, LedgerChange, LedgerName, UploadId};
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use object_store::{ObjectStore, prefix::PrefixStore};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::runtime::Handle;
use url::Url;

use crate::error::Error;
use crate::limits::CHECKPOINT_EVERY;
use crate::part::{Part, PartStore};
use crate::rows::Rows;
use crate::schema::{TableColumns, table_columns, table_schema};

/// Where what we say of a commit stands in its `commitInfo`.
const COMMIT_KEY: &str = "bursar";

/// A ledger at one version.
#[derive(Debug, Clone)]
pub struct Ledger {
    name: LedgerName,
    table: DeltaTable,
    columns: TableColumns,
    parts: PartStore,
}

/// One version of a ledger, as its log tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    pub version: u64,
    pub at: Timestamp,
    pub operation: String,
    /// The upload that made it; none for upkeep.
    pub upload: Option<UploadId>,
    pub rows: Option<domain::RowCounts>,
}

/// Our words on a commit, beside those of Delta Lake.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct CommitNote {
    upload: UploadId,
    rows: domain::RowCounts,
}

/// The changes of a commit.
pub(crate) struct Commit {
    pub(crate) added: Vec<Part>,
    pub(crate) removed: Vec<Part>,
    pub(crate) cause: Cause,
    pub(crate) now: Timestamp,
}

/// Why there is a commit.
pub(crate) enum Cause {
    Upload {
        id: UploadId,
        rows: domain::RowCounts,
    },
    /// The rows that were there, in other parts.
    Joining,
    /// Unposted invoices that have become transactions are marked.
    Posting,
}

impl Ledger {
    /// The newest version; [`Error::NotFound`] when nothing was ever read into it, [`Error::Schema`]
    /// when this program cannot read its columns. Those that it lacks read as null.
    pub(crate) async fn open(
        files: &Arc<dyn ObjectStore>,
        name: &LedgerName,
    ) -> Result<Self, Error> {
        let mut table = DeltaTable::new(log_store(files, name)?);
        table.load().await?;
        Self::of(files, name, table)
    }

    /// Opens the ledger, making it when there is none.
    pub(crate) async fn open_or_make(
        files: &Arc<dyn ObjectStore>,
        name: &LedgerName,
        keep_days: u32,
    ) -> Result<Self, Error> {
        match Self::open(files, name).await {
            Err(Error::NotFound) => {
                make(log_store(files, name)?, name, keep_days).await?;
                Self::open(files, name).await
            }
            opened => opened,
        }
    }

    /// An earlier version; [`Error::NoVersion`] when it is not kept any more or not there yet.
    pub async fn at_version(self, version: u64) -> Result<Self, Error> {
        let newest = self.version();
        let oldest = self.oldest_version().await?;
        if !(oldest..=newest).contains(&version) {
            return Err(Error::NoVersion { version, oldest, newest });
        }
        self.load(version).await
    }

    /// The version that was the newest at a moment.
    pub async fn as_of(self, at: Timestamp) -> Result<Self, Error> {
        let history = self.history().await?;
        let found = history.iter().find(|version| version.at <= at).map(|version| version.version);
        let oldest = history.last().map_or(0, |version| version.version);
        let newest = self.version();
        let version = found.ok_or(Error::NoVersion { version: 0, oldest, newest })?;
        self.load(version).await
    }

    pub fn version(&self) -> u64 {
        self.table.version().expect("a ledger is opened at a version")
    }

    pub const fn file_type(&self) -> FileType {
        self.name.file_type
    }

    /// The columns of its rows: all that this program knows, also those that the table lacks.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.parts.schema)
    }

    /// [`Error::Schema`] when a newer version of Bursar wrote the ledger: a row written anew by this
    /// one would lose what it does not know.
    pub fn check_writable(&self) -> Result<(), Error> {
        match self.columns.unwritable() {
            None => Ok(()),
            Some(mismatch) => Err(Error::Schema { ledger: Box::new(self.name.clone()), mismatch }),
        }
    }

    /// The number of rows of this version.
    pub fn row_count(&self) -> Result<u64, Error> {
        Ok(self.parts()?.iter().map(|part| part.rows).sum())
    }

    /// Every row of this version, or only these columns, in batches; blocking, so for a thread of its own.
    pub fn rows(&self, columns: Option<Vec<String>>) -> Result<Rows, Error> {
        Ok(Rows::new(self.parts.clone(), self.parts()?, columns))
    }

    /// Newest first, as far back as the log is kept.
    pub async fn history(&self) -> Result<Vec<Version>, Error> {
        let infos: Vec<_> = self.table.history(None).try_collect().await?;
        let newest = self.version();
        let mut versions = Vec::new();
        for (back, info) in (0_u64..).zip(infos) {
            let note = info.info.get(COMMIT_KEY).and_then(note);
            versions.push(Version {
                version: newest.saturating_sub(back),
                at: info
                    .timestamp
                    .and_then(|millis| Timestamp::from_millisecond(millis).ok())
                    .ok_or_else(|| Error::storage("a version does not say when it was made"))?,
                operation: info.operation.unwrap_or_default(),
                upload: note.as_ref().map(|note| note.upload),
                rows: note.map(|note| note.rows),
            });
        }
        Ok(versions)
    }

    /// The version that an upload made, if it made one.
    pub(crate) async fn change_of(&self, upload: UploadId) -> Result<Option<LedgerChange>, Error> {
        let log = self.table.log_store();
        let version = self.state()?.transaction_version(log.as_ref(), upload).await?;
        let Some(version) = version.map(u64::try_from).transpose().map_err(Error::storage)? else {
            return Ok(None);
        };
        let entry = log.read_commit_entry(version).await?.unwrap_or_default();
        let noted = entry.split(|byte| *byte == b'\n').find_map(|line| {
            let action: Value = serde_json::from_slice(line).ok()?;
            note(action.get("commitInfo")?.get(COMMIT_KEY)?)
        });
        // The log's text may be cleaned away long after; the rows are then known to be there, not how many.
        let rows = noted.map(|note| note.rows).unwrap_or_default();
        Ok(Some(LedgerChange { version, rows }))
    }

    pub(crate) const fn part_store(&self) -> &PartStore {
        &self.parts
    }

    pub(crate) const fn table(&self) -> &DeltaTable {
        &self.table
    }

    /// Makes the next version; everything named in `added` has to be stored already. Columns that the table
    /// lacks are in its schema from then on.
    pub(crate) async fn commit(&self, commit: Commit) -> Result<u64, Error> {
        self.check_writable()?;
        let evolved = self.evolution()?;
        let next = self.version() + 1;
        let millis = commit.now.as_millisecond();
        let data_change = !matches!(commit.cause, Cause::Joining);
        let removed = commit.removed.into_iter().map(|part| {
            Action::Remove(Remove {
                path: part.path,
                data_change,
                deletion_timestamp: Some(millis),
                extended_file_metadata: Some(true),
                partition_values: Some(HashMap::new()),
                size: Some(signed_bytes(part.bytes)),
                ..Remove::default()
            })
        });
        let added = commit.added.into_iter().map(|part| {
            Action::Add(Add {
                path: part.path,
                size: signed_bytes(part.bytes),
                modification_time: millis,
                data_change,
                stats: Some(serde_json::json!({ "numRecords": part.rows }).to_string()),
                ..Add::default()
            })
        });
        let plain = CommitProperties::default();
        let (operation, properties) = match commit.cause {
            Cause::Upload { id, rows } => {
                let written = Transaction::new_with_last_update(
                    id,
                    i64::try_from(next).map_err(Error::storage)?,
                    Some(millis),
                );
                let note = serde_json::to_value(CommitNote { upload: id, rows })
                    .map_err(Error::storage)?;
                let write = DeltaOperation::Write {
                    mode: SaveMode::Append,
                    partition_by: None,
                    predicate: None,
                };
                let noted = plain.with_metadata([(COMMIT_KEY.to_owned(), note)]);
                (write, noted.with_application_transaction(written))
            }
            Cause::Posting => (DeltaOperation::Update { predicate: None }, plain),
            Cause::Joining => {
                let target = signed_bytes(crate::limits::PART_BYTES_MAX as u64);
                let optimise = DeltaOperation::Optimize { predicate: None, target_size: target };
                (optimise, plain)
            }
        };
        // Whoever committed meanwhile changed what this change was made against.
        let committed = CommitBuilder::from(properties.with_max_retries(0))
            .with_actions(evolved.into_iter().chain(removed).chain(added).collect())
            .build(Some(self.state()?), self.table.log_store(), operation)
            .await?;
        Ok(committed.version())
    }

    fn of(
        files: &Arc<dyn ObjectStore>,
        name: &LedgerName,
        table: DeltaTable,
    ) -> Result<Self, Error> {
        let schema = table_schema(name.file_type);
        let columns = TableColumns::of_table(name, &schema, &table.snapshot()?.schema())?;
        let below = PrefixStore::new(Arc::clone(files), name.to_string());
        let parts = PartStore { files: Arc::new(below), runtime: Handle::current(), schema };
        Ok(Self { name: name.clone(), table, columns, parts })
    }

    /// Another version, which may have been written by an earlier version of Bursar.
    async fn load(mut self, version: u64) -> Result<Self, Error> {
        self.table.load_version(version).await?;
        self.columns =
            TableColumns::of_table(&self.name, &self.parts.schema, &self.state()?.schema())?;
        Ok(self)
    }

    /// The action that gives the table the columns that it lacks.
    fn evolution(&self) -> Result<Option<Action>, Error> {
        let state = self.state()?;
        let evolved = self.columns.evolved(&state.schema())?;
        let metadata = evolved.map(|schema| state.metadata().clone().with_schema(&schema));
        Ok(metadata.transpose().map_err(Error::storage)?.map(Action::Metadata))
    }

    fn state(&self) -> Result<&DeltaTableState, Error> {
        Ok(self.table.snapshot()?)
    }

    async fn oldest_version(&self) -> Result<u64, Error> {
        let infos: Vec<_> = self.table.history(None).try_collect().await?;
        Ok((self.version() + 1).saturating_sub(infos.len() as u64))
    }
}

/// Delta Lake's log counts bytes with a sign.
fn signed_bytes(bytes: u64) -> i64 {
    i64::try_from(bytes).expect("a file has far fewer than 2^63 bytes")
}

fn note(value: &Value) -> Option<CommitNote> {
    serde_json::from_value(value.clone()).ok()
}

/// Returns `true` for the name of a file in the ledger's own folder. A log that came with an import
/// may name any: one with folders or escapes would lead to the ledgers of others.
fn is_beside_log(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !path.starts_with('.') && path.bytes().all(is_plain)
}

/// The scheme only tells Delta Lake that the path is one in the store it is handed.
fn log_store(files: &Arc<dyn ObjectStore>, name: &LedgerName) -> Result<LogStoreRef, Error> {
    let place = Url::parse(&format!("memory:///{name}/")).map_err(Error::storage)?;
    let below: Arc<dyn ObjectStore> =
        Arc::new(PrefixStore::new(Arc::clone(files), name.to_string()));
    Ok(default_logstore(below, Arc::clone(files), &place, &StorageConfig::default()))
}

async fn make(log: LogStoreRef, name: &LedgerName, keep_days: u32) -> Result<(), Error> {
    let keep = Some(format!("interval {keep_days} days"));
    let made = CreateBuilder::new()
        .with_log_store(log)
        .with_table_name(name.table())
        .with_columns(table_columns(&table_schema(name.file_type))?)
        .with_configuration_property(TableProperty::LogRetentionDuration, keep.clone())
        .with_configuration_property(TableProperty::DeletedFileRetentionDuration, keep)
        .with_configuration_property(
            TableProperty::CheckpointInterval,
            Some(CHECKPOINT_EVERY.to_string()),
        )
        .with_save_mode(SaveMode::ErrorIfExists)
        .await;
    match made {
        Ok(_) | Err(DeltaTableError::VersionAlreadyExists(_)) => Ok(()),
        Err(other) => match Error::from(other) {
            Error::Overtaken => Ok(()),
            other => Err(other),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_log_leads_to_another_ledger() {
        assert!(is_beside_log("part-upl_01k00000000000000000000000-00001.parquet"));
        for path in [
            "../../../globex/globex/suppliers/part-1.parquet",
            "..%2F..%2Fpart-1.parquet",
            "%2e%2e",
            ".hidden",
            "below/part-1.parquet",
            "/part-1.parquet",
            "memory:///globex/part-1.parquet",
            "a\\b.parquet",
            "part-1.parquet?x",
        ] {
            assert!(!is_beside_log(path), "{path}");
        }
    }
}
