use std::sync::atomic::AtomicBool;

use super::*;
use crate::habits::Habits;
use crate::invoices::{Invoice, Invoices};
use crate::netting::Netting;
use crate::weigh::Scorer;

const THRESHOLD: f64 = 0.08;

/// A few suppliers that number their invoices, bill some amounts again and again, and have some of their
/// invoices keyed twice.
fn ledger() -> Invoices {
    let mut invoices = Invoices::default();
    let mut state = 7_u64;
    let mut chance = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for at in 0..1_500_u64 {
        let supplier = chance(12);
        let usual = [12_000_000, 5_550_000][usize::from(at.is_multiple_of(2))];
        let amount = if chance(5) == 0 { usual } else { chance(90_000_000) + 10_000 };
        let number = format!("S{supplier}-{:05}", at + chance(3));
        let copies = 1 + u64::from(at.is_multiple_of(60));
        for copy in 0..copies {
            let id = format!("V{at:05}-{copy}");
            let number =
                if copy == 1 && chance(2) == 0 { number.replace('0', "O") } else { number.clone() };
            let (day, user) = (chance(3) + at / 3, chance(4));
            let narrow = |value: u64| u32::try_from(value).unwrap();
            invoices.push(&Invoice {
                id: &id,
                number: &number,
                supplier: narrow(supplier),
                party: narrow(supplier),
                amount: amount.cast_signed(),
                stated: amount.cast_signed(),
                currency: 1,
                invoiced: 18_000 + narrow(at / 3).cast_signed(),
                entered: 18_005 + narrow(day).cast_signed(),
                paid: 18_030 + narrow(day).cast_signed(),
                user: narrow(user) + 1,
                ..Invoice::default()
            });
        }
    }
    invoices.sort_by_id_without(&vec![false; invoices.len()], 2);
    invoices.sort_by_party();
    invoices
}

fn found(invoices: &Invoices, cap: usize, threads: usize) -> SearchResult {
    found_within(invoices, cap, usize::MAX, threads)
}

fn found_within(invoices: &Invoices, cap: usize, pairs_max: usize, threads: usize) -> SearchResult {
    let habits = Habits::learn(invoices, threads);
    let netting = Netting::find(invoices, &habits);
    let judge = Judge { invoices, habits: &habits, netting: &netting, threshold: THRESHOLD };
    Search { judge, cap, pairs_max, threads, stop: &AtomicBool::new(false) }.execute()
}

#[test]
fn threads_change_nothing() {
    let invoices = ledger();
    let (one, three) = (found(&invoices, 400, 1), found(&invoices, 400, 3));
    assert!(one.shown.len() >= 20 && !one.suppressed.is_empty(), "{}", one.shown.len());
    assert_eq!((one.shown, one.suppressed), (three.shown, three.suppressed));
    assert_eq!((one.pairs, one.overfull), (three.pairs, three.overfull));
}

#[test]
fn a_pair_is_compared_once_and_a_block_over_its_cap_is_reported() {
    let invoices = ledger();
    let all = found(&invoices, 400, 2);
    let mut pairs: Vec<_> = all.shown.iter().map(|shown| (shown.pair.a, shown.pair.b)).collect();
    let shown = pairs.len();
    pairs.sort_unstable();
    pairs.dedup();
    assert_eq!(pairs.len(), shown);
    let few = found(&invoices, 5, 2);
    assert!(few.pairs < all.pairs && all.overfull.is_empty());
    assert!(few.overfull.iter().all(|block| block.invoices > 5) && !few.overfull.is_empty());
}

#[test]
fn of_more_pairs_than_are_kept_each_invoice_keeps_its_share() {
    let invoices = ledger();
    let (all, few) = (found(&invoices, 400, 2), found_within(&invoices, 400, 1, 2));
    let kept = |found: &SearchResult| found.shown.len() + found.suppressed.len();
    assert!(kept(&few) < kept(&all), "{} of {}", kept(&few), kept(&all));
    let mut shares: Vec<(usize, u32)> = Vec::new();
    for (weighed, _) in &few.suppressed {
        let one = weighed.pair.a.min(weighed.pair.b);
        match shares.iter_mut().find(|(at, _)| *at == one) {
            Some((_, share)) => *share += 1,
            None => shares.push((one, 1)),
        }
    }
    let respects = u32::try_from(BlockingKey::ALL.len()).unwrap();
    assert!(shares.iter().all(|(_, share)| *share <= respects), "{shares:?}");
    let again = found_within(&invoices, 400, 1, 3);
    assert_eq!((few.shown, few.suppressed), (again.shown, again.suppressed));
}

#[test]
fn odds_rule_out_only_what_the_weights_would() {
    let invoices = ledger();
    let habits = Habits::learn(&invoices, 1);
    let scale = Scorer { invoices: &invoices, habits: &habits };
    let numbers: Vec<InvoiceNumber> =
        (0..invoices.len()).map(|at| InvoiceNumber::new(invoices.number(at))).collect();
    let numbered = |at: usize| NumberedInvoice { at, number: &numbers[at] };
    let needed = THRESHOLD / (1.0 - THRESHOLD);
    let (mut ruled_out, mut left, mut ratios) = (0, 0, PartyRatios::default());
    let of_several = || (0..invoices.len()).step_by(4);
    for one in of_several() {
        for other in of_several().filter(|other| *other > one) {
            let weighed = scale.weigh(numbered(one), numbered(other));
            let is_small = weighed.bits() < needed.log2() && weighed.pooled_bits() < needed.log2();
            let ruled =
                scale.odds((numbered(one), numbered(other)), needed, &mut ratios).are_too_small();
            assert_eq!(ruled, is_small, "{weighed:?}");
            ruled_out += usize::from(ruled);
            left += usize::from(!ruled);
        }
    }
    assert!(ruled_out > 1_000 && left > 5, "{ruled_out} {left}");
}
