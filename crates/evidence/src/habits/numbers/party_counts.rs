//! How often each party uses each key, in one sorted column: a party's keys lie together, so that the
//! hundreds of look-ups that one number's slips take stay in the cache.

/// Counts by party and key.
#[derive(Debug, Default)]
pub(super) struct PartyCounts {
    keys: Vec<u64>,
    counts: Vec<u32>,
    /// Where a party's keys begin; one more than there are parties.
    begins: Vec<u32>,
}

/// Those of one party.
#[derive(Debug, Clone, Copy)]
pub(super) struct OwnCounts<'a> {
    keys: &'a [u64],
    counts: &'a [u32],
}

impl PartyCounts {
    /// Of every use, in any order.
    pub(super) fn of(mut uses: Vec<(u32, u64)>) -> Self {
        uses.sort_unstable();
        let parties = uses.last().map_or(0, |(party, _)| *party as usize + 1);
        let mut counts =
            Self { keys: Vec::new(), counts: Vec::new(), begins: Vec::with_capacity(parties + 1) };
        for same in uses.chunk_by(|a, b| a == b) {
            let (party, key) = same[0];
            let next = u32::try_from(counts.keys.len()).unwrap_or(u32::MAX);
            counts.begins.resize(party as usize + 1, next);
            counts.keys.push(key);
            counts.counts.push(u32::try_from(same.len()).unwrap_or(u32::MAX));
        }
        counts.begins.push(u32::try_from(counts.keys.len()).unwrap_or(u32::MAX));
        counts
    }

    pub(super) fn of_party(&self, party: u32) -> OwnCounts<'_> {
        let party = party as usize;
        let bounds = match (self.begins.get(party), self.begins.get(party + 1)) {
            (Some(from), Some(to)) => *from as usize..*to as usize,
            _ => 0..0,
        };
        OwnCounts { keys: &self.keys[bounds.clone()], counts: &self.counts[bounds] }
    }

    pub(super) fn get(&self, party: u32, key: u64) -> u32 {
        self.of_party(party).get(key)
    }
}

impl OwnCounts<'_> {
    pub(super) fn get(self, key: u64) -> u32 {
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
