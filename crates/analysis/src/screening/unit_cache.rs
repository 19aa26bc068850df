//! Which ledgers are in memory for screening, and when a newer one takes their place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::FileType;
use domain::finding::CheckedUnit;
use domain::screening::ScreeningRequest;
use futures_util::future::try_join_all;
use lru::LruCache;

use super::{Screener, UnitLedgers};
use crate::engine::{Engine, Tables};
use crate::error::Error;
use crate::ledger::Ledger;
use crate::limits::SCREENING_BYTES_MAX;
use crate::run::RunSettings;

/// Bytes of an invoice in memory at the least, by which a ledger is known to be too large before it is read.
const INVOICE_BYTES_MIN: u64 = 150;
/// A ledger that is made within this time is waited for: nobody is told of a version that is over.
const WAITED_FOR_MAX: Duration = Duration::from_millis(400);

/// All of a unit's settings that its invoices in memory depend on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    settings: domain::CheckSettings,
}

/// The ledgers of all units in memory. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct UnitCache {
    units: Arc<Mutex<LruCache<CheckedUnit, CachedUnit>>>,
    /// Held by whoever makes one.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// The ledgers of one unit in memory, at one version each. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct CachedUnit {
    pub(super) versions: BTreeMap<String, u64>,
    pub(super) ledgers: Arc<tokio::sync::Mutex<HeldLedgers>>,
    state: State,
    bytes: usize,
    /// The time that it took to make.
    made_in: Duration,
}

impl State {
    pub(super) fn new(request: &ScreeningRequest) -> Self {
        // What a run would look for beside duplicates changes nothing here.
        let settings =
            domain::CheckSettings { off: BTreeSet::new(), ..request.check_settings.clone() };
        Self { settings }
    }
}

impl Default for UnitCache {
    fn default() -> Self {
        Self { units: Arc::new(Mutex::new(LruCache::unbounded())), turn: Arc::default() }
    }
}

impl UnitCache {
    fn units(&self) -> MutexGuard<'_, LruCache<CheckedUnit, CachedUnit>> {
        self.units.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The settings by which a unit is held; none where nobody has asked.
    pub(super) fn state_of(&self, of: &CheckedUnit) -> Option<State> {
        self.units().peek(of).map(|unit| unit.state.clone())
    }

    fn get(&self, of: &CheckedUnit) -> Option<CachedUnit> {
        self.units().get(of).cloned()
    }

    /// Lets a unit go whose work panicked: an invoice that was being held against it may be in it still.
    pub(super) fn forget(&self, of: &CheckedUnit) {
        self.units().pop(of);
    }

    fn put(&self, of: &CheckedUnit, unit: CachedUnit) {
        let mut units = self.units();
        units.put(of.clone(), unit);
        let all = |units: &LruCache<CheckedUnit, CachedUnit>| -> usize {
            units.iter().map(|(_, unit)| unit.bytes).sum()
        };
        while units.len() > 1 && all(&units) > SCREENING_BYTES_MAX {
            units.pop_lru();
        }
    }
}

/// The ledgers of a unit in memory. Whoever is the last to hold them does not wait until hundreds of
/// megabytes are given back.
#[derive(Debug)]
pub(super) struct HeldLedgers {
    ledgers: Option<UnitLedgers>,
    background: Arc<Engine>,
}

impl HeldLedgers {
    pub(super) fn get_mut(&mut self) -> &mut UnitLedgers {
        self.ledgers.as_mut().expect("they are taken when this value goes")
    }
}

impl Drop for HeldLedgers {
    fn drop(&mut self) {
        self.background.let_go(self.ledgers.take());
    }
}

/// The ledgers of a unit on the disk.
struct OpenedUnit {
    ledgers: Vec<(String, Ledger)>,
    versions: BTreeMap<String, u64>,
}

impl Screener {
    /// The ledgers of a unit in memory. The newest, unless it takes long to make and an earlier one is there:
    /// then that, while the newest is made. The earlier one stays however large it is: over five million
    /// invoices the next takes the better part of a minute, in which nobody would be answered.
    pub(super) async fn held_ledgers(
        &self,
        of: &CheckedUnit,
        state: State,
    ) -> Result<CachedUnit, Error> {
        let Some(held) = self.cache.get(of) else {
            return self.make(of, state, &self.engine).await;
        };
        let opened = self.open(of).await?;
        if held.versions == opened.versions && held.state == state {
            return Ok(held);
        }
        if held.made_in <= WAITED_FOR_MAX {
            return self.make(of, state, &self.engine).await;
        }
        // Whoever has the turn makes this one, or one after which the next who asks comes here again.
        if let Ok(turn) = Arc::clone(&self.cache.turn).try_lock_owned() {
            let (own, of) = (self.clone(), of.clone());
            // Whoever asks next is told of it; an error is that of the next who has to wait.
            drop(tokio::spawn(async move {
                let made = own.make_in_turn(&of, state, &own.background).await;
                drop(turn);
                made
            }));
        }
        Ok(held)
    }

    /// The newest, made unless it is there.
    pub(super) async fn make(
        &self,
        of: &CheckedUnit,
        state: State,
        engine: &Arc<Engine>,
    ) -> Result<CachedUnit, Error> {
        let _turn = self.cache.turn.lock().await;
        self.make_in_turn(of, state, engine).await
    }

    async fn make_in_turn(
        &self,
        of: &CheckedUnit,
        state: State,
        engine: &Arc<Engine>,
    ) -> Result<CachedUnit, Error> {
        let opened = self.open(of).await?;
        if let Some(held) = self.cache.get(of)
            && held.versions == opened.versions
            && held.state == state
        {
            return Ok(held);
        }
        for (_, ledger) in &opened.ledgers {
            if ledger.row_count()?.saturating_mul(INVOICE_BYTES_MIN) > SCREENING_BYTES_MAX as u64 {
                return Err(Error::TooLarge);
            }
        }
        let began = Instant::now();
        let tables = Tables::from_ledgers(self.ledgers.files(), &opened.ledgers)?;
        let (own, settings) = (Arc::clone(engine), RunSettings::from_unit(&state.settings));
        let made = engine.execute(move |stop| async move {
            UnitLedgers::read(&own, &tables, &settings, &stop).await
        });
        let made = made.await?;
        let bytes = made.bytes();
        if bytes > SCREENING_BYTES_MAX {
            return Err(Error::TooLarge);
        }
        let unit = CachedUnit {
            versions: opened.versions,
            ledgers: Arc::new(tokio::sync::Mutex::new(HeldLedgers {
                ledgers: Some(made),
                background: Arc::clone(&self.background),
            })),
            state,
            bytes,
            made_in: began.elapsed(),
        };
        self.cache.put(of, unit.clone());
        Ok(unit)
    }

    async fn open(&self, of: &CheckedUnit) -> Result<OpenedUnit, Error> {
        // At once, as each is a question to the disk.
        let looks = FileType::ALL.map(|file_type| self.ledgers.look_at(of, file_type));
        let ledgers: Vec<_> = try_join_all(looks).await?.into_iter().flatten().collect();
        let version = |(_, ledger): &(String, Ledger)| {
            (ledger.file_type().spec().table.to_owned(), ledger.version())
        };
        Ok(OpenedUnit { versions: ledgers.iter().map(version).collect(), ledgers })
    }
}
