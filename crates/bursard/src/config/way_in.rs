//! The settings of what stands in front of the server: its public URL, the hosts it answers to, the proxies
//! that it trusts.
//!
//! Invariant: a prefix that is the beginning of a path of ours is refused: it could not be told from it.

use anyhow::{Context as _, anyhow, bail};
use domain::host::InvalidHost;
use domain::{Host, PublicUrl};
use serde::Deserialize;
use server::http::routes;
use server::proxies::{ClientAddressIn, Network};
use server::site::SiteParts;
use server::{Proxies, Site};

/// The place where a trusted proxy says whom it forwards.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ProxyFile {
    client_address_in: ClientAddressIn,
}

pub(super) fn proxies(trusted: &[String], proxy: &ProxyFile) -> anyhow::Result<Proxies> {
    let networks = trusted.iter().map(|network| network.parse::<Network>());
    let networks = networks.collect::<Result<Vec<_>, _>>();
    let networks = networks.context("the setting trusted_proxies cannot be used")?;
    let client_address_in = proxy.client_address_in;
    if networks.is_empty() && client_address_in != ClientAddressIn::default() {
        bail!("proxy.client_address_in is of proxies that trusted_proxies names; there are none");
    }
    Ok(Proxies::new(networks, client_address_in))
}

/// The settings of the names by which the server is reached, as they are written.
#[derive(Debug)]
pub(super) struct SiteSettings<'a> {
    pub(super) public_url: Option<&'a str>,
    pub(super) hosts: &'a [String],
    pub(super) is_tls_for_subdomains: bool,
}

pub(super) fn site(settings: &SiteSettings<'_>) -> anyhow::Result<Site> {
    let SiteSettings { public_url, hosts, is_tls_for_subdomains } = *settings;
    let public_url = public_url.map(str::parse::<PublicUrl>).transpose();
    let public_url = public_url.context("the setting public_url cannot be used")?;
    if let Some(taken) = public_url.as_ref().and_then(taken_prefix) {
        bail!(
            "the path of public_url begins with /{taken}, as paths of the server do; choose another one, such \
             as /bursar"
        );
    }
    if public_url.is_none() && !hosts.is_empty() {
        bail!("hosts are names beside that of public_url; set public_url as well");
    }
    let hosts = hosts.iter().map(|host| parse_host(host)).collect::<Result<Vec<_>, _>>()?;
    Ok(Site::new(SiteParts { public_url, hosts, is_tls_for_subdomains }))
}

fn parse_host(text: &str) -> anyhow::Result<Host> {
    text.parse().map_err(|why: InvalidHost| anyhow!("\"{text}\" in the setting hosts {why}"))
}

/// The first segment of the prefix, when a path of ours has it as well.
fn taken_prefix(url: &PublicUrl) -> Option<&str> {
    fn first(path: &str) -> Option<&str> {
        path.strip_prefix('/')?.split('/').next()
    }
    let prefix = first(url.prefix())?;
    let is_taken = |path: &str| first(path).is_some_and(|ours| ours.eq_ignore_ascii_case(prefix));
    routes().iter().any(|route| is_taken(route.path)).then_some(prefix)
}
