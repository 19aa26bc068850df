//! Trying the places that a configuration names, before anything is made or changed there.
//!
//! Not for: a store that is open (`health`).
//!
//! Invariant: no schema is made or brought up to date, and no folder is made; of a small object that is
//! tried nothing stays.

use jiff::Timestamp;

use crate::config::{DatabaseUrl, ObjectsUrl};
use crate::db::{Database, Missing};
use crate::error::Error;
use crate::health::Probe;
use crate::migrations;
use crate::objects::{self, RetryPolicy};

/// A database as it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundDatabase {
    /// There is none, or it has no tables: the first start makes them.
    Empty,
    /// Of an earlier version: the next start brings it up to date.
    Older,
    Current,
}

/// The place of the files, as it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundObjects {
    /// A folder that the first start makes.
    Missing,
    /// A small object was written, read and removed.
    Tried,
}

/// Connects to the database; [`Error::SchemaTooNew`] when a newer program has been there.
pub async fn try_database(url: &DatabaseUrl) -> Result<FoundDatabase, Error> {
    let database = match Database::connect(url, Missing::Refuse).await {
        Err(Error::NoDatabase { .. }) => return Ok(FoundDatabase::Empty),
        connected => connected?,
    };
    let found = database.schema_version().await;
    database.close().await;
    let known = migrations::known();
    match found? {
        None => Ok(FoundDatabase::Empty),
        Some(found) if found > known => Err(Error::SchemaTooNew { found, known }),
        Some(found) if found < known => Ok(FoundDatabase::Older),
        Some(_) => Ok(FoundDatabase::Current),
    }
}

/// Writes, reads and removes a small object.
pub async fn try_objects(url: &ObjectsUrl, now: Timestamp) -> Result<FoundObjects, Error> {
    if let ObjectsUrl::Local(folder) = url
        && !folder.exists()
    {
        return Ok(FoundObjects::Missing);
    }
    Probe::new(objects::open(url, RetryPolicy::FailFast)?).check(now).await?;
    Ok(FoundObjects::Tried)
}
