//! The configuration: flags, environment, file and defaults become one checked value.
//!
//! Invariant: all problems of the file are found before anything is opened, and an unknown key is an
//! error: a misspelt limit must not be a default in silence.

mod aws_profile;
mod notifications;
mod objects;
mod private_file;
mod sign_in;
mod traces;
mod way_in;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use domain::parse_fault::without_the_text;
use domain::{PublicUrl, Region};
use serde::{Deserialize, Serialize};
use server::tls::CertificateFiles;
use server::{Limits, Proxies, Site};
use store::DatabaseUrl;

use crate::backup_folder;
use crate::cli::{LogFormat, Settings};
use notifications::{Notifications, SmtpFile, WebhooksFile};
use objects::{ObjectPlaces, ObjectStoreFile};
use sign_in::{ProviderFile, SignIn, SignInFile};
pub(crate) use traces::TraceSettings;
use traces::TracesFile;
use way_in::{ProxyFile, SiteSettings};

pub(crate) const FILE_NAME: &str = "bursard.toml";
const DATA_DIR: &str = "bursar-data";
/// Instead of a value that may be secret.
const HIDDEN: &str = "…";
pub(crate) const TLS_FOLDER: &str = "tls";
/// Reachable from this machine only: the first start must not open a service to a network.
const LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8443);

/// Shorter, and a heartbeat that waits for a busy database costs the job.
const LEASE_MIN: Duration = Duration::from_secs(3);

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) data_dir: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// Where SFTP is served; none where it is not.
    pub(crate) sftp_listen: Option<SocketAddr>,
    pub(crate) region: Region,
    pub(crate) site: Site,
    pub(crate) proxies: Proxies,
    pub(crate) store: store::Config,
    pub(crate) tls: Tls,
    pub(crate) limits: Limits,
    /// Days since a row was replaced during which the ledger's version with it can be read.
    pub(crate) keep_days: u32,
    /// Lists that suppliers are checked against.
    pub(crate) registers: analysis::Registers,
    pub(crate) log_format: LogFormat,
    pub(crate) sign_in: SignIn,
    pub(crate) notifications: Notifications,
    pub(crate) traces: TraceSettings,
    /// Set when agents are spoken with.
    pub(crate) serves_agents: bool,
}

/// Where the certificate comes from.
#[derive(Debug)]
pub(crate) enum Tls {
    /// Ours, made in the folder for these names.
    Own { folder: PathBuf, names: Vec<String> },
    /// The operator's.
    Files(CertificateFiles),
}

/// The file, as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    listen: Option<SocketAddr>,
    public_url: Option<String>,
    hosts: Vec<String>,
    trusted_proxies: Vec<String>,
    proxy: ProxyFile,
    region: Option<Region>,
    database: Option<String>,
    objects: Option<String>,
    object_store: ObjectStoreFile,
    tls: TlsFile,
    metrics: ListenFile,
    sftp: ListenFile,
    log: LogFile,
    limits: LimitsFile,
    ledgers: LedgersFile,
    sign_in: SignInFile,
    oidc: BTreeMap<String, ProviderFile>,
    registers: RegistersFile,
    smtp: SmtpFile,
    webhooks: WebhooksFile,
    traces: TracesFile,
    agents: AgentsFile,
}

/// Agents that speak the Model Context Protocol.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AgentsFile {
    serve: bool,
}

/// Files of others that suppliers are checked against. They are read by every run, as they are then.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RegistersFile {
    sanctions: Option<PathBuf>,
    companies: Option<PathBuf>,
}

/// The time for which earlier versions of the ledgers can be read.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LedgersFile {
    keep_days: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TlsFile {
    chain: Option<PathBuf>,
    key: Option<PathBuf>,
    names: Option<Vec<String>>,
    hsts_subdomains: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ListenFile {
    listen: Option<SocketAddr>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LogFile {
    format: Option<LogFormat>,
}

/// Units last in the names: bytes, seconds, a count.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LimitsFile {
    body_bytes_max: Option<u64>,
    uploads_max: Option<usize>,
    uploads_per_customer_max: Option<usize>,
    uploads_per_token_per_minute_max: Option<u32>,
    disk_reserve_bytes: Option<u64>,
    body_bytes_per_second_min: Option<u64>,
    body_stall_seconds_max: Option<u64>,
    refused_body_bytes_max: Option<u64>,
    header_seconds_max: Option<u64>,
    workers: Option<usize>,
    lease_seconds: Option<u64>,
}

impl Config {
    pub(crate) fn read(settings: &Settings) -> anyhow::Result<Self> {
        let data_dir = settings.data_dir.clone().unwrap_or_else(|| DATA_DIR.into());
        let file = read_file(settings.config.as_deref(), &data_dir.join(FILE_NAME))?;
        let database = match settings.database.clone().or(file.database) {
            Some(url) => url.parse().context("the setting database cannot be used")?,
            None => DatabaseUrl::Sqlite(data_dir.join("bursar.db")),
        };
        let objects = file.object_store.resolve(ObjectPlaces {
            typed: settings.objects.clone(),
            in_file: file.objects,
            default: data_dir.join("objects"),
        })?;
        let store = store::Config { database, objects };
        backup_folder::check(&data_dir, &store)?;
        let region = match settings.region.clone().or(file.region) {
            Some(region) => region,
            None => "local".parse().context("the default region")?,
        };
        let proxies = way_in::proxies(&file.trusted_proxies, &file.proxy)?;
        let site = way_in::site(&SiteSettings {
            public_url: settings.public_url.as_deref().or(file.public_url.as_deref()),
            hosts: &file.hosts,
            is_tls_for_subdomains: file.tls.hsts_subdomains,
        })?;
        let variable = |name: &str| std::env::var(name).ok();
        let public_url = site.public_url().map(PublicUrl::to_string);
        let sign_in = SignIn::resolve(file.sign_in, file.oidc, public_url, variable)?;
        let notifications = Notifications::resolve(file.smtp, file.webhooks, variable)?;
        let traces = TraceSettings::resolve(file.traces, variable)?;
        Ok(Self {
            sign_in,
            notifications,
            traces,
            listen: settings.listen.or(file.listen).unwrap_or(LISTEN),
            metrics_listen: settings.metrics_listen.or(file.metrics.listen),
            sftp_listen: settings.sftp_listen.or(file.sftp.listen),
            region,
            site,
            proxies,
            store,
            tls: file.tls.resolve(&data_dir)?,
            limits: file.limits.resolve()?,
            keep_days: file.ledgers.keep_days.unwrap_or(analysis::limits::KEEP_DAYS),
            registers: analysis::Registers {
                sanctions: file.registers.sanctions,
                companies: file.registers.companies,
            },
            serves_agents: file.agents.serve,
            log_format: settings.log_format.or(file.log.format).unwrap_or(LogFormat::Text),
            data_dir,
        })
    }

    /// The URL by which a browser reaches the server: the public one, or else on this machine or in its
    /// network.
    pub(crate) fn url(&self, port: u16) -> String {
        self.site.public_url().map_or_else(|| self.local_url(port), PublicUrl::to_string)
    }

    /// The URL by which it is reached without what may stand in front of it.
    pub(crate) fn local_url(&self, port: u16) -> String {
        let address = SocketAddr::new(self.listen.ip(), port);
        if address.ip().is_loopback() || address.ip().is_unspecified() {
            format!("https://localhost:{port}")
        } else {
            format!("https://{address}")
        }
    }

    /// Where the authority's certificate for clients is, when it is ours.
    pub(crate) fn own_tls_folder(&self) -> Option<&Path> {
        match &self.tls {
            Tls::Own { folder, .. } => Some(folder),
            Tls::Files(_) => None,
        }
    }

    /// The settings in force, secrets left out.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        let mut tls = match &self.tls {
            Tls::Own { names, .. } => serde_json::json!({ "names": names }),
            Tls::Files(files) => serde_json::json!({ "chain": files.chain, "key": files.key }),
        };
        tls["hsts_subdomains"] = self.site.is_tls_for_subdomains().into();
        serde_json::json!({
            "data_dir": self.data_dir,
            // What follows from the settings and is none: where the certificate is that Bursar makes
            // itself, and the names of the headers that go with traces.
            "derived": {
                "tls_folder": self.own_tls_folder(),
                "traces_headers": self.traces.header_names(),
            },
            "listen": self.listen,
            "public_url": self.site.public_url().map(PublicUrl::to_string),
            "hosts": self.site.hosts().iter().map(ToString::to_string).collect::<Vec<_>>(),
            "trusted_proxies": self.proxies.trusted().iter().map(ToString::to_string).collect::<Vec<_>>(),
            "proxy": { "client_address_in": self.proxies.client_address_in() },
            "region": self.region,
            "database": self.store.database.to_string(),
            "objects": self.store.objects.to_string(),
            "object_store": self.store.objects.option_names().into_iter()
                .map(|name| (name.to_owned(), HIDDEN.into())).collect::<serde_json::Map<_, _>>(),
            "object_store_environment": self.store.objects.environment_names(),
            "tls": tls,
            "metrics": { "listen": self.metrics_listen },
            "sftp": { "listen": self.sftp_listen },
            "log": { "format": self.log_format },
            "limits": LimitsFile::of(&self.limits),
            "ledgers": { "keep_days": self.keep_days },
            "sign_in": self.sign_in.passwords_json(),
            "oidc": self.sign_in.providers_json(),
            "smtp": self.notifications.smtp_json(),
            "webhooks": self.notifications.webhooks_json(),
            "traces": self.traces.json(),
            "agents": { "serve": self.serves_agents },
            "registers": {
                "sanctions": self.registers.sanctions,
                "companies": self.registers.companies,
            },
        })
    }
}

impl TlsFile {
    fn resolve(self, data_dir: &Path) -> anyhow::Result<Tls> {
        match (self.chain, self.key, self.names) {
            (Some(chain), Some(key), None) => Ok(Tls::Files(CertificateFiles { chain, key })),
            (None, None, names) => Ok(Tls::Own {
                folder: data_dir.join(TLS_FOLDER),
                names: names
                    .unwrap_or_else(|| ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into()),
            }),
            (Some(_), Some(_), Some(_)) => bail!(
                "tls.names is for the certificate Bursar makes itself; leave it out beside tls.chain and tls.key"
            ),
            _ => bail!("tls.chain and tls.key go together; one of them is missing"),
        }
    }
}

impl LimitsFile {
    fn resolve(self) -> anyhow::Result<Limits> {
        let default = Limits::default();
        let limits = Limits {
            body_bytes_max: self.body_bytes_max.unwrap_or(default.body_bytes_max),
            uploads_max: self.uploads_max.unwrap_or(default.uploads_max),
            uploads_per_customer_max: self
                .uploads_per_customer_max
                .unwrap_or(default.uploads_per_customer_max),
            uploads_per_token_per_minute_max: self
                .uploads_per_token_per_minute_max
                .unwrap_or(default.uploads_per_token_per_minute_max),
            disk_reserve_bytes: self.disk_reserve_bytes.unwrap_or(default.disk_reserve_bytes),
            body_bytes_per_second_min: self
                .body_bytes_per_second_min
                .unwrap_or(default.body_bytes_per_second_min),
            body_stall_max: self
                .body_stall_seconds_max
                .map_or(default.body_stall_max, Duration::from_secs),
            refused_body_bytes_max: self
                .refused_body_bytes_max
                .unwrap_or(default.refused_body_bytes_max),
            header_time_max: self
                .header_seconds_max
                .map_or(default.header_time_max, Duration::from_secs),
            workers: self.workers.unwrap_or(default.workers),
            lease: self.lease_seconds.map_or(default.lease, Duration::from_secs),
        };
        for (name, is_nothing) in [
            ("body_bytes_max", limits.body_bytes_max == 0),
            ("body_stall_seconds_max", limits.body_stall_max.is_zero()),
            ("header_seconds_max", limits.header_time_max.is_zero()),
        ] {
            if is_nothing {
                bail!("limits.{name} must be 1 or more: with 0 every request would be refused");
            }
        }
        if limits.lease < LEASE_MIN {
            bail!("limits.lease_seconds must be 3 or more");
        }
        if limits.uploads_max == 0
            || limits.uploads_per_customer_max == 0
            || limits.uploads_per_token_per_minute_max == 0
        {
            bail!(
                "limits.uploads_max, limits.uploads_per_customer_max and \
                 limits.uploads_per_token_per_minute_max must be 1 or more"
            );
        }
        Ok(limits)
    }

    fn of(limits: &Limits) -> Self {
        Self {
            body_bytes_max: Some(limits.body_bytes_max),
            uploads_max: Some(limits.uploads_max),
            uploads_per_customer_max: Some(limits.uploads_per_customer_max),
            uploads_per_token_per_minute_max: Some(limits.uploads_per_token_per_minute_max),
            disk_reserve_bytes: Some(limits.disk_reserve_bytes),
            body_bytes_per_second_min: Some(limits.body_bytes_per_second_min),
            body_stall_seconds_max: Some(limits.body_stall_max.as_secs()),
            refused_body_bytes_max: Some(limits.refused_body_bytes_max),
            header_seconds_max: Some(limits.header_time_max.as_secs()),
            workers: Some(limits.workers),
            lease_seconds: Some(limits.lease.as_secs()),
        }
    }
}

fn read_file(named: Option<&Path>, default: &Path) -> anyhow::Result<File> {
    let path = named.unwrap_or(default);
    if named.is_none() && !path.exists() {
        return Ok(File::default());
    }
    let text = private_file::read_settings(path)?;
    private_file::check_settings(path, &text)?;
    toml::from_str(&text).map_err(|fault| {
        let at = fault.span().map(|span| span.start);
        let why = without_the_text(&text, at, fault.message());
        anyhow!("the configuration file {} cannot be used: {why}", path.display())
    })
}

#[cfg(test)]
mod tests;
