//! Short names of customers and units, as they stand in URLs.
//!
//! Invariant: 1 to 64 lower-case ASCII letters and digits (the vendor's page: "lowercase letters and
//! digits only"), so a short name is safe in a path, a key, a log line and a header.

use std::fmt;
use std::str::FromStr;

/// Long enough for any name in use, short enough for a folder name with room to spare.
pub const SHORT_NAME_BYTES_MAX: usize = 64;

/// Text that is not a short name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a short name is 1 to {SHORT_NAME_BYTES_MAX} lower-case letters (a-z) and digits, such as acme or acmeuk2"
)]
pub struct InvalidShortName;

fn is_short_name(text: &str) -> bool {
    (1..=SHORT_NAME_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

macro_rules! short_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidShortName;
            fn from_str(text: &str) -> Result<Self, InvalidShortName> {
                if is_short_name(text) { Ok(Self(text.to_owned())) } else { Err(InvalidShortName) }
            }
        }

        crate::id::text_serde!($name, {
            "type": "string",
            "minLength": 1,
            "maxLength": SHORT_NAME_BYTES_MAX,
            "pattern": "^[a-z0-9]+$",
        });
    };
}

short_name!(
    /// The tenant.
    CustomerName
);
short_name!(
    /// A part of a customer whose data is kept and checked apart.
    UnitName
);

impl CustomerName {
    /// The unit of a customer that has only one: it bears the customer's own name.
    pub fn only_unit(&self) -> UnitName {
        UnitName(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lower_case_letters_and_digits() {
        for good in ["a", "acme", "acme2", "0", &"x".repeat(64)] {
            assert_eq!(good.parse::<CustomerName>().unwrap().as_str(), good);
        }
        for bad in ["", "Acme", "a-b", "a b", "é", "a/b", "..", "a\n", &"x".repeat(65)] {
            assert!(bad.parse::<UnitName>().is_err(), "{bad:?}");
        }
    }
}
