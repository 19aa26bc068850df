//! One more of a ledger against the others, beside a search through all of them.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use super::*;
use crate::duplicates::Search;

const THRESHOLD: f64 = 0.08;
const CAP: usize = 400;

/// Id, number, supplier, amount, the days of invoice and entry, and the user.
type Row = (String, String, u32, i64, i32, i32, u32);

/// Suppliers of any size that number their invoices; some bill one amount every month, and some invoices are
/// keyed again.
fn rows(suppliers: u64, count: u64) -> Vec<Row> {
    let mut state = 11_u64;
    let mut chance = move |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut rows: Vec<Row> = Vec::new();
    for at in 0..count {
        let most = chance(suppliers) + 1;
        let supplier = chance(most);
        let cents = match chance(6) {
            0 => 120_000 + supplier * 100,
            1 => chance(9) * 5_000 + 5_000,
            _ => chance(9_000_000) + 100,
        };
        let sign = if chance(30) == 0 { -1 } else { 1 };
        let day = 18_000 + i32::try_from(at * 700 / count).unwrap();
        let entered = day + i32::try_from(chance(6)).unwrap();
        let row = (
            format!("V{at:06}"),
            format!("S{supplier}-{}", 10_000 + at * 2 + chance(3)),
            u32::try_from(supplier).unwrap(),
            sign * i64::try_from(cents * 100).unwrap(),
            day,
            entered,
            u32::try_from(chance(5)).unwrap() + 1,
        );
        let again = (chance(25) == 0).then(|| {
            let mut again = row.clone();
            again.0.push('B');
            match chance(5) {
                0 => again.1 = again.1.replace('1', "7"),
                1 => again.1.push('A'),
                2 => again.3 += 900,
                3 => again.2 = (again.2 + 1) % u32::try_from(suppliers).unwrap(),
                _ => {}
            }
            again.5 += 9;
            again
        });
        rows.push(row);
        rows.extend(again);
    }
    rows
}

fn invoice((id, number, _, amount, invoiced, entered, user): &Row, party: u32) -> Invoice<'_> {
    Invoice {
        id,
        number,
        supplier: party,
        name: party,
        party,
        amount: *amount,
        stated: *amount,
        currency: 1,
        invoiced: *invoiced,
        entered: *entered,
        paid: crate::invoices::NO_DAY,
        user: *user,
        ..Invoice::default()
    }
}

fn ledger(rows: &[Row]) -> Invoices {
    let mut invoices = Invoices::default();
    for row in rows {
        invoices.push(&invoice(row, row.2));
    }
    invoices.sort_by_id_without(&vec![false; rows.len()], 1);
    invoices
}

/// Bits of a pair by the id of the other, rounded as probabilities are shown.
type FoundPairs = BTreeMap<String, f64>;

/// The pairs of one invoice in a search through all.
fn searched(invoices: &Invoices, id: &str) -> FoundPairs {
    let habits = Habits::learn(invoices, 2);
    let netting = Netting::find(invoices, &habits);
    let judge = Judge { invoices, habits: &habits, netting: &netting, threshold: THRESHOLD };
    let found = Search {
        judge,
        cap: CAP,
        pairs_max: usize::MAX,
        threads: 2,
        stop: &AtomicBool::new(false),
    }
    .execute();
    pairs_of(invoices, invoices.place_of(id, invoices.len()).unwrap(), &found.shown)
}

fn pairs_of(invoices: &Invoices, at: usize, shown: &[WeighedPair]) -> FoundPairs {
    let mut found = FoundPairs::new();
    for weighed in shown {
        let Some(other) = (weighed.pair.a == at)
            .then_some(weighed.pair.b)
            .or((weighed.pair.b == at).then_some(weighed.pair.a))
        else {
            continue;
        };
        let best = found.entry(invoices.id(other).to_owned()).or_insert(f64::NEG_INFINITY);
        *best = best.max(weighed.bits());
    }
    found
}

/// Pairs that are told by one more and by a search alike: as many, of nearly the same weight.
#[test]
fn one_more_is_judged_as_a_search_judges_it() {
    for (suppliers, count) in [(12, 900), (150, 1_200), (3, 300)] {
        let all = rows(suppliers, count);
        let stop = AtomicBool::new(false);
        let (mut pairs, mut only_one) = (0, 0);
        let keyed_again = (0..all.len()).filter(|nth| all[*nth].0.ends_with('B'));
        let genuine = (7..all.len()).step_by(all.len() / 4);
        for nth in keyed_again.step_by(3).take(12).chain(genuine) {
            let mut others = all.clone();
            let row = others.remove(nth);
            let id = &row.0;
            let mut invoices = ledger(&others);
            let before = format!("{invoices:?}");
            let mut screening = Screening::new(&invoices, (THRESHOLD, CAP), 2, &stop);
            let habits_before = format!("{:?}", screening.habits);
            let newcomer = invoice(&row, row.2.min(screening.parties()));
            screening.admit(&mut invoices, &newcomer);
            let at = invoices.len() - 1;
            let found = pairs_of(&invoices, at, &screening.judge(&invoices, at).shown);
            screening.dismiss(&mut invoices);
            assert_eq!(format!("{invoices:?}"), before, "{id}");
            assert!(format!("{:?}", screening.habits) == habits_before, "{id} has left a trace");
            let expected = searched(&ledger(&all), id);
            for (other, bits) in &expected {
                let Some(own) = found.get(other) else {
                    only_one += 1;
                    continue;
                };
                pairs += 1;
                assert!((own - bits).abs() < 0.02, "{id} {other}: {own} instead of {bits}");
            }
            only_one += found.keys().filter(|other| !expected.contains_key(*other)).count();
        }
        assert!(pairs >= 3, "{suppliers}: {pairs}");
        // Where batches are, a search has them apart.
        assert!(only_one * 20 <= pairs, "{suppliers}: {only_one} beside {pairs}");
    }
}

#[test]
fn one_more_stands_among_those_of_its_day_where_a_search_has_it() {
    let mut all = rows(2, 600);
    // Bills of a month bear its first day, so that most have many of one day before and behind them.
    for row in &mut all {
        row.4 -= row.4 % 30;
    }
    for nth in [40, 221, 333, 480] {
        let mut others = all.clone();
        let row = others.remove(nth);
        let mut invoices = ledger(&others);
        let mut screening = Screening::new(&invoices, (THRESHOLD, CAP), 1, &AtomicBool::new(false));
        screening.admit(&mut invoices, &invoice(&row, row.2));
        let ids = |invoices: &Invoices, habits: &Habits| -> Vec<String> {
            let members = habits.members(row.2).iter();
            members.map(|at| invoices.id(*at as usize).to_owned()).collect()
        };
        let with_all = ledger(&all);
        let expected = ids(&with_all, &Habits::learn(&with_all, 1));
        assert_eq!(ids(&invoices, screening.habits()), expected, "{}", row.0);
    }
}

#[test]
fn those_sent_together_are_compared_with_one_another() {
    let mut invoices = ledger(&rows(12, 600));
    let mut screening = Screening::new(&invoices, (THRESHOLD, CAP), 1, &AtomicBool::new(false));
    let party = screening.parties();
    let newcomer = |id| Invoice {
        id,
        number: "NEW-4711",
        supplier: party,
        name: party,
        party,
        amount: 4_321_100,
        stated: 4_321_100,
        currency: 1,
        invoiced: 18_700,
        entered: 18_702,
        ..Invoice::default()
    };
    for (ids, pairs) in [(&["N1"][..], 0), (&["N1", "N2"], 1), (&["N3"], 0)] {
        for id in ids {
            screening.admit(&mut invoices, &newcomer(id));
        }
        let found = screening.judge(&invoices, invoices.len() - 1);
        screening.dismiss(&mut invoices);
        assert_eq!(found.shown.len(), pairs, "{ids:?}");
    }
}
