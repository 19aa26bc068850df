//! Writes the seeds that are not text, and those of packages' parts: `cargo run --example seeds -- seeds`.
//!
//! Not for: seeds that a person writes as they are (csv, headers). Invariant: every seed is an honest file
//! of its kind, so that a fuzzer begins with what is read to its end.

use std::path::Path;
use std::{fs, io};

use targets::old::{Sectors, Version, container, record, stream};
use targets::xls::RECORDS;

fn main() -> io::Result<()> {
    let folder = std::env::args().nth(1).expect("the folder of the seeds");
    for (target, name, choice, content) in seeds() {
        let folder = Path::new(&folder).join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), [&[choice][..], &content].concat())?;
    }
    Ok(())
}

type Seed = (&'static str, &'static str, u8, Vec<u8>);

/// The byte that chooses transactions, and this way in.
const fn choice(way: u8) -> u8 {
    way * 3
}

fn seeds() -> Vec<Seed> {
    let whole = stream(Version::Excel97, &globals(), &sheet());
    let mut seeds: Vec<Seed> = vec![
        ("xls", "bare", choice(0), whole.clone()),
        ("xls", "container", choice(0), container(&whole, Sectors::Of512)),
        ("xls", "container_small", choice(0), container(&whole, Sectors::Small)),
        ("xls", "container_4096", choice(0), container(&whole, Sectors::Of4096)),
        ("xls", "records_97", choice(1), short_records(Version::Excel97)),
        ("xls", "records_5", choice(2), short_records(Version::Excel5)),
        ("xls", "records_small", choice(3), short_records(Version::Excel97)),
        ("xls", "records_container", choice(4), short_records(Version::Excel97)),
        ("xls", "records_4096", choice(5), short_records(Version::Excel97)),
        ("xls", "stream", choice(7), whole),
    ];
    let texts: [(&str, &str, u8, &str); 12] = [
        ("ods", "content", choice(3), ODS),
        ("ods", "rows", choice(2), ODS_ROWS),
        (
            "ods",
            "manifest",
            choice(1),
            "<manifest:manifest><manifest:file-entry/></manifest:manifest>",
        ),
        ("html", "table", choice(0), HTML),
        ("html", "page", choice(0) | 0x40, PAGE),
        (
            "html",
            "layout",
            choice(1),
            "<tr><td><table><tr><td>Amount<td>Unique ID<tr><td>1,5<td>2</table></td></tr>",
        ),
        (
            "html",
            "encoded",
            choice(3),
            "<tr><td>Amount</td></tr><tr><td>&#128; 3 &euro;&nbsp;&amp;</td></tr>",
        ),
        ("xml_spreadsheet", "rows", choice(2), XML_ROWS),
        ("xml_spreadsheet", "sheets", choice(1), XML_SHEETS),
        ("xml_spreadsheet", "workbook", choice(0), XML_WORKBOOK),
        ("mapping", "columns", 0, MAPPING),
        ("rules", "rules", 0, RULES),
    ];
    seeds.extend(texts.map(|(target, name, choice, text)| (target, name, choice, text.into())));
    seeds
}

/// Formats: plain, a date, a padded number; and two shared texts.
fn globals() -> Vec<u8> {
    records(Version::Excel97, true).map(|(id, data)| record(id, &data)).collect::<Vec<_>>().concat()
}

fn sheet() -> Vec<u8> {
    records(Version::Excel97, false)
        .map(|(id, data)| record(id, &data))
        .collect::<Vec<_>>()
        .concat()
}

/// Records in short form, as the target `xls` takes them.
fn short_records(version: Version) -> Vec<u8> {
    let begin = std::iter::once((RECORDS[0], Vec::new()));
    let all = records(version, true).chain(begin).chain(records(version, false));
    all.flat_map(|(id, data)| {
        let which = RECORDS.iter().position(|known| *known == id).expect("a record that is listed");
        let head = [which, data.len()].map(|number| u8::try_from(number).expect("seeds are short"));
        [&head[..], &data].concat()
    })
    .collect()
}

fn records(version: Version, is_before_sheet: bool) -> impl Iterator<Item = (u16, Vec<u8>)> {
    let text = |text: &str| match version {
        Version::Excel5 => [&fields(&[text.len()]), text.as_bytes()].concat(),
        Version::Excel97 => [&fields(&[text.len()])[..], &[0], text.as_bytes()].concat(),
    };
    let code = |code: &str| match version {
        Version::Excel5 => {
            [&[u8::try_from(code.len()).expect("short")][..], code.as_bytes()].concat()
        }
        Version::Excel97 => text(code),
    };
    let cell = |row: usize, column: usize, style: usize, data: &[u8]| {
        [&fields(&[row, column, style]), data].concat()
    };
    let list = if is_before_sheet {
        let shared =
            [&[2, 0, 0, 0, 2, 0, 0, 0][..], &text("Unique ID"), &text("Invoice Date")].concat();
        vec![
            (0x0042, fields(&[1252])),
            (0x0022, fields(&[0])),
            (0x041e, [fields(&[164]), code("dd/mm/yyyy")].concat()),
            (0x00e0, fields(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
            (0x00e0, fields(&[0, 164, 0, 0, 0, 0, 0, 0, 0, 0])),
            (0x00fc, shared),
        ]
    } else {
        let of_formula = [&[0, 0, 0, 0, 0, 0, 0xff, 0xff][..], &[0; 8]].concat();
        let first = match version {
            Version::Excel97 => {
                vec![(0x00fd, cell(0, 0, 0, &[0, 0, 0, 0])), (0x00fd, cell(0, 1, 0, &[1, 0, 0, 0]))]
            }
            Version::Excel5 => vec![
                (0x0204, cell(0, 0, 0, &text("Unique ID"))),
                (0x0204, cell(0, 1, 0, &text("Invoice Date"))),
            ],
        };
        let rest = vec![
            (0x0204, cell(0, 2, 0, &text("Amount"))),
            (0x0208, [fields(&[2, 0, 9, 0, 0, 0]), vec![0x20, 0, 0, 0]].concat()),
            (
                0x00bd,
                [
                    fields(&[1, 0, 0]),
                    vec![6, 0, 0, 0],
                    fields(&[1]),
                    vec![0x02, 0x53, 0xe6, 0x40],
                    fields(&[1]),
                ]
                .concat(),
            ),
            (0x0203, cell(1, 2, 0, &1234.5_f64.to_le_bytes())),
            (0x027e, cell(2, 0, 0, &[10, 0, 0, 0])),
            (0x0203, cell(2, 1, 1, &45_366.0_f64.to_le_bytes())),
            (0x0006, cell(2, 2, 0, &[&7.25_f64.to_le_bytes()[..], &[0; 8]].concat())),
            (0x0006, cell(3, 0, 0, &of_formula)),
            (0x0207, text("a + b")),
            (0x0205, cell(3, 1, 0, &[0x2a, 1])),
            (0x0205, cell(3, 2, 0, &[1, 0])),
            (0x0201, cell(4, 0, 0, &[])),
        ];
        [first, rest].concat()
    };
    list.into_iter()
}

fn fields(numbers: &[usize]) -> Vec<u8> {
    let number = |number: &usize| u16::try_from(*number).expect("fields are short").to_le_bytes();
    numbers.iter().flat_map(number).collect()
}

const ODS: &str = "<office:document-content><office:body><office:spreadsheet><table:table table:name='Data'>\
    <table:table-row table:number-rows-repeated='2'><table:table-cell table:number-columns-repeated='3'/>\
    </table:table-row><table:table-row><table:table-cell office:value-type='string'><text:p>Unique ID</text:p>\
    </table:table-cell><table:table-cell office:value-type='string'><text:p>Amount</text:p></table:table-cell>\
    </table:table-row><table:table-row table:visibility='collapse'><table:table-cell office:value-type='float' \
    office:value='7'><text:p>007</text:p></table:table-cell><table:table-cell office:value-type='currency' \
    office:value='12.5' office:currency='GBP'><text:p>12.50</text:p></table:table-cell></table:table-row>\
    </table:table><table:table table:name='Other'/></office:spreadsheet></office:body></office:document-content>";
const ODS_ROWS: &str = "<table:table-row table:number-rows-repeated='3'><table:table-cell office:value-type='float' \
    office:value='1'/><table:table-cell office:value-type='date' office:date-value='2024-03-05T10:00:00'><text:p>5 \
    March</text:p></table:table-cell><table:table-cell office:value-type='float' office:value='1e3'>\
    <office:annotation><text:p>no</text:p></office:annotation><text:p>1<text:s text:c='2'/>000<text:tab/>x\
    <text:line-break/>y</text:p><text:p>z &amp; &#65;</text:p></table:table-cell></table:table-row>\
    <table:table-row><table:covered-table-cell/><table:table-cell office:value-type='boolean' \
    office:boolean-value='true'/><table:table-cell office:value-type='time' office:time-value='PT10H00M00S'>\
    <text:p>10:00</text:p></table:table-cell></table:table-row>";
const HTML: &str = "<tr><th>Unique ID<th>Supplier Name</th><th colspan=2>Amount</tr><tr><td rowspan=2>1</td>\
    <td>M&uuml;ller &amp; S&#246;hne<br>x</td><td>1.234,50</td><td>&nbsp;</td></tr><!-- a --><tr><td>b</td></tr></table>";
const PAGE: &str = "<!DOCTYPE html><html><head><meta charset='utf-8'><style>td{a:'<td>'}</style><script>if(1<2){}\
    </script></head><body><table border=1><thead><tr><td>Invoice Date</td><td>Amount</td></tr></thead><tbody><tr>\
    <td>05/03/2024</td><td>\u{20ac} 3</td></tr></tbody></table><p>x</p><table><tr><td>y</table></body></html>";
const XML_ROWS: &str = "<Row ss:Index='4' ss:Hidden='1'><Cell ss:Index='2'><Data ss:Type='DateTime'>\
    2024-03-05T00:00:00.000</Data></Cell><Cell ss:MergeAcross='1'><ss:Data ss:Type='Number'>12.50</ss:Data><Comment>\
    <Data>no</Data></Comment></Cell><Cell><Data ss:Type='Boolean'>1</Data></Cell></Row><Row><Cell/><Cell \
    ss:StyleID='s1'><Data ss:Type='DateTime'>1899-12-31T14:15:00.000</Data></Cell></Row>";
const XML_SHEETS: &str = "<Styles><Style ss:ID='s1'/></Styles><Worksheet ss:Name='Cover'><Table><Row><Cell>\
    <Data ss:Type='String'>Hello</Data></Cell></Row></Table></Worksheet><ss:Worksheet ss:Name='Data &amp; more'>\
    <Table><Row><Cell><Data ss:Type='String'>Unique ID</Data></Cell></Row><Row><Cell><Data ss:Type='Error'>#N/A\
    </Data></Cell></Row></Table></ss:Worksheet>";
const XML_WORKBOOK: &str = "<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'><Worksheet Name='A'><Table>\
    <Row><Cell><Data>Amount</Data></Cell></Row></Table></Worksheet></Workbook>";
const MAPPING: &str = "[columns]\n\"Betrag\" = \"base_amount\"\n\"Company Code\" = \"\"\n\n[fields]\n\
    unique_id = [\"Company Code\", \"Document No\"]\ninvoice_amount = \"Amount#2\"\n\
    entered_date = { field = \"invoice_date\" }\ninvoice_amount_currency = { constant = \"GBP\" }\n---\n\
    Company Code,Document No,Amount,Amount,Invoice Date,Betrag,Supplier Name\n1,2,3,4,05/03/2024,\"1,5\",Acme\n";
const RULES: &str = "{\"mapping\":{\"columns\":{\"Nr\":\"unique_id\"}},\"date_order\":\"month_first\",\
    \"failed_per_mille_max\":500,\"encoding\":\"windows-1250\",\"decimal_style\":\"comma\",\
    \"invoice_sign\":\"negative\",\"sheet\":\"Data\",\"empty_words\":[\"tbc\"],\"keeps_totals\":true,\
    \"is_strict\":true}\nNr;Amount;Invoice Date;Supplier Name\n1;-1.234,50;05/03/2024;tbc\nTotal;5;;\n";
