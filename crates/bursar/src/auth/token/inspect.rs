//! `bursar token inspect`: what a token says of itself, in words and without showing it.

use std::fmt::Write as _;

use crate::report::foreign_text::visible;
use domain::access_token::{CompactToken, TokenValidity, validity};
use jiff::Timestamp;
use serde_json::Value;

use super::{SECONDS_PER_DAY, Token};
use crate::report::format::date_time;

/// A longer value of a claim says no more.
const VALUE_CHARS_MAX: usize = 200;
/// Claims whose numbers are times (RFC 7519).
const TIMES: [(&str, &str); 3] = [("iat", "made"), ("nbf", "valid from"), ("exp", "valid until")];

/// A page about a token.
pub fn describe(token: &Token, now: Timestamp) -> String {
    let compact = &token.compact;
    let mut page = String::new();
    let mut line = |name: &str, text: &str| {
        writeln!(page, "{name:<12} {text}").expect("a String takes everything");
    };
    line("length", &format!("{} characters", compact.text().expose().len()));
    match token.removed() {
        Some(removed) => line("round it", &removed),
        None => line("round it", "nothing"),
    }
    for (name, value) in compact.header() {
        line(name, &visible_text(value));
    }
    for (name, value) in compact.payload() {
        match TIMES.iter().find(|(claim, _)| claim == name) {
            Some((_, words)) => line(words, &time_text(value, now)),
            None => line(name, &visible_text(value)),
        }
    }
    line("standing", &validity_text(compact, now));
    page
}

fn time_text(value: &Value, now: Timestamp) -> String {
    let Some(at) = value.as_i64().and_then(|second| Timestamp::from_second(second).ok()) else {
        return format!("{} (not a number of seconds: servers refuse it)", visible_text(value));
    };
    let days = (at.as_second() - now.as_second()) / SECONDS_PER_DAY;
    match days {
        0 => format!("{} (within a day)", date_time(at)),
        1.. => format!("{} (in {days} days)", date_time(at)),
        _ => format!("{} ({} days ago)", date_time(at), -days),
    }
}

fn validity_text(compact: &CompactToken, now: Timestamp) -> String {
    let unsigned = compact
        .header()
        .get("alg")
        .and_then(Value::as_str)
        .is_none_or(|algorithm| algorithm.eq_ignore_ascii_case("none"));
    if unsigned {
        return "refused: it is not signed".to_owned();
    }
    match validity(compact.not_before(), compact.expires(), now) {
        TokenValidity::Expired { at } => format!("refused (401): it expired on {}", date_time(at)),
        TokenValidity::NotYetValid { from } => {
            format!("refused (401): valid only from {}", date_time(from))
        }
        TokenValidity::Valid if compact.expires().is_none() => {
            "without an end; a Bursar server refuses that (401)".to_owned()
        }
        TokenValidity::Valid => {
            "in time; whether it is genuine and not revoked, only the server can tell".to_owned()
        }
    }
}

fn visible_text(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    visible(&text, VALUE_CHARS_MAX)
}
