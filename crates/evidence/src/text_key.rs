//! The identity of a text: a polynomial of its bytes, so that the identities of the hundreds of
//! numbers that a slip makes of one are told from its parts, without writing any of them.
//!
//! Invariant: the same bytes give the same identity whichever way they were put together, and it is never 0.

/// An odd number without a pattern: bytes far apart do not cancel each other out.
const BASE: u64 = 0xD134_2543_DE82_EF95;
/// Before the first byte: an empty text has an identity like any other.
const BEGIN: u64 = 0x2545_F491_4F6C_DD1D;

/// Parts of a text's identity: of what stands before and behind each place.
#[derive(Debug)]
pub(crate) struct KeyParts {
    heads: Vec<u64>,
    tails: Vec<u64>,
    /// Powers of [`BASE`].
    powers: Vec<u64>,
}

/// The identity of a text within one version of Bursar: 64 bits, the same on every machine, never 0. For
/// grouping, not for keeping.
pub fn text_key(text: &str) -> u64 {
    finished(text.bytes().fold(BEGIN, appended))
}

/// The identity of a text that is only compared, in half the bits; 0 for an empty one.
pub fn short_text_key(text: &str) -> u32 {
    if text.is_empty() {
        return 0;
    }
    let key = text_key(text);
    u32::try_from((key ^ (key >> 32)) & 0xFFFF_FFFF).expect("32 bits are left").max(1)
}

impl KeyParts {
    pub(crate) fn of(text: &str) -> Self {
        let length = text.len();
        let mut parts = Self {
            heads: Vec::with_capacity(length + 1),
            tails: vec![0; length + 1],
            powers: Vec::with_capacity(length + 1),
        };
        let (mut head, mut power) = (BEGIN, 1_u64);
        for byte in text.bytes() {
            parts.heads.push(head);
            parts.powers.push(power);
            head = appended(head, byte);
            power = power.wrapping_mul(BASE);
        }
        parts.heads.push(head);
        parts.powers.push(power);
        for (at, byte) in text.bytes().enumerate().rev() {
            let own = scattered(byte).wrapping_mul(parts.powers[length - 1 - at]);
            parts.tails[at] = parts.tails[at + 1].wrapping_add(own);
        }
        parts
    }

    /// The identity of the text with other bytes in the place of some of its own.
    pub(crate) fn with(&self, replaced: std::ops::Range<usize>, by: &[u8]) -> u64 {
        let head = by.iter().fold(self.heads[replaced.start], |hash, byte| appended(hash, *byte));
        let power = self.powers[self.powers.len() - 1 - replaced.end];
        finished(head.wrapping_mul(power).wrapping_add(self.tails[replaced.end]))
    }
}

const fn appended(hash: u64, byte: u8) -> u64 {
    hash.wrapping_mul(BASE).wrapping_add(scattered(byte))
}

/// A byte as a number without a pattern (splitmix64 after Vigna): neighbouring digits lie nowhere near each
/// other.
const fn scattered(byte: u8) -> u64 {
    SCATTERED[byte as usize]
}

const SCATTERED: [u64; 256] = {
    let mut all = [0; 256];
    let mut byte: u8 = 0;
    loop {
        let mut mixed = (byte as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        all[byte as usize] = mixed ^ (mixed >> 31);
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    all
};

/// The upper bits of an identity are to be as well mixed as the lower ones.
const fn finished(hash: u64) -> u64 {
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9E6C_63D0_876A_46AD);
    (mixed ^ (mixed >> 29)) | 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_give_the_identity_of_the_whole(
            text in "[A-Z0-9é]{0,24}", start in 0_usize..25, length in 0_usize..4, by in "[A-Z0-9]{0,9}",
        ) {
            let bounds: Vec<usize> =
                text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let start = start.min(bounds.len() - 1);
            let (from, to) = (bounds[start], bounds[(start + length).min(bounds.len() - 1)]);
            let written = format!("{}{by}{}", &text[..from], &text[to..]);
            let parts = KeyParts::of(&text);
            prop_assert_eq!(parts.with(from..to, by.as_bytes()), text_key(&written));
        }
    }

    #[test]
    fn texts_that_are_alike_have_identities_of_their_own() {
        let mut keys: Vec<u64> = (0..200_000).map(|at| text_key(&format!("INV{at}"))).collect();
        assert!(
            text_key("") > 0xFFFF_FFFF,
            "forms of numbers are told apart by few bits beside it"
        );
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 200_000);
    }
}
