//! Invoices in columns, as the evidence about them is weighed: a few dozen bytes each, millions in memory.
//!
//! Not for: reading them (`analysis`), or what they mean.
//!
//! Invariant: all columns have one length; a number of 0 for a word means that there is none.

use domain::MinorDigits;
use rustc_hash::FxHashSet;

use crate::{parallel, short_text_key};

/// Days since 1970; none.
pub const NO_DAY: i32 = i32::MIN;

/// One invoice, as it is added.
#[derive(Debug, Clone, Copy, Default)]
pub struct Invoice<'a> {
    pub id: &'a str,
    pub number: &'a str,
    /// Numbered by the caller from 0.
    pub supplier: u32,
    /// The name on the invoice, numbered by the caller; a supplier may bear several.
    pub name: u32,
    /// Suppliers that are one party have one number, from 0.
    pub party: u32,
    /// Base amount in ten-thousandths.
    pub amount: i64,
    /// Invoice amount in ten-thousandths, in `currency`.
    pub stated: i64,
    /// Words are numbered by the caller from 1.
    pub currency: u32,
    pub invoiced: i32,
    pub entered: i32,
    pub paid: i32,
    /// It was paid, on whatever day.
    pub is_paid: bool,
    pub user: u32,
    pub group: u32,
    /// By [`short_text_key`].
    pub order: u32,
    pub means: u32,
    pub description: u32,
}

/// Invoices, known by their place.
#[derive(Debug, Default)]
pub struct Invoices {
    ids: Texts,
    numbers: Texts,
    pub supplier: Vec<u32>,
    pub name: Vec<u32>,
    pub party: Vec<u32>,
    pub amount: Vec<i64>,
    pub stated: Vec<i64>,
    pub currency: Vec<u32>,
    pub invoiced: Vec<i32>,
    pub entered: Vec<i32>,
    pub paid: Vec<i32>,
    pub is_paid: Vec<bool>,
    pub user: Vec<u32>,
    pub group: Vec<u32>,
    pub order: Vec<u32>,
    pub means: Vec<u32>,
    pub description: Vec<u32>,
    /// Rows of the ledger that an invoice was added up from: its lines; 1 when it is a row by itself.
    pub rows: Vec<u32>,
    /// Names that say that somebody's is kept back: whoever is paid under one may be anybody.
    pub withheld_names: FxHashSet<u32>,
    /// The digits behind the point of the base currency, by which sentences write amounts.
    pub base_digits: MinorDigits,
}

/// Columns of numbered words, and of counts like them.
const WORDS: usize = 10;

/// Many short texts in one.
#[derive(Debug, Default)]
struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Invoices {
    pub fn push(&mut self, invoice: &Invoice<'_>) {
        self.ids.push(invoice.id);
        self.numbers.push(invoice.number);
        self.supplier.push(invoice.supplier);
        self.name.push(invoice.name);
        self.party.push(invoice.party);
        self.amount.push(invoice.amount);
        self.stated.push(invoice.stated);
        self.currency.push(invoice.currency);
        self.invoiced.push(invoice.invoiced);
        self.entered.push(invoice.entered);
        self.paid.push(invoice.paid);
        self.is_paid.push(invoice.is_paid);
        self.user.push(invoice.user);
        self.group.push(invoice.group);
        self.order.push(invoice.order);
        self.means.push(invoice.means);
        self.description.push(invoice.description);
        self.rows.push(1);
    }

    /// Takes the invoice away that was added last.
    pub fn pop(&mut self) {
        self.ids.pop();
        self.numbers.pop();
        for column in [&mut self.amount, &mut self.stated] {
            column.pop();
        }
        for column in [&mut self.invoiced, &mut self.entered, &mut self.paid] {
            column.pop();
        }
        self.is_paid.pop();
        for column in self.words() {
            column.pop();
        }
    }

    /// The place of the invoice of an id, among the first so many, which are sorted by theirs.
    pub fn place_of(&self, id: &str, sorted: usize) -> Option<usize> {
        let (mut low, mut high) = (0, sorted);
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.id(middle).cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        let numbers = 3 * size_of::<i32>() + 2 * size_of::<i64>() + size_of::<bool>();
        let words = WORDS * size_of::<u32>();
        self.amount.capacity() * (numbers + words) + self.ids.bytes() + self.numbers.bytes()
    }

    /// Sorts by id, so that places do not depend on the order in which invoices were read, and leaves out
    /// some, by their places before.
    pub fn sort_by_id_without(&mut self, left_out: &[bool], threads: usize) {
        let mut order = self.ids.sorted(threads);
        order.retain(|at| !left_out[*at as usize]);
        self.take(&order);
    }

    /// These places in this order, and no others.
    fn take(&mut self, order: &[u32]) {
        self.ids = self.ids.in_order(order);
        self.numbers = self.numbers.in_order(order);
        for column in [&mut self.amount, &mut self.stated] {
            *column = in_order(column, order);
        }
        for column in [&mut self.invoiced, &mut self.entered, &mut self.paid] {
            *column = in_order(column, order);
        }
        self.is_paid = in_order(&self.is_paid, order);
        for column in self.words() {
            *column = in_order(column, order);
        }
    }

    const fn words(&mut self) -> [&mut Vec<u32>; WORDS] {
        [
            &mut self.supplier,
            &mut self.name,
            &mut self.party,
            &mut self.currency,
            &mut self.user,
            &mut self.group,
            &mut self.order,
            &mut self.means,
            &mut self.description,
            &mut self.rows,
        ]
    }

    /// Returns `true` when two invoices bear one supplier reference or one name; of a payee that is
    /// nobody each is a party of its own.
    pub fn are_of_one_supplier(&self, a: usize, b: usize) -> bool {
        self.party[a] == self.party[b] || self.supplier[a] == self.supplier[b]
    }

    /// Returns `true` when two invoices are over one figure in one currency, and over two amounts in the
    /// books.
    pub fn are_of_two_rates(&self, a: usize, b: usize) -> bool {
        self.amount[a] != self.amount[b]
            && self.amount[a].signum() == self.amount[b].signum()
            && self.stated[a] == self.stated[b]
            && self.stated[a] != 0
            && self.currency[a] == self.currency[b]
    }

    /// Returns `true` when the number of one of two invoices is that of the purchase order of either.
    pub fn bear_number_of_order(&self, a: usize, b: usize) -> bool {
        [a, b].map(|at| self.order[at]).into_iter().filter(|order| *order != 0).any(|order| {
            short_text_key(self.number(a)) == order || short_text_key(self.number(b)) == order
        })
    }

    /// Returns `true` for an invoice whose payee is not named.
    pub fn is_unnamed(&self, at: usize) -> bool {
        self.withheld_names.contains(&self.name[at])
    }

    pub fn len(&self) -> usize {
        self.amount.len()
    }

    pub fn is_empty(&self) -> bool {
        self.amount.is_empty()
    }

    pub fn id(&self, at: usize) -> &str {
        self.ids.get(at)
    }

    pub fn number(&self, at: usize) -> &str {
        self.numbers.get(at)
    }

    /// The number of an invoice as sentences write it.
    pub fn written_number(&self, at: usize) -> &str {
        match self.number(at).trim() {
            "" => "(no number)",
            number => number,
        }
    }

    /// Sorts places by id into places by party, then day, then id; parties are numbered by the least of
    /// their ids, so
    /// that places still depend on nothing but the rows. Nearly all comparisons are of one party's invoices,
    /// and what lies together in memory is found in half the time.
    pub fn sort_by_party(&mut self) {
        self.number_parties();
        let begins = party_begins(&self.party);
        let (mut ends, mut order) = (begins.clone(), vec![0; self.len()]);
        for (at, party) in self.party.iter().enumerate() {
            let end = &mut ends[*party as usize];
            order[*end as usize] = crate::narrow(at);
            *end += 1;
        }
        for party in begins.windows(2) {
            // In the order of ids already, and most ids are given out day by day.
            order[party[0] as usize..party[1] as usize]
                .sort_by_key(|at| self.invoiced[*at as usize]);
        }
        self.take(&order);
    }

    /// Numbers parties in the order in which their first invoices stand.
    fn number_parties(&mut self) {
        let count = self.party.iter().max().map_or(0, |last| *last as usize + 1);
        let (mut numbers, mut next) = (vec![None; count], 0);
        for party in &mut self.party {
            *party = *numbers[*party as usize].get_or_insert_with(|| {
                next += 1;
                next - 1
            });
        }
    }
}

/// Where the places of each party would begin, were they in the order of parties; one more than there are
/// parties.
pub(crate) fn party_begins(parties: &[u32]) -> Vec<u32> {
    let count = parties.iter().max().map_or(0, |last| *last as usize + 1);
    let mut begins = vec![0_u32; count + 1];
    for party in parties {
        begins[*party as usize + 1] += 1;
    }
    for party in 0..count {
        begins[party + 1] += begins[party];
    }
    begins
}

fn in_order<T: Copy>(column: &[T], order: &[u32]) -> Vec<T> {
    order.iter().map(|at| column[*at as usize]).collect()
}

impl Texts {
    /// Places in the order of their texts.
    fn sorted(&self, threads: usize) -> Vec<u32> {
        let begins = |at: usize| {
            let mut bytes = [0; size_of::<u128>()];
            let text = self.get(at).as_bytes();
            let length = text.len().min(bytes.len());
            bytes[..length].copy_from_slice(&text[..length]);
            (u128::from_be_bytes(bytes), crate::narrow(at))
        };
        let begins = parallel::of_all(self.ends.len(), threads, begins);
        let mut sorted = parallel::sorted(begins, threads);
        // Most ids are told apart by how they begin, without looking them up.
        for alike in sorted.chunk_by_mut(|x, y| x.0 == y.0).filter(|alike| alike.len() > 1) {
            alike.sort_by(|x, y| self.get(x.1 as usize).cmp(self.get(y.1 as usize)));
        }
        sorted.into_iter().map(|(_, at)| at).collect()
    }

    fn in_order(&self, order: &[u32]) -> Self {
        let mut sorted = Self {
            text: String::with_capacity(self.text.len()),
            ends: Vec::with_capacity(self.ends.len()),
        };
        for at in order {
            sorted.push(self.get(*at as usize));
        }
        sorted
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn pop(&mut self) {
        self.ends.pop();
        self.text.truncate(self.ends.last().copied().unwrap_or(0));
    }

    const fn bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<usize>()
    }

    fn get(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }
}
