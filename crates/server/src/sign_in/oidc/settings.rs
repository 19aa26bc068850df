//! An identity provider as an operator sets it, checked.
//!
//! Not for: reading a file or the environment (`bursard`), or what the provider says of itself (`metadata`).
//!
//! Invariant: whatever is asked of a provider goes over verified TLS, save to this machine; a provider
//! speaks only for the domains it is given, and for all of them only where it is the only one.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use domain::{CustomerName, EmailAddress, MemberRole, Secret, UnitName};
use url::{Host, Url};

use super::client_key::ClientKey;
use super::limits::NAME_BYTES_MAX;

/// The scope that makes a request one of OpenID Connect.
const OPENID: &str = "openid";
/// Names that Entra ID takes in the place of a tenant: whoever has an account anywhere signs in by them, and
/// chooses the address that they bear.
const ENTRA_HOST: &str = "login.microsoftonline.com";
const ENTRA_ANY_TENANT: [&str; 3] = ["common", "organizations", "consumers"];

/// The name of a provider in addresses and settings: lower-case letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProviderName(String);

/// The `iss` of a provider's tokens, and where its description lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The text as it was written: tokens have to repeat it letter by letter.
    text: String,
    url: Url,
}

/// The names of the claims that are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimNames {
    pub email: String,
    pub email_verified: String,
    pub name: String,
    /// The name of a claim, or where it begins with `/` a path to it, such as `/realm_access/roles`.
    pub groups: String,
}

/// The role that whoever is in a group has for a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRole {
    pub group: String,
    pub customer: CustomerName,
    /// The unit that the role is for; none: for all of them.
    pub unit: Option<UnitName>,
    pub role: MemberRole,
}

/// The credentials by which the server proves at a provider that it is the client.
#[derive(Debug, Clone)]
pub enum ClientCredentials {
    /// Nothing but PKCE: a public client.
    None,
    Secret(Secret<String>),
    Key(Box<ClientKey>),
}

/// One identity provider.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    pub name: ProviderName,
    /// The name that people read: `Sign in with …`.
    pub title: String,
    pub issuer: Issuer,
    pub client_id: String,
    pub client_credentials: ClientCredentials,
    /// The scopes of a request beside `openid`.
    pub scopes: Vec<String>,
    pub claims: ClaimNames,
    /// The domains of the addresses it may speak for; empty: all.
    pub domains: Vec<String>,
    /// Set when an address of these domains counts as verified where the provider says nothing of
    /// that.
    pub trusts_domains: bool,
    /// Claims that have to be there with just these values, such as `hd` of Google.
    pub required: BTreeMap<String, String>,
    /// Whoever signs in has, for all units of a customer and for each unit that is named, the role
    /// of the first of these groups that they are in, and for these customers no other; empty:
    /// roles are given here and not there.
    pub roles: Vec<GroupRole>,
}

/// Why a setting cannot be used, with what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSettings {
    #[error(
        "the name of a provider is 1 to {NAME_BYTES_MAX} lower-case letters and digits, as it stands \
         in addresses"
    )]
    Name,
    #[error(
        "an issuer is https://HOST/PATH as the provider's own description names it, without a query; http:// \
         is taken on this machine only"
    )]
    Issuer,
    #[error(
        "the issuer {0} lets people of any tenant in, who choose their addresses themselves; write your tenant's \
         own: https://login.microsoftonline.com/TENANT-ID/v2.0"
    )]
    AnyTenant(String),
    #[error(
        "the provider {0} has no client_id; the provider gives you one when you register Bursar there"
    )]
    NoClientId(ProviderName),
    #[error(
        "the provider {0} has trust_domains without domains; name the domains whose addresses it hands out \
         itself"
    )]
    TrustWithoutDomains(ProviderName),
    #[error(
        "the provider {0} has no domains; where there are several, each has to name the domains it speaks for, \
         or one could sign in the people of another"
    )]
    NoDomains(ProviderName),
    #[error("the providers {0} and {1} have one issuer")]
    TwoOfOneIssuer(ProviderName, ProviderName),
    #[error("two providers are called {0}")]
    TwoOfOneName(ProviderName),
}

impl ProviderName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProviderName {
    type Err = InvalidSettings;
    fn from_str(text: &str) -> Result<Self, InvalidSettings> {
        let is_sound = (1..=NAME_BYTES_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if is_sound { Ok(Self(text.to_owned())) } else { Err(InvalidSettings::Name) }
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Issuer {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where the provider describes itself.
    pub(super) fn description(&self) -> Url {
        let mut url = self.url.clone();
        let path = format!("{}/.well-known/openid-configuration", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }
}

impl FromStr for Issuer {
    type Err = InvalidSettings;
    fn from_str(text: &str) -> Result<Self, InvalidSettings> {
        let url = Url::parse(text).map_err(|_no_url| InvalidSettings::Issuer)?;
        if !is_safe(&url) || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidSettings::Issuer);
        }
        let tenant = url.path_segments().and_then(|mut segments| segments.next());
        if url.host_str() == Some(ENTRA_HOST)
            && tenant.is_some_and(|tenant| ENTRA_ANY_TENANT.contains(&tenant))
        {
            return Err(InvalidSettings::AnyTenant(text.to_owned()));
        }
        Ok(Self { text: text.to_owned(), url })
    }
}

impl Default for ClaimNames {
    fn default() -> Self {
        Self {
            email: "email".to_owned(),
            email_verified: "email_verified".to_owned(),
            name: "name".to_owned(),
            groups: "groups".to_owned(),
        }
    }
}

impl ProviderSettings {
    /// The scopes of a request, in one text.
    pub(super) fn scope(&self) -> String {
        let others = self.scopes.iter().map(String::as_str).filter(|scope| *scope != OPENID);
        std::iter::once(OPENID).chain(others).collect::<Vec<_>>().join(" ")
    }

    /// The address to which the provider sends people back, letter by letter as it is registered there;
    /// `site` is where people reach this server.
    pub fn redirect_uri(&self, site: &str) -> String {
        format!("{}/sign-in/with/{}/callback", site.trim_end_matches('/'), self.name)
    }

    /// Returns `true` when an address is of a domain that the provider may speak for.
    pub(super) fn speaks_for(&self, email: &EmailAddress) -> bool {
        self.domains.is_empty() || self.is_of_domains(email)
    }

    /// Returns `true` when an address is of one of the domains that are named.
    pub(super) fn is_of_domains(&self, email: &EmailAddress) -> bool {
        let domain = email.as_str().rsplit('@').next().unwrap_or_default();
        self.domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
    }
}

/// Checks what no provider can know alone.
pub(super) fn check(providers: &[ProviderSettings]) -> Result<(), InvalidSettings> {
    for (index, provider) in providers.iter().enumerate() {
        let name = || provider.name.clone();
        if provider.client_id.is_empty() {
            return Err(InvalidSettings::NoClientId(name()));
        }
        if provider.trusts_domains && provider.domains.is_empty() {
            return Err(InvalidSettings::TrustWithoutDomains(name()));
        }
        if providers.len() > 1 && provider.domains.is_empty() {
            return Err(InvalidSettings::NoDomains(name()));
        }
        for other in &providers[..index] {
            if other.name == provider.name {
                return Err(InvalidSettings::TwoOfOneName(name()));
            }
            if other.issuer == provider.issuer {
                return Err(InvalidSettings::TwoOfOneIssuer(other.name.clone(), name()));
            }
        }
    }
    Ok(())
}

/// Returns `true` when something may be asked of an address: over TLS, or of this machine, for
/// trials.
pub(super) fn is_safe(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_scheme_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    is_scheme_safe && url.has_host() && url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests;
