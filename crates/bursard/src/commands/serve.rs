//! `bursard serve`: the HTTP server, and beside it the workers, unless they are elsewhere (`work`).
//!
//! Invariant: with nothing configured it makes all that is needed, once, and says what it made and what
//! to do next; what is there already is left as it is.

mod announce;
pub(super) mod logs;
pub(super) mod metrics;
mod process;
mod sftp;
pub(super) mod supervisor;
mod traces;
mod upkeep;

use std::error::Error as StdError;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use analysis::Ledgers;
use anyhow::Context as _;
use domain::CustomerName;
use server::deliveries::{Courier, CourierParts};
use server::tls::{self, CurrentCertificate};
use server::tryout::Tryouts;
use server::{
    AdmissionLimit, App, AppParts, KeyRing, LedgerHealth, Readiness, Worker, WorkerParts, listener,
};
use store::{DatabaseUrl, Store};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::restored;
use crate::cli::{Serving, Settings};
use crate::config::{Config, Tls};
use crate::ledgers::{self, Watchers, warm_all};
use crate::output;
use crate::ownership;
use crate::system;
use traces::Traces;

/// Made at the first start, so that there is something to send to. Others are added with
/// `bursard customer add`.
pub(super) const FIRST_CUSTOMER: &str = "acme";
/// The folder of tryouts in the data folder.
const TRYOUTS_FOLDER: &str = "tryouts";
/// The lists of a large ledger are hundreds of megabytes: they are written when its uploads pause.
const LISTS_KEPT_AFTER: Duration = Duration::from_secs(10);
const NO_ENGINE: &str = "cannot start the checks";
/// A database that starts is there within a few of these.
const TRY_STORE_EVERY: Duration = Duration::from_secs(2);

pub(super) async fn run(settings: &Settings, serving: Serving) -> anyhow::Result<ExitCode> {
    let (config, traces) = logs::begin(settings)?;
    raise_open_files();
    metrics::start(&config).await?;
    let store = open_store(&config).await?;
    let certificate = certificate(&config)?;
    let first = first_start(&store).await?;
    first.say();
    say_unsettled(&store).await?;
    let keys = first.keys;
    let kept = kept_ledgers(&config, &store)?;
    let browser = ledgers::browser(kept.clone()).context(NO_ENGINE)?;
    let browser =
        browser.with_index_folder(ledgers::lists_folder(&config.data_dir), LISTS_KEPT_AFTER);
    let sftp_address = sftp::bind(&config).await?;
    let screener = ledgers::screener(kept.clone()).context(NO_ENGINE)?;
    let watchers = Watchers { browser: Some(browser.clone()), screener: Some(screener.clone()) };
    let app = App::new(AppParts {
        store,
        reader: ledgers::reader(kept.clone(), watchers.clone(), system::clock()),
        browser: ledgers::for_pages(browser.clone()),
        screener: Some(ledgers::for_screening(screener)),
        checks: ledgers::checks(),
        keys,
        region: config.region.clone(),
        site: config.site.clone(),
        proxies: config.proxies.clone(),
        admission: AdmissionLimit::new(&config.limits),
        readiness: Readiness::default(),
        ledger_health: LedgerHealth::default(),
        tryouts: Some(tryouts(&config)?),
        limits: config.limits.clone(),
        new_work: Arc::new(Notify::new()),
        clock: system::clock(),
        randomness: system::randomness(),
        sends_mail: config.notifications.mailer()?.is_some(),
        serves_agents: config.serves_agents,
        outbound: Some(config.notifications.client()?),
        sign_in: config.sign_in.methods().context("the settings of sign-in cannot be used")?,
        sftp_port: sftp_address.as_ref().map(|address| address.port),
    });

    let (listener, port) = listen(&config).await?;
    let tls = tls::server_config(Arc::clone(&certificate)).context("cannot configure TLS")?;
    upkeep::start(&app, certificate, &config)?;
    let stop = CancellationToken::new();
    stop_at_signal(&stop)?;
    // Whoever connects meanwhile waits.
    warm_all(browser.clone()).await;
    let worker = if serving.no_work {
        None
    } else {
        worker(&config, &app.store, kept, watchers, Arc::clone(&app.new_work))?
    };
    let courier = if serving.no_work { None } else { Some(courier(&config, &app.store)?) };
    let sftp = sftp::start(&app, &config, sftp_address, stop.clone()).await?;
    let working = tokio::spawn(work(worker, courier, stop.clone()));
    let serving = listener::serve(listener, tls, app.clone(), stop.clone().cancelled_owned());
    let announcing = async {
        let announced = announce::announce(&app, &config, port, &stop).await;
        if announced.is_err() {
            stop.cancel();
        }
        announced
    };
    let (stopped, announced) = tokio::join!(serving, announcing);
    end(&app, working, sftp, traces).await?;
    announced?;
    tracing::info!(?stopped, "stopped");
    Ok(ExitCode::SUCCESS)
}

fn raise_open_files() {
    if let Err(error) = system::raise_open_files() {
        let error = &error as &dyn StdError;
        tracing::warn!(error, "fewer connections can be held open than a server takes");
    }
}

/// Says what a backup that was put back has left to settle.
async fn say_unsettled(store: &Store) -> anyhow::Result<()> {
    if let Some(said) = restored::unsettled(store).await? {
        tracing::warn!("{said}");
        output::fact("BAD", "backup", said);
    }
    Ok(())
}

/// The listener, and its port: the system chooses one where the configuration names none.
async fn listen(config: &Config) -> anyhow::Result<(TcpListener, u16)> {
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!("cannot listen on {}; is another server running there?", config.listen)
    })?;
    let port = listener.local_addr().context("cannot read the listener's own address")?.port();
    Ok((listener, port))
}

/// Ends what goes on beside the answers: jobs, tryouts, the store, traces.
async fn end(
    app: &App,
    working: JoinHandle<()>,
    sftp: Option<JoinHandle<()>>,
    traces: Traces,
) -> anyhow::Result<()> {
    if let Some(sftp) = sftp {
        sftp.await.context("SFTP ended in a panic")?;
    }
    working.await.context("the workers ended in a panic")?;
    if let Some(tryouts) = &app.tryouts {
        tryouts.end_all().await;
    }
    app.store.close().await;
    traces.end().await;
    Ok(())
}

async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let is_new = !config.data_dir.exists();
    let store = when_reachable(config, async || Store::open(&config.store).await).await;
    let store = store.with_context(|| {
        format!("cannot open {} and {}", config.store.database, config.store.objects)
    })?;
    if is_new {
        output::fact("made", "data folder", config.data_dir.display());
    }
    if let Some(warning) = ownership::warning_for_root(config) {
        tracing::warn!("{warning}");
    }
    Ok(store)
}

/// Opens the store, again and again while it cannot be reached: a database may start later than the
/// server that needs it, and a server that fills it later than a worker. What waiting does not mend
/// ends the command.
pub(super) async fn when_reachable(
    config: &Config,
    open: impl AsyncFn() -> Result<Store, store::Error>,
) -> Result<Store, store::Error> {
    let database = &config.store.database;
    let mut is_said = false;
    loop {
        match open().await {
            Err(error) if waiting_may_mend(&error, database) => {
                tracing::warn!(error = &error as &dyn StdError, %database, "waiting for the database");
                if !is_said {
                    output::fact("wait", "database", database);
                    supervisor::say_waiting("the database cannot be reached, or is empty yet");
                    is_said = true;
                }
                sleep(TRY_STORE_EVERY).await;
            }
            opened => return opened,
        }
    }
}

/// Returns `true` where somebody else may be about to start what is missing. A file that is not there is a
/// slip of a path.
fn waiting_may_mend(error: &store::Error, database: &DatabaseUrl) -> bool {
    match error {
        store::Error::Unavailable(_) => true,
        store::Error::NoDatabase { .. } => matches!(database, DatabaseUrl::Postgres(_)),
        _ => false,
    }
}

fn certificate(config: &Config) -> anyhow::Result<Arc<CurrentCertificate>> {
    let files = match &config.tls {
        Tls::Files(files) => files.clone(),
        Tls::Own { folder, names } => {
            let made = tls::make_authority(folder, names, system::now()).context(
                "there is no certificate; mend that, or name your own with tls.chain and tls.key",
            )?;
            if made.is_new {
                let names = names.join(", ");
                let authority = made.authority.display();
                output::fact(
                    "made",
                    "certificate",
                    format_args!(
                        "{names} (own authority, valid {} days): {authority}",
                        tls::CERTIFICATE_DAYS
                    ),
                );
            }
            made.files
        }
    };
    CurrentCertificate::load(files).context("the certificate cannot be used")
}

/// The things that a first start has made, and the keys in use.
struct FirstStart {
    keys: KeyRing,
    key: Option<String>,
    /// The customer that was made, with one unit of its own name.
    customer: Option<CustomerName>,
}

impl FirstStart {
    fn say(&self) {
        if let Some(id) = &self.key {
            output::fact("made", "signing key", format_args!("{id} (Ed25519)"));
        }
        if let Some(customer) = &self.customer {
            output::fact("made", "customer", format_args!("{customer}, unit {customer}"));
        }
    }
}

/// Makes a key that signs and a customer to send to, unless there are any, or another node that starts at
/// the same time over the same database makes them.
async fn first_start(store: &Store) -> anyhow::Result<FirstStart> {
    let system = store.system();
    let (mut key, mut customer) = (None, None);
    if system.signing_keys().await?.is_empty() {
        key = match server::keys::add_key(store, system::now()).await {
            Err(server::keys::Error::Store(store::Error::Conflict { .. })) => None,
            added => Some(added?),
        };
        if key.is_some() && system.customers().await?.is_empty() {
            let first: CustomerName = FIRST_CUSTOMER.parse()?;
            system.add_customer(&first, system::now()).await?;
            customer = Some(first);
        }
    }
    let keys = KeyRing::load(store).await.context("cannot load the signing keys")?;
    Ok(FirstStart { keys, key, customer })
}

/// Cancelled at the first SIGTERM or SIGINT.
pub(super) fn stop_at_signal(stop: &CancellationToken) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot watch for SIGINT")?;
    let stop = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        supervisor::say_stopping();
        tracing::info!("stopping: taking nothing more, finishing what is under way");
        stop.cancel();
    });
    Ok(())
}

/// The worker that reads what was received; none when the limits want none. `watchers` hold
/// ledgers in the memory of this process.
pub(super) fn worker(
    config: &Config,
    store: &Store,
    kept: Ledgers,
    watchers: Watchers,
    new_work: Arc<Notify>,
) -> anyhow::Result<Option<Worker>> {
    if config.limits.workers == 0 {
        return Ok(None);
    }
    let checker =
        ledgers::checker(kept.clone(), ledgers::in_background(), config.registers.clone());
    Ok(Some(Worker::new(WorkerParts {
        store: store.clone(),
        reader: ledgers::reader(kept, watchers, system::clock()),
        checker: checker.context(NO_ENGINE)?,
        limits: config.limits.clone(),
        spool: None,
        new_work,
        clock: system::clock(),
        randomness: system::randomness(),
    })))
}

/// The courier that tells people and webhooks of events.
pub(super) fn courier(config: &Config, store: &Store) -> anyhow::Result<Courier> {
    Ok(Courier::new(CourierParts {
        store: store.clone(),
        mailer: config.notifications.mailer()?,
        client: config.notifications.client()?,
        site: config.site.clone(),
        clock: system::clock(),
        randomness: system::randomness(),
    }))
}

/// Works and delivers until `stop` is cancelled, as far as there is somebody to do it.
pub(super) async fn work(
    worker: Option<Worker>,
    courier: Option<Courier>,
    stop: CancellationToken,
) {
    let working = async {
        if let Some(worker) = worker {
            worker.run(stop.clone()).await;
        }
    };
    let delivering = async {
        if let Some(courier) = courier {
            courier.run(stop.clone()).await;
        }
    };
    tokio::join!(working, delivering);
}

/// The tryouts of the pages, in a folder of their own in the data folder.
fn tryouts(config: &Config) -> anyhow::Result<Tryouts> {
    let ledgers = ledgers::for_tryouts(config.keep_days, system::clock());
    let folder = config.data_dir.join(TRYOUTS_FOLDER);
    let tryouts = Tryouts::new(ledgers, folder.clone());
    let removed = tryouts.remove_leftovers();
    removed.with_context(|| format!("cannot remove {}; remove it by hand", folder.display()))?;
    Ok(tryouts)
}

pub(super) fn kept_ledgers(config: &Config, store: &Store) -> anyhow::Result<Ledgers> {
    let kept = ledgers::open(store, config.keep_days).context("cannot open the ledgers")?;
    kept.on_low_threads().context(NO_ENGINE)
}
