//! `bursar certs`: the certificates that a host presents, and those in files: shown, exported, watched.
//!
//! Not for: deciding whom to trust when something is sent (`tls`).
//!
//! Invariant: no token is read and nothing but a handshake is sent here, so that even an untrusted host
//! may be looked at.

use std::path::Path;

use http::Uri;
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use serde_json::{Value, json};

use crate::args::{CertsArgs, CertsCommand, ExportArgs, HostArgs, WatchArgs};
use crate::config::profile;
use crate::config::settings::Settings;
use crate::explain::explain_transport_error;
use crate::net::target::Target;
use crate::net::tls;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::date;
use crate::report::format::plural;
use crate::report::output::Output;
use crate::system::System;
use crate::transfer::route;

mod inspection;
mod roots;
mod summary;

pub use inspection::{HostInspection, TrustVerdict, inspect_host};
pub use summary::CertificateSummary;

/// The endings of files that hold one certificate as DER.
const DER_EXTENSIONS: [&str; 2] = ["cer", "der"];

/// Carries out one of the subcommands.
pub async fn run(args: CertsArgs, system: &System) -> ExitCode {
    let output = match &args.command {
        CertsCommand::Show(args) => args.reach.output,
        CertsCommand::Export(args) => args.host.reach.output,
        CertsCommand::Watch(args) => args.reach.output,
        CertsCommand::Check { output, .. } => *output,
    };
    let output = Output::new(output.mode(), system.terminal);
    let done = match args.command {
        CertsCommand::Show(args) => show(&args, system, &output).await,
        CertsCommand::Export(args) => export(&args, system, &output).await,
        CertsCommand::Watch(args) => watch(&args, system, &output).await,
        CertsCommand::Check { file, days, .. } => check(&file, days, system, &output),
    };
    done.unwrap_or_else(|failure| {
        output.failure("not done", &failure);
        output.json(&json!({
            "exitCode": failure.exit.number(),
            "failure": failure.to_json(),
        }));
        failure.exit
    })
}

async fn show(args: &HostArgs, system: &System, output: &Output) -> Result<ExitCode, Failure> {
    let target = target(&args.host)?;
    let inspection = inspect(&target, args, system).await?;
    let now = (system.now)();
    let failure = inspection.failure(&target);
    output.result(&inspection.to_text(&target, now));
    output.json(&inspection.to_json(&target, failure.as_ref()));
    if let Some(failure) = &failure {
        output.failure("not trusted", failure);
    }
    Ok(failure.map_or(ExitCode::Ok, |failure| failure.exit))
}

async fn export(args: &ExportArgs, system: &System, output: &Output) -> Result<ExitCode, Failure> {
    let target = target(&args.host.host)?;
    let inspection = inspect(&target, &args.host, system).await?;
    let chosen = if args.root {
        vec![roots::root_of(&inspection.chain, &inspection.named_roots)?]
    } else {
        inspection.chain.clone()
    };
    let extension = args.to.extension().unwrap_or_default();
    let is_der = DER_EXTENSIONS.iter().any(|der| extension.eq_ignore_ascii_case(der));
    let bytes = if is_der {
        // DER holds one certificate: the server's own, or the root.
        chosen.first().expect("a server shows one at least").to_vec()
    } else {
        chosen.iter().map(summary::pem).collect::<String>().into_bytes()
    };
    std::fs::write(&args.to, bytes).map_err(|fault| {
        Failure::new(
            ExitCode::OutputFailed,
            format!("{} cannot be written: {fault}", args.to.display()),
            "Name another file with --to.",
        )
    })?;
    let count = if is_der { 1 } else { chosen.len() };
    let what = if args.root { "the root" } else { "the chain as presented" };
    output.result(&format!(
        "wrote {} with {} ({what}){}",
        args.to.display(),
        plural(count as u64, "certificate"),
        if inspection.verdict == TrustVerdict::Trusted {
            ""
        } else {
            "; this machine does not trust it"
        },
    ));
    output.json(
        &json!({ "exitCode": 0, "file": args.to.display().to_string(), "certificates": count }),
    );
    Ok(ExitCode::Ok)
}

async fn watch(args: &WatchArgs, system: &System, output: &Output) -> Result<ExitCode, Failure> {
    let mut codes = Vec::new();
    for host in &args.hosts {
        let one = HostArgs {
            host: host.clone(),
            ca_file: args.ca_file.clone(),
            reach: args.reach.clone(),
        };
        let watched = async {
            let target = target(host)?;
            let inspection = inspect(&target, &one, system).await?;
            if let Some(failure) = inspection.failure(&target) {
                return Err(failure);
            }
            first_to_expire(&inspection.chain, host, args.days, (system.now)())
        };
        let found = watched.await;
        report_watched(host, &found, output);
        codes.extend(found.err().map(|failure| failure.exit));
    }
    for file in &args.ca_file {
        let name = file.display().to_string();
        let found = tls::read_certificates(file)
            .and_then(|found| first_to_expire(&found, &name, args.days, (system.now)()));
        report_watched(&name, &found, output);
        codes.extend(found.err().map(|failure| failure.exit));
    }
    // What is good does not blur what a monitor has to tell.
    Ok(if codes.is_empty() { ExitCode::Ok } else { ExitCode::combine(&codes) })
}

fn report_watched(what: &str, found: &Result<(String, Timestamp), Failure>, output: &Output) {
    match found {
        Ok((subject, ends)) => {
            output.result(&format!(
                "good  {what}: the first to expire is \"{subject}\", on {}",
                date(*ends)
            ));
            output.json(&json!({ "what": what, "exitCode": 0, "notAfter": ends.to_string(), "subject": subject }));
        }
        Err(failure) => {
            output.failure(what, failure);
            output.json(&json!({
                "what": what,
                "exitCode": failure.exit.number(),
                "failure": failure.to_json(),
            }));
        }
    }
}

/// The certificate that ends first; a failure when that is within so many days.
fn first_to_expire(
    chain: &[CertificateDer<'static>],
    what: &str,
    days: u16,
    now: Timestamp,
) -> Result<(String, Timestamp), Failure> {
    let mut all: Vec<CertificateSummary> =
        chain.iter().filter_map(|der| CertificateSummary::parse(der)).collect();
    all.sort_by_key(|one| one.not_after);
    let Some(first) = all.into_iter().next() else {
        return Err(Failure::usage(format!("{what} holds no certificate"), "Look at the file."));
    };
    let left = first.not_after.duration_since(now).as_hours() / 24;
    if first.not_after < now {
        return Err(Failure::new(
            ExitCode::CertificateExpired,
            format!("\"{}\" expired on {}", first.subject, date(first.not_after)),
            "Get the new one from whoever runs the server, or the authority.",
        ));
    }
    if left < i64::from(days) {
        return Err(Failure::new(
            ExitCode::CertificateExpiresSoon,
            format!("\"{}\" expires in {left} days, on {}", first.subject, date(first.not_after)),
            "Ask whoever runs the server whether it is renewed; replace it where it stands in a file.",
        ));
    }
    Ok((first.subject, first.not_after))
}

fn check(file: &Path, days: u16, system: &System, output: &Output) -> Result<ExitCode, Failure> {
    let found = tls::read_certificates(file)?;
    let now = (system.now)();
    let all: Vec<CertificateSummary> =
        found.iter().filter_map(|der| CertificateSummary::parse(der)).collect();
    for (number, one) in all.iter().enumerate() {
        output.result(&one.to_text(number + 1, now));
    }
    for notes in summary::order_faults(&all) {
        output.note(&notes);
    }
    let name = file.display().to_string();
    let found = first_to_expire(&found, &name, days, now);
    let certificates: Vec<Value> = all.iter().map(CertificateSummary::to_json).collect();
    let exit = found.as_ref().map_or_else(|failure| failure.exit, |_| ExitCode::Ok);
    output.json(&json!({ "file": name, "exitCode": exit.number(), "certificates": certificates }));
    if let Err(failure) = &found {
        output.failure(&name, failure);
    }
    Ok(exit)
}

/// `host`, `host:port` or `https://host:port`.
fn target(host: &str) -> Result<Target, Failure> {
    let url = if host.contains("://") { host.to_owned() } else { format!("https://{host}") };
    let bare: Option<Uri> = url.parse().ok();
    let is_plain = bare.as_ref().and_then(Uri::scheme_str) == Some("http");
    let found = Target::from_url(&url).ok().filter(|_| !is_plain);
    found.ok_or_else(|| {
        Failure::usage(
            format!("\"{host}\" is no host"),
            "Write it as api-uksouth.apfnxg.com or HOST:PORT.",
        )
    })
}

async fn inspect(
    target: &Target,
    args: &HostArgs,
    system: &System,
) -> Result<HostInspection, Failure> {
    let flags = Settings {
        ca_file: args.ca_file.clone(),
        proxy: args.reach.proxy.clone(),
        ..Settings::default()
    };
    let weakest = profile::load(args.reach.config.as_deref(), None, system)?;
    let settings = flags.or(Settings::from_variables(system.variable)?).or(weakest);
    let link = route::bare_link(&settings, target.clone(), system)?;
    inspect_host(&link, &settings.ca_file)
        .await
        .map_err(|transport_error| explain_transport_error(&transport_error, target))
}
