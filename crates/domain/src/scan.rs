//! Scans of papers that stand elsewhere: the hosts that a customer takes them from, and what they may be.
//!
//! Not for: fetching them, or files that people put beside a finding (`attachment`).
//!
//! Invariant: a scan is what its first bytes say, and what a browser would run is none.

use std::collections::BTreeSet;

use crate::host::Host;
use crate::signatures::{JPEG, PDF, PNG};

/// Hosts of scans of one customer: an archive for each country, and some to spare.
pub const SCAN_HOSTS_MAX: usize = 20;

/// The kind of a scan, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanKind {
    Png,
    Jpeg,
    Gif,
    Webp,
    /// Opened by a program of its own; the others a browser draws.
    Pdf,
}

/// A list that names no hosts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidScanHosts {
    #[error("“{0}” is no host: write its name alone, such as scans.example.org, one a line")]
    NoHost(String),
    #[error("{SCAN_HOSTS_MAX} hosts are the most")]
    TooMany,
}

impl ScanKind {
    /// Tells by the first bytes; none of anything else.
    pub fn of(first: &[u8]) -> Option<Self> {
        const SIGNATURES: [(&[u8], ScanKind); 5] = [
            (PNG, ScanKind::Png),
            (JPEG, ScanKind::Jpeg),
            (b"GIF87a", ScanKind::Gif),
            (b"GIF89a", ScanKind::Gif),
            (PDF, ScanKind::Pdf),
        ];
        const WEBP_AT: usize = 8;
        let known = SIGNATURES.into_iter().find(|(signature, _)| first.starts_with(signature));
        let is_webp = first.starts_with(b"RIFF")
            && first.get(WEBP_AT..).is_some_and(|rest| rest.starts_with(b"WEBP"));
        known.map(|(_, kind)| kind).or_else(|| is_webp.then_some(Self::Webp))
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
        }
    }

    /// Returns `true` when a browser draws it in a page.
    pub const fn is_picture(self) -> bool {
        !matches!(self, Self::Pdf)
    }
}

/// Reads hosts as somebody lists them, one a line, in lower case; a port is not written.
pub fn listed_hosts(text: &str) -> Result<BTreeSet<String>, InvalidScanHosts> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let host = |line: &str| match line.parse::<Host>() {
        Ok(host) if host.port().is_none() => Ok(host.name().to_owned()),
        _ => Err(InvalidScanHosts::NoHost(line.to_owned())),
    };
    let hosts: BTreeSet<String> = lines.map(host).collect::<Result<_, _>>()?;
    if hosts.len() > SCAN_HOSTS_MAX { Err(InvalidScanHosts::TooMany) } else { Ok(hosts) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_is_what_its_first_bytes_say() {
        for (first, kind) in [
            (&b"\x89PNG\r\n\x1a\n\0\0"[..], Some(ScanKind::Png)),
            (b"\xff\xd8\xff\xe0", Some(ScanKind::Jpeg)),
            (b"GIF89a", Some(ScanKind::Gif)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(ScanKind::Webp)),
            (b"RIFF\x10\0\0\0WAVE", None),
            (b"%PDF-1.7", Some(ScanKind::Pdf)),
            (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
            (b"<!doctype html>", None),
            (b"II*\0", None),
            (b"", None),
        ] {
            assert_eq!(ScanKind::of(first), kind, "{first:?}");
        }
    }

    #[test]
    fn hosts_are_names_one_a_line() {
        let hosts = listed_hosts("Scans.Example.org\n\n archive.example.org ").unwrap();
        assert_eq!(Vec::from_iter(hosts), ["archive.example.org", "scans.example.org"]);
        for wrong in ["https://scans.example.org", "scans.example.org:8443", "a b", "*.example.org"]
        {
            assert_eq!(listed_hosts(wrong), Err(InvalidScanHosts::NoHost(wrong.to_owned())));
        }
        let many: Vec<String> = (0..21).map(|at| format!("s{at}.example.org")).collect();
        assert_eq!(listed_hosts(&many.join("\n")), Err(InvalidScanHosts::TooMany));
    }
}
