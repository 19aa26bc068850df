//! A fingerprint of a text, by which a rule notices that it was changed.
//!
//! Not for: what somebody would forge. Invariant: it is the same on every machine and with every
//! compiler.

/// FNV-1a, 64 bits: it guards against a slip, not against intent, and needs no library. Line ends
/// are left out, as git may change them.
pub(crate) fn fingerprint(text: &str) -> String {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let hash = text
        .bytes()
        .filter(|byte| *byte != b'\r')
        .fold(START, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn the_fingerprint_is_fnv_1a() {
        assert_eq!(fingerprint(""), "cbf29ce484222325");
        assert_eq!(fingerprint("foobar"), "85944171f73967e8");
        assert_eq!(fingerprint("foo\r\nbar"), fingerprint("foo\nbar"));
    }
}
