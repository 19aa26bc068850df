//! Which checks a unit's runs carry out and by which numbers, as an administrator has set it.
//!
//! Invariant: every change is in the audit log, with what was set before.

use domain::{CheckSettings, UnitName};
use jiff::Timestamp;

use crate::CustomerStore;
use crate::error::Error;
use crate::unit_settings::{SettingsTable, settings_table};

static TABLE: SettingsTable = settings_table!("check_settings", "check.set");

impl CustomerStore {
    /// The settings of a unit; all as the checks say when nobody has set anything.
    pub async fn check_settings(&self, unit: &UnitName) -> Result<CheckSettings, Error> {
        self.unit_settings(&TABLE, unit).await
    }

    /// Sets the checks of all runs that begin from now on. [`Error::NotFound`] when there is no such unit.
    pub async fn set_check_settings(
        &self,
        unit: &UnitName,
        settings: &CheckSettings,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.set_unit_settings(&TABLE, unit, settings, (by, now)).await
    }
}
