//! Columns that say of each row whether it is a debit or a credit.
//!
//! Not for: what is made of it (`formats`).

use domain::problem::Reason;

use super::RowProblem;
use crate::debit_credit::{Side, SideColumnKind};
use crate::formats::{ColumnFormat, SideSigns};
use crate::headers::{Column, normal};
use crate::record::{Record, trimmed};

/// A column that may be of debits and credits.
#[derive(Debug)]
struct SideColumn {
    position: usize,
    kind: SideColumnKind,
    signs: SideSigns,
}

/// The columns of a file that may be of debits and credits, by their headers.
#[derive(Debug)]
pub(super) struct SideColumns {
    columns: Vec<SideColumn>,
    /// Where that stands from which amounts have their sign.
    used: Option<usize>,
}

impl SideColumns {
    pub(super) fn new(columns: &[Column], formats: &[ColumnFormat]) -> Self {
        let kind = |column: &Column| {
            let is_free = column.field.is_none() && column.part.is_none();
            SideColumnKind::of_header(&normal(&column.header)).filter(|_| is_free)
        };
        let columns = columns.iter().enumerate().filter_map(|(position, column)| {
            Some(SideColumn { position, kind: kind(column)?, signs: SideSigns::default() })
        });
        let are_used = |format: &ColumnFormat| *format == ColumnFormat::Sides { are_used: true };
        Self { columns: columns.collect(), used: formats.iter().position(are_used) }
    }

    pub(super) fn positions(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().map(|column| column.position)
    }

    pub(super) fn signs(&self) -> impl Iterator<Item = (usize, SideSigns)> {
        self.columns.iter().map(|column| (column.position, column.signs))
    }

    /// The side of the record, where that is used.
    #[inline]
    pub(super) fn side(&mut self, record: &Record, notes: &mut Vec<RowProblem>) -> Option<Side> {
        if self.columns.is_empty() { None } else { self.read(record, notes) }
    }

    fn read(&mut self, record: &Record, notes: &mut Vec<RowProblem>) -> Option<Side> {
        let mut side = None;
        for SideColumn { position, kind, signs } in &mut self.columns {
            let cell = trimmed(record.cell(*position));
            let said = kind.side(cell);
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
