//! Which pairs of a party's invoices its habits are learnt from: neighbours in time, and some far apart.

use crate::amounts::AmountLikeness;
use crate::days::{DayLikeness, Gap};
use crate::invoice_number::{InvoiceNumber, NumberLikeness};
use crate::invoices::{Invoices, NO_DAY};

use super::tally::{Field, Tally};

/// Pairs of neighbours a party; more would say little more.
const NEIGHBOURS_MAX: usize = 240;
/// Pairs far apart.
const APART_MAX: usize = 120;

pub(super) struct HabitSample {
    pub(super) tallies: Box<[Tally; Gap::ALL.len()]>,
    pub(super) days: Box<[f32; DayLikeness::ALL.len()]>,
}

/// `is_sum`: whether a third invoice makes up the difference of two.
pub(super) fn sample(
    invoices: &Invoices,
    members: &[u32],
    is_sum: &dyn Fn(usize, usize) -> bool,
) -> HabitSample {
    let mut sampled = HabitSample { tallies: Box::default(), days: Box::default() };
    let mut count = |a: u32, b: u32| {
        let (a, b) = (a as usize, b as usize);
        let gap = Gap::of(invoices.invoiced[a], invoices.invoiced[b]);
        count(invoices, is_sum, &mut sampled.tallies[gap.index()], (a, b));
    };
    for (reach, step) in [(1, 1), (2, 1), (4, 2)] {
        let pairs = members.len().saturating_sub(reach) / step;
        let stride = (pairs / (NEIGHBOURS_MAX / 3)).max(1) * step;
        for at in (0..members.len().saturating_sub(reach)).step_by(stride) {
            count(members[at], members[at + reach]);
        }
    }
    let mut apart = Apart::new(members.len());
    for _ in 0..APART_MAX.min(members.len() * (members.len() - 1) / 2) {
        let (a, b) = apart.next();
        let (a, b) = (members[a], members[b]);
        count(a, b);
        let days = DayLikeness::of(invoices.invoiced[a as usize], invoices.invoiced[b as usize]);
        sampled.days[days.index()] += 1.0;
    }
    sampled
}

/// Two different places below a length, spread evenly and the same every time (a linear congruential
/// generator after Knuth, MMIX): chance would make two runs differ.
struct Apart {
    state: u64,
    length: u64,
}

impl Apart {
    fn new(length: usize) -> Self {
        Self { state: 0x9E37_79B9_7F4A_7C15, length: length as u64 }
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % bound
    }

    fn next(&mut self) -> (usize, usize) {
        let a = self.below(self.length);
        let b = (a + 1 + self.below(self.length - 1)) % self.length;
        let place =
            |at: u64| usize::try_from(at).expect("it is below the length, which is a usize");
        (place(a), place(b))
    }
}

fn count(
    invoices: &Invoices,
    is_sum: &dyn Fn(usize, usize) -> bool,
    tally: &mut Tally,
    (a, b): (usize, usize),
) {
    let mut amount = AmountLikeness::of(invoices.amount[a], invoices.amount[b]);
    if invoices.are_of_two_rates(a, b) {
        amount = AmountLikeness::OtherRate;
    } else if amount == AmountLikeness::Other && is_sum(a, b) {
        amount = AmountLikeness::SumOfTwo;
    }
    if amount != AmountLikeness::Other && is_number_slip(invoices, a, b) {
        return;
    }
    tally.amount(amount);
    for field in SHARED_FIELDS {
        tally.shared(field, same(invoices, field, a, b));
    }
}

/// Returns `true` when two numbers are one but for a slip.
fn is_number_slip(invoices: &Invoices, a: usize, b: usize) -> bool {
    let [x, y] = [a, b].map(|at| invoices.number(at));
    let (one, other) = (InvoiceNumber::new(x), InvoiceNumber::new(y));
    NumberLikeness::of((x, &one), (y, &other)).is_slip()
}

pub(crate) const SHARED_FIELDS: [Field; 8] = [
    Field::SameUser,
    Field::SamePaidDay,
    Field::SameEnteredDay,
    Field::SameOrder,
    Field::SameGroup,
    Field::SameMeans,
    Field::SameDescription,
    Field::SameReference,
];

/// Returns `true` when two invoices share a field; none when one of them does not say.
pub(crate) fn same(invoices: &Invoices, field: Field, a: usize, b: usize) -> Option<bool> {
    let word =
        |column: &[u32]| (column[a] != 0 && column[b] != 0).then_some(column[a] == column[b]);
    let day = |column: &[i32]| {
        (column[a] != NO_DAY && column[b] != NO_DAY).then_some(column[a] == column[b])
    };
    match field {
        Field::SameUser => word(&invoices.user),
        Field::SamePaidDay => day(&invoices.paid),
        Field::SameEnteredDay => day(&invoices.entered),
        Field::SameOrder => word(&invoices.order),
        Field::SameGroup => word(&invoices.group),
        Field::SameMeans => word(&invoices.means),
        Field::SameDescription => word(&invoices.description),
        Field::SameReference => Some(invoices.supplier[a] == invoices.supplier[b]),
        Field::Amount(_) => None,
    }
}
