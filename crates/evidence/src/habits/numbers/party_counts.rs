//! How often each party uses each key, in one sorted column: a party's keys lie together, so that the
//! hundreds of look-ups that one number's slips take stay in the cache.

use crate::narrow;

/// Counts by party and key.
#[derive(Debug, Default)]
pub(super) struct PartyCounts {
    keys: Vec<u64>,
    counts: Vec<u32>,
    parties: Vec<Party>,
    /// Bits of the keys there are, so that most keys there are not are told at once.
    filter: Vec<u64>,
    /// Uses by the invoices that are only looked at, after which they go again: few.
    newcomers: Vec<(u32, u64)>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Party {
    begin: u32,
    end: u32,
    /// Where its words of the filter begin, and the logarithm of how many there are.
    words: u32,
    words_log: u32,
}

/// Those of one party.
#[derive(Debug, Clone, Copy)]
pub(super) struct OwnCounts<'a> {
    keys: &'a [u64],
    counts: &'a [u32],
    filter: &'a [u64],
    words_log: u32,
    party: u32,
    newcomers: &'a [(u32, u64)],
}

/// Keys for each word of the filter: one bit in eight is set.
const KEYS_A_WORD: usize = 8;

impl PartyCounts {
    /// Of every use, in any order.
    pub(super) fn of(mut uses: Vec<(u32, u64)>) -> Self {
        if uses.is_sorted_by_key(|(party, _)| *party) {
            // Those of a party are few, and sorted without a look at the others.
            for own in uses.chunk_by_mut(|a, b| a.0 == b.0) {
                own.sort_unstable_by_key(|(_, key)| *key);
            }
        } else {
            uses.sort_unstable();
        }
        let mut counts = Self::default();
        for own in uses.chunk_by(|a, b| a.0 == b.0) {
            counts.parties.resize(own[0].0 as usize, Party::default());
            let begin = counts.keys.len();
            for same in own.chunk_by(|a, b| a == b) {
                counts.keys.push(same[0].1);
                counts.counts.push(narrow(same.len()));
            }
            counts.add_party(begin);
        }
        counts
    }

    fn add_party(&mut self, begin: usize) {
        let keys = self.keys[begin..].iter();
        let words = keys.len().div_ceil(KEYS_A_WORD).next_power_of_two();
        let first = self.filter.len();
        self.filter.resize(first + words, 0);
        let words_log = words.trailing_zeros();
        for key in keys {
            let (word, bit) = place(*key, words_log);
            self.filter[first + word] |= bit;
        }
        let (begin, end) = (narrow(begin), narrow(self.keys.len()));
        self.parties.push(Party { begin, end, words: narrow(first), words_log });
    }

    /// Counts a use more, until [`Self::keep`] takes it back.
    pub(super) fn count_newcomer(&mut self, party: u32, key: u64) {
        self.newcomers.push((party, key));
    }

    /// The number of uses that are counted only for now.
    pub(super) const fn newcomers(&self) -> usize {
        self.newcomers.len()
    }

    /// Forgets all of those uses but the first.
    pub(super) fn keep(&mut self, newcomers: usize) {
        self.newcomers.truncate(newcomers);
    }

    pub(super) const fn bytes(&self) -> usize {
        let (keys, counts) = (self.keys.capacity(), self.counts.capacity());
        (keys + self.filter.capacity()) * size_of::<u64>()
            + counts * size_of::<u32>()
            + self.parties.capacity() * size_of::<Party>()
    }

    pub(super) fn of_party(&self, party: u32) -> OwnCounts<'_> {
        let (number, newcomers) = (party, &*self.newcomers);
        // A party beyond the last that uses any key uses none.
        let party = self.parties.get(party as usize).copied().unwrap_or_default();
        let keys = party.begin as usize..party.end as usize;
        let words = if keys.is_empty() { 0 } else { 1 << party.words_log };
        let first = party.words as usize;
        OwnCounts {
            keys: &self.keys[keys.clone()],
            counts: &self.counts[keys],
            filter: &self.filter[first..first + words],
            words_log: party.words_log,
            party: number,
            newcomers,
        }
    }

    pub(super) fn get(&self, party: u32, key: u64) -> u32 {
        self.of_party(party).get(key)
    }
}

/// A word of the filter and the bit in it, by the upper bits of a key, which are the well mixed ones.
fn place(key: u64, words_log: u32) -> (usize, u64) {
    let upper = usize::try_from(key >> 32).expect("the upper half of 64 bits is 32 bits");
    (upper & ((1 << words_log) - 1), 1 << (key >> 58))
}

impl OwnCounts<'_> {
    pub(super) fn get(self, key: u64) -> u32 {
        let own = |(party, used): &&(u32, u64)| (*party, *used) == (self.party, key);
        self.kept(key) + narrow(self.newcomers.iter().filter(own).count())
    }

    fn kept(self, key: u64) -> u32 {
        let (word, bit) = place(key, self.words_log);
        if self.filter.get(word).is_none_or(|word| word & bit == 0) {
            return 0;
        }
        self.keys.binary_search(&key).map_or(0, |at| self.counts[at])
    }
}

#[cfg(test)]
mod tests {
    use super::PartyCounts;

    #[test]
    fn each_party_has_its_own_counts() {
        let counts = PartyCounts::of(vec![(4, 9), (1, 7), (4, 9), (1, 9), (4, 1)]);
        let of = |party, key| counts.get(party, key);
        assert_eq!([of(1, 7), of(1, 9), of(4, 9), of(4, 1)], [1, 1, 2, 1]);
        // Nobody, somebody in between, somebody beyond the last, and an unknown key.
        assert_eq!([of(0, 7), of(2, 7), of(3, 9), of(5, 9), of(4, 7)], [0; 5]);
        assert_eq!(PartyCounts::of(Vec::new()).get(0, 1), 0);
    }
}
