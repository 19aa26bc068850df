//! A diagnostic: one thing that a command tried, and how it says so.
//!
//! Not for: what checks find in ledgers.

use std::process::ExitCode;

use domain::causes;
use jiff::SignedDuration;
use serde::Serialize;
use server::tls::CertificateFiles;

use crate::cli::EXIT_FOUND_BAD;
use crate::config::{Config, Tls};
use crate::output;
use crate::system;

/// A certificate with less than this left wants somebody's attention (a third of the 90 days that
/// certificates commonly live).
const CERTIFICATE_LEFT_MIN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Where clouds answer a machine that asks who it is.
const IDENTITY_OF_MACHINE: &str = "169.254.169.254";

/// One thing tried.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Diagnostic {
    what: &'static str,
    good: bool,
    /// The result in words; where it is bad, also what to do.
    detail: String,
}

impl Diagnostic {
    pub(super) fn good(what: &'static str, detail: impl Into<String>) -> Self {
        Self { what, good: true, detail: detail.into() }
    }

    pub(super) fn bad(what: &'static str, detail: impl Into<String>) -> Self {
        Self { what, good: false, detail: detail.into() }
    }

    pub(super) const fn is_good(&self) -> bool {
        self.good
    }

    pub(super) fn say(&self) {
        let word = if self.good { "good" } else { "BAD" };
        output::fact(word, self.what, &self.detail);
    }
}

pub(super) fn exit_code(diagnostics: &[Diagnostic]) -> ExitCode {
    let all_good = diagnostics.iter().all(Diagnostic::is_good);
    if all_good { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FOUND_BAD) }
}

/// The reason why the store cannot be opened, where it is, and what to do.
pub(super) fn unopened(error: &store::Error, config: &Config) -> String {
    let database = &config.store.database;
    match error {
        store::Error::NoDatabase { .. } => {
            format!("{error}; start `bursard serve` once, or name its folder with --data-dir")
        }
        store::Error::Unavailable(_) => format!(
            "{database}: {}; is it running, and can this machine reach it?",
            causes::one_line(error)
        ),
        other => format!("{database}, {}: {}", config.store.objects, causes::one_line(other)),
    }
}

/// Why files cannot be kept where the settings say, and what to do.
pub(super) fn unreachable_objects(error: &store::Error, config: &Config) -> String {
    let said = format!("{}: {}", config.store.objects, causes::one_line(error));
    if said.contains(IDENTITY_OF_MACHINE) {
        return format!(
            "{said}; no credentials are in [object_store], the environment or a profile, so the identity of this \
             machine was asked for, and it has none that works"
        );
    }
    said
}

/// Sends no spans to the collector of traces, where one is named.
pub(super) async fn collector(config: &Config) -> Option<Diagnostic> {
    const WHAT: &str = "traces";
    match config.traces.collector() {
        Ok(None) => None,
        Ok(Some(collector)) => Some(match collector.test().await {
            Ok(()) => Diagnostic::good(WHAT, format!("{} takes them", collector.endpoint())),
            Err(why) => Diagnostic::bad(WHAT, format!("{why}; see [traces]")),
        }),
        Err(error) => Some(Diagnostic::bad(WHAT, format!("{error:#}"))),
    }
}

pub(super) fn certificate(config: &Config) -> Diagnostic {
    let files = match &config.tls {
        Tls::Files(files) => files.clone(),
        Tls::Own { folder, .. } => CertificateFiles::own(folder),
    };
    let now = system::now();
    match files.load() {
        Err(error) => Diagnostic::bad("certificate", error.to_string()),
        Ok(certificate) if certificate.not_after <= now => Diagnostic::bad(
            "certificate",
            format!(
                "ended {}; clients refuse it. Put a new one in its place",
                certificate.not_after
            ),
        ),
        Ok(certificate) if certificate.not_after.duration_since(now) < CERTIFICATE_LEFT_MIN => {
            let ends = certificate.not_after;
            Diagnostic::bad(
                "certificate",
                format!("ends {ends}; put a new one in its place before then"),
            )
        }
        Ok(certificate) => {
            Diagnostic::good("certificate", format!("until {}", certificate.not_after))
        }
    }
}
