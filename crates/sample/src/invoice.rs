//! One row of the transactions, and how it is paid and written.
//!
//! Not for: where it comes from (`billing`, `plants`).
//!
//! Invariant: what lies behind the last day is not known yet: no paid date, no cleared date.

use std::fmt::Write as _;
use std::io;

use super::calendar::{Calendar, Day};
use super::country::{BASE, Currency};
use super::organisation::{GROUPS, User};
use super::suppliers::Supplier;
use super::table::Table;

/// The columns that are made, in the order of their cells.
pub(super) const COLUMNS: [&str; 25] = [
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
];

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
    pub(super) means: Means,
    pub(super) user: usize,
    pub(super) group: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    Transfer,
    Card,
    /// Taken back in the ledger; no money moves.
    Cancelled,
}

impl Invoice {
    /// Decides when it is due and paid, from its dates.
    pub(super) fn settle(&mut self, calendar: &Calendar, terms: Day) {
        self.due = self.invoiced + terms;
        let paid = match self.means {
            Means::Card => self.invoiced,
            // Terms of nothing are paid at once, outside the runs.
            Means::Transfer if terms == 0 => calendar.working(self.entered + 1),
            Means::Transfer | Means::Cancelled => {
                calendar.payment_run(self.due.max(self.entered + 2).min(calendar.last + 1))
            }
        };
        self.paid = (paid <= calendar.last).then_some(paid);
    }

    pub(super) fn base_amount(&self) -> i64 {
        self.currency.in_base(self.amount, self.invoiced)
    }

    fn status(&self, calendar: &Calendar) -> &'static str {
        match (self.means, self.paid) {
            (Means::Cancelled, _) => "Cancelled",
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
        table.cell(match invoice.means {
            Means::Card => "CARD",
            Means::Transfer if supplier.terms == 0 => "FASTER PAYMENT",
            Means::Transfer | Means::Cancelled => "BACS",
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
        table.end_row()?;
        Ok(id)
    }
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
