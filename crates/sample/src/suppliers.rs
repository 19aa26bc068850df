//! Suppliers: who they are, and the file that says so.
//!
//! Not for: how they bill (`billing`), nor what is wrong with some of them (`plants`).
//!
//! Invariant: the file has one row a site; rows with one reference are one supplier.

use std::io;
use std::path::Path;

use domain::FileType;

use super::bank::Account;
use super::calendar::{Calendar, Day};
use super::country::Country;
use super::names::Address;
use super::organisation::{GROUPS, User};
use super::table::Table;

/// The columns that are made, in the order of their cells.
pub(super) const COLUMNS: [&str; 31] = [
    "supplier_ref",
    "supplier_name",
    "site_ref",
    "address_line_1",
    "address_line_2",
    "address_line_3",
    "town",
    "postcode",
    "country",
    "telephone",
    "email",
    "website",
    "vat_number",
    "tax_id",
    "company_registration_number",
    "bank_account_name",
    "sort_code",
    "account_number",
    "iban",
    "bic",
    "currency",
    "payment_terms",
    "payment_type",
    "created_date",
    "created_by",
    "modified_date",
    "modified_by",
    "status",
    "one_time",
    "org_group_ref",
    "erp_id",
];

#[derive(Debug, Clone)]
pub(super) struct Supplier {
    pub(super) reference: String,
    pub(super) name: String,
    pub(super) trade: &'static str,
    pub(super) country: Country,
    pub(super) address: Address,
    pub(super) telephone: String,
    pub(super) email: String,
    pub(super) website: String,
    pub(super) vat: String,
    pub(super) company_number: String,
    /// One a site; never empty.
    pub(super) sites: Vec<Account>,
    /// The first site's account before a change that the earlier file does not know yet.
    pub(super) earlier: Option<Account>,
    pub(super) terms: Day,
    /// Percent that may be taken off what is paid within days.
    pub(super) discount: Option<(i64, Day)>,
    pub(super) created: Day,
    pub(super) created_by: usize,
    pub(super) modified: Day,
    pub(super) modified_by: usize,
    pub(super) one_time: bool,
    pub(super) group: usize,
}

impl Supplier {
    /// `S104711-02`; empty for a supplier with one site.
    pub(super) fn site_reference(&self, site: usize) -> String {
        if self.sites.len() < 2 {
            String::new()
        } else {
            format!("{}-{:02}", self.reference, site + 1)
        }
    }
}

/// The suppliers as they stood at the end of `day`.
pub(super) fn write(
    path: &Path,
    day: Day,
    suppliers: &[Supplier],
    (users, calendar): (&[User], &Calendar),
) -> io::Result<u64> {
    let mut table = Table::create(path, FileType::Suppliers, &COLUMNS)?;
    for supplier in suppliers.iter().filter(|supplier| supplier.created <= day) {
        let known = supplier.earlier.as_ref().filter(|_| supplier.modified > day);
        for (site, account) in supplier.sites.iter().enumerate() {
            let account = known.filter(|_| site == 0).unwrap_or(account);
            who(&mut table, supplier, site);
            money(&mut table, supplier, account);
            let (modified, by) = if supplier.modified > day {
                (supplier.created, supplier.created_by)
            } else {
                (supplier.modified, supplier.modified_by)
            };
            table.cell(calendar.text(supplier.created));
            table.cell(&users[supplier.created_by].id);
            table.cell(calendar.text(modified));
            table.cell(&users[by].id);
            table.cell("Active");
            table.cell(if supplier.one_time { "Y" } else { "N" });
            table.cell(GROUPS[supplier.group].reference);
            table.cell(GROUPS[supplier.group].erp);
            table.end_row()?;
        }
    }
    table.finish()
}

fn who(table: &mut Table, supplier: &Supplier, site: usize) {
    table.cell(&supplier.reference);
    table.cell(&supplier.name);
    table.cell(&supplier.site_reference(site));
    table.cell(&supplier.address.lines[0]);
    table.cell(&supplier.address.lines[1]);
    table.cell("");
    table.cell(&supplier.address.town);
    table.cell(&supplier.address.postcode);
    table.cell(supplier.country.code());
    table.cell(&supplier.telephone);
    table.cell(&supplier.email);
    table.cell(&supplier.website);
    table.cell(&supplier.vat);
    table.cell("");
    table.cell(&supplier.company_number);
}

fn money(table: &mut Table, supplier: &Supplier, account: &Account) {
    table.cell(&account.holder);
    table.cell(&account.sort_code);
    table.cell(&account.number);
    table.cell(&account.iban);
    table.cell(&account.bic);
    table.cell(supplier.country.currency().code());
    table.cell(&match supplier.discount {
        None => supplier.terms.to_string(),
        Some((percent, days)) => format!("{percent}/{days} net {}", supplier.terms),
    });
    table.cell(if supplier.country == Country::Gb { "BACS" } else { "SEPA" });
}
