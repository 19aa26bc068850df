//! Which versions' lists are held in memory, and how the next one comes to be.
//!
//! Invariant: the newest version of a ledger at most, [`HELD_BYTES_MAX`] of all together, one made at a time;
//! what is not held is answered by the engine, only later.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::FileType;
use domain::finding::CheckedUnit;

use super::held::{Held, HeldBuilder};
use super::listed;
use crate::checking::CheckLedgers;
use crate::engine::Stop;
use crate::error::Error;
use crate::ledger::Ledger;
use crate::limits::HELD_BYTES_MAX;

/// What is held. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holding {
    /// The one asked for longest ago first.
    units: Arc<Mutex<VecDeque<OfUnit>>>,
    /// Whoever makes one.
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug)]
struct OfUnit {
    unit: CheckedUnit,
    version: u64,
    /// None while it is made, and of what had to go or is too large: it is not tried again before the next
    /// version, or two ledgers that do not fit together would be made for ever.
    held: Option<Arc<Held>>,
}

impl Holding {
    fn units(&self) -> MutexGuard<'_, VecDeque<OfUnit>> {
        self.units.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn of(&self, unit: &CheckedUnit, version: u64) -> Option<Arc<Held>> {
        let mut units = self.units();
        let at = units.iter().position(|one| one.unit == *unit && one.version == version)?;
        let found = units.remove(at)?;
        let held = found.held.clone();
        units.push_back(found);
        held
    }

    /// Whether it is for the caller to make: nobody has begun to. Lets go of the version before, which nobody
    /// asks for any more.
    fn begin(&self, unit: &CheckedUnit, version: u64) -> bool {
        if self.has_begun(unit, version) {
            return false;
        }
        let mut units = self.units();
        units.retain(|one| one.unit != *unit);
        units.push_back(OfUnit { unit: unit.clone(), version, held: None });
        true
    }

    fn has_begun(&self, unit: &CheckedUnit, version: u64) -> bool {
        self.units().iter().any(|one| one.unit == *unit && one.version >= version)
    }

    fn keep(&self, unit: &CheckedUnit, version: u64, made: Held) {
        let mut units = self.units();
        let mut all = made.bytes();
        if let Some(own) = units.iter_mut().find(|one| one.unit == *unit && one.version == version)
        {
            own.held = Some(Arc::new(made));
        }
        for one in units.iter_mut().rev().filter(|one| one.unit != *unit) {
            let bytes = one.held.as_ref().map_or(0, |held| held.bytes());
            if all + bytes > HELD_BYTES_MAX {
                one.held = None;
            } else {
                all += bytes;
            }
        }
    }

    /// It could not be made this time.
    fn give_up(&self, unit: &CheckedUnit, version: u64) {
        self.units().retain(|one| one.unit != *unit || one.version != version);
    }

    fn has_room(&self) -> bool {
        let held = |one: &OfUnit| one.held.as_ref().map_or(0, |held| held.bytes());
        self.units().iter().map(held).sum::<usize>() < HELD_BYTES_MAX / 2
    }
}

/// Forgets that one was begun when whoever makes it is dropped.
struct Begun<'a> {
    holding: &'a Holding,
    unit: &'a CheckedUnit,
    version: u64,
    is_over: bool,
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.holding.give_up(self.unit, self.version);
        }
    }
}

impl CheckLedgers {
    /// Holds what lists of a unit's newest transactions show, unless it is held: so that nobody waits at the
    /// first look.
    pub async fn hold(&self, of: &CheckedUnit) -> Result<(), Error> {
        match self.opened(of, FileType::Transactions).await? {
            Some((_, ledger)) => self.hold_version(of, ledger).await,
            None => Ok(()),
        }
    }

    /// The same of every unit, while there is room. A ledger that cannot be read keeps nobody else's from it;
    /// the first such error is given back at the end.
    pub async fn hold_all(&self) -> Result<(), Error> {
        let mut end = Ok(());
        for name in self.ledgers().list().await? {
            if name.file_type == FileType::Transactions && self.holding().has_room() {
                let unit = CheckedUnit { customer: name.customer, unit: name.unit };
                end = end.and(self.hold(&unit).await);
            }
        }
        end
    }

    /// Beside the request that found it missing, which does not wait for it.
    pub(super) fn hold_later(&self, of: &CheckedUnit, ledger: Ledger) {
        if self.holding().has_begun(of, ledger.version()) {
            return;
        }
        let (own, of) = (self.clone(), of.clone());
        // Whether it works out shows in how long the next look takes; a ledger that cannot be read is an
        // error of the look itself.
        tokio::spawn(async move { own.hold_version(&of, ledger).await });
    }

    async fn hold_version(&self, of: &CheckedUnit, ledger: Ledger) -> Result<(), Error> {
        let (holding, version) = (self.holding(), ledger.version());
        if !holding.begin(of, version) {
            return Ok(());
        }
        let mut begun = Begun { holding, unit: of, version, is_over: false };
        let _turn = holding.turn.lock().await;
        let made = self.engine().carry_out(move |stop| async move {
            tokio::task::spawn_blocking(move || make(&ledger, &stop)).await?
        });
        if let Some(made) = made.await? {
            holding.keep(of, version, made);
        }
        begun.is_over = true;
        Ok(())
    }
}

/// None when it is larger than all may be together.
fn make(ledger: &Ledger, stop: &Stop) -> Result<Option<Held>, Error> {
    let mut builder = HeldBuilder::default();
    for batch in ledger.rows(Some(listed(FileType::Transactions)))? {
        stop.check()?;
        if !builder.take(&batch?) || builder.bytes() > HELD_BYTES_MAX {
            return Ok(None);
        }
    }
    let held = builder.finish();
    Ok((held.bytes() <= HELD_BYTES_MAX).then_some(held))
}
