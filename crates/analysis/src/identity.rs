//! Who a row is, as 128 bits: many millions fit in memory where their texts would not.
//!
//! Not for: anything that outlives the process. Invariant: two rows with one identity have the same texts.
//! A hash without a secret is not proof against somebody who wants two ids to meet, but they
//! would only spoil their own ledger, and by chance it does not happen: for 10 million ids about 1 in 10^25.

use std::hash::Hasher as _;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, RecordBatch, StringArray};
use evidence::narrow;
use siphasher::sip128::{Hasher128 as _, SipHasher13};

use crate::error::Error;

pub(crate) type Identity = u128;

/// Writes the identity of every row of a batch by these columns.
pub(crate) struct Identifier {
    columns: Vec<usize>,
}

impl Identifier {
    /// `columns` are names of text columns of `schema`.
    pub(crate) fn new(schema: &arrow_schema::Schema, columns: &[&str]) -> Result<Self, Error> {
        let columns = columns.iter().map(|name| schema.index_of(name)).collect::<Result<_, _>>()?;
        Ok(Self { columns })
    }

    pub(crate) fn of_rows(&self, batch: &RecordBatch, into: &mut Vec<Identity>) {
        let columns: Vec<&StringArray> =
            self.columns.iter().map(|column| batch.column(*column).as_string::<i32>()).collect();
        into.extend((0..batch.num_rows()).map(|row| identity(&columns, row)));
    }
}

fn identity(columns: &[&StringArray], row: usize) -> Identity {
    let mut hasher = SipHasher13::new();
    for column in columns {
        if column.is_valid(row) {
            let text = column.value(row).as_bytes();
            hasher.write_usize(text.len());
            hasher.write(text);
        } else {
            hasher.write_usize(usize::MAX);
        }
    }
    hasher.finish128().as_u128()
}

/// A set of identities that takes 16 bytes each.
#[derive(Debug, Default)]
pub(crate) struct IdentitySet {
    sorted: Vec<Identity>,
    /// Where identities that begin with these bits start; one more at the end.
    starts: Vec<u32>,
}

/// Bits of the index: so many that a few identities share an entry even among millions.
const INDEX_BITS: u32 = 16;

impl IdentitySet {
    pub(crate) fn new(mut identities: Vec<Identity>) -> Self {
        identities.sort_unstable();
        identities.dedup();
        let mut starts = Vec::with_capacity((1 << INDEX_BITS) + 1);
        for prefix in 0..=(1_u32 << INDEX_BITS) {
            let begin = identities.partition_point(|known| prefix_of(*known) < prefix);
            starts.push(narrow(begin));
        }
        Self { sorted: identities, starts }
    }

    pub(crate) fn contains(&self, identity: Identity) -> bool {
        let prefix = prefix_of(identity) as usize;
        let Some([begin, end]) = self.starts.get(prefix..prefix + 2) else { return false };
        self.sorted[*begin as usize..*end as usize].binary_search(&identity).is_ok()
    }

    pub(crate) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// The number of identities of this set that are not in the other.
    pub(crate) fn count_missing_in(&self, other: &Self) -> u64 {
        self.sorted.iter().filter(|identity| !other.contains(**identity)).count() as u64
    }
}

fn prefix_of(identity: Identity) -> u32 {
    u32::try_from(identity >> (128 - INDEX_BITS)).expect("16 bits are left")
}

#[cfg(test)]
mod tests;
