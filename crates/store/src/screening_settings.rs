//! From which probability on, and at which oddities, screenings of a unit say look or stop, as an
//! administrator has set it.
//!
//! Invariant: every change is in the audit log, with what was set before.

use domain::{ScreeningSettings, UnitName};
use jiff::Timestamp;

use crate::CustomerStore;
use crate::error::Error;
use crate::unit_settings::{SettingsTable, settings_table};

static TABLE: SettingsTable = settings_table!("screening_settings", "screening.set");

impl CustomerStore {
    /// The settings of a unit; as usual when nobody has set anything.
    pub async fn screening_settings(&self, unit: &UnitName) -> Result<ScreeningSettings, Error> {
        self.unit_settings(&TABLE, unit).await
    }

    /// Sets all screenings from now on. [`Error::NotFound`] when there is no such unit.
    pub async fn set_screening_settings(
        &self,
        unit: &UnitName,
        settings: &ScreeningSettings,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.set_unit_settings(&TABLE, unit, settings, (by, now)).await
    }
}
