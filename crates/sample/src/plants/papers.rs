//! Cases of the order, the tax and the approval of invoices, each beside what looks like it and is right.
//!
//! Not for: when they are paid (`settlements`).
//!
//! Invariant: each case names its supplier and the invoices that make it one.

use crate::billing::Amounts;
use crate::draft::Draft;
use crate::invoice::Paper;
use crate::organisation::APPROVERS;
use crate::script::Order;
use crate::truth::CaseId;

/// Orders of cases, apart from those of ordinary invoices.
const ORDERS_FROM: i64 = 4_700_000_000;

pub(super) fn plant(draft: &mut Draft<'_>) {
    for _ in 0..draft.times {
        orders(draft);
        late_orders(draft);
        vat(draft);
        approvers(draft);
        own_approval(draft);
    }
}

fn case(
    draft: &mut Draft<'_>,
    (kind, is_innocent): (&'static str, bool),
    says: &str,
) -> (usize, CaseId) {
    let index = draft.add_scripted(|_| {});
    let truth = &mut draft.truth;
    let case = if is_innocent { truth.innocent(kind, says) } else { truth.plant(kind, says) };
    draft.name_supplier(case, index);
    (index, case)
}

/// An invoice of the case on some day of the three years.
fn order(draft: &mut Draft<'_>, (supplier, case): (usize, CaseId), amount: i64, paper: Paper) {
    let day = draft.working_day(30, draft.calendar.last - 20);
    let (amount, case) = (Some(amount), Some(case));
    draft.order(day, Order { supplier, amount, paper, case, ..Order::default() });
}

fn orders(draft: &mut Draft<'_>) {
    for (kind, value, says) in [
        (
            ("above_order", false),
            3_000,
            "Two invoices on one order are together far above its value.",
        ),
        (("within_order", true), 5_200, "Two invoices on one order are together below its value."),
    ] {
        let about = case(draft, kind, says);
        draft.ordinary_orders(about.0, 6);
        let number = ORDERS_FROM + i64::try_from(about.1).expect("cases are few");
        for net in [2_100, 2_700] {
            let paper =
                Paper { order: Some(number), order_value: Some(value * 100), ..Paper::default() };
            let amount = (net + draft.rng.between(0, 90)) * 120;
            order(draft, about, amount, paper);
        }
    }
}

fn late_orders(draft: &mut Draft<'_>) {
    for (kind, late, says) in [
        (
            ("before_order", false),
            6,
            "Each order was written three weeks after the date of its invoice.",
        ),
        (
            ("ordered_by_telephone", true),
            1,
            "One order was given by telephone and written later; all others came before their invoices.",
        ),
    ] {
        let about = case(draft, kind, says);
        for turn in 0..6 {
            let number = ORDERS_FROM + 1_000_000 + i64::try_from(about.1 * 6 + turn).expect("few");
            let ordered_after = (turn < late).then_some(21);
            let paper = Paper { order: Some(number), ordered_after, ..Paper::default() };
            let amount = draft.rng.between(300, 3_000) * 120;
            order(draft, about, amount, paper);
        }
    }
}

fn vat(draft: &mut Draft<'_>) {
    let about = case(
        draft,
        ("vat_without_number", false),
        "The supplier has no VAT number and charges VAT on every invoice.",
    );
    draft.suppliers[about.0].vat = String::new();
    for _ in 0..5 {
        let amount = draft.rng.between(500, 3_000) * 120;
        order(draft, about, amount, Paper::default());
    }
    for (kind, vat_percent, says) in [
        (("vat_rate", false), Some(25), "One invoice holds VAT at 25%, a rate that there is not."),
        (("reduced_vat", true), Some(5), "One invoice holds VAT at the reduced rate."),
    ] {
        let about = case(draft, kind, says);
        draft.ordinary_orders(about.0, 5);
        let amount = draft.rng.between(1_000, 3_000) * 125;
        order(draft, about, amount, Paper { vat_percent, ..Paper::default() });
    }
}

fn approvers(draft: &mut Draft<'_>) {
    for (kind, says) in [
        (
            ("unusual_approver", false),
            "A large invoice was approved by somebody who approved nothing else.",
        ),
        (
            ("deputy_approver", true),
            "A large invoice was approved by another of the usual approvers.",
        ),
    ] {
        let about = case(draft, kind, says);
        draft.billings[about.0].amounts = Amounts::LogNormal { median: 60_000, spread: 300 };
        draft.ordinary_orders(about.0, 14);
        let approver = if kind.1 {
            APPROVERS[(about.0 + 2) % APPROVERS.len()].to_owned()
        } else {
            format!("Z{}", 10_000 + about.1)
        };
        let amount = draft.rng.between(2_500, 3_200) * 100;
        order(draft, about, amount, Paper { approver: Some(approver), ..Paper::default() });
    }
}

fn own_approval(draft: &mut Draft<'_>) {
    let about = case(
        draft,
        ("approved_by_keyer", false),
        "The user who keyed two invoices of the supplier approved them as well.",
    );
    draft.ordinary_orders(about.0, 6);
    let user = draft.rng.index(draft.users.len());
    for _ in 0..2 {
        let day = draft.working_day(30, draft.calendar.last - 20);
        let paper = Paper { approver: Some(draft.users[user].id.clone()), ..Paper::default() };
        let amount = Some(draft.rng.between(1_500, 3_000) * 120);
        let (supplier, case) = (about.0, Some(about.1));
        let order = Order { supplier, amount, user: Some(user), paper, case, ..Order::default() };
        draft.order(day, order);
    }
}
