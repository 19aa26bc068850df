//! Typed identifiers: a version 7 UUID inside, `upl_01jd8…` outside.
//!
//! Not for: customers and units, which are known by their short names.
//! Invariant: the text form carries its kind, so an id of another kind never parses.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

/// Crockford's base 32 in lower case: no `i`, `l`, `o`, `u`, so an id can be read out on the telephone.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 128 bits in groups of five.
const TEXT_LENGTH: usize = 26;

/// Text that is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}_ and 26 letters and digits")]
pub struct InvalidId {
    prefix: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            /// Ids made later sort later (RFC 9562, version 7): 48 bits of milliseconds, then `random`.
            pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
                let millis =
                    u64::try_from(now.as_millisecond()).expect("no clock stands before 1970");
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().as_u128())
            }

            /// When it was made, to the millisecond: as much of the moment as the id holds.
            pub fn made_at(self) -> Timestamp {
                let millis = i64::try_from(self.0 >> 80).expect("48 bits are left");
                // Somebody may make up an id of a moment after the calendar's end.
                let millis = millis.min(Timestamp::MAX.as_millisecond());
                Timestamp::from_millisecond(millis).expect("it is within the calendar")
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), Base32(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or(InvalidId { prefix: $prefix })
            }
        }

        crate::id::text_serde!($name, {
            "type": "string",
            "pattern": concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$"),
        });
    };
}

/// Serde through `Display` and `FromStr`, and the JSON Schema, for types whose only form is text.
/// A schema that is `named` stands in a document once, for the lists of words that clients make types of.
macro_rules! text_serde {
    ($name:ident, $schema:tt) => {
        crate::id::text_serde!($name, inline: true, $schema);
    };
    ($name:ident, named $schema:tt) => {
        crate::id::text_serde!($name, inline: false, $schema);
    };
    ($name:ident, inline: $inline:literal, $schema:tt) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                $inline
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}
pub(crate) use text_serde;

id!(
    /// One received file.
    UploadId, "upl"
);
id!(
    /// A file on its way in several requests.
    ResumableId, "rsm"
);
id!(
    /// The bytes that one request, or a part of it, added to such a file.
    PartId, "prt"
);
id!(
    /// An access token; its `jti` claim.
    TokenId, "tok"
);
id!(
    /// One piece of work in the queue.
    JobId, "job"
);
id!(
    /// One execution of the checks over a unit's ledgers.
    RunId, "run"
);
id!(
    /// A verdict that is remembered for later runs.
    VerdictId, "ver"
);
id!(
    /// Somebody who signs in.
    UserId, "usr"
);
id!(
    /// One browser in which a user is signed in.
    SessionId, "ses"
);
id!(
    /// A link by which somebody becomes a user or a member.
    InvitationId, "inv"
);
id!(
    /// A filter of findings that a user keeps.
    SavedViewId, "sav"
);
id!(
    /// A supplier's statement that was compared with the ledger.
    StatementId, "stm"
);
id!(
    /// One tryout of a server's pages.
    TryoutId, "try"
);
id!(
    /// An address of a customer's own to which notifications are posted.
    WebhookId, "whk"
);
id!(
    /// A notification on its way to one person or one webhook.
    DeliveryId, "dlv"
);
id!(
    /// A file that somebody put beside a finding.
    AttachmentId, "att"
);
id!(
    /// One HTTP request, in its answer and in the logs.
    RequestId, "req"
);

struct Base32(u128);

impl fmt::Display for Base32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; TEXT_LENGTH];
        let mut rest = self.0;
        for place in text.iter_mut().rev() {
            *place = ALPHABET[(rest & 31) as usize];
            rest >>= 5;
        }
        text.iter().try_for_each(|byte| fmt::Write::write_char(f, char::from(*byte)))
    }
}

fn decode(text: &str) -> Option<u128> {
    if text.len() != TEXT_LENGTH {
        return None;
    }
    let mut value: u128 = 0;
    for (place, byte) in text.bytes().enumerate() {
        let digit = ALPHABET.iter().position(|known| *known == byte)? as u128;
        // 26 groups of five are 130 bits: the first digit may only use three.
        if place == 0 && digit > 7 {
            return None;
        }
        value = (value << 5) | digit;
    }
    Some(value)
}

#[cfg(test)]
mod tests;
