//! The traces of an erasure in the audit log: the text of entries goes, their hashes stay, and the
//! entry about the erasure names them.
//!
//! Invariant: an entry without text counts as whole only where a later one, whose own text is there, names
//! it: nobody can take the text out of an entry unseen.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;

use domain::{AuditEntry, EmailAddress, UserId};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::ErasureScope;
use super::accounts::Leavers;
use crate::error::Error;
use crate::rows::{Fields, all, placeholders_from};

/// The `what` of an entry whose text is gone.
const ERASED: &str = "entry.erased";
/// The texts bound by a statement at once; either database takes far more.
const ADDRESSES_AT_ONCE: usize = 500;
/// The entries of `$1`, a customer, and `$2`, a unit: what names the unit, or something of it.
const OF_UNIT: &str = "customer = $1 AND body <> '' AND (body LIKE '%\"unit\":\"' || $2 || '\"%' \
    OR (about = $2 AND what LIKE 'unit.%' AND what <> 'unit.erase') \
    OR about IN (SELECT id FROM uploads WHERE customer = $1 AND unit = $2) \
    OR about IN (SELECT id FROM runs WHERE customer = $1 AND unit = $2) \
    OR about IN (SELECT key FROM findings WHERE customer = $1 AND unit = $2))";
const OF_CUSTOMER: &str = "customer = $1 AND body <> ''";

/// The places of entries whose text is gone. As text: `1-4,7`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct EntryPlaces(BTreeSet<u64>);

impl EntryPlaces {
    pub(crate) fn add(&mut self, sequence: u64) {
        self.0.insert(sequence);
    }

    /// The first of them, if any is left.
    pub(crate) fn first(&self) -> Option<u64> {
        self.0.first().copied()
    }

    /// Takes out what an entry behind them names as erased.
    pub(crate) fn settle(&mut self, entry: &AuditEntry) {
        for range in ranges(entry) {
            let named: Vec<u64> = self.0.range(range).copied().collect();
            for sequence in named {
                self.0.remove(&sequence);
            }
        }
    }
}

impl fmt::Display for EntryPlaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.iter().copied().peekable();
        let mut separator = "";
        while let Some(first) = rest.next() {
            let mut last = first;
            while let Some(next) = rest.next_if_eq(&(last + 1)) {
                last = next;
            }
            write!(f, "{separator}{first}")?;
            if last > first {
                write!(f, "-{last}")?;
            }
            separator = ",";
        }
        Ok(())
    }
}

/// The `what` of the entries that name the places of an erasure.
const ERASURES: [&str; 3] = ["customer.erase", "unit.erase", "user.erase"];

/// The places that an entry about an erasure names.
fn ranges(entry: &AuditEntry) -> Vec<RangeInclusive<u64>> {
    if !ERASURES.contains(&entry.what.as_str()) {
        return Vec::new();
    }
    let read = |range: &str| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last) = (first.parse().ok()?, last.parse().ok()?);
        (first <= last).then_some(first..=last)
    };
    entry.details["entries"].as_str().unwrap_or_default().split(',').filter_map(read).collect()
}

/// The entry that stands where the text of another was.
pub(crate) fn erased_entry(at: Timestamp) -> AuditEntry {
    AuditEntry {
        at,
        who: String::new(),
        what: ERASED.to_owned(),
        about: String::new(),
        customer: None,
        details: serde_json::Value::Null,
    }
}

/// The number of entries that speak of it.
pub(super) async fn count(
    transaction: &mut Transaction<'static, Any>,
    scope: &ErasureScope,
    leavers: &Leavers,
) -> Result<u64, Error> {
    Ok(find(transaction, scope, leavers).await?.0.len() as u64)
}

/// Takes the text out of every entry that speaks of it, and says which those were.
pub(super) async fn blank(
    transaction: &mut Transaction<'static, Any>,
    scope: &ErasureScope,
    leavers: &Leavers,
) -> Result<EntryPlaces, Error> {
    let erased = find(transaction, scope, leavers).await?;
    empty(transaction, &erased).await?;
    Ok(erased)
}

/// Takes the text out of these entries.
async fn empty(
    transaction: &mut Transaction<'static, Any>,
    places: &EntryPlaces,
) -> Result<(), Error> {
    for sequence in &places.0 {
        sqlx::query(
            "UPDATE audit_log SET customer = NULL, who = '', what = $2, about = '', body = '' \
             WHERE sequence = $1",
        )
        .bind(i64::try_from(*sequence).map_err(Error::internal)?)
        .bind(ERASED)
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

/// The number of entries about somebody's account and how they signed in.
pub(super) async fn count_of_account(
    transaction: &mut Transaction<'static, Any>,
    user: UserId,
    email: &EmailAddress,
) -> Result<u64, Error> {
    Ok(find_of_account(transaction, user, email).await?.0.len() as u64)
}

/// Takes the text out of every entry about somebody's account and how they signed in, and says which those
/// were. Entries on what they decided stay: they are the records of their organisations.
pub(super) async fn blank_account(
    transaction: &mut Transaction<'static, Any>,
    user: UserId,
    email: &EmailAddress,
) -> Result<EntryPlaces, Error> {
    let erased = find_of_account(transaction, user, email).await?;
    empty(transaction, &erased).await?;
    Ok(erased)
}

async fn find_of_account(
    transaction: &mut Transaction<'static, Any>,
    user: UserId,
    email: &EmailAddress,
) -> Result<EntryPlaces, Error> {
    let rows = sqlx::query(
        "SELECT sequence, hash FROM audit_log WHERE what LIKE 'user.%' AND what <> 'user.erase' \
         AND body <> '' AND (about = $1 OR about = $2 OR who = $2)",
    )
    .bind(user.to_string())
    .bind(email.as_str())
    .fetch_all(&mut **transaction)
    .await?;
    let sequence = |row: &AnyRow| Fields::new(row, "audit_log", "hash").number::<u64>("sequence");
    Ok(EntryPlaces(all(&rows, sequence)?.into_iter().collect()))
}

async fn find(
    transaction: &mut Transaction<'static, Any>,
    scope: &ErasureScope,
    leavers: &Leavers,
) -> Result<EntryPlaces, Error> {
    let mut erased = BTreeSet::new();
    let (condition, unit) = match scope {
        ErasureScope::Customer(_) => (OF_CUSTOMER, None),
        ErasureScope::Unit(_, unit) => (OF_UNIT, Some(unit.as_str().to_owned())),
    };
    let select = format!("SELECT sequence, hash FROM audit_log WHERE {condition}");
    let mut query = sqlx::query(AssertSqlSafe(select)).bind(scope.customer().as_str().to_owned());
    if let Some(unit) = unit {
        query = query.bind(unit);
    }
    if matches!(scope, ErasureScope::Customer(_)) {
        erased.extend(erased_before(transaction, scope).await?);
    }
    let sequence = |row: &AnyRow| Fields::new(row, "audit_log", "hash").number::<u64>("sequence");
    erased.extend(all(&query.fetch_all(&mut **transaction).await?, sequence)?);
    let addresses: Vec<&str> = leavers.addresses().map(EmailAddress::as_str).collect();
    for some in addresses.chunks(ADDRESSES_AT_ONCE) {
        let places = placeholders_from(1, some.len());
        // What they did elsewhere before is the others' to keep.
        let select = format!(
            "SELECT sequence, hash FROM audit_log WHERE customer IS NULL AND body <> '' \
             AND (who IN ({places}) OR about IN ({places}))"
        );
        let mut query = sqlx::query(AssertSqlSafe(select));
        for address in some {
            query = query.bind((*address).to_owned());
        }
        erased.extend(all(&query.fetch_all(&mut **transaction).await?, sequence)?);
    }
    Ok(EntryPlaces(erased))
}

/// The places that earlier erasures of units and people name, whose own entries go now.
async fn erased_before(
    transaction: &mut Transaction<'static, Any>,
    scope: &ErasureScope,
) -> Result<BTreeSet<u64>, Error> {
    let rows = sqlx::query(
        "SELECT body, hash FROM audit_log WHERE customer = $1 AND what IN ('unit.erase', 'user.erase')",
    )
    .bind(scope.customer().as_str().to_owned())
    .fetch_all(&mut **transaction)
    .await?;
    let entries = all(&rows, |row| {
        let fields = Fields::new(row, "audit_log", "hash");
        serde_json::from_str::<AuditEntry>(&fields.text("body")?)
            .map_err(|_invalid| fields.corrupt())
    })?;
    Ok(entries.iter().flat_map(ranges).flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_as_ranges_and_settled_by_them() {
        for (places, text) in
            [(&[][..], ""), (&[7], "7"), (&[1, 2, 3, 4, 7], "1-4,7"), (&[1, 3, 5, 6], "1,3,5-6")]
        {
            let mut erased = EntryPlaces(places.iter().copied().collect());
            assert_eq!(erased.to_string(), text);
            let mut entry = erased_entry(Timestamp::UNIX_EPOCH);
            entry.details = serde_json::json!({ "entries": text });
            erased.settle(&entry);
            assert_eq!(erased.first(), places.first().copied(), "no entry about an erasure");
            entry.what = "customer.erase".to_owned();
            erased.settle(&entry);
            assert_eq!(erased.first(), None, "{text}");
        }
    }
}
