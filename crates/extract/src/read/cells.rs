//! How many cells the records of a text have, against its header.
//!
//! Not for: workbooks, whose cells have addresses. An unquoted delimiter shifts all cells behind it and
//! leaves one too many; where the last column is empty, so is the surplus. Only where nearly every
//! record ends in a delimiter does it mean nothing.

use std::collections::BTreeMap;

/// Counts of cells in the records of a file's beginning.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    columns: usize,
    records: u64,
    /// Records with more cells than there are headers, by how many they have.
    beyond: BTreeMap<usize, u64>,
}

impl Cells {
    pub(super) fn new(columns: usize) -> Self {
        Self { columns, records: 0, beyond: BTreeMap::new() }
    }

    pub(super) fn count(&mut self, cells: usize) {
        self.records += 1;
        if cells > self.columns {
            *self.beyond.entry(cells).or_default() += 1;
        }
    }

    /// The number of cells that a record may have when those beyond the header are empty.
    pub(super) fn max(&self) -> usize {
        let usual = self.beyond.iter().max_by_key(|(_, count)| **count);
        // Titles and totals may end otherwise.
        let nearly_all = |(_, count): &(&usize, &u64)| **count * 10 >= self.records * 9;
        usual.filter(nearly_all).map_or(self.columns, |(cells, _)| *cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nearly_all_have_is_usual() {
        for (with_one_more, others, max) in [(0, 9, 3), (1, 9, 3), (8, 2, 3), (9, 1, 4), (9, 0, 4)]
        {
            let mut cells = Cells::new(3);
            (0..with_one_more).for_each(|_| cells.count(4));
            (0..others).for_each(|_| cells.count(3));
            assert_eq!(cells.max(), max, "{with_one_more} of {}", with_one_more + others);
        }
    }
}
