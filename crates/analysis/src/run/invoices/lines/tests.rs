use evidence::invoices::{Invoice, Invoices};

use super::*;

/// Supplier, number, day and amount; and with which upload it came.
type Row = (u32, &'static str, i32, i64, u32);

/// What rows become, each of an id of its own: number and amount of each invoice, in whole units.
fn invoices(rows: &[Row], setting: InvoiceLines) -> (Vec<(String, i64)>, RollUp) {
    let with_ids = rows.iter().enumerate().map(|(at, row)| (format!("{at:05}"), *row));
    invoices_by_ids(&with_ids.collect::<Vec<_>>(), setting)
}

/// The same of rows that bring their ids.
fn invoices_by_ids(rows: &[(String, Row)], setting: InvoiceLines) -> (Vec<(String, i64)>, RollUp) {
    let mut read = Invoices::default();
    for (id, (supplier, number, day, amount, _)) in rows {
        read.push(&Invoice {
            id,
            number,
            supplier: *supplier,
            amount: amount * 10_000,
            stated: amount * 10_000,
            invoiced: *day,
            entered: *day,
            ..Invoice::default()
        });
    }
    let uploads: Vec<u32> = rows.iter().map(|(_, row)| row.4).collect();
    let rolled = roll_up(&mut read, (&uploads, &[]), setting, 2);
    read.sort_by_id_without(&rolled.left_out, 2);
    let left = (0..read.len()).map(|at| (read.number(at).to_owned(), read.amount[at] / 10_000));
    (left.collect(), rolled)
}

fn amounts(rows: &[Row], setting: InvoiceLines) -> Vec<i64> {
    invoices(rows, setting).0.into_iter().map(|(_, amount)| amount).collect()
}

#[test]
fn a_document_tells_by_its_amounts_what_its_rows_are() {
    use InvoiceLines::{Always, Automatic, Never};
    let of =
        |amounts: &[i64]| -> Vec<Row> { amounts.iter().map(|a| (0, "A1", 5, *a, 0)).collect() };
    for (rows, setting, expected) in [
        (vec![100, 37], Automatic, vec![137]),
        (vec![100, 37, 100], Automatic, vec![237]),
        (vec![100, 100], Automatic, vec![100, 100]),
        (vec![100, 37, 100, 37], Automatic, vec![137, 137]),
        // One may be keyed wrongly: what is usual decides, and here nothing is.
        (vec![4_310, 4_130], Automatic, vec![4_310, 4_130]),
        (vec![100, 120], Automatic, vec![100, 120]),
        (vec![100, -100], Automatic, vec![0]),
        (vec![100, 100], Always, vec![200]),
        (vec![4_310, 4_130], Always, vec![8_440]),
        (vec![100, 37], Never, vec![100, 37]),
    ] {
        assert_eq!(amounts(&of(&rows), setting), expected, "{rows:?} {setting:?}");
    }
}

#[test]
fn only_what_bears_one_number_and_both_days_is_a_document() {
    let rows =
        [(0, "A1", 5, 100, 0), (0, "A1", 6, 37, 0), (1, "A1", 5, 38, 0), (0, "A2", 5, 39, 0)];
    assert_eq!(amounts(&rows, InvoiceLines::Automatic), [100, 37, 38, 39]);
    let without_a_number = [(0, "REDACTED", 5, 100, 0), (0, "REDACTED", 5, 37, 0)];
    assert_eq!(amounts(&without_a_number, InvoiceLines::Automatic), [100, 37]);
}

/// A supplier whose invoices are what is usual there decides about the doubtful ones.
#[test]
fn what_is_usual_decides_the_doubtful() {
    let numbers = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
    let mut lines: Vec<Row> = Vec::new();
    for number in numbers {
        lines.extend([(0, number, 1, 900, 0), (0, number, 1, 55, 0), (0, number, 1, 900, 0)]);
    }
    let doubtful: [Row; 4] =
        [(0, "77", 1, 4_310, 0), (0, "77", 1, 4_130, 0), (0, "78", 1, 60, 0), (0, "78", 1, 60, 0)];
    lines.extend(doubtful);
    let (left, rolled) = invoices(&lines, InvoiceLines::Automatic);
    assert_eq!(left[10..], [("77".to_owned(), 8_440), ("78".to_owned(), 120)]);
    assert_eq!(rolled.repeated, 0);
    // Beside the same lines, another supplier with invoices of its own is drawn to what is usual for it.
    let numbers: Vec<String> = (100..300).map(|number| number.to_string()).collect();
    let mut single: Vec<Row> = lines[..30].to_vec();
    let numbers: Vec<&'static str> = numbers.into_iter().map(|text| &*text.leak()).collect();
    single.extend(numbers.iter().map(|number| (1, *number, 1, 500, 0)));
    single.extend([(1, "77", 1, 4_310, 0), (1, "77", 1, 4_130, 0)]);
    assert_eq!(invoices(&single, InvoiceLines::Automatic).0.len(), 10 + 200 + 2);
}

/// Documents of one supplier in two rows each, which share an id or have their own, and a number that comes
/// again on another day or not.
fn in_two_rows(
    supplier: u32,
    documents: std::ops::Range<i32>,
    ids_of_each: usize,
    days: i32,
) -> Vec<(String, Row)> {
    let mut rows = Vec::new();
    for document in documents {
        let number = &*format!("N{document}").leak();
        for (day, line) in (0..days).flat_map(|day| [(day, 0), (day, 1)]) {
            let id = format!("D{supplier}-{document}-{day}-{}", line % ids_of_each);
            let of_line = if line == 0 { 900 } else { 55 };
            let amount = i64::from(document) * 100 + i64::from(day) * 7 + of_line;
            rows.push((id, (supplier, number, day, amount, 0)));
        }
    }
    rows
}

/// The number is that of an account: three bills of one day, and one of them keyed again two days later.
#[test]
fn ids_of_documents_tell_apart_what_shares_a_number_and_a_day() {
    use InvoiceLines::{Always, Automatic, Never};
    const EACH: [i64; 4] = [675, 2_918, 4_108, 4_108];
    const SUMS: [i64; 2] = [7_701, 4_108];
    let bills = [("X1", 5, 675), ("X2", 5, 2_918), ("X3", 5, 4_108), ("X4", 7, 4_108)]
        .map(|(id, day, amount)| (id.to_owned(), (0, "A1", day, amount, 0)));
    let documents = || in_two_rows(1, 0..40, 1, 1);
    for (about, others, setting, expected) in [
        ("ids of documents", documents(), Automatic, EACH.as_slice()),
        ("ids of lines", in_two_rows(1, 0..40, 2, 1), Automatic, SUMS.as_slice()),
        ("nothing is known of ids", Vec::new(), Automatic, SUMS.as_slice()),
        ("a few documents are no habit", in_two_rows(1, 0..15, 1, 1), Automatic, SUMS.as_slice()),
        (
            "this supplier's lines have ids of their own",
            [documents(), in_two_rows(0, 0..12, 2, 1)].concat(),
            Automatic,
            SUMS.as_slice(),
        ),
        (
            "this supplier bills accounts",
            [documents(), in_two_rows(0, 0..30, 2, 3)].concat(),
            Automatic,
            EACH.as_slice(),
        ),
        ("as it is set", documents(), Always, SUMS.as_slice()),
        ("as it is set", documents(), Never, EACH.as_slice()),
    ] {
        let rows = [others, bills.to_vec()].concat();
        let (left, _) = invoices_by_ids(&rows, setting);
        let of_account = left.iter().filter(|(number, _)| number == "A1");
        let amounts: Vec<i64> = of_account.map(|(_, amount)| *amount).collect();
        assert_eq!(amounts, expected, "{about}");
    }
}

/// Where ids are those of documents, what a later file has of a number and a day is another document, and
/// rows of one id are lines.
#[test]
fn documents_of_a_later_file_are_compared_and_not_added_up() {
    let bill = |id: &str, amount, upload| (id.to_owned(), (0, "A1", 5, amount, upload));
    let later = vec![
        bill("X1", 100, 0),
        bill("X1", 11, 0),
        bill("X2", 37, 0),
        bill("X3", 111, 1),
        bill("X4", 8, 1),
    ];
    let rows = [in_two_rows(1, 0..40, 1, 1), later].concat();
    let (left, rolled) = invoices_by_ids(&rows, InvoiceLines::Automatic);
    let amounts = left.iter().filter(|(number, _)| number == "A1").map(|(_, amount)| *amount);
    assert_eq!(amounts.collect::<Vec<_>>(), [111, 37, 111, 8]);
    assert_eq!((rolled.copies, rolled.sent_again.len()), (0, 0));
}

#[test]
fn equal_rows_of_other_uploads_are_copies_and_never_added_up() {
    for setting in InvoiceLines::ALL {
        let once = [(0, "A1", 5, 100, 0), (0, "A1", 5, 100, 1)];
        assert_eq!(amounts(&once, setting), [100, 100], "{setting:?}: to be compared");
    }
    let lines = [
        (0, "A1", 5, 100, 0),
        (0, "A1", 5, 37, 0),
        (0, "A1", 5, 100, 1),
        (0, "A1", 5, 37, 1),
        // A line more than before belongs to the invoice; what came before is not counted again.
        (0, "A1", 5, 100, 2),
        (0, "A1", 5, 8, 2),
    ];
    let (left, rolled) = invoices(&lines, InvoiceLines::Automatic);
    assert_eq!(left, [("A1".to_owned(), 145), ("A1".to_owned(), 137)]);
    assert_eq!((rolled.copies, rolled.sent_again.len()), (1, 0));
}

fn ledger(rows: u32, upload: u32, changed: u32) -> Vec<Row> {
    let number = |at: u32| &*at.to_string().leak();
    (0..rows)
        .map(|at| {
            let slip = if at < changed { 7 } else { 0 };
            (at % 7, number(at), 1, i64::from(at) + 100 + slip, upload)
        })
        .collect()
}

#[test]
fn a_file_sent_again_is_left_out_and_named() {
    let twice = [ledger(600, 0, 0), ledger(600, 1, 0)].concat();
    let (left, rolled) = invoices(&twice, InvoiceLines::Automatic);
    assert_eq!((left.len(), rolled.copies, rolled.repeated), (600, 600, 0));
    assert_eq!(left.iter().map(|(_, amount)| amount).sum::<i64>(), 600 * 599 / 2 + 60_000);
    let [file] = rolled.sent_again.as_slice() else { panic!("{:?}", rolled.sent_again) };
    assert_eq!((file.upload, file.earlier, file.copied, file.invoices), (1, 0, 600, 600));
    assert_eq!((file.amount / 10_000, file.shown.len()), (600 * 599 / 2 + 60_000, 10));
    assert_eq!(file.shown[0], ("00599".to_owned(), "01199".to_owned()));
}

#[test]
fn what_has_changed_in_a_file_sent_again_is_compared_and_not_added_up() {
    let again = [ledger(600, 0, 0), ledger(600, 1, 5)].concat();
    let (left, rolled) = invoices(&again, InvoiceLines::Automatic);
    assert_eq!((left.len(), rolled.copies), (605, 595));
    assert_eq!(left.iter().filter(|(number, _)| number == "3").count(), 2);
}

/// A few are looked at one by one; below ten nothing is said.
#[test]
fn a_small_file_sent_again_is_said_and_compared() {
    for (rows, said) in [(9, 0), (30, 1), (99, 1)] {
        let (left, rolled) =
            invoices(&[ledger(600, 0, 0), ledger(rows, 1, 0)].concat(), InvoiceLines::Automatic);
        assert_eq!((left.len(), rolled.sent_again.len()), (600 + rows as usize, said), "{rows}");
        assert!(rolled.sent_again.iter().all(|file| !file.is_left_out));
    }
    // Of a large file too small a part.
    let some = [ledger(600, 0, 0), ledger(120, 1, 0), ledger(2_000, 1, 0)[600..].to_vec()].concat();
    let (_, rolled) = invoices(&some, InvoiceLines::Automatic);
    assert_eq!((rolled.sent_again.len(), rolled.copies), (0, 0));
}
