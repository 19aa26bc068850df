//! Whole files: what is read, set aside, recognised and said.

use std::fmt::Write as _;
use std::io::Cursor;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use domain::{FileFormat, FileType, ReadingRules};
use proptest::prelude::*;

use crate::*;

mod accidents;
mod amounts;
mod corpora;
mod dates;
mod derivations;
mod dialects;
mod empty_words;
mod encodings;
mod hostile;
mod identifiers;
mod ledgers;
mod mappings;
mod non_rows;
mod properties;
mod styles;
mod surplus;
mod two_sides;

/// Keeps everything.
#[derive(Debug, Default)]
pub(crate) struct CollectingSink {
    pub(crate) batches: Vec<RecordBatch>,
    pub(crate) problems: Vec<Problem>,
    restarts: u32,
}

impl Sink for CollectingSink {
    fn batch(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        self.batches.push(batch);
        Ok(())
    }

    fn problem(&mut self, problem: Problem, _place: Option<Place<'_>>) -> Result<(), SinkError> {
        self.problems.push(problem);
        Ok(())
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        *self = Self { restarts: self.restarts + 1, ..Self::default() };
        Ok(())
    }
}

impl CollectingSink {
    fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The column's values as text, `-` for null.
    fn column(&self, name: &str) -> Vec<String> {
        self.column_or_none(name).into_iter().map(|value| value.unwrap_or("-".to_owned())).collect()
    }

    fn column_or_none(&self, name: &str) -> Vec<Option<String>> {
        self.batches.iter().flat_map(|batch| shown_column(batch, name)).collect()
    }

    /// `line reason` of what was set aside.
    fn set_aside(&self) -> Vec<(u64, Reason)> {
        let set_aside = self.problems.iter().filter(|p| p.level == Level::SetAside);
        set_aside.map(|p| (p.line.unwrap(), p.reason)).collect()
    }

    fn notes(&self) -> Vec<Reason> {
        let notes = self.problems.iter().filter(|p| p.level == Level::Note);
        notes.map(|p| p.reason).collect()
    }
}

fn shown_column(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    let column = batch.column_by_name(name).unwrap();
    let show = |row: usize| match column.data_type() {
        arrow_schema::DataType::Date32 => {
            column.as_primitive::<Date32Type>().value(row).to_string()
        }
        arrow_schema::DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
        arrow_schema::DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        _ => column.as_primitive::<Decimal128Type>().value(row).to_string(),
    };
    (0..batch.num_rows()).map(|row| column.is_valid(row).then(|| show(row))).collect()
}

fn strict(file_type: FileType) -> Options<'static> {
    Options::new(file_type, FileFormat::Csv)
}

fn survey(format: FileFormat) -> Options<'static> {
    Options {
        require: Require::WhatIsThere,
        failed_per_mille_max: 1_000,
        ..Options::new(FileType::Transactions, format)
    }
}

fn read_with(bytes: &[u8], options: &Options<'_>) -> (CollectingSink, Result<Reading, ReadError>) {
    let mut kept = CollectingSink::default();
    let reading = read(Cursor::new(bytes), options, &mut kept);
    if let Ok(reading) = &reading {
        assert_eq!(kept.rows() as u64, reading.rows_read);
    }
    (kept, reading)
}

fn read_csv(text: &str) -> (CollectingSink, Reading) {
    let (kept, reading) = read_with(text.as_bytes(), &survey(FileFormat::Csv));
    (kept, reading.unwrap())
}

fn refusal(text: &str, options: &Options<'_>) -> Refusal {
    match read_with(text.as_bytes(), options).1 {
        Err(ReadError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

const FULL: &str = "\
Unique ID,Invoice Number,Invoice Amount,Invoice Amount Currency,Base Amount,Invoice Date,\
Entered Date,Supplier Name,Supplier Ref,Cost Centre
1,INV-1,120.00,GBP,120.00,13/04/2019,14/04/2019,Acme Ltd,S1,C 7
2,INV-2,-1.50,EUR,\"-1,001.25\",03/04/2019,04/04/2019,\"Smith, \"\"Jones\"\"\",S2,
";

#[test]
fn rows_have_their_types_and_where_they_came_from() {
    let (kept, reading) = read_csv(FULL);
    assert_eq!((reading.rows_read, reading.rows_set_aside, reading.records()), (2, 0, 3));
    assert_eq!(kept.batches[0].schema(), schema(FileType::Transactions));
    for (column, values) in [
        ("unique_id", ["1", "2"]),
        ("invoice_amount", ["1200000", "-15000"]),
        ("base_amount", ["1200000", "-10012500"]),
        ("invoice_amount_currency", ["GBP", "EUR"]),
        ("invoice_date", ["17999", "17989"]),
        ("supplier_name", ["Acme Ltd", "Smith, \"Jones\""]),
        ("po_number", ["-", "-"]),
        ("extra", [r#"{"Cost Centre":"C 7"}"#, "-"]),
        ("_line", ["2", "3"]),
    ] {
        assert_eq!(kept.column(column), values, "{column}");
    }
    assert_eq!(kept.notes(), [Reason::UnknownColumn, Reason::DateOrderFromOthers][..1]);
}

#[test]
fn the_same_rows_are_the_same_however_they_come() {
    let (expected, _) = read_csv(FULL);
    let delimited = |delimiter: u8| {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        for record in
            csv::ReaderBuilder::new().has_headers(false).from_reader(FULL.as_bytes()).records()
        {
            writer.write_record(&record.unwrap()).unwrap();
        }
        writer.into_inner().unwrap()
    };
    let marked = format!("\u{feff}{FULL}");
    let cases = [
        (delimited(b'\t'), FileFormat::Tsv),
        (delimited(b';'), FileFormat::Txt),
        (delimited(b'|'), FileFormat::Txt),
        (marked.encode_utf16().flat_map(u16::to_le_bytes).collect(), FileFormat::Csv),
        (marked.encode_utf16().flat_map(u16::to_be_bytes).collect(), FileFormat::Csv),
        (FULL.replace('\n', "\r\n").into_bytes(), FileFormat::Csv),
    ];
    for (bytes, format) in cases {
        let (kept, reading) = read_with(&bytes, &Options::new(FileType::Transactions, format));
        reading.unwrap();
        assert_eq!(kept.batches, expected.batches, "{format:?}");
    }
}

#[test]
fn a_row_that_fails_is_set_aside_with_all_that_is_wrong() {
    let text = "\
Unique ID,Invoice No,Amount,Base Amount,Invoice Date,Entered Date,Supplier Ref,Supplier Name,PO
1,A,34405..40,1,31/02/2019,13/04/2019,S,Acme,
2,B,1.00,1,13/04/2019,13/04/2019,S,,
3,C,1.00,1,13/04/2019,13/04/2019,S,Acme,,,
4,D,1.00,1,13/04/2019,13/04/2019,S,Acme,P,more
5,E,1.00,1,13/04/2019,13/04/2019
6,F,1.00,1,13/04/2019,13/04/2019,S,Acme
1.5E+13,G,1.00,1,13/04/2019,13/04/2019,S,Acme,
8,2.15489E+13,1.00,1,N/A,13/04/2019,S,Acme,
9,H,1.00,1,04/13/2019,13/04/2019,S,Acme,P
10,2.15489E+13,1.00,1,13/04/2019,13/04/2019,S,Acme,
";
    let options = Options { failed_per_mille_max: 1_000, ..strict(FileType::Transactions) };
    let (kept, reading) = read_with(text.as_bytes(), &options);
    let reading = reading.unwrap();
    assert_eq!(
        kept.set_aside(),
        [
            (2, Reason::TwoDecimalPoints),
            (2, Reason::NoSuchDay),
            (3, Reason::Empty),
            (4, Reason::TooManyCells),
            (5, Reason::TooManyCells),
            (6, Reason::TooFewCells),
            (8, Reason::RuinedIdentifier),
            (9, Reason::Empty),
            (10, Reason::OtherDateOrder),
        ]
    );
    assert_eq!(kept.notes(), [Reason::RuinedReference]);
    assert_eq!(kept.column("unique_id"), ["6", "10"]);
    assert_eq!((reading.rows_read, reading.rows_set_aside), (2, 8));
    let first = &kept.problems[0];
    assert_eq!(first.column.as_deref(), Some("Amount"));
    assert_eq!(first.value.as_deref(), Some("34405..40"));
}

#[test]
fn what_is_no_row_is_recognised() {
    let text = "\
Spending over 500,,,,
,,,,
#,Unique ID,Invoice No,Amount,Supplier Name
1,1,A,1.00,Total
2,,,,
,,,,
Unique ID,,,,
3,3,C,2.00,Acme
#,Unique ID,Invoice No,Amount,Supplier Name
,,Grand Total,3.00,
,,,3.00,
(c) Crown copyright
";
    let (kept, reading) = read_csv(text);
    let expected = NonRows { titles: 2, headers: 2, blank: 2, totals: 2, footers: 2 };
    assert_eq!(reading.non_rows, expected);
    assert_eq!((reading.rows_read, reading.rows_set_aside), (2, 0));
    assert_eq!(kept.column("supplier_name"), ["Total", "Acme"], "a full row is a row");
    assert_eq!(reading.header_line, 3);
    assert!(kept.notes().contains(&Reason::HeaderBelowTitle));
}

#[test]
fn formats_are_those_of_the_whole_column() {
    let mut text = "Unique ID,Amount,Invoice Date,Supplier Name\n".to_owned();
    for row in 0..limits::INFERENCE_RECORDS + 10 {
        writeln!(text, "{row},1.234,03/04/2019,Acme").unwrap();
    }
    text.push_str("last,\"1,234.50\",04/13/2019,Acme\n");
    let (kept, reading) = read_csv(&text);
    assert_eq!(kept.restarts, 1);
    assert_eq!(reading.rows_set_aside, 0);
    assert_eq!(kept.column("invoice_date")[0], "17959");
    assert_eq!(kept.column("invoice_amount")[0], "12340");
    let formats: Vec<_> = reading.columns.iter().map(|column| column.format).collect();
    let by = DecidedBy::Values;
    let amounts = AmountFormat { style: DecimalStyle::Point, by, ..AmountFormat::default() };
    assert_eq!(formats[1], ColumnFormat::Amount(amounts));
    let is_date = |format| matches!(format, ColumnFormat::Date { order: DateOrder::MonthFirst, by: of, .. } if of == by);
    assert!(is_date(formats[2]), "{:?}", formats[2]);
}

#[test]
fn personal_values_are_masked() {
    let text = "Employee ID,Surname,Forenames,Start Date,Department\n7,Doe,Zoë,31/02/2019,HR\n";
    let options = Options { failed_per_mille_max: 1_000, ..strict(FileType::Employees) };
    let (kept, reading) = read_with(text.as_bytes(), &options);
    assert_eq!(reading.unwrap().rows_read, 1);
    assert_eq!(kept.problems[0].value.as_deref(), Some("00/00/0000"));
    let (kept, _) = read_with(b"Employee ID,Surname,Forenames\n7,Doe,\n", &options);
    assert_eq!(kept.set_aside(), [(2, Reason::Empty)], "one of the names is not a name");
    let refused = refusal("7,Doe,Zoe\n8,Roe,Max\n", &options);
    assert_eq!(refused, Refusal::NoHeader { first: "0, xxx, xxx".to_owned() });
}

#[test]
fn files_are_refused_with_a_sentence() {
    let transactions = strict(FileType::Transactions);
    assert_eq!(refusal("", &transactions), Refusal::Empty);
    assert_eq!(refusal("\u{feff}\n", &transactions), Refusal::Empty);
    let missing = refusal("Supplier Name,Amount\nAcme,1.00\n", &transactions).to_string();
    assert!(missing.starts_with("the mandatory columns Unique ID, Invoice Number,"), "{missing}");
    assert!(missing.contains("the file has the columns Supplier Name, Amount;"), "{missing}");
    let employees = strict(FileType::Employees);
    let missing = refusal("Employee ID,Surname\n1,Doe\n", &employees).to_string();
    assert!(missing.contains("column Full Name or First Name and Last Name is"), "{missing}");
    assert!(matches!(refusal("a,b\nc,d\n", &transactions), Refusal::NoHeader { .. }));

    let failed = FULL.replace("13/04/2019", "soon");
    let refused = refusal(&failed, &transactions);
    let most_often = "Invoice Date: not a date".to_owned();
    let expected =
        Refusal::TooManyFailedRows { set_aside: 1, rows: 2, per_mille_max: 50, most_often };
    assert_eq!(refused, expected);
    assert!(refused.to_string().contains("than the 50 in 1,000, or 5 where most rows could"));
    let only_header = FULL.lines().next().unwrap();
    let (kept, reading) = read_with(only_header.as_bytes(), &transactions);
    assert_eq!((reading.unwrap().rows_read, kept.notes()[0]), (0, Reason::NoRows));
}

#[test]
fn the_first_record_is_there_without_a_header() {
    let options = strict(FileType::Transactions);
    for (text, cells) in [
        ("Shape; Colour \n1;2\n", Some(&["Shape", "Colour"][..])),
        ("Shape,Colour;netto\n1,2\n", Some(&["Shape", "Colour;netto"])),
        ("\n", None),
    ] {
        let first = first_record(Cursor::new(text.as_bytes()), &options).ok();
        assert_eq!(first, cells.map(|cells| cells.iter().map(ToString::to_string).collect()));
    }
}

#[test]
fn problems_are_capped_and_counted() {
    let rows = limits::PROBLEMS_PER_REASON_MAX + 5;
    let mut text = "Unique ID,Amount,Invoice Date,Supplier Name\n".to_owned();
    for row in 0..rows {
        writeln!(text, "{row},1.00,never,Acme").unwrap();
    }
    text.push_str("x,a lot,,Acme\n");
    let (kept, reading) = read_csv(&text);
    let given = kept.set_aside();
    assert_eq!(given.len() as u64, limits::PROBLEMS_PER_REASON_MAX + 1);
    assert_eq!(given.last().unwrap().1, Reason::NotANumber, "the rare one is not hidden");
    let expected = ProblemCount {
        column: Some("Invoice Date".to_owned()),
        reason: Reason::NotADate,
        level: Level::SetAside,
        count: rows,
    };
    assert_eq!(reading.problems[0], expected);
}

#[test]
fn batches_are_full_and_all_rows_are_in_them() {
    let mut text = "Unique ID,Amount,Supplier Name\n".to_owned();
    for row in 0..20_000 {
        writeln!(text, "{row},{row}.25,Acme").unwrap();
    }
    let (kept, _) = read_csv(&text);
    let sizes: Vec<usize> = kept.batches.iter().map(RecordBatch::num_rows).collect();
    assert_eq!(sizes, [8_192, 8_192, 3_616]);
    assert_eq!(kept.column("unique_id")[19_999], "19999");
    let long = "x".repeat(30 << 10);
    let text = format!("Unique ID,Amount,Supplier Name\n{}", format!("1,1,{long}\n").repeat(640));
    let (kept, _) = read_csv(&text);
    assert!(kept.batches.len() > 1, "long texts make short batches");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_file_is_read_or_refused(
        body in "([A-C1-9., \"\n\r/£()ü-]|Total|,,|1.00|13/04/2019){0,60}",
        format in prop::sample::select(FileFormat::ALL.to_vec()),
    ) {
        // The oracle takes a blank before a quote, and the quote, for text.
        let mut body = body;
        while body.contains(" \"") {
            body = body.replace(" \"", "\"");
        }
        let text = format!("Unique ID,Amount,Invoice Date,Supplier Name\n{body}");
        let (kept, reading) = read_with(text.as_bytes(), &survey(format));
        let has_stray = kept.notes().contains(&Reason::StrayQuote);
        if let Ok(reading) = reading && !has_stray {
            let records = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes())
                .records()
                .count();
            prop_assert_eq!(reading.records(), records as u64);
        }
    }
}
