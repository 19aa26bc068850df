//! The number of an invoice that is only looked at, counted among the others for as long as it takes.
//!
//! Not for: what follows from the counts (`numbers`).
//!
//! Invariant: what was counted last is taken back first, and then all is as it was before.

use super::{COLLISIONS_COUNTED_MAX, Numbers, PartyCounts};
use crate::habits::number_forms::{Form, NumberForms};
use crate::habits::shared_series::Series;
use crate::invoice_number::{InvoiceNumber, segments};
use crate::invoices::{Invoices, NO_DAY};
use crate::{narrow, parallel};

/// Where invoices of one number, and of one series, are found.
#[derive(Debug)]
pub(crate) struct NumberPlaces {
    /// By the plain form, of those that tell something.
    by_plain: Vec<u32>,
    series: Series,
}

/// A number that is counted for now, and how to take it back.
#[derive(Debug)]
pub(crate) struct CountedNumber {
    plain: u64,
    /// Other invoices of its party that bear it.
    namesakes: Vec<u32>,
    uses: [usize; 3],
    collisions: [[super::Collisions; super::LENGTHS]; 2],
    lengths: PartyLengths,
}

/// The lengths of a party's numbers as they were before one more.
#[derive(Debug)]
struct PartyLengths {
    party: usize,
    lengths: u16,
    /// The parties that had any.
    parties: usize,
}

impl PartyLengths {
    fn of(lengths_used: &[u16], party: u32) -> Self {
        let party = party as usize;
        let lengths = lengths_used.get(party).copied().unwrap_or(0);
        Self { party, lengths, parties: lengths_used.len() }
    }

    fn restore(self, lengths_used: &mut Vec<u16>) {
        if let Some(lengths) = lengths_used.get_mut(self.party) {
            *lengths = self.lengths;
        }
        lengths_used.truncate(self.parties);
    }
}

impl NumberPlaces {
    /// On so many threads.
    pub(in crate::habits) fn of(invoices: &Invoices, numbers: &Numbers, threads: usize) -> Self {
        let told = (0..invoices.len()).filter(|at| numbers.plain[*at] != 0);
        let keyed = told.map(|at| (numbers.plain[at], narrow(at))).collect();
        let sorted: Vec<(u64, u32)> = parallel::sorted(keyed, threads);
        Self {
            by_plain: sorted.into_iter().map(|(_, at)| at).collect(),
            series: Series::of(invoices, &numbers.forms, threads),
        }
    }

    pub(crate) const fn bytes(&self) -> usize {
        self.by_plain.capacity() * size_of::<u32>() + self.series.bytes()
    }

    /// Those that bear a number; newcomers are not among them.
    fn of_plain<'a>(&'a self, numbers: &'a Numbers, plain: u64) -> &'a [u32] {
        let key = |at: &u32| numbers.plain[*at as usize];
        let from = self.by_plain.partition_point(|at| key(at) < plain);
        let to = self.by_plain.partition_point(|at| key(at) <= plain);
        if plain == 0 { &[] } else { &self.by_plain[from..to] }
    }
}

impl Numbers {
    /// Counts the number of the last of the invoices.
    pub(in crate::habits) fn count(
        &mut self,
        invoices: &Invoices,
        places: &NumberPlaces,
    ) -> CountedNumber {
        let at = invoices.len() - 1;
        let party = invoices.party[at];
        let read = self.read(invoices.number(at), invoices.invoiced[at]);
        self.plain.push(read.plain);
        self.merged_keys.push(read.merged);
        self.forms.push(read.form);
        self.dates.push(read.date);
        self.lengths.push(read.length);
        self.is_shared.push(places.series.runs_through(invoices, &self.forms, at));
        let uses = [&self.used, &self.merged, &self.cores].map(PartyCounts::newcomers);
        let collisions = self.collisions;
        let lengths = PartyLengths::of(&self.lengths_used, party);
        let alike = places.of_plain(self, read.plain);
        let (namesakes, elsewhere): (Vec<u32>, Vec<u32>) =
            alike.iter().partition(|other| invoices.party[**other as usize] == party);
        let before = self.everywhere.get(&read.plain).copied().unwrap_or(0);
        for other in elsewhere {
            let other = other as usize;
            if before.saturating_sub(self.uses[other]) < COLLISIONS_COUNTED_MAX {
                let (series, length) = self.sort_of(other);
                self.collisions[series][length].elsewhere += 1.0;
            }
        }
        let (series, length) = self.sort_of(at);
        let others = before.saturating_sub(narrow(namesakes.len())).min(COLLISIONS_COUNTED_MAX);
        self.collisions[series][length].elsewhere += f64::from(others);
        self.collisions[series][length].of += 1.0;
        if read.plain == 0 {
            self.uses.push(0);
            return CountedNumber { plain: 0, namesakes, uses, collisions, lengths };
        }
        *self.everywhere.entry(read.plain).or_insert(0) += 1;
        super::note_length(&mut self.lengths_used, party, read.length);
        self.used.count_newcomer(party, read.plain);
        self.merged.count_newcomer(party, read.merged);
        let cores = &mut self.cores;
        segments::each_core(invoices.number(at), &mut |core| cores.count_newcomer(party, core));
        for other in &namesakes {
            self.uses[*other as usize] += 1;
        }
        self.uses.push(self.used.get(party, read.plain));
        CountedNumber { plain: read.plain, namesakes, uses, collisions, lengths }
    }

    /// Takes back what was counted last.
    pub(in crate::habits) fn take_back(&mut self, counted: CountedNumber) {
        self.plain.pop();
        self.merged_keys.pop();
        self.forms.pop();
        self.dates.pop();
        self.lengths.pop();
        self.is_shared.pop();
        self.uses.pop();
        let counts = [&mut self.used, &mut self.merged, &mut self.cores];
        for (counts, newcomers) in counts.into_iter().zip(counted.uses) {
            counts.keep(newcomers);
        }
        self.collisions = counted.collisions;
        counted.lengths.restore(&mut self.lengths_used);
        if counted.plain == 0 {
            return;
        }
        for other in counted.namesakes {
            self.uses[other as usize] -= 1;
        }
        match self.everywhere.get_mut(&counted.plain) {
            Some(used) if *used > 1 => *used -= 1,
            _ => {
                self.everywhere.remove(&counted.plain);
            }
        }
    }

    /// The plain form's identity of a number that is not in the ledger; 0 when it tells nothing.
    pub(in crate::habits) fn plain_of(&self, text: &str) -> u64 {
        self.read(text, NO_DAY).plain
    }

    /// A number as those of the ledger are read.
    fn read(&self, text: &str, invoiced: i32) -> NumberForms {
        let read = NumberForms::of(&InvoiceNumber::new(text), invoiced);
        if self.are_ids || self.placeholders.contains(&read.plain) {
            read.without_number()
        } else {
            read
        }
    }

    pub(in crate::habits) fn bytes(&self) -> usize {
        let each = 2 * size_of::<u64>() + size_of::<Form>() + size_of::<u32>() + 3;
        // Of a map of words: key, value, and a byte that tells whether there is one.
        let entry = size_of::<(u64, u32)>() + 1;
        self.plain.capacity() * each
            + self.everywhere.capacity() * entry
            + [&self.used, &self.merged, &self.cores].map(PartyCounts::bytes).iter().sum::<usize>()
    }
}
