//! Recovery codes: what stands in for the authenticator app of somebody whose telephone is lost.
//!
//! Not for: codes of an app (`totp`).
//!
//! Invariant: a code is shown once, to whoever asks for it, and only its digest is kept.

use data_encoding::BASE32;
use domain::{Secret, Sha256Digest};

use crate::Randomness;
use crate::sha256::sha256;

/// Enough for years of lost telephones, few enough to write down.
pub(crate) const COUNT: usize = 10;
/// 40 bits are eight letters and digits: out of reach for whoever may be wrong five times, and soon typed.
const BYTES: usize = 5;
const CHARACTERS: usize = 8;
/// Where a code is parted, so that it can be read out.
const GROUP: usize = 4;

/// A code as it is typed back: what it is made of, without what stands between.
#[derive(Debug)]
pub(crate) struct RecoveryCode(Secret<String>);

impl RecoveryCode {
    fn new(randomness: &Randomness) -> Self {
        let bytes: [u8; BYTES] = randomness.bytes();
        Self(Secret::new(BASE32.encode(&bytes)))
    }

    /// Reads what somebody typed; none when it cannot be one of ours, such as a code of an app.
    pub(crate) fn parse(typed: &str) -> Option<Self> {
        let is_between = |c: &char| c.is_whitespace() || *c == '-';
        let code: String =
            typed.chars().filter(|c| !is_between(c)).map(|c| c.to_ascii_uppercase()).collect();
        let is_code = code.len() == CHARACTERS && BASE32.decode(code.as_bytes()).is_ok();
        is_code.then(|| Self(Secret::new(code)))
    }

    pub(crate) fn digest(&self) -> Sha256Digest {
        sha256(self.0.expose().as_bytes())
    }

    /// The code as people read it.
    pub(crate) fn text(&self) -> String {
        let (first, second) = self.0.expose().split_at(GROUP);
        format!("{first}-{second}")
    }
}

/// Codes that nobody has seen yet.
pub(crate) fn new_codes(randomness: &Randomness) -> Vec<RecoveryCode> {
    (0..COUNT).map(|_| RecoveryCode::new(randomness)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        let code = RecoveryCode::new(&Randomness::new(|bytes| bytes.fill(0x5a)));
        let text = code.text();
        assert_eq!(text, "LJNF-UWS2");
        for typed in ["LJNF-UWS2", "ljnfuws2", " LJNF UWS2\n"] {
            assert_eq!(RecoveryCode::parse(typed).unwrap().digest(), code.digest(), "{typed}");
        }
        for wrong in ["", "123456", "287 082", "LJNF-UWS", "LJNF-UWS1", "LJNF-UWS22"] {
            assert!(RecoveryCode::parse(wrong).is_none(), "{wrong}");
        }
    }
}
