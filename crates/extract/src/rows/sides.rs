//! Columns that say of each row whether it is a debit or a credit.
//!
//! Not for: what is made of it (`formats`).

use domain::problem::Reason;

use super::RowProblem;
use crate::debit_credit::{self, Side};
use crate::formats::{ColumnFormat, SideSigns};
use crate::headers::{Column, normal};
use crate::record::{Record, trimmed};

/// The columns of a file that may be of debits and credits, by their headers.
#[derive(Debug)]
pub(super) struct SideColumns {
    columns: Vec<(usize, SideSigns)>,
    /// Where that stands from which amounts have their sign.
    used: Option<usize>,
}

impl SideColumns {
    pub(super) fn new(columns: &[Column], formats: &[ColumnFormat]) -> Self {
        let may_be = |column: &Column| {
            column.field.is_none()
                && column.part.is_none()
                && debit_credit::is_header(&normal(&column.header))
        };
        let columns = columns.iter().enumerate().filter(|(_, column)| may_be(column));
        let are_used = |format: &ColumnFormat| *format == ColumnFormat::Sides { are_used: true };
        Self {
            columns: columns.map(|(at, _)| (at, SideSigns::default())).collect(),
            used: formats.iter().position(are_used),
        }
    }

    pub(super) fn positions(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().map(|(at, _)| *at)
    }

    pub(super) fn signs(&self) -> impl Iterator<Item = (usize, SideSigns)> {
        self.columns.iter().copied()
    }

    /// The side of the record, where that is used.
    #[inline]
    pub(super) fn of(&mut self, record: &Record, notes: &mut Vec<RowProblem>) -> Option<Side> {
        if self.columns.is_empty() { None } else { self.read(record, notes) }
    }

    fn read(&mut self, record: &Record, notes: &mut Vec<RowProblem>) -> Option<Side> {
        let mut side = None;
        for (position, signs) in &mut self.columns {
            let cell = trimmed(record.cell(*position));
            let said = debit_credit::in_column(cell);
            if !cell.is_empty() {
                signs.count(said);
            }
            if self.used == Some(*position) {
                side = said;
                if said.is_none() {
                    notes.push(RowProblem { position: Some(*position), reason: Reason::NoSide });
                }
            }
        }
        side
    }
}
