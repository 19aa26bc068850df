//! One column of texts: each different text once, in order, and for every row which of them it is.
//!
//! Invariant: a text's place among the different ones is its rank, so rows are ordered by numbers.

use std::hash::Hasher as _;
use std::io::{self, Read, Write};

use evidence::narrow;
use memchr::memmem;
use rustc_hash::FxHasher;

use super::bitmap::Bitmap;
use super::numbers::{
    not_ours, read_long_text, read_number, read_numbers, write_number, write_numbers, write_text,
};

/// The place of no text; behind all others, as in every order of a list.
pub(super) const NONE: u32 = u32::MAX;

/// The texts of a column.
#[derive(Debug)]
pub(super) struct Dictionary {
    places: Vec<u32>,
    texts: Texts,
    /// In small letters, where that is not the same.
    lower: Option<Texts>,
}

/// Texts one behind the other, and where each ends.
#[derive(Debug, Default)]
struct Texts {
    all: String,
    ends: Vec<u32>,
}

/// A column whose rows are still coming.
#[derive(Debug, Default)]
pub(super) struct DictionaryBuilder {
    places: Vec<u32>,
    texts: Texts,
    /// Open addressing over `texts`: a map with texts of its own would hold them twice.
    slots: Vec<u32>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(narrow(self.all.len()));
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, place: u32) -> &str {
        let place = place as usize;
        let start = if place == 0 { 0 } else { self.ends[place - 1] as usize };
        &self.all[start..self.ends[place] as usize]
    }

    fn bytes(&self) -> usize {
        self.all.capacity() + self.ends.capacity() * size_of::<u32>()
    }

    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        write_number(to, narrow(self.len()))?;
        write_numbers(to, &self.ends)?;
        write_text(to, &self.all)
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let count = read_number(from)?;
        let ends = read_numbers(from, count)?;
        let length = read_number(from)?;
        let texts = Self { all: read_long_text(from, length)?, ends };
        let is_end = |end: &u32| texts.all.is_char_boundary(*end as usize);
        let are_texts = texts.ends.is_sorted()
            && texts.ends.iter().all(is_end)
            && texts.ends.last().map_or(0, |end| *end) == length;
        if are_texts { Ok(texts) } else { Err(not_ours()) }
    }
}

impl DictionaryBuilder {
    pub(super) fn push(&mut self, text: Option<&str>) {
        let place = text.map_or(NONE, |text| self.place_of(text));
        self.places.push(place);
    }

    pub(super) fn bytes(&self) -> usize {
        self.texts.bytes() + (self.places.capacity() + self.slots.capacity()) * size_of::<u32>()
    }

    fn place_of(&mut self, text: &str) -> u32 {
        if (self.texts.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let slot = self.slot_of(text);
        if self.slots[slot] == NONE {
            self.slots[slot] = narrow(self.texts.len());
            self.texts.push(text);
        }
        self.slots[slot]
    }

    /// The slot in which a text stands, or would.
    fn slot_of(&self, text: &str) -> usize {
        let mut hasher = FxHasher::default();
        hasher.write(text.as_bytes());
        let within = self.slots.len() - 1;
        #[expect(clippy::cast_possible_truncation, reason = "any bits of a hash will do")]
        let mut slot = hasher.finish() as usize & within;
        while self.slots[slot] != NONE && self.texts.get(self.slots[slot]) != text {
            slot = (slot + 1) & within;
        }
        slot
    }

    fn grow(&mut self) {
        self.slots = vec![NONE; (self.slots.len() * 2).max(64)];
        for place in 0..narrow(self.texts.len()) {
            let slot = self.slot_of(self.texts.get(place));
            self.slots[slot] = place;
        }
    }

    pub(super) fn finish(self) -> Dictionary {
        let Self { mut places, texts: met, slots } = self;
        drop(slots);
        let mut order: Vec<u32> = (0..narrow(met.len())).collect();
        order.sort_unstable_by(|one, other| met.get(*one).cmp(met.get(*other)));
        let mut texts = Texts {
            all: String::with_capacity(met.all.len()),
            ends: Vec::with_capacity(met.len()),
        };
        let mut ranks = vec![NONE; met.len()];
        for (rank, place) in (0_u32..).zip(&order) {
            texts.push(met.get(*place));
            ranks[*place as usize] = rank;
        }
        for place in places.iter_mut().filter(|place| **place != NONE) {
            *place = ranks[*place as usize];
        }
        places.shrink_to_fit();
        let lower = lower(&texts);
        Dictionary { places, texts, lower }
    }
}

fn lower(texts: &Texts) -> Option<Texts> {
    let mut lower = Texts {
        all: String::with_capacity(texts.all.len()),
        ends: Vec::with_capacity(texts.len()),
    };
    for place in 0..narrow(texts.len()) {
        lower.push(&texts.get(place).to_lowercase());
    }
    (lower.all != texts.all).then_some(lower)
}

impl Dictionary {
    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        write_numbers(to, &self.places)?;
        self.texts.write(to)?;
        write_number(to, u32::from(self.lower.is_some()))?;
        self.lower.as_ref().map_or(Ok(()), |lower| lower.write(to))
    }

    /// Reads a dictionary of so many rows.
    pub(super) fn read(from: &mut impl Read, rows: u32) -> io::Result<Self> {
        let places = read_numbers(from, rows)?;
        let texts = Texts::read(from)?;
        let lower = (read_number(from)? == 1).then(|| Texts::read(from)).transpose()?;
        let as_many = lower.as_ref().is_none_or(|lower| lower.len() == texts.len());
        let count = narrow(texts.len());
        if as_many && places.iter().all(|place| *place < count || *place == NONE) {
            Ok(Self { places, texts, lower })
        } else {
            Err(not_ours())
        }
    }

    /// The number of different texts.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    pub(super) fn places(&self) -> &[u32] {
        &self.places
    }

    pub(super) fn text(&self, row: u32) -> Option<&str> {
        let place = self.places[row as usize];
        (place != NONE).then(|| self.texts.get(place))
    }

    pub(super) fn at(&self, place: u32) -> &str {
        self.texts.get(place)
    }

    /// The place of exactly this text.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        let (mut from, mut to) = (0, narrow(self.texts.len()));
        while from < to {
            let middle = from + (to - from) / 2;
            match self.texts.get(middle).cmp(text) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// Marks the rows whose text holds this one, which is in small letters and not empty.
    pub(super) fn mark_containing(&self, wanted: &str, rows: &mut Bitmap) {
        let Some(found) = self.containing(wanted) else { return };
        for (row, place) in self.places.iter().enumerate() {
            if *place != NONE && found.has(*place) {
                rows.set(row);
            }
        }
    }

    fn containing(&self, wanted: &str) -> Option<Bitmap> {
        let Texts { all, ends } = self.lower.as_ref().unwrap_or(&self.texts);
        let finder = memmem::Finder::new(wanted);
        let (mut found, mut at, mut place) = (None, 0, 0);
        while let Some(ahead) = finder.find(&all.as_bytes()[at..]) {
            let start = at + ahead;
            // Step by step: places are met in order, so all steps together are as many as there are texts.
            while ends[place] as usize <= start {
                place += 1;
            }
            let end = ends[place] as usize;
            if start + wanted.len() > end {
                // It begins in one text and ends in the next.
                at = start + 1;
                continue;
            }
            found.get_or_insert_with(|| Bitmap::none(ends.len())).set(place);
            at = end;
        }
        found
    }

    pub(super) fn bytes(&self) -> usize {
        let lower = self.lower.as_ref().map_or(0, Texts::bytes);
        self.places.capacity() * size_of::<u32>() + self.texts.bytes() + lower
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_held_once_in_order_and_found() {
        let rows = ["b", "A", "", "b", "Ärger", "ab"];
        let mut builder = DictionaryBuilder::default();
        for text in &rows {
            builder.push(Some(text));
        }
        builder.push(None);
        let dictionary = builder.finish();
        assert_eq!(dictionary.places(), [3, 1, 0, 3, 4, 2, NONE]);
        let read: Vec<_> = (0..7).map(|row| dictionary.text(row)).collect();
        assert_eq!(read[..6], rows.map(Some));
        assert_eq!((read[6], dictionary.find("ab"), dictionary.find("aa")), (None, Some(2), None));
        for (wanted, rows) in [
            ("a", vec![1, 5]),
            ("b", vec![0, 3, 5]),
            ("är", vec![4]),
            // From the end of one text to the beginning of the next.
            ("aa", vec![]),
            ("bb", vec![]),
            ("z", vec![]),
        ] {
            let mut found = Bitmap::none(7);
            dictionary.mark_containing(wanted, &mut found);
            let found: Vec<u32> = (0..7).filter(|row| found.has(*row)).collect();
            assert_eq!(found, rows, "{wanted}");
        }
    }

    #[test]
    fn many_texts_find_their_places_again() {
        let mut builder = DictionaryBuilder::default();
        for number in (0..5_000).chain(0..5_000) {
            builder.push(Some(&format!("INV-{number}")));
        }
        let dictionary = builder.finish();
        assert_eq!(dictionary.texts.len(), 5_000);
        assert_eq!(
            (dictionary.text(4_999), dictionary.text(9_999)),
            (Some("INV-4999"), Some("INV-4999"))
        );
    }
}
