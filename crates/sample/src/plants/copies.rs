//! Invoices that get into the ledger twice: every kind `KINDS` lists, made from an invoice as it is
//! written.
//!
//! Not for: innocent look-alikes (`innocents`).
//!
//! Invariant: a copy is keyed after its original and not behind the last day.

use std::collections::HashMap;

use jiff::ToSpan as _;
use jiff::civil::date;

use Change::{Always, Amount, Number, Perhaps, Sum};

use super::numbers;
use crate::calendar::Calendar;
use crate::country::Currency;
use crate::invoice::{Invoice, PaymentMethod};
use crate::organisation::{GROUPS, User};
use crate::rng::Rng;
use crate::suppliers::Supplier;

/// One way for an invoice to come twice.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// The words behind “was keyed again as …: ”.
    pub(crate) says: &'static str,
    change: Change,
}

enum Change {
    /// Where the number allows it.
    Number(fn(&str, &mut Rng) -> Option<String>),
    Amount(fn(i64, &mut Rng) -> i64),
    Always(fn(&Original<'_>, &mut Invoice, &mut Rng)),
    /// Where the invoice allows it.
    Perhaps(fn(&Original<'_>, &mut Invoice, &mut Rng) -> Option<()>),
    /// Billed together with the next one.
    Sum,
}

/// An invoice just written, and what is known around it.
pub(crate) struct Original<'a> {
    pub(crate) invoice: &'a Invoice,
    pub(crate) suppliers: &'a [Supplier],
    pub(crate) users: &'a [User],
    pub(crate) calendar: &'a Calendar,
    pub(crate) twins: &'a HashMap<usize, usize>,
}

/// Smaller ones are not worth finding twice.
const AMOUNT_MIN: i64 = 5_000;

const fn kind(name: &'static str, says: &'static str, change: Change) -> Kind {
    Kind { name, says, change }
}

/// The one kind that is made from a credit note.
const OF_CREDITS: &str = "credit_as_invoice";

pub(crate) const KINDS: [Kind; 24] = [
    kind("exact", "the same number and amount", Always(|_, _, _| ())),
    kind(
        "punctuation",
        "the punctuation of the number differs",
        Number(numbers::change_punctuation),
    ),
    kind(
        "leading_zeros",
        "leading zeros of the number differ",
        Number(numbers::change_leading_zeros),
    ),
    kind("suffix", "the number has got a suffix", Number(numbers::add_suffix)),
    kind(
        "transposed_digits",
        "two digits of the number are swapped",
        Number(numbers::transpose_digits),
    ),
    kind(
        "substituted_digit",
        "one digit of the number is another",
        Number(numbers::substitute_digit),
    ),
    kind("dropped_digit", "one digit of the number is missing", Number(numbers::drop_digit)),
    kind("added_digit", "the number has one digit more", Number(numbers::add_digit)),
    kind(
        "misread_character",
        "a digit of the number was read as a letter",
        Number(numbers::misread_character),
    ),
    kind("date_as_number", "its date stands where the number should", Always(date_as_number)),
    kind("second_reference", "the supplier's second reference was used", Perhaps(second_reference)),
    kind("wrong_supplier", "another supplier was chosen", Perhaps(wrong_supplier)),
    kind("other_group", "another part of the organisation keyed it too", Always(other_group)),
    kind("net_for_gross", "once with VAT and once without", Amount(|gross, _| gross * 5 / 6)),
    kind("transposed_amount", "two digits of the amount are swapped", Perhaps(transposed_amount)),
    kind("slipped_decimal", "the decimal point of the amount has slipped", Amount(slipped_decimal)),
    kind("amount_nearly", "the amounts differ by one to three percent", Amount(amount_nearly)),
    kind("half", "the second time for half of the amount", Amount(|whole, _| whole / 2)),
    kind("sum_of_two", "one amount is the sum of two invoices already keyed", Sum),
    kind("day_and_month_swapped", "day and month of its date are swapped", Perhaps(day_and_month)),
    kind("wrong_year", "its date is a year early", Perhaps(wrong_year)),
    kind("other_currency", "the same figure in another currency", Always(other_currency)),
    kind(OF_CREDITS, "the credit note was keyed as an invoice too", Amount(|credit, _| -credit)),
    kind("card_and_invoice", "it was paid by card and by invoice", Perhaps(card_and_invoice)),
];

impl Kind {
    /// The rows that are keyed later for this invoice to have come twice; none if the kind does not
    /// apply. The last of them is the one too many.
    pub(crate) fn copies(&self, of: &Original<'_>, rng: &mut Rng) -> Option<Vec<Invoice>> {
        let original = of.invoice;
        let is_credit = original.amount < 0;
        if original.amount.abs() < AMOUNT_MIN || is_credit != (self.name == OF_CREDITS) {
            return None;
        }
        let mut copy = keyed_again(of, rng);
        let mut copies = Vec::new();
        match self.change {
            Number(change) => copy.number = change(&original.number, rng)?,
            Amount(change) => copy.amount = change(original.amount, rng),
            Always(change) => change(of, &mut copy, rng),
            Perhaps(change) => change(of, &mut copy, rng)?,
            Sum => {
                let mut second = keyed_again(of, rng);
                second.number = numbers::substitute_digit(&original.number, rng)?;
                second.amount = original.amount / 400 * rng.between(120, 700);
                copy.amount = original.amount + second.amount;
                copy.number = numbers::add_suffix(&original.number, rng)?;
                copy.entered = copy.entered.max(second.entered);
                second.settle(of.calendar, of.suppliers[second.supplier].terms);
                copies.push(second);
            }
        }
        copy.settle(of.calendar, of.suppliers[copy.supplier].terms);
        copies.push(copy);
        let kept = copies.iter().all(|copy| copy.entered <= of.calendar.last);
        kept.then_some(copies)
    }
}

/// Keys an invoice as the second person does: later, mostly from a second print of the same invoice.
fn keyed_again(of: &Original<'_>, rng: &mut Rng) -> Invoice {
    let mut copy = of.invoice.clone();
    copy.entered = of.calendar.working(copy.entered + rng.between(1, 90));
    copy.received = copy.entered - rng.between(0, 2).min(copy.entered - copy.invoiced);
    if rng.percent(15) {
        copy.invoiced = (copy.invoiced + rng.between(1, 4)).min(copy.entered);
    }
    if rng.percent(55) {
        copy.user = rng.index(of.users.len());
    }
    if rng.percent(50) {
        copy.order = 0;
    }
    copy
}

fn date_as_number(of: &Original<'_>, copy: &mut Invoice, _: &mut Rng) {
    let day = of.calendar.date(copy.invoiced);
    copy.number = format!("{:02}{:02}{}", day.day(), day.month(), day.year());
}

fn second_reference(of: &Original<'_>, copy: &mut Invoice, _: &mut Rng) -> Option<()> {
    copy.supplier = *of.twins.get(&copy.supplier)?;
    copy.site = 0;
    Some(())
}

fn wrong_supplier(of: &Original<'_>, copy: &mut Invoice, rng: &mut Rng) -> Option<()> {
    let other = rng.index(of.suppliers.len());
    let known = of.suppliers[other].created <= copy.invoiced;
    if other == copy.supplier || of.twins.get(&copy.supplier) == Some(&other) || !known {
        return None;
    }
    (copy.supplier, copy.site) = (other, 0);
    Some(())
}

fn other_group(_: &Original<'_>, copy: &mut Invoice, rng: &mut Rng) {
    copy.group = (copy.group + 1 + rng.index(GROUPS.len() - 1)) % GROUPS.len();
}

fn transposed_amount(_: &Original<'_>, copy: &mut Invoice, rng: &mut Rng) -> Option<()> {
    let digits = numbers::transpose_digits(&copy.amount.to_string(), rng)?;
    copy.amount = digits.parse().ok().filter(|amount| *amount >= AMOUNT_MIN / 10)?;
    Some(())
}

fn slipped_decimal(amount: i64, rng: &mut Rng) -> i64 {
    if rng.percent(50) { amount * 10 } else { amount / 10 }
}

fn amount_nearly(amount: i64, rng: &mut Rng) -> i64 {
    let off = amount * rng.between(10, 30) / 1_000;
    if rng.percent(50) { amount + off } else { amount - off }
}

fn day_and_month(of: &Original<'_>, copy: &mut Invoice, _: &mut Rng) -> Option<()> {
    let day = of.calendar.date(of.invoice.invoiced);
    if day.day() > 12 || day.day() == day.month() {
        return None;
    }
    copy.invoiced = of.calendar.day(date(day.year(), day.day(), day.month()))?;
    (copy.invoiced <= copy.entered).then_some(())
}

fn wrong_year(of: &Original<'_>, copy: &mut Invoice, _: &mut Rng) -> Option<()> {
    copy.invoiced = of.calendar.day(of.calendar.date(of.invoice.invoiced) - 1.year())?;
    Some(())
}

fn other_currency(_: &Original<'_>, copy: &mut Invoice, _: &mut Rng) {
    copy.currency = if copy.currency == Currency::Gbp { Currency::Eur } else { Currency::Gbp };
}

fn card_and_invoice(of: &Original<'_>, copy: &mut Invoice, rng: &mut Rng) -> Option<()> {
    copy.method = match of.invoice.method {
        PaymentMethod::Transfer => PaymentMethod::Card,
        PaymentMethod::Card => PaymentMethod::Transfer,
        PaymentMethod::Cancelled => return None,
    };
    copy.number = format!("CARD{}", rng.between(100_000, 999_999));
    Some(())
}
