//! Where a deployment keeps its data; the audience of its access tokens.
//!
//! Invariant: 1 to 32 lower-case ASCII letters, digits and inner hyphens: a host name label.

use std::fmt;
use std::str::FromStr;

/// A host label may have 63; `api-` and a prefix of the operator's own must fit as well.
pub const REGION_BYTES_MAX: usize = 32;

/// `uksouth`, `euwest` and `uswest` are the vendor's; any lower-case name may be configured.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(String);

/// Text that is not a region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a region is 1 to {REGION_BYTES_MAX} lower-case letters, digits and inner hyphens, such as uksouth, euwest or uswest"
)]
pub struct InvalidRegion;

impl Region {
    /// The regions the vendor's page lists.
    pub const VENDOR: [&str; 3] = ["uksouth", "euwest", "uswest"];

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `api-<region>.<domain>`: the host uploads go to.
    pub fn api_host(&self, domain: &str) -> String {
        format!("api-{}.{domain}", self.0)
    }
}

impl FromStr for Region {
    type Err = InvalidRegion;
    fn from_str(text: &str) -> Result<Self, InvalidRegion> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = (1..=REGION_BYTES_MAX).contains(&text.len())
            && text.bytes().all(allowed)
            && !text.starts_with('-')
            && !text.ends_with('-');
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidRegion) }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

crate::id::text_serde!(Region, {
    "type": "string",
    "maxLength": REGION_BYTES_MAX,
    "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_a_host_label() {
        for good in Region::VENDOR.into_iter().chain(["local", "eu-west-1"]) {
            assert!(good.parse::<Region>().is_ok(), "{good}");
        }
        for bad in ["", "UKSouth", "-a", "a-", "a.b", "a b", &"x".repeat(33)] {
            assert!(bad.parse::<Region>().is_err(), "{bad:?}");
        }
        let host = "uksouth".parse::<Region>().unwrap().api_host("apfnxg.com");
        assert_eq!(host, "api-uksouth.apfnxg.com");
    }
}
