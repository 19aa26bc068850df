//! ODF spreadsheets: any bytes as the content or the list of parts of an honest package are read or refused.
//!
//! Not for: what cells hold; oracles say that. Invariant: as in `promises`.

use domain::FileFormat;

use super::{package, promises};

pub fn run(input: &[u8]) {
    let [choice, content @ ..] = input else { return };
    let options = promises::options(*choice, FileFormat::Ods);
    let bytes = match choice / 3 % 4 {
        0 => content.to_vec(),
        1 => package::with_part(&PARTS, "META-INF/manifest.xml", content),
        2 => {
            let rows = [HEAD.as_bytes(), content, TAIL.as_bytes()].concat();
            package::with_part(&PARTS, "content.xml", &rows)
        }
        _ => package::with_part(&PARTS, "content.xml", content),
    };
    drop(promises::read(&bytes, &options));
}

/// The beginning of a content with a table, and a row of headers in it.
const HEAD: &str = "<office:document-content><office:automatic-styles><style:style style:name='h'>\
    <style:table-properties table:display='false'/></style:style></office:automatic-styles><office:body>\
    <office:spreadsheet><table:table table:name='Data'><table:table-row>\
    <table:table-cell office:value-type='string'><text:p>Unique ID</text:p></table:table-cell>\
    <table:table-cell office:value-type='string'><text:p>Invoice Date</text:p></table:table-cell>\
    <table:table-cell office:value-type='string'><text:p>Amount</text:p></table:table-cell></table:table-row>";
const TAIL: &str = "</table:table></office:spreadsheet></office:body></office:document-content>";

const PARTS: [(&str, &str); 3] = [
    ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
    (
        "content.xml",
        "<office:document-content><office:body><office:spreadsheet><table:table table:name='Data'>\
         <table:table-row><table:table-cell><text:p>Amount</text:p></table:table-cell></table:table-row>\
         </table:table></office:spreadsheet></office:body></office:document-content>",
    ),
    (
        "META-INF/manifest.xml",
        "<manifest:manifest><manifest:file-entry manifest:full-path='content.xml'/></manifest:manifest>",
    ),
];
