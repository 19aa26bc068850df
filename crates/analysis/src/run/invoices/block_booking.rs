//! Invoices of several suppliers that were booked in one block: their numbers were given out one after
//! another, on one day.
//!
//! Not for: weighing that; `evidence` does so where a numbering runs through many suppliers.
//!
//! Invariant: what is said of it weighs nothing.

use domain::finding::Evidence;
use domain::text::each_once;
use evidence::invoices::NO_DAY;

use super::InvoiceTable;
use crate::run::draft;

/// Numbers of fewer suppliers lie side by side by chance.
const SUPPLIERS_MIN: usize = 3;
/// Between two bookings of a block others may stand, such as the second side of each.
const STEP_MAX: u64 = 10;

/// The words for a block; none where these invoices are of none.
pub(super) fn booked_in_one_block(table: &InvoiceTable, members: &[usize]) -> Option<Evidence> {
    let invoices = &table.invoices;
    let is_one_day = members.windows(2).all(|two| {
        let [one, other] = [two[0], two[1]].map(|at| invoices.invoiced[at]);
        one == other && one != NO_DAY
    });
    let suppliers = each_once(members.iter().map(|at| table.supplier_of(*at).0));
    if !is_one_day || suppliers.len() < SUPPLIERS_MIN {
        return None;
    }
    let numbers: Vec<&str> = members.iter().map(|at| invoices.written_number(*at)).collect();
    let mut counted: Vec<(u64, &str)> = counts(&numbers)?.into_iter().zip(numbers).collect();
    counted.sort_unstable();
    let is_run = counted.windows(2).all(|two| (1..=STEP_MAX).contains(&(two[1].0 - two[0].0)));
    let (Some((_, least)), Some((_, most)), true) = (counted.first(), counted.last(), is_run)
    else {
        return None;
    };
    let words = format!(
        "their numbers, {least} to {most}, were given out one after another and are of one day, as those of a \
         journal that is booked in one block: each may be a booking of its own"
    );
    Some(draft::reason("invoice_number", words, 0.0))
}

/// The counts of numbers that differ in one group of digits; none where they differ otherwise.
fn counts(numbers: &[&str]) -> Option<Vec<u64>> {
    let groups: Vec<Vec<&str>> = numbers.iter().map(|number| groups(number)).collect();
    let first = groups.first()?;
    if groups.iter().any(|other| other.len() != first.len()) {
        return None;
    }
    let differs = |place: &usize| groups.iter().any(|other| other[*place] != first[*place]);
    let mut differing = (0..first.len()).filter(differs);
    let (Some(place), None) = (differing.next(), differing.next()) else { return None };
    groups.iter().map(|of| of[place].parse().ok()).collect()
}

/// A number in groups of digits and of other signs, in turn.
fn groups(number: &str) -> Vec<&str> {
    let (mut groups, mut rest) = (Vec::new(), number);
    while let Some(first) = rest.chars().next() {
        let is_other = |sign: char| sign.is_ascii_digit() != first.is_ascii_digit();
        let (group, behind) = rest.split_at(rest.find(is_other).unwrap_or(rest.len()));
        groups.push(group);
        rest = behind;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn numbers_of_one_count_differ_in_one_group_of_digits() {
        for (numbers, counted) in [
            (&["J435091 111211", "J435093 111211"][..], Some(vec![435_091, 435_093])),
            (&["7", "10"], Some(vec![7, 10])),
            (&["J1", "K1"], None),
            (&["J1 2", "J2 3"], None),
            (&["J1", "J1"], None),
            (&["J1", "J1-2"], None),
            (&[], None),
        ] {
            assert_eq!(counts(numbers), counted, "{numbers:?}");
        }
    }
}
