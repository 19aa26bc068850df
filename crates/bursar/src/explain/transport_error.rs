//! Breakages in words: names, connections, proxies, certificates.

use std::fmt::Write as _;

use domain::local_authority;
use jiff::Timestamp;

use super::explain_source;
use crate::net::link::{CertificateFault, HandshakeFault, ProxyFault, TransportError};
use crate::net::target::Target;
use crate::net::tls::ChainSummary;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format;

/// Explains why there is no answer.
pub fn explain_transport_error(transport_error: &TransportError, target: &Target) -> Failure {
    let host = target.host();
    match transport_error {
        TransportError::Source(fault) => explain_source(fault),
        TransportError::Certificate(fault, presented) => {
            explain_certificate(*fault, presented.as_ref(), host)
        }
        TransportError::Handshake(fault) => explain_handshake(fault, host),
        TransportError::NameUnresolved => Failure::new(
            ExitCode::NameUnresolved,
            format!("the name {host} cannot be resolved"),
            "Look at the region, --domain or --url for a slip, and whether this machine has a network \
             and a name server.",
        ),
        TransportError::Unreachable(reason) => Failure::new(
            ExitCode::Unreachable,
            format!("{target} cannot be reached: {reason}"),
            "Look at the port and whether the server runs; a firewall may want an exception, or a proxy \
             (--proxy).",
        ),
        TransportError::ConnectTimedOut(limit) => Failure::new(
            ExitCode::TimedOut,
            format!("no connection to {host} within {} s", limit.as_secs_f64()),
            "A firewall that drops packets looks like this: ask for an exception, or use --proxy. A slow \
             line may need a longer --connect-timeout.",
        ),
        TransportError::Stalled(limit) => Failure::new(
            ExitCode::TimedOut,
            format!("nothing moved for {} s, and no answer came", limit.as_secs_f64()),
            "Send it again: a repeat does no harm. A slow server may need a longer --timeout.",
        ),
        TransportError::Lost(reason) => Failure::new(
            ExitCode::ConnectionLost,
            format!("the connection to {host} was lost before an answer came ({reason})"),
            "Send it again: a repeat does no harm. If it lasts, look for a proxy or firewall that cuts \
             long or large requests.",
        ),
        TransportError::NotHttp => Failure::new(
            ExitCode::Refused,
            format!("what answers at {target} does not speak HTTP/1.1"),
            "Look at the host and the port.",
        ),
        TransportError::Unkept(reason) => Failure::new(
            ExitCode::OutputFailed,
            format!("what {host} sends cannot be kept here: {reason}"),
            "Make room on that disk, or name a file on another.",
        ),
        TransportError::Proxy { proxy, fault } => explain_proxy(proxy, fault, host),
    }
}

fn explain_proxy(proxy: &str, fault: &ProxyFault, host: &str) -> Failure {
    let (what, next) = match fault {
        ProxyFault::CredentialsMissing => (
            format!("the proxy {proxy} wants a user name and password (407)"),
            "Give them as http://USER:PASSWORD@HOST:PORT in HTTPS_PROXY, in bursar.toml or with --proxy; \
             special characters stand there as %XX, @ as %40. A proxy that wants NTLM or Kerberos cannot be \
             used: ask for an exception.",
        ),
        ProxyFault::CredentialsRefused => (
            format!(
                "the proxy {proxy} does not accept the user name and password that it was given"
            ),
            "Correct them in HTTPS_PROXY, in bursar.toml or in --proxy; special characters stand there as \
             %XX, @ as %40. A proxy that wants NTLM or Kerberos refuses any: ask for an exception.",
        ),
        ProxyFault::TimedOut(limit) => (
            format!(
                "the proxy {proxy} made no connection to {host} within {} s",
                limit.as_secs_f64()
            ),
            "Look at its URL: a proxy that speaks HTTP and is given as socks5:// stays silent, and so does \
             the other way round. A slow one may need a longer --connect-timeout.",
        ),
        ProxyFault::NotConnected(reason) => (
            format!("the proxy {proxy} did not connect: {reason}"),
            "Look at --proxy or HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT or socks5://HOST:PORT); ask \
             whether the proxy lets this machine reach the server.",
        ),
        ProxyFault::UnknownKind => (
            format!("the proxy {proxy} is of a kind that is not known here"),
            "Give one of the kind http:// or socks5:// in HTTPS_PROXY, in bursar.toml or with --proxy.",
        ),
    };
    Failure::new(ExitCode::ProxyFailed, what, next)
}

fn explain_handshake(fault: &HandshakeFault, host: &str) -> Failure {
    let (what, next) = match fault {
        HandshakeFault::NothingInCommon => (
            format!("{host} and this program have no TLS version or cipher suite in common"),
            "TLS 1.2 is the least that is spoken here. If --tls-min 1.3 is set, the server may have only \
             1.2; an old proxy in between may have less.",
        ),
        HandshakeFault::ClientCertificateWanted => (
            format!("{host} wants a client certificate"),
            "Give one with --client-cert and --client-key.",
        ),
        HandshakeFault::NotTls => (
            format!("what answers at {host} does not speak TLS"),
            "Look at the port: it may be one for plain HTTP.",
        ),
        HandshakeFault::Other(reason) => (
            format!("the TLS handshake with {host} failed: {reason}"),
            "Look for a proxy or a firewall that opens TLS, and at the server's log.",
        ),
    };
    Failure::new(ExitCode::TlsFailed, what, next)
}

fn explain_certificate(
    fault: CertificateFault,
    presented: Option<&ChainSummary>,
    host: &str,
) -> Failure {
    let day = |moment: Option<Timestamp>| {
        moment.map_or("a day that cannot be read".to_owned(), format::date)
    };
    match fault {
        CertificateFault::IssuerUnknown => explain_issuer(presented, host),
        CertificateFault::IssuerKeyDiffers => Failure::new(
            ExitCode::IssuerUnknown,
            format!(
                "the certificate of {host} is signed in the name of \"{}\", but not with the key of the \
                 authority of that name which this machine trusts",
                presented.map_or("?", |seen| &seen.signer)
            ),
            "The authority may have been made anew: get its present certificate from whoever runs the \
             server and pass it with --ca-file. Otherwise do not go on.",
        ),
        CertificateFault::Expired => Failure::new(
            ExitCode::CertificateExpired,
            format!(
                "the certificate of {host} expired on {}",
                day(presented.and_then(|seen| seen.not_after)).trim()
            ),
            "Tell whoever runs the server. If it was renewed long ago, a proxy may present an old one; \
             look also at the clock of this machine.",
        ),
        CertificateFault::NotYetValid => Failure::new(
            ExitCode::CertificateNotYetValid,
            format!(
                "the certificate of {host} is valid only from {}",
                day(presented.and_then(|seen| seen.not_before)).trim()
            ),
            "Look at the clock of this machine; if it is right, tell whoever runs the server.",
        ),
        CertificateFault::NameDiffers => Failure::new(
            ExitCode::CertificateNameDiffers,
            format!("the certificate that {host} presents is for {}", names(presented)),
            "Look at the region or --url. If they are right, another server or a proxy answers in its \
             place: send nothing until that is explained.",
        ),
        CertificateFault::PinDiffers => Failure::new(
            ExitCode::CertificateUnusable,
            format!("the chain that {host} presents holds none of the keys given with --pin"),
            "Send nothing until whoever runs the server has said that its keys have changed; bursar certs \
             show prints the pins of what is presented.",
        ),
        CertificateFault::Revoked => Failure::new(
            ExitCode::CertificateUnusable,
            format!("the certificate of {host} was revoked"),
            "Send nothing until whoever runs the server has explained it.",
        ),
        CertificateFault::Unusable => Failure::new(
            ExitCode::CertificateUnusable,
            format!("the certificate of {host} is not one for a server, or is damaged"),
            "Tell whoever runs the server. A certificate that signs itself must not be marked as an \
             authority, and must be for servers (serverAuth).",
        ),
    }
}

fn explain_issuer(presented: Option<&ChainSummary>, host: &str) -> Failure {
    if presented.is_some_and(|seen| seen.signer == local_authority::NAME) {
        return Failure::new(
            ExitCode::IssuerUnknown,
            format!(
                "the certificate of {host} is signed by \"{}\", which that Bursar server made for itself and \
                 this machine does not trust",
                local_authority::NAME
            ),
            format!(
                "Get {0} of the folder tls in the server's data folder from whoever runs it, in a way that \
                 you trust, and pass it with --ca-file {0}.",
                local_authority::CERTIFICATE_FILE
            ),
        );
    }
    let name = presented.and_then(|seen| crate::net::interception::interceptor(&seen.signer));
    if let (Some(name), Some(seen)) = (name, presented.filter(|seen| !seen.is_self_signed)) {
        return Failure::new(
            ExitCode::IssuerUnknown,
            format!(
                "the certificate of {host} is signed by \"{}\", which this machine does not trust; {name} \
                 seems to open TLS on the way",
                seen.signer
            ),
            "Ask whoever runs it for its root certificate and pass it with --ca-file root.pem. For a \
             server of your own, pass its authority's certificate.",
        );
    }
    match presented {
        Some(seen) if seen.is_self_signed => Failure::new(
            ExitCode::IssuerUnknown,
            format!(
                "the certificate of {host} is signed by itself (\"{}\"), which this machine does \
                     not trust",
                seen.signer
            ),
            "If it is your own server, pass the certificate of its authority with --ca-file ca.pem. \
             Otherwise do not go on.",
        ),
        Some(seen) if seen.is_alone => Failure::new(
            ExitCode::IssuerUnknown,
            format!(
                "the certificate of {host} is signed by \"{}\", which this machine does not trust, and \
                 no certificate of that authority came with it",
                seen.signer
            ),
            "Most often the server leaves out its intermediate certificate: tell whoever runs it. A \
             proxy that opens TLS looks alike: then pass its root with --ca-file root.pem.",
        ),
        Some(seen) => Failure::new(
            ExitCode::IssuerUnknown,
            format!(
                "the certificate of {host} is signed by \"{}\", which this machine does not trust",
                seen.signer
            ),
            "A proxy on your network may open TLS: ask for its root certificate and pass it with \
             --ca-file root.pem. For a server of your own, pass its authority's certificate.",
        ),
        None => Failure::new(
            ExitCode::IssuerUnknown,
            format!(
                "the certificate of {host} is signed by an authority this machine does not trust"
            ),
            "Pass the root certificate with --ca-file root.pem.",
        ),
    }
}

fn names(presented: Option<&ChainSummary>) -> String {
    /// A certificate of a large provider has a hundred.
    const NAMES_SHOWN: usize = 5;
    let names = presented.map(|seen| seen.names.as_slice()).unwrap_or_default();
    if names.is_empty() {
        return "another host".to_owned();
    }
    let mut text = names.iter().take(NAMES_SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > NAMES_SHOWN {
        write!(text, " and {} more", names.len() - NAMES_SHOWN).expect("a String takes everything");
    }
    text
}
