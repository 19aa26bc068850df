//! Makes suppliers and employees, none like another.
//!
//! Not for: what they bill (`billing`), nor what is wrong with some of them (`plants`).
//!
//! Invariant: no two parties made here share a name, an account, a telephone or a VAT number;
//! whatever is shared was planted.

use std::collections::HashSet;

use super::bank::Account;
use super::calendar::{BEFORE, Calendar, Day};
use super::country::Country;
use super::employees::Employee;
use super::names;
use super::organisation::GROUPS;
use super::rng::{Rng, Stream};
use super::suppliers::Supplier;
use super::vat;

const DEPARTMENTS: [&str; 8] = [
    "Finance",
    "Estates",
    "Operations",
    "Human Resources",
    "Technology",
    "Legal",
    "Sales",
    "Transport",
];

/// Makes parties, none like another.
pub(super) struct Registry {
    pub(super) rng: Rng,
    /// The number of parties so far: what is unique is counted from it.
    serial: u64,
    names: HashSet<String>,
    users: usize,
    last: Day,
}

impl Registry {
    pub(super) fn new(seed: u64, calendar: &Calendar, users: usize) -> Self {
        let rng = Rng::new(seed, Stream::Parties);
        Self { rng, serial: 0, names: HashSet::new(), users, last: calendar.last }
    }

    pub(super) fn supplier(&mut self) -> Supplier {
        let country = match self.rng.below(100) {
            0..86 => Country::Gb,
            86..89 => Country::Ie,
            89..92 => Country::De,
            92..94 => Country::Fr,
            94..96 => Country::Nl,
            _ => Country::Us,
        };
        self.supplier_in(country)
    }

    pub(super) fn supplier_in(&mut self, country: Country) -> Supplier {
        let serial = self.next();
        let trade = names::trade(&mut self.rng);
        let name = self.new_name(country, trade);
        let host = names::host(&name);
        let domain = if self.rng.percent(70) { "example.com" } else { "example.org" };
        let created = if self.rng.percent(75) {
            self.rng.between(-BEFORE + 1, -1)
        } else {
            self.rng.between(0, self.last - 20)
        };
        let modified = created + self.rng.between(0, (self.last - created) * 3 / 4);
        let site_count = if self.rng.percent(8) { self.rng.between(2, 4) } else { 1 };
        let mut sites = vec![Account::new(serial, country, &name)];
        sites.extend((1..site_count).map(|_| Account::new(self.next(), country, &name)));
        Supplier {
            // Given when the supplier joins the others.
            reference: String::new(),
            address: names::address(&mut self.rng, country),
            telephone: names::telephone(serial, country),
            email: format!("accounts@{host}.{domain}"),
            website: format!("www.{host}.{domain}"),
            vat: vat::number(serial, country),
            company_number: format!("{:08}", (serial + 1) * 7_654_321 % 99_999_989),
            sites,
            earlier: None,
            terms: *self.rng.pick(&[14, 30, 30, 30, 30, 45, 60]),
            discount: None,
            created,
            created_by: self.rng.index(self.users),
            modified,
            modified_by: self.rng.index(self.users),
            one_time: false,
            group: self.rng.index(GROUPS.len()),
            name,
            trade,
            country,
        }
    }

    pub(super) fn employee(&mut self) -> Employee {
        let serial = self.next();
        let first_name = names::first_name(&mut self.rng);
        let last_name = names::surname(&mut self.rng);
        let holder = format!("{first_name} {last_name}");
        let started = self.rng.between(-BEFORE + 1, self.last - 60);
        let left = self.rng.percent(12).then(|| self.rng.between(started + 30, self.last));
        Employee {
            id: format!("E{:06}", serial + 1),
            address: names::address(&mut self.rng, Country::Gb),
            telephone: names::telephone(serial, Country::Gb),
            mobile: names::mobile(serial),
            email: format!("{}{}@home.example.org", names::host(&holder), serial + 1),
            account: Account::new(serial, Country::Gb, &holder),
            insurance_number: format!(
                "QQ{:06}{}",
                serial % 1_000_000,
                self.rng.pick(&['A', 'B', 'C', 'D'])
            ),
            department: self.rng.pick::<&str>(&DEPARTMENTS),
            started,
            left,
            group: self.rng.index(GROUPS.len()),
            first_name,
            last_name,
        }
    }

    /// An account that nobody else has.
    pub(super) fn account(&mut self, country: Country, holder: &str) -> Account {
        Account::new(self.next(), country, holder)
    }

    /// A serial number that nobody else has.
    pub(super) fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial - 1
    }

    fn new_name(&mut self, country: Country, trade: &str) -> String {
        loop {
            let name = names::firm(&mut self.rng, country, trade);
            // The host also makes the e-mail, so it is what must not come twice.
            if self.names.insert(names::host(&name)) {
                return name;
            }
        }
    }
}
