//! What most commands need: the configuration and the store it names, opened.

use anyhow::Context as _;
use server::KeyRing;
use store::Store;

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
