//! How an exchange can break before there is an answer.
//!
//! Not for: words for people; those are in `explain`.

use std::error::Error;
use std::io;
use std::time::Duration;

use rustls::{AlertDescription, CertificateError};

use crate::net::tls::ChainSummary;
use crate::source::SourceFault;

/// The reasons why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportError {
    NameUnresolved,
    Unreachable(String),
    ConnectTimedOut(Duration),
    Stalled(Duration),
    /// `proxy` is its URL without user and password.
    Proxy {
        proxy: String,
        fault: ProxyFault,
    },
    Certificate(CertificateFault, Option<ChainSummary>),
    Handshake(HandshakeFault),
    Lost(String),
    NotHttp,
    Source(SourceFault),
    /// The answer came, and this machine cannot keep it.
    Unkept(String),
}

/// The reasons why a proxy gave no connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyFault {
    CredentialsMissing,
    CredentialsRefused,
    /// Neither the proxy nor the server behind it was ready in the time for connecting.
    TimedOut(Duration),
    /// The proxy cannot be reached, or refuses.
    NotConnected(String),
    /// Its URL begins with a scheme that is not spoken.
    UnknownKind,
}

impl ProxyFault {
    fn is_temporary(&self) -> bool {
        match self {
            Self::TimedOut(_) | Self::NotConnected(_) => true,
            Self::CredentialsMissing | Self::CredentialsRefused | Self::UnknownKind => false,
        }
    }
}

/// The faults of a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFault {
    IssuerUnknown,
    /// An authority of that name is trusted, but another key signed.
    IssuerKeyDiffers,
    Expired,
    NotYetValid,
    NameDiffers,
    Revoked,
    /// Trusted, but none of its keys is one of those that were asked for.
    PinDiffers,
    Unusable,
}

/// The faults of a handshake, apart from the server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandshakeFault {
    /// No common version or cipher suite.
    NothingInCommon,
    ClientCertificateWanted,
    NotTls,
    Other(String),
}

impl TransportError {
    /// Returns `true` when the same request may work a little later.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::NameUnresolved
            | Self::Unreachable(_)
            | Self::ConnectTimedOut(_)
            | Self::Stalled(_)
            | Self::Lost(_) => true,
            Self::Proxy { fault, .. } => fault.is_temporary(),
            Self::Certificate(..)
            | Self::Handshake(_)
            | Self::NotHttp
            | Self::Source(_)
            | Self::Unkept(_) => false,
        }
    }

    /// A few words for the line that says that it is tried again.
    pub fn summary(&self) -> &'static str {
        match self {
            Self::NameUnresolved => "the name of the server could not be resolved",
            Self::Unreachable(_) => "the server could not be reached",
            Self::ConnectTimedOut(_) | Self::Stalled(_) => "the server did not answer in time",
            Self::Proxy { .. } => "the proxy failed",
            Self::Lost(_) => "the connection was lost",
            Self::Certificate(..) | Self::Handshake(_) => "TLS failed",
            Self::NotHttp => "the answer was not HTTP",
            Self::Source(_) => "the file could not be read",
            Self::Unkept(_) => "the answer could not be kept",
        }
    }

    pub(super) fn from_hyper(fault: &hyper::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = Some(fault);
        while let Some(error) = cause {
            if let Some(source) = error.downcast_ref::<SourceFault>() {
                return Self::Source(source.clone());
            }
            if let Some(tls) = error.downcast_ref::<rustls::Error>() {
                return Self::from_rustls(tls, None);
            }
            if let Some(rustls) = error.downcast_ref::<io::Error>().and_then(inner_tls) {
                return Self::from_rustls(rustls, None);
            }
            cause = error.source();
        }
        if fault.is_parse() {
            return Self::NotHttp;
        }
        Self::Lost(fault.to_string())
    }

    pub(super) fn from_handshake(fault: &io::Error, presented: Option<ChainSummary>) -> Self {
        match inner_tls(fault) {
            Some(tls) => Self::from_rustls(tls, presented),
            None => Self::Lost(fault.to_string()),
        }
    }

    fn from_rustls(fault: &rustls::Error, presented: Option<ChainSummary>) -> Self {
        use AlertDescription::{
            CertificateRequired, HandshakeFailure, InsufficientSecurity, ProtocolVersion,
        };
        match fault {
            rustls::Error::InvalidCertificate(why) => {
                Self::Certificate(CertificateFault::from(why), presented)
            }
            rustls::Error::AlertReceived(
                ProtocolVersion | HandshakeFailure | InsufficientSecurity,
            )
            | rustls::Error::PeerIncompatible(_) => {
                Self::Handshake(HandshakeFault::NothingInCommon)
            }
            rustls::Error::AlertReceived(CertificateRequired) => {
                Self::Handshake(HandshakeFault::ClientCertificateWanted)
            }
            rustls::Error::InvalidMessage(_) => Self::Handshake(HandshakeFault::NotTls),
            other => Self::Handshake(HandshakeFault::Other(other.to_string())),
        }
    }
}

impl From<&CertificateError> for CertificateFault {
    fn from(why: &CertificateError) -> Self {
        match why {
            CertificateError::UnknownIssuer => Self::IssuerUnknown,
            CertificateError::BadSignature => Self::IssuerKeyDiffers,
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Self::NotYetValid
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::NameDiffers
            }
            CertificateError::Revoked => Self::Revoked,
            CertificateError::ApplicationVerificationFailure => Self::PinDiffers,
            _ => Self::Unusable,
        }
    }
}

fn inner_tls(fault: &io::Error) -> Option<&rustls::Error> {
    fault.get_ref()?.downcast_ref()
}
