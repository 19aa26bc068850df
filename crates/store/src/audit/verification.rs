//! Going over the audit log: whether it is as it was written, and whether what it vouches for still is.
//!
//! Not for: adding to it.
//!
//! Invariant: the chain has to hold the entry at which it was found whole the last time, and every entry that
//! somebody kept elsewhere; and each decision about a finding has to be the one whose digest the log holds,
//! with none behind the last of them.
//! Whoever can write the database can write all of it anew: against that only what is kept elsewhere helps.

use std::collections::HashMap;
use std::str::FromStr;

use domain::audit::{CHAIN_START, chain};
use domain::finding::Standing;
use domain::{AuditEntry, Sha256Digest};
use sqlx::any::AnyRow;

use super::{READ_AT_ONCE, entry, is_as_columns, signed};
use crate::SystemStore;
use crate::erasure::EntryPlaces;
use crate::error::Error;
use crate::findings::{standing, standing_columns};
use crate::history_row::{self, HistoryRow};
use crate::rows::{Fields, all};

/// The result of verifying a whole chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditVerified {
    pub entries: u64,
    /// Of the last entry: written down elsewhere, it proves later that nothing before it was changed.
    pub end: Sha256Digest,
}

/// An entry of the log as somebody kept it elsewhere. As text: its number, a colon, its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldEntry {
    pub sequence: u64,
    pub hash: Sha256Digest,
}

/// A text that is no [`HeldEntry`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an entry of the audit log; write its number, a colon and its hash")]
pub struct InvalidHeldEntry;

impl FromStr for HeldEntry {
    type Err = InvalidHeldEntry;
    fn from_str(text: &str) -> Result<Self, InvalidHeldEntry> {
        let (sequence, hash) = text.trim().split_once(':').ok_or(InvalidHeldEntry)?;
        Ok(Self {
            sequence: sequence.parse().map_err(|_no_number| InvalidHeldEntry)?,
            hash: hash.parse().map_err(|_no_digest| InvalidHeldEntry)?,
        })
    }
}

/// Where a chain is broken, or what it vouches for is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditFault {
    #[error("entry {sequence} of the audit log is missing; compare with a backup")]
    Missing { sequence: u64 },
    #[error("entry {sequence} of the audit log is not what was written; compare with a backup")]
    Changed { sequence: u64 },
    #[error(
        "the audit log has {entries} entries and should have {expected}; compare with a backup"
    )]
    Cut { entries: u64, expected: u64 },
    #[error(
        "entry {sequence} of the audit log is another one than was there before, so the log was written \
         anew; compare with a backup"
    )]
    Replaced { sequence: u64 },
    #[error("entry {number} of the history of finding {finding} is missing; compare with a backup")]
    HistoryMissing { finding: String, number: u64 },
    #[error(
        "entry {number} of the history of finding {finding} is not what was decided; compare with a backup"
    )]
    HistoryChanged { finding: String, number: u64 },
    #[error(
        "entry {number} of the history of finding {finding} was added past the audit log; compare with a \
         backup"
    )]
    HistoryAdded { finding: String, number: u64 },
    #[error("finding {finding} does not stand as its history says; compare with a backup")]
    StandingChanged { finding: String },
}

/// The findings whose last decision is known, by customer, unit and key: its number and how it left them.
type LastDecisions = HashMap<[String; 3], (u64, Standing)>;

impl SystemStore {
    /// Goes over the whole chain.
    pub async fn verify_audit(&self) -> Result<Result<AuditVerified, AuditFault>, Error> {
        self.verify_audit_holding(&[]).await
    }

    /// Goes over the whole chain, which has to hold these entries.
    pub async fn verify_audit_holding(
        &self,
        held: &[HeldEntry],
    ) -> Result<Result<AuditVerified, AuditFault>, Error> {
        self.parts.flush_audit().await?;
        let mut held = held.to_vec();
        held.extend(self.last_verified_entry().await?);
        // What is added while this runs is for the next time.
        let HeldEntry { sequence: expected, hash: end } = self.audit_end().await?;
        if let Some(beyond) = held.iter().find(|held| held.sequence > expected) {
            return Ok(Err(AuditFault::Cut { entries: expected, expected: beyond.sequence }));
        }
        let (mut entries, mut previous, mut decided) = (0, CHAIN_START, LastDecisions::new());
        let mut erased = EntryPlaces::default();
        while entries < expected {
            let rows = self.chained_rows(entries, expected).await?;
            if rows.is_empty() {
                return Ok(Err(AuditFault::Cut { entries, expected }));
            }
            for row in &rows {
                let sequence = entries + 1;
                let read = match link(row, sequence, previous, &held, &mut erased) {
                    Ok(read) => read,
                    Err(fault) => return Ok(Err(fault)),
                };
                erased.settle(&read.1);
                if let Err(fault) = self.check_decision(&read.1, &mut decided).await? {
                    return Ok(Err(fault));
                }
                (entries, previous) = (sequence, read.0);
            }
        }
        if previous != end {
            return Ok(Err(AuditFault::Changed { sequence: entries }));
        }
        if let Some(sequence) = erased.first() {
            return Ok(Err(AuditFault::Changed { sequence }));
        }
        if let Err(fault) = self.check_standings(decided, entries).await? {
            return Ok(Err(fault));
        }
        Ok(self.check_additions().await?.map(|()| AuditVerified { entries, end }))
    }

    /// The last entry of the chain.
    pub async fn audit_end(&self) -> Result<HeldEntry, Error> {
        let end = sqlx::query("SELECT id, sequence, hash FROM audit_end WHERE id = 1")
            .fetch_one(self.parts.db.reader())
            .await?;
        let fields = Fields::new(&end, "audit_end", "id");
        Ok(HeldEntry { sequence: fields.number("sequence")?, hash: fields.parsed("hash")? })
    }

    /// The end of the chain when it was last found whole.
    async fn last_verified_entry(&self) -> Result<Option<HeldEntry>, Error> {
        let row = sqlx::query("SELECT hash, sequence FROM audit_verified WHERE id = 1")
            .fetch_optional(self.parts.db.reader())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let fields = Fields::new(&row, "audit_verified", "hash");
        Ok(Some(HeldEntry { sequence: fields.number("sequence")?, hash: fields.parsed("hash")? }))
    }

    async fn chained_rows(&self, after: u64, until: u64) -> Result<Vec<AnyRow>, Error> {
        let rows = sqlx::query(
            "SELECT sequence, at, customer, who, what, about, body, hash FROM audit_log \
             WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence LIMIT $3",
        )
        .bind(signed(after)?)
        .bind(signed(until)?)
        .bind(READ_AT_ONCE)
        .fetch_all(self.parts.db.reader())
        .await?;
        Ok(rows)
    }

    /// Compares the entry of a finding's history with the digest that the log has of it; entries that are
    /// older than the digests say nothing.
    async fn check_decision(
        &self,
        entry: &AuditEntry,
        decided: &mut LastDecisions,
    ) -> Result<Result<(), AuditFault>, Error> {
        let Some(vouched) = DecisionDigest::of(entry) else { return Ok(Ok(())) };
        let DecisionDigest { place, number, digest } = vouched;
        let row = sqlx::query(history_row::SELECT)
            .bind(place[0].as_str())
            .bind(place[1].as_str())
            .bind(place[2].as_str())
            .bind(signed(number)?)
            .fetch_optional(self.parts.db.reader())
            .await?;
        let finding = place[2].clone();
        let Some(row) = row else {
            return Ok(Err(AuditFault::HistoryMissing { finding, number }));
        };
        let row = HistoryRow::read(&row)?;
        let after = serde_json::from_str(&row.after)
            .ok()
            .filter(|_: &Standing| row.digest().is_ok_and(|found| found == digest));
        let Some(after) = after else {
            return Ok(Err(AuditFault::HistoryChanged { finding, number }));
        };
        decided.insert(place, (number, after));
        Ok(Ok(()))
    }

    /// Compares how findings stand with the last decision about each.
    async fn check_standings(
        &self,
        mut decided: LastDecisions,
        entries: u64,
    ) -> Result<Result<(), AuditFault>, Error> {
        let rows = sqlx::query(concat!(
            "SELECT customer, unit, key, last_entry, ",
            standing_columns!(),
            " FROM findings WHERE last_entry > 0",
        ))
        .fetch_all(self.parts.db.reader())
        .await?;
        let found = all(&rows, |row| {
            let fields = Fields::new(row, "findings", "key");
            let place = [fields.text("customer")?, fields.text("unit")?, fields.text("key")?];
            Ok((place, (fields.number::<u64>("last_entry")?, standing(&fields)?)))
        })?;
        for (place, stands) in found {
            let is_right = decided.remove(&place).is_none_or(|decided| decided == stands);
            if !is_right && !self.is_decided_since(&place, entries).await? {
                let [_, _, finding] = place;
                return Ok(Err(AuditFault::StandingChanged { finding }));
            }
        }
        let lost = decided.into_keys().next();
        Ok(lost.map_or(Ok(()), |[_, _, finding]| Err(AuditFault::StandingChanged { finding })))
    }

    /// Looks for entries of histories behind the last that their finding counts: whoever decides writes
    /// both in one transaction, so that such an entry was put there by hand.
    async fn check_additions(&self) -> Result<Result<(), AuditFault>, Error> {
        let row = sqlx::query(
            "SELECT finding_history.key AS key, entry FROM finding_history JOIN findings \
             ON findings.customer = finding_history.customer AND findings.unit = finding_history.unit \
             AND findings.key = finding_history.key WHERE entry > last_entry LIMIT 1",
        )
        .fetch_optional(self.parts.db.reader())
        .await?;
        let Some(row) = row else { return Ok(Ok(())) };
        let fields = Fields::new(&row, "finding_history", "key");
        let (finding, number) = (fields.text("key")?, fields.number("entry")?);
        Ok(Err(AuditFault::HistoryAdded { finding, number }))
    }

    /// Returns `true` when somebody decided about a finding while the chain was gone over.
    async fn is_decided_since(&self, place: &[String; 3], entries: u64) -> Result<bool, Error> {
        let later: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM audit_log WHERE sequence > $1 AND customer = $2 AND about = $3",
        )
        .bind(signed(entries)?)
        .bind(place[0].as_str())
        .bind(place[2].as_str())
        .fetch_one(self.parts.db.reader())
        .await?;
        Ok(later > 0)
    }
}

/// The number and digest of a decision about a finding, as an entry of the log has them.
struct DecisionDigest {
    /// Customer, unit and key.
    place: [String; 3],
    number: u64,
    digest: Sha256Digest,
}

impl DecisionDigest {
    fn of(entry: &AuditEntry) -> Option<Self> {
        let details = entry.what.strip_prefix("finding.").map(|_| &entry.details)?;
        let customer = entry.customer.as_ref()?.to_string();
        Some(Self {
            place: [customer, details["unit"].as_str()?.to_owned(), entry.about.clone()],
            number: details["entry"].as_u64()?,
            digest: details["digest"].as_str()?.parse().ok()?,
        })
    }
}

/// One entry of the chain: its hash, and what it says. Of one whose text is gone the hash is as it is kept:
/// that of the next proves it.
fn link(
    row: &AnyRow,
    sequence: u64,
    previous: Sha256Digest,
    held: &[HeldEntry],
    erased: &mut EntryPlaces,
) -> Result<(Sha256Digest, AuditEntry), AuditFault> {
    let changed = AuditFault::Changed { sequence };
    let fields = Fields::new(row, "audit_log", "hash");
    if fields.number::<u64>("sequence").ok() != Some(sequence) {
        return Err(AuditFault::Missing { sequence });
    }
    let Ok(body) = fields.text("body") else { return Err(changed) };
    let read = entry(row).ok().filter(|read| is_as_columns(read, row)).ok_or(changed.clone())?;
    let hash = if body.is_empty() {
        erased.add(sequence);
        read.hash
    } else {
        chain(previous, sequence, &body)
    };
    if read.hash != hash {
        return Err(changed);
    }
    let mut of_it = held.iter().filter(|held| held.sequence == sequence);
    if of_it.any(|held| held.hash != hash) {
        return Err(AuditFault::Replaced { sequence });
    }
    Ok((hash, read.entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_entry_is_read() {
        let hash = "0".repeat(64);
        let held = HeldEntry { sequence: 7, hash: CHAIN_START };
        assert_eq!(format!(" 7:{hash}\n").parse(), Ok(held));
        for wrong in ["", "7", "7:", ":", &format!("x:{hash}"), &format!("7:{}", &hash[1..])] {
            assert_eq!(wrong.parse::<HeldEntry>(), Err(InvalidHeldEntry), "{wrong}");
        }
    }
}
