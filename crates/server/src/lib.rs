//! The HTTP server (uploads, the REST API, the pages), the work that follows a receipt, and what stands
//! round them: TLS, access tokens, limits, metrics.
//!
//! Not for: deciding what survives a restart (`store`), reading the environment or the configuration
//! file (`bursard`), or the query engine, which this crate never names.
//!
//! Invariant: no receipt leaves before the bytes, the directory entry, the row and the job are durable.

pub mod admission;
pub mod checkpoints;
pub mod clock;
pub mod collector;
pub mod connection;
pub mod deliveries;
pub mod http;
pub mod intake;
pub mod keys;
pub mod ledger_health;
pub mod ledgers;
pub mod limits;
pub mod listener;
pub mod mail;
pub mod measures;
pub mod metrics_listener;
pub mod outbound;
pub mod panics;
pub(crate) mod pdf;
pub(crate) mod places;
pub mod proxies;
pub(crate) mod proxy_protocol;
pub mod randomness;
pub mod readiness;
pub mod sftp;
pub mod sftp_credentials;
pub mod sftp_host_key;
pub(crate) mod sha256;
pub mod sign_in;
pub mod site;
pub mod tls;
pub mod tokens;
pub mod traces;
pub mod tryout;
pub mod work;
pub(crate) mod zip;

use std::sync::Arc;

use domain::{Check, Region};
use store::Store;
use tokio::sync::Notify;

pub use admission::AdmissionLimit;
pub use clock::Clock;
pub use http::pages::report;
pub use keys::KeyRing;
pub use ledger_health::LedgerHealth;
use ledgers::{LedgerBrowser, LedgerReader, LedgerScreener};
pub use limits::Limits;
use outbound::OutboundClient;
pub use proxies::Proxies;
pub use randomness::Randomness;
pub use readiness::Readiness;
use sign_in::SignInMethods;
pub use site::Site;
use tryout::Tryouts;
pub use work::{Worker, WorkerParts};

/// Everything a request needs; cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<AppParts>);

/// The parts an [`App`] is made of.
#[derive(Debug)]
pub struct AppParts {
    pub store: Store,
    pub reader: Arc<dyn LedgerReader>,
    pub browser: Arc<dyn LedgerBrowser>,
    /// None in the units of tryouts, which nobody pays from.
    pub screener: Option<Arc<dyn LedgerScreener>>,
    /// All checks, in the order in which they are shown.
    pub checks: Vec<Check>,
    pub keys: KeyRing,
    /// The audience of the tokens taken here.
    pub region: Region,
    pub site: Site,
    pub proxies: Proxies,
    pub limits: Limits,
    pub admission: AdmissionLimit,
    pub readiness: Readiness,
    pub ledger_health: LedgerHealth,
    /// Those of the pages; none where there are no pages.
    pub tryouts: Option<Tryouts>,
    /// Rung when an upload was received, for workers of the same process.
    pub new_work: Arc<Notify>,
    pub clock: Clock,
    pub randomness: Randomness,
    pub sign_in: SignInMethods,
    /// Set where the operator has named a mail server, so that people can be told by e-mail.
    pub sends_mail: bool,
    /// Where SFTP is served; none where it is not.
    pub sftp_port: Option<u16>,
    /// Set when agents are spoken with.
    pub serves_agents: bool,
    /// Fetches scans of papers; none in the units of tryouts.
    pub outbound: Option<OutboundClient>,
}

impl App {
    pub fn new(parts: AppParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl std::ops::Deref for App {
    type Target = AppParts;
    fn deref(&self) -> &AppParts {
        &self.0
    }
}
