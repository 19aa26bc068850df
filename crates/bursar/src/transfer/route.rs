//! The way to one server: the settings of all layers made into target, token, TLS and patience, everything
//! parsed and known to fit before anything is dialled.

use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::aws_lc_rs;

use super::attempt::RetryPolicy;
use super::retry::RETRIES_DEFAULT;
use crate::args::ProfileArgs;
use crate::auth::token::{Token, TokenSource};
use crate::config::profile;
use crate::config::settings::{Settings, TlsVersion};
use crate::net::link::{KeptConnections, Link, Proxies, TlsClient, connector};
use crate::net::target::{DOMAIN_DEFAULT, Target, UnitAddress};
use crate::net::tls::{ClientFiles, TlsMinimum, TlsPlan, client_config};
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::system::System;

/// Name, proxy, TCP and TLS over a slow line; a dropped packet is sent again within it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// A server that makes a large file durable may be silent for a while.
const STALL_TIMEOUT: Duration = Duration::from_mins(2);
/// The settings of all layers, and where the token comes from.
#[derive(Debug)]
pub struct ResolvedSettings {
    pub settings: Settings,
    pub token: TokenSource,
}

/// Everything a request needs but the request itself.
#[derive(Debug)]
pub struct Route {
    pub link: Link,
    pub address: UnitAddress,
    pub retry_policy: RetryPolicy,
    pub large_files: LargeFiles,
    pub token: Token,
}

/// The way of large files to a server that offers more than one request for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LargeFiles {
    /// Set when one that was cut off is gone on with.
    pub are_resumed: bool,
    /// Set when they are packed where the server takes them so.
    pub are_packed: bool,
}

/// Puts flags, environment and profile together.
pub fn resolve(
    flags: Settings,
    profile: &ProfileArgs,
    system: &System,
) -> Result<ResolvedSettings, Failure> {
    let asked = flags.or(Settings::from_variables(system.variable)?);
    let weakest = profile::load(profile.config.as_deref(), profile.profile.as_deref(), system)?;
    Ok(ResolvedSettings {
        token: TokenSource::choose(&asked, &weakest, profile.profile.as_deref(), system),
        settings: asked.or(weakest),
    })
}

/// Returns the route to the server of a command that sends no file; flags for files are refused.
pub async fn server_route(
    flags: &Settings,
    profile: &ProfileArgs,
    system: &System,
    output: &Output,
) -> Result<Route, Failure> {
    flags.refuse_file_flags()?;
    let resolved = resolve(flags.clone(), profile, system)?;
    resolved.route(profile, system, output).await
}

impl ResolvedSettings {
    /// The route these settings lead along; reads the token, and warns when it ends soon.
    pub async fn route(
        &self,
        profile: &ProfileArgs,
        system: &System,
        output: &Output,
    ) -> Result<Route, Failure> {
        let settings = &self.settings;
        let target = target(settings)?;
        let address = unit_address(settings)?;
        let (config, refused) =
            client_config(&tls_plan(settings)?, &Arc::new(aws_lc_rs::default_provider()))?;
        let token = read_token(self, system, output).await?;
        token.check_time((system.now)())?;
        if let Some(warning) = token.warning((system.now)()) {
            output.warn(&warning);
        }
        let is_vendors = target.is_vendors();
        Ok(Route {
            link: link(settings, target, connector(config, refused), system)?,
            address,
            retry_policy: RetryPolicy {
                retries: settings.retries.unwrap_or(RETRIES_DEFAULT),
                second: Duration::from_millis(profile.wait_second_ms),
            },
            large_files: LargeFiles {
                // The vendor's service is asked for nothing that its page does not have.
                are_resumed: !settings.no_resume && !is_vendors,
                are_packed: !settings.no_compress,
            },
            token,
        })
    }
}

/// Reads the token and cleans it; says what was taken from round it.
pub async fn read_token(
    resolved: &ResolvedSettings,
    system: &System,
    output: &Output,
) -> Result<Token, Failure> {
    let token = Token::parse(&resolved.token.read(system).await?)?;
    if let Some(removed) = token.removed() {
        output.note(&removed);
    }
    Ok(token)
}

/// The way to a host of which nothing else is known; no token goes along it.
pub fn bare_link(settings: &Settings, target: Target, system: &System) -> Result<Link, Failure> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let (config, refused) = client_config(&TlsPlan::default(), &provider)?;
    link(settings, target, connector(config, refused), system)
}

fn link(
    settings: &Settings,
    target: Target,
    tls: TlsClient,
    system: &System,
) -> Result<Link, Failure> {
    let seconds = |asked: Option<u64>, default| asked.map_or(default, Duration::from_secs);
    let proxies = settings.proxy.as_deref().map(proxy).transpose()?;
    Ok(Link {
        target,
        proxies: proxies.unwrap_or_else(|| Proxies::new(Arc::clone(&system.proxies))),
        tls,
        connect_timeout: seconds(settings.connect_timeout, CONNECT_TIMEOUT),
        stall_timeout: seconds(settings.timeout, STALL_TIMEOUT),
        kept: KeptConnections::default(),
    })
}

/// The server that the settings lead to.
pub fn target(settings: &Settings) -> Result<Target, Failure> {
    let found = match (&settings.url, &settings.region) {
        (Some(url), None) => Target::from_url(url),
        (None, Some(region)) => {
            Target::from_region(region, settings.domain.as_deref().unwrap_or(DOMAIN_DEFAULT))
        }
        (Some(_), Some(_)) => {
            return Err(Failure::usage(
                "both --url and --region say where to send",
                "Leave one of them out.",
            ));
        }
        (None, None) => {
            return Err(Failure::usage(
                "it is not said where to send",
                "Give --region uksouth, euwest or uswest for the vendor's service, or --url https://HOST.",
            ));
        }
    };
    found.map_err(|fault| Failure::usage(fault.to_string(), "Correct --url, --region or --domain."))
}

/// The unit that the settings name.
pub fn unit_address(settings: &Settings) -> Result<UnitAddress, Failure> {
    let customer = settings.customer.clone().ok_or_else(|| {
        Failure::usage("it is not said which customer", "Give its short name: --customer acme")
    })?;
    Ok(UnitAddress {
        unit: settings.unit.clone().unwrap_or_else(|| customer.only_unit()),
        customer,
    })
}

fn tls_plan(settings: &Settings) -> Result<TlsPlan, Failure> {
    let client = match (&settings.client_cert, &settings.client_key) {
        (None, None) => None,
        (Some(certificate), Some(key)) => {
            Some(ClientFiles { certificate: certificate.clone(), key: key.clone() })
        }
        _ => {
            return Err(Failure::usage(
                "a client certificate needs its key, and the key its certificate",
                "Give both --client-cert and --client-key.",
            ));
        }
    };
    Ok(TlsPlan {
        ca_files: settings.ca_file.clone(),
        minimum: match settings.tls_min {
            None | Some(TlsVersion::V12) => TlsMinimum::Tls12,
            Some(TlsVersion::V13) => TlsMinimum::Tls13,
        },
        client,
        pins: settings.pin.clone(),
    })
}

fn proxy(url: &str) -> Result<Proxies, Failure> {
    let known = ["http://", "socks5://", "socks5h://"];
    if known.iter().any(|scheme| url.starts_with(scheme)) {
        return Ok(Proxies::only(url));
    }
    // Not shown: it may hold a password.
    Err(Failure::usage(
        "the proxy is not a URL that begins with http:// or socks5://",
        "Correct --proxy, such as http://proxy.example:3128",
    ))
}
