//! Packages of stored parts, as workbooks and ODF spreadsheets are.
//!
//! Not for: packages that lie; the tests of `extract` make those. Invariant: checksums and sizes are right,
//! as a fuzzer hardly ever guesses them.

use flate2::Crc;

/// A package of these parts, by name and content, in their order.
pub fn of_parts(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let mut crc = Crc::new();
        crc.update(bytes);
        let size = small(bytes.len());
        let name_bytes = u16::try_from(name.len()).expect("names are short").to_le_bytes();
        let mut head = vec![20, 0];
        head.extend([0; 8]);
        head.extend([crc.sum(), size, size].map(u32::to_le_bytes).concat());
        head.extend([name_bytes, [0; 2]].concat());
        directory.extend([b"PK\x01\x02\x14\0", &head[..], &[0; 10]].concat());
        directory.extend(small(out.len()).to_le_bytes());
        directory.extend(name.as_bytes());
        out.extend([b"PK\x03\x04", &head[..], name.as_bytes(), bytes].concat());
    }
    let places = [directory.len(), out.len()].map(small);
    let count = [u8::try_from(parts.len()).expect("few"), 0];
    out.extend(directory);
    out.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count].concat());
    out.extend(places.map(u32::to_le_bytes).concat());
    out.extend([0; 2]);
    out
}

/// A package of these parts, one of which holds `content`.
pub fn with_part(usual: &[(&str, &str)], changed: &str, content: &[u8]) -> Vec<u8> {
    let parts: Vec<(&str, &[u8])> = usual
        .iter()
        .map(|(name, text)| (*name, if *name == changed { content } else { text.as_bytes() }))
        .collect();
    of_parts(&parts)
}

fn small(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("inputs are small")
}
