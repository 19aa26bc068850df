//! Dates in whole files: columns decided together, and what is said of them.

use domain::ReadingRules;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::*;

const TODAY: Date = date(2026, 11, 30);

/// A file of invoices with these dates of invoice, entry and payment.
fn file_of(rows: &[[&str; 3]]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = [
        "Unique ID",
        "Invoice Number",
        "Invoice Amount",
        "Base Amount",
        "Supplier Name",
        "Supplier Ref",
        "Invoice Date",
        "Entered Date",
        "Paid Date",
    ];
    writer.write_record(header).unwrap();
    for (number, dates) in rows.iter().enumerate() {
        let number = number.to_string();
        let cells = [&number, &number, "1.50", "1.50", "Acme", "S1"];
        writer.write_record(cells.iter().copied().chain(dates.iter().copied())).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn read_on_today(rows: &[[&str; 3]]) -> (CollectingSink, Reading) {
    let options = Options { failed_per_mille_max: 1_000, ..strict(FileType::Transactions) };
    let (kept, reading) = read_with(file_of(rows).as_bytes(), &options.on(TODAY));
    (kept, reading.unwrap())
}

fn days(kept: &CollectingSink, column: &str) -> Vec<String> {
    let day = |days: String| {
        days.parse::<i64>()
            .map_or(days, |days| date(1970, 1, 1).checked_add(days.days()).unwrap().to_string())
    };
    kept.column(column).into_iter().map(day).collect()
}

fn problem_cells(kept: &CollectingSink, reason: Reason) -> Vec<(Option<&str>, Option<&str>)> {
    let said = kept.problems.iter().filter(|problem| problem.reason == reason);
    said.map(|problem| (problem.column.as_deref(), problem.value.as_deref())).collect()
}

#[test]
fn a_year_of_two_digits_in_front_is_told_by_the_columns_together() {
    let rows: Vec<[String; 3]> = (1..=28)
        .map(|day| [format!("24/03/{day:02}"), format!("24/03/{:02}", day + 1), String::new()])
        .collect();
    let rows: Vec<[&str; 3]> = rows.iter().map(|row| row.each_ref().map(String::as_str)).collect();
    let (kept, reading) = read_on_today(&rows);
    assert_eq!(days(&kept, "invoice_date")[4], "2024-03-05");
    assert_eq!(days(&kept, "entered_date")[4], "2024-03-06");
    assert_eq!(kept.notes(), []);
    let order = reading.columns[6].format;
    assert!(matches!(order, ColumnFormat::Date { order: DateOrder::YearFirst, .. }), "{order:?}");

    let (kept, _) = read_on_today(&[["24/03/26", "24/03/26", ""]]);
    assert_eq!(days(&kept, "invoice_date"), ["2026-03-24"]);
    assert_eq!(
        problem_cells(&kept, Reason::YearPlaceAssumed)[0],
        (Some("Invoice Date"), Some("24/03/26"))
    );

    let rules = ReadingRules { date_order: Some(DateOrder::YearFirst), ..ReadingRules::default() };
    let options = Options::by_rules(FileType::Transactions, FileFormat::Csv, &rules).on(TODAY);
    let text = file_of(&[["24/03/26", "24/03/26", ""]]);
    assert_eq!(days(&read_with(text.as_bytes(), &options).0, "invoice_date"), ["2024-03-26"]);
}

#[test]
fn a_day_that_stands_for_none_is_empty_and_a_fault_where_there_must_be_one() {
    let (kept, reading) = read_on_today(&[
        ["2024-03-05", "2024-03-06", "1900-01-01 00:00:00.000"],
        ["2024-03-05", "2024-03-06", "1970-01-01"],
        ["2024-03-05", "2024-03-06", "31/12/9999"],
        ["2024-03-05", "2024-03-06", "2024-04-01"],
        ["1900-01-01", "2024-03-06", ""],
    ]);
    assert_eq!((reading.rows_read, kept.set_aside()), (4, vec![(6, Reason::Empty)]));
    assert_eq!(days(&kept, "paid_date"), ["-", "-", "-", "2024-04-01"]);
    assert_eq!(problem_cells(&kept, Reason::PlaceholderDate).len(), 3);
}

#[test]
fn what_looks_wrong_of_a_date_is_said() {
    let (kept, _) = read_on_today(&[
        ["2204-03-05", "2024-03-06", ""],
        ["2024-03-05", "2024-03-06", "########"],
        ["2024-03-05", "2024-03-06", "2024-02-30"],
    ]);
    assert_eq!(
        problem_cells(&kept, Reason::UnlikelyYear),
        [(Some("Invoice Date"), Some("2204-03-05"))]
    );
    assert_eq!(problem_cells(&kept, Reason::RuinedDate), [(Some("Paid Date"), Some("########"))]);
    assert_eq!(problem_cells(&kept, Reason::NoSuchDay), [(Some("Paid Date"), Some("2024-02-30"))]);
    assert_eq!(days(&kept, "paid_date"), ["-"; 3]);
    assert_eq!(days(&kept, "invoice_date"), ["2204-03-05", "2024-03-05", "2024-03-05"]);

    let swapped: Vec<[String; 3]> = (1..=20)
        .map(|day| {
            // As text where the day can be no month, else as a date of the other order.
            let invoiced =
                if day > 12 { format!("{day}/04/2024") } else { format!("2024-{day:02}-04") };
            [invoiced, format!("2024-04-{:02}", day + 1), String::new()]
        })
        .collect();
    let swapped: Vec<[&str; 3]> =
        swapped.iter().map(|row| row.each_ref().map(String::as_str)).collect();
    let (kept, _) = read_on_today(&swapped);
    assert_eq!(problem_cells(&kept, Reason::HalfSwappedDates).len(), 1);
}

#[test]
fn an_employee_may_have_started_on_the_first_day_of_1970() {
    let text = "Employee ID,Surname,Forenames,Start Date,Leave Date\n\
        1,Doe,Zoë,1970-01-01,2031-12-31\n2,Roe,Max,1974-05-06,9999-12-31\n";
    let (kept, reading) = read_with(text.as_bytes(), &strict(FileType::Employees).on(TODAY));
    assert_eq!(reading.unwrap().rows_read, 2);
    assert_eq!(days(&kept, "start_date"), ["1970-01-01", "1974-05-06"]);
    assert_eq!(days(&kept, "leave_date"), ["2031-12-31", "-"]);
}

/// The ways to write a date, by jiff's patterns, but for those that have none.
const PATTERNS: [&str; 26] = [
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%-d. %-m. %Y",
    "%Y. %m. %d.",
    "%d %m %Y",
    "%y/%m/%d",
    "%d/%m/%y",
    "%m/%d/%y",
    "%y.%m.%d",
    "%Y%m%d",
    "%d%m%Y",
    "%m%d%Y",
    "%y%m%d",
    "%d%m%y",
    "%Y%j",
    "%y%j",
    "1%y%j",
    "1%y%m%d",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%y-%b-%d",
    "%B %-d, %Y",
    "%Y年%-m月%-d日",
    "%G-W%V-%u",
];

/// Those that leave nothing open.
const PLAIN: [&str; 4] = ["%Y-%m-%d", "%d-%b-%Y", "%B %-d, %Y", "%Y年%-m月%-d日"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn what_was_written_is_read_or_something_is_said(
        pattern in 0..PATTERNS.len(),
        back in prop::collection::vec(0..2_000_i64, 1..40),
    ) {
        let days_back = back.iter().map(|back| TODAY.checked_sub(back.days()).unwrap());
        let days_back: Vec<Date> = days_back.collect();
        let written: Vec<String> =
            days_back.iter().map(|day| day.strftime(PATTERNS[pattern]).to_string()).collect();
        let rows: Vec<[&str; 3]> = written.iter().map(|day| [day.as_str(), "2026-11-30", ""]).collect();
        let (kept, _) = read_on_today(&rows);
        let is_said = kept.problems.iter().any(|p| p.column.as_deref() == Some("Invoice Date"));
        let expected: Vec<String> = days_back.iter().map(Date::to_string).collect();
        prop_assert!(is_said || days(&kept, "invoice_date") == expected, "{written:?}");
        let is_plain = PLAIN.contains(&PATTERNS[pattern]);
        prop_assert!(!is_plain || !is_said, "{:?}", kept.problems);
    }
}
