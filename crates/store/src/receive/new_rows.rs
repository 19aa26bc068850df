//! The rows of uploads that are new for sure, by one statement for each table however many they are.
//!
//! Not for: uploads that may repeat an earlier one; those are looked at one by one.
//!
//! Invariant: nothing is added of an upload whose name or key was used before.

use std::collections::{BTreeSet, HashSet};

use domain::{Sender, TokenId, Upload, UploadState};
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use super::receiving::{Receiving, Row};
use super::{ReceiveOutcome, received_entry};
use crate::db::Database;
use crate::error::Error;
use crate::jobs::{JobKind, enqueue_all};
use crate::rows::{Fields, placeholders};

/// The columns of an upload that was just received.
const COLUMNS: usize = 11;

/// The ones of these places in the group that access tokens sent and whose names and keys nobody used before,
/// nor anybody else in the group ahead of them.
pub(super) async fn places_of_new(
    transaction: &mut Transaction<'static, Any>,
    group: &[Receiving],
    open: impl Iterator<Item = usize>,
) -> Result<Vec<usize>, Error> {
    let (mut names, mut keys) = (HashSet::new(), HashSet::new());
    let mut places: Vec<usize> = Vec::with_capacity(group.len());
    for place in open {
        let receiving = &group[place];
        let is_first_of_name = names.insert(receiving.name());
        let key = receiving.new.idempotency_key.as_deref();
        let is_first_of_key =
            key.is_none_or(|key| keys.insert((receiving.store.customer.clone(), key)));
        let is_of_token = matches!(receiving.new.sender, Sender::Token(_));
        if is_first_of_name && is_first_of_key && is_of_token {
            places.push(place);
        }
    }
    let used = used_names(transaction, group, &places).await?;
    places.retain(|place| !used.contains(place));
    let used = used_keys(transaction, group, &places).await?;
    places.retain(|place| !used.contains(place));
    Ok(places)
}

/// The access tokens of the group that were revoked while the files were sent.
pub(super) async fn revoked(
    transaction: &mut Transaction<'static, Any>,
    group: &[Receiving],
) -> Result<HashSet<Sender>, Error> {
    let tokens: BTreeSet<TokenId> = group
        .iter()
        .filter_map(|receiving| match receiving.new.sender {
            Sender::Token(token) => Some(token),
            Sender::User(_) => None,
        })
        .collect();
    if tokens.is_empty() {
        return Ok(HashSet::new());
    }
    let select = format!(
        "SELECT id FROM tokens WHERE revoked_at IS NOT NULL AND id IN (VALUES {})",
        placeholders(tokens.len(), 1),
    );
    let mut query = sqlx::query(AssertSqlSafe(select)).persistent(tokens.len() == 1);
    for token in tokens {
        query = query.bind(token.to_string());
    }
    let rows = query.fetch_all(&mut **transaction).await?;
    let token = |row| Fields::new(row, "tokens", "id").parsed("id").map(Sender::Token);
    rows.iter().map(token).collect()
}

/// The ones of these places whose names were used before.
async fn used_names(
    transaction: &mut Transaction<'static, Any>,
    group: &[Receiving],
    places: &[usize],
) -> Result<HashSet<usize>, Error> {
    const COLUMNS: usize = 5;
    if places.is_empty() {
        return Ok(HashSet::new());
    }
    let select = format!(
        "SELECT asked.column1 AS place FROM (VALUES {}) AS asked WHERE EXISTS (\
         SELECT 1 FROM uploads WHERE customer = asked.column2 AND unit = asked.column3 \
         AND file_type = asked.column4 AND file_name = asked.column5)",
        placeholders(places.len(), COLUMNS),
    );
    let mut query = sqlx::query(AssertSqlSafe(select)).persistent(false);
    for place in places {
        let Receiving { store, new, .. } = &group[*place];
        query = query
            .bind(signed(*place)?)
            .bind(store.customer.as_str())
            .bind(new.unit.as_str())
            .bind(new.file_type.as_str())
            .bind(new.file_name.as_str());
    }
    placed(&query.fetch_all(&mut **transaction).await?)
}

/// The ones of these places whose keys were used before.
async fn used_keys(
    transaction: &mut Transaction<'static, Any>,
    group: &[Receiving],
    places: &[usize],
) -> Result<HashSet<usize>, Error> {
    const COLUMNS: usize = 3;
    let key = |place: &usize| {
        let Receiving { store, new, .. } = &group[*place];
        new.idempotency_key.as_deref().map(|key| (*place, store.customer.as_str(), key))
    };
    let keyed: Vec<(usize, &str, &str)> = places.iter().filter_map(key).collect();
    if keyed.is_empty() {
        return Ok(HashSet::new());
    }
    let select = format!(
        "SELECT asked.column1 AS place FROM (VALUES {}) AS asked WHERE EXISTS (\
         SELECT 1 FROM idempotency_keys WHERE customer = asked.column2 AND key = asked.column3)",
        placeholders(keyed.len(), COLUMNS),
    );
    let mut query = sqlx::query(AssertSqlSafe(select)).persistent(false);
    for (place, customer, key) in keyed {
        query = query.bind(signed(place)?).bind(customer).bind(key);
    }
    placed(&query.fetch_all(&mut **transaction).await?)
}

fn signed(place: usize) -> Result<i64, Error> {
    i64::try_from(place).map_err(Error::internal)
}

fn placed(rows: &[sqlx::any::AnyRow]) -> Result<HashSet<usize>, Error> {
    let place = |row: &sqlx::any::AnyRow| {
        let place: i64 = row.try_get("place")?;
        usize::try_from(place).map_err(Error::internal)
    };
    rows.iter().map(place).collect()
}

/// Adds the uploads at these places, with all that goes with them but their entries in the audit log.
pub(super) async fn add(
    db: &Database,
    transaction: &mut Transaction<'static, Any>,
    group: &[Receiving],
    places: &[usize],
) -> Result<Vec<(usize, Row)>, Error> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let chosen: Vec<&Receiving> = places.iter().map(|place| &group[*place]).collect();
    let row = |receiving: &&Receiving| receiving.store.new_row(&receiving.object, &receiving.new);
    let uploads: Vec<Upload> = chosen.iter().map(row).collect::<Result<_, Error>>()?;
    insert(transaction, &uploads).await?;
    let with_news = || uploads.iter().zip(&chosen).map(|(upload, chosen)| (upload, &chosen.new));
    let jobs: Vec<_> = with_news().map(|(upload, new)| new.job_about(upload)).collect();
    enqueue_all(transaction, JobKind::ReadUpload, &jobs).await?;
    let key = |(upload, new)| -> Option<(&str, &Upload)> {
        let new: &super::NewUpload = new;
        new.idempotency_key.as_deref().map(|key| (key, upload))
    };
    let mut keys: Vec<(&str, &Upload)> = with_news().filter_map(key).collect();
    // In one order, so that two nodes do not wait for one another.
    keys.sort_by_key(|(key, upload)| (&upload.customer, *key));
    db.keep_new_keys(transaction, &keys).await?;
    let row = |(place, upload): (&usize, Upload)| {
        let entry = Some(received_entry(upload.sender.to_string(), &upload));
        (*place, Row { outcome: ReceiveOutcome::New(upload), entry })
    };
    Ok(places.iter().zip(uploads).map(row).collect())
}

/// Adds the rows of uploads that were just received.
pub(super) async fn insert(
    transaction: &mut Transaction<'static, Any>,
    uploads: &[Upload],
) -> Result<(), Error> {
    let insert = format!(
        "INSERT INTO uploads (id, customer, unit, file_type, file_name, bytes, sha256, \
         received_at, token, user_id, state) VALUES {}",
        placeholders(uploads.len(), COLUMNS),
    );
    let mut query = sqlx::query(AssertSqlSafe(insert)).persistent(uploads.len() == 1);
    for upload in uploads {
        let (token, user) = match upload.sender {
            Sender::Token(token) => (Some(token.to_string()), None),
            Sender::User(user) => (None, Some(user.to_string())),
        };
        query = query
            .bind(upload.id.to_string())
            .bind(upload.customer.as_str())
            .bind(upload.unit.as_str())
            .bind(upload.file_type.as_str())
            .bind(upload.file_name.as_str())
            .bind(i64::try_from(upload.bytes).map_err(Error::internal)?)
            .bind(upload.sha256.to_string())
            .bind(upload.received_at.as_microsecond())
            .bind(token)
            .bind(user)
            .bind(UploadState::Received.word());
    }
    query.execute(&mut **transaction).await?;
    Ok(())
}
