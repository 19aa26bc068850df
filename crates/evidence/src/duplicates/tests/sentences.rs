//! Every sentence about pairs drawn at random, held against the rows it speaks of.

use super::rows::Rows;
use super::*;
use crate::days::civil;
use crate::weigh::Subject;

/// Second keyings that are drawn: with some nine sentences each, enough for what is seldom said.
const DRAWN: i64 = 900;
const SENTENCES_MIN: usize = 2_000;

#[test]
fn no_sentence_says_what_the_rows_do_not_bear_out() {
    let ledger = drawn();
    let (invoices, habits) = (&ledger.invoices, Habits::learn(&ledger.invoices, 2));
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
    let suppressed = found.suppressed.into_iter().map(|(weighed, _)| weighed);
    let mut read = 0;
    for weighed in found.shown.into_iter().chain(suppressed) {
        let rows = Rows { invoices, pair: (weighed.pair.a, weighed.pair.b) };
        let is_across = invoices.party[weighed.pair.a] != invoices.party[weighed.pair.b];
        let kind = Kind::of(invoices, &weighed);
        assert!(rows.bear_out_kind(kind), "{kind:?} {}", rows.written());
        if let Some(joint) = &weighed.joint {
            let sum: i64 = joint.parts.iter().map(|at| invoices.amount[*at]).sum();
            assert_eq!(sum, invoices.amount[weighed.whole(invoices)], "{}", rows.written());
        }
        let members = [weighed.pair.a, weighed.pair.b];
        for reading in evidence(invoices, &habits, &weighed, &members) {
            let words = reading.words.as_str();
            let is_so = rows.bear_out(words);
            assert_eq!(is_so, Some(true), "{words}\n{}", rows.written());
            // The same number speaks against it only where the sentence says why.
            let is_odd = is_across && reading.bits < 0.0;
            let is_same = words.starts_with("the same invoice number, ");
            assert!(!(is_odd && is_same) || words.ends_with("of two suppliers here"), "{words}");
            let is_sum = words.contains(" is to the penny ");
            assert!(!is_sum || reading.bits > 0.0, "a part of the sum is for it: {words}");
            read += 1;
        }
    }
    assert!(read >= SENTENCES_MIN, "{read}");
}

/// Invoices of Firm 7 are numbered from 7701 on, three by three.
#[test]
fn a_number_with_neighbours_is_not_said_to_be_none_of_its_series() {
    let no_neighbour =
        "the number 9731 does not fit into the supplier's own numbering of those days";
    let of_another_day = "the number 9731 stands apart from most of the supplier's numbers next to it by date, \
                          though 9728, 80 days away, is near it";
    for (neighbour, words) in [
        (None, Some(no_neighbour)),
        (Some(("9728", DAY + 10)), Some(of_another_day)),
        // A branch counts apart, in the same days.
        (Some(("9728", DAY + 90)), None),
        // A third keying is no neighbour.
        (Some(("9731", DAY + 91)), Some(no_neighbour)),
    ] {
        let mut ledger = Ledger::of_firms(40, 40).with(&[
            Row("A", "7760", "Firm 7", DAY + 90, DAY + 91, 321_011),
            Row("B", "9731", "Firm 7", DAY + 90, DAY + 108, 321_011),
        ]);
        if let Some((number, day)) = neighbour {
            ledger.add(&Row("N", number, "Firm 7", day, day, 77_013));
        }
        let said = of_pair(&ledger, "A", "B");
        let of_series =
            said.iter().find(|words| words.contains("9731") && !words.contains(" and "));
        assert_eq!(of_series.map(String::as_str), words, "{said:?}");
    }
}

/// An order has several invoices, and its number says little of two of them.
#[test]
fn the_number_of_an_order_is_called_so_and_says_little() {
    let odds = |orders: [&str; 2]| {
        let mut ledger = Ledger::of_firms(20, 40).with(&[
            Row("A", "4500071234", "Firm 3", DAY + 40, DAY + 41, 431_055),
            Row("B", "4500071234", "Firm 3", DAY + 61, DAY + 62, 431_055),
        ]);
        for (id, order) in ["A", "B"].into_iter().zip(orders) {
            let at = ledger.place(id);
            ledger.invoices.order[at] = crate::short_text_key(order);
        }
        let probability = ledger.probability("A", "B");
        let said =
            of_pair(&ledger, "A", "B").into_iter().find(|words| words.contains("4500071234"));
        (probability / (1.0 - probability), said.expect("the number is spoken of"))
    };
    let called = "the same invoice number, 4500071234, which is that of a purchase order as well";
    for (of_order, of_another) in
        [(["4500071234"; 2], ["4500079876"; 2]), (["4500071234", ""], ["4500079876", ""])]
    {
        let ((weak, said), (strong, plainly)) = (odds(of_order), odds(of_another));
        assert!(weak * 20.0 < strong, "{of_order:?}: {weak} {strong}");
        assert_eq!(said, called);
        let hardly = "two genuine invoices of this supplier are hardly ever so alike";
        assert_eq!(plainly, format!("the same invoice number, 4500071234; {hardly}"));
    }
}

/// The two that are compared are not what is usual.
#[test]
fn the_reason_of_an_amount_counts_others_than_the_pair() {
    let often = "this supplier's amounts often come again; this one";
    let share =
        "9.1% of this supplier's other invoices are over an amount that it billed more than once";
    for (again, reason, words) in [
        (&[][..], Reason::UsualHere, None),
        (&[55_501, 66_601, 55_501, 66_601], Reason::UsualAmount, Some(share.to_owned())),
        (&[321_011], Reason::UsualAmount, Some(format!("{often} once more"))),
        (&[321_011; 3], Reason::UsualAmount, Some(format!("{often} 3 more times"))),
    ] {
        let ledger = with_pair_and(again);
        let habits = Habits::learn(&ledger.invoices, 2);
        let mut weighed = ledger.weighed(&habits, "A", "B");
        weighed.weights.retain(|weight| weight.subject == Subject::Amount);
        let found = suppression::explained(&ledger.invoices, &habits, &weighed);
        assert_eq!(found, reason, "{again:?}");
        if let Some(words) = words {
            assert_eq!(usual_amount(&ledger.invoices, &habits, &weighed.pair), words);
        }
    }
}

/// Of seven invoices of one amount, of which three are taken for one, four are others.
#[test]
fn an_amount_was_billed_beside_all_that_are_taken_for_one() {
    let ledger = with_pair_and(&[321_011; 5]);
    let habits = Habits::learn(&ledger.invoices, 2);
    let weighed = ledger.weighed(&habits, "A", "B");
    for (members, said) in [
        (&["A", "B"][..], "5 more times"),
        (&["A", "B", "C0"], "4 more times beside the 3 here"),
        (&["A", "B", "C0", "C1", "C2", "C3"], "once more beside the 6 here"),
        (&["A", "B", "C0", "C1", "C2", "C3", "C4"], "no other time beside the 7 here"),
        // Another amount of the finding is not one of these.
        (&["A", "B", "H7-0"], "5 more times"),
    ] {
        let members: Vec<usize> = members.iter().map(|id| ledger.place(id)).collect();
        let readings = evidence(&ledger.invoices, &habits, &weighed, &members);
        let words: Vec<String> = readings.into_iter().map(|reading| reading.words).collect();
        let expected = format!("the same amount, 3,210.11, which this supplier has billed {said}");
        // Where it speaks against the two, the sentence goes on.
        let is_said = words.iter().any(|words| {
            words
                .strip_prefix(&expected)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(';'))
        });
        assert!(is_said, "{expected}: {words:?}");
    }
}

/// Two invoices of Firm 7 over 3,210.11, and others of it over these cents.
fn with_pair_and(others: &[i64]) -> Ledger {
    let mut ledger = Ledger::of_firms(40, 40).with(&[
        Row("A", "7760", "Firm 7", DAY + 90, DAY + 91, 321_011),
        Row("B", "9731", "Firm 7", DAY + 91, DAY + 108, 321_011),
    ]);
    for (nth, cents) in (0..).zip(others) {
        let day = DAY + 10 + 7 * nth;
        ledger.add(&Row(
            &format!("C{nth}"),
            &(8_000 + 37 * nth).to_string(),
            "Firm 7",
            day,
            day,
            *cents,
        ));
    }
    ledger
}

/// All that is said of two invoices.
fn of_pair(ledger: &Ledger, one: &str, other: &str) -> Vec<String> {
    let habits = Habits::learn(&ledger.invoices, 2);
    let weighed = ledger.weighed(&habits, one, other);
    let members = [one, other].map(|id| ledger.place(id));
    let readings = evidence(&ledger.invoices, &habits, &weighed, &members);
    readings.into_iter().map(|reading| reading.words).collect()
}

/// Firms whose invoices are keyed again with slips of number, amount, day, supplier and all else.
fn drawn() -> Ledger {
    let mut ledger = Ledger::of_firms(40, 40);
    for nth in 0..DRAWN {
        let (firm, day) = (ledger.below(40), DAY + i32::try_from(ledger.below(900)).unwrap());
        let cents = [ledger.below(900_000) + 1_000, (ledger.below(40) + 1) * 5_000]
            [usize::from(ledger.below(4) == 0)];
        let number = match ledger.below(4) {
            0 => format!("INV-{}", 10_000 + ledger.below(80_000)),
            1 => format!("{}/{:03}", 2_019 + ledger.below(5), ledger.below(700)),
            2 => format!("00{}", 100 + ledger.below(90_000)),
            _ => (20_000 + ledger.below(80_000)).to_string(),
        };
        let (again, cents_again) = (ledger.number_slip(&number, day), ledger.amount_slip(cents));
        let other_day = ledger.day_slip(day);
        let other_firm = if ledger.below(8) == 0 { ledger.below(40) } else { firm };
        let (later, id) = (i32::try_from(ledger.below(40)).unwrap(), format!("D{nth}"));
        ledger.push(&format!("{id}-1"), &number, firm, (day, day + 3), cents);
        ledger.push(
            &format!("{id}-2"),
            &again,
            other_firm,
            (other_day, day + 3 + later),
            cents_again,
        );
        if ledger.below(9) == 0 {
            ledger.push(&format!("{id}-3"), &format!("CR-{number}"), firm, (day, day + 9), -cents);
        }
    }
    ledger
}

impl Ledger {
    /// With all else that an invoice may say.
    fn push(&mut self, id: &str, number: &str, firm: i64, days: (i32, i32), cents: i64) {
        let mut word = |of: i64| u32::try_from(self.below(of)).unwrap();
        let (user, group, order, means) = (word(4), word(3), word(30), word(3));
        let (description, currency) = (word(9), 1 + word(20) / 19);
        let supplier = self.suppliers[&format!("Firm {firm}")];
        self.invoices.push(&Invoice {
            id,
            number,
            supplier,
            party: supplier / 2,
            amount: cents * 100,
            stated: cents * 100,
            currency,
            invoiced: days.0,
            entered: days.1,
            paid: days.1 + 20,
            user,
            group,
            order,
            means,
            description,
            ..Invoice::default()
        });
    }

    fn number_slip(&mut self, number: &str, day: i32) -> String {
        let middle = number.len() / 2;
        let (head, tail) = number.split_at(middle);
        let place = usize::try_from(self.below(8)).unwrap().min(number.len() - 2);
        match self.below(14) {
            0 | 1 => number.to_owned(),
            2 => format!("{head}.{tail}"),
            3 => format!("00{number}"),
            4 => number.replacen('0', "O", 1).replacen('1', "I", 1),
            5 => format!("{number}-A"),
            6 => format!("{number} LDS"),
            7 => format!("XY{number}"),
            8 => format!("PO{number}/SHEF"),
            9 => {
                let mut bytes = number.as_bytes().to_vec();
                bytes.swap(place, place + 1);
                String::from_utf8(bytes).unwrap()
            }
            10 => {
                let mut bytes = number.as_bytes().to_vec();
                bytes[place] = b'0' + u8::try_from(self.below(10)).unwrap();
                String::from_utf8(bytes).unwrap()
            }
            11 => [&number[..place], &number[place + 1..]].concat(),
            12 => {
                let (year, month, day) = civil(day);
                format!("{day:02}{month:02}{year}")
            }
            _ => {
                let mut parts: Vec<&str> = number.split(['-', '/']).collect();
                parts.reverse();
                parts.join("/")
            }
        }
    }

    fn amount_slip(&mut self, cents: i64) -> i64 {
        match self.below(16) {
            0 => cents * 6 / 5,
            1 => cents * 10,
            2 => cents / 2,
            3 => cents + cents / 50,
            4 => {
                let mut digits = cents.to_string().into_bytes();
                digits.swap(0, 1);
                String::from_utf8(digits).unwrap().parse().unwrap()
            }
            5 => cents + 123_456,
            _ => cents,
        }
    }

    fn day_slip(&mut self, day: i32) -> i32 {
        day + match self.below(12) {
            0 => 3,
            1 => 7,
            2 => 20,
            3 => 60,
            4 => 365,
            5 => 400,
            _ => 0,
        }
    }
}
