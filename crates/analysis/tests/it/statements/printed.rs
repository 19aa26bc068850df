//! Statements as PDFs with a text layer, page by page.

use std::fmt::Write as _;

use krilla::Document;
use krilla::geom::Point;
use krilla::page::PageSettings;
use krilla::text::{Font, TextDirection};

use super::layouts::{Cell, Field, Layout, Sheet};

const LINES_A_PAGE: usize = 30;
const SIZE: f32 = 8.0;
const LEADING: f32 = 13.0;
const TOP: f32 = 60.0;
const HEIGHT: f32 = 842.0;
const WIDTH: f32 = 595.0;
/// The widths of digits, of small signs and of other letters, to the size of the letters.
const WIDTHS: [f32; 3] = [0.6, 0.3, 0.55];

/// A text with its place from the upper left of a page.
pub(super) struct Piece {
    x: f32,
    y: f32,
    text: String,
}

/// Letterhead and header on every page, what stands below on the last.
pub(super) fn pages(layout: &Layout, sheet: &Sheet) -> Vec<Vec<Piece>> {
    let places = places(layout);
    let mut pages = Vec::new();
    let chunks: Vec<&[Vec<Cell>]> = sheet.lines.chunks(LINES_A_PAGE).collect();
    for (at, lines) in chunks.iter().enumerate() {
        let mut page = Vec::new();
        let mut y = TOP;
        for words in &sheet.above {
            put(&mut page, layout, &places, (words, &mut y));
        }
        y += LEADING;
        let below = if at + 1 == chunks.len() { &sheet.below[..] } else { &[] };
        for row in std::iter::once(&sheet.header).chain(*lines).chain(below) {
            put(&mut page, layout, &places, (row, &mut y));
        }
        page.push(Piece {
            x: 500.0,
            y: HEIGHT - 20.0,
            text: format!("Page {} / {}", at + 1, chunks.len()),
        });
        pages.push(page);
    }
    pages
}

/// The left and the right edge of each column, and whether numbers stand in it.
fn places(layout: &Layout) -> Vec<(f32, f32, bool)> {
    let width = |field: Field| match field {
        Field::Date | Field::Due => 62.0,
        Field::Number | Field::Order => 105.0,
        Field::Kind => 110.0,
        Field::Amount | Field::Debit | Field::Credit | Field::Balance => 74.0,
    };
    let mut x = 40.0;
    let mut places = Vec::new();
    for field in layout.fields() {
        let is_number =
            matches!(field, Field::Amount | Field::Debit | Field::Credit | Field::Balance);
        places.push((x, x + width(field) - 8.0, is_number));
        x += width(field);
    }
    places
}

/// A row at its height: amounts to the right of their columns, all else to the left.
fn put(
    page: &mut Vec<Piece>,
    layout: &Layout,
    places: &[(f32, f32, bool)],
    (row, y): (&Vec<Cell>, &mut f32),
) {
    for (cell, (left, right, is_number)) in row.iter().zip(places) {
        let text = layout.written(cell);
        if !text.is_empty() {
            let x = if *is_number { right - width(&text) } else { *left };
            page.push(Piece { x, y: *y, text });
        }
    }
    *y += LEADING;
}

fn width(text: &str) -> f32 {
    let of = |letter: char| match letter {
        letter if letter.is_ascii_digit() => WIDTHS[0],
        '.' | ',' | ' ' | '(' | ')' | '-' => WIDTHS[1],
        _ => WIDTHS[2],
    };
    text.chars().map(of).sum::<f32>() * SIZE
}

/// With letters of a font that comes with the file.
pub(super) fn embedded(pages: &[Vec<Piece>]) -> Vec<u8> {
    let font = Font::new(dejavu::sans::regular().into(), 0).unwrap();
    let mut document = Document::new();
    for pieces in pages {
        let mut page = document.start_page_with(PageSettings::from_wh(WIDTH, HEIGHT).unwrap());
        let mut surface = page.surface();
        for Piece { x, y, text } in pieces {
            let at = Point::from_xy(*x, *y);
            surface.draw_text(at, font.clone(), SIZE, text, false, TextDirection::Auto);
        }
        surface.finish();
        page.finish();
    }
    document.finish().unwrap()
}

/// In a font that every reader has, as billing programs write it.
pub(super) fn helvetica(pages: &[Vec<Piece>]) -> Vec<u8> {
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
        for Piece { x, y, text } in page {
            let text = text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
            let y = HEIGHT - y;
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
