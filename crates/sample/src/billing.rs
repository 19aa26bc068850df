//! How each supplier bills: how often, how much, under which numbers, and who keys it.
//!
//! Not for: the order of rows (`ledger`).
//!
//! Invariant: a supplier's invoice dates never fall back while its numbers rise.

use super::calendar::{Calendar, Day};
use super::invoice::{Invoice, Paper, PaymentMethod};
use super::numbering::Numbering;
use super::organisation::User;
use super::rng::{Rng, doubled};
use super::suppliers::Supplier;
use super::truth::CaseId;

#[derive(Debug, Clone)]
pub(super) struct Billing {
    /// The weight of this supplier against the others, for an invoice that nobody scheduled.
    pub(super) weight: u64,
    /// The day of the month on which it bills, if it bills monthly.
    pub(super) monthly: Option<usize>,
    pub(super) amounts: Amounts,
    pub(super) numbering: Numbering,
    /// The case that all its invoices belong to.
    pub(super) case: Option<CaseId>,
    /// Percent of its invoices that name an order.
    orders: u64,
    /// Who keys it, four times in five.
    clerk: usize,
    /// Days from the invoice's date to its keying.
    lag: Day,
    last_invoiced: Day,
    by_card: bool,
}

/// The amounts in hundredths, VAT included.
#[derive(Debug, Clone)]
pub(super) enum Amounts {
    LogNormal {
        median: i64,
        spread: i64,
    },
    /// Few prices, many times.
    Prices([i64; 3]),
    /// One amount that rises once a year.
    Fixed(i64),
    /// Whole hundreds.
    Round {
        median: i64,
    },
}

const DESCRIPTIONS: [&str; 12] = [
    "goods as ordered",
    "monthly service",
    "call-out and repair",
    "labour, parts and travel",
    "delivery to site",
    "hire, one week",
    "consultancy",
    "3/4\" fittings",
    "annual maintenance",
    "materials",
    "stage payment",
    "sundries",
];

impl Billing {
    pub(super) fn new(rng: &mut Rng, supplier: &Supplier, rank: usize, users: usize) -> Self {
        // From 20 to 20,000 pounds, as often between 20 and 40 as between 10,000 and 20,000.
        let median = doubled(2_000, rng.between(0, 10_000));
        let amounts = match rng.below(20) {
            0..2 => Amounts::Prices([median, median * 2, median + 995].map(with_vat)),
            2 => Amounts::Round { median },
            _ => Amounts::LogNormal { median, spread: rng.between(600, 1_900) },
        };
        Self {
            // Few suppliers bill most: Zipf's law, flattened at its top.
            weight: 100_000_000 / (rank as u64 + 8),
            monthly: None,
            amounts,
            numbering: Numbering::new(rng, &supplier.name),
            case: None,
            orders: *rng.pick(&[0, 10, 60, 90, 95]),
            clerk: rng.index(users),
            lag: rng.between(2, 18),
            last_invoiced: Day::MIN,
            by_card: rng.percent(3),
        }
    }

    /// One that bills only when it is told to.
    pub(super) fn scripted(rng: &mut Rng, supplier: &Supplier, users: usize) -> Self {
        Self { weight: 0, ..Self::new(rng, supplier, 0, users) }
    }

    /// One whose invoices are keyed within days.
    pub(super) const fn keyed_at_once(&mut self) {
        self.lag = 2;
    }

    /// One that is paid by card, on the day of the invoice.
    pub(super) const fn paid_by_card(&mut self) {
        self.by_card = true;
    }

    /// One that is never paid by card, whatever was drawn.
    pub(super) const fn paid_by_transfer(&mut self) {
        self.by_card = false;
    }

    /// The next invoice, keyed on `entered`.
    pub(super) fn invoice(&mut self, at: &Keying<'_>, rng: &mut Rng, entered: Day) -> Invoice {
        let supplier = &at.suppliers[at.supplier];
        let early = entered - self.lag - rng.between(0, 3);
        let invoiced = early.max(self.last_invoiced).max(supplier.created.min(entered));
        self.last_invoiced = invoiced;
        let number = self.numbering.number(rng, at.calendar.date(invoiced));
        let user = if rng.percent(80) { self.clerk } else { rng.index(at.users.len()) };
        let has_order = rng.percent(self.orders);
        let mut invoice = Invoice {
            supplier: at.supplier,
            site: rng.index(supplier.sites.len()),
            number: keyed(&number, &at.users[user]),
            amount: self.amounts.amount(rng, invoiced),
            currency: supplier.country.currency(),
            description: rng.pick::<&str>(&DESCRIPTIONS),
            order: if has_order { 4_500_000_000 + rng.between(0, 99_999_999) } else { 0 },
            invoiced,
            received: (invoiced + 2).min(entered),
            entered,
            due: invoiced,
            paid: None,
            method: if self.by_card { PaymentMethod::Card } else { PaymentMethod::Transfer },
            user,
            group: if rng.percent(92) { supplier.group } else { rng.index(3) },
            paper: Paper::default(),
        };
        invoice.settle(at.calendar, supplier.terms);
        invoice
    }
}

/// Where and by whom an invoice is keyed.
#[derive(Clone, Copy)]
pub(super) struct Keying<'a> {
    pub(super) supplier: usize,
    pub(super) suppliers: &'a [Supplier],
    pub(super) users: &'a [User],
    pub(super) calendar: &'a Calendar,
}

impl Amounts {
    fn amount(&self, rng: &mut Rng, day: Day) -> i64 {
        match self {
            Self::LogNormal { median, spread } => with_vat(rng.log_normal(*median, *spread)),
            Self::Prices(prices) => *rng.pick(prices),
            // Three percent more each year.
            Self::Fixed(amount) => amount + amount * 3 / 100 * day.div_euclid(365).max(0),
            Self::Round { median } => {
                (rng.log_normal(*median, 1_000) / 10_000 * 10_000).max(10_000)
            }
        }
    }
}

/// 20% on a net amount that is at least a pound.
pub(super) fn with_vat(net: i64) -> i64 {
    let net = net.max(100);
    net + (net + 2) / 5
}

fn keyed(number: &str, user: &User) -> String {
    if user.skips_punctuation {
        number.chars().filter(char::is_ascii_alphanumeric).collect()
    } else {
        number.to_owned()
    }
}
