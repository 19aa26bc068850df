//! The font of documents, and how wide a text is in it: the tables `cmap`, `hhea` and `hmtx` of TrueType,
//! read for letters of the basic plane.
//!
//! Not for: shaping; krilla does. Widths are those of single letters, which is as much as
//! breaking lines takes.

use std::collections::HashMap;

use krilla::text::Font;

/// Shown for a letter that the font lacks.
const MISSING: char = '\u{fffd}';

/// `DejaVu` Sans, regular or bold.
pub(super) struct Face {
    pub(super) font: Font,
    /// The width of each letter there is, of [`Face::units`] to the size.
    widths: HashMap<char, u16>,
    units: f32,
}

impl Face {
    pub(super) fn regular() -> Self {
        Self::new(dejavu::sans::regular())
    }

    pub(super) fn bold() -> Self {
        Self::new(dejavu::sans::bold())
    }

    fn new(bytes: &'static [u8]) -> Self {
        let font = Font::new(bytes.into(), 0).expect("the font is one");
        let widths = widths(bytes).expect("the tables of the font are whole");
        Self { units: font.units_per_em(), font, widths }
    }

    /// The text with a sign in the place of each letter that the font lacks.
    fn shown(&self, text: &str) -> String {
        let shown = |letter: char| match letter {
            '\t' | '\u{a0}' => ' ',
            letter if self.widths.contains_key(&letter) => letter,
            _ => MISSING,
        };
        text.chars().filter(|letter| !letter.is_control() || *letter == '\t').map(shown).collect()
    }

    /// The width of a text in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        let width = |letter: char| self.widths.get(&letter).copied().map_or(0.0, f32::from);
        text.chars().map(width).sum::<f32>() * size / self.units
    }

    /// The text in lines no wider than `width`; a word that is wider is broken.
    pub(super) fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        for line in text.lines() {
            let line = self.shown(line);
            let mut current = String::new();
            for word in line.split_inclusive(' ') {
                if self.width(format!("{current}{word}").trim_end(), size) <= width {
                    current.push_str(word);
                    continue;
                }
                if !current.trim().is_empty() {
                    lines.push(std::mem::take(&mut current).trim_end().to_owned());
                }
                current.clear();
                self.break_word(word, (size, width), &mut current, &mut lines);
            }
            lines.push(current.trim_end().to_owned());
        }
        lines
    }

    /// A word at the beginning of a line, of which the last part is left in `current`.
    fn break_word(
        &self,
        word: &str,
        (size, width): (f32, f32),
        current: &mut String,
        lines: &mut Vec<String>,
    ) {
        let mut wide = 0.0;
        for letter in word.chars() {
            let next = self.width(letter.encode_utf8(&mut [0; 4]), size);
            if wide + next > width && !current.is_empty() {
                lines.push(std::mem::take(current));
                wide = 0.0;
            }
            wide += next;
            current.push(letter);
        }
    }
}

/// The widths of the letters of a font; none where a table is not as the standard has it.
fn widths(bytes: &[u8]) -> Option<HashMap<char, u16>> {
    let (cmap, hhea, hmtx) =
        (table(bytes, *b"cmap")?, table(bytes, *b"hhea")?, table(bytes, *b"hmtx")?);
    let metrics = usize::from(u16_at(hhea, 34)?);
    let mut widths = HashMap::new();
    for (letter, glyph) in letters(cmap)? {
        // Glyphs behind the last metric are as wide as it.
        let place = usize::from(glyph).min(metrics.checked_sub(1)?);
        widths.insert(letter, u16_at(hmtx, place * 4)?);
    }
    Some(widths)
}

/// The letters of a subtable of format 4, each with its glyph.
fn letters(cmap: &[u8]) -> Option<Vec<(char, u16)>> {
    let subtables = (0..usize::from(u16_at(cmap, 2)?)).filter_map(|place| {
        let at = u32::from_be_bytes(cmap.get(8 + place * 8..12 + place * 8)?.try_into().ok()?);
        cmap.get(usize::try_from(at).ok()?..)
    });
    let table = subtables.into_iter().find(|table| u16_at(table, 0) == Some(4))?;
    let segments = usize::from(u16_at(table, 6)?) / 2;
    let (ends, starts) = (14, 16 + segments * 2);
    let (deltas, offsets) = (starts + segments * 2, starts + segments * 4);
    let mut letters = Vec::new();
    for segment in 0..segments {
        let at = segment * 2;
        let (first, last) = (u16_at(table, starts + at)?, u16_at(table, ends + at)?);
        let (delta, offset) = (u16_at(table, deltas + at)?, u16_at(table, offsets + at)?);
        for code in first..=last {
            let glyph = if offset == 0 {
                code.wrapping_add(delta)
            } else {
                let place = offsets + at + usize::from(offset) + usize::from(code - first) * 2;
                match u16_at(table, place).unwrap_or_default() {
                    0 => 0,
                    glyph => glyph.wrapping_add(delta),
                }
            };
            if let (Some(letter), 1..) = (char::from_u32(code.into()), glyph) {
                letters.push((letter, glyph));
            }
        }
    }
    Some(letters)
}

fn table(bytes: &[u8], name: [u8; 4]) -> Option<&[u8]> {
    let count = usize::from(u16_at(bytes, 4)?);
    let mut records = bytes.get(12..)?.chunks_exact(16).take(count);
    let record = records.find(|record| record.starts_with(&name))?;
    let number = |from: usize| {
        let four = record.get(from..from + 4)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(four)).ok()
    };
    let (at, length) = (number(8)?, number(12)?);
    bytes.get(at..at.checked_add(length)?)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_as_wide_as_the_font_has_them() {
        let face = Face::regular();
        // Of DejaVu Sans: 2,048 units; A is 1,401, i is 569 wide.
        assert!((face.width("Ai", 2048.0) - 1970.0).abs() < 0.5, "{}", face.width("Ai", 2048.0));
        assert!(face.width("W", 10.0) > face.width("i", 10.0));
        assert_eq!(face.lines("one two three", 10.0, 42.0), ["one two", "three"]);
        let broken = face.lines("aaaaaaaaaa", 10.0, 20.0);
        assert_eq!(broken.concat(), "aaaaaaaaaa");
        assert!(broken.len() > 2 && broken.iter().all(|line| face.width(line, 10.0) <= 20.0));
        assert_eq!(face.lines("a\n\nb\u{7}漢", 10.0, 90.0), ["a", "", "b\u{fffd}"]);
    }
}
