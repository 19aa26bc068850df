//! ODF spreadsheets.

use super::super::{Kind, open_package};
use super::made::MadePackage;
use super::*;

fn document(tables: &str) -> MadePackage {
    let content = format!(
        "<office:document-content xmlns:office='o' xmlns:table='t' xmlns:text='x'><office:automatic-styles>\
         <style:style style:name='ta2' style:family='table'><style:table-properties table:display='false'/>\
         </style:style></office:automatic-styles><office:body><office:spreadsheet>{tables}\
         </office:spreadsheet></office:body></office:document-content>"
    );
    let kind = "application/vnd.oasis.opendocument.spreadsheet";
    MadePackage::default().with("mimetype", kind).with("content.xml", &content)
}

fn table(name: &str, style: &str, rows: &str) -> String {
    format!("<table:table table:name='{name}' table:style-name='{style}'>{rows}</table:table>")
}

type Rows = Vec<(u64, Vec<String>)>;

fn read(made: &MadePackage) -> Result<(Rows, Vec<Problem>), ReadError> {
    let mut opened = open_package(made.reader(), &matcher(), None)?;
    assert_eq!(opened.kind, Kind::OpenDocument);
    let rows = read_all(opened.records.as_mut())?;
    Ok((rows, opened.records.notes()))
}

#[test]
fn a_cell_reads_as_what_it_holds() {
    let cases = [
        ("office:value-type='string'", "<text:p>Müller &amp; Co</text:p>", "Müller & Co"),
        (
            "office:value-type='string'",
            "<text:p>a<text:s text:c='2'/>b</text:p><text:p>c</text:p>",
            "a  b\nc",
        ),
        ("office:value-type='float' office:value='1234.5'", "<text:p>1.234,50</text:p>", "1234.5"),
        ("office:value-type='float' office:value='4711'", "<text:p>004711</text:p>", "004711"),
        ("office:value-type='currency' office:value='-2.50'", "<text:p>-2,50 €</text:p>", "-2.5"),
        (
            "office:value-type='date' office:date-value='2024-03-05'",
            "<text:p>5.3.24</text:p>",
            "2024-03-05",
        ),
        (
            "office:value-type='date' office:date-value='2024-03-05T14:15:02'",
            "<text:p>5.3.24</text:p>",
            "2024-03-05T14:15:02",
        ),
        (
            "office:value-type='time' office:time-value='PT288H05M09.75S'",
            "<text:p>00:05:09</text:p>",
            "288:05:09",
        ),
        ("office:value-type='time' office:time-value='P1D'", "<text:p>24:00</text:p>", "24:00"),
        (
            "office:value-type='boolean' office:boolean-value='false'",
            "<text:p>FALSCH</text:p>",
            "FALSE",
        ),
        (
            "office:value-type='string' calcext:value-type='error'",
            "<office:annotation><text:p>note</text:p></office:annotation><text:p>#N/A</text:p>",
            "#N/A",
        ),
    ];
    for (attributes, inside, expected) in cases {
        let cell = format!("<table:table-cell {attributes}>{inside}</table:table-cell>");
        let row = format!("<table:table-row>{cell}</table:table-row>");
        let (rows, _) = read(&document(&table("S", "", &row))).unwrap();
        assert_eq!(rows, texts(&[(1, &[expected])]), "{attributes}");
    }
}

#[test]
fn repeated_rows_and_cells_count_as_often_as_they_are() {
    let one = "<table:table-cell office:value-type='float' office:value='1'/>";
    let rows = format!(
        "<table:table-row table:number-rows-repeated='3'><table:table-cell \
         table:number-columns-repeated='16384'/></table:table-row><table:table-row \
         table:number-rows-repeated='2' table:visibility='filter'><table:table-cell \
         table:number-columns-repeated='2'/><table:table-cell table:number-columns-repeated='2' \
         office:value-type='float' office:value='7'/></table:table-row><table:table-row>{one}\
         <table:covered-table-cell/>{one}</table:table-row><table:table-row \
         table:number-rows-repeated='1048570'><table:table-cell/></table:table-row>"
    );
    let (rows, notes) = read(&document(&table("S", "", &rows))).unwrap();
    let twice: &[&str] = &["", "", "7", "7"];
    assert_eq!(rows, texts(&[(4, twice), (5, twice), (6, &["1", "", "1", ""])]));
    assert_eq!(notes[0].reason, Reason::HiddenRows);
    assert_eq!(notes[0].value.as_deref(), Some("2 rows"));
}

#[test]
fn the_sheet_with_known_columns_is_read() {
    let row = |text: &str| {
        format!(
            "<table:table-row><table:table-cell><text:p>{text}</text:p></table:table-cell></table:table-row>"
        )
    };
    let known = row("Unique ID");
    let tables = [
        table("Cover", "", &row("Hello")),
        table("Hidden", "ta2", &known),
        table("Data", "", &known),
    ];
    let (rows, notes) = read(&document(&tables.concat())).unwrap();
    assert_eq!(rows, texts(&[(1, &["Unique ID"])]));
    assert_eq!(notes[0].value.as_deref(), Some("Data; not Cover, Hidden (hidden)"));
}

#[test]
fn documents_that_cannot_be_read_say_why() {
    let empty = document("");
    let manifest = "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry>\
                    </manifest:manifest>";
    let encrypted = document("").with("META-INF/manifest.xml", manifest);
    let wide = "<table:table-row><table:table-cell table:number-columns-repeated='9000' \
                office:value-type='float' office:value='1'/></table:table-row>";
    let endless = "<table:table-row table:number-rows-repeated='4000000000'><table:table-cell \
                   office:value-type='float' office:value='1'/></table:table-row>";
    let typed = document("").with("content.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>");
    for (made, expected) in [
        (empty, "no visible sheet"),
        (encrypted, "encrypted with a password"),
        (document(&table("S", "", wide)), "beyond the 2,000 columns"),
        (document(&table("S", "", endless)), "not where it belongs"),
        (typed, "document type"),
    ] {
        let refused = read(&made).map(drop).unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
    }
}
