//! Line ends as XML has them: however a part was written, its text has line feeds (XML 1.0, 2.11).
//!
//! Not for: carriage returns that a reference or an escape stands for; those are meant. Invariant: it makes
//! no difference where the bytes of a part are cut.

use memchr::memchr;

#[derive(Debug, Default)]
pub(super) struct LineEnds {
    /// Set when the byte before was a carriage return, for which a line feed was given.
    is_behind_return: bool,
}

impl LineEnds {
    pub(super) fn clear(&mut self) {
        self.is_behind_return = false;
    }

    /// Makes line feeds of the line ends in `bytes` and says how many bytes are left at their front.
    pub(super) fn mend(&mut self, bytes: &mut [u8]) -> usize {
        if !self.is_behind_return && memchr(b'\r', bytes).is_none() {
            return bytes.len();
        }
        let mut kept = 0;
        for at in 0..bytes.len() {
            let byte = bytes[at];
            let is_second = self.is_behind_return && byte == b'\n';
            self.is_behind_return = byte == b'\r';
            if !is_second {
                bytes[kept] = if byte == b'\r' { b'\n' } else { byte };
                kept += 1;
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::LineEnds;

    #[test]
    fn line_ends_are_line_feeds_wherever_they_are_cut() {
        let written = b"a\r\nb\rc\nd\r\r\n\n\re\r";
        for size in 1..=written.len() {
            let mut ends = LineEnds::default();
            let mut mended = Vec::new();
            for piece in written.chunks(size) {
                let mut piece = piece.to_vec();
                let kept = ends.mend(&mut piece);
                mended.extend_from_slice(&piece[..kept]);
            }
            assert_eq!(mended, b"a\nb\nc\nd\n\n\n\ne\n", "{size}");
        }
    }
}
