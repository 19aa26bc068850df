//! How large and how round an amount is: 50.00 comes again by chance, 39,781.88 does not.
//!
//! Invariant: rates of classes are learnt from the ledger, drawn towards that of all amounts.

/// A class of amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AmountClass(usize);

pub(super) const CLASSES: usize = SIZES.len() * ROUNDNESSES;

/// One value for each class.
pub(super) type ByClass<T> = [T; CLASSES];

/// Amounts below each, in ten-thousandths: a factor of ten changes how often an amount comes again, less
/// does not.
const SIZES: [u64; 4] = [100 * UNIT, 1_000 * UNIT, 10_000 * UNIT, u64::MAX];
const ROUNDNESSES: usize = 3;
const UNIT: u64 = 10_000;
/// Fees and instalments are multiples of this.
const ROUND: u64 = 50 * UNIT;

impl AmountClass {
    pub(super) fn of(amount: i64) -> Self {
        let amount = amount.unsigned_abs();
        let size = SIZES.iter().take_while(|below| amount >= **below).count().min(SIZES.len() - 1);
        let roundness = match (amount % ROUND, amount % UNIT) {
            (0, _) => 2,
            (_, 0) => 1,
            _ => 0,
        };
        Self(size * ROUNDNESSES + roundness)
    }

    pub(super) const fn index(self) -> usize {
        self.0
    }
}

/// The share of each class, of those counted, drawn towards `usual` as if one more with a twin had been
/// seen among as many as it usually takes: a class without any is not without for ever.
pub(super) fn shares(with: &ByClass<f32>, of: &ByClass<f32>, usual: f64) -> ByClass<f64> {
    std::array::from_fn(|class| {
        (f64::from(with[class]) + 1.0) / (f64::from(of[class]) + usual.recip())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_classed_by_size_and_roundness() {
        let class = |cents: i64| AmountClass::of(cents * 100);
        for (one, other, is_same) in [
            (3_978_188, 7_145_013, true),
            (3_978_188, 5_000, false),
            (5_000, 35_000, false),
            (15_000, 35_000, true),
            (15_000, 15_100, false),
            (15_000, 15_001, false),
            (100, 9_900, true),
            (-3_978_188, 3_978_188, true),
        ] {
            assert_eq!(class(one) == class(other), is_same, "{one} {other}");
        }
        assert!(AmountClass::of(i64::MIN).index() < CLASSES);
        assert!(AmountClass::of(i64::MAX).index() < CLASSES);
    }
}
