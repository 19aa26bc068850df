//! Suppliers that are paid at a moment that asks for a second look.
//!
//! Not for: what they share with others (`suppliers`).
//!
//! Invariant: each case names the supplier and every invoice that makes it a case.

use crate::EARLIER_DAYS;
use crate::bank::Account;
use crate::country::Country;
use crate::draft::Draft;
use crate::script::Order;

pub(super) fn plant(draft: &mut Draft<'_>) {
    for _ in 0..draft.times {
        bank_changed_then_paid(draft);
        dormant_then_paid(draft);
        created_and_paid(draft);
        one_time_used_often(draft);
    }
}

fn bank_changed_then_paid(draft: &mut Draft<'_>) {
    let last = draft.calendar.last;
    let changed = last - draft.rng.between(20, EARLIER_DAYS - 15);
    let serial = draft.registry.next();
    let index = draft.add_scripted(|supplier| {
        let new = Account::new(serial, Country::Gb, &supplier.name);
        supplier.sites.truncate(1);
        supplier.earlier = Some(std::mem::replace(&mut supplier.sites[0], new));
        supplier.modified = changed;
        supplier.terms = 0;
    });
    draft.ordinary_orders(index, 6);
    let case = draft.truth.plant(
        "bank_changed_then_paid",
        "The account was changed between the two supplier files, and a large invoice was paid \
         within days of it.",
    );
    draft.name_supplier(case, index);
    let day = draft.working_day(changed + 1, changed + 4);
    let amount = Some(draft.rng.between(20_000, 60_000) * 120);
    draft.order(day, Order { supplier: index, amount, case: Some(case), ..Order::default() });
}

fn dormant_then_paid(draft: &mut Draft<'_>) {
    let index = draft.add_scripted(|supplier| supplier.terms = 14);
    for _ in 0..6 {
        let day = draft.working_day(0, 200);
        draft.order(day, Order { supplier: index, ..Order::default() });
    }
    let case = draft.truth.plant(
        "dormant_then_paid",
        "After more than eighteen months without an invoice the supplier was paid again.",
    );
    draft.name_supplier(case, index);
    let day = draft.working_day(800, draft.calendar.last - 60);
    draft.order(day, Order { supplier: index, case: Some(case), ..Order::default() });
}

fn created_and_paid(draft: &mut Draft<'_>) {
    let created = draft.working_day(100, draft.calendar.last - 60);
    let index = draft.add_scripted(|supplier| {
        supplier.created = created;
        supplier.modified = created;
        supplier.terms = 0;
    });
    let case = draft
        .truth
        .plant("created_and_paid", "The supplier was created, billed and paid within a few days.");
    draft.name_supplier(case, index);
    let day = draft.calendar.working(created + 1);
    let amount = Some(draft.rng.between(2_000, 9_000) * 120);
    draft.order(day, Order { supplier: index, amount, case: Some(case), ..Order::default() });
}

fn one_time_used_often(draft: &mut Draft<'_>) {
    let index = draft.add_scripted(|supplier| supplier.one_time = true);
    let case = draft
        .truth
        .plant("one_time_used_often", "A supplier flagged as one-time was used again and again.");
    draft.name_supplier(case, index);
    for _ in 0..9 {
        let day = draft.working_day(0, draft.calendar.last - 30);
        draft.order(day, Order { supplier: index, case: Some(case), ..Order::default() });
    }
}
