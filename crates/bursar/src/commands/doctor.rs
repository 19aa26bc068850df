//! `bursar doctor`: the whole way to the server, step by step; each line says good, or what to do.
//!
//! Not for: sending anything; a token goes only to the server it is for, and only to ask.
//!
//! Invariant: a step that fails does not hide the others that can still be tried.

use std::path::Path;

use crate::args::DoctorArgs;
use crate::auth::token::{Token, WARN_AHEAD_DAYS};
use crate::config::profile;
use crate::explain::explain_source;
use crate::net::target::{Target, UnitAddress};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::{byte_size, date_time};
use crate::report::output::Output;
use crate::source::{Source, own_name};
use crate::system::System;
use crate::transfer::client::Client;
use crate::transfer::plan::SendPlan;
use crate::transfer::route::{self, ResolvedSettings, resolve};

mod connection;
mod diagnosis;
mod outbox;
mod rights;

use connection::{clock_step, name_step, tls_step};
use diagnosis::Diagnosis;
use outbox::{Destination, outbox_step};

pub async fn run(args: &DoctorArgs, system: &System) -> ExitCode {
    let output = Output::new(args.server.output.mode(), system.terminal);
    let mut diagnosis = Diagnosis { output: &output, codes: Vec::new() };
    let resolved = match resolve(args.server.settings.clone(), &args.server.profile, system) {
        Ok(resolved) => resolved,
        Err(failure) => {
            diagnosis.fail("settings", &failure);
            return failure.exit;
        }
    };
    let (target, place) = match settings(&resolved) {
        Ok(found) => found,
        Err(failure) => {
            diagnosis.fail("settings", &failure);
            return failure.exit;
        }
    };
    let path = profile::path(args.server.profile.config.as_deref(), system);
    let from = path.map_or("no bursar.toml".to_owned(), |path| path.display().to_string());
    diagnosis
        .pass("settings", &format!("{target}, unit {} of {} ({from})", place.unit, place.customer));
    let settings_lead_to = Destination { server: target.to_string(), customer: &place.customer };
    diagnosis.record("outbox", outbox_step(args, &settings_lead_to, system).await);
    let token = route::read_token(&resolved, system, &output).await;
    diagnosis.record(
        "token",
        token.as_ref().map_err(Clone::clone).and_then(|token| token_step(token, system)),
    );
    let link = route::bare_link(&resolved.settings, target.clone(), system);
    match &link {
        Err(failure) => diagnosis.fail("proxy", failure),
        Ok(link) => {
            let proxy = link.proxies.named(&target.base());
            diagnosis
                .pass("proxy", proxy.as_deref().unwrap_or("none; the server is reached directly"));
            if proxy.is_none() {
                diagnosis.record("name", name_step(&target).await);
            }
            if target.is_encrypted() {
                diagnosis.record("tls", tls_step(link, &resolved, system).await);
            }
        }
    }
    match resolved.route(&args.server.profile, system, &output).await {
        // Its reasons were given above.
        Err(failure) => {
            if diagnosis.codes.is_empty() {
                diagnosis.fail("settings", &failure);
            }
        }
        Ok(route) => {
            diagnosis.record("clock", clock_step(&route, system).await);
            diagnosis.record(
                "rights",
                rights::ask(Client { route: &route, system, output: &output }).await,
            );
            for file in &args.files {
                diagnosis.record("file", file_step(file, &resolved, system));
            }
        }
    }
    match &diagnosis.codes[..] {
        [] => ExitCode::Ok,
        codes => ExitCode::combine(codes),
    }
}

fn settings(resolved: &ResolvedSettings) -> Result<(Target, UnitAddress), Failure> {
    Ok((route::target(&resolved.settings)?, route::unit_address(&resolved.settings)?))
}

fn token_step(token: &Token, system: &System) -> Result<String, Failure> {
    let now = (system.now)();
    token.check_time(now)?;
    let Some(ends) = token.ends() else {
        return Ok("it names no end; only the server can tell whether it is genuine".to_owned());
    };
    let days = ends.duration_since(now).as_hours() / 24;
    if days < WARN_AHEAD_DAYS {
        return Err(Failure::new(
            ExitCode::TokenExpiresSoon,
            format!("the access token expires in {days} days, on {}", date_time(ends)),
            "Make a new one on the site: Customer Settings (cog) > Organisation Settings > Access Tokens.",
        ));
    }
    Ok(format!("valid for {days} days more; only the server can tell whether it is genuine"))
}

/// Looks at a file as far as a dry run goes: the name, the type, the first bytes.
fn file_step(file: &Path, resolved: &ResolvedSettings, system: &System) -> Result<String, Failure> {
    let plan = SendPlan::from_settings(&resolved.settings)?;
    let own = own_name(file);
    let named = plan.name_file(&own, (system.now)())?;
    let source = Source::open(file).map_err(|fault| explain_source(&fault))?;
    let digest = source.digest().map_err(|fault| explain_source(&fault))?;
    if let Some(content_warning) = source.content_warning(named.name.name().format()) {
        return Err(Failure::new(
            ExitCode::WouldBeRefused,
            content_warning,
            "Look at the job that writes it; bursar check reads it whole.",
        ));
    }
    let bytes = byte_size(source.bytes());
    Ok(format!(
        "{own} would be sent as {} {}, {bytes}, sha256 {digest}",
        named.file_type, named.name
    ))
}
