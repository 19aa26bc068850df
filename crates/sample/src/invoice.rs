//! One row of the transactions, and how it is paid and written.
//!
//! Not for: where it comes from (`billing`, `plants`).
//!
//! Invariant: what lies behind the last day is not known yet: no paid date, no cleared date.

use std::fmt::Write as _;
use std::io;

use super::calendar::{Calendar, Day};
use super::country::{BASE, Country, Currency};
use super::organisation::{APPROVERS, GROUPS, User};
use super::suppliers::Supplier;
use super::table::Table;

/// The columns that are made, in the order of their cells.
pub(super) const COLUMNS: [&str; 31] = [
    "unique_id",
    "invoice_number",
    "invoice_amount",
    "invoice_amount_currency",
    "base_amount",
    "base_amount_currency",
    "description",
    "po_number",
    "status",
    "invoice_date",
    "received_date",
    "entered_date",
    "due_date",
    "paid_date",
    "payment_cleared_date",
    "payment_type",
    "supplier_name",
    "supplier_ref",
    "site_ref",
    "user_id",
    "scanned_image",
    "org_group_ref",
    "org_group_name",
    "erp_id",
    "modified_date",
    "order_value",
    "order_date",
    "vat_amount",
    "vat_rate",
    "discount_amount",
    "approved_by",
];

/// The standard rate.
const VAT_PERCENT: i64 = 20;
/// Days from an order to its invoice.
const ORDERED_BEFORE: Day = 14;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Invoice {
    pub(super) supplier: usize,
    pub(super) site: usize,
    pub(super) number: String,
    /// In hundredths of the currency's unit; negative for credits.
    pub(super) amount: i64,
    pub(super) currency: Currency,
    pub(super) description: &'static str,
    /// 0 for an invoice without an order.
    pub(super) order: i64,
    pub(super) invoiced: Day,
    pub(super) received: Day,
    pub(super) entered: Day,
    pub(super) due: Day,
    pub(super) paid: Option<Day>,
    pub(super) method: PaymentMethod,
    pub(super) user: usize,
    pub(super) group: usize,
    pub(super) paper: Paper,
}

/// The paper and its approval, as far as they are otherwise than usual.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Paper {
    /// The order that it names.
    pub(super) order: Option<i64>,
    /// In hundredths; without one the net amount, as of an order for this invoice alone.
    pub(super) order_value: Option<i64>,
    /// The day of the order, so many days behind that of the invoice.
    pub(super) ordered_after: Option<Day>,
    pub(super) vat_percent: Option<i64>,
    /// Percent that were taken off for early payment.
    pub(super) discount_percent: Option<i64>,
    pub(super) approver: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PaymentMethod {
    Transfer,
    Card,
    /// Taken back in the ledger; no money moves.
    Cancelled,
}

/// When the money of an invoice goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Payment {
    /// With the first run after it is due.
    #[default]
    ByTerms,
    Never,
    /// So many days after it is due, or before.
    FromDue(Day),
}

impl Invoice {
    /// Settles it as its case wants, after its terms have.
    pub(super) fn pay(&mut self, payment: Payment, calendar: &Calendar) {
        match payment {
            Payment::ByTerms => {}
            Payment::Never => self.paid = None,
            Payment::FromDue(days) => {
                let paid = calendar.working((self.due + days).max(self.entered + 1));
                self.paid = (paid <= calendar.last).then_some(paid);
            }
        }
    }

    /// Decides when it is due and paid, from its dates.
    pub(super) fn settle(&mut self, calendar: &Calendar, terms: Day) {
        self.due = self.invoiced + terms;
        let paid = match self.method {
            PaymentMethod::Card => self.invoiced,
            // Terms of nothing are paid at once, outside the runs.
            PaymentMethod::Transfer if terms == 0 => calendar.working(self.entered + 1),
            PaymentMethod::Transfer | PaymentMethod::Cancelled => {
                calendar.payment_run(self.due.max(self.entered + 2).min(calendar.last + 1))
            }
        };
        self.paid = (paid <= calendar.last).then_some(paid);
    }

    pub(super) fn base_amount(&self) -> i64 {
        self.currency.in_base(self.amount, self.invoiced)
    }

    fn status(&self, calendar: &Calendar) -> &'static str {
        match (self.method, self.paid) {
            (PaymentMethod::Cancelled, _) => "Cancelled",
            (_, Some(_)) => "Paid",
            (_, None) if self.entered + 3 > calendar.last => "Entered",
            (_, None) => "Approved",
        }
    }
}

/// Writes invoices as they come, each under the next Unique ID.
pub(super) struct Transactions<'a> {
    pub(super) table: Table,
    pub(super) suppliers: &'a [Supplier],
    pub(super) users: &'a [User],
    pub(super) calendar: &'a Calendar,
    pub(super) text: String,
}

impl Transactions<'_> {
    /// The id under which `invoice` is in the file.
    pub(super) fn write(&mut self, invoice: &Invoice) -> io::Result<String> {
        let id = format!("V{:08}", self.table.rows + 1);
        let supplier = &self.suppliers[invoice.supplier];
        let user = &self.users[invoice.user];
        let group = &GROUPS[invoice.group];
        let day = |day: Day| self.calendar.text(day);
        let cleared = invoice.paid.map(|paid| paid + 3).filter(|day| *day <= self.calendar.last);
        let (table, text) = (&mut self.table, &mut self.text);
        table.cell(&id);
        table.cell(&invoice.number);
        table.cell(amount(text, invoice.amount));
        table.cell(invoice.currency.code());
        table.cell(amount(text, invoice.base_amount()));
        table.cell(BASE.code());
        table.cell(described(text, user, supplier.trade, invoice.description));
        table.cell(if invoice.order == 0 {
            ""
        } else {
            filled(text, format_args!("PO{}", invoice.order))
        });
        table.cell(invoice.status(self.calendar));
        table.cell(day(invoice.invoiced));
        table.cell(day(invoice.received));
        table.cell(day(invoice.entered));
        table.cell(day(invoice.due));
        table.cell(invoice.paid.map_or("", day));
        table.cell(cleared.map_or("", day));
        table.cell(match invoice.method {
            PaymentMethod::Card => "CARD",
            PaymentMethod::Transfer if supplier.terms == 0 => "FASTER PAYMENT",
            PaymentMethod::Transfer | PaymentMethod::Cancelled => "BACS",
        });
        table.cell(&supplier.name);
        table.cell(&supplier.reference);
        table.cell(&supplier.site_reference(invoice.site));
        table.cell(&user.id);
        table.cell(filled(text, format_args!("https://scans.example.org/{id}.pdf")));
        table.cell(group.reference);
        table.cell(group.name);
        table.cell(group.erp);
        table.cell(day(cleared.or(invoice.paid).unwrap_or(invoice.entered)));
        self.paper(invoice);
        self.table.end_row()?;
        Ok(id)
    }

    /// Adds the order, the tax and the approval of an invoice.
    fn paper(&mut self, invoice: &Invoice) {
        let supplier = &self.suppliers[invoice.supplier];
        let (table, text, paper) = (&mut self.table, &mut self.text, &invoice.paper);
        // Suppliers abroad charge none: the tax is accounted for here.
        let usual = if supplier.country == Country::Gb { VAT_PERCENT } else { 0 };
        let percent = paper.vat_percent.unwrap_or(usual);
        let vat = part(invoice.amount, percent, 100 + percent);
        if invoice.order == 0 {
            table.cell("");
            table.cell("");
        } else {
            // An order is written before the amount is known, in whole units.
            let net = (invoice.amount.abs() - vat.abs() + 99) / 100 * 100;
            table.cell(amount(text, paper.order_value.unwrap_or(net)));
            let ordered = invoice.invoiced + paper.ordered_after.unwrap_or(-ORDERED_BEFORE);
            table.cell(self.calendar.text(ordered));
        }
        table.cell(amount(text, vat));
        table.cell(filled(text, format_args!("{percent}")));
        match paper.discount_percent {
            None => table.cell(""),
            Some(taken) => table.cell(amount(text, part(invoice.amount, taken, 100))),
        }
        let usual = APPROVERS[(invoice.supplier + invoice.group) % APPROVERS.len()];
        table.cell(paper.approver.as_deref().unwrap_or(usual));
    }
}

/// The amount of so many parts of so many, rounded.
fn part(amount: i64, parts: i64, of: i64) -> i64 {
    let rounded = (amount.abs() * parts + of / 2) / of;
    if amount < 0 { -rounded } else { rounded }
}

/// `-1234.05`
fn amount(text: &mut String, hundredths: i64) -> &str {
    let sign = if hundredths < 0 { "-" } else { "" };
    let size = hundredths.unsigned_abs();
    filled(text, format_args!("{sign}{}.{:02}", size / 100, size % 100))
}

fn described<'a>(text: &'a mut String, user: &User, trade: &str, what: &str) -> &'a str {
    if user.skips_description {
        return "";
    }
    filled(text, format_args!("{trade}: {what}"));
    if user.shouts {
        text.make_ascii_uppercase();
    }
    text
}

fn filled<'a>(text: &'a mut String, arguments: std::fmt::Arguments<'_>) -> &'a str {
    text.clear();
    text.write_fmt(arguments).expect("a string takes everything");
    text
}
