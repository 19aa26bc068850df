//! The limits of reading a workbook, each with its reason.
//!
//! Not for: limits that hold for every format (cells and bytes of a record); see `crate::limits`.
//!
//! Invariant: memory is bounded by the sum of what stands here: one XML buffer, the shared strings, the
//! styles, one record, and the package's directory. Nothing is allocated by a number the file declares.

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
const GIB: u64 = 1 << 30;

/// Parts of the package. Workbooks full of pictures have hundreds; 65,535 is what a bomb has.
pub(super) const ENTRIES_MAX: usize = 10_000;

/// Bytes of the package's directory: 10,000 entries of 46 bytes and a long name each.
pub(super) const DIRECTORY_BYTES_MAX: u64 = 8 << 20;

/// Inflated bytes of the sheet. A full sheet of 40 columns takes about 2 GiB.
pub(super) const SHEET_BYTES_MAX: u64 = 4 * GIB;

/// Inflated bytes of the shared strings, markup and all.
pub(super) const STRINGS_BYTES_MAX: u64 = GIB;

/// Memory for the shared strings: they have to be at hand while the sheet is read, and reading any file
/// has to stay under 256 MiB.
const STRINGS_MEMORY_MAX: usize = 160 * MIB;

/// Inflated bytes of each of the small parts: workbook, relations, styles.
pub(super) const SMALL_PART_BYTES_MAX: u64 = 64 * MIB as u64;

/// The most cell formats that are kept; Excel itself allows 65,490.
pub(super) const FORMATS_MAX: usize = 100_000;

/// The most sheets that are named in a workbook; more are no extract.
pub(super) const SHEETS_MAX: usize = 1_000;

/// A part this much larger than its packed bytes is made to fill memory. Apache POI uses the same.
pub(super) const INFLATE_RATIO_MAX: u64 = 100;

/// Parts up to this size may have any ratio: they are gone through in a moment, and small sheets of
/// equal rows do pack better than 100 to 1.
pub(super) const INFLATE_RATIO_FREE: u64 = 64 * MIB as u64;

/// One XML tag or comment has to fit; with it one CDATA section, 32,767 characters of 4 bytes at most.
pub(super) const XML_BUFFER_BYTES: usize = 256 * KIB;

/// The first bytes of a part that are looked at for the encoding it declares; a declaration has some 60.
pub(super) const DECLARATION_BYTES: usize = 256;

/// Meanings of prefixes in force at once: a workbook of Excel has two or three that are not the usual one.
pub(super) const NAMESPACES_MAX: usize = 256;

/// An old workbook, whose sheets of 65,536 rows and 256 columns of numbers take 200 MiB at most.
pub(super) const OLD_WORKBOOK_BYTES_MAX: u64 = 512 * MIB as u64;

/// The sectors of an old container's directory that are looked at: an encrypted workbook has a dozen streams,
/// four to a sector.
pub(super) const DIRECTORY_SECTORS_MAX: usize = 64;

/// A tag, comment or script of a web page, all of which has to fit into memory: real ones have a few KiB, a
/// picture written into its tag up to a MiB.
pub(super) const MARKUP_BYTES_MAX: usize = 4 * MIB;

/// Text in which no tag is found is given out in pieces of this size.
pub(super) const SEARCHED_BYTES_MAX: usize = 64 * KIB;

/// Tables that stand in one another; pages of layout have five.
pub(super) const TABLES_IN_TABLES_MAX: usize = 100;

/// Bytes of one cell's text: Excel's 32,767 characters of up to 4 bytes each.
pub(super) const CELL_BYTES_MAX: usize = 32_767 * 4;

/// Cells of the sheet, empty ones too: a full sheet of 47 columns.
const SHEET_CELLS_MAX: u64 = 50_000_000;

/// Cells with nothing in them. A full sheet with 19 empty columns is still read; more is a formatted
/// void that takes minutes to say nothing.
const EMPTY_CELLS_MAX: u64 = 20_000_000;

/// The limits a test lowers: reaching the true ones takes too long for one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caps {
    pub(super) cells: u64,
    pub(super) empty_cells: u64,
    pub(super) strings_memory: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            cells: SHEET_CELLS_MAX,
            empty_cells: EMPTY_CELLS_MAX,
            strings_memory: STRINGS_MEMORY_MAX,
        }
    }
}

/// The last row a sheet can have.
pub(super) const ROWS_MAX: u32 = 1_048_576;

/// The last column a sheet can have, XFD.
pub(super) const SHEET_COLUMNS_MAX: usize = 16_384;

/// The bytes of a sheet in which a first value is looked for before it is held for filled.
pub(super) const PEEK_BYTES: u64 = MIB as u64;

/// The most sheets that are looked into; those behind are named as not looked at.
pub(super) const PEEKED_SHEETS_MAX: usize = 64;
