//! Settings made into plans: everything is parsed and known to fit before anything is dialled.

use std::time::Duration;

use domain::FileType;
use domain::file_name::FileNameRefusal;
use extract::{DateOrder, Mapping};
use http::HeaderValue;
use rustls::crypto::aws_lc_rs;

use crate::args::{ProfileArgs, SendArgs};
use crate::auth::token::{Token, TokenSource};
use crate::commands::check::mapping_and_order;
use crate::config::job::{Job, JobSource};
use crate::config::profile;
use crate::config::settings::{Settings, TlsVersion};
use crate::net::link::{Link, Proxies, connector};
use crate::net::target::{DOMAIN_DEFAULT, Place, SafeName, Target};
use crate::net::tls::{ClientFiles, TlsMinimum, TlsPlan, client_config};
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::source::STANDARD_INPUT;
use crate::system::Machine;
use crate::transfer::attempt::Patience;
use crate::transfer::retry::RETRIES_DEFAULT;

/// Name, proxy, TCP and TLS over a slow line; a dropped packet is sent again within it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// A server that makes a large file durable may be silent for a while.
const STALL_TIMEOUT: Duration = Duration::from_mins(2);
/// The vendor's page: for all three types, whatever the format of the body.
const CONTENT_TYPE: &str = "text/csv";

/// The settings of all layers, and where the token comes from.
#[derive(Debug)]
pub struct Resolved {
    pub settings: Settings,
    pub token: TokenSource,
}

/// Everything a request needs but the request itself.
#[derive(Debug)]
pub struct Route {
    pub link: Link,
    pub place: Place,
    pub patience: Patience,
    pub token: Token,
}

/// How the files of one command are sent.
#[derive(Debug)]
pub struct SendPlan {
    pub file_type: Option<FileType>,
    pub content_type: HeaderValue,
    pub name: Option<String>,
    pub adds_timestamp: bool,
    pub is_dry_run: bool,
    /// How files are read before they are sent, when they are.
    pub check: Option<(Option<Mapping>, DateOrder)>,
    /// How long to wait until each is read, when that was asked for.
    pub wait: Option<Duration>,
    /// Whether it is the only file, so that lines need not say which.
    pub is_alone: bool,
}

/// A name and what was done to it.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    pub name: SafeName,
    pub notes: Vec<&'static str>,
}

/// Puts flags, environment and profile together.
pub fn resolve(
    flags: Settings,
    profile: &ProfileArgs,
    machine: &Machine,
) -> Result<Resolved, Failure> {
    let asked = flags.or(Settings::from_variables(machine.variable)?);
    let weakest = profile::load(profile.config.as_deref(), profile.profile.as_deref(), machine)?;
    Ok(Resolved {
        token: TokenSource::choose(&asked, &weakest, profile.profile.as_deref(), machine),
        settings: asked.or(weakest),
    })
}

impl Resolved {
    pub async fn route(
        &self,
        profile: &ProfileArgs,
        machine: &Machine,
        output: &Output,
    ) -> Result<Route, Failure> {
        let settings = &self.settings;
        let target = target(settings)?;
        let place = place(settings)?;
        let (config, refused) = client_config(
            &tls_plan(settings)?,
            &std::sync::Arc::new(aws_lc_rs::default_provider()),
        )?;
        let token = token(self, machine, output).await?;
        token.check_time((machine.now)())?;
        if let Some(warning) = token.warning((machine.now)()) {
            output.warn(&warning);
        }
        Ok(Route {
            link: link(settings, target, connector(config, refused), machine)?,
            place,
            patience: Patience {
                retries: settings.retries.unwrap_or(RETRIES_DEFAULT),
                second: Duration::from_millis(profile.wait_second_ms),
            },
            token,
        })
    }
}

impl SendPlan {
    pub fn of(args: &SendArgs, settings: &Settings) -> Result<Self, Failure> {
        let piped = args.files.iter().any(|file| file.as_os_str() == STANDARD_INPUT);
        if args.name.is_some() && args.files.len() > 1 {
            return Err(Failure::usage(
                "--name is for one file, and several are named",
                "Send them one by one, or leave --name out.",
            ));
        }
        if piped && args.name.is_none() {
            return Err(Failure::usage(
                "standard input has no name",
                "Say one: --name invoices.csv",
            ));
        }
        if !args.check && (args.read.mapping.is_some() || args.read.date_order.is_some()) {
            return Err(Failure::usage(
                "--mapping and --date-order say how to check a file, and none is checked",
                "Add --check, or leave them out; they are not sent.",
            ));
        }
        Ok(Self {
            file_type: settings.file_type,
            content_type: content_type(settings)?,
            name: args.name.clone(),
            adds_timestamp: !settings.no_timestamp,
            is_dry_run: args.dry_run,
            check: args.check.then(|| mapping_and_order(&args.read)).transpose()?,
            wait: args.wait.wait.then_some(args.wait.wait_max),
            is_alone: args.files.len() == 1,
        })
    }

    /// For a file of which nothing more is said.
    pub fn of_settings(settings: &Settings) -> Result<Self, Failure> {
        Ok(Self {
            file_type: settings.file_type,
            content_type: content_type(settings)?,
            name: None,
            adds_timestamp: !settings.no_timestamp,
            is_dry_run: false,
            check: None,
            wait: None,
            is_alone: false,
        })
    }

    /// For what a job finds or gives.
    pub fn of_job(job: &Job, settings: &Settings) -> Result<Self, Failure> {
        let name = match &job.source {
            JobSource::Files { .. } => None,
            JobSource::Command { name, .. } | JobSource::Sql { name, .. } => Some(name.clone()),
        };
        Ok(Self {
            name,
            check: job.check.as_ref().map(mapping_and_order).transpose()?,
            wait: job.wait,
            ..Self::of_settings(settings)?
        })
    }

    /// The name people will see for a file of this name.
    pub fn name_for(&self, own: &str, now: jiff::Timestamp) -> Result<Named, Failure> {
        let wanted = self.name.as_deref().unwrap_or(own);
        let unusable = |fault: FileNameRefusal| {
            Failure::usage(
                fault.to_string(),
                "Give another with --name, such as --name invoices.csv",
            )
        };
        let mut name = SafeName::of(wanted).map_err(unusable)?;
        let mut notes = Vec::new();
        if name.name().as_str() != wanted {
            notes.push("blanks and special characters were replaced");
        }
        if self.adds_timestamp && !name.name().has_timestamp() {
            let mut stamped = name.with_timestamp(now);
            if matches!(stamped, Err(FileNameRefusal::TooLong { .. })) {
                stamped = name.with_room_for_timestamp().and_then(|name| name.with_timestamp(now));
                notes.push("it was shortened");
            }
            name = stamped.map_err(unusable)?;
            notes.push("a timestamp was added");
        }
        Ok(Named { name, notes })
    }

    /// See [`type_for`].
    pub fn type_for(&self, own: &str) -> Result<(FileType, bool), Failure> {
        type_for(self.file_type, self.name.as_deref().unwrap_or(own))
    }
}

fn content_type(settings: &Settings) -> Result<HeaderValue, Failure> {
    let text = settings.content_type.as_deref().unwrap_or(CONTENT_TYPE);
    let value = HeaderValue::from_str(text).ok().filter(|value| value.to_str().is_ok());
    value.ok_or_else(|| {
        Failure::usage(
            "--content-type cannot stand in a header",
            "Leave it out: text/csv is right.",
        )
    })
}

/// The type of a file of this name, and whether it was guessed.
pub fn type_for(said: Option<FileType>, name: &str) -> Result<(FileType, bool), Failure> {
    if let Some(said) = said {
        return Ok((said, false));
    }
    FileType::guess(name).map(|guess| (guess, true)).ok_or_else(|| {
        Failure::usage(
            format!("what {name} holds cannot be told from its name"),
            "Say it: --type APT (transactions), --type Suppliers or --type Employees.",
        )
    })
}

/// The token, cleaned; what was taken from round it is said.
pub async fn token(
    resolved: &Resolved,
    machine: &Machine,
    output: &Output,
) -> Result<Token, Failure> {
    let token = Token::parse(&resolved.token.read(machine).await?)?;
    if let Some(removed) = token.removed() {
        output.note(&removed);
    }
    Ok(token)
}

/// The way to a host of which nothing else is known; no token goes along it.
pub fn bare_link(settings: &Settings, target: Target, machine: &Machine) -> Result<Link, Failure> {
    let provider = std::sync::Arc::new(aws_lc_rs::default_provider());
    let (config, refused) = client_config(&TlsPlan::default(), &provider)?;
    link(settings, target, connector(config, refused), machine)
}

fn link(
    settings: &Settings,
    target: Target,
    tls: crate::net::link::TlsConnectorAndNotes,
    machine: &Machine,
) -> Result<Link, Failure> {
    let seconds = |asked: Option<u64>, default| asked.map_or(default, Duration::from_secs);
    let proxies = settings.proxy.as_deref().map(proxy).transpose()?;
    Ok(Link {
        target,
        proxies: proxies.unwrap_or_else(|| machine.proxies.clone()),
        tls,
        connect_timeout: seconds(settings.connect_timeout, CONNECT_TIMEOUT),
        stall_timeout: seconds(settings.timeout, STALL_TIMEOUT),
    })
}

/// Where the settings lead.
pub fn target(settings: &Settings) -> Result<Target, Failure> {
    let found = match (&settings.url, &settings.region) {
        (Some(url), None) => Target::of_url(url),
        (None, Some(region)) => {
            Target::of_region(region, settings.domain.as_deref().unwrap_or(DOMAIN_DEFAULT))
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

/// Whose uploads they are about.
pub fn place(settings: &Settings) -> Result<Place, Failure> {
    let customer = settings.customer.clone().ok_or_else(|| {
        Failure::usage("it is not said which customer", "Give its short name: --customer acme")
    })?;
    Ok(Place { unit: settings.unit.clone().unwrap_or_else(|| customer.only_unit()), customer })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(name: Option<&str>) -> SendPlan {
        SendPlan {
            file_type: None,
            content_type: HeaderValue::from_static(CONTENT_TYPE),
            name: name.map(str::to_owned),
            adds_timestamp: true,
            is_dry_run: false,
            check: None,
            wait: None,
            is_alone: true,
        }
    }

    #[test]
    fn names_are_made_safe_and_dated() {
        let now = "2026-11-23T14:15:02Z".parse().unwrap();
        let long = format!("{}_20261123T141502Z.csv", "a".repeat(234));
        for (own, given, adds, expected, notes) in [
            ("invoices.csv", None, true, "invoices_20261123T141502Z.csv", 1),
            ("invoices.csv", None, false, "invoices.csv", 0),
            ("invoices_2026-11-22.csv", None, true, "invoices_2026-11-22.csv", 0),
            ("März 20261122.csv", None, true, "M_rz_20261122.csv", 1),
            ("63", Some("a b.txt"), true, "a_b_20261123T141502Z.txt", 2),
            (&format!("{}.csv", "a".repeat(251)), None, true, &long, 2),
        ] {
            let named =
                SendPlan { adds_timestamp: adds, ..plan(given) }.name_for(own, now).unwrap();
            assert_eq!(named.name.to_string(), expected);
            assert_eq!(named.notes.len(), notes, "{own}");
        }
        assert!(plan(None).name_for("invoices.pdf", now).is_err());
    }
}
