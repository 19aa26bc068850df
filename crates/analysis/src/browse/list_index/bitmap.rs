//! A mark for each of a number of things, one bit each.

/// The marks of things that are numbered from 0.
#[derive(Debug, Clone)]
pub(super) struct Bitmap(Vec<u64>);

impl Bitmap {
    pub(super) fn none(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    /// Marks every one of which `is` holds.
    pub(super) fn from_fn(count: usize, mut is: impl FnMut(usize) -> bool) -> Self {
        let mut bitmap = Self::none(count);
        for (word, first) in bitmap.0.iter_mut().zip((0..count).step_by(64)) {
            for at in first..count.min(first + 64) {
                *word |= u64::from(is(at)) << (at - first);
            }
        }
        bitmap
    }

    pub(super) fn set(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }

    pub(super) fn has(&self, at: u32) -> bool {
        let at = at as usize;
        (self.0[at / 64] >> (at % 64)) & 1 == 1
    }

    /// Keeps those marked in both.
    #[must_use]
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own &= other);
        self
    }

    pub(super) fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}
