//! Which of some amounts come to another: few of few, or a run of neighbours.
//!
//! Invariant: a search ends after [`TRIED_MAX`] sums, and one that says little is not begun.

/// An amount above nought that may be a part, and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::habits) struct Part {
    pub(in crate::habits) amount: i64,
    pub(in crate::habits) at: usize,
}

/// Of more parts, so many sums are possible that only runs tell anything.
pub(in crate::habits) const PARTS_MAX: usize = 5;
/// A statement of a month seldom lists more.
const RUN_MAX: usize = 40;
/// Sums that are tried for one invoice: all of five among sixteen.
const TRIED_MAX: usize = 5_000;
/// Sums of few amounts might have been other ones within an eighth of their size at least.
const SPREAD_OF_SIZE: i64 = 8;
/// The least step of amounts, in ten-thousandths.
const CENT: i64 = 100;

/// Places of the parts, the least first, and how often such a sum is met by chance.
pub(in crate::habits) type Sum = (Vec<usize>, f64);

/// Two to [`PARTS_MAX`] of the parts that come to the whole.
pub(in crate::habits) fn subset_of(parts: &[Part], whole: i64, by_chance_max: f64) -> Option<Sum> {
    let mut sorted = parts.to_vec();
    sorted.sort_unstable();
    let mut sums = 0;
    for count in 2..=PARTS_MAX.min(sorted.len()) {
        sums += choose(sorted.len(), count);
        let (least, most) = (total(&sorted[..count]), total(&sorted[sorted.len() - count..]));
        // Of all there are, there is one sum, and it might have been any other amount of its size.
        let spread = most.saturating_sub(least).max(most / SPREAD_OF_SIZE);
        if sums > TRIED_MAX || by_chance(sums, CENT, spread) > by_chance_max {
            return None;
        }
        if whole < least || whole > most {
            continue;
        }
        let mut chosen = Vec::with_capacity(count);
        if !choose_parts(&sorted, count, whole, &mut chosen) {
            continue;
        }
        chosen.sort_unstable();
        if has_price(&chosen) {
            return None;
        }
        // Sums of round amounts are round, whatever others there are.
        let by_chance = by_chance(sums, unit(&chosen, whole), spread);
        return (by_chance <= by_chance_max)
            .then(|| (chosen.iter().map(|part| part.at).collect(), by_chance));
    }
    None
}

/// Neighbours, in the order given, that come to the whole.
pub(in crate::habits) fn run_of(parts: &[Part], whole: i64, by_chance_max: f64) -> Option<Sum> {
    let longest = RUN_MAX.min(parts.len());
    if longest < 3 || total(parts) < whole {
        return None;
    }
    // A run of two is among the sums of few.
    let runs: usize = (3..=longest).map(|length| parts.len() - length + 1).sum();
    let spread = total(parts);
    if by_chance(runs, CENT, spread) > by_chance_max {
        return None;
    }
    let (mut from, mut sum) = (0, 0_i64);
    for to in 0..parts.len() {
        sum = sum.saturating_add(parts[to].amount);
        while sum > whole || to - from >= RUN_MAX {
            sum -= parts[from].amount;
            from += 1;
        }
        if sum == whole && to - from >= 2 {
            let mut chosen = parts[from..=to].to_vec();
            chosen.sort_unstable();
            if chosen.len() <= PARTS_MAX && has_price(&chosen) {
                return None;
            }
            let by_chance = by_chance(runs, unit(&chosen, whole), spread);
            return (by_chance <= by_chance_max)
                .then(|| (chosen.iter().map(|part| part.at).collect(), by_chance));
        }
    }
    None
}

/// Chooses so many parts of the first of `sorted` that come to `whole`; whether there are some.
fn choose_parts(sorted: &[Part], count: usize, whole: i64, chosen: &mut Vec<Part>) -> bool {
    if count == 1 {
        let found = sorted.binary_search_by_key(&whole, |part| part.amount);
        return found.is_ok_and(|at| {
            chosen.push(sorted[at]);
            true
        });
    }
    for last in (count - 1..sorted.len()).rev() {
        let rest = whole - sorted[last].amount;
        if rest < total(&sorted[..count - 1]) {
            continue;
        }
        if rest > total(&sorted[last + 1 - count..last]) {
            return false;
        }
        chosen.push(sorted[last]);
        if choose_parts(&sorted[..last], count - 1, rest, chosen) {
            return true;
        }
        chosen.pop();
    }
    false
}

/// Two of one amount are a price of the supplier, or one invoice keyed twice.
fn has_price(sorted: &[Part]) -> bool {
    sorted.windows(2).any(|two| two[0].amount == two[1].amount)
}

fn total(parts: &[Part]) -> i64 {
    parts.iter().fold(0, |sum: i64, part| sum.saturating_add(part.amount))
}

/// So many sums, over how many amounts they are spread in steps of a unit.
#[expect(clippy::cast_precision_loss, reason = "a rate, not an amount")]
pub(in crate::habits) fn by_chance(sums: usize, unit: i64, spread: i64) -> f64 {
    if spread <= 0 { f64::INFINITY } else { sums as f64 * unit as f64 / spread as f64 }
}

/// The greatest step that the parts and the whole all stand on.
pub(in crate::habits) fn unit(parts: &[Part], whole: i64) -> i64 {
    parts.iter().fold(whole, |unit, part| common_divisor(unit, part.amount))
}

fn common_divisor(one: i64, other: i64) -> i64 {
    let (mut one, mut other) = (one, other);
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

fn choose(of: usize, count: usize) -> usize {
    (0..count).fold(1, |ways, at| ways * (of - at) / (at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(amounts: &[i64]) -> Vec<Part> {
        amounts.iter().enumerate().map(|(at, amount)| Part { amount: *amount, at }).collect()
    }

    /// Every sum that there is, is found; nothing else is.
    #[test]
    fn a_subset_is_found_if_and_only_if_there_is_one() {
        let amounts = [70_100, 33_300, 91_700, 12_900, 45_600, 28_800, 66_200];
        let of = parts(&amounts);
        for mask in 1_u32..1 << amounts.len() {
            let count = usize::try_from(mask.count_ones()).unwrap();
            let whole: i64 =
                (0..amounts.len()).filter(|at| mask >> at & 1 == 1).map(|at| amounts[at]).sum();
            for whole in [whole, whole + 1] {
                let found = subset_of(&of, whole, f64::INFINITY);
                let is_there = (1_u32..1 << amounts.len()).any(|other| {
                    let count = usize::try_from(other.count_ones()).unwrap();
                    let chosen = (0..amounts.len()).filter(|at| other >> at & 1 == 1);
                    (2..=PARTS_MAX).contains(&count)
                        && chosen.map(|at| amounts[at]).sum::<i64>() == whole
                });
                assert_eq!(found.is_some(), is_there, "{count} {whole}");
                let Some((places, _)) = found else { continue };
                assert_eq!(places.iter().map(|at| amounts[*at]).sum::<i64>(), whole);
            }
        }
    }

    #[test]
    fn a_run_is_of_neighbours() {
        let of = parts(&[70_100, 33_300, 91_700, 12_900, 45_600]);
        let run = |whole| run_of(&of, whole, f64::INFINITY).map(|(places, _)| places.len());
        assert_eq!(run(33_300 + 91_700 + 12_900), Some(3));
        assert_eq!(run(70_100 + 91_700 + 12_900), None);
        assert_eq!(run(33_300 + 91_700), None);
    }
}
