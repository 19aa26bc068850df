//! Cases that only many rows together show.
//!
//! Not for: single rows that are wrong (`copies`).
//!
//! Invariant: each case names its supplier and all the invoices that make the pattern.

use crate::billing::{Amounts, with_vat};
use crate::calendar::Day;
use crate::draft::Draft;
use crate::invoice::Paper;
use crate::numbering::Numbering;
use crate::script::Order;
use crate::truth::CaseId;

/// Above it a second person must approve: in pence.
const LIMIT: i64 = 500_000;
/// Orders that are billed in pieces, apart from those of other invoices.
const SPLIT_ORDERS_FROM: i64 = 4_600_000_000;

pub(super) fn plant(draft: &mut Draft<'_>) {
    for _ in 0..draft.times {
        split(draft);
        below_the_limit(draft);
        weekends(draft);
        only_customer(draft);
        round_amounts(draft);
        spike(draft);
    }
    benford(draft);
}

/// A new supplier and the case about it.
fn case(draft: &mut Draft<'_>, kind: &'static str, says: &str) -> (usize, CaseId) {
    let index = draft.add_scripted(|_| {});
    let case = draft.truth.plant(kind, says);
    draft.name_supplier(case, index);
    (index, case)
}

fn order(draft: &mut Draft<'_>, day: Day, (supplier, case): (usize, CaseId), amount: i64) {
    let amount = Some(amount);
    draft.order(day, Order { supplier, amount, case: Some(case), ..Order::default() });
}

fn split(draft: &mut Draft<'_>) {
    let about = case(
        draft,
        "split_invoice",
        "Three invoices within a week on one order are each below the limit of 5,000 and together far above it.",
    );
    let (supplier, case) = about;
    draft.ordinary_orders(supplier, 8);
    let day = draft.working_day(60, draft.calendar.last - 40);
    let pieces = [0, 2, 4].map(|after| (after, draft.rng.between(LIMIT * 85 / 100, LIMIT - 1_000)));
    // The order covers all of them, without their VAT.
    let net: i64 = pieces.iter().map(|(_, amount)| amount * 5 / 6 + 1).sum();
    let number = SPLIT_ORDERS_FROM + i64::try_from(case).expect("cases are few");
    for (after, amount) in pieces {
        let paper = Paper {
            order: Some(number),
            order_value: Some((net + 99) / 100 * 100),
            ..Paper::default()
        };
        let (day, amount, case) = (draft.calendar.working(day + after), Some(amount), Some(case));
        draft.order(day, Order { supplier, amount, paper, case, ..Order::default() });
    }
}

fn below_the_limit(draft: &mut Draft<'_>) {
    let about = case(
        draft,
        "just_below_limit",
        "A dozen invoices over the years are all within two percent below the limit of 5,000.",
    );
    for _ in 0..12 {
        let day = draft.working_day(0, draft.calendar.last - 10);
        let amount = draft.rng.between(LIMIT * 98 / 100, LIMIT - 1);
        order(draft, day, about, amount);
    }
}

fn weekends(draft: &mut Draft<'_>) {
    let (supplier, case) = case(
        draft,
        "weekend_keying",
        "One person keyed this supplier's invoices on weekends and holidays only.",
    );
    let user = Some(draft.rng.index(draft.users.len()));
    for _ in 0..8 {
        let from = draft.rng.between(0, draft.calendar.last - 40);
        let day = (from..from + 7).find(|day| !draft.calendar.is_working(*day)).expect("weeks end");
        draft.order(day, Order { supplier, user, case: Some(case), ..Order::default() });
    }
}

fn only_customer(draft: &mut Draft<'_>) {
    let (supplier, case) = case(
        draft,
        "sequential_numbers",
        "The supplier's numbers run 1, 2, 3 … over the years: it bills nobody else.",
    );
    let name = draft.suppliers[supplier].name.clone();
    draft.billings[supplier].numbering = Numbering::only_customer(&mut draft.rng, &name);
    for _ in 0..24 {
        let day = draft.working_day(0, draft.calendar.last);
        draft.order(day, Order { supplier, case: Some(case), ..Order::default() });
    }
}

fn round_amounts(draft: &mut Draft<'_>) {
    let about = case(draft, "round_amounts", "All amounts of the supplier are whole thousands.");
    for _ in 0..20 {
        let day = draft.working_day(0, draft.calendar.last);
        let amount = draft.rng.between(1, 12) * 100_000;
        order(draft, day, about, amount);
    }
}

fn spike(draft: &mut Draft<'_>) {
    let (supplier, case) =
        case(draft, "spike", "One invoice is some thirty times what the supplier usually bills.");
    draft.billings[supplier].amounts = Amounts::LogNormal { median: 80_000, spread: 300 };
    draft.ordinary_orders(supplier, 30);
    let day = draft.working_day(400, draft.calendar.last - 20);
    let amount = with_vat(draft.rng.between(24_000, 30_000) * 100);
    order(draft, day, (supplier, case), amount);
}

/// First two digits all as frequent, over two orders of magnitude: enough for the test to apply.
fn benford(draft: &mut Draft<'_>) {
    const ROWS: usize = 400;
    let about = case(
        draft,
        "benford",
        "The first digits of this supplier's amounts are all as frequent: they are made up.",
    );
    for _ in 0..ROWS {
        let day = draft.working_day(0, draft.calendar.last);
        let lead = draft.rng.between(10, 99) * 1_000 + draft.rng.between(0, 999);
        let amount = lead * *draft.rng.pick(&[1, 10]) / 10;
        order(draft, day, about, amount);
    }
}
