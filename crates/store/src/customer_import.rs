//! An export of a customer taken into this store, beside the customers that are here.
//!
//! Invariant: the whole export is read and compared with its manifest before anything is written; files come
//! first, then all rows in one transaction, so that of an import that is cut off nobody sees anything and the
//! sweep removes what lies there. Access tokens come revoked, as another server signed them, and people
//! without passwords.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use domain::{AuditEntry, CustomerName, EmailAddress, Formats, UserId, UserName};
use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use serde_json::{Map, Value, json};
use sqlx::{Any, Transaction};
use tokio::task::spawn_blocking;

use crate::SystemStore;
use crate::backup::{FileDigest, LedgerCopies, copy_all};
use crate::customer_export::{
    ExportManifest, ExportedPerson, FILES, FORMAT, LEDGERS, MANIFEST, PEOPLE, ROWS, digests_below,
    exported, exported_name,
};
use crate::customers::refuse_erased;
use crate::erasure::ErasureScope;
use crate::error::Error;
use crate::objects::{ObjectId, ObjectKey, ObjectWriter};
use crate::rows::{Fields, to_the_microsecond};
use crate::table_rows::{self, ROWS_AT_ONCE};
use crate::tables::{Owner, Table};
use crate::users::{User, insert_user};
use crate::{migrations, verify};

/// Enough that a thread switch a piece costs nothing.
const READ_BYTES: usize = 256 * 1024;
/// Columns that name somebody by the id they had where the export was made.
const USERS: [&str; 1] = ["user_id"];

impl SystemStore {
    /// Takes in what [`SystemStore::export_customer`] has written. [`Error::Conflict`] where there is a
    /// customer of that name, [`Error::Illegal`] with the reason for an export that cannot be used.
    /// `by` is a user's address, or `operator` for a command.
    pub async fn import_customer(
        &self,
        folder: &Path,
        by: &str,
        now: Timestamp,
    ) -> Result<ExportManifest, Error> {
        let manifest = read_manifest(folder).await?;
        let customer = &manifest.customer;
        if self.customer(customer).exists().await? {
            return Err(Error::Conflict { what: "customer" });
        }
        let Some(key) = self.signing_keys().await?.into_iter().next() else {
            let why = "there is no signing key yet; start bursard serve once, then import";
            return Err(Error::Illegal { why: why.to_owned() });
        };
        self.import_files(&manifest, folder).await?;
        let db = &self.parts.db;
        let mut transaction = db.begin().await?;
        refuse_erased(&mut transaction, "customer.erase", customer.as_str(), "").await?;
        let people = import_people(&mut transaction, folder, now).await?;
        let scope = ErasureScope::Customer(customer.clone());
        let mut parents = Parents::default();
        for (table, _) in exported(&scope) {
            let columns = table_rows::columns(db, &mut transaction, table.name).await?;
            let path = folder.join(ROWS).join(format!("{}.jsonl", table.name));
            let (mut some, mut rows) = (Vec::with_capacity(ROWS_AT_ONCE), 0);
            for line in BufReader::new(File::open(&path)?).lines() {
                let mut row = object(&line?, &path)?;
                check_owner(&row, customer, table, &mut parents)?;
                if !as_here(&mut row, table.name, &people, &key.kid, now) {
                    return Err(unusable(&path));
                }
                let cells = columns
                    .iter()
                    .map(|column| column.cell(row.get(&column.name).unwrap_or(&Value::Null)));
                let cells = cells.collect::<Option<Vec<_>>>();
                some.push(cells.ok_or_else(|| unusable(&path))?);
                rows += 1;
                if some.len() == ROWS_AT_ONCE {
                    table_rows::insert(&mut transaction, table.name, &columns, &mut some).await?;
                }
            }
            table_rows::insert(&mut transaction, table.name, &columns, &mut some).await?;
            if manifest.rows.get(table.name) != Some(&rows) {
                return Err(unusable(&path));
            }
        }
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "customer.import".to_owned(),
            about: customer.to_string(),
            customer: Some(customer.clone()),
            details: json!({
                "made_at": manifest.made_at.to_string(), "rows": manifest.row_count(),
                "files": manifest.file_count(),
            }),
        };
        db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(manifest)
    }

    async fn import_files(&self, manifest: &ExportManifest, folder: &Path) -> Result<(), Error> {
        let customer = &manifest.customer;
        let from = LocalFileSystem::new_with_prefix(folder.join(LEDGERS))?;
        let to = PrefixStore::new(self.ledger_files()?, customer.as_str());
        let mut ledgers = LedgerCopies::default();
        copy_all(&from, &to, &mut ledgers, None).await?;
        ledgers.verify(&to).await?;
        for table in ["uploads", "attachments"] {
            self.import_files_of(manifest, folder, table).await?;
        }
        Ok(())
    }

    /// Takes in the files that the rows of a table name.
    async fn import_files_of(
        &self,
        manifest: &ExportManifest,
        folder: &Path,
        table: &str,
    ) -> Result<(), Error> {
        let customer = &manifest.customer;
        let path = folder.join(ROWS).join(format!("{table}.jsonl"));
        for line in BufReader::new(File::open(&path)?).lines() {
            let row = object(&line?, &path)?;
            if !row.get("removed_at").is_none_or(Value::is_null) {
                continue;
            }
            let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
            let (Ok(unit), Some(of)) = (text("unit").parse(), ObjectId::parse(text("id"))) else {
                return Err(unusable(&path));
            };
            let key = ObjectKey::new(customer, &unit, of);
            let name = format!("{FILES}/{}", exported_name(&key)?);
            let wanted = *manifest.files.get(&name).ok_or_else(|| unusable(&folder.join(&name)))?;
            if text("sha256") != wanted.sha256.to_string() {
                return Err(unusable(&folder.join(&name)));
            }
            self.import_object(key, &folder.join(&name), wanted).await?;
        }
        Ok(())
    }

    /// Takes an object in; one that an earlier try left is kept when it is the same.
    async fn import_object(
        &self,
        key: ObjectKey,
        path: &Path,
        wanted: FileDigest,
    ) -> Result<(), Error> {
        let objects = &*self.parts.objects;
        match verify::content_of(objects, key.as_str()).await {
            Ok(found) if FileDigest::from(found) == wanted => return Ok(()),
            Ok(_) => objects.delete(key.as_str()).await?,
            Err(Error::NotFound { .. }) => {}
            Err(other) => return Err(other),
        }
        let path = path.to_owned();
        let mut file = spawn_blocking(move || File::open(path)).await??;
        let mut writer = ObjectWriter::create(objects, key).await?;
        loop {
            let (piece, rest) = spawn_blocking(move || read_piece(file)).await??;
            file = rest;
            if piece.is_empty() {
                break;
            }
            writer.write(piece.into()).await?;
        }
        writer.finish().await?.publish().await?;
        Ok(())
    }
}

fn read_piece(mut file: File) -> std::io::Result<(Vec<u8>, File)> {
    use std::io::Read as _;
    let mut piece = Vec::with_capacity(READ_BYTES);
    (&mut file).take(READ_BYTES as u64).read_to_end(&mut piece)?;
    Ok((piece, file))
}

/// The manifest of an export whose files are all as it says.
async fn read_manifest(folder: &Path) -> Result<ExportManifest, Error> {
    let path = folder.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => unusable(&path),
        _ => error.into(),
    })?;
    let manifest: ExportManifest =
        serde_json::from_str(&text).map_err(|_invalid| unusable(&path))?;
    let known = migrations::known();
    if manifest.format != FORMAT || manifest.schema != known {
        let why = format!(
            "the export is of schema {}, and this program has {known}: import it with the version that made it, or \
             bring both to one version and export again",
            manifest.schema
        );
        return Err(Error::Illegal { why });
    }
    let found = digests_below(folder).await?;
    let differs = |name: &&String| found.get(*name) != manifest.files.get(*name);
    if let Some(name) = manifest.files.keys().chain(found.keys()).find(differs) {
        return Err(unusable(&folder.join(name)));
    }
    Ok(manifest)
}

/// Finds the people of an export by their addresses, and adds those who are not here, without a password.
async fn import_people(
    transaction: &mut Transaction<'static, Any>,
    folder: &Path,
    now: Timestamp,
) -> Result<HashMap<String, String>, Error> {
    let path = folder.join(PEOPLE);
    let mut ids = HashMap::new();
    for line in BufReader::new(File::open(&path)?).lines() {
        let person: ExportedPerson =
            serde_json::from_str(&line?).map_err(|_invalid| unusable(&path))?;
        let name: UserName = person.name.parse().map_err(|_invalid| unusable(&path))?;
        let email: EmailAddress = person.email.parse().map_err(|_invalid| unusable(&path))?;
        let user = User {
            id: person.id,
            email,
            name,
            is_operator: false,
            added_at: to_the_microsecond(now)?,
            disabled_at: None,
            formats: Formats::default(),
        };
        insert_user(transaction, &user, None).await?;
        let row = sqlx::query("SELECT id FROM users WHERE email = $1")
            .bind(user.email.as_str().to_owned())
            .fetch_one(&mut **transaction)
            .await?;
        let here: UserId = Fields::new(&row, "users", "id").parsed("id")?;
        ids.insert(person.id.to_string(), here.to_string());
    }
    Ok(ids)
}

fn object(line: &str, path: &Path) -> Result<Map<String, Value>, Error> {
    serde_json::from_str(line).map_err(|_invalid| unusable(path))
}

/// The uploads and runs of an export, by their ids: rows below them are of the customer as they are.
#[derive(Debug, Default)]
struct Parents {
    uploads: HashSet<String>,
    runs: HashSet<String>,
}

/// A row of another customer, or below an upload or a run of one, would be a way into its data.
fn check_owner(
    row: &Map<String, Value>,
    customer: &CustomerName,
    table: Table,
    parents: &mut Parents,
) -> Result<(), Error> {
    let text = |column: &str| row.get(column).and_then(Value::as_str);
    let is_own = match table.owner {
        Owner::Customer(column) => text(column) == Some(customer.as_str()),
        Owner::Units | Owner::Unit(_) => text("customer") == Some(customer.as_str()),
        Owner::Upload => text("upload").is_some_and(|id| parents.uploads.contains(id)),
        Owner::Run => text("run").is_some_and(|id| parents.runs.contains(id)),
        Owner::Deployment | Owner::User(_) | Owner::Session | Owner::AuditLog => false,
    };
    if !is_own {
        let why = format!("a row of {} is another customer's", table.name);
        return Err(Error::Illegal { why });
    }
    match (table.name, text("id")) {
        ("uploads", Some(id)) => {
            parents.uploads.insert(id.to_owned());
        }
        ("runs", Some(id)) => {
            parents.runs.insert(id.to_owned());
        }
        _ => {}
    }
    Ok(())
}

/// People have their own ids here, and tokens are of a key that is here, and revoked. Returns
/// `false` for a row of somebody who is not among the people of the export.
fn as_here(
    row: &mut Map<String, Value>,
    table: &str,
    people: &HashMap<String, String>,
    kid: &str,
    now: Timestamp,
) -> bool {
    for column in USERS {
        if let Some(Value::String(id)) = row.get_mut(column) {
            let Some(here) = people.get(id) else { return false };
            here.clone_into(id);
        }
    }
    if table == "tokens" {
        row.insert("kid".to_owned(), kid.into());
        if row.get("revoked_at").is_none_or(Value::is_null) {
            row.insert("revoked_at".to_owned(), now.as_microsecond().into());
        }
    }
    true
}

fn unusable(path: &Path) -> Error {
    let path = path.display();
    let why = format!("{path} is missing, or is not as the export was made; take a whole export");
    Error::Illegal { why }
}
