//! What looks like a case and is none.
//!
//! Not for: rents and subscriptions, which belong to ordinary suppliers (`draft`).
//!
//! Invariant: whoever reports one of these has raised a false alarm.

use crate::bank::Account;
use crate::draft::Draft;
use crate::script::Order;
use crate::truth::CaseId;

pub(super) fn plant(draft: &mut Draft<'_>) {
    for _ in 0..draft.times {
        instalments(draft);
        credit_and_invoice_again(draft);
        consecutive(draft);
        legal_group(draft);
    }
}

fn case(draft: &mut Draft<'_>, kind: &'static str, says: &str) -> (usize, CaseId) {
    let index = draft.add_scripted(|_| {});
    let case = draft.truth.innocent(kind, says);
    draft.name_supplier(case, index);
    (index, case)
}

fn instalments(draft: &mut Draft<'_>) {
    let (supplier, case) = case(
        draft,
        "instalments",
        "One contract is paid in twelve equal parts, all under its one number.",
    );
    let number = format!("CONTRACT {}", draft.rng.between(1_000, 9_999));
    let amount = draft.rng.between(500, 5_000) * 120;
    let first = draft.rng.between(0, draft.calendar.last - 400);
    for month in 0..12 {
        let day = draft.calendar.working(first + month * 30);
        let (amount, number) = (Some(amount), Some(number.clone()));
        draft.order(day, Order { supplier, amount, number, case: Some(case), ..Order::default() });
    }
}

fn credit_and_invoice_again(draft: &mut Draft<'_>) {
    let (supplier, case) = case(
        draft,
        "credit_and_new_invoice",
        "The first invoice was credited in full; the second, of the same amount, replaces it.",
    );
    draft.ordinary_orders(supplier, 6);
    let amount = draft.rng.between(500, 20_000) * 120;
    let first = draft.working_day(30, draft.calendar.last - 60);
    for (after, amount, number) in [
        (0, amount, None),
        (9, -amount, Some(format!("CN{}", draft.rng.between(1_000, 9_999)))),
        (12, amount, None),
    ] {
        let day = draft.calendar.working(first + after);
        let amount = Some(amount);
        draft.order(day, Order { supplier, amount, number, case: Some(case), ..Order::default() });
    }
}

fn consecutive(draft: &mut Draft<'_>) {
    let (supplier, case) = case(
        draft,
        "consecutive_same_amount",
        "Invoices of one day with one amount and numbers in a row are deliveries, each billed.",
    );
    draft.ordinary_orders(supplier, 6);
    let amount = Some(draft.rng.between(50, 3_000) * 120);
    let day = draft.working_day(0, draft.calendar.last - 30);
    for _ in 0..4 {
        draft.order(day, Order { supplier, amount, case: Some(case), ..Order::default() });
    }
}

fn legal_group(draft: &mut Draft<'_>) {
    let (first, case) = case(
        draft,
        "group_bank_account",
        "Companies of one group, with one VAT registration, use the group's account.",
    );
    let name = draft.suppliers[first].name.clone();
    let head = name.split_once(' ').map_or(name.as_str(), |(head, _)| head).to_owned();
    let holder = format!("{head} Group Treasury Ltd");
    let account = Account { holder, ..draft.suppliers[first].sites[0].clone() };
    draft.suppliers[first].sites = vec![account.clone()];
    let parent = draft.suppliers[first].clone();
    let second = draft.add_scripted(|supplier| {
        supplier.name = format!("{head} Group {} Ltd", supplier.trade);
        supplier.vat.clone_from(&parent.vat);
        supplier.address.clone_from(&parent.address);
        supplier.website.clone_from(&parent.website);
        supplier.sites = vec![account];
    });
    draft.name_supplier(case, second);
    draft.ordinary_orders(first, 5);
    draft.ordinary_orders(second, 5);
}
