//! `bursar doctor`: the whole way to the server, step by step; each line says good, or what to do.
//!
//! Not for: sending anything; a token goes only to the server it is for, and only to ask.
//!
//! Invariant: a step that fails does not hide the others that can still be tried.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::header::{DATE, USER_AGENT};
use http::{HeaderValue, Method, Request};
use http_body_util::Empty;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::args::DoctorArgs;
use crate::auth::token::WARN_AHEAD_DAYS;
use crate::commands::certs::{self, CertificateSummary};
use crate::config::profile;
use crate::explain::{explain_source, explain_transport_error};
use crate::journal::WaitingGroup;
use crate::net::answer::parse_http_date;
use crate::net::link::{Link, PRODUCT};
use crate::net::target::{Target, UnitAddress};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::byte_size;
use crate::report::format::date;
use crate::report::format::date_time;
use crate::report::format::plural;
use crate::report::output::Output;
use crate::source::{SentBytes, Source};
use crate::system::System;
use crate::transfer::client::Client;
use crate::transfer::outbox_folder;
use crate::transfer::plan::SendPlan;
use crate::transfer::route::{self, ResolvedSettings, Route, resolve};

mod rights;

/// Tokens and certificates are judged by the minute, and servers grant about one.
const SKEW_GOOD_SECONDS: u64 = 60;
const NAME_TIME: Duration = Duration::from_secs(10);

/// The findings of the steps, said as they come.
struct Diagnosis<'a> {
    output: &'a Output,
    codes: Vec<ExitCode>,
}

impl Diagnosis<'_> {
    fn pass(&self, step: &str, text: &str) {
        self.output.result(&format!("good  {step:<9} {text}"));
        self.output.json(
            &json!({ "step": step, "good": true, "told": text, "next": null, "exitCode": 0 }),
        );
    }

    fn fail(&mut self, step: &str, failure: &Failure) {
        self.output
            .result(&format!("BAD   {step:<9} {}\n                {}", failure.what, failure.next));
        self.output.json(&json!({
            "step": step,
            "good": false,
            "told": failure.what,
            "next": failure.next,
            "exitCode": failure.exit.number(),
        }));
        self.codes.push(failure.exit);
    }

    fn record(&mut self, step: &str, text: Result<String, Failure>) {
        match text {
            Ok(text) => self.pass(step, &text),
            Err(failure) => self.fail(step, &failure),
        }
    }
}

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
    diagnosis.record("outbox", outbox_step(args, system).await);
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

async fn outbox_step(args: &DoctorArgs, system: &System) -> Result<String, Failure> {
    let journal = outbox_folder::open(&args.outbox, &args.server.profile, system).await?;
    tempfile::NamedTempFile::new_in(journal.spool()).map_err(|fault| {
        Failure::new(
            ExitCode::OutputFailed,
            format!("nothing can be kept in {}: {fault}", journal.spool().display()),
            "Let the user who sends own that folder, and look at the room on that disk.",
        )
    })?;
    let counts = journal.counts().await?;
    let count =
        |state: &str| counts.iter().find(|(name, _)| name == state).map_or(0, |(_, count)| *count);
    let (waiting, failed) = (count("waiting"), count("failed"));
    let groups = waiting_text(&journal.waiting_groups().await?, (system.now)());
    Ok(format!("{}: {waiting} waiting, {failed} failed{groups}", journal.folder().display()))
}

/// Says for how long the oldest entry waits and for whom all is that waits; nothing when nothing waits.
fn waiting_text(groups: &[WaitingGroup], now: Timestamp) -> String {
    let Some(oldest) = groups.first() else { return String::new() };
    let places: Vec<String> = groups
        .iter()
        .map(|wait| format!("{} for {} of {}", wait.entries, wait.customer, wait.server))
        .collect();
    format!(
        "\n                the oldest has waited {}, since {}\n                waiting: {}",
        age(now.duration_since(oldest.since)),
        date_time(oldest.since),
        places.join(", ")
    )
}

/// A span of time in the largest unit that has come full.
fn age(time: SignedDuration) -> String {
    let minutes = time.as_mins().unsigned_abs();
    match minutes {
        0..120 => plural(minutes, "minute"),
        120..2_880 => plural(minutes / 60, "hour"),
        _ => plural(minutes / 1_440, "day"),
    }
}

fn token_step(token: &crate::auth::token::Token, system: &System) -> Result<String, Failure> {
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

async fn name_step(target: &Target) -> Result<String, Failure> {
    let found = tokio::time::timeout(NAME_TIME, tokio::net::lookup_host((target.host(), 0))).await;
    let addresses: Vec<String> = match found {
        Ok(Ok(addresses)) => addresses.map(|address| address.ip().to_string()).collect(),
        _ => {
            return Err(explain_transport_error(
                &crate::net::link::TransportError::NameUnresolved,
                target,
            ));
        }
    };
    Ok(format!("{} is {}", target.host(), addresses.join(", ")))
}

async fn tls_step(
    link: &Link,
    resolved: &ResolvedSettings,
    system: &System,
) -> Result<String, Failure> {
    let target = &link.target;
    let look = certs::inspect_host(link, &resolved.settings.ca_file).await;
    let look = look.map_err(|transport_error| explain_transport_error(&transport_error, target))?;
    if let Some(failure) = look.failure(target) {
        return Err(failure);
    }
    let ends = look.summaries().iter().map(|one: &CertificateSummary| one.not_after).min();
    let days = ends.map_or(i64::MAX, |ends| ends.duration_since((system.now)()).as_hours() / 24);
    if let Some(ends) = ends.filter(|_| days < WARN_AHEAD_DAYS) {
        return Err(Failure::new(
            ExitCode::CertificateExpiresSoon,
            format!("a certificate of {} expires in {days} days, on {}", target.host(), date(ends)),
            "Ask whoever runs the server whether it is renewed; bursar certs show says which it is.",
        ));
    }
    Ok(format!(
        "{}, {}; the first certificate to expire has {days} days left",
        look.protocol, look.suite
    ))
}

/// Compares clocks by the `Date` of an answer to a question without a token.
async fn clock_step(route: &Route, system: &System) -> Result<String, Failure> {
    let mut request = Request::new(Empty::<Bytes>::new());
    *request.method_mut() = Method::HEAD;
    *request.uri_mut() = http::Uri::from_static("/");
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(PRODUCT));
    let answer = route.link.exchange(request, &SentBytes::default()).await;
    let answer = answer
        .map_err(|transport_error| explain_transport_error(&transport_error, &route.link.target))?;
    let parsed = answer.field(DATE.as_str()).and_then(parse_http_date);
    let Some(theirs) = parsed else {
        return Ok("the server does not say what time it has".to_owned());
    };
    skew(theirs, (system.now)())
}

fn skew(theirs: Timestamp, ours: Timestamp) -> Result<String, Failure> {
    let apart = theirs.duration_since(ours);
    let seconds = apart.as_secs().unsigned_abs();
    if seconds <= SKEW_GOOD_SECONDS {
        return Ok(format!("within {SKEW_GOOD_SECONDS} s of the server's"));
    }
    let direction = if apart.is_negative() { "ahead of" } else { "behind" };
    Err(Failure::new(
        ExitCode::ClockDiffers,
        format!("the clock of this machine is {seconds} s {direction} the server's"),
        "Set it, and let it be kept by NTP: tokens and certificates are judged by it.",
    ))
}

/// Looks at a file as far as a dry run goes: the name, the type, the first bytes.
fn file_step(file: &Path, resolved: &ResolvedSettings, system: &System) -> Result<String, Failure> {
    let plan = SendPlan::from_settings(&resolved.settings)?;
    let own = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_said_with_its_age_and_place() {
        let at = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        let wait = |customer: &str, since| WaitingGroup {
            server: format!("https://{customer}.example"),
            customer: customer.to_owned(),
            entries: 2,
            since: at(since),
        };
        assert_eq!(waiting_text(&[], at(0)), "");
        let words = waiting_text(&[wait("contoso", 0), wait("acme", 60)], at(3 * 86_400 + 5));
        for part in [
            "waited 3 days, since",
            "2 for contoso of https://contoso.example, 2 for acme of https://acme.example",
        ] {
            assert!(words.contains(part), "{words}");
        }
        for (seconds, text) in [(59, "0 minutes"), (7_199, "119 minutes"), (7_200, "2 hours")] {
            assert_eq!(age(SignedDuration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn clocks_are_compared_both_ways() {
        let at = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        assert!(skew(at(0), at(60)).is_ok());
        assert!(skew(at(60), at(0)).is_ok());
        assert!(skew(at(0), at(400)).unwrap_err().what.contains("400 s ahead of"));
        assert!(skew(at(400), at(0)).unwrap_err().what.contains("400 s behind"));
    }
}
