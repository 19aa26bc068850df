//! Where a number stands in its supplier's own numbering: does it sit where the count stood on that day?

use super::Habits;
use super::number_forms::Form;
use super::numbers::Numbers;
use crate::invoices::Invoices;

/// Where a number stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Between the numbers of the days round it, or beside one of them.
    Fits,
    /// Far from them, or of another form than nearly all of them.
    Strays,
    /// Too few to tell, or the party does not count.
    Unknown,
}

/// Neighbours on each side that are looked at.
pub(super) const REACH: usize = 6;
/// Fewer comparable neighbours tell nothing.
const NEIGHBOURS_MIN: usize = 4;
/// The most invoices of a party that its rate of strays is learnt from.
const LEARNT_FROM_MAX: usize = 120;
/// However slowly a party counts, so many steps are no stray.
const SLACK_MIN: u64 = 10;

/// The number of a party's invoices that stray, and of those that were placed, where each stands by its
/// position.
pub(super) fn strays(members: &[u32], place: impl Fn(usize) -> Place) -> (u32, u32) {
    let (mut strays, mut placed) = (0, 0);
    let stride = (members.len() / LEARNT_FROM_MAX).max(1);
    for position in (0..members.len()).step_by(stride) {
        let place = place(position);
        strays += u32::from(place == Place::Strays);
        placed += u32::from(place != Place::Unknown);
    }
    (strays, placed)
}

/// Of the member at a position, as if the invoice `without` were not there.
pub(super) fn place(numbers: &Numbers, members: &[u32], position: usize, without: usize) -> Place {
    let start = position.saturating_sub(REACH);
    let end = (position + REACH + 1).min(members.len());
    let mut around = [Form::NONE; 2 * REACH];
    let mut found = 0;
    for (at, other) in members[start..end].iter().enumerate() {
        let other = *other as usize;
        if start + at != position && other != without && numbers.form(other).shape != 0 {
            around[found] = numbers.form(other);
            found += 1;
        }
    }
    let around = &around[..found];
    if found < NEIGHBOURS_MIN {
        return Place::Unknown;
    }
    let own = numbers.form(members[position] as usize);
    match place_among(around, own) {
        // Of another count of the supplier's, such as that of a branch, which goes on in the same days.
        Place::Strays if around.iter().any(|other| are_beside(own, *other)) => Place::Fits,
        place => place,
    }
}

/// Of a number among those of the days round it, by where most of them stand.
fn place_among(around: &[Form], own: Form) -> Place {
    // One of them may itself be astray: the range is between the second and the last but one.
    let ([mut least, mut low], [mut most, mut high]) = ([u64::MAX; 2], [0; 2]);
    let mut comparable = 0;
    for Form { count, .. } in around.iter().filter(|other| other.shape == own.shape) {
        comparable += 1;
        (least, low) = (least.min(*count), low.min(least.max(*count)));
        (most, high) = (most.max(*count), high.max(most.min(*count)));
    }
    if comparable < NEIGHBOURS_MIN {
        // The others agree on a form, and this is none of it.
        let first = around[0];
        let agree = around
            .iter()
            .filter(|form| form.shape == first.shape && form.digits == first.digits)
            .count();
        return if agree * 5 >= around.len() * 4 { Place::Strays } else { Place::Unknown };
    }
    let slack = (high - low).max(SLACK_MIN).saturating_mul(2);
    if own.count.saturating_add(slack) >= low && own.count <= high.saturating_add(slack) {
        Place::Fits
    } else if high - low > high / 2 {
        // No series: they are all over the place.
        Place::Unknown
    } else {
        Place::Strays
    }
}

impl Habits {
    /// The invoice of the same party, whatever its day, whose number is a few steps from that of one; of
    /// several the nearest. The other of the two that are compared is left out.
    pub fn beside(&self, invoices: &Invoices, at: usize, without: usize) -> Option<usize> {
        let own = self.numbers.form(at);
        let members = self.members(invoices.party[at]).iter().map(|other| *other as usize);
        members
            .filter(|other| *other != without && are_beside(own, self.numbers.form(*other)))
            .min_by_key(|other| self.numbers.form(*other).count.abs_diff(own.count))
    }
}

/// Returns `true` for two numbers of one count, a few steps apart. One number twice is a second keying
/// rather than a neighbour.
fn are_beside(one: Form, other: Form) -> bool {
    let is_one_count = one.shape != 0 && one.shape == other.shape;
    is_one_count && (1..=SLACK_MIN).contains(&one.count.abs_diff(other.count))
}
