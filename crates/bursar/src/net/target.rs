//! Where requests go: scheme, host, port and the path a server is below, and the paths of the vendor's page.
//!
//! Invariant: the scheme is `https`, or the host is this machine; so a token never crosses a network in
//! the clear.

use std::fmt;
use std::net::IpAddr;

use domain::{CustomerName, FileName, FileType, Region, UnitName};
use http::Uri;

/// The vendor's domain.
pub const DOMAIN_DEFAULT: &str = "apfnxg.com";
/// The first word of every path of the vendor's page.
const UPLOADS_BEGIN: &str = "customers";

/// A server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    base: Uri,
    host: String,
    /// The path below which a server is: empty, or such as `/bursar`.
    prefix: String,
}

/// The reason why a text names no server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTarget {
    #[error("\"{0}\" is not a URL of the form https://host or https://host:port")]
    NotUrl(String),
    #[error(
        "{0} holds more than scheme, host, port and the path that a server is below, such as /bursar; what \
         follows is made from customer, unit and type"
    )]
    MoreThanServer(String),
    #[error("{0} is not encrypted: anybody on the way could read the access token; use https://")]
    NotEncrypted(String),
    #[error("\"{0}\" is not a domain such as {DOMAIN_DEFAULT}")]
    NotDomain(String),
}

impl Target {
    /// The vendor's server of a region: `https://api-<region>.<domain>`.
    pub fn from_region(region: &Region, domain: &str) -> Result<Self, InvalidTarget> {
        let label = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if domain.is_empty() || !domain.chars().all(label) {
            return Err(InvalidTarget::NotDomain(domain.to_owned()));
        }
        Self::from_url(&format!("https://{}", region.api_host(domain)))
    }

    pub fn from_url(text: &str) -> Result<Self, InvalidTarget> {
        let not_url = || InvalidTarget::NotUrl(text.to_owned());
        let base: Uri = text.parse().map_err(|_not_uri| not_url())?;
        let (Some(scheme), Some(authority)) = (base.scheme_str(), base.authority()) else {
            return Err(not_url());
        };
        let host = authority.host().to_owned();
        let port_is_bad = authority.port().is_none() && authority.as_str().ends_with(':');
        if host.is_empty() || port_is_bad {
            return Err(not_url());
        }
        let prefix = base.path().trim_end_matches('/').to_owned();
        // Also `user:password@`, which would be shown wherever the URL is.
        if authority.as_str().contains('@') || !is_prefix(&prefix) {
            let shown = format!("{scheme}://{host}/…");
            return Err(InvalidTarget::MoreThanServer(shown));
        }
        if base.query().is_some() {
            return Err(InvalidTarget::MoreThanServer(format!("{scheme}://{host}?…")));
        }
        match scheme {
            "https" => {}
            "http" if is_loopback(&host) => {}
            "http" => return Err(InvalidTarget::NotEncrypted(text.to_owned())),
            _ => return Err(not_url()),
        }
        Ok(Self { base, host, prefix })
    }

    pub fn is_encrypted(&self) -> bool {
        self.base.scheme_str() == Some("https")
    }

    /// The host, without brackets also for an IPv6 address.
    pub fn host(&self) -> &str {
        self.host.trim_matches(['[', ']'])
    }

    /// Returns `true` for the vendor's own service.
    pub fn is_vendors(&self) -> bool {
        let host = self.host.to_ascii_lowercase();
        let before = host.strip_suffix(DOMAIN_DEFAULT);
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    }

    /// The `Host` header: host, and the port where it is not the scheme's own.
    pub fn authority(&self) -> &str {
        self.base.authority().map_or("", |authority| authority.as_str())
    }

    /// The address for dialling: scheme, host and port, always with a port.
    pub fn base(&self) -> Uri {
        let default = if self.is_encrypted() { 443 } else { 80 };
        let port = self.base.port_u16().unwrap_or(default);
        let scheme = self.base.scheme_str().unwrap_or("https");
        format!("{scheme}://{}:{port}/", self.host).parse().expect("its parts are of an address")
    }

    pub fn url(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    /// The path of a request for a path of the server.
    pub fn below(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.base.scheme_str().unwrap_or("https");
        write!(f, "{scheme}://{}{}", self.authority(), self.prefix)
    }
}

/// A unit of a customer, whose uploads are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitAddress {
    pub customer: CustomerName,
    pub unit: UnitName,
}

impl UnitAddress {
    /// The path of an upload, to the letter of the vendor's page.
    pub fn upload_path(&self, file_type: FileType, name: &SafeName) -> String {
        format!("{}/upload/{file_type}/{name}", self.uploads_path())
    }

    pub fn upload_status_path(&self, upload: &str) -> String {
        format!("{}/{upload}", self.uploads_path())
    }

    pub fn problems_path(&self, upload: &str) -> String {
        format!("{}/{upload}/problems", self.uploads_path())
    }

    pub fn uploads_path(&self) -> String {
        self.path("Uploads")
    }

    /// The path below the unit under which a Bursar server keeps this.
    pub fn path(&self, below: &str) -> String {
        format!("/{UPLOADS_BEGIN}/{}/units/{}/{below}", self.customer, self.unit)
    }
}

/// A file name of letters, digits, `.`, `_` and `-`, which stands in a path as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeName(FileName);

impl SafeName {
    pub fn new(text: &str) -> Result<Self, domain::file_name::FileNameRefusal> {
        FileName::made_safe(text).map(Self)
    }

    pub fn with_timestamp(
        &self,
        now: jiff::Timestamp,
    ) -> Result<Self, domain::file_name::FileNameRefusal> {
        self.0.with_timestamp(now).map(Self)
    }

    pub fn with_room_for_timestamp(&self) -> Result<Self, domain::file_name::FileNameRefusal> {
        self.0.with_room_for_timestamp().map(Self)
    }

    pub fn name(&self) -> &FileName {
        &self.0
    }
}

impl fmt::Display for SafeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Returns `true` when a server may be below this path: plain words, none of which begins the path of
/// an upload.
fn is_prefix(path: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    path.split('/').skip(1).all(|word| {
        !matches!(word, "" | "." | "..")
            && word.bytes().all(is_sign)
            && !word.eq_ignore_ascii_case(UPLOADS_BEGIN)
    })
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests;
