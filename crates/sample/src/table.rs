//! One CSV file: cells into a buffer, rows into a buffered file.
//!
//! Not for: reading, and not for other separators.
//!
//! Invariant: every row has as many cells as the header.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use domain::FileType;

/// Large enough that five million rows are a few thousand writes.
const BUFFER_BYTES: usize = 1 << 20;

pub(super) struct Table {
    file: BufWriter<File>,
    row: String,
    cells: usize,
    width: usize,
    pub(super) rows: u64,
}

impl Table {
    /// Makes the file anew, with the titles of these columns as its header: an older sample in the folder is
    /// no accident to be kept.
    pub(super) fn create(path: &Path, file_type: FileType, columns: &[&str]) -> io::Result<Self> {
        let file = BufWriter::with_capacity(BUFFER_BYTES, File::create(path)?);
        let mut table = Self { file, row: String::new(), cells: 0, width: columns.len(), rows: 0 };
        for name in columns {
            table.cell(file_type.column(name).expect("only columns that are known are made").title);
        }
        table.write_row()?;
        Ok(table)
    }

    pub(super) fn cell(&mut self, text: &str) {
        if self.cells > 0 {
            self.row.push(',');
        }
        self.cells += 1;
        if text.contains([',', '"', '\n']) {
            self.row.push('"');
            self.row.push_str(&text.replace('"', "\"\""));
            self.row.push('"');
        } else {
            self.row.push_str(text);
        }
    }

    pub(super) fn end_row(&mut self) -> io::Result<()> {
        self.rows += 1;
        self.write_row()
    }

    fn write_row(&mut self) -> io::Result<()> {
        debug_assert_eq!(self.cells, self.width, "a row as wide as the header: {}", self.row);
        self.row.push('\n');
        self.file.write_all(self.row.as_bytes())?;
        self.row.clear();
        self.cells = 0;
        Ok(())
    }

    /// Everything is in the file.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        self.file.flush()?;
        Ok(self.rows)
    }
}
