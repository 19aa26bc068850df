//! The SHA-256 of bytes that are in memory.
//!
//! Not for: files on their way in (`intake`).

use domain::Sha256Digest;

pub(crate) fn sha256(bytes: &[u8]) -> Sha256Digest {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    Sha256Digest::from_bytes(digest.as_ref().try_into().expect("SHA-256 has 32 bytes"))
}
