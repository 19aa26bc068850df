//! Access tokens as they travel: cleaning what a person pasted, and the claims inside.
//!
//! Not for: signatures. Whether a token is genuine is the server's business; the uploader only looks.
//!
//! Invariant: [`Claims`] hold numeric times and parsed names; a token whose claims do not parse grants
//! nothing.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::file_type::FileType;
use crate::id::TokenId;
use crate::region::Region;
use crate::secret::Secret;
use crate::short_name::{CustomerName, UnitName};

mod pasted;
mod role;

pub use pasted::{CleanToken, InnerCharacter, RemovedText, clean};
pub use role::{InvalidRole, Role};

/// Longer than any token of ours (about 600 bytes) or of the usual issuers; short enough that decoding
/// one costs nothing.
pub const TOKEN_BYTES_MAX: usize = 4096;
/// Clocks of honest machines differ by less.
pub const CLOCK_LEEWAY_SECONDS: i64 = 60;
/// The `typ` header of our tokens, so that a token made for something else is never taken for one.
pub const TOKEN_TYPE: &str = "upload+jwt";

/// The claims of a token (RFC 7519). Times are whole seconds since 1970 and must be JSON numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it: the deployment.
    pub iss: String,
    /// The region it is for.
    pub aud: Region,
    /// `customer/<short name>`.
    pub sub: String,
    pub jti: TokenId,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    #[serde(flatten)]
    pub scope: AccessScope,
    /// Absent in the tokens of uploaders, as it was before there were others.
    #[serde(default, skip_serializing_if = "Role::is_uploader")]
    pub role: Role,
}

/// The permission of a token: one customer, and within it all units and types or only those named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccessScope {
    pub customer: CustomerName,
    /// `None`: every unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<Vec<UnitName>>,
    /// `None`: every type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub types: Option<Vec<FileType>>,
}

impl AccessScope {
    pub fn allows_unit(&self, customer: &CustomerName, unit: &UnitName) -> bool {
        self.customer == *customer && self.units.as_ref().is_none_or(|units| units.contains(unit))
    }

    pub fn allows_type(&self, file_type: FileType) -> bool {
        self.types.as_ref().is_none_or(|types| types.contains(&file_type))
    }
}

/// The validity of a token at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenValidity {
    Valid,
    NotYetValid { from: Timestamp },
    Expired { at: Timestamp },
}

/// Where a token stands between its `nbf` and `exp` (seconds since 1970), with
/// [`CLOCK_LEEWAY_SECONDS`] either way.
pub fn validity(not_before: Option<i64>, expires: Option<i64>, now: Timestamp) -> TokenValidity {
    let seconds = now.as_second();
    // A claim may hold any number; beyond the calendar, its nearest end is told.
    let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let moment = |second: i64| {
        Timestamp::from_second(second.clamp(first, last)).expect("it is within the calendar")
    };
    match (not_before, expires) {
        (_, Some(exp)) if seconds >= exp.saturating_add(CLOCK_LEEWAY_SECONDS) => {
            TokenValidity::Expired { at: moment(exp) }
        }
        (Some(nbf), _) if seconds < nbf.saturating_sub(CLOCK_LEEWAY_SECONDS) => {
            TokenValidity::NotYetValid { from: moment(nbf) }
        }
        _ => TokenValidity::Valid,
    }
}

/// Why text is not a token in the compact form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    #[error("the token is empty")]
    Empty,
    #[error("the token has {bytes} bytes; at most {TOKEN_BYTES_MAX} are taken")]
    TooLong { bytes: usize },
    #[error("the token holds {what} at position {position} of {length}")]
    Character { what: String, position: usize, length: usize },
    #[error(
        "the token has {parts} parts between its dots where it must have three; a part of it was lost or something was added"
    )]
    Parts { parts: usize },
    #[error("part {part} of the token is not JSON in base64url; it was cut or changed on the way")]
    Undecodable { part: &'static str },
}

/// A JWT in the compact form, decoded but not verified.
#[derive(Clone)]
pub struct CompactToken {
    text: Secret<String>,
    header: serde_json::Map<String, serde_json::Value>,
    payload: serde_json::Map<String, serde_json::Value>,
}

impl CompactToken {
    /// Reads a token that has nothing round it; see [`clean`] for what people paste.
    pub fn parse(text: &str) -> Result<Self, InvalidToken> {
        if text.is_empty() {
            return Err(InvalidToken::Empty);
        }
        if text.len() > TOKEN_BYTES_MAX {
            return Err(InvalidToken::TooLong { bytes: text.len() });
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if let Some((index, c)) = text.chars().enumerate().find(|(_, c)| !allowed(*c)) {
            let length = text.chars().count();
            let what = crate::text::describe_character(c);
            return Err(InvalidToken::Character { what, position: index + 1, length });
        }
        let parts: Vec<&str> = text.split('.').collect();
        let [header, payload, _signature] = parts[..] else {
            return Err(InvalidToken::Parts { parts: parts.len() });
        };
        Ok(Self {
            text: Secret::new(text.to_owned()),
            header: decode_object(header, "1 (the header)")?,
            payload: decode_object(payload, "2 (the claims)")?,
        })
    }

    pub fn text(&self) -> &Secret<String> {
        &self.text
    }

    pub fn header(&self) -> &serde_json::Map<String, serde_json::Value> {
        &self.header
    }

    /// All claims as they stand, also those of other issuers.
    pub fn payload(&self) -> &serde_json::Map<String, serde_json::Value> {
        &self.payload
    }

    pub fn expires(&self) -> Option<i64> {
        self.payload.get("exp").and_then(serde_json::Value::as_i64)
    }

    pub fn not_before(&self) -> Option<i64> {
        self.payload.get("nbf").and_then(serde_json::Value::as_i64)
    }
}

impl fmt::Debug for CompactToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompactToken").field("header", &self.header).finish_non_exhaustive()
    }
}

fn decode_object(
    part: &str,
    name: &'static str,
) -> Result<serde_json::Map<String, serde_json::Value>, InvalidToken> {
    let undecodable = InvalidToken::Undecodable { part: name };
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(part) else {
        return Err(undecodable);
    };
    serde_json::from_slice(&bytes).map_err(|_not_json| undecodable)
}

#[cfg(test)]
mod tests;
