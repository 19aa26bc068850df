//! What most commands need: the configuration and the store it names, opened.

use anyhow::{Context as _, bail};
use domain::{CustomerName, UnitName};
use server::KeyRing;
use store::{CustomerStore, Store};

use crate::cli::Settings;
use crate::config::Config;

/// An existing deployment.
pub(crate) struct Deployment {
    pub(crate) config: Config,
    pub(crate) store: Store,
}

impl Deployment {
    /// Opens what `bursard serve` has made.
    pub(crate) async fn open(settings: &Settings) -> anyhow::Result<Self> {
        let config = Config::read(settings)?;
        let store = Store::open_existing(&config.store).await;
        let store = store.with_context(|| cannot_open(&config))?;
        Ok(Self { config, store })
    }

    /// Returns the store of a customer that there is.
    pub(crate) async fn customer(&self, name: &CustomerName) -> anyhow::Result<CustomerStore> {
        let customer = self.store.customer(name);
        if !customer.exists().await? {
            bail!("there is no customer {name}; add it with: bursard customer add {name}");
        }
        Ok(customer)
    }

    /// Returns the store of a customer that has these units.
    pub(crate) async fn customer_with_units<'a>(
        &self,
        name: &CustomerName,
        units: impl IntoIterator<Item = &'a UnitName>,
    ) -> anyhow::Result<CustomerStore> {
        let customer = self.customer(name).await?;
        for unit in units {
            if !customer.unit_exists(unit).await? {
                bail!("{name} has no unit {unit}; add it with: bursard unit add {name} {unit}");
            }
        }
        Ok(customer)
    }

    pub(crate) async fn keys(&self) -> anyhow::Result<KeyRing> {
        KeyRing::load(&self.store).await.context("cannot load the signing keys")
    }
}

/// The sentence beside the cause when a command finds no store.
pub(crate) fn cannot_open(config: &Config) -> String {
    format!(
        "cannot open the store in {}; start `bursard serve` once to make it, or name its folder with \
         --data-dir",
        config.data_dir.display()
    )
}
