//! Everything of a customer in open formats: rows as JSON lines, received files as they are, ledgers as the
//! tables they are (Delta Lake, Parquet), and a manifest with the digest of each.
//!
//! Not for: taking it into another Bursar (`customer_import`), or a copy of everybody (`backup`).
//!
//! Invariant: all rows are of one moment at which nothing waits to be read or checked; nothing that lets
//! somebody in is among them: no password, no key, no link. The manifest is written last.

mod people;

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use domain::{AuditEntry, CustomerName};
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sqlx::{Any, AssertSqlSafe, Transaction};
use tokio::task::spawn_blocking;

use crate::attachments::attachment;
use crate::backup::{FileDigest, LedgerCopies, copy_all, digest_of_file};
use crate::db::Database;
use crate::erasure::ErasureScope;
use crate::error::Error;
use crate::objects::ObjectKey;
use crate::rows::Fields;
use crate::tables::{TABLES, Table};
use crate::uploads::{columns, upload};
use crate::verify::KeptObject;
use crate::{SystemStore, folders, migrations, table_rows};

pub(crate) use people::ExportedPerson;

pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const ROWS: &str = "rows";
pub(crate) const FILES: &str = "files";
pub(crate) const LEDGERS: &str = "ledgers";
pub(crate) const PEOPLE: &str = "people.jsonl";
const AUDIT: &str = "audit.jsonl";
/// The version of what this program writes.
pub(crate) const FORMAT: u32 = 1;
/// Tables of what lets somebody in, is done, or is sent from here only.
const LEFT_OUT: [&str; 9] = [
    "invitations",
    "idempotency_keys",
    "jobs",
    "webhooks",
    "notification_settings",
    "notifications",
    "deliveries",
    "resumable_uploads",
    "resumable_parts",
];

/// Cells of what lets somebody in, in tables of other things as well.
const CELLS_LEFT_OUT: [(&str, &str); 2] = [("tokens", "sftp_password"), ("tokens", "sftp_key")];

/// The manifest of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExportManifest {
    pub(crate) format: u32,
    pub customer: CustomerName,
    /// All rows are as they were then.
    pub made_at: Timestamp,
    /// The newest migration of the database it was made of.
    pub(crate) schema: i64,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    pub(crate) files: BTreeMap<String, FileDigest>,
}

impl ExportManifest {
    pub fn row_count(&self) -> u64 {
        self.rows.values().sum()
    }

    pub fn file_count(&self) -> usize {
        self.files.len()
    }
}

/// The tables that an export has, in the order in which they refer to one another.
pub(crate) fn exported(scope: &ErasureScope) -> impl Iterator<Item = (Table, String)> {
    let tables = TABLES.iter().copied().filter(|table| !LEFT_OUT.contains(&table.name));
    tables.filter_map(|table| Some((table, scope.condition(table)?)))
}

impl SystemStore {
    /// Writes everything of a customer into a folder, which is made, or is empty
    /// ([`Error::Conflict`] otherwise). [`Error::NotFound`] without the customer, [`Error::Illegal`]
    /// while something of it waits to be read or checked. `by` is a user's address, or `operator`.
    pub async fn export_customer(
        &self,
        customer: &CustomerName,
        folder: &Path,
        by: &str,
        now: Timestamp,
    ) -> Result<ExportManifest, Error> {
        let made = folder.to_owned();
        spawn_blocking(move || make_empty(&made)).await??;
        let db = &self.parts.db;
        let scope = ErasureScope::Customer(customer.clone());
        let mut snapshot = db.snapshot().await?;
        check_quiet(&mut snapshot, customer).await?;
        let mut rows = BTreeMap::new();
        for (table, condition) in exported(&scope) {
            let path = folder.join(ROWS).join(format!("{}.jsonl", table.name));
            let written = write_rows(db, &mut snapshot, table, &condition, customer, &path).await?;
            rows.insert(table.name.to_owned(), written);
        }
        people::write(&mut snapshot, customer, &folder.join(PEOPLE)).await?;
        write_audit(&mut snapshot, customer, &folder.join(AUDIT)).await?;
        let objects = kept_objects(&mut snapshot, customer).await?;
        drop(snapshot);
        for object in &objects {
            self.export_object(object, folder).await?;
        }
        let mut ledgers = LedgerCopies::default();
        let from = PrefixStore::new(self.ledger_files()?, customer.as_str());
        let to = LocalFileSystem::new_with_prefix(folder.join(LEDGERS))?;
        copy_all(&from, &to, &mut ledgers, None).await?;
        let manifest = ExportManifest {
            format: FORMAT,
            customer: customer.clone(),
            made_at: now,
            schema: migrations::known(),
            rows,
            files: digests_below(folder).await?,
        };
        self.audit(&AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "customer.export".to_owned(),
            about: customer.to_string(),
            customer: Some(customer.clone()),
            details: json!({ "rows": manifest.row_count(), "files": manifest.file_count() }),
        })
        .await?;
        let text = serde_json::to_vec_pretty(&manifest).map_err(Error::internal)?;
        let path = folder.join(MANIFEST);
        spawn_blocking(move || {
            let mut file = private_file(&path)?;
            file.write_all(&text)?;
            file.sync_all()
        })
        .await??;
        Ok(manifest)
    }

    async fn export_object(&self, object: &KeptObject, folder: &Path) -> Result<(), Error> {
        let key = object.key();
        let path = folder.join(FILES).join(exported_name(&key)?);
        let mut pieces = self.parts.objects.read(key.as_str()).await?;
        let place = path.clone();
        let mut file = spawn_blocking(move || private_file(&place)).await??;
        while let Some(piece) = pieces.try_next().await? {
            file = spawn_blocking(move || file.write_all(&piece).map(|()| file)).await??;
        }
        drop(file);
        let found = digest_of_file(&path).await?;
        if found != (FileDigest { bytes: object.bytes, sha256: object.sha256 }) {
            let why = format!("the file of {} is not as it was received", object.id);
            return Err(Error::Illegal { why });
        }
        Ok(())
    }
}

/// The name of an object in an export: that in the store, without the folder of all customers and the
/// customer.
pub(crate) fn exported_name(key: &ObjectKey) -> Result<&str, Error> {
    let name = key.as_str().splitn(3, '/').nth(2);
    name.ok_or_else(|| Error::internal("a key has five parts"))
}

/// Rows whose work is not over would be work for whoever imports them.
async fn check_quiet(
    snapshot: &mut Transaction<'static, Any>,
    customer: &CustomerName,
) -> Result<(), Error> {
    let (customers, waiting): (i64, i64) = (
        count(snapshot, "SELECT COUNT(*) FROM customers WHERE name = $1", customer).await?,
        count(
            snapshot,
            "SELECT COUNT(*) FROM jobs WHERE customer = $1 AND kind <> 'deliver' \
             AND state IN ('waiting', 'running')",
            customer,
        )
        .await?,
    );
    if customers == 0 {
        return Err(Error::NotFound { what: "customer" });
    }
    if waiting > 0 {
        let why = format!(
            "{waiting} jobs of {customer} wait or run; try again when all is read and checked"
        );
        return Err(Error::Illegal { why });
    }
    Ok(())
}

async fn count(
    snapshot: &mut Transaction<'static, Any>,
    select: &'static str,
    customer: &CustomerName,
) -> Result<i64, Error> {
    let query = sqlx::query_scalar(select).bind(customer.as_str().to_owned());
    Ok(query.fetch_one(&mut **snapshot).await?)
}

async fn write_rows(
    db: &Database,
    snapshot: &mut Transaction<'static, Any>,
    table: Table,
    condition: &str,
    customer: &CustomerName,
    path: &Path,
) -> Result<u64, Error> {
    let columns = table_rows::columns(db, snapshot, table.name).await?;
    let names = table_rows::names(&columns);
    let select = format!("SELECT {names} FROM {} WHERE {condition}", table.name);
    let query = sqlx::query(AssertSqlSafe(select)).bind(customer.as_str().to_owned());
    let (mut found, mut lines, mut rows) = (query.fetch(&mut **snapshot), Lines::begin(path)?, 0);
    while let Some(row) = found.try_next().await? {
        let cells = table_rows::cells(&row, &columns)?;
        let members = columns.iter().zip(cells);
        let members = members.map(|(column, cell)| {
            let is_left_out = CELLS_LEFT_OUT.contains(&(table.name, column.name.as_str()));
            let cell = if is_left_out { Value::Null } else { cell.into_json() };
            (column.name.clone(), cell)
        });
        lines.add(&Value::Object(members.collect::<Map<_, _>>()))?;
        rows += 1;
    }
    lines.end()?;
    Ok(rows)
}

/// Writes the entries about a customer as `bursard audit export` does.
async fn write_audit(
    snapshot: &mut Transaction<'static, Any>,
    customer: &CustomerName,
    path: &Path,
) -> Result<(), Error> {
    let query = sqlx::query(
        "SELECT sequence, body, hash FROM audit_log WHERE customer = $1 ORDER BY sequence",
    )
    .bind(customer.as_str().to_owned());
    let (mut found, mut lines) = (query.fetch(&mut **snapshot), Lines::begin(path)?);
    while let Some(row) = found.try_next().await? {
        let fields = Fields::new(&row, "audit_log", "hash");
        let entry: Value =
            serde_json::from_str(&fields.text("body")?).map_err(|_invalid| fields.corrupt())?;
        let (sequence, hash) = (fields.number::<u64>("sequence")?, fields.text("hash")?);
        lines.add(&json!({ "sequence": sequence, "entry": entry, "hash": hash }))?;
    }
    lines.end()
}

/// The objects of a customer: received files, and those beside findings.
async fn kept_objects(
    snapshot: &mut Transaction<'static, Any>,
    customer: &CustomerName,
) -> Result<Vec<KeptObject>, Error> {
    let rows = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM uploads WHERE customer = $1 AND removed_at IS NULL",
    ))
    .bind(customer.as_str().to_owned())
    .fetch_all(&mut **snapshot)
    .await?;
    let uploads = crate::rows::all(&rows, upload)?.into_iter().map(KeptObject::from);
    let rows = sqlx::query("SELECT * FROM attachments WHERE customer = $1 AND removed_at IS NULL")
        .bind(customer.as_str().to_owned())
        .fetch_all(&mut **snapshot)
        .await?;
    let attachments = crate::rows::all(&rows, attachment)?.into_iter();
    let attachments = attachments.map(|kept| KeptObject::of_attachment((customer.clone(), kept)));
    Ok(uploads.chain(attachments).collect())
}

/// Values as lines of JSON.
pub(super) struct Lines(BufWriter<File>);

impl Lines {
    pub(super) fn begin(path: &Path) -> Result<Self, Error> {
        Ok(Self(BufWriter::new(private_file(path)?)))
    }

    pub(super) fn add(&mut self, value: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut self.0, value).map_err(std::io::Error::from)?;
        Ok(self.0.write_all(b"\n")?)
    }

    pub(super) fn end(self) -> Result<(), Error> {
        self.0.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        Ok(())
    }
}

/// A new file for its owner alone, in folders that are made for it.
fn private_file(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn make_empty(folder: &Path) -> Result<(), Error> {
    folders::make(folder)?;
    if fs::read_dir(folder)?.next().is_some() {
        return Err(Error::Conflict { what: "export folder" });
    }
    for inner in [ROWS, FILES, LEDGERS] {
        folders::make(&folder.join(inner))?;
    }
    Ok(())
}

/// The digest of every file of a folder, by its name below it.
pub(crate) async fn digests_below(folder: &Path) -> Result<BTreeMap<String, FileDigest>, Error> {
    let (mut digests, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("it was listed below").to_string_lossy();
            if name != MANIFEST {
                digests.insert(name.into_owned(), digest_of_file(&path).await?);
            }
        }
    }
    Ok(digests)
}
