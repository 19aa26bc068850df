//! The file that a table is written into.

use super::amounts::{AmountWriting, amount_writings};
use super::dates::{DateWriting, date_writings};
use super::encodings::{FileEncoding, encodings};
use super::frame::{FIELDS, Frame, frames, headers};
use super::table::WrittenRow;
use super::*;
use crate::spreadsheet::tests::made::MadePackage;

/// All that is the same throughout one file.
#[derive(Debug, Clone)]
pub(super) struct FileStyle {
    container: Container,
    pub(super) dates: DateWriting,
    pub(super) amounts: AmountWriting,
    pub(super) headers: Vec<String>,
    frame: Frame,
    /// Written where nothing is.
    nothing: &'static str,
    guard: Guard,
}

#[derive(Debug, Clone, PartialEq)]
enum Container {
    Text { delimiter: u8, style: TextQuotes, is_crlf: bool, encoding: FileEncoding },
    WebPage,
    XmlSpreadsheet,
    OpenDocument,
    Workbook(WorkbookCells),
}

/// What amounts and days are in a workbook, where they can be numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
enum WorkbookCells {
    Texts,
    Numbers,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum TextQuotes {
    Necessary,
    Always,
    NotNumbers,
}

/// What keeps identifiers from being taken for numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Guard {
    None,
    Formula,
    Apostrophe,
}

pub(super) fn file_styles() -> impl Strategy<Value = FileStyle> {
    let delimiter = prop::sample::select(b",,,;;\t|".to_vec());
    let quotes = prop::sample::select(vec![
        TextQuotes::Necessary,
        TextQuotes::Always,
        TextQuotes::NotNumbers,
    ]);
    let text = (delimiter, quotes, any::<bool>(), encodings()).prop_map(
        |(delimiter, style, is_crlf, encoding)| Container::Text {
            delimiter,
            style,
            is_crlf,
            encoding,
        },
    );
    let container = prop_oneof![
        8 => text,
        1 => Just(Container::WebPage),
        1 => Just(Container::XmlSpreadsheet),
        1 => Just(Container::OpenDocument),
        2 => prop::sample::select(vec![WorkbookCells::Texts, WorkbookCells::Numbers])
            .prop_map(Container::Workbook),
    ];
    let guard = prop_oneof![6 => Just(Guard::None), 1 => Just(Guard::Formula), 1 => Just(Guard::Apostrophe)];
    let nothing = prop::sample::select(vec!["", "", "", "NULL", "N/A", "-", "#N/A"]);
    (container, date_writings(), amount_writings(), headers(), frames(), nothing, guard).prop_map(
        |(container, dates, amounts, headers, frame, nothing, guard)| FileStyle {
            container,
            dates,
            amounts,
            headers,
            frame,
            nothing,
            guard,
        },
    )
}

impl FileStyle {
    pub(super) const fn format(&self) -> FileFormat {
        match self.container {
            Container::Text { delimiter: b'\t', .. } => FileFormat::Tsv,
            Container::Text { .. } => FileFormat::Csv,
            Container::WebPage | Container::XmlSpreadsheet => FileFormat::Xls,
            Container::OpenDocument => FileFormat::Ods,
            Container::Workbook(_) => FileFormat::Xlsx,
        }
    }

    pub(super) fn write(&self, rows: &[WrittenRow]) -> Vec<u8> {
        let records = self.records(rows);
        match &self.container {
            Container::Text { delimiter, style, is_crlf, encoding } => {
                let end =
                    if *is_crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
                encoding.encode(&text(&records, *delimiter, *style, end))
            }
            Container::WebPage => {
                let cell = |cell: &String| format!("<td>{}</td>", escaped(cell));
                let lines = in_rows(&records, "<tr>", "</tr>\n", cell);
                let head = "<html><head><meta charset='utf-8'></head><body>";
                format!("{head}<table>\n{lines}</table></body></html>").into_bytes()
            }
            Container::XmlSpreadsheet => {
                let cell = |cell: &String| {
                    format!("<Cell><Data ss:Type='String'>{}</Data></Cell>", escaped(cell))
                };
                let lines = in_rows(&records, "<Row>", "</Row>\n", cell);
                let space = "urn:schemas-microsoft-com:office:spreadsheet";
                let head =
                    format!("<?xml version='1.0'?><Workbook xmlns='{space}' xmlns:ss='{space}'>");
                format!(
                    "{head}<Worksheet ss:Name='A'><Table>{lines}</Table></Worksheet></Workbook>"
                )
                .into_bytes()
            }
            Container::OpenDocument => {
                let cell = |cell: &String| {
                    let text = escaped(cell);
                    format!("<table-cell value-type='string'><p>{text}</p></table-cell>")
                };
                let rows = in_rows(&records, "<table-row>", "</table-row>", cell);
                let table = format!("<body><table name='A'>{rows}</table></body>");
                MadePackage::default().with("content.xml", &table).bytes()
            }
            Container::Workbook(cells) => workbook(&records, *cells),
        }
    }

    /// All lines of the file, as cells.
    fn records(&self, rows: &[WrittenRow]) -> Vec<Vec<String>> {
        let mut records = self.frame.titles();
        records.push(self.headers.clone());
        for (at, row) in rows.iter().enumerate() {
            records.push(self.cells(row));
            let is_before_blank =
                self.frame.blank_every > 0 && (at + 1) % self.frame.blank_every == 0;
            records.extend(is_before_blank.then(|| vec![String::new(); FIELDS.len()]));
        }
        if let Some(word) = self.frame.total {
            let mut total = vec![String::new(); FIELDS.len()];
            let sum: i64 = rows.iter().map(|row| row.amount).sum();
            total[3] = word.to_owned();
            total[7] = self.amounts.write(sum, "GBP");
            records.push(total);
        }
        records.extend(self.frame.has_footer.then(|| vec!["End of report".to_owned()]));
        records
    }

    fn cells(&self, row: &WrittenRow) -> Vec<String> {
        let guarded = |text: &str| match self.guard {
            Guard::None => text.to_owned(),
            Guard::Formula => format!("=\"{text}\""),
            Guard::Apostrophe => format!("'{text}"),
        };
        let day = |day| self.dates.write(day);
        let amount = self.amounts.write(row.amount, row.currency);
        vec![
            guarded(&row.id),
            guarded(&row.number),
            guarded(&row.supplier_ref),
            row.supplier_name.clone(),
            day(row.invoice_date),
            day(row.entered_date),
            row.paid_date.map_or_else(|| self.nothing.to_owned(), day),
            amount.clone(),
            row.currency.to_owned(),
            amount,
        ]
    }
}

fn text(records: &[Vec<String>], delimiter: u8, style: TextQuotes, end: csv::Terminator) -> String {
    let style = match style {
        TextQuotes::Necessary => csv::QuoteStyle::Necessary,
        TextQuotes::Always => csv::QuoteStyle::Always,
        TextQuotes::NotNumbers => csv::QuoteStyle::NonNumeric,
    };
    let mut writer = csv::WriterBuilder::new();
    writer.delimiter(delimiter).quote_style(style).terminator(end).flexible(true);
    let mut writer = writer.from_writer(Vec::new());
    for record in records {
        writer.write_record(record).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn escaped(cell: &str) -> String {
    cell.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn in_rows(
    records: &[Vec<String>],
    open: &str,
    close: &str,
    cell: impl Fn(&String) -> String,
) -> String {
    let mut lines = String::new();
    for record in records {
        lines.push_str(open);
        lines.extend(record.iter().map(&cell));
        lines.push_str(close);
    }
    lines
}

/// A workbook of texts, or with what reads as a number in one.
fn workbook(records: &[Vec<String>], cells: WorkbookCells) -> Vec<u8> {
    let cell = |cell: &String| {
        // Groups of three behind a point are thousands.
        let decimals = cell.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let is_number = cells == WorkbookCells::Numbers
            && decimals < 3
            && !cell.starts_with('0')
            && cell.parse::<f64>().is_ok_and(f64::is_finite);
        if is_number {
            format!("<c><v>{cell}</v></c>")
        } else {
            format!("<c t='str'><v>{}</v></c>", escaped(cell))
        }
    };
    MadePackage::of_rows(&in_rows(records, "<row>", "</row>", cell)).bytes()
}
