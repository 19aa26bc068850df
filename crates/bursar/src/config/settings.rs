//! What can be set in three places under one name: as a flag, as `BURSAR_<NAME>`, in `bursar.toml`.
//!
//! Not for: what it means; `plan` makes plans of it.
//!
//! Invariant: a flag beats the environment, which beats the profile. What belongs together (where to
//! send; customer and unit) is taken from one place, never mixed.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, ValueEnum};
use domain::{CustomerName, FileType, Region, UnitName};
use serde::Deserialize;

use crate::net::tls::Pin;
use crate::report::failure::Failure;

/// One layer of settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    #[arg(
        long,
        help = "The address of the server: https://HOST or https://HOST:PORT",
        help_heading = "Where to"
    )]
    pub url: Option<String>,
    /// The vendor's region, instead of --url: uksouth, euwest or uswest
    #[arg(long, help_heading = "Where to")]
    pub region: Option<Region>,
    #[arg(
        long,
        help = "The vendor's domain, with --region [default: apfnxg.com]",
        help_heading = "Where to"
    )]
    pub domain: Option<String>,
    /// The customer's short name
    #[arg(long, help_heading = "Where to")]
    pub customer: Option<CustomerName>,
    /// The unit's short name [default: the one named as the customer]
    #[arg(long, help_heading = "Where to")]
    pub unit: Option<UnitName>,

    /// A file with the access token, which only its owner may read
    #[arg(long, value_name = "FILE", help_heading = "Access token")]
    pub token_file: Option<PathBuf>,
    /// A command that prints the access token, such as a password store's
    #[arg(long, value_name = "COMMAND", help_heading = "Access token")]
    pub token_command: Option<String>,

    /// A certificate to trust besides the operating system's (PEM or DER); may be repeated
    #[arg(long, value_name = "FILE", help_heading = "Connection")]
    #[serde(default)]
    pub ca_file: Vec<PathBuf>,
    /// The oldest TLS version to accept [default: 1.2]
    #[arg(long, value_name = "VERSION", help_heading = "Connection")]
    pub tls_min: Option<TlsVersion>,
    /// Also require this key in the server's certificate chain (sha256//BASE64); may be repeated, and one of
    /// them is enough
    #[arg(long, value_name = "PIN", help_heading = "Connection")]
    #[serde(default)]
    pub pin: Vec<Pin>,
    /// A client certificate (PEM), with --client-key
    #[arg(long, value_name = "FILE", help_heading = "Connection")]
    pub client_cert: Option<PathBuf>,
    /// The client certificate's private key (PEM)
    #[arg(long, value_name = "FILE", help_heading = "Connection")]
    pub client_key: Option<PathBuf>,
    #[arg(long, value_name = "URL", help_heading = "Connection", help = PROXY_HELP)]
    pub proxy: Option<String>,
    /// Give up connecting after so many seconds [default: 15]
    #[arg(long, value_name = "SECONDS", help_heading = "Connection",
          value_parser = clap::value_parser!(u64).range(1..=SECONDS_MAX))]
    pub connect_timeout: Option<u64>,
    /// Give up when no data moves for so many seconds [default: 120]
    #[arg(long, value_name = "SECONDS", help_heading = "Connection",
          value_parser = clap::value_parser!(u64).range(1..=SECONDS_MAX))]
    pub timeout: Option<u64>,
    /// How many times to try again after a fault that may be temporary [default: 6]
    #[arg(long, value_name = "N", help_heading = "Connection",
          value_parser = clap::value_parser!(u32).range(..=i64::from(RETRIES_MAX)))]
    pub retries: Option<u32>,
    /// Send each file in one request, even a large one to a server that could resume it after a break
    #[arg(long, help_heading = "Connection")]
    #[serde(default)]
    pub no_resume: bool,
    /// Send large files as they are, even to a server that takes them compressed
    #[arg(long, help_heading = "Connection")]
    #[serde(default)]
    pub no_compress: bool,

    /// What the files hold [default: guessed from the name]
    #[arg(long = "type", value_name = "APT|Suppliers|Employees|IMS|Payments", help_heading = FILES_HEADING)]
    #[serde(rename = "type")]
    pub file_type: Option<FileType>,
    /// The media type of the request [default: text/csv, which is right for all files]
    #[arg(long, value_name = "TYPE", help_heading = FILES_HEADING)]
    pub content_type: Option<String>,
    /// Do not add a timestamp to file names that have none
    #[arg(long, help_heading = FILES_HEADING)]
    #[serde(default)]
    pub no_timestamp: bool,
}

/// The heading of what is said of files that are sent.
pub const FILES_HEADING: &str = "What";
const PROXY_HELP: &str = "A proxy (http:// or socks5://) instead of the environment's";
/// More would hide a fault that somebody has to mend.
const RETRIES_MAX: u32 = 100;
/// A day: longer is no limit.
const SECONDS_MAX: u64 = 86_400;

/// A TLS version as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
pub enum TlsVersion {
    #[value(name = "1.2")]
    #[serde(rename = "1.2")]
    V12,
    #[value(name = "1.3")]
    #[serde(rename = "1.3")]
    V13,
}

impl FromStr for TlsVersion {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "1.2" => Ok(Self::V12),
            "1.3" => Ok(Self::V13),
            _ => Err("the TLS version is 1.2 or 1.3"),
        }
    }
}

impl Settings {
    /// Reads `BURSAR_URL`, `BURSAR_CUSTOMER` and so on; what is empty counts as absent.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let path = |name: &str| set(name).map(PathBuf::from);
        Ok(Self {
            url: set("BURSAR_URL"),
            region: parse_variable("BURSAR_REGION", set)?,
            domain: set("BURSAR_DOMAIN"),
            customer: parse_variable("BURSAR_CUSTOMER", set)?,
            unit: parse_variable("BURSAR_UNIT", set)?,
            token_file: path("BURSAR_TOKEN_FILE"),
            token_command: set("BURSAR_TOKEN_COMMAND"),
            ca_file: path("BURSAR_CA_FILE").into_iter().collect(),
            tls_min: parse_variable("BURSAR_TLS_MIN", set)?,
            pin: parse_variable("BURSAR_PIN", set)?.into_iter().collect(),
            client_cert: path("BURSAR_CLIENT_CERT"),
            client_key: path("BURSAR_CLIENT_KEY"),
            proxy: set("BURSAR_PROXY"),
            connect_timeout: parse_variable("BURSAR_CONNECT_TIMEOUT", set)?,
            timeout: parse_variable("BURSAR_TIMEOUT", set)?,
            retries: parse_variable("BURSAR_RETRIES", set)?,
            no_resume: parse_variable("BURSAR_NO_RESUME", set)?.unwrap_or(false),
            no_compress: parse_variable("BURSAR_NO_COMPRESS", set)?.unwrap_or(false),
            file_type: parse_variable("BURSAR_TYPE", set)?,
            content_type: set("BURSAR_CONTENT_TYPE"),
            no_timestamp: parse_variable("BURSAR_NO_TIMESTAMP", set)?.unwrap_or(false),
        })
    }

    /// Refuses flags that say something of files, for a command that takes none. They are those under
    /// [`FILES_HEADING`].
    pub fn refuse_file_flags(&self) -> Result<(), Failure> {
        let given = [
            ("--type", self.file_type.is_some()),
            ("--content-type", self.content_type.is_some()),
            ("--no-timestamp", self.no_timestamp),
        ];
        let Some((flag, _)) = given.iter().find(|(_, is_given)| *is_given) else { return Ok(()) };
        Err(Failure::usage(
            format!("{flag} is for files that are sent anew, and changes nothing here"),
            "Leave it out.",
        ))
    }

    /// Completes these settings by those of a weaker layer.
    #[must_use]
    pub fn or(self, weaker: Self) -> Self {
        let says_where = self.url.is_some() || self.region.is_some();
        let says_who = self.customer.is_some();
        let says_token = self.token_file.is_some() || self.token_command.is_some();
        let says_client = self.client_cert.is_some() || self.client_key.is_some();
        Self {
            url: self.url.or(weaker.url.filter(|_| !says_where)),
            region: self.region.or(weaker.region.filter(|_| !says_where)),
            domain: self.domain.or(weaker.domain),
            customer: self.customer.or(weaker.customer),
            unit: self.unit.or(weaker.unit.filter(|_| !says_who)),
            token_file: self.token_file.or(weaker.token_file.filter(|_| !says_token)),
            token_command: self.token_command.or(weaker.token_command.filter(|_| !says_token)),
            ca_file: [self.ca_file, weaker.ca_file].concat(),
            tls_min: self.tls_min.or(weaker.tls_min),
            pin: if self.pin.is_empty() { weaker.pin } else { self.pin },
            client_cert: self.client_cert.or(weaker.client_cert.filter(|_| !says_client)),
            client_key: self.client_key.or(weaker.client_key.filter(|_| !says_client)),
            proxy: self.proxy.or(weaker.proxy),
            connect_timeout: self.connect_timeout.or(weaker.connect_timeout),
            timeout: self.timeout.or(weaker.timeout),
            retries: self.retries.or(weaker.retries),
            no_resume: self.no_resume || weaker.no_resume,
            no_compress: self.no_compress || weaker.no_compress,
            file_type: self.file_type.or(weaker.file_type),
            content_type: self.content_type.or(weaker.content_type),
            no_timestamp: self.no_timestamp || weaker.no_timestamp,
        }
    }

    /// Makes paths count from a folder, as those in a file do from its own.
    #[must_use]
    pub fn relative_to(mut self, folder: &Path) -> Self {
        let paths = [&mut self.token_file, &mut self.client_cert, &mut self.client_key];
        for path in paths.into_iter().flatten().chain(&mut self.ca_file) {
            *path = folder.join(&*path);
        }
        self
    }
}

fn parse_variable<T: FromStr<Err: std::fmt::Display>>(
    name: &str,
    set: impl Fn(&str) -> Option<String>,
) -> Result<Option<T>, Failure> {
    set(name).map(|text| text.parse()).transpose().map_err(|fault| {
        Failure::usage(
            format!("{name} cannot be used: {fault}"),
            format!("Correct {name} in the environment, or unset it."),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(toml: &str) -> Settings {
        toml::from_str(toml).unwrap()
    }

    #[test]
    fn the_stronger_layer_wins_and_pairs_stay_together() {
        for (strong, weak, both) in [
            ("", "region = 'uksouth'", "region = 'uksouth'"),
            ("url = 'https://a'", "region = 'uksouth'", "url = 'https://a'"),
            ("customer = 'a'", "customer = 'b'\nunit = 'b1'", "customer = 'a'"),
            ("unit = 'b2'", "customer = 'b'\nunit = 'b1'", "customer = 'b'\nunit = 'b2'"),
            ("token-command = 'pass'", "token-file = 't'", "token-command = 'pass'"),
            ("ca-file = ['a']", "ca-file = ['b']", "ca-file = ['a', 'b']"),
            ("retries = 0", "retries = 3\ntimeout = 5", "retries = 0\ntimeout = 5"),
        ] {
            assert_eq!(settings(strong).or(settings(weak)), settings(both), "{strong} | {weak}");
        }
    }

    #[test]
    fn the_environment_is_read_and_its_slips_are_named() {
        let from = |name: &'static str, value: &'static str| {
            Settings::from_variables(move |asked| (asked == name).then(|| value.to_owned()))
        };
        assert_eq!(from("BURSAR_TYPE", "Suppliers").unwrap(), settings("type = 'Suppliers'"));
        assert_eq!(from("BURSAR_URL", "").unwrap(), Settings::default());
        assert_eq!(from("BURSAR_TLS_MIN", "1.3").unwrap(), settings("tls-min = '1.3'"));
        let failure = from("BURSAR_CUSTOMER", "Acme").unwrap_err();
        assert!(failure.what.starts_with("BURSAR_CUSTOMER"), "{failure}");
    }
}
