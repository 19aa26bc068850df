//! Transactions: a row takes the place of the one with its Unique ID.

use domain::problem::Reason;
use domain::{FileType, HoldReason, RowCounts};

use analysis::ReadingOutcome;

use crate::site::{FileToRead, Site, column, upload};

const TRANSACTIONS: FileType = FileType::Transactions;
const HEADER: &str = "Unique ID,Invoice Number,Invoice Amount,Base Amount,Invoice Date,Entered Date,\
                      Supplier Name,Supplier Ref,Status\n";

fn rows_of(rows: &[(&str, &str, &str)]) -> String {
    let line = |(id, amount, status): &(&str, &str, &str)| {
        format!("{id},INV-{id},{amount},{amount},2026-01-02,2026-01-03,Acme Ltd,S1,{status}\n")
    };
    HEADER.to_owned() + &rows.iter().map(line).collect::<String>()
}

#[tokio::test]
async fn a_row_takes_the_place_of_the_one_with_its_unique_id() {
    let site = Site::new();
    let first = rows_of(&[("1", "10.00", "open"), ("2", "20.00", "open"), ("3", "30.00", "open")]);
    let change = site.read(TRANSACTIONS, 1, &first).await;
    assert_eq!(change.version, 1);
    let expected = RowCounts { rows_read: 3, non_rows: 1, ..RowCounts::default() };
    assert_eq!(change.rows, expected);

    let daily = rows_of(&[("2", "20.00", "paid"), ("4", "40.00", "open")]);
    let change = site.read(TRANSACTIONS, 2, &daily).await;
    assert_eq!((change.version, change.rows.rows_replaced), (2, 1));

    let rows = site.rows(TRANSACTIONS).await;
    let mut seen: Vec<_> = rows
        .iter()
        .map(|row| [&row["unique_id"], &row["status"], &row["_line"], &row["_version"]])
        .collect();
    seen.sort();
    assert_eq!(
        seen,
        [
            ["1", "open", "2", "1"],
            ["2", "paid", "2", "2"],
            ["3", "open", "4", "1"],
            ["4", "open", "3", "2"]
        ]
    );
    let mut uploads = column(&rows, "_upload");
    uploads.sort();
    uploads.dedup();
    assert_eq!(uploads, [upload(1).to_string(), upload(2).to_string()]);
}

#[tokio::test]
async fn the_same_file_again_replaces_itself() {
    let site = Site::new();
    let text = rows_of(&[("1", "10.00", "open"), ("2", "20.00", "open")]);
    site.read(TRANSACTIONS, 1, &text).await;
    let again = site.read(TRANSACTIONS, 2, &text).await;
    assert_eq!(again.rows.rows_replaced, 2);
    assert_eq!(site.rows(TRANSACTIONS).await.len(), 2);
}

#[tokio::test]
async fn a_file_that_is_read_again_leaves_nothing_of_its_earlier_reading() {
    let site = Site::new();
    let ids: Vec<String> = (0..40).map(|number| format!("A{number}")).collect();
    let rows: Vec<_> = ids.iter().map(|id| (id.as_str(), "10.00", "open")).collect();
    let other = rows_of(&[("1", "1.00", "open")]);
    site.read(TRANSACTIONS, 1, &other).await;
    site.read(TRANSACTIONS, 2, &rows_of(&rows)).await;
    // As by another mapping: other identifiers, and by chance those of others that no hold is for.
    let turned: Vec<_> =
        (0..40).map(|number| (ids[(number + 1) % 40].as_str(), "7.00", "")).collect();
    let turned = rows_of(&turned[..39]).replace("A1,", "B1,").replace("Acme Ltd,S1", "Birch,S2");
    let read = FileToRead {
        number: 2,
        is_read_again: true,
        ..FileToRead::csv(TRANSACTIONS, turned.as_bytes())
    };
    let change = site.pending(read).await.commit(crate::site::NOW).await.unwrap();
    assert_eq!((change.version, change.rows.rows_replaced), (3, 40));
    let left = site.rows(TRANSACTIONS).await;
    assert_eq!(left.len(), 40);
    let suppliers = column(&left, "supplier_name");
    assert_eq!(suppliers.iter().filter(|name| *name == "Acme Ltd").count(), 1, "of the other file");
}

#[tokio::test]
async fn lines_of_one_invoice_are_all_kept_and_said() {
    let site = Site::new();
    let text = rows_of(&[("1", "10.00", "open"), ("1", "5.00", "open"), ("2", "1.00", "open")]);
    let read = FileToRead::csv(TRANSACTIONS, text.as_bytes());
    let ReadingOutcome::Ready(report, pending) = site.prepare(read).await.unwrap() else {
        panic!("not ready");
    };
    let said = report.counts.iter().find(|count| count.reason == Reason::SharedIdentifier);
    assert_eq!(said.map(|count| count.count), Some(2));
    pending.commit(crate::site::NOW).await.unwrap();
    assert_eq!(site.rows(TRANSACTIONS).await.len(), 3);
    let later = rows_of(&[("1", "15.00", "open")]);
    let change = site.read(TRANSACTIONS, 2, &later).await;
    assert_eq!(change.rows.rows_replaced, 2);
    assert_eq!(site.rows(TRANSACTIONS).await.len(), 2);
}

#[tokio::test]
async fn a_file_that_cannot_be_used_leaves_nothing_and_says_why() {
    let site = Site::new();
    site.read(TRANSACTIONS, 1, &rows_of(&[("1", "10.00", "open")])).await;
    let bad = rows_of(&[("2", "ten", "open"), ("3", "34405..40", "open"), ("4", "1.00", "open")]);
    for (text, sentence) in
        [(bad.as_str(), "2 of 3 rows could not be used"), ("a;b\n1;2\n", "header"), ("", "empty")]
    {
        let read = FileToRead { number: 2, ..FileToRead::csv(TRANSACTIONS, text.as_bytes()) };
        match site.prepare(read).await.unwrap() {
            ReadingOutcome::Refused { reason, .. } => {
                assert!(reason.contains(sentence), "{reason}");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(site.open(TRANSACTIONS).await.version(), 1);
    assert_eq!(site.rows(TRANSACTIONS).await.len(), 1);
}

#[tokio::test]
async fn problems_say_line_column_and_value() {
    let site = Site::new();
    let rows: Vec<_> = (0..40).map(|n| (n.to_string(), "1.00".to_owned())).collect();
    let mut rows: Vec<_> =
        rows.iter().map(|(id, amount)| (id.as_str(), amount.as_str(), "open")).collect();
    rows[7].1 = "34405..40";
    let text = rows_of(&rows);
    let ReadingOutcome::Ready(report, pending) =
        site.prepare(FileToRead::csv(TRANSACTIONS, text.as_bytes())).await.unwrap()
    else {
        panic!("not ready");
    };
    let problem = report.problems.iter().find(|p| p.reason == Reason::TwoDecimalPoints).unwrap();
    assert_eq!(problem.line, Some(9));
    assert_eq!(problem.column.as_deref(), Some("Invoice Amount"));
    assert_eq!(problem.value.as_deref(), Some("34405..40"));
    let change = pending.commit(crate::site::NOW).await.unwrap();
    assert_eq!((change.rows.rows_read, change.rows.rows_set_aside), (39, 1));
}

#[tokio::test]
async fn a_payment_on_another_day_takes_the_place_of_the_earlier_and_is_said() {
    let site = Site::new();
    let header = HEADER.trim_end().to_owned() + ",Paid Date\n";
    let file = |days: &[(&str, &str)]| {
        let line = |(id, paid): &(&str, &str)| {
            format!("{id},N{id},34.25,34.25,2026-01-02,2026-01-03,Acme Ltd,S1,paid,{paid}\n")
        };
        header.clone() + &days.iter().map(line).collect::<String>()
    };
    site.read(TRANSACTIONS, 1, &file(&[("1", "2026-01-10"), ("2", "2026-01-10"), ("3", "")])).await;
    let text = file(&[("1", "2026-02-14"), ("2", "2026-01-10"), ("3", "2026-02-14")]);
    let read = FileToRead { number: 2, ..FileToRead::csv(TRANSACTIONS, text.as_bytes()) };
    let ReadingOutcome::Ready(report, pending) = site.prepare(read).await.unwrap() else {
        panic!("not ready");
    };
    let of_it = |problem: &&domain::Problem| problem.reason == Reason::OtherPaymentReplaced;
    let said: Vec<_> = report.problems.iter().filter(of_it).collect();
    let [problem] = said[..] else { panic!("{said:?}") };
    assert_eq!(problem.line, Some(2));
    assert_eq!(problem.value.as_deref(), Some("1: paid 2026-02-14, before 2026-01-10"));
    let count = report.counts.iter().find(|count| count.reason == Reason::OtherPaymentReplaced);
    assert_eq!(count.map(|count| count.count), Some(1));
    assert_eq!(pending.commit(crate::site::NOW).await.unwrap().rows.rows_replaced, 3);
}

/// So many rows of invoices, each with its own supplier, number and amount; `from` tells them apart.
fn invoices(count: usize, from: usize) -> String {
    let line = |id: usize| {
        let own = from + id;
        format!("{id},N{own},{own}.25,{own}.25,2026-01-02,2026-01-03,Supplier {own},S{own},open\n")
    };
    HEADER.to_owned() + &(0..count).map(line).collect::<String>()
}

#[tokio::test]
async fn rows_of_other_invoices_are_held_above_a_share_and_noted_below_it() {
    for (rows, others, is_held) in
        [(400, 20, false), (400, 21, true), (30, 9, false), (30, 10, true)]
    {
        let site = Site::new();
        site.read(TRANSACTIONS, 1, &invoices(rows, 1_000)).await;
        // The first of them are other invoices, the rest as they were.
        let (head, same) = (invoices(others, 5_000), invoices(rows, 1_000));
        let text = head + &same.lines().skip(1 + others).collect::<Vec<_>>().join("\n");
        let read = FileToRead { number: 2, ..FileToRead::csv(TRANSACTIONS, text.as_bytes()) };
        let prepared = site.prepare(read).await.unwrap();
        let (report, is_ready) = match prepared {
            ReadingOutcome::Ready(report, pending) => {
                let change = pending.commit(crate::site::NOW).await.unwrap();
                assert_eq!(change.rows.rows_replaced, rows as u64);
                (report, true)
            }
            ReadingOutcome::Held { report, rows: counts, reason } => {
                assert_eq!(counts.rows_replaced, rows as u64);
                let HoldReason::ReusedIdentifiers { reused_identifiers } = reason else {
                    panic!("{reason:?}")
                };
                assert_eq!(reused_identifiers.rows, others as u64);
                assert_eq!(reused_identifiers.columns, ["Unique ID"]);
                let example = &reused_identifiers.examples[1];
                assert_eq!((example.before.line, example.after.line), (3, 3));
                assert_eq!(example.before.supplier_name.as_deref(), Some("Supplier 1001"));
                assert_eq!(example.after.invoice_amount.as_deref(), Some("5001.25"));
                (report, false)
            }
            refused @ ReadingOutcome::Refused { .. } => panic!("{refused:?}"),
        };
        assert_eq!(is_ready, !is_held, "{others} of {rows}");
        let of_it = |problem: &&domain::Problem| problem.reason == Reason::OtherInvoiceReplaced;
        let lines: Vec<_> = report.problems.iter().filter(of_it).map(|p| p.line).collect();
        assert_eq!(lines, (2..2 + others as u64).map(Some).collect::<Vec<_>>());
        let count = report.counts.iter().find(|count| count.reason == Reason::OtherInvoiceReplaced);
        assert_eq!(count.map(|count| count.count), Some(others as u64));

        let released = FileToRead { is_released: true, ..read };
        assert!(matches!(site.prepare(released).await.unwrap(), ReadingOutcome::Ready(..)));
    }
}

#[tokio::test]
async fn lists_numbered_anew_each_month_keep_the_rows_of_all_months() {
    let site = Site::new();
    let row = |number: u32, month: u32, supplier: u32| {
        let amount = 100 * supplier + 7 * month + number;
        format!(
            "{number},{number},{amount}.25,{amount}.25,2026-0{month}-02,2026-0{month}-03,Name {supplier},S{supplier},open\n"
        )
    };
    let list = |month: u32, first: u32| {
        HEADER.to_owned() + &(1..=30).map(|at| row(at, month, first + at)).collect::<String>()
    };
    site.read(TRANSACTIONS, 1, &list(1, 0)).await;
    // Row 7 is of the supplier that had it in January.
    let february = list(2, 50).replace(&row(7, 2, 57), &row(7, 2, 7));
    let read = FileToRead { number: 2, ..FileToRead::csv(TRANSACTIONS, february.as_bytes()) };
    let ReadingOutcome::Ready(report, pending) = site.prepare(read).await.unwrap() else {
        panic!("not ready");
    };
    let count = report.counts.iter().find(|count| count.reason == Reason::OtherInvoiceKept);
    assert_eq!(count.map(|count| count.count), Some(29), "{:?}", report.counts);
    let said = report.problems.iter().find(|problem| problem.reason == Reason::OtherInvoiceKept);
    assert_eq!(
        said.map(|problem| (problem.line, problem.value.as_deref())),
        Some((Some(2), Some("1")))
    );
    let change = pending.commit(crate::site::NOW).await.unwrap();
    assert_eq!((change.rows.rows_replaced, site.rows(TRANSACTIONS).await.len()), (1, 59));
    // February once more takes the place of February, and leaves January alone.
    let again = site.read(TRANSACTIONS, 3, &february).await;
    assert_eq!((again.rows.rows_replaced, site.rows(TRANSACTIONS).await.len()), (30, 59));
}
