//! Cells beyond the header: read where they cannot come from a shift, else set aside.

use super::*;

const HEADER: &str = "Unique ID,Invoice No,Amount,Base Amount,Invoice Date,Entered Date,Supplier Ref,\
                      Supplier Name,PO Number";

/// What is read, set aside and said of these rows below the header.
fn outcome(header: &str, rows: &[String]) -> (u64, Vec<u64>, CollectingSink) {
    let text = format!("{header}\n{}\n", rows.join("\n"));
    let options = Options { failed_per_mille_max: 1_000, ..strict(FileType::Transactions) };
    let (kept, reading) = read_with(text.as_bytes(), &options);
    let aside = kept.set_aside().into_iter();
    let lines = aside.filter(|(_, reason)| *reason == Reason::TooManyCells);
    let lines: Vec<u64> = lines.map(|(line, _)| line).collect();
    let reading = reading.unwrap();
    assert_eq!(reading.rows_set_aside, lines.len() as u64, "{:?}", kept.problems);
    (reading.rows_read, lines, kept)
}

fn row(id: usize, order: &str, end: &str) -> String {
    format!("{id},A{id},{id}.50,{id}.50,13/04/2019,14/04/2019,S{id},Acme,{order}{end}")
}

/// Parts of a file of which some end in a delimiter more, as a spreadsheet writes blocks of 16 lines and as
/// extracts are put one below the other.
fn parts(order: impl Fn(usize) -> &'static str) -> Vec<String> {
    let end = |id: usize| if (id / 16) % 2 == 1 { "," } else { "" };
    (0..64).map(|id| row(id, order(id), end(id))).collect()
}

#[test]
fn empty_cells_are_passed_over_where_the_last_column_is_always_filled() {
    let (read, aside, kept) = outcome(HEADER, &parts(|_| "P"));
    assert_eq!((read, aside), (64, vec![]));
    assert!(kept.notes().contains(&Reason::EmptyCellsBeyond));
    assert!(kept.column("po_number").iter().all(|order| order == "P"));

    // A shifted row has the last column's value beyond, or its own cell before is empty.
    let mut shifted = parts(|_| "P");
    shifted[20] = shifted[20].replace("Acme", "Smith, Jones");
    shifted[40] = "40,A,1.50,1.50,13/04/2019,14/04/2019,S,Acme,,".to_owned();
    assert_eq!(outcome(HEADER, &shifted).1, [22, 42]);
}

#[test]
fn empty_cells_are_a_fault_where_the_last_column_may_be_empty() {
    // One in fifty is.
    let rows = parts(|id| if id == 40 { "" } else { "P" });
    assert_eq!(outcome(HEADER, &rows).1.len(), 32);
    let mut shifted: Vec<String> = (0..60).map(|id| row(id, "", "")).collect();
    shifted[30] = shifted[30].replace("Acme", "Smith, Jones");
    assert_eq!(outcome(HEADER, &shifted).1, [32]);
}

#[test]
fn dates_behind_all_other_columns_show_that_nothing_was_shifted() {
    let header = "Unique ID,Invoice No,Supplier Ref,Supplier Name,Amount,Base Amount,Invoice Date,\
                  Entered Date,Team";
    let row = |id: usize, name: &str, end: &str| {
        format!("{id},A{id},S,{name},1.50,1.50,13/04/2019,14/04/2019,{end}")
    };
    let mut rows: Vec<String> = (0..30).map(|id| row(id, "Acme", "")).collect();
    rows[3] = row(3, "Acme", ",");
    rows[4] = row(4, "Acme", "North,\"Paid \"\"twice\"\"\"");
    rows[5] = row(5, "Smith, Jones", "");
    let (read, aside, kept) = outcome(header, &rows);
    assert_eq!((read, aside), (29, vec![7]));
    assert_eq!(kept.notes()[..2], [Reason::EmptyCellsBeyond, Reason::CellsBeyond]);
    let extra = r#"{"Team":"North","column 10":"Paid \"twice\""}"#;
    assert_eq!(kept.column("extra")[4], extra);

    // Where a date could have come from before, or one is not there, they show nothing.
    let unknown = header.replace("Base Amount,", "Opened,");
    let rows: Vec<String> =
        (0..30).map(|id| row(id, "Acme", if id == 7 { "," } else { "" })).collect();
    assert_eq!(outcome(&unknown, &rows).1, [9]);
    let optional = header.replace("Entered Date", "Due Date");
    let rows: Vec<String> = rows.iter().map(|row| row.replace(",14/04/2019,,", ",,,")).collect();
    assert_eq!(outcome(&optional, &rows).1, [9]);
}

#[test]
fn a_row_that_lost_a_delimiter_is_set_aside() {
    let text = |last: &str| {
        let mut rows: Vec<String> = (0..30).map(|id| row(id, last, "")).collect();
        rows[7] = rows[7].replace("S7,Acme", "S7 Acme");
        format!("{HEADER}\n{}\n", rows.join("\n"))
    };
    let (kept, reading) = read_with(text("P").as_bytes(), &strict(FileType::Transactions));
    assert_eq!(kept.set_aside(), [(9, Reason::CellLost)]);
    assert_eq!(reading.unwrap().rows_read, 29);
    // The last cell may be what is missing where it is empty in other rows.
    let (kept, _) = read_with(text("").as_bytes(), &strict(FileType::Transactions));
    assert_eq!(kept.set_aside(), [(9, Reason::Empty)], "the name of the supplier");
}

#[test]
fn rows_below_a_header_with_other_columns_are_not_read_by_the_first() {
    let options = Options { failed_per_mille_max: 1_000, ..strict(FileType::Transactions) };
    let first = format!("{HEADER}\n{}\n", row(1, "P", ""));
    let swapped = HEADER.replace("Supplier Name,PO Number", "PO Number,Supplier Name");
    for (header, rows_read) in [
        (HEADER.to_owned(), 3),
        (HEADER.to_uppercase().replace(' ', "_"), 3),
        (HEADER.replace("Supplier Name", "Vendor Name"), 3),
        (swapped.clone(), 1),
        (HEADER.replace("Amount,Base Amount", "Base Amount,Amount"), 1),
        (HEADER.replace("PO Number", "Remark"), 1),
        (HEADER.replace(",PO Number", ""), 3),
    ] {
        let text = format!("{first}{header}\n{}\n{}\n", row(2, "P", ""), row(3, "P", ""));
        let (kept, reading) = read_with(text.as_bytes(), &options);
        assert_eq!(reading.unwrap().rows_read, rows_read, "{header}: {:?}", kept.problems);
    }
    // Until the first stands there again.
    let text = format!("{first}{swapped}\n{}\n{first}", row(2, "P", ""));
    let (kept, _) = read_with(text.as_bytes(), &options);
    assert_eq!(kept.column("_line"), ["2", "6"]);
    let lines: Vec<u64> = kept.set_aside().iter().map(|(line, _)| *line).collect();
    assert!(kept.set_aside().contains(&(4, Reason::OtherHeader)), "{lines:?}");
}

#[test]
fn a_remark_beside_the_columns_of_a_workbook_shifts_nothing() {
    let row = |cells: &str| format!("<tr><td>{}</td></tr>", cells.replace(',', "</td><td>"));
    let header = HEADER.replace("                  ", "");
    let rows = [row(&header), row(&self::row(1, "P", "")), row(&self::row(2, "P", ",see Ann"))];
    let page = format!("<table>{}</table>", rows.concat());
    let options = Options::new(FileType::Transactions, FileFormat::Xls);
    let (kept, reading) = read_with(page.as_bytes(), &options);
    assert_eq!((reading.unwrap().rows_read, kept.set_aside()), (2, vec![]));
    assert!(kept.notes().contains(&Reason::CellsBeyond));
    assert!(kept.column("extra")[1].contains("see Ann"));
}

#[test]
fn a_cell_is_kept_up_to_a_bound_and_said() {
    let long = "é".repeat(limits::CELL_BYTES_MAX);
    let header = format!("{HEADER},Team");
    let rows = [
        row(1, "", ",North"),
        format!("{},{long}", row(2, &long, "")),
        row(3, "", "").replacen('3', &long, 1) + ",",
    ];
    let text = format!("{header}\n{}\n", rows.join("\n"));
    let options = Options { failed_per_mille_max: 1_000, ..strict(FileType::Transactions) };
    let (kept, _) = read_with(text.as_bytes(), &options);
    assert_eq!(kept.set_aside(), [(4, Reason::CellTooLong)], "{:?}", kept.problems);
    let said = kept
        .problems
        .iter()
        .filter(|problem| problem.reason == Reason::CellTooLong && problem.level == Level::Note);
    let said: Vec<_> = said.map(|problem| (problem.line, problem.column.as_deref())).collect();
    assert_eq!(said, [(Some(3), Some("PO Number")), (Some(3), Some("Team"))]);
    assert_eq!(kept.column("po_number")[1].len(), limits::CELL_BYTES_MAX);
    let extra = kept.column("extra");
    assert!(extra[1].len() < limits::CELL_BYTES_MAX + 20, "{}", extra[1].len());
}
