//! The identities of all numbers that one slip makes of a number.
//!
//! Not for: which slip it is between two numbers (`invoice_number::likeness`).

use crate::habits::number_forms::LENGTHS;
#[cfg(doc)]
use crate::habits::number_forms::NumberForms;
use crate::invoice_number::{InvoiceNumber, NumberLikeness, tails};
use crate::text_key::KeyParts;

/// The numbers that are one slip away from one of ASCII.
pub(super) struct Slips<'a> {
    number: &'a InvoiceNumber,
    plain: &'a [u8],
    parts: KeyParts,
}

/// Digits of the largest count there is.
const COUNT_DIGITS: usize = 20;
/// Steps in a series to either side.
const STEPS: std::ops::RangeInclusive<u64> = 1..=9;

impl<'a> Slips<'a> {
    pub(super) fn of(number: &'a InvoiceNumber) -> Self {
        let plain = number.plain.as_str();
        Self { number, plain: plain.as_bytes(), parts: KeyParts::of(plain) }
    }

    /// Returns `true` when a slip of one sort can make a number of one of these lengths, a bit each as
    /// [`NumberForms::length`] has them, of this one.
    pub(super) fn has_length(number: &InvoiceNumber, slip: NumberLikeness, lengths: u16) -> bool {
        let own = number.plain.len();
        let has = |length: usize| lengths >> length.min(LENGTHS - 1) & 1 != 0;
        match slip {
            NumberLikeness::Transposed | NumberLikeness::Substituted => has(own),
            NumberLikeness::Dropped => has(own.saturating_sub(1)) || has(own + 1),
            NumberLikeness::Neighbouring => has(own.saturating_sub(1)) || has(own) || has(own + 1),
            // Any other; all of the longest are one.
            _ => own >= LENGTHS - 1 || lengths & !(1 << own) != 0,
        }
    }

    /// Gives those of one sort.
    pub(super) fn each(&self, slip: NumberLikeness, with: &mut impl FnMut(u64)) {
        let (plain, parts) = (self.plain, &self.parts);
        match slip {
            NumberLikeness::Transposed => {
                for (at, two) in plain.windows(2).enumerate().filter(|(_, two)| two[0] != two[1]) {
                    with(parts.with(at..at + 2, &[two[1], two[0]]));
                }
            }
            NumberLikeness::Substituted => {
                for (at, was) in plain.iter().enumerate().filter(|(_, was)| was.is_ascii_digit()) {
                    for other in (b'0'..=b'9').filter(|other| other != was) {
                        with(parts.with(at..at + 1, &[other]));
                    }
                }
            }
            NumberLikeness::Dropped => self.dropped(with),
            NumberLikeness::Neighbouring => self.neighbours(with),
            NumberLikeness::Suffix => {
                let end = plain.len();
                for tail in tails().map(str::as_bytes) {
                    with(parts.with(end..end, tail));
                    if plain.ends_with(tail) {
                        with(parts.with(end - tail.len()..end, &[]));
                    }
                }
            }
            _ => {}
        }
    }

    /// One character less, or one digit more anywhere but at the end.
    fn dropped(&self, with: &mut impl FnMut(u64)) {
        for at in 0..self.plain.len() {
            with(self.parts.with(at..at + 1, &[]));
            for digit in b'0'..=b'9' {
                with(self.parts.with(at..at, &[digit]));
            }
        }
    }

    fn neighbours(&self, with: &mut impl FnMut(u64)) {
        let Some(of) = self.number.parts() else { return };
        let digits = of.prefix.len()..self.plain.len() - of.suffix.len();
        for apart in STEPS {
            let counts = [of.count.checked_sub(apart), of.count.checked_add(apart)];
            for count in counts.into_iter().flatten() {
                let mut buffer = [0; COUNT_DIGITS];
                with(self.parts.with(digits.clone(), written(count, &mut buffer)));
            }
        }
    }
}

/// A count in decimal digits.
fn written(mut count: u64, buffer: &mut [u8; COUNT_DIGITS]) -> &[u8] {
    let mut first = COUNT_DIGITS;
    loop {
        first -= 1;
        buffer[first] = b'0' + u8::try_from(count % 10).expect("a digit is below ten");
        count /= 10;
        if count == 0 {
            return &buffer[first..];
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::text_key;

    /// Every number that a slip makes, written out.
    fn each_written(number: &InvoiceNumber, slip: NumberLikeness) -> Vec<String> {
        let plain = &number.plain;
        let (before, after) = (|at: usize| &plain[..at], |at: usize| &plain[at..]);
        let digits = || ('0'..='9').map(String::from);
        match slip {
            NumberLikeness::Transposed => (1..plain.len())
                .filter(|at| plain.as_bytes()[at - 1] != plain.as_bytes()[*at])
                .map(|at| {
                    let swapped = format!("{}{}", &plain[at..=at], &plain[at - 1..at]);
                    format!("{}{swapped}{}", before(at - 1), after(at + 1))
                })
                .collect(),
            NumberLikeness::Substituted => (0..plain.len())
                .filter(|at| plain.as_bytes()[*at].is_ascii_digit())
                .flat_map(|at| digits().map(move |digit| (at, digit)))
                .filter(|(at, digit)| &plain[*at..=*at] != digit)
                .map(|(at, digit)| format!("{}{digit}{}", before(at), after(at + 1)))
                .collect(),
            NumberLikeness::Dropped => (0..plain.len())
                .flat_map(|at| {
                    let less = format!("{}{}", before(at), after(at + 1));
                    let more =
                        digits().map(move |digit| format!("{}{digit}{}", before(at), after(at)));
                    more.chain([less])
                })
                .collect(),
            NumberLikeness::Neighbouring => {
                let Some(of) = number.parts() else { return Vec::new() };
                let near = of.count.saturating_sub(9)..=of.count + 9;
                near.filter(|count| *count != of.count)
                    .map(|count| format!("{}{count}{}", of.prefix, of.suffix))
                    .collect()
            }
            NumberLikeness::Suffix => {
                let longer = tails().map(|tail| format!("{plain}{tail}"));
                let shorter = tails().filter_map(|tail| plain.strip_suffix(tail));
                longer.chain(shorter.map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        }
    }

    proptest! {
        #[test]
        fn identities_are_those_of_the_numbers_written_out(text in "[A-Z]{0,4}[0-9]{1,18}[A-Z]{0,3}(COPY)?") {
            let number = InvoiceNumber::new(&text);
            prop_assume!(number.is_usable());
            for slip in NumberLikeness::ALL {
                let (mut told, mut expected) = (BTreeMap::new(), BTreeMap::new());
                Slips::of(&number).each(slip, &mut |key| *told.entry(key).or_insert(0) += 1);
                for written in each_written(&number, slip) {
                    *expected.entry(text_key(&written)).or_insert(0) += 1;
                }
                prop_assert_eq!(&told, &expected, "{:?} of {}", slip, &number.plain);
                let lengths = each_written(&number, slip).into_iter().map(|text| text.len());
                for length in lengths.map(|length| length.min(LENGTHS - 1)) {
                    prop_assert!(Slips::has_length(&number, slip, 1 << length), "{} {:?}", text, slip);
                }
            }
        }
    }
}
