//! Findings locked before they are decided.
//!
//! Invariant: all are locked in one order before anything is written, as whoever writes holds the end of the
//! audit log until they are done.

use domain::{FindingKey, UnitName};
use sqlx::{Any, Transaction};

use super::{Case, Decider, SeenFinding};
use crate::CustomerStore;
use crate::error::Error;

impl CustomerStore {
    /// The findings that are decided together, each locked with those whose money counts otherwise then: all
    /// in one order, so that nobody who writes waits for somebody who waits for them.
    pub(super) async fn cases<'a>(
        &'a self,
        transaction: &mut Transaction<'static, Any>,
        unit: &'a UnitName,
        findings: Vec<SeenFinding>,
        decider: Decider<'a>,
    ) -> Result<(Vec<Case<'a>>, Vec<FindingKey>), Error> {
        let keys: Vec<FindingKey> = findings.iter().map(|seen| seen.key.clone()).collect();
        let mut unseen = self.sharing_rows(transaction, unit, &keys).await?;
        unseen.retain(|key| !keys.contains(key));
        let others = unseen.into_iter().map(|key| (key, None));
        let decided = findings.into_iter().map(|seen| (seen.key.clone(), Some(seen)));
        let mut locked: Vec<(FindingKey, Option<SeenFinding>)> = others.chain(decided).collect();
        locked.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let mut cases = Vec::with_capacity(keys.len());
        for (key, seen) in locked {
            match seen {
                Some(seen) => cases.push(self.case(transaction, unit, seen, decider).await?),
                None => self.parts.db.lock_finding(transaction, self, unit, &key).await?,
            }
        }
        Ok((cases, keys))
    }

    pub(super) async fn case<'a>(
        &'a self,
        transaction: &mut Transaction<'static, Any>,
        unit: &'a UnitName,
        SeenFinding { key, entry: seen }: SeenFinding,
        decider: Decider<'a>,
    ) -> Result<Case<'a>, Error> {
        let found = self.parts.db.locked_finding(transaction, self, unit, &key).await?;
        Ok(Case { store: self, unit, decider, found, seen })
    }
}

/// Always in the same order, so that two who decide at once do not wait for each other; each once.
pub(super) fn in_order(
    findings: impl IntoIterator<Item = impl Into<SeenFinding>>,
) -> Vec<SeenFinding> {
    let mut findings: Vec<SeenFinding> = findings.into_iter().map(Into::into).collect();
    findings.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    findings.dedup_by(|one, other| one.key == other.key);
    findings
}
