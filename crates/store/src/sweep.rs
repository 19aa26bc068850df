//! Removing what interrupted uploads left behind.
//!
//! Invariant: removes only what is older than any upload takes, and of published objects only those
//! without a row, or whose row says that the file is removed: what was acknowledged has a row, and it says
//! so only when the time of the file is over (`retention`).

use futures_util::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};

use crate::SystemStore;
use crate::error::Error;
use crate::objects::{ObjectId, ObjectKey};

/// Between a published object and its row lies one transaction. However the sweep is asked, it
/// keeps away from anything that may still be waiting for one.
pub(crate) const SWEEP_AGE_MIN: SignedDuration = SignedDuration::from_hours(1);

/// The counts of what a sweep removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SweepReport {
    pub temporaries: u64,
    /// Published objects that no row needs.
    pub objects: u64,
    /// Files of ledgers whose customer or unit is not there any more.
    pub ledger_files: u64,
}

impl SystemStore {
    /// Removes temporaries and objects that no row needs and that have not changed for `older_than` (at
    /// least an hour). Several may run at once.
    pub async fn sweep(
        &self,
        now: Timestamp,
        older_than: SignedDuration,
    ) -> Result<SweepReport, Error> {
        let before = now - older_than.max(SWEEP_AGE_MIN);
        let mut report = SweepReport::default();
        for temporary in self.parts.objects.temporaries().await? {
            if temporary.modified < before {
                let removed = self.parts.objects.delete_temporary(&temporary.name).await;
                report.temporaries += count(removed)?;
            }
        }
        let mut objects = self.parts.objects.list().await?;
        while let Some(object) = objects.try_next().await? {
            if object.modified < before && !self.is_needed(&object.name).await? {
                report.objects += count(self.parts.objects.delete(&object.name).await)?;
            }
        }
        report.ledger_files = self.remove_ownerless_ledgers(before).await?;
        self.forget_sums_of_erased_units().await?;
        Ok(report)
    }

    /// Lets go of sums in the memory of this process whose unit was erased, as another may have done it.
    async fn forget_sums_of_erased_units(&self) -> Result<(), Error> {
        for (customer, unit) in self.parts.sums.units() {
            if !self.customer(&customer).units().await?.contains(&unit) {
                self.parts.sums.forget(&customer, Some(&unit));
            }
        }
        Ok(())
    }

    /// A name that is not ours is nobody's to remove: it counts as needed.
    async fn is_needed(&self, name: &str) -> Result<bool, Error> {
        let Some((customer, unit, of)) = ObjectKey::parse(name) else {
            return Ok(true);
        };
        Ok(match of {
            ObjectId::Upload(id) => {
                let row = self.customer(&customer).upload(&unit, id).await?;
                row.is_some_and(|upload| upload.removed_at.is_none())
            }
            ObjectId::Attachment(id) => {
                let row = self.attachment_by_id(id).await?;
                row.is_some_and(|(owner, row)| owner == customer && row.removed_at.is_none())
            }
            ObjectId::Part(id) => self.part_has_row(&customer, id).await?,
        })
    }
}

/// Somebody else's sweep, or the writer itself, may have been faster.
fn count(removed: Result<(), Error>) -> Result<u64, Error> {
    match removed {
        Ok(()) => Ok(1),
        Err(Error::NotFound { .. }) => Ok(0),
        Err(other) => Err(other),
    }
}
