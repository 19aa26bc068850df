//! Small ledgers with one thing in them, and what becomes of it.

mod batches;
mod credits;
mod habits;
mod periods;
mod pieces;
mod rows;
mod sentences;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::*;
use crate::invoice_number::InvoiceNumber;
use crate::invoices::Invoice;

/// The probability from which a pair is shown.
const THRESHOLD: f64 = 0.08;
const DAY: i32 = 20_000;

/// A ledger in the making: suppliers by name, each with a numbering, days and amounts of its own.
#[derive(Default)]
struct Ledger {
    invoices: Invoices,
    suppliers: BTreeMap<String, u32>,
    state: u64,
}

/// One row: id, number, supplier, day of the invoice and of its keying, cents.
struct Row<'a>(&'a str, &'a str, &'a str, i32, i32, i64);

impl Ledger {
    /// Suppliers that number their invoices and seldom bill one amount twice.
    fn of_firms(firms: i64, each: i64) -> Self {
        let mut ledger = Self { state: 7, ..Self::default() };
        for at in 0..each {
            for firm in 0..firms {
                let id = format!("H{firm}-{at}");
                let (day, cents) =
                    (at * 180 / each + ledger.below(3), 20_000 + ledger.below(1_000_000));
                let day = DAY + i32::try_from(day).unwrap();
                let number = (7_000 + firm * 100 + at * 3 + ledger.below(3)).to_string();
                ledger.add(&Row(&id, &number, &format!("Firm {firm}"), day, day, cents));
            }
        }
        ledger
    }

    /// A number below another, the same in every run.
    fn below(&mut self, bound: i64) -> i64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.state >> 33).unwrap() % bound
    }

    fn add(&mut self, row: &Row<'_>) {
        let Row(id, number, supplier, invoiced, entered, cents) = *row;
        let next = crate::narrow(self.suppliers.len());
        let supplier = *self.suppliers.entry(supplier.to_owned()).or_insert(next);
        self.invoices.push(&Invoice {
            id,
            number,
            supplier,
            party: supplier,
            amount: cents * 100,
            stated: cents * 100,
            currency: 1,
            invoiced,
            entered,
            paid: entered + 20,
            ..Invoice::default()
        });
    }

    /// With these rows added.
    fn with(mut self, rows: &[Row<'_>]) -> Self {
        for row in rows {
            self.add(row);
        }
        self
    }

    fn find(&self) -> Findings<'_> {
        let invoices = &self.invoices;
        let habits = Habits::learn(invoices, 2);
        let netting = Netting::find(invoices, &habits);
        let judge = Judge { invoices, habits: &habits, netting: &netting, threshold: THRESHOLD };
        let found = Search {
            judge,
            cap: 400,
            pairs_max: usize::MAX,
            threads: 2,
            stop: &AtomicBool::new(false),
        }
        .execute();
        let SearchResult { shown, suppressed, batches, .. } = found;
        Findings { invoices, shown, suppressed, batches }
    }

    /// The probability that two invoices are one, whether it is shown or not.
    fn probability(&self, one: &str, other: &str) -> f64 {
        self.weighed(&Habits::learn(&self.invoices, 2), one, other).probability()
    }

    fn weighed(&self, habits: &Habits, one: &str, other: &str) -> WeighedPair {
        let scorer = Scorer { invoices: &self.invoices, habits };
        let [one, other] = [one, other].map(|id| self.place(id));
        let [x, y] = [one, other].map(|at| InvoiceNumber::new(self.invoices.number(at)));
        let numbered = |at, number| NumberedInvoice { at, number };
        scorer.weigh(numbered(one, &x), numbered(other, &y))
    }

    fn place(&self, id: &str) -> usize {
        (0..self.invoices.len()).find(|at| self.invoices.id(*at) == id).expect("an id of a row")
    }
}

struct Findings<'a> {
    invoices: &'a Invoices,
    shown: Vec<WeighedPair>,
    suppressed: Vec<(WeighedPair, Reason)>,
    batches: Vec<Batch>,
}

impl Findings<'_> {
    /// Of two invoices, where they are shown.
    fn shown(&self, one: &str, other: &str) -> Option<(Kind, f64)> {
        let is_it = |pair: &&WeighedPair| self.is_of(pair, one, other);
        let found = self.shown.iter().find(is_it)?;
        Some((Kind::of(self.invoices, found), found.probability()))
    }

    fn suppressed(&self, one: &str, other: &str) -> Option<Reason> {
        let found = self.suppressed.iter().find(|(pair, _)| self.is_of(pair, one, other));
        found.map(|(_, reason)| *reason)
    }

    fn is_of(&self, weighed: &WeighedPair, one: &str, other: &str) -> bool {
        let ids = [weighed.pair.a, weighed.pair.b].map(|at| self.invoices.id(at));
        ids == [one, other] || ids == [other, one]
    }

    /// Those of two suppliers.
    fn across(&self) -> usize {
        let party = |at: usize| self.invoices.party[at];
        self.shown.iter().filter(|shown| party(shown.pair.a) != party(shown.pair.b)).count()
    }
}

/// The rows of a file of the shared cases; none where they are not.
fn shared_case(name: &str) -> Option<Ledger> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/cases/truth"));
    let Ok(text) = std::fs::read_to_string(folder.join(name)) else {
        println!("there is no {}: not tried", folder.join(name).display());
        return None;
    };
    let mut ledger = Ledger::default();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [id, number, _, amount, _, invoiced, entered, _, _, supplier] = cells[..] else {
            panic!("ten cells: {line}");
        };
        let day = |text: &str| {
            let date: jiff::civil::Date = text.parse().unwrap();
            (date - jiff::civil::date(1970, 1, 1)).get_days()
        };
        let cents = amount.replace('.', "").parse().unwrap();
        ledger.add(&Row(id, number, supplier, day(invoiced), day(entered), cents));
    }
    Some(ledger)
}

#[test]
fn what_stands_round_a_number_is_one_slip() {
    use Kind::{Prefix, PrefixAndSuffix, Rearranged, Suffix};
    for (number, again, kind) in [
        ("9501", "INV9501", Prefix),
        ("9504", "CA9504", Prefix),
        ("345468", "022-345468", Prefix),
        ("12345", "12345 LDS", Suffix),
        ("12345", "12345/0234", Suffix),
        ("12345", "12345 4500123", Suffix),
        ("10983", "PO10983/SHEF", PrefixAndSuffix),
        ("2019/12", "12/2019", Rearranged),
        ("SI-087013", "INV 087013", Prefix),
        ("INV88021", "88021/1", PrefixAndSuffix),
        ("2023/335", "23/335", Prefix),
    ] {
        let ledger = Ledger::of_firms(40, 20).with(&[
            Row("A", number, "Firm 7", DAY + 90, DAY + 91, 321_011),
            Row("B", again, "Firm 7", DAY + 90, DAY + 108, 321_011),
        ]);
        let shown = ledger.find().shown("A", "B").map(|(kind, p)| (kind, p > 0.9));
        assert_eq!(shown, Some((kind, true)), "{number} {again}");
    }
}

/// A supplier that bills each site by a number with a tail tells its invoices apart by it.
#[test]
fn what_stands_round_numbers_is_weighed_by_how_often_the_supplier_writes_so() {
    let rows = |ledger: Ledger| {
        ledger.with(&[
            Row("A", "9501", "Sites", DAY + 90, DAY + 91, 321_011),
            Row("B", "9501 LDS", "Sites", DAY + 90, DAY + 91, 321_011),
        ])
    };
    let mut usual = Ledger::of_firms(40, 20);
    let mut sites = Ledger::of_firms(40, 20);
    for at in 0..12 {
        let (number, day) = (8_000 + at * 40, DAY + i32::try_from(at).unwrap() * 15);
        for (nth, tail) in ["", " LDS"].into_iter().enumerate() {
            let cents = 90_000 + at * 7_001 + i64::try_from(nth).unwrap() * 4_321;
            let id = format!("S{at}-{nth}");
            let other = format!("{}", number + 11 * i64::try_from(nth).unwrap());
            usual.add(&Row(&id, &other, "Sites", day, day, cents));
            sites.add(&Row(&id, &format!("{number}{tail}"), "Sites", day, day, cents));
        }
    }
    let [usual, sites] = [usual, sites].map(|ledger| rows(ledger).probability("A", "B"));
    let odds = |probability: f64| probability / (1.0 - probability);
    assert!(usual > 0.99 && odds(sites) * 256.0 < odds(usual), "{usual} {sites}");
}

/// Nurseries that are paid by the buyer's own numbers: two of them have as many children.
fn nurseries(mut ledger: Ledger) -> Ledger {
    for batch in 0..26 {
        let pair = 40_000 + batch * 1_013;
        for nursery in 0..60_i64 {
            let at = batch * 60 + nursery;
            let is_of_pair = nursery == 11 || nursery == 31;
            let cents = if is_of_pair { pair } else { 30_000 + at * 14_829 % 96_000 };
            let day = DAY + i32::try_from(batch).unwrap() * 2;
            let (id, number) = (format!("T{at}"), format!("TP{}", 200_000 + at));
            ledger.add(&Row(&id, &number, &format!("Nursery {nursery}"), day, day, cents));
        }
    }
    ledger
}

#[test]
fn the_buyers_own_numbers_tell_nothing_between_suppliers() {
    let found = nurseries(Ledger::default());
    assert_eq!(found.find().across(), 0);
    // Beside them an invoice that was keyed under another supplier is found.
    let wrong = nurseries(Ledger::of_firms(40, 20)).with(&[
        Row("A", "AW31704", "Firm 3", DAY + 40, DAY + 41, 431_017),
        Row("B", "AW31704", "Firm 9", DAY + 40, DAY + 57, 431_017),
    ]);
    let found = wrong.find();
    assert!(found.shown("A", "B").is_some_and(|(kind, p)| kind == Kind::WrongSupplier && p > 0.9));
    assert_eq!(found.across(), 1);
}

#[test]
fn a_text_that_many_write_is_no_number() {
    let mut ledger = Ledger::of_firms(40, 20);
    for (firm, cents) in (0..30).zip((0..).step_by(777)) {
        let id = format!("X{firm}");
        let day = DAY + 5 * firm;
        ledger.add(&Row(&id, "REFUND", &format!("Firm {firm}"), day, day, 40_000 + cents));
    }
    let ledger = ledger.with(&[
        Row("A", "REFUND", "Firm 3", DAY + 40, DAY + 41, 9_900),
        Row("B", "REFUND", "Firm 9", DAY + 40, DAY + 41, 9_900),
        // A number of its own is none of them.
        Row("C", "REFUND 4711", "Firm 3", DAY + 60, DAY + 61, 77_123),
        Row("D", "REFUND 4711", "Firm 3", DAY + 60, DAY + 75, 77_123),
    ]);
    let found = ledger.find();
    assert_eq!(found.shown("A", "B"), None);
    assert!(found.shown("C", "D").is_some_and(|(_, p)| p > 0.9));
}

/// Firms that bill fees of 50 to 200 now and then.
fn with_fees() -> Ledger {
    let mut ledger = Ledger::of_firms(40, 20);
    for at in 0..200_i64 {
        let (firm, day) = (at % 40, DAY + i32::try_from(at).unwrap() % 180);
        let (id, number) = (format!("F{at}"), (60_000 + at * 37).to_string());
        let cents = (at / 50 + 1) * 5_000;
        ledger.add(&Row(&id, &number, &format!("Firm {firm}"), day, day, cents));
    }
    ledger
}

#[test]
fn a_large_odd_amount_tells_more_than_a_small_round_one() {
    let [odd, round] = [3_978_188, 25_000].map(|cents| {
        let ledger = with_fees().with(&[
            Row("A", "98123", "Firm 7", DAY + 90, DAY + 91, cents),
            Row("B", "98423", "Firm 7", DAY + 90, DAY + 91, cents),
        ]);
        ledger.probability("A", "B")
    });
    assert!(odd > 3.0 * round, "{odd} {round}");
}

/// A supplier that bills two halves by one number and a letter does so again and again.
#[test]
fn halves_that_a_supplier_tells_apart_by_a_letter_are_no_second_keyings() {
    let halves = |couples: i32| {
        let mut ledger = Ledger::of_firms(40, 20);
        for at in 0..16 {
            let (day, number) = (DAY + at * 11, 4_900 + at * 7);
            let cents = 60_000 + i64::from(at) * 7_919;
            let (id, again) = (format!("L{at}"), format!("L{at}A"));
            ledger.add(&Row(&id, &number.to_string(), "Halves", day, day, cents));
            if at < couples {
                ledger.add(&Row(&again, &format!("{number}A"), "Halves", day, day, cents));
            }
        }
        ledger.probability("L0", "L0A")
    };
    let [one, many] = [1, 6].map(halves);
    assert!(one > 0.9 && many < 0.08, "{one} {many}");
}

/// What three invoices of a month came to was paid by the statement as well.
#[test]
fn a_statement_of_three_invoices_that_is_paid_beside_them_is_shown() {
    let ledger = Ledger::of_firms(40, 20).with(&[
        Row("S1", "8801", "Firm 7", DAY + 82, DAY + 83, 121_011),
        Row("S2", "8804", "Firm 7", DAY + 89, DAY + 89, 231_527),
        Row("S3", "8809", "Firm 7", DAY + 96, DAY + 96, 98_743),
        Row("S4", "STMT APRIL", "Firm 7", DAY + 98, DAY + 98, 451_281),
    ]);
    let (kind, probability) = ledger.find().shown("S2", "S4").expect("the statement");
    assert!(kind == Kind::SumOfThree && probability > 0.5, "{kind:?} {probability}");
}

/// A year that is typed wrongly does not move the days of keying and paying: those of a yearly charge do.
#[test]
fn yearly_charges_are_no_wrong_year() {
    for (entered, kind) in [(DAY + 9, Some(Kind::WrongYear)), (DAY - 357, None)] {
        let ledger = Ledger::of_firms(40, 20).with(&[
            Row("A", "88123", "Firm 7", DAY - 366, entered, 431_017),
            Row("B", "88123", "Firm 7", DAY, DAY + 2, 431_017),
        ]);
        let shown = ledger.find().shown("A", "B").map(|(kind, _)| kind);
        assert_eq!(shown.filter(|kind| *kind == Kind::WrongYear), kind, "{entered}");
    }
}

/// Numbers one digit apart on one day: two doubles, and no invoice that was paid four times.
#[test]
fn an_invoice_over_quite_another_amount_is_no_further_copy() {
    let row = |id, number, entered, cents| Row(id, number, "Firm 7", DAY + 90, entered, cents);
    let ledger = Ledger::of_firms(40, 20).with(&[
        row("A", "44210", DAY + 91, 3_978_188),
        row("B", "44210", DAY + 99, 3_978_188),
        row("C", "44310", DAY + 92, 5_013),
        row("D", "44310", DAY + 98, 5_013),
    ]);
    let found = ledger.find();
    let groups = groups(found.invoices, found.shown, found.batches);
    let ids = |group: &Group| -> Vec<String> {
        group.invoices.iter().map(|at| found.invoices.id(*at).to_owned()).collect()
    };
    for two in [vec!["A", "B"], vec!["C", "D"]] {
        assert!(groups.iter().any(|group| ids(group) == two), "{two:?}");
    }
}

#[test]
fn the_shared_cases_come_out_right() {
    let pairs = |name: &str, pairs: &[(&str, &str)]| {
        let Some(ledger) = shared_case(name) else { return };
        let found = ledger.find();
        for (one, other) in pairs {
            let shown = found.shown(one, other);
            assert!(shown.is_some_and(|(_, p)| p > 0.9), "{name}: {one} {other} {shown:?}");
        }
    };
    pairs("prefix.csv", &[("P1", "P2"), ("P3", "P4"), ("P5", "P6")]);
    pairs("rebilled-then-keyed-twice.csv", &[("R3", "R4")]);
    for (name, one, other) in [
        ("statement-of-three.csv", "S2", "S4"),
        ("paid-again-in-two-parts.csv", "Q1", "Q2"),
        ("paid-again-in-two-parts.csv", "Q1", "Q3"),
    ] {
        let Some(ledger) = shared_case(name) else { continue };
        let shown = ledger.find().shown(one, other);
        assert!(shown.is_some_and(|(_, p)| p > 0.5), "{name}: {one} {other} {shown:?}");
    }
    if let Some(ledger) = shared_case("buyers-own-numbers.csv") {
        assert_eq!(ledger.find().across(), 0);
    }
}
