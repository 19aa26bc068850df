//! Statements as the programs of suppliers write them: delimited texts, workbooks, tables of HTML and PDFs.

use std::fmt::Write as _;

use jiff::civil::date;

use super::Entry;

pub(super) const LAYOUTS: usize = 8;

fn money(pence: i64, decimal: char) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    format!("{sign}{}{decimal}{:02}", pence.abs() / 100, pence.abs() % 100)
}

fn grouped(pence: i64) -> String {
    let (whole, part) = (pence.abs() / 100, pence.abs() % 100);
    let whole = if whole >= 1_000 {
        format!("{},{:03}", whole / 1_000, whole % 1_000)
    } else {
        whole.to_string()
    };
    format!("{whole}.{part:02}")
}

/// A statement as a file: its name and its bytes.
pub(super) fn file(layout: usize, entries: &[Entry]) -> (&'static str, Vec<u8>) {
    let rows = |header: &str, row: &dyn Fn(&Entry) -> String| {
        let rows: String = entries.iter().map(row).collect();
        format!("{header}\n{rows}").into_bytes()
    };
    match layout {
        0 => (
            "a.csv",
            rows("Date,Invoice No,Type,Amount", &|e| {
                format!(
                    "{},{},{},{}\n",
                    e.day.strftime("%d/%m/%Y"),
                    e.number,
                    e.kind,
                    money(e.pence, '.')
                )
            }),
        ),
        1 => (
            "b.csv",
            rows("Datum;Belegnr;Text;Soll;Haben;Saldo", &|e| {
                let (debit, credit) = sides(e.pence, |pence| money(pence, ','));
                format!(
                    "{};{};{};{debit};{credit};\n",
                    e.day.strftime("%d.%m.%Y"),
                    e.number,
                    e.kind
                )
            }),
        ),
        2 => {
            let head = "Supplier Ltd,,,\nStatement of account,,,\n,,,\nDocument,Doc Date,Details,Outstanding";
            (
                "c.csv",
                rows(head, &|e| {
                    format!(
                        "{},{},{},\"{}{}\"\n",
                        e.number,
                        e.day,
                        e.kind,
                        grouped(e.pence),
                        if e.pence < 0 { " CR" } else { "" }
                    )
                }),
            )
        }
        3 => (
            "d.txt",
            rows("Transaction Date\tReference\tTransaction Type\tValue\tBalance", &|e| {
                let amount =
                    if e.pence < 0 { format!("({})", grouped(e.pence)) } else { grouped(e.pence) };
                format!(
                    "{}\t{}\t{}\t{amount}\t0.00\n",
                    e.day.strftime("%d-%b-%Y"),
                    e.number,
                    e.kind
                )
            }),
        ),
        4 => ("e.xlsx", workbook(entries)),
        5 => ("f.pdf", pdf(&page_of_amounts(entries))),
        6 => ("g.pdf", pdf(&page_of_sides(entries))),
        _ => ("h.xls", page_of_a_browser(entries)),
    }
}

/// A table of HTML under the name of a workbook, as some programs write it.
fn page_of_a_browser(entries: &[Entry]) -> Vec<u8> {
    let mut page =
        "<html><body><table><tr><th>Date</th><th>Our Ref</th><th>Description</th><th>Charges</th>\
                    <th>Payments</th></tr>"
            .to_owned();
    for e in entries {
        let (debit, credit) = sides(e.pence, grouped);
        write!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{debit}</td><td>{credit}</td></tr>",
            e.day, e.number, e.kind
        )
        .unwrap();
    }
    (page + "</table></body></html>").into_bytes()
}

fn sides(pence: i64, written: impl Fn(i64) -> String) -> (String, String) {
    if pence < 0 { (String::new(), written(-pence)) } else { (written(pence), String::new()) }
}

/// Texts with their places from the lower left of a page.
type Page = Vec<(f64, f64, String)>;

const LINES_A_PAGE: usize = 18;
/// The width of a digit of Helvetica, and its height on the pages here.
const DIGIT: f64 = 0.556;
const SIZE: f64 = 9.0;

/// Right-aligned, as amounts stand.
fn right(x: f64, y: f64, text: &str) -> (f64, f64, String) {
    let narrow = text.chars().filter(|c| ",.() ".contains(*c)).count();
    let wide = text.chars().count() - narrow;
    #[expect(clippy::cast_precision_loss, reason = "a dozen letters")]
    let width = SIZE * (wide as f64 * DIGIT + narrow as f64 * DIGIT / 2.0);
    (x - width, y, text.to_owned())
}

pub(super) fn page_of_amounts(entries: &[Entry]) -> Vec<Page> {
    let page = |(at, some): (usize, &[Entry])| {
        let mut page: Page = vec![
            (40.0, 800.0, "Alder Works and Sons Limited".to_owned()),
            (40.0, 786.0, "Statement of your account, all amounts in pounds".to_owned()),
            (40.0, 740.0, "Date".to_owned()),
            (120.0, 740.0, "Invoice number".to_owned()),
            (260.0, 740.0, "Type".to_owned()),
            right(480.0, 740.0, "Amount"),
            (500.0, 20.0, format!("Page {}", at + 1)),
        ];
        let mut y = 722.0;
        for e in some {
            page.push((40.0, y, e.day.strftime("%d/%m/%Y").to_string()));
            page.push((120.0, y, e.number.clone()));
            page.push((260.0, y, e.kind.to_owned()));
            let amount = format!("{}{}", if e.pence < 0 { "-" } else { "" }, grouped(e.pence));
            page.push(right(480.0, y, &amount));
            y -= 14.0;
        }
        page.push((260.0, y - 10.0, "Total due".to_owned()));
        page.push(right(480.0, y - 10.0, "12,345.67"));
        page
    };
    entries.chunks(LINES_A_PAGE).enumerate().map(page).collect()
}

fn page_of_sides(entries: &[Entry]) -> Vec<Page> {
    let page = |some: &[Entry]| {
        let mut page: Page = vec![
            (60.0, 790.0, "CUSTOMER STATEMENT".to_owned()),
            (60.0, 760.0, "Reference".to_owned()),
            (170.0, 760.0, "Doc Date".to_owned()),
            (250.0, 760.0, "Particulars".to_owned()),
            right(400.0, 760.0, "Debit"),
            right(480.0, 760.0, "Credit"),
            right(560.0, 760.0, "Balance"),
        ];
        let mut y = 744.0;
        for e in some {
            let (debit, credit) = sides(e.pence, grouped);
            page.push((60.0, y, e.number.clone()));
            page.push((170.0, y, e.day.strftime("%d %b %Y").to_string()));
            page.push((250.0, y, e.kind.to_owned()));
            if !debit.is_empty() {
                page.push(right(400.0, y, &debit));
            }
            if !credit.is_empty() {
                page.push(right(480.0, y, &credit));
            }
            page.push(right(560.0, y, "1,000.00"));
            y -= 13.0;
        }
        page
    };
    entries.chunks(LINES_A_PAGE).map(page).collect()
}

/// A PDF with a text layer, as billing programs write it.
pub(super) fn pdf(pages: &[Page]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|at| format!("{} 0 R", 4 + at * 2)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_owned(),
    ];
    for (at, page) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
            5 + at * 2
        ));
        let mut content = String::new();
        for (x, y, text) in page {
            let text = text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
            writeln!(content, "BT /F1 {SIZE} Tf {x:.2} {y:.2} Td ({text}) Tj ET").unwrap();
        }
        objects.push(format!("<< /Length {} >>\nstream\n{content}endstream", content.len()));
    }
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        write!(file, "{number} 0 obj\n{object}\nendobj\n").unwrap();
    }
    let xref = file.len();
    write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).unwrap();
    for place in places {
        writeln!(file, "{place:010} 00000 n ").unwrap();
    }
    write!(
        file,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n",
        objects.len() + 1
    )
    .unwrap();
    file.into_bytes()
}

/// A workbook whose amounts are numbers and whose dates are days of its calendar.
fn workbook(entries: &[Entry]) -> Vec<u8> {
    let text = |column: char, row: usize, text: &str| {
        format!("<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
    };
    let mut rows = String::from("<row r=\"1\">");
    for (column, header) in ['A', 'B', 'C', 'D'].into_iter().zip([
        "Invoice Date",
        "Document No",
        "Document Type",
        "Total",
    ]) {
        rows.push_str(&text(column, 1, header));
    }
    rows.push_str("</row>");
    for (row, e) in (2..).zip(entries) {
        let serial = (e.day - date(1899, 12, 30)).get_days();
        write!(
            rows,
            "<row r=\"{row}\"><c r=\"A{row}\" s=\"1\"><v>{serial}</v></c>{}{}<c r=\"D{row}\"><v>{}</v></c></row>",
            text('B', row, &e.number),
            text('C', row, e.kind),
            money(e.pence, '.')
        )
        .unwrap();
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    stored(&[
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" \
             ContentType=\"application/xml\"/><Default Extension=\"rels\" \
             ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override \
             PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>"
                .to_owned(),
        ),
        (
            "_rels/.rels",
            format!("<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"),
        ),
        (
            "xl/workbook.xml",
            format!("<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{relations}/styles\" Target=\"styles.xml\"/></Relationships>"),
        ),
        (
            "xl/styles.xml",
            format!("<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ])
}

/// A ZIP archive whose parts are as they are.
fn stored(parts: &[(&str, String)]) -> Vec<u8> {
    let crc = |bytes: &[u8]| {
        let mut crc = u32::MAX;
        for byte in bytes {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
            }
        }
        !crc
    };
    let small = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
    let long = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let (mut file, mut list) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let place = file.len();
        let bytes = content.as_bytes();
        let mut facts = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x5b];
        facts.extend(crc(bytes).to_le_bytes());
        facts.extend(long(bytes.len()));
        facts.extend(long(bytes.len()));
        facts.extend(small(name.len()));
        facts.extend(small(0));
        file.extend(b"PK\x03\x04");
        file.extend(&facts);
        file.extend(name.as_bytes());
        file.extend(bytes);
        list.extend(b"PK\x01\x02\x14\x00");
        list.extend(&facts);
        list.extend([0; 10]);
        list.extend(long(place));
        list.extend(name.as_bytes());
    }
    let place = file.len();
    file.extend(&list);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend(small(parts.len()));
    file.extend(small(parts.len()));
    file.extend(long(list.len()));
    file.extend(long(place));
    file.extend(small(0));
    file
}
