//! The way to the server: its name, TLS with it, and its clock.

use std::time::Duration;

use bytes::Bytes;
use http::header::{DATE, USER_AGENT};
use http::{HeaderValue, Method, Request};
use http_body_util::Empty;
use jiff::Timestamp;

use crate::auth::token::WARN_AHEAD_DAYS;
use crate::commands::certs::{self, CertificateSummary};
use crate::explain::explain_transport_error;
use crate::net::answer::parse_http_date;
use crate::net::link::{Link, PRODUCT, TransportError};
use crate::net::target::Target;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::date;
use crate::source::SentBytes;
use crate::system::System;
use crate::transfer::route::{ResolvedSettings, Route};

/// Tokens and certificates are judged by the minute, and servers grant about one.
const SKEW_GOOD_SECONDS: u64 = 60;
const NAME_TIME: Duration = Duration::from_secs(10);

pub(super) async fn name_step(target: &Target) -> Result<String, Failure> {
    let found = tokio::time::timeout(NAME_TIME, tokio::net::lookup_host((target.host(), 0))).await;
    let addresses: Vec<String> = match found {
        Ok(Ok(addresses)) => addresses.map(|address| address.ip().to_string()).collect(),
        _ => {
            return Err(explain_transport_error(&TransportError::NameUnresolved, target));
        }
    };
    Ok(format!("{} is {}", target.host(), addresses.join(", ")))
}

pub(super) async fn tls_step(
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
pub(super) async fn clock_step(route: &Route, system: &System) -> Result<String, Failure> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_compared_both_ways() {
        let at = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        assert!(skew(at(0), at(60)).is_ok());
        assert!(skew(at(60), at(0)).is_ok());
        assert!(skew(at(0), at(400)).unwrap_err().what.contains("400 s ahead of"));
        assert!(skew(at(400), at(0)).unwrap_err().what.contains("400 s behind"));
    }
}
