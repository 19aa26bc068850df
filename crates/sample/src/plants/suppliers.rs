//! Suppliers that share what should be their own, or lack what they should have.
//!
//! Not for: when they are paid (`payments`).
//!
//! Invariant: nothing here shares by chance; each case names both suppliers.

use crate::bank::Account;
use crate::billing::Billing;
use crate::country::Country;
use crate::draft::Draft;
use crate::names;
use crate::script::Order;
use crate::vat;

pub(super) fn plant(draft: &mut Draft<'_>) {
    for turn in 0..draft.times {
        shared_bank_account(draft);
        duplicate_supplier(draft, turn);
        look_alike(draft, turn);
        invalid_iban(draft);
        invalid_vat(draft, turn);
        no_address(draft, turn);
        foreign_bank(draft);
    }
}

fn shared_bank_account(draft: &mut Draft<'_>) {
    let (one, other) = (draft.take(1), draft.take(1));
    let account = draft.suppliers[one].sites[0].clone();
    let holder = draft.suppliers[other].name.clone();
    draft.suppliers[other].sites[0] = Account { holder, ..account };
    let case = draft.truth.plant(
        "shared_bank_account",
        "Two suppliers with nothing else in common are paid into one account.",
    );
    draft.name_supplier(case, one);
    draft.name_supplier(case, other);
}

/// The copy is billed like the first, a tenth of the time: see the ledger.
fn duplicate_supplier(draft: &mut Draft<'_>, turn: usize) {
    let first = draft.take(4);
    let mut copy = draft.suppliers[first].clone();
    let serial = draft.registry.next();
    copy.sites.truncate(1);
    copy.created = draft.rng.between(-900, -1).max(copy.created);
    copy.modified = copy.created;
    copy.email = format!("sales@{}", copy.website.trim_start_matches("www."));
    copy.name = renamed(&copy.name);
    copy.website = String::new();
    let shares = if turn.is_multiple_of(2) {
        copy.sites[0] = draft.account(Country::Gb, &copy.name);
        "its VAT number and address"
    } else {
        copy.vat = String::new();
        copy.telephone = names::telephone(serial, Country::Gb);
        "its account and address"
    };
    let says = format!(
        "“{}” is in the file again as “{}”, with {shares}.",
        draft.suppliers[first].name, copy.name
    );
    let billing = Billing::scripted(&mut draft.rng, &copy, draft.users.len());
    let case = draft.truth.plant("duplicate_supplier", says);
    let copy = draft.join(copy, billing);
    draft.twins.insert(first, copy);
    draft.name_supplier(case, first);
    draft.name_supplier(case, copy);
}

/// Writes a name as another person would have keyed it.
fn renamed(name: &str) -> String {
    for (from, to) in [
        (" Limited", " Ltd."),
        (" Ltd", " LIMITED"),
        (" PLC", " plc"),
        (" LLP", ""),
        (" & ", " and "),
    ] {
        if name.contains(from) {
            return name.replacen(from, to, 1);
        }
    }
    name.to_uppercase()
}

fn look_alike(draft: &mut Draft<'_>, turn: usize) {
    // One of those that bill most: worth pretending to be.
    let big = draft.take(20);
    let name = misspelt(&draft.suppliers[big].name);
    let last = draft.calendar.last;
    let created = draft.rng.between(last / 2, last - 150);
    let index = draft.add_scripted(|supplier| {
        supplier.name = name;
        supplier.created = created;
        supplier.modified = created;
        supplier.email = format!("invoices{turn}@billing.example.org");
        supplier.website = String::new();
    });
    let says = format!(
        "“{}” looks like the big supplier “{}” and is another firm with another account.",
        draft.suppliers[index].name, draft.suppliers[big].name
    );
    let case = draft.truth.plant("look_alike_supplier", says);
    draft.name_supplier(case, big);
    draft.name_supplier(case, index);
    for _ in 0..3 {
        let day = draft.working_day(created + 20, last - 10);
        let order = Order { supplier: index, case: Some(case), ..Default::default() };
        draft.order(day, order);
    }
}

/// One letter in the first word doubled or made single.
fn misspelt(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let twice = letters.windows(2).take(8).position(|pair| pair[0] == pair[1]);
    let (before, after) = letters.split_at(twice.unwrap_or(3));
    let after = if twice.is_some() { &after[1..] } else { &letters[2..] };
    before.iter().chain(after).collect()
}

fn invalid_iban(draft: &mut Draft<'_>) {
    let index = draft.take(1);
    let account = draft.suppliers[index].sites[0].clone().with_wrong_iban();
    draft.suppliers[index].sites[0] = account;
    let case = draft.truth.plant("invalid_iban", "The check digits of the IBAN are wrong.");
    draft.name_supplier(case, index);
}

fn invalid_vat(draft: &mut Draft<'_>, turn: usize) {
    let index = draft.take(1);
    let (kind, says) = if turn.is_multiple_of(2) {
        draft.suppliers[index].vat = vat::wrong_number(draft.registry.next());
        ("invalid_vat_number", "The check digits of the VAT number are wrong.")
    } else {
        draft.suppliers[index].vat = String::new();
        ("missing_vat_number", "The supplier has no VAT number.")
    };
    let case = draft.truth.plant(kind, says);
    draft.name_supplier(case, index);
}

fn no_address(draft: &mut Draft<'_>, turn: usize) {
    let index = draft.take(1);
    let box_number = draft.rng.between(10, 999);
    let address = &mut draft.suppliers[index].address;
    let (kind, says) = if turn.is_multiple_of(2) {
        address.lines = [format!("PO Box {box_number}"), String::new()];
        ("po_box", "The only address is a post office box.")
    } else {
        *address = names::Address::default();
        ("no_address", "The supplier has no address.")
    };
    let case = draft.truth.plant(kind, says);
    draft.name_supplier(case, index);
}

fn foreign_bank(draft: &mut Draft<'_>) {
    let index = draft.take(1);
    let name = draft.suppliers[index].name.clone();
    draft.suppliers[index].sites[0] = draft.account(Country::Nl, &name);
    let case = draft
        .truth
        .plant("foreign_bank_account", "A British supplier is paid into a Dutch account.");
    draft.name_supplier(case, index);
}
