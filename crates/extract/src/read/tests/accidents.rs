//! Accidents of programs that write extracts, refused by their names.

use super::*;

const HEADER: [&str; 8] = [
    "Unique ID",
    "Invoice Number",
    "Invoice Amount",
    "Base Amount",
    "Invoice Date",
    "Entered Date",
    "Supplier Name",
    "Supplier Ref",
];
const ROW: [&str; 8] =
    ["U1", "INV-1", "12.50", "12.50", "2024-03-14", "2024-03-15", "Acme Ltd", "S1"];

#[test]
fn accidents_are_called_by_their_names() {
    let delimited = |sign: &str| format!("{}\n{}\n", HEADER.join(sign), ROW.join(sign));
    let fixed = |cells: [&str; 8]| cells.map(|cell| format!("{cell:20}")).concat();
    let quoted = |cells: [&str; 8]| cells.map(|cell| format!("\"{cell}\"")).join(",");
    let in_every_row = |id: &str| {
        format!("{},\"{id}\",{}\n", quoted(HEADER), quoted(ROW).split_once(',').unwrap().1)
    };
    let in_every_row = ["U1", "U2", "U3"].map(in_every_row).concat();
    for (text, said) in [
        ("System.Object[]".to_owned(), "PowerShell"),
        (format!("{}\n{}\n", fixed(HEADER), fixed(ROW)), "fixed width"),
        (delimited("#"), "set apart by #;"),
        (delimited("<#>"), "set apart by <#>;"),
        (delimited("¦"), "set apart by ¦;"),
        (delimited("|~|"), "set apart by |~|;"),
        (delimited("~|~"), "set apart by ~|~;"),
        (delimited("@|@"), "set apart by @|@;"),
        (in_every_row, "header stands in every row"),
        (delimited(",").replace('\n', " "), "line ends"),
        (delimited("-"), "no header row"),
    ] {
        let options = Options::new(FileType::Transactions, FileFormat::Txt);
        let refused = read(Cursor::new(text.as_bytes()), &options, &mut CollectingSink::default());
        let refused = refused.map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains(said), "{text}: {refused}");
    }
    for sign in [",", "\t", ";", "|", "~", "^", "\u{1}", "\u{1f}"] {
        let options = Options::new(FileType::Transactions, FileFormat::Txt);
        let reading =
            read(Cursor::new(delimited(sign).as_bytes()), &options, &mut CollectingSink::default());
        assert_eq!(reading.unwrap().rows_read, 1, "{sign:?}");
    }
}
