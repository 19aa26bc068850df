//! Web pages and XML spreadsheets: what stands in their tables.

use std::io::Cursor;

use super::super::{Spreadsheet, open_web_page, open_xml};
use super::*;

type Rows = Vec<(u64, Vec<String>)>;

fn page(bytes: &[u8]) -> Result<Rows, ReadError> {
    let Spreadsheet { mut records, .. } = open_web_page(Cursor::new(bytes), &matcher(), None)?;
    read_all(records.as_mut())
}

fn xml(text: &str, sheet: Option<&str>) -> Result<(Rows, Vec<Problem>), ReadError> {
    let Spreadsheet { mut records, .. } = open_xml(Cursor::new(text), &matcher(), sheet, None)?;
    let rows = read_all(records.as_mut())?;
    Ok((rows, records.notes()))
}

/// `a|b` for the cells of each row.
fn shown(rows: &Rows) -> Vec<String> {
    rows.iter().map(|(_, cells)| cells.join("|")).collect()
}

#[test]
fn rows_of_tables_are_records() {
    let long = format!("<table><tr><td>{}</table>", "x ".repeat(60_000));
    let cases: [(&str, &[&str]); 14] = [
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
            &["a|b", "1|2"],
        ),
        ("<TABLE><TR><TD>a<TD>b<TR><TD>1<TD>2</TABLE>", &["a|b", "1|2"]),
        (
            "<table><tr><td>a</td></tr></table><p>no</p><table><tr><td>b</td></tr></table>",
            &["a", "b"],
        ),
        (
            "<table><tr><td><table><tr><td>in</td></tr></table></td><td>out</td></tr></table>",
            &["in", "out"],
        ),
        ("<table><tr><td colspan=2>a</td><td>b</td></tr></table>", &["a||b"]),
        (
            "<table><tr><td rowspan='2'>a</td><td>b</td></tr><tr><td>c</td></tr><tr><td>d</td></tr></table>",
            &["a|b", "|c", "d|"],
        ),
        (
            "<table><tr><td>M&uuml;ller &amp; S&#246;hne &#128; &bogus;&lt;</td></tr></table>",
            &["Müller & Söhne € &bogus;<"],
        ),
        (
            "<table><tr><td> two\r\n  <b>words</b><br>more </td><td>&nbsp;</td></tr></table>",
            &["two words more"],
        ),
        ("<style>td{a:'<td>'}</style><script>if(1<td){}</script><table><tr><td>a</table>", &["a"]),
        ("<table><!-- <tr><td>no --><tr><td>a<![if x]>b<![endif]></td></tr></table>", &["ab"]),
        ("<table><tr></tr><tr><td title='a>b\"' x=\">\">a</td></tr></table>", &["a"]),
        ("<table><tr><td>3 < 4</td></tr>", &["3 < 4"]),
        ("<table><tr><td>a</td></tr><tr><td>b", &["a", "b"]),
        (&long, &[&"x ".repeat(60_000)[..119_999]]),
    ];
    for (text, expected) in cases {
        let rows = page(text.as_bytes()).unwrap();
        assert_eq!(shown(&rows), expected, "{}", &text[..text.len().min(200)]);
        let numbers: Vec<u64> = rows.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, (1..=rows.len() as u64).collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn a_page_says_how_it_is_encoded() {
    let table = "<table><tr><td>Łódź</td></tr></table>";
    let utf16: Vec<u8> =
        format!("\u{feff}{table}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let declared = format!("<meta charset=\"windows-1250\">{table}");
    let (cp1250, ..) = encoding_rs::WINDOWS_1250.encode(&declared);
    let content = "text/html; charset=iso-8859-2";
    let http = format!("<meta http-equiv='Content-Type' content='{content}'>{table}");
    let (latin2, ..) = encoding_rs::ISO_8859_2.encode(&http);
    let unsaid = b"<table><tr><td>M\xfcller</td></tr></table>".to_vec();
    for (bytes, expected) in [
        (table.as_bytes().to_vec(), "Łódź"),
        (utf16, "Łódź"),
        (cp1250.to_vec(), "Łódź"),
        (latin2.to_vec(), "Łódź"),
        (unsaid, "Müller"),
    ] {
        assert_eq!(shown(&page(&bytes).unwrap()), [expected]);
    }
}

#[test]
fn pages_made_to_do_harm_are_refused() {
    let wide = "<tr><td colspan=60000>a".repeat(2);
    let nested = "<table><tr><td>".repeat(200);
    let flood = "<tr>".to_owned() + &"<td>a".repeat(2_001);
    let tag = format!("<table title='{}", "x".repeat(5 << 20));
    for (text, expected) in [
        (wide.as_str(), "more cells than a sheet"),
        (&nested, "over 100 tables"),
        (&flood, "beyond the 2,000 columns"),
        (&tag, "one piece of its markup"),
    ] {
        let refused = page(text.as_bytes()).map(drop).unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
    }
}

const HEAD: &str = "<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook \
    xmlns='urn:schemas-microsoft-com:office:spreadsheet' \
    xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'><Styles><Style ss:ID='s1'/></Styles>";

#[test]
fn sheets_of_xml_are_read() {
    let text = format!(
        "{HEAD}<Worksheet ss:Name='Cover'><Table><Row><Cell><Data ss:Type='String'>Hello</Data></Cell></Row>\
         </Table></Worksheet><ss:Worksheet ss:Name='Data &amp; more'><Table><Row><Cell><Data \
         ss:Type='String'>Unique ID</Data></Cell><Cell><Data ss:Type='String'>Invoice Date</Data></Cell></Row>\
         <Row ss:Index='4' ss:Hidden='1'><Cell ss:Index='2'><Data ss:Type='DateTime'>2024-03-05T00:00:00.000\
         </Data></Cell><Cell ss:MergeAcross='1'><ss:Data ss:Type='Number'>12.50</ss:Data><Comment><Data>no\
         </Data></Comment></Cell><Cell><Data ss:Type='Boolean'>1</Data></Cell></Row><Row><Cell/><Cell \
         ss:StyleID='s1'><Data ss:Type='DateTime'>1899-12-31T14:15:00.000</Data></Cell></Row></Table>\
         </ss:Worksheet></Workbook>"
    );
    let (rows, notes) = xml(&text, None).unwrap();
    let expected = [
        (1, &["Unique ID", "Invoice Date"][..]),
        (4, &["", "2024-03-05", "12.5", "", "TRUE"]),
        (5, &["", "14:15:00", "", "", ""]),
    ];
    assert_eq!(rows, texts(&expected));
    let notes: Vec<_> = notes.into_iter().map(|note| (note.reason, note.value.unwrap())).collect();
    let chosen = (Reason::ReadFirstSheet, "Data & more; not Cover".to_owned());
    assert_eq!(notes, [chosen, (Reason::HiddenRows, "1 rows".to_owned())]);
    assert_eq!(shown(&xml(&text, Some("cover")).unwrap().0), ["Hello"]);
    assert!(xml(&text, Some("other")).is_err());
}

proptest! {
    #[test]
    fn no_page_makes_it_panic(
        pieces in proptest::collection::vec(
            prop::sample::select(vec![
                "<table", "<tr", "<td", "</td>", "</tr>", "</table>", ">", " colspan=3", " rowspan='2'", "a",
                "&amp", "&#9;", "<!--", "-->", "<style>", "</style", "é", "\"", "<Worksheet ss:Name='x'>",
                "<Row ss:Index='2'>", "<Cell ss:Index='3'>", "<Data ss:Type='DateTime'>", "</Data>", "</Cell>",
                "</Row>", "</Worksheet>", "<![CDATA[", "]]>", "<",
            ]),
            0..60,
        ),
    ) {
        let text: String = pieces.concat();
        let _read = page(text.as_bytes()).is_ok();
        let _read = xml(&text, None).is_ok();
    }
}
