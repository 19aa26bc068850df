//! Looking for a byte in eight at a time.
//!
//! Not for: what the byte means (`split`).

/// Looks for a byte, or a control character, in eight bytes at a time. Cells are short, and a call of
/// `memchr` for each costs more than what it looks at.
#[derive(Clone, Copy)]
pub(super) struct Matches {
    /// The byte looked for, in every byte.
    byte: u64,
}

/// One in every byte.
const EVERY: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = EVERY << 7;
const LOW_BITS: u64 = !HIGH_BITS;

impl Matches {
    pub(super) fn new(byte: u8) -> Self {
        Self { byte: u64::from(byte) * EVERY }
    }

    /// The high bit of each byte that is the one looked for, or below 16 as line ends are and little
    /// else in a text.
    pub(super) const fn or_control(self, word: u64) -> u64 {
        // Adding to the lower bits of a byte carries into its high bit unless they are zero.
        let other = word ^ self.byte;
        let is_other = ((other & LOW_BITS) + LOW_BITS) | other;
        let is_no_control = ((word & (EVERY * 0x70)) + EVERY * 0x70) | word;
        !(is_other & is_no_control) & HIGH_BITS
    }

    /// Where the byte, or a line end, stands first at or behind `from`.
    pub(super) fn first_or_line_end(self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        while let Some(word) = word_at(bytes, at) {
            let mut found = self.or_control(word);
            while found != 0 {
                let place = at + first_of(found);
                let byte = *bytes.get(place)?;
                if u64::from(byte) * EVERY == self.byte || matches!(byte, b'\n' | b'\r') {
                    return Some(place);
                }
                found &= found - 1;
            }
            at += size_of::<u64>();
        }
        None
    }
}

/// The place of the byte that the first bit found is in.
pub(super) const fn first_of(found: u64) -> usize {
    found.trailing_zeros() as usize / 8
}

/// Eight bytes from a place; the last ones with zeros behind, none when there are none.
pub(super) fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    let rest = bytes.get(at..)?;
    let word = match rest.first_chunk() {
        Some(word) => *word,
        None if rest.is_empty() => return None,
        None => {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            word
        }
    };
    Some(u64::from_le_bytes(word))
}
