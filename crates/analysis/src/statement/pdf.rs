//! The text layer of a PDF as a table: words that stand on one height are a row, and those that stand below a
//! header are in its column.
//!
//! Not for: scans, which have no text and are refused with a sentence.
//!
//! Invariant: a panic of the library behind is a refusal, and pages, letters and bytes are bounded. What it
//! takes of stack and memory is not: whoever calls reads in a process that may end.

mod letter_widths;

use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::statement::StatementColumns;
use extract::TableRecord;
use pdf_extract::{Document, MediaBox, OutputDev, OutputError, Transform, output_doc};

use super::headers::header_place;
use super::table::StatementFault;
use crate::limits::{STATEMENT_BYTES_MAX, STATEMENT_LETTERS_MAX, STATEMENT_PAGES_MAX};

/// Letters of one line stand within so many of their heights.
const SAME_LINE: f64 = 0.4;
/// A gap of so many heights is a blank between words; of so many, one between columns.
const WORD_GAP: f64 = 0.15;
const COLUMN_GAP: f64 = 0.9;

/// A letter where it stands, from the top left of its page.
#[derive(Debug, Clone)]
struct Letter {
    page: u32,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    text: String,
}

/// Words that stand together, with their place.
#[derive(Debug, Clone, PartialEq)]
struct Piece {
    left: f64,
    right: f64,
    text: String,
}

/// Gathers letters as pages are drawn.
#[derive(Debug, Default)]
struct Letters {
    drawn: Vec<Letter>,
    page: u32,
    top: f64,
    is_too_long: bool,
}

impl OutputDev for Letters {
    fn begin_page(
        &mut self,
        page_num: u32,
        media_box: &MediaBox,
        _art_box: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        (self.page, self.top) = (page_num, media_box.ury);
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        trm: &Transform,
        width: f64,
        _spacing: f64,
        font_size: f64,
        char: &str,
    ) -> Result<(), OutputError> {
        if self.drawn.len() >= STATEMENT_LETTERS_MAX {
            self.is_too_long = true;
            return Ok(());
        }
        let across = (trm.m11 * font_size).hypot(trm.m12 * font_size);
        let height = (trm.m21 * font_size).hypot(trm.m22 * font_size);
        self.drawn.push(Letter {
            page: self.page,
            x: trm.m31,
            y: self.top - trm.m32,
            width: width * across,
            height: if height > 0.0 { height } else { 1.0 },
            text: char.to_owned(),
        });
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}

/// The rows of a PDF as records; the line is the row, counted through all pages.
///
/// # Errors
/// A sentence that says what is wrong with the file.
pub(super) fn pdf_table(
    bytes: &[u8],
    columns: Option<&StatementColumns>,
) -> Result<Vec<TableRecord>, StatementFault> {
    if bytes.len() > STATEMENT_BYTES_MAX {
        let most = STATEMENT_BYTES_MAX >> 20;
        return Err(StatementFault::Pdf(format!("it has more than {most} MiB")));
    }
    // The library panics on files that are damaged in ways it does not foresee.
    let drawn = catch_unwind(AssertUnwindSafe(|| draw(bytes)));
    let letters = drawn.map_err(|_panic| StatementFault::Pdf("it is damaged".to_owned()))??;
    if letters.iter().all(|letter| letter.text.trim().is_empty()) {
        return Err(StatementFault::NoText);
    }
    Ok(records(&rows(letters), columns))
}

fn draw(bytes: &[u8]) -> Result<Vec<Letter>, StatementFault> {
    let fault = |error: &dyn std::fmt::Display| StatementFault::Pdf(error.to_string());
    let mut document = Document::load_mem(bytes).map_err(|error| fault(&error))?;
    if document.is_encrypted() {
        document
            .decrypt("")
            .map_err(|_wrong| StatementFault::Pdf("it is locked by a password".to_owned()))?;
    }
    if document.get_pages().len() > STATEMENT_PAGES_MAX {
        return Err(StatementFault::Pdf(format!("it has more than {STATEMENT_PAGES_MAX} pages")));
    }
    letter_widths::spell_out(&mut document);
    let mut letters = Letters::default();
    output_doc(&document, &mut letters).map_err(|error| fault(&error))?;
    if letters.is_too_long {
        return Err(StatementFault::Pdf("it has more text than any statement".to_owned()));
    }
    Ok(letters.drawn)
}

/// Letters by page and height, each row as pieces from left to right.
fn rows(mut letters: Vec<Letter>) -> Vec<Vec<Piece>> {
    letters.sort_by(|x, y| (x.page.cmp(&y.page)).then(x.y.total_cmp(&y.y)));
    let mut lines: Vec<Vec<Letter>> = Vec::new();
    for letter in letters {
        match lines.last_mut() {
            Some(line) if is_of_line(&line[0], &letter) => line.push(letter),
            _ => lines.push(vec![letter]),
        }
    }
    lines.into_iter().map(pieces).collect()
}

fn is_of_line(first: &Letter, letter: &Letter) -> bool {
    let reach = first.height.max(letter.height) * SAME_LINE;
    first.page == letter.page && (letter.y - first.y).abs() <= reach
}

fn pieces(mut line: Vec<Letter>) -> Vec<Piece> {
    line.sort_by(|x, y| x.x.total_cmp(&y.x));
    let mut pieces: Vec<Piece> = Vec::new();
    for letter in line {
        let right = letter.x + letter.width;
        let is_blank = letter.text.trim().is_empty();
        match pieces.last_mut() {
            Some(piece) if letter.x - piece.right <= letter.height * COLUMN_GAP => {
                let has_gap = letter.x - piece.right > letter.height * WORD_GAP;
                if (has_gap || is_blank) && !piece.text.ends_with(' ') {
                    piece.text.push(' ');
                }
                if !is_blank {
                    piece.text.push_str(&letter.text);
                    piece.right = piece.right.max(right);
                }
            }
            _ if is_blank => {}
            _ => pieces.push(Piece { left: letter.x, right, text: letter.text }),
        }
    }
    for piece in &mut pieces {
        piece.text.truncate(piece.text.trim_end().len());
    }
    pieces
}

/// The row of pieces that names the columns tells where they are: the cells of every row stand where they
/// overlap one of it.
fn records(rows: &[Vec<Piece>], settled: Option<&StatementColumns>) -> Vec<TableRecord> {
    let record = |(line, row): (u64, &Vec<Piece>)| TableRecord {
        line,
        cells: row.iter().map(|piece| piece.text.clone()).collect(),
    };
    let records: Vec<TableRecord> = (1..).zip(rows).map(record).collect();
    let Some(header) = header_place(&records, settled) else { return records };
    let columns: Vec<(f64, f64)> =
        rows[header].iter().map(|piece| (piece.left, piece.right)).collect();
    let record =
        |(line, row): (u64, &Vec<Piece>)| TableRecord { line, cells: cells(row, &columns) };
    (1..).zip(rows).map(record).collect()
}

fn cells(row: &[Piece], columns: &[(f64, f64)]) -> Vec<String> {
    let mut cells = vec![String::new(); columns.len()];
    for piece in row {
        let distance = |(left, right): (f64, f64)| {
            let overlap = piece.right.min(right) - piece.left.max(left);
            // Numbers stand to the right below their header, texts to the left.
            let edges = (piece.left - left).abs().min((piece.right - right).abs());
            if overlap > 0.0 { -overlap.min(1.0) * 1e6 + edges } else { -overlap }
        };
        let nearest = columns
            .iter()
            .enumerate()
            .min_by(|(_, x), (_, y)| distance(**x).total_cmp(&distance(**y)))
            .map(|(at, _)| at);
        if let Some(at) = nearest {
            let cell = &mut cells[at];
            if !cell.is_empty() {
                cell.push(' ');
            }
            cell.push_str(&piece.text);
        }
    }
    cells
}
