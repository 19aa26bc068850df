//! Why something that was asked for over SFTP is not done.
//!
//! Invariant: the sentence is for the person who reads their client's log, and tells nothing of the inside.

use russh_sftp::protocol::{Packet, Status, StatusCode};

use crate::admission::AdmissionRefusal;
use crate::intake::{self, IntakeRefusal};

/// A refusal: its code, and a sentence.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    code: StatusCode,
    why: String,
}

impl Refusal {
    pub(super) fn new(code: StatusCode, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }

    pub(super) fn denied(why: impl Into<String>) -> Self {
        Self::new(StatusCode::PermissionDenied, why)
    }

    pub(super) fn failed(why: impl Into<String>) -> Self {
        Self::new(StatusCode::Failure, why)
    }

    pub(super) fn missing() -> Self {
        Self::new(StatusCode::NoSuchFile, "there is no such file or folder")
    }

    pub(super) fn unsupported() -> Self {
        Self::new(StatusCode::OpUnsupported, "files are received here, and nothing else is done")
    }

    /// The refusal for what the server itself met; its cause goes to the log.
    pub(super) fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::warn!(error, "a request of SFTP failed");
        Self::failed("the server cannot do this at the moment; try again in a while")
    }

    pub(super) fn why(&self) -> &str {
        &self.why
    }

    pub(super) fn packet(self, id: u32) -> Packet {
        status(id, self.code, self.why)
    }
}

/// The answer to what was done.
pub(super) fn done(id: u32) -> Packet {
    status(id, StatusCode::Ok, "done".to_owned())
}

fn status(id: u32, status_code: StatusCode, error_message: String) -> Packet {
    Packet::Status(Status { id, status_code, error_message, language_tag: "en".to_owned() })
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        Self::internal(&error)
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull {
            return IntakeRefusal::Full.into();
        }
        Self::internal(&error)
    }
}

impl From<IntakeRefusal> for Refusal {
    fn from(why: IntakeRefusal) -> Self {
        Self::failed(match why {
            IntakeRefusal::Busy(AdmissionRefusal::Server) => {
                "the server receives as many files as it may; try again in a while"
            }
            IntakeRefusal::Busy(AdmissionRefusal::Customer) => {
                "as many files of this organisation are being received as may be; try again in a while"
            }
            IntakeRefusal::Full => "the server has no room left; tell whoever runs it",
        })
    }
}

impl From<intake::Error<std::io::Error>> for Refusal {
    fn from(error: intake::Error<std::io::Error>) -> Self {
        match error {
            intake::Error::Source(error) => error.into(),
            intake::Error::Content(why) => Self::failed(why.to_string()),
            intake::Error::Revoked => {
                Self::denied("the credential was revoked; ask an administrator for another")
            }
            intake::Error::Store(error) => error.into(),
            never @ (intake::Error::DigestMismatch { .. } | intake::Error::KeyReused) => {
                Self::internal(&never)
            }
        }
    }
}
