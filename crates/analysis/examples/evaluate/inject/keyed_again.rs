//! One invoice as somebody keys it the second time.

use std::collections::HashMap;

use super::super::amount_slips as amounts;
use super::super::chance::Chance;
use super::super::header::{Header, date, day};
use super::super::kinds::Kind;
use super::super::number_slips::{
    DigitSlip, date_number, digit_slip, located, misread, order, prefixed, punctuated, rearranged,
    with_long_tail, with_order, zeros,
};
use super::Dates;

const TAILS: [&str; 8] = ["-A", "-1", "R", " DUP", "COPY", "/2", "A", "-R"];
/// A second keying comes within so many days.
const LATER_DAYS_MAX: i64 = 60;

/// The suppliers and users of a ledger, for slips that take another one.
pub(super) struct Keying {
    references: Vec<(String, String)>,
    users: Vec<String>,
    by_supplier: HashMap<String, Vec<usize>>,
}

impl Keying {
    pub(super) fn new(headers: &[Header]) -> Self {
        let mut by_supplier: HashMap<String, Vec<usize>> = HashMap::new();
        let mut names: HashMap<&str, &str> = HashMap::new();
        for (at, header) in headers.iter().enumerate() {
            names.entry(&header.supplier).or_insert(&header.supplier_name);
            by_supplier.entry(header.supplier.clone()).or_default().push(at);
        }
        let mut references: Vec<(String, String)> =
            names.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
        references.sort();
        let users = headers.iter().map(|header| header.user.clone()).collect();
        Self { references, users, by_supplier }
    }

    /// The invoices of a supplier, by their places.
    pub(super) fn places_of(&self, supplier: &str) -> &[usize] {
        self.by_supplier.get(supplier).map_or(&[], Vec::as_slice)
    }

    /// An invoice keyed so many days later, with its date where it has one.
    #[expect(clippy::unused_self, reason = "as the others are called")]
    pub(super) fn later(&self, original: &Header, days: i64, dates: Dates) -> Header {
        let days = i32::try_from(days).expect("a few weeks");
        let mut copy = original.clone();
        copy.entered += days;
        copy.paid = original.paid.map(|paid| paid + days);
        if dates == Dates::Moving {
            copy.invoiced = copy.entered;
        }
        copy
    }

    /// An invoice keyed again as it is.
    pub(super) fn copy(
        &self,
        original: &Header,
        dates: Dates,
        chance: &mut Chance,
    ) -> Option<Header> {
        let mut copy = self.later(original, chance.between(1, LATER_DAYS_MAX), dates);
        if dates == Dates::Kept && chance.percent(12) {
            copy.invoiced += i32::try_from(chance.between(1, 5)).ok()?;
        }
        if chance.percent(46) {
            copy.user.clone_from(chance.pick(&self.users));
        }
        Some(copy)
    }

    /// An invoice keyed again with a slip of this kind.
    pub(super) fn slipped(
        &self,
        kind: Kind,
        original: &Header,
        dates: Dates,
        chance: &mut Chance,
    ) -> Option<Header> {
        let mut copy = self.copy(original, dates, chance)?;
        let slip = match kind {
            Kind::SecondReference | Kind::WrongSupplier => {
                self.other_party(kind, &mut copy, chance)
            }
            Kind::OtherGroup => {
                copy.group.push('X');
                Some(())
            }
            Kind::ByCard => {
                copy.means = if original.means == "CARD" { "BACS" } else { "CARD" }.into();
                Some(())
            }
            Kind::OtherCurrency => {
                copy.currency = if original.currency == "EUR" { "GBP" } else { "EUR" }.into();
                // Of another value in the base currency.
                copy.amount = original.amount / 100 * chance.between(75, 95);
                Some(())
            }
            Kind::DayAndMonth | Kind::WrongYear | Kind::QuarterLater => {
                copy.invoiced = other_day(kind, original.invoiced)?;
                Some(())
            }
            _ => other_number_or_amount(kind, original, &mut copy, chance),
        };
        slip?;
        if kind != Kind::OtherCurrency && copy.stated == original.stated {
            copy.stated = copy.amount;
        }
        let is_other = copy.number != original.number || copy.amount != original.amount;
        let may_be_equal = matches!(
            kind,
            Kind::Exact
                | Kind::SecondReference
                | Kind::WrongSupplier
                | Kind::OtherGroup
                | Kind::ByCard
                | Kind::DayAndMonth
                | Kind::WrongYear
                | Kind::QuarterLater
        );
        (is_other || may_be_equal).then_some(copy)
    }

    fn other_party(&self, kind: Kind, copy: &mut Header, chance: &mut Chance) -> Option<()> {
        if kind == Kind::SecondReference {
            if chance.percent(50) {
                copy.supplier_name = other_name(&copy.supplier_name);
            }
            copy.supplier.push('9');
            return Some(());
        }
        let (reference, name) = chance.pick(&self.references).clone();
        let is_other = reference != copy.supplier;
        (copy.supplier, copy.supplier_name) = (reference, name);
        is_other.then_some(())
    }

    /// An invoice paid again in so many parts, each with a number of its own.
    pub(super) fn in_parts(
        &self,
        original: &Header,
        count: i64,
        dates: Dates,
        chance: &mut Chance,
    ) -> Option<Vec<Header>> {
        let whole = self.copy(original, dates, chance)?;
        let parts = amounts::parts(original.amount / 100, count, chance).into_iter();
        let mut headers = Vec::new();
        for (nth, cents) in (1_i64..).zip(parts) {
            let mut part = self.later(&whole, nth, dates);
            (part.amount, part.stated) = (cents * 100, cents * 100);
            part.number = format!("{}{}{nth}", original.number, chance.pick(&["/", "-", " PT"]));
            headers.push(part);
        }
        Some(headers)
    }

    /// A statement of several invoices that is paid beside them.
    pub(super) fn statement(
        &self,
        stated: &[&Header],
        dates: Dates,
        chance: &mut Chance,
    ) -> Option<Header> {
        let last = stated.iter().max_by_key(|header| header.entered)?;
        let mut statement = self.later(last, chance.between(1, 14), dates);
        statement.invoiced = statement.entered.max(last.invoiced);
        statement.amount = stated.iter().map(|header| header.amount).sum();
        statement.stated = statement.amount;
        statement.number = format!("STMT{}", chance.between(100, 9_999));
        Some(statement)
    }

    /// A credit of an invoice, and the bill that takes its place.
    pub(super) fn credit_and_bill(&self, original: &Header, chance: &mut Chance) -> [Header; 2] {
        let credit = Header {
            number: format!("CR-{}", original.number),
            amount: -original.amount,
            stated: -original.stated,
            ..self.later(original, 5, Dates::Moving)
        };
        let bill = Header {
            number: format!("{}{}", original.number, chance.pick(&["R", "-R", "/1"])),
            ..self.later(original, 7, Dates::Moving)
        };
        [credit, bill]
    }
}

fn other_number_or_amount(
    kind: Kind,
    original: &Header,
    copy: &mut Header,
    chance: &mut Chance,
) -> Option<()> {
    let cents = original.amount / 100;
    let any_digit = DigitSlip::ALL[chance.index(4)];
    let number = &original.number;
    match kind {
        Kind::Punctuation => copy.number = punctuated(number, chance)?,
        Kind::LeadingZeros => copy.number = zeros(number, chance)?,
        Kind::Suffix => copy.number.push_str(chance.pick::<&str>(&TAILS)),
        Kind::ZerosAndSuffix => {
            copy.number = format!("{}{}", zeros(number, chance)?, chance.pick(&TAILS));
        }
        Kind::Transposed => copy.number = digit_slip(number, DigitSlip::Transposed, chance)?,
        Kind::Substituted => copy.number = digit_slip(number, DigitSlip::Substituted, chance)?,
        Kind::Dropped => copy.number = digit_slip(number, DigitSlip::Dropped, chance)?,
        Kind::Added => copy.number = digit_slip(number, DigitSlip::Added, chance)?,
        Kind::Misread => copy.number = misread(number, chance)?,
        Kind::MisreadTwice => copy.number = misread(&misread(number, chance)?, chance)?,
        Kind::DateAsNumber => copy.number = date_number(original.invoiced, chance),
        Kind::Prefix => copy.number = prefixed(number, chance)?,
        Kind::Location => copy.number = located(number, chance)?,
        Kind::LongTail => copy.number = with_long_tail(number, chance)?,
        Kind::WithOrder => copy.number = with_order(number, chance)?,
        Kind::OrderAsNumber => copy.number = order(chance),
        Kind::Rearranged => copy.number = rearranged(number)?,
        Kind::NetForGross => copy.amount = amounts::net_for_gross(cents, chance) * 100,
        Kind::AmountTransposed => copy.amount = amounts::transposed(cents, chance)? * 100,
        Kind::SlippedDecimal => copy.amount = amounts::slipped(cents, chance) * 100,
        Kind::AmountNearly => copy.amount = amounts::nearly(cents, chance) * 100,
        Kind::RoundedAmount => copy.amount = amounts::without_pence(cents)? * 100,
        Kind::PennyOff => copy.amount = amounts::penny_off(cents, chance) * 100,
        Kind::Half => copy.amount = cents / 2 * 100,
        Kind::AmountAndNumber => {
            copy.number = digit_slip(number, any_digit, chance)?;
            copy.amount = match chance.index(3) {
                0 => amounts::transposed(cents, chance)?,
                1 => amounts::slipped(cents, chance),
                _ => amounts::nearly(cents, chance),
            } * 100;
        }
        Kind::NetAndNumber => {
            copy.number = digit_slip(number, any_digit, chance)?;
            copy.amount = amounts::net_for_gross(cents, chance) * 100;
        }
        _ => {}
    }
    (copy.amount > 0).then_some(())
}

fn other_name(name: &str) -> String {
    let upper = name.to_uppercase();
    for (long, short) in
        [("LIMITED", "LTD"), (" LTD", " LIMITED"), (" AND ", " & "), (" & ", " AND ")]
    {
        if upper.contains(long) {
            return upper.replacen(long, short, 1);
        }
    }
    format!("{upper} LTD")
}

fn other_day(kind: Kind, of: i32) -> Option<i32> {
    let on = date(of);
    let other = match kind {
        Kind::DayAndMonth => jiff::civil::Date::new(on.year(), on.day(), on.month()).ok()?,
        Kind::WrongYear => jiff::civil::Date::new(on.year() + 1, on.month(), on.day()).ok()?,
        _ => on.saturating_add(jiff::Span::new().months(3)),
    };
    (other != on).then(|| day(other))
}
