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
use crate::explain::explain_breakage;
use crate::net::target::Target;
use crate::net::tls;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::{Output, Voice};
use crate::system::Machine;
use crate::transfer::plan;

mod described;
mod look;
mod roots;

pub use described::{Described, day};
pub use look::{Look, Verdict, look};

/// One of the subcommands.
pub async fn run(args: CertsArgs, machine: &Machine) -> ExitCode {
    let voice = match &args.command {
        CertsCommand::Show(args) => args.voice,
        CertsCommand::Export(args) => args.host.voice,
        CertsCommand::Watch(args) => args.voice,
        CertsCommand::Check { voice, .. } => *voice,
    };
    let output = Output::new(Voice::of(voice), machine);
    let done = match args.command {
        CertsCommand::Show(args) => show(&args, machine, &output).await,
        CertsCommand::Export(args) => export(&args, machine, &output).await,
        CertsCommand::Watch(args) => watch(&args, machine, &output).await,
        CertsCommand::Check { file, days, .. } => check(&file, days, machine, &output),
    };
    done.unwrap_or_else(|failure| {
        output.failure("not done", &failure);
        output.json(&json!({
            "exitCode": failure.exit.number(),
            "failure": { "what": failure.what, "next": failure.next },
        }));
        failure.exit
    })
}

async fn show(args: &HostArgs, machine: &Machine, output: &Output) -> Result<ExitCode, Failure> {
    let target = target(&args.host)?;
    let look = look_at(&target, args, machine).await?;
    let now = (machine.now)();
    let failure = look.failure(&target);
    output.result(&look.in_words(&target, now));
    output.json(&look.to_json(&target, failure.as_ref()));
    if let Some(failure) = &failure {
        output.failure("not trusted", failure);
    }
    Ok(failure.map_or(ExitCode::Ok, |failure| failure.exit))
}

async fn export(
    args: &ExportArgs,
    machine: &Machine,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let target = target(&args.host.host)?;
    let look = look_at(&target, &args.host, machine).await?;
    let chosen = if args.root { vec![roots::root_of(&look.chain)?] } else { look.chain.clone() };
    let is_der = args.to.extension().is_some_and(|it| it.eq_ignore_ascii_case("cer"));
    let bytes = if is_der {
        // DER holds one certificate: the server's own, or the root.
        chosen.first().expect("a server shows one at least").to_vec()
    } else {
        chosen.iter().map(described::pem).collect::<String>().into_bytes()
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
        crate::report::format::plural(count as u64, "certificate"),
        if look.verdict == Verdict::Trusted { "" } else { "; this machine does not trust it" },
    ));
    output.json(
        &json!({ "exitCode": 0, "file": args.to.display().to_string(), "certificates": count }),
    );
    Ok(ExitCode::Ok)
}

async fn watch(args: &WatchArgs, machine: &Machine, output: &Output) -> Result<ExitCode, Failure> {
    let mut codes = Vec::new();
    for host in &args.hosts {
        let one = HostArgs {
            host: host.clone(),
            ca_file: args.ca_file.clone(),
            proxy: args.proxy.clone(),
            config: args.config.clone(),
            voice: args.voice,
        };
        let watched = async {
            let target = target(host)?;
            let look = look_at(&target, &one, machine).await?;
            if let Some(failure) = look.failure(&target) {
                return Err(failure);
            }
            soonest(&look.chain, host, args.days, (machine.now)())
        };
        let told = watched.await;
        tell(host, &told, output);
        codes.extend(told.err().map(|failure| failure.exit));
    }
    for file in &args.ca_file {
        let name = file.display().to_string();
        let told = tls::read_certificates(file)
            .and_then(|found| soonest(&found, &name, args.days, (machine.now)()));
        tell(&name, &told, output);
        codes.extend(told.err().map(|failure| failure.exit));
    }
    // What is good does not blur what a monitor has to tell.
    Ok(if codes.is_empty() { ExitCode::Ok } else { ExitCode::of_all(&codes) })
}

fn tell(what: &str, told: &Result<(String, Timestamp), Failure>, output: &Output) {
    match told {
        Ok((subject, ends)) => {
            output.result(&format!(
                "good  {what}: the first to expire is \"{subject}\", on {}",
                day(*ends)
            ));
            output.json(&json!({ "what": what, "exitCode": 0, "notAfter": ends.to_string(), "subject": subject }));
        }
        Err(failure) => {
            output.failure(what, failure);
            output.json(&json!({
                "what": what,
                "exitCode": failure.exit.number(),
                "failure": { "what": failure.what, "next": failure.next },
            }));
        }
    }
}

/// The certificate that ends first; a failure when that is within so many days.
fn soonest(
    chain: &[CertificateDer<'static>],
    what: &str,
    days: u16,
    now: Timestamp,
) -> Result<(String, Timestamp), Failure> {
    let mut all: Vec<Described> = chain.iter().filter_map(|der| Described::of(der)).collect();
    all.sort_by_key(|one| one.not_after);
    let Some(first) = all.into_iter().next() else {
        return Err(Failure::usage(format!("{what} holds no certificate"), "Look at the file."));
    };
    let left = first.not_after.duration_since(now).as_hours() / 24;
    if first.not_after < now {
        return Err(Failure::new(
            ExitCode::CertificateExpired,
            format!("\"{}\" expired on {}", first.subject, day(first.not_after)),
            "Get the new one from whoever runs the server, or the authority.",
        ));
    }
    if left < i64::from(days) {
        return Err(Failure::new(
            ExitCode::CertificateExpiresSoon,
            format!("\"{}\" expires in {left} days, on {}", first.subject, day(first.not_after)),
            "Ask whoever runs the server whether it is renewed; replace it where it stands in a file.",
        ));
    }
    Ok((first.subject, first.not_after))
}

fn check(file: &Path, days: u16, machine: &Machine, output: &Output) -> Result<ExitCode, Failure> {
    let found = tls::read_certificates(file)?;
    let now = (machine.now)();
    let all: Vec<Described> = found.iter().filter_map(|der| Described::of(der)).collect();
    for (number, one) in all.iter().enumerate() {
        output.result(&one.in_words(number + 1, now));
    }
    for notes in described::order_faults(&all) {
        output.note(&notes);
    }
    let name = file.display().to_string();
    let told = soonest(&found, &name, days, now);
    let certificates: Vec<Value> = all.iter().map(Described::to_json).collect();
    let exit = told.as_ref().map_or_else(|failure| failure.exit, |_| ExitCode::Ok);
    output.json(&json!({ "file": name, "exitCode": exit.number(), "certificates": certificates }));
    if let Err(failure) = &told {
        output.failure(&name, failure);
    }
    Ok(exit)
}

/// `host`, `host:port` or `https://host:port`.
fn target(host: &str) -> Result<Target, Failure> {
    let url = if host.contains("://") { host.to_owned() } else { format!("https://{host}") };
    let bare: Option<Uri> = url.parse().ok();
    let is_plain = bare.as_ref().and_then(Uri::scheme_str) == Some("http");
    let found = Target::of_url(&url).ok().filter(|_| !is_plain);
    found.ok_or_else(|| {
        Failure::usage(
            format!("\"{host}\" is no host"),
            "Write it as api-uksouth.apfnxg.com or HOST:PORT.",
        )
    })
}

async fn look_at(target: &Target, args: &HostArgs, machine: &Machine) -> Result<Look, Failure> {
    let flags = Settings {
        ca_file: args.ca_file.clone(),
        proxy: args.proxy.clone(),
        ..Settings::default()
    };
    let weakest = profile::load(args.config.as_deref(), None, machine)?;
    let settings = flags.or(Settings::from_variables(machine.variable)?).or(weakest);
    let link = plan::bare_link(&settings, target.clone(), machine)?;
    look(&link, &settings.ca_file).await.map_err(|breakage| explain_breakage(&breakage, target))
}
