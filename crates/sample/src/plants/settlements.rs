//! Money left lying: credits nobody takes, payments far from their due dates, discounts let go by; and
//! suppliers that one person alone brings in. Each beside what looks like it and is right.
//!
//! Not for: money that goes to the wrong party (`payments`, `suppliers`).
//!
//! Invariant: each case names its supplier and the invoices that make it one.

use crate::calendar::Day;
use crate::draft::Draft;
use crate::invoice::{Paper, Payment};
use crate::script::Order;
use crate::truth::CaseId;

/// Days before the last one: a credit of then is long due.
const LONG_AGO: Day = 260;
/// Days of payment runs and approvals at the end, in which nothing is settled yet.
const END: Day = 130;

pub(super) fn plant(draft: &mut Draft<'_>) {
    for _ in 0..draft.times {
        credits(draft);
        debits(draft);
        due_dates(draft);
        discounts(draft);
        created_and_keyed(draft);
    }
}

/// A new supplier with terms of so many days, and the case about it.
fn case(
    draft: &mut Draft<'_>,
    (kind, is_innocent): (&'static str, bool),
    terms: Day,
    says: &str,
) -> (usize, CaseId) {
    let index = draft.add_scripted(|supplier| supplier.terms = terms);
    draft.billings[index].paid_by_transfer();
    let truth = &mut draft.truth;
    let case = if is_innocent { truth.innocent(kind, says) } else { truth.plant(kind, says) };
    draft.name_supplier(case, index);
    (index, case)
}

fn order(
    draft: &mut Draft<'_>,
    day: Day,
    (supplier, case): (usize, CaseId),
    (amount, payment): (i64, Payment),
) {
    let day = draft.calendar.working(day);
    let amount = Some(amount);
    draft.order(day, Order { supplier, amount, payment, case: Some(case), ..Order::default() });
}

/// A credit of this amount under a number of its own.
fn credit(draft: &mut Draft<'_>, about: (usize, CaseId), amount: i64, payment: Payment) {
    let day =
        draft.working_day(draft.calendar.last - LONG_AGO, draft.calendar.last - LONG_AGO + 60);
    let number = Some(format!("CR{}", draft.rng.between(10_000, 99_999)));
    let (supplier, case) = about;
    let amount = Some(-amount);
    let case = Some(case);
    let order = Order { supplier, amount, number, payment, case, ..Order::default() };
    draft.order(day, order);
}

fn credits(draft: &mut Draft<'_>) {
    for (kind, payment, says) in [
        (
            ("credit_not_taken", false),
            Payment::Never,
            "A credit is open for months, while invoices of the supplier were paid and others are open.",
        ),
        (("credit_taken", true), Payment::ByTerms, "The credit was taken with the next payment."),
    ] {
        let about = case(draft, kind, 30, says);
        draft.ordinary_orders(about.0, 6);
        let amount = draft.rng.between(800, 6_000) * 100 + 37;
        credit(draft, about, amount, payment);
        let last = draft.calendar.last;
        for before in [20, 6] {
            let day = draft.working_day(last - before, last - before + 3);
            let amount = Some(amount + before * 731);
            draft.order(day, Order { supplier: about.0, amount, ..Order::default() });
        }
    }
}

fn debits(draft: &mut Draft<'_>) {
    for (kind, payment, says) in [
        (
            ("supplier_in_debit", false),
            Payment::Never,
            "What the supplier credited is more than all it billed since, and was never paid back.",
        ),
        (("credit_paid_back", true), Payment::ByTerms, "The supplier paid the credit back."),
    ] {
        let about = case(draft, kind, 30, says);
        for _ in 0..4 {
            let day = draft.working_day(60, draft.calendar.last - LONG_AGO - 60);
            draft.order(day, Order { supplier: about.0, ..Order::default() });
        }
        let amount = draft.rng.between(900, 9_000) * 100 + 61;
        credit(draft, about, amount, payment);
    }
}

fn due_dates(draft: &mut Draft<'_>) {
    for (kind, terms, payment, says) in [
        (
            ("paid_early", false),
            60,
            Payment::FromDue(-38),
            "Each invoice was paid more than five weeks before it was due.",
        ),
        (
            ("paid_late", false),
            30,
            Payment::FromDue(75),
            "Each invoice was paid more than two months after it was due.",
        ),
        (
            ("paid_by_card", true),
            60,
            Payment::ByTerms,
            "Paid by card on the day of the invoice, as cards are, whatever the terms say.",
        ),
    ] {
        let about = case(draft, kind, terms, says);
        if kind.0 == "paid_by_card" {
            draft.billings[about.0].paid_by_card();
        } else {
            draft.billings[about.0].keyed_at_once();
        }
        for _ in 0..8 {
            let day = draft.working_day(0, draft.calendar.last - END);
            let amount = draft.rng.between(8_000, 30_000) * 120;
            order(draft, day, about, (amount, payment));
        }
    }
    let about = case(
        draft,
        ("paid_late_once", true),
        30,
        "One invoice was disputed and paid months late; all others were paid when they were due.",
    );
    draft.ordinary_orders(about.0, 8);
    let day = draft.working_day(0, draft.calendar.last - END);
    let (payment, case) = (Payment::FromDue(75), Some(about.1));
    draft.order(day, Order { supplier: about.0, payment, case, ..Order::default() });
}

fn discounts(draft: &mut Draft<'_>) {
    for (kind, payment, discount_percent, says) in [
        (
            ("discount_lost", false),
            Payment::ByTerms,
            None,
            "The terms give 2% within 10 days; the invoices came at once and were paid after 30.",
        ),
        (
            ("discount_taken_late", false),
            Payment::ByTerms,
            Some(2),
            "The terms give 2% within 10 days; it was taken off after 30.",
        ),
        (
            ("discount_in_time", true),
            Payment::FromDue(-21),
            Some(2),
            "The terms give 2%, and it was paid in time.",
        ),
    ] {
        let about = case(draft, kind, 30, says);
        draft.suppliers[about.0].discount = Some((2, 10));
        draft.billings[about.0].keyed_at_once();
        for _ in 0..6 {
            let day = draft.working_day(0, draft.calendar.last - END);
            let amount = Some(draft.rng.between(5_000, 20_000) * 120);
            let paper = Paper { discount_percent, ..Paper::default() };
            let (supplier, case) = (about.0, Some(about.1));
            draft.order(day, Order { supplier, amount, payment, paper, case, ..Order::default() });
        }
    }
}

fn created_and_keyed(draft: &mut Draft<'_>) {
    for (kind, says) in [
        (
            ("created_and_keyed_by_one", false),
            "One user created the supplier, and keyed and approved all its invoices.",
        ),
        (
            ("created_by_one_keyed_by_many", true),
            "Whoever created the supplier keyed some of its invoices, and others keyed the rest.",
        ),
    ] {
        let about = case(draft, kind, 30, says);
        let created = draft.working_day(90, draft.calendar.last - 300);
        let (creator, users) = (draft.rng.index(draft.users.len()), draft.users.len());
        let supplier = &mut draft.suppliers[about.0];
        (supplier.created, supplier.modified) = (created, created);
        (supplier.created_by, supplier.modified_by) = (creator, creator);
        for turn in 0..7 {
            let day = draft.working_day(created + 40, draft.calendar.last - 20);
            let other = kind.1 && usize::is_multiple_of(turn, 2);
            let user = Some(if other { (creator + 1 + turn) % users } else { creator });
            let amount = Some(draft.rng.between(1_500, 9_000) * 120);
            let approver = (!kind.1).then(|| draft.users[creator].id.clone());
            let paper = Paper { approver, ..Paper::default() };
            let (supplier, case) = (about.0, Some(about.1));
            draft.order(day, Order { supplier, amount, user, paper, case, ..Order::default() });
        }
    }
}
