//! Why a page is not shown, and what a person reads instead.
//!
//! Not for: the page that says so (`error_page`).
//!
//! Invariant: as with the API, the inside text of an error reaches nobody; what a person reads says what
//! happened and what to do.

use std::error::Error as StdError;
use std::fmt::Display;

use domain::{LedgerFaultKind, MemberRole, causes};
use http::StatusCode;

use super::kept_form::KeptForm;
use crate::{keys, sign_in};

/// The reason why a page is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PageError {
    /// Nobody is signed in; `next` is where to go on afterwards, `kept` what they had sent.
    SignIn {
        next: Option<String>,
        kept: Option<KeptForm>,
    },
    /// It is not there, or not for this person: which of the two is not told.
    NotFound,
    TooWeak {
        has: MemberRole,
        needs: MemberRole,
    },
    /// The page is the whole customer's, and this person has a role in some units only.
    OfUnitsOnly {
        needs: MemberRole,
    },
    /// The form is not one of ours, or of an older session.
    NotFromHere,
    /// The browser sent a form to another host than the one that the request is for here.
    OtherHost {
        origin: String,
        host: String,
    },
    FormTooLong,
    FormTooSlow,
    /// The request makes no sense; the sentence says why and what to do.
    Impossible(String),
    Busy,
    /// An operator has to see to it.
    UnusableLedger(LedgerFaultKind),
    Internal,
}

impl PageError {
    /// Refuses what was asked for, with the reason as a sentence.
    pub(crate) fn impossible(why: impl Display) -> Self {
        Self::Impossible(sentence(&why.to_string()))
    }

    /// Anything unexpected: logged here, once.
    pub(crate) fn internal(source: impl StdError) -> Self {
        tracing::error!(error = %causes::one_line(&source), "internal error");
        Self::Internal
    }

    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::SignIn { kept: None, .. } => StatusCode::SEE_OTHER,
            Self::SignIn { kept: Some(_), .. } => StatusCode::OK,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooWeak { .. }
            | Self::OfUnitsOnly { .. }
            | Self::NotFromHere
            | Self::OtherHost { .. } => StatusCode::FORBIDDEN,
            Self::FormTooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::FormTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Impossible(_) => StatusCode::CONFLICT,
            Self::Busy | Self::UnusableLedger(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(super) const fn title(&self) -> &'static str {
        match self {
            Self::SignIn { .. } => "Sign in",
            Self::NotFound => "Page not found",
            Self::TooWeak { .. } | Self::OfUnitsOnly { .. } => "You do not have permission",
            Self::NotFromHere => "The page was open for too long",
            Self::OtherHost { .. } => "The proxy in front of this server has to be set up",
            Self::FormTooLong => "That is too long",
            Self::FormTooSlow => "The form did not arrive",
            Self::Impossible(_) => "That cannot be done",
            Self::Busy => "Busy at the moment",
            Self::UnusableLedger(_) => "This ledger cannot be shown",
            Self::Internal => "Something went wrong",
        }
    }

    pub(super) fn words(&self) -> String {
        match self {
            Self::TooWeak { has, needs } => format!(
                "You are {} here, and this takes {}. Ask an admin of the organisation to do it, or to change \
                 your role.",
                with_article(*has),
                with_article(*needs)
            ),
            Self::OfUnitsOnly { needs } => format!(
                "Your role is for some units, and this takes {} of the whole organisation. Ask an admin of \
                 the organisation to do it.",
                with_article(*needs)
            ),
            Self::Impossible(why) => why.clone(),
            Self::OtherHost { origin, host } => format!(
                "Nothing was changed. Your browser sent this to {origin}, and it arrived here as a request for \
                 {host}, so it cannot be told from one of another site. Tell whoever runs this server to set \
                 public_url = \"{origin}\" in bursard.toml, or to have the proxy pass on the Host header that it \
                 was sent (nginx: proxy_set_header Host $http_host)."
            ),
            Self::UnusableLedger(kind) => format!(
                "It {kind}. Nothing is lost: files that are sent wait until whoever runs this server has seen \
                 to it, and bursard doctor tells them what to do."
            ),
            other => other.standing_words().to_owned(),
        }
    }

    const fn standing_words(&self) -> &'static str {
        match self {
            Self::NotFound => {
                "Either the page does not exist, or it belongs to an organisation you do not belong to. Check \
                 the address, or ask whoever sent it to you."
            }
            Self::NotFromHere => {
                "Nothing was changed. Go back, load the page again and repeat what you did; you may have to \
                 sign in first."
            }
            Self::FormTooLong => "Nothing was changed. Go back and shorten what you wrote.",
            Self::FormTooSlow => {
                "Nothing was changed. Look whether the connection is slow or broken, then send the form again."
            }
            Self::Busy => "Nothing was changed. Try again in a few seconds.",
            Self::SignIn { .. }
            | Self::TooWeak { .. }
            | Self::OtherHost { .. }
            | Self::OfUnitsOnly { .. }
            | Self::Impossible(_)
            | Self::UnusableLedger(_)
            | Self::Internal => {
                "Nothing was changed. Try again; if it goes on, tell the operator the number below."
            }
        }
    }
}

const fn with_article(role: MemberRole) -> &'static str {
    match role {
        MemberRole::Viewer => "a viewer",
        MemberRole::Analyst => "an analyst",
        MemberRole::Auditor => "an auditor",
        MemberRole::Admin => "an admin",
    }
}

impl From<sign_in::Error> for PageError {
    fn from(error: sign_in::Error) -> Self {
        match error {
            sign_in::Error::Store(error) => error.into(),
            sign_in::Error::Hash(error) => Self::internal(error),
        }
    }
}

impl From<keys::Error> for PageError {
    fn from(error: keys::Error) -> Self {
        match error {
            keys::Error::Store(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

impl From<store::Error> for PageError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound { .. } => Self::NotFound,
            store::Error::Illegal { why } => Self::impossible(why),
            store::Error::Superseded { latest } => Self::Impossible(format!(
                "{} did something about a selected finding since you opened the list, so nothing was \
                 decided. Load the list again, look, and decide.",
                latest.by
            )),
            store::Error::Conflict { what } => Self::Impossible(format!(
                "The {what} has changed since you opened the page. Load the page again."
            )),
            ref transient if transient.is_transient() => {
                tracing::warn!(error = %causes::one_line(&error), "store refused");
                Self::Busy
            }
            _ => Self::internal(error),
        }
    }
}

/// Makes a sentence: a capital in front and a full stop behind.
pub(crate) fn sentence(what: &str) -> String {
    let mut characters = what.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).chain(['.']).collect()
}
