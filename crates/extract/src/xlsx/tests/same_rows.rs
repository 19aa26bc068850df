//! A workbook and a text with the same rows give the same batches.

use std::io::Cursor;

use arrow_array::RecordBatch;
use domain::{FileFormat, FileType};

use super::made::{Made, STYLES};
use crate::{Options, Place, Problem, Reading, Sink, SinkError};

#[derive(Default)]
struct Kept {
    batches: Vec<RecordBatch>,
    problems: Vec<Problem>,
}

impl Sink for Kept {
    fn batch(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        self.batches.push(batch);
        Ok(())
    }

    fn problem(&mut self, problem: Problem, _place: Option<Place<'_>>) -> Result<(), SinkError> {
        self.problems.push(problem);
        Ok(())
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        *self = Self::default();
        Ok(())
    }
}

const TEXT: &str = "\
Unique ID,Invoice Number,Invoice Amount,Base Amount,Invoice Date,Entered Date,Supplier Name,\
Supplier Ref,PO Number,Colour
U1,0012,1234.56,1234.56,2026-11-23,2026-11-24T14:15:02,\"Smith, Jones & Co\",004711,4500000001,red
U2,A-2,-0.3,-0.3,2026-11-12,2026-11-12,\"Two
lines\",004712,,
U3,A-3,not a number,1,2026-11-13,2026-11-13,Acme,004713,,blue
";

/// Row 4 of the text is a line of row 3: the workbook leaves row 4 out.
const ROWS: &str = "\
<row r='2'><c t='str'><v>U1</v></c><c t='str'><v>0012</v></c><c><v>1234.5600000000001</v></c>\
<c><v>1.23456E+3</v></c><c s='1'><v>46349</v></c><c s='2'><v>46350.593773148146</v></c>\
<c t='inlineStr'><is><t>Smith, Jones &amp; Co</t></is></c><c s='3'><v>4711</v></c>\
<c><v>4500000001</v></c><c t='str'><v>red</v></c></row>\
<row r='3'><c t='str'><v>U2</v></c><c t='str'><v>A-2</v></c><c><v>-0.30000000000000004</v></c>\
<c><v>-0.3</v></c><c s='1'><v>46338</v></c><c s='1'><v>46338</v></c>\
<c t='str'><v>Two\nlines</v></c><c s='3'><v>4712</v></c></row>\
<row r='5'><c t='str'><v>U3</v></c><c t='str'><v>A-3</v></c><c t='str'><v>not a number</v></c>\
<c><v>1</v></c><c s='1'><v>46339</v></c><c s='1'><v>46339</v></c><c t='str'><v>Acme</v></c>\
<c s='3'><v>4713</v></c><c r='J5' t='str'><v>blue</v></c></row>";

const FORMATS: &str = "<s><numFmts><numFmt numFmtId='170' formatCode='000000'/></numFmts><cellXfs>\
                       <xf/><xf numFmtId='14'/><xf numFmtId='22'/><xf numFmtId='170'/></cellXfs></s>";

fn workbook() -> Vec<u8> {
    let cell = |header: &str| format!("<c t='str'><v>{header}</v></c>");
    let headers: String = TEXT.lines().next().unwrap().split(',').map(cell).collect();
    let rows = format!("<row r='1'>{headers}</row>{ROWS}");
    Made::of_rows(&rows).with(STYLES, FORMATS).bytes()
}

fn read(bytes: Vec<u8>, format: FileFormat) -> (Reading, Kept) {
    let mut kept = Kept::default();
    let mut options = Options::new(FileType::Transactions, format);
    options.failed_per_mille_max = 1_000;
    let reading = crate::read(Cursor::new(bytes), &options, &mut kept).unwrap();
    (reading, kept)
}

#[test]
fn a_workbook_reads_like_the_text_with_the_same_rows() {
    let (text_reading, text) = read(TEXT.as_bytes().to_vec(), FileFormat::Csv);
    let (reading, workbook) = read(workbook(), FileFormat::Xlsx);
    assert_eq!(reading.rows_read, 2);
    assert_eq!(reading.rows_set_aside, 1);
    assert_eq!(reading.columns, text_reading.columns);
    assert_eq!(workbook.batches, text.batches);
    assert_eq!(workbook.problems, text.problems);
}
