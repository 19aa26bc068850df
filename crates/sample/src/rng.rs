//! Rng from a seed: `SplitMix64`, and the few distributions a made organisation needs.
//!
//! Not for: anything secret. Written out here because the bytes of a sample are a promise: random
//! number crates keep the right to change the values they give.
//!
//! Invariant: whole numbers only, so the same seed gives the same values on every machine.

#[derive(Debug, Clone)]
pub(super) struct Rng {
    state: u64,
}

/// A stream each, so that drawing more for the one does not shift what the others draw.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stream {
    Users = 1,
    Parties,
    Invoices,
    Plants,
}

impl Rng {
    pub(super) fn new(seed: u64, stream: Stream) -> Self {
        let mut first = Self { state: seed };
        let state = first.next().wrapping_add((stream as u64).wrapping_mul(0xD1B5_4A32_D192_ED03));
        Self { state }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound` - 1; `bound` is at most 2^32.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        ((self.next() >> 32) * bound) >> 32
    }

    /// A number from `low` to `high`, both possible.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low).unsigned_abs() + 1).cast_signed()
    }

    pub(super) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(super) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("it is below a usize")
    }

    pub(super) fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.index(among.len())]
    }

    pub(super) fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, self.index(last + 1));
        }
    }

    /// Log-normal: half of the values lie within two thirds of `spread` (in 1/1000 of a doubling)
    /// of the median.
    pub(super) fn log_normal(&mut self, median: i64, spread: i64) -> i64 {
        // The sum of twelve even values is near enough to normal, and needs no logarithm.
        let normal: i64 = (0..12).map(|_| self.between(0, 1_000)).sum::<i64>() - 6_000;
        doubled(median, normal * spread / 1_000)
    }
}

/// `value` times two to the power of `thousandths` / 1000.
pub(super) fn doubled(value: i64, thousandths: i64) -> i64 {
    let (whole, part) = (thousandths.div_euclid(1_000), thousandths.rem_euclid(1_000));
    // 2^x for x below 1, in millionths: a cubic that is off by less than 0.02%.
    let millionths = 1_000_000
        + part * 695_179 / 1_000
        + part * part * 2_261 / 10_000
        + part * part * part * 787 / 10_000_000;
    let scaled = value * millionths / 1_000_000;
    // Beyond these nothing an organisation pays is lost.
    if whole >= 0 { scaled << whole.min(20) } else { scaled >> (-whole).min(40) }
}

#[cfg(test)]
mod tests {
    use super::{Rng, Stream, doubled};

    #[test]
    fn the_values_of_a_seed_never_change() {
        let mut rng = Rng { state: 1_234_567 };
        // Published outputs of `SplitMix64` for this seed.
        let published = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973];
        assert_eq!([rng.next(), rng.next()], published);
    }

    #[test]
    fn doubling_is_near_enough() {
        for (thousandths, expected) in [
            (0, 1_000_000),
            (1_000, 2_000_000),
            (-1_000, 500_000),
            (500, 1_414_213),
            (2_250, 4_756_828),
        ] {
            let got = doubled(1_000_000, thousandths);
            assert!((got - expected).abs() * 2_000 < expected, "{thousandths}: {got}");
        }
    }

    #[test]
    fn the_median_is_the_median() {
        let mut rng = Rng::new(1, Stream::Invoices);
        let above = (0..10_000).filter(|_| rng.log_normal(50_000, 900) > 50_000).count();
        assert!((4_700..5_300).contains(&above), "{above}");
    }
}
