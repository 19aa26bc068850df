//! What a reading said, kept within bounds: examples of what is wrong, with the place in the file.
//!
//! Invariant: at most so many examples, each cut to a line of a terminal, whatever the file holds.

use std::collections::HashSet;

use arrow_array::RecordBatch;
use domain::FileType;
use extract::{Field, Level, Place, Problem, Reason, Sink, SinkError, masked};

use super::ReadingPlan;
use crate::report::foreign_text::one_column;

/// The length of a row that is shown: with the margin, a line of a terminal.
const EXCERPT_CHARS: usize = 96;
/// Before the cell that is pointed at, so that one sees between what it stands.
const CHARS_BEFORE: usize = 32;

/// The numbers of examples that are kept.
#[derive(Debug, Clone, Copy)]
pub struct ExampleBounds {
    /// The examples of rows that cannot be used.
    pub set_aside: usize,
    /// The examples of rows that share an identifier.
    pub shared_identifiers: usize,
}

/// Examples of problems, at most so many of each kind.
#[derive(Debug)]
pub struct CheckExamples {
    bounds: ExampleBounds,
    display: RowDisplay,
    /// Of rows that cannot be used, in the order of the file.
    pub set_aside: Vec<Example>,
    /// Of rows that were read or were none: the first of each kind in each column; of rows that share an
    /// identifier several, as one alone says nothing.
    pub row_notes: Vec<Problem>,
    known: HashSet<(Option<String>, Reason)>,
    /// The notes about rows that share an identifier.
    shared_identifiers: usize,
    /// Of the file and its columns.
    pub file_notes: Vec<Problem>,
}

/// The form in which a row is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowDisplay {
    Text,
    /// Letters and digits replaced, as rows of the type hold personal data.
    Shape,
}

/// A problem, and where it stands.
#[derive(Debug)]
pub struct Example {
    pub problem: Problem,
    /// None for a workbook.
    pub excerpt: Option<Excerpt>,
}

/// A piece of a row, and the characters of it that are meant.
#[derive(Debug, PartialEq, Eq)]
pub struct Excerpt {
    pub text: String,
    /// Characters before the first caret, and carets; none when the whole row is meant.
    pub carets: Option<(usize, usize)>,
}

impl CheckExamples {
    pub fn new(plan: &ReadingPlan, bounds: ExampleBounds) -> Self {
        Self {
            bounds,
            display: RowDisplay::for_rows_of(plan.file_type),
            set_aside: Vec::new(),
            row_notes: Vec::new(),
            known: HashSet::new(),
            shared_identifiers: 0,
            file_notes: Vec::new(),
        }
    }

    pub fn clear(&mut self) {
        self.set_aside.clear();
        self.row_notes.clear();
        self.known.clear();
        self.shared_identifiers = 0;
        self.file_notes.clear();
    }
}

impl Sink for CheckExamples {
    fn batch(&mut self, _batch: RecordBatch) -> Result<(), SinkError> {
        Ok(())
    }

    fn problem(&mut self, problem: Problem, place: Option<Place<'_>>) -> Result<(), SinkError> {
        match (place, problem.level) {
            (None, _) => self.file_notes.push(problem),
            (Some(_), Level::Note) => {
                let is_first = self.known.insert((problem.column.clone(), problem.reason));
                let is_shared = problem.reason == Reason::SharedIdentifier;
                let is_example =
                    is_shared && self.shared_identifiers < self.bounds.shared_identifiers;
                if is_first || is_example {
                    self.shared_identifiers += usize::from(is_shared);
                    self.row_notes.push(problem);
                }
            }
            (Some(_), Level::SetAside) if self.set_aside.len() == self.bounds.set_aside => {}
            (Some(place), Level::SetAside) => {
                let excerpt = Excerpt::new(&place, self.display);
                self.set_aside.push(Example { problem, excerpt });
            }
        }
        Ok(())
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        self.clear();
        Ok(())
    }
}

impl RowDisplay {
    fn for_rows_of(file_type: FileType) -> Self {
        if Field::all(file_type).any(Field::is_personal) { Self::Shape } else { Self::Text }
    }
}

impl Excerpt {
    fn new(place: &Place<'_>, display: RowDisplay) -> Option<Self> {
        if place.record.is_empty() {
            return None;
        }
        let before = place.cell.as_ref().map_or("", |cell| &place.record[..cell.start]);
        let start = before.chars().count();
        let from = start.saturating_sub(CHARS_BEFORE);
        let mut rest = place.record.chars().skip(from);
        let mut text: String = rest.by_ref().take(EXCERPT_CHARS).collect();
        if display == RowDisplay::Shape {
            text = masked(&text);
        }
        text = text.chars().map(one_column).collect();
        if from > 0 {
            text.insert(0, '…');
        }
        if rest.next().is_some() {
            text.push('…');
        }
        let margin = start - from + usize::from(from > 0);
        let carets = place.cell.clone().map(|cell| {
            let wanted = place.record[cell].chars().count();
            let room = EXCERPT_CHARS - (start - from);
            // A cell that is empty is pointed at where it should be.
            (margin, wanted.clamp(1, room))
        });
        Some(Self { text, carets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_under_the_cell() {
        let long = "x".repeat(400);
        let far = format!("{long},bad,{long}");
        let wide = format!("a,{long}");
        for (record, cell, display, line, carets) in [
            ("1,bad,2", Some(2..5), RowDisplay::Text, "1,bad,2".to_owned(), Some((2, 3))),
            ("é\tbad", Some(3..6), RowDisplay::Text, "é→bad".to_owned(), Some((2, 3))),
            ("1,,2", Some(2..2), RowDisplay::Text, "1,,2".to_owned(), Some((2, 1))),
            (
                "Zoë,31/02/2019",
                Some(5..15),
                RowDisplay::Shape,
                "xxx,00/00/0000".to_owned(),
                Some((4, 10)),
            ),
            (
                "\"a\r\nb\",bad",
                Some(7..10),
                RowDisplay::Text,
                "\"a⏎⏎b\",bad".to_owned(),
                Some((7, 3)),
            ),
            ("a,b\u{1b}[2J", None, RowDisplay::Text, "a,b·[2J".to_owned(), None),
            (
                &far,
                Some(401..404),
                RowDisplay::Text,
                format!("…{},bad,{}…", &long[..31], &long[..60]),
                Some((33, 3)),
            ),
            (&wide, Some(2..402), RowDisplay::Text, format!("a,{}…", &long[..94]), Some((2, 94))),
        ] {
            let excerpt = Excerpt::new(&Place { record, cell }, display);
            assert_eq!(excerpt, Some(Excerpt { text: line, carets }), "{record}");
        }
        assert_eq!(Excerpt::new(&Place { record: "", cell: Some(0..0) }, RowDisplay::Text), None);
    }
}
