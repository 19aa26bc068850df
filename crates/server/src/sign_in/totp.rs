//! Codes of an authenticator app (RFC 6238), with the parameters every app takes: SHA-1, six digits,
//! thirty seconds.
//!
//! Not for: whether a code was used before; the store knows that.

use aws_lc_rs::{constant_time, hmac};
use data_encoding::BASE32;
use domain::{EmailAddress, Secret};
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::Randomness;

/// The seconds for which a code is shown.
pub const STEP_SECONDS: i64 = 30;
const DIGITS: u32 = 6;
/// The length of a secret: that of the digest, as RFC 4226 asks for.
const SECRET_BYTES: usize = 20;
/// A clock may be half a minute wrong, and typing takes a while.
const STEPS_OFF_MAX: i64 = 1;

/// A secret to share with an app, in base 32.
pub fn new_secret(randomness: &Randomness) -> Secret<String> {
    let bytes: [u8; SECRET_BYTES] = randomness.bytes();
    Secret::new(BASE32.encode(&bytes))
}

/// The address that an app reads from a square.
pub fn uri(secret: &Secret<String>, email: &EmailAddress) -> Secret<String> {
    let account = utf8_percent_encode(email.as_str(), NON_ALPHANUMERIC);
    let secret = secret.expose();
    Secret::new(format!("otpauth://totp/Bursar:{account}?secret={secret}&issuer=Bursar"))
}

/// The step a code is of, when it is one of now; whoever accepts it notes the step.
pub fn step_of(code: &str, secret: &Secret<String>, now: Timestamp) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let step = now.as_second().div_euclid(STEP_SECONDS);
    let is_code = |step: &i64| {
        code_at(secret, *step).is_some_and(|code| {
            constant_time::verify_slices_are_equal(code.as_bytes(), digits.as_bytes()).is_ok()
        })
    };
    (step - STEPS_OFF_MAX..=step + STEPS_OFF_MAX).rfind(is_code)
}

/// The code that an app shows during a step; none when the secret is not one of ours.
pub fn code_at(secret: &Secret<String>, step: i64) -> Option<String> {
    // Of a short secret anybody could make the codes, and a long one is none that was offered.
    let secret = BASE32.decode(secret.expose().as_bytes()).ok();
    let secret = secret.filter(|key| key.len() == SECRET_BYTES)?;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let digest = tag.as_ref();
    let offset = usize::from(digest.last()? & 0xf);
    let bytes = digest.get(offset..offset + 4)?;
    let value = bytes.iter().fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
    Some(format!("{:06}", (value & 0x7fff_ffff) % 10_u32.pow(DIGITS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the last six of its eight digits.
    #[test]
    fn the_codes_of_the_rfc() {
        let secret = Secret::new(BASE32.encode(b"12345678901234567890"));
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Timestamp::from_second(second).unwrap();
            assert_eq!(step_of(code, &secret, now), Some(second / 30), "{second}");
        }
    }

    #[test]
    fn a_code_is_good_for_a_minute_and_a_half() {
        let secret = Secret::new(BASE32.encode(b"12345678901234567890"));
        let at = |second| Timestamp::from_second(second).unwrap();
        for (second, is_good) in [(29, true), (59, true), (89, true), (90, false), (-1, false)] {
            assert_eq!(step_of(" 287 082", &secret, at(second)).is_some(), is_good, "{second}");
        }
        let of = |key: &[u8]| Secret::new(BASE32.encode(key));
        for foreign in
            [of(b""), of(b"1"), of(b"123456789012345678901"), Secret::new("?".to_owned())]
        {
            assert_eq!(code_at(&foreign, 1), None, "a secret that was offered to nobody");
        }
        for wrong in ["", "287083", "28708", "2870820", "28708x", "２８７０８２"] {
            assert_eq!(step_of(wrong, &secret, at(59)), None, "{wrong}");
        }
        let email = "ann+x@example.org".parse().unwrap();
        assert!(
            uri(&secret, &email)
                .expose()
                .starts_with("otpauth://totp/Bursar:ann%2Bx%40example%2Eorg?")
        );
    }
}
