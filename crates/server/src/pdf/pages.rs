//! Blocks put on pages, line by line.
//!
//! Invariant: what is drawn stands in the tree of tags once, in the order in which it is read; the numbers of
//! pages stand outside of it.

use std::num::NonZeroU16;

use krilla::Document;
use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TableHeaderScope, Tag, TagGroup,
    TagTree,
};
use krilla::text::TextDirection;

use super::Table;
use super::font::Face;

/// A4, in points.
const WIDTH: f32 = 595.276;
const HEIGHT: f32 = 841.89;
/// 22 mm: what a binder's holes and a printer leave.
const MARGIN: f32 = 62.0;
const TEXT: f32 = 10.0;
const HEADING: f32 = 13.0;
const SMALL: f32 = 8.5;
/// The leading in parts of the size of the letters.
const LEADING: f32 = 1.4;
/// Between columns of a table.
const GAP: f32 = 8.0;

/// A line, or a part of one beside others, at its place.
struct Piece {
    page: usize,
    x: f32,
    /// Of the line on which the letters stand.
    y: f32,
    style: Style,
    text: String,
}

/// The place of a piece in the tree of tags.
enum Branch {
    Heading(Vec<Piece>),
    Paragraph(Vec<Piece>),
    /// The headings, then the rows, by cells.
    Table(Vec<Vec<Vec<Piece>>>),
}

/// Blocks at their places.
pub(super) struct Pages {
    regular: Face,
    bold: Face,
    branches: Vec<Branch>,
    page: usize,
    y: f32,
}

/// The way letters of a block look.
#[derive(Clone, Copy)]
struct Style {
    size: f32,
    weight: Weight,
}

#[derive(Clone, Copy)]
enum Weight {
    Regular,
    Bold,
}

impl Pages {
    pub(super) fn new() -> Self {
        Self {
            regular: Face::regular(),
            bold: Face::bold(),
            branches: Vec::new(),
            page: 0,
            y: MARGIN,
        }
    }

    pub(super) fn heading(&mut self, text: &str) {
        let style = Style { size: HEADING, weight: Weight::Bold };
        // Not as the last line of a page.
        self.make_room(HEADING * LEADING + 2.0 * TEXT * LEADING);
        let pieces = self.column(text, style, (MARGIN, WIDTH - 2.0 * MARGIN));
        self.y += TEXT * LEADING / 2.0;
        // A heading without words is none to whoever hears it.
        if !pieces.is_empty() {
            self.branches.push(Branch::Heading(pieces));
        }
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        let style = Style { size: TEXT, weight: Weight::Regular };
        let pieces = self.column(text, style, (MARGIN, WIDTH - 2.0 * MARGIN));
        self.y += TEXT * LEADING;
        self.branches.push(Branch::Paragraph(pieces));
    }

    pub(super) fn table(&mut self, table: &Table) {
        let all: f32 = table.columns.iter().map(|column| f32::from(column.width)).sum();
        let gaps: f32 = table.columns.iter().skip(1).map(|_column| GAP).sum();
        let room = WIDTH - 2.0 * MARGIN - gaps;
        let mut x = MARGIN;
        let mut places = Vec::new();
        for column in &table.columns {
            let width = room * f32::from(column.width) / all;
            places.push((x, width, column.is_number));
            x += width + GAP;
        }
        let headings: Vec<String> =
            table.columns.iter().map(|column| column.heading.clone()).collect();
        let mut rows = vec![self.row(&headings, &places, Weight::Bold)];
        for row in &table.rows {
            rows.push(self.row(row, &places, Weight::Regular));
        }
        self.y += TEXT * LEADING;
        self.branches.push(Branch::Table(rows));
    }

    /// The cells of a row, beside each other; it does not run over a page unless it is longer than one.
    fn row(
        &mut self,
        cells: &[String],
        places: &[(f32, f32, bool)],
        weight: Weight,
    ) -> Vec<Vec<Piece>> {
        let style = Style { size: SMALL, weight };
        let lines = |(cell, (_, width, _)): (&String, &(f32, f32, bool))| {
            self.face(style).lines(cell, SMALL, *width).len()
        };
        let longest = cells.iter().zip(places).map(lines).max().unwrap_or_default();
        let longest = u16::try_from(longest).unwrap_or_else(|_over_many_pages| u16::MAX);
        self.make_room(SMALL * LEADING * f32::from(longest));
        let (page, top) = (self.page, self.y);
        let mut lowest = (page, top);
        let mut row = Vec::new();
        for (cell, (x, width, is_number)) in cells.iter().zip(places) {
            (self.page, self.y) = (page, top);
            let mut pieces = self.column(cell, style, (*x, *width));
            if *is_number {
                for piece in &mut pieces {
                    piece.x = x + width - self.face(style).width(&piece.text, SMALL);
                }
            }
            if (self.page, self.y) > lowest {
                lowest = (self.page, self.y);
            }
            row.push(pieces);
        }
        (self.page, self.y) = lowest;
        self.y += SMALL * LEADING / 3.0;
        row
    }

    /// Lines below each other, from where the page stands.
    fn column(&mut self, text: &str, style: Style, (x, width): (f32, f32)) -> Vec<Piece> {
        let lines = self.face(style).lines(text, style.size, width);
        let mut pieces = Vec::new();
        for text in lines {
            self.make_room(style.size * LEADING);
            self.y += style.size * LEADING;
            if !text.is_empty() {
                let (page, y) = (self.page, self.y);
                pieces.push(Piece { page, x, y, style, text });
            }
        }
        pieces
    }

    fn make_room(&mut self, height: f32) {
        if self.y + height > HEIGHT - MARGIN && self.y > MARGIN {
            self.page += 1;
            self.y = MARGIN;
        }
    }

    const fn face(&self, style: Style) -> &Face {
        match style.weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Draws all of it, page by page, and hangs it into the tree of tags; `title` stands above its headings
    /// in the outline.
    pub(super) fn draw(self, document: &mut Document, title: &str) {
        document.set_outline(self.outline(title));
        let count = self.page + 1;
        let mut drawn: Vec<Vec<Vec<Vec<Identifier>>>> =
            self.branches.iter().map(empty_like).collect();
        for page in 0..count {
            let size = PageSettings::from_wh(WIDTH, HEIGHT).expect("a page has a size");
            let mut on = document.start_page_with(size);
            let mut surface = on.surface();
            for (branch, marks) in self.branches.iter().zip(&mut drawn) {
                for (row, marks) in rows(branch).iter().zip(marks) {
                    for (cell, marks) in row.iter().zip(marks) {
                        for piece in cell.iter().filter(|piece| piece.page == page) {
                            marks.push(self.piece(&mut surface, piece));
                        }
                    }
                }
            }
            if count > 1 {
                self.number(&mut surface, page + 1, count);
            }
            surface.finish();
            on.finish();
        }
        let mut tree = TagTree::new();
        for (branch, marks) in self.branches.iter().zip(drawn) {
            tree.push(group(branch, marks));
        }
        document.set_tag_tree(tree);
    }

    fn outline(&self, title: &str) -> Outline {
        let place = |page, y| XyzDestination::new(page, Point::from_xy(MARGIN, y));
        let mut whole = OutlineNode::new(title.to_owned(), place(0, MARGIN));
        for branch in &self.branches {
            if let Branch::Heading(pieces) = branch
                && let Some(first) = pieces.first()
            {
                let place = place(first.page, first.y - first.style.size);
                whole.push_child(OutlineNode::new(words(pieces), place));
            }
        }
        let mut outline = Outline::new();
        outline.push_child(whole);
        outline
    }

    fn piece(&self, surface: &mut Surface<'_>, piece: &Piece) -> Identifier {
        let mark = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
        self.text(surface, (piece.x, piece.y), piece.style, &piece.text);
        surface.end_tagged();
        mark
    }

    fn number(&self, surface: &mut Surface<'_>, page: usize, count: usize) {
        let artifact = Artifact::with_kind(ArtifactType::PageNumber);
        surface.start_tagged(ContentTag::Artifact(artifact));
        let style = Style { size: SMALL, weight: Weight::Regular };
        let text = format!("{page} of {count}");
        let x = WIDTH - MARGIN - self.regular.width(&text, SMALL);
        self.text(surface, (x, HEIGHT - MARGIN / 2.0), style, &text);
        surface.end_tagged();
    }

    fn text(&self, surface: &mut Surface<'_>, (x, y): (f32, f32), style: Style, text: &str) {
        let font = self.face(style).font.clone();
        let at = Point::from_xy(x, y);
        surface.draw_text(at, font, style.size, text, false, TextDirection::Auto);
    }
}

/// The pieces of a branch as rows of cells: a heading and a paragraph are one of one.
fn rows(branch: &Branch) -> Vec<Vec<&Vec<Piece>>> {
    match branch {
        Branch::Heading(pieces) | Branch::Paragraph(pieces) => vec![vec![pieces]],
        Branch::Table(rows) => rows.iter().map(|row| row.iter().collect()).collect(),
    }
}

fn words(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" ")
}

fn empty_like(branch: &Branch) -> Vec<Vec<Vec<Identifier>>> {
    rows(branch).iter().map(|row| row.iter().map(|_| Vec::new()).collect()).collect()
}

/// The tags of a branch over the marks of its pieces.
fn group(branch: &Branch, marks: Vec<Vec<Vec<Identifier>>>) -> TagGroup {
    let leaves = |marks: Vec<Identifier>| marks.into_iter().map(Node::from).collect::<Vec<_>>();
    let all = |marks: Vec<Vec<Vec<Identifier>>>| marks.into_iter().flatten().flatten().collect();
    match branch {
        Branch::Heading(pieces) => {
            let heading = Tag::Hn(NonZeroU16::MIN, Some(words(pieces)));
            TagGroup::with_children(heading, leaves(all(marks)))
        }
        Branch::Paragraph(_) => TagGroup::with_children(Tag::P, leaves(all(marks))),
        Branch::Table(_) => {
            let mut table = TagGroup::new(Tag::Table);
            for (place, row) in marks.into_iter().enumerate() {
                let mut line = TagGroup::new(Tag::TR);
                for cell in row {
                    let cell = leaves(cell);
                    let cell = match place {
                        0 => TagGroup::with_children(Tag::TH(TableHeaderScope::Column), cell),
                        _ => TagGroup::with_children(Tag::TD, cell),
                    };
                    line.push(cell);
                }
                table.push(line);
            }
            table
        }
    }
}
