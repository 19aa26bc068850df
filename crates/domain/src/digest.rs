//! SHA-256 digests and the digest header fields of RFC 9530.
//!
//! Not for: computing a digest; that happens where the bytes pass.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// A SHA-256 digest; 64 lower-case hexadecimal digits as text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256Digest([u8; 32]);

/// Text that is not a SHA-256 digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 digest of 64 hexadecimal digits")]
pub struct InvalidDigest;

/// A digest header field that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the digest field does not hold sha-256=:<44 characters of base64>:")]
pub struct InvalidDigestField;

impl Sha256Digest {
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The value of a `Repr-Digest` or `Content-Digest` field: `sha-256=:…:`.
    pub fn to_field(self) -> String {
        format!("sha-256=:{}:", BASE64.encode(self.0))
    }

    /// The `sha-256` member of a digest field; `Ok(None)` when the field names only other algorithms
    /// (RFC 9530 section 2: a recipient ignores those it does not support).
    pub fn from_field(field: &str) -> Result<Option<Self>, InvalidDigestField> {
        for member in field.split(',') {
            let Some((algorithm, value)) = member.trim().split_once('=') else {
                return Err(InvalidDigestField);
            };
            if algorithm.trim() != "sha-256" {
                continue;
            }
            let encoded = value
                .strip_prefix(':')
                .and_then(|rest| rest.strip_suffix(':'))
                .ok_or(InvalidDigestField)?;
            let bytes = BASE64.decode(encoded).ok().and_then(|bytes| bytes.try_into().ok());
            return bytes.map(|bytes| Some(Self(bytes))).ok_or(InvalidDigestField);
        }
        Ok(None)
    }
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Sha256Digest {
    type Err = InvalidDigest;
    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(InvalidDigest);
        }
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().enumerate() {
            let pair = &text[place * 2..place * 2 + 2];
            *byte = u8::from_str_radix(pair, 16).map_err(|_not_hexadecimal| InvalidDigest)?;
        }
        Ok(Self(bytes))
    }
}

crate::id::text_serde!(Sha256Digest, { "type": "string", "pattern": "^[0-9a-f]{64}$" });

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn text_and_field_come_back() {
        let digest: Sha256Digest = EMPTY.parse().unwrap();
        assert_eq!(digest.to_string(), EMPTY);
        let field = digest.to_field();
        assert_eq!(field, "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
        assert_eq!(Sha256Digest::from_field(&field), Ok(Some(digest)));
        let among_others = format!("md5=:AAAA:, {field}");
        assert_eq!(Sha256Digest::from_field(&among_others), Ok(Some(digest)));
    }

    #[test]
    fn other_algorithms_are_as_good_as_absent_and_junk_is_an_error() {
        assert_eq!(Sha256Digest::from_field("sha-512=:AAAA:"), Ok(None));
        for bad in ["sha-256=abc", "sha-256=:abc", "sha-256=:!!:", "sha-256=:QUFB:", "", "sha-256"]
        {
            assert!(Sha256Digest::from_field(bad).is_err(), "{bad:?}");
        }
        for bad in ["", "zz", &EMPTY[1..], &format!("{}é", &EMPTY[..62])] {
            assert!(bad.parse::<Sha256Digest>().is_err(), "{bad:?}");
        }
    }
}
