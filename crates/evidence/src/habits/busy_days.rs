//! Days on which a supplier has far more invoices than usual. Where it is paid each week, and once in two
//! runs on end, hardly any two of its invoices are a day apart; but of those two runs nearly all are, so
//! that there a day tells of nothing.
//!
//! Not for: how far apart its invoices are on the whole (`sample`, `amounts`).
//!
//! Invariant: of few invoices no day is busy, and quiet days say nothing.

use super::{BaseRate, Habits, SHRINKAGE};
use crate::days::DayLikeness;
use crate::invoices::Invoices;
use crate::narrow;

/// The days after one of two invoices, of which the other stands on one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BusyDays {
    /// The number of the supplier's invoices on those days, without the other of the two.
    pub others: u32,
    /// The first and the last of those days, counted from the invoice.
    pub days: (i32, i32),
    /// The number of times as many as after other invoices of the supplier.
    times: f64,
}

/// The mean number of a party's invoices that follow one of them, by how soon.
pub(super) type Followers = [f64; DayLikeness::ALL.len()];

/// A party with fewer invoices has no busy days.
const BUSY_FROM: usize = 64;
/// The mean is that of so many invoices at most, spread over their days: more would say little more.
const MEAN_OF: usize = 256;
/// From so many times as many on days are busy: fewer are met by chance, at any supplier.
const BUSY_TIMES: f64 = 2.0;

/// The mean of members that are in order of days; none of a party with few.
pub(super) fn followers_of(invoices: &Invoices, members: &[u32]) -> Followers {
    let mut mean = Followers::default();
    if members.len() < BUSY_FROM {
        return mean;
    }
    let stride = members.len().div_ceil(MEAN_OF);
    for likeness in DayLikeness::ALL {
        let Some(days) = likeness.days_after() else { continue };
        let (mut all, mut counted) = (0.0, 0.0);
        for at in members.iter().step_by(stride) {
            let day = invoices.invoiced[*at as usize];
            all += f64::from(followers(invoices, members, day, days));
            counted += 1.0;
        }
        mean[likeness.index()] = all / counted;
    }
    mean
}

/// The number of a party's invoices from the first to the last of some days after a day.
fn followers(invoices: &Invoices, members: &[u32], day: i32, (first, last): (i32, i32)) -> u32 {
    let before = |end: i32| members.partition_point(|at| invoices.invoiced[*at as usize] < end);
    let (from, to) = (day.saturating_add(first), day.saturating_add(last).saturating_add(1));
    narrow(before(to) - before(from))
}

impl Habits {
    /// The busy days after the earlier of two invoices of a party that are so far apart; none where the party
    /// has not far more invoices than usual on them, or where the two are not near to each other.
    pub fn busy_days(
        &self,
        invoices: &Invoices,
        (a, b): (usize, usize),
        likeness: DayLikeness,
    ) -> Option<BusyDays> {
        let days = likeness.days_after()?;
        let party = invoices.party[a];
        let members = self.members(party);
        if party != invoices.party[b] || members.len() < BUSY_FROM {
            return None;
        }
        let usual = self.own[party as usize].as_deref()?.followers[likeness.index()];
        let earlier = invoices.invoiced[a].min(invoices.invoiced[b]);
        // The later of the two is one of them.
        let others = followers(invoices, members, earlier, days).saturating_sub(1);
        // So many more on either side, as a few invoices are on one day by chance.
        let times = (f64::from(others) + SHRINKAGE) / (usual + SHRINKAGE);
        (times >= BUSY_TIMES).then_some(BusyDays { others, days, times })
    }
}

impl BusyDays {
    /// The rate at which genuine invoices are so far apart where the other would be on such days, of that at
    /// which they are on the whole.
    #[must_use]
    pub fn rate(&self, usual: BaseRate) -> BaseRate {
        let odds = usual.own * self.times;
        BaseRate { own: odds / (1.0 - usual.own + odds), ..usual }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoices::Invoice;

    /// So many invoices on each day, from the first on.
    fn ledger(by_day: &[(i32, usize)]) -> Invoices {
        let mut invoices = Invoices::default();
        for (day, count) in by_day {
            for nth in 0..*count {
                let id = format!("{day:04}-{nth:04}");
                invoices.push(&Invoice { id: &id, invoiced: 20_000 + day, ..Invoice::default() });
            }
        }
        invoices
    }

    #[test]
    fn days_are_busy_beside_what_is_usual_after_an_invoice() {
        let weekly = |extra: &[(i32, usize)]| {
            let mut by_day: Vec<(i32, usize)> = (0..16).map(|run| (run * 7, 40)).collect();
            by_day.extend(extra);
            by_day.sort_unstable();
            by_day
        };
        let near = Some((1, 4));
        for (name, by_day, apart, expected) in [
            ("two runs on end", weekly(&[(36, 40)]), (35, 36), near),
            ("a lone invoice a day later", weekly(&[(36, 1)]), (35, 36), None),
            ("a week later, as always", weekly(&[(36, 40)]), (70, 77), None),
            ("each day as many", (0..120).map(|day| (day, 9)).collect(), (40, 41), None),
            ("few invoices", vec![(0, 30), (1, 30)], (0, 1), None),
            ("on one day", weekly(&[(36, 40)]), (35, 35), None),
        ] {
            let invoices = ledger(&by_day);
            let habits = Habits::learn(&invoices, 1);
            let on = |day: i32, nth: usize| {
                let is_of_day = |at: &usize| invoices.invoiced[*at] == 20_000 + day;
                (0..invoices.len()).filter(is_of_day).nth(nth).expect("one of that day")
            };
            let (a, b) = (on(apart.0, 0), on(apart.1, usize::from(apart.0 == apart.1)));
            let likeness = DayLikeness::of_untyped(invoices.invoiced[a], invoices.invoiced[b]);
            for pair in [(a, b), (b, a)] {
                let busy = habits.busy_days(&invoices, pair, likeness);
                assert_eq!(busy.map(|busy| busy.days), expected, "{name}");
                assert!(busy.is_none_or(|busy| busy.others == 39), "{name}: {busy:?}");
            }
        }
    }

    #[test]
    fn busy_days_make_a_seldom_distance_likelier_and_none_certain() {
        let busy = BusyDays { others: 160, days: (1, 4), times: 7.0 };
        for (own, expected) in [(0.005, "0.034"), (0.5, "0.875"), (0.999, "1.000")] {
            let rate = busy.rate(BaseRate { own, pooled: 0.02 });
            assert_eq!(format!("{:.3} {}", rate.own, rate.pooled), format!("{expected} 0.02"));
            assert!(rate.own < 1.0, "{own}");
        }
    }
}
