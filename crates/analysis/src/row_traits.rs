//! Values of the rows of a file that tell whether an earlier row with the same Unique ID is an earlier state
//! of one, another invoice, or the same invoice paid on another day.
//!
//! Not for: which rows are replaced (`replace`), or what is said of them.
//!
//! Invariants: 16 bytes for each row of the file and none when the ledger is empty. A difference may be
//! missed, once in some ten thousand, as texts and amounts are compared by 16 bits of a hash, and rows by 48
//! bits of their identity; none is made up but by chance of the latter. A number that is the Unique ID itself
//! is the same on both sides whatever the invoices are, and tells nothing.

use arrow_array::cast::AsArray as _;
use arrow_array::types::Date32Type;
use arrow_array::{Array as _, Date32Array, Decimal128Array, RecordBatch, StringArray};

use crate::error::Error;
use crate::identity::Identity;

/// Columns that the values of a row are taken from.
const TRAIT_COLUMNS: [&str; 6] =
    ["supplier_ref", "supplier_name", "invoice_number", "invoice_amount", "paid_date", "unique_id"];

/// Values of a row as 16 bits each: supplier reference, supplier name, invoice number, amount, payment. The
/// number is [`NO_NUMBER`] where it is the Unique ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Traits([u16; 5]);

/// The number of a row without one of its own, which is that of no other.
const NO_NUMBER: u16 = 0;

/// The sign of the amount beside the day of its payment.
const IS_CREDIT: u16 = 1 << 15;

impl Traits {
    /// Returns `true` when one may be a later state of the other: supplier, number or amount is the
    /// same.
    fn is_same_invoice(self, other: Self) -> bool {
        let is_same = |place: usize| self.0[place] == other.0[place];
        let is_same_number = self.has_own_number() && is_same(2);
        is_same_number || is_same(0) || is_same(1) || is_same(3)
    }

    /// Returns `true` when the row has an invoice number beside its Unique ID.
    pub(crate) const fn has_own_number(self) -> bool {
        self.0[2] != NO_NUMBER
    }

    /// Returns `true` when it is the same amount to the same supplier. What is empty is the same as
    /// nothing.
    fn is_same_money(self, other: Self) -> bool {
        let is_same = |place: usize| self.0[place] != 0 && self.0[place] == other.0[place];
        is_same(3) && (is_same(0) || is_same(1))
    }

    /// Returns `true` when both were paid, each on a day of its own.
    const fn is_other_payment(self, other: Self) -> bool {
        let (one, other) = (self.0[4], other.0[4]);
        one & IS_CREDIT == other & IS_CREDIT
            && one & !IS_CREDIT != 0
            && other & !IS_CREDIT != 0
            && one != other
    }
}

/// Reads the traits of the rows of a batch.
pub(crate) struct TraitColumns<'a> {
    texts: [&'a StringArray; 3],
    ids: &'a StringArray,
    amounts: &'a Decimal128Array,
    paid: &'a Date32Array,
}

impl<'a> TraitColumns<'a> {
    pub(crate) fn new(batch: &'a RecordBatch) -> Result<Self, Error> {
        let schema = batch.schema();
        let text = |name: &str| Ok::<_, Error>(batch.column(schema.index_of(name)?).as_string());
        let [reference, name, number, amount, paid, id] = TRAIT_COLUMNS;
        Ok(Self {
            texts: [text(reference)?, text(name)?, text(number)?],
            ids: text(id)?,
            amounts: batch.column(schema.index_of(amount)?).as_primitive(),
            paid: batch.column(schema.index_of(paid)?).as_primitive::<Date32Type>(),
        })
    }

    pub(crate) fn of(&self, row: usize) -> Traits {
        let text = |texts: &StringArray| {
            let signs = texts.is_valid(row).then(|| plain(texts.value(row)));
            bits(signs.into_iter().flatten())
        };
        let [reference, name, written] = self.texts.map(text);
        let is_id = self.texts[2].is_valid(row)
            && plain(self.texts[2].value(row)).eq(plain(self.ids.value(row)));
        let number = if is_id { NO_NUMBER } else { written };
        let amount = self.amounts.is_valid(row).then(|| self.amounts.value(row));
        // An invoice that is turned into its credit is a later state of it.
        let size = amount
            .map(|amount| u64::try_from(amount.unsigned_abs()).expect("amounts have 18 digits"));
        let sign = if amount.is_some_and(|amount| amount < 0) { IS_CREDIT } else { 0 };
        // A day outside of 1970 to 2059 is no day of a payment.
        let paid = self.paid.is_valid(row).then(|| u16::try_from(self.paid.value(row)).ok());
        let paid = paid.flatten().filter(|days| *days < IS_CREDIT).unwrap_or(0);
        Traits([reference, name, number, bits(size.into_iter()), sign | paid])
    }
}

impl TraitColumns<'_> {
    /// The day of payment in days since 1970; whoever asks knows that there is one.
    pub(crate) fn paid_day(&self, row: usize) -> i32 {
        self.paid.value(row)
    }
}

/// Letters and digits without case and leading zeros: what two extracts write differently is the same.
fn plain(text: &str) -> impl Iterator<Item = u64> {
    let signs = text.chars().filter(|sign| sign.is_alphanumeric()).skip_while(|sign| *sign == '0');
    signs.flat_map(char::to_lowercase).map(|sign| u32::from(sign).into())
}

/// A short hash that is quick: what a difference is missed for costs a note, and nobody gains by it.
fn bits(words: impl Iterator<Item = u64>) -> u16 {
    /// An odd number whose bits look random, so that a product spreads each word over the upper half.
    const SPREAD: u64 = 0x517c_c1b7_2722_0a95;
    let hash =
        words.fold(0, |so_far: u64, word| (so_far.rotate_left(5) ^ word).wrapping_mul(SPREAD));
    u16::try_from(hash >> 48).expect("a quarter of 64 bits")
}

/// The rows of a file by what tells their invoices apart, gathered while they are staged.
#[derive(Debug, Default)]
pub(crate) struct RowTraits {
    /// 48 bits of the row's identity, then its traits.
    rows: Vec<u128>,
}

impl RowTraits {
    /// `identities` are those of the rows of the batch.
    pub(crate) fn add(
        &mut self,
        batch: &RecordBatch,
        identities: &[Identity],
    ) -> Result<(), Error> {
        let columns = TraitColumns::new(batch)?;
        self.rows.extend(identities.iter().enumerate().map(|(row, identity)| {
            let traits = columns.of(row).0.map(u128::from);
            let traits = traits.iter().fold(0, |so_far, value| (so_far << 16) | value);
            (key_of(*identity) << TRAIT_BITS) | traits
        }));
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.rows.clear();
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.rows.extend(other.rows);
    }

    pub(crate) fn sorted(mut self) -> Self {
        self.rows.sort_unstable();
        self
    }

    /// Returns `true` when a row with this identity may be a later state of a row with these traits.
    pub(crate) fn has_state_of(&self, identity: Identity, traits: Traits) -> bool {
        self.of(identity).any(|row| row.is_same_invoice(traits))
    }

    /// Returns `true` when the rows with this identity pay a row with these traits once more: the
    /// same amount to the same supplier, and on other days only.
    pub(crate) fn pays_again(&self, identity: Identity, traits: Traits) -> bool {
        let mut same = self.of(identity).filter(|row| row.is_same_money(traits)).peekable();
        same.peek().is_some() && same.all(|row| row.is_other_payment(traits))
    }

    fn of(&self, identity: Identity) -> impl Iterator<Item = Traits> {
        let key = key_of(identity);
        let start = self.rows.partition_point(|row| row >> TRAIT_BITS < key);
        let same = self.rows[start..].iter().take_while(move |row| *row >> TRAIT_BITS == key);
        same.map(|row| traits_of(*row))
    }
}

const TRAIT_BITS: u32 = 80;

const fn key_of(identity: Identity) -> u128 {
    identity >> TRAIT_BITS
}

fn traits_of(row: u128) -> Traits {
    Traits(
        [64, 48, 32, 16, 0].map(|shift| {
            u16::try_from((row >> shift) & u128::from(u16::MAX)).expect("16 bits of it")
        }),
    )
}
