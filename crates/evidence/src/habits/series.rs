//! Where a number stands in its supplier's own numbering: does it sit where the count stood on that day?

use super::number_forms::Form;
use super::numbers::Numbers;

/// Where a number stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Between the numbers of the days round it.
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
        return if agree * 5 >= found * 4 { Place::Strays } else { Place::Unknown };
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
