use evidence::invoices::{Invoice, Invoices};

use super::*;

/// Supplier, number, day and amount; and with which upload it came.
type Row = (u32, &'static str, i32, i64, u32);

/// What rows become: number and amount of each invoice, in whole units.
fn invoices(rows: &[Row], setting: InvoiceLines) -> (Vec<(String, i64)>, RollUp) {
    let mut read = Invoices::default();
    for (at, (supplier, number, day, amount, _)) in rows.iter().enumerate() {
        let id = format!("{at:05}");
        read.push(&Invoice {
            id: &id,
            number,
            supplier: *supplier,
            amount: amount * 10_000,
            stated: amount * 10_000,
            invoiced: *day,
            entered: *day,
            ..Invoice::default()
        });
    }
    let uploads: Vec<u32> = rows.iter().map(|row| row.4).collect();
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
