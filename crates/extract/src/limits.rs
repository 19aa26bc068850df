//! Every limit of reading, with its reason.
//!
//! Not for: the limits of workbooks (`spreadsheet`). Invariant: together they bound the memory of a
//! reading, whatever the file holds.

/// One record of text. The longest honest row seen in ledgers is a few KiB; descriptions pasted from
/// mails reach 100 KiB. A missing line end or an unclosed quote ends here instead of in memory.
pub const RECORD_BYTES_MAX: usize = 1 << 20;

/// Text of one cell: descriptions pasted from mails are longer than anybody reads, and every list,
/// finding and export holds a cell whole. A workbook's cell has at most as many characters.
pub const CELL_BYTES_MAX: usize = 32 << 10;

/// Cells of one record. The widest ERP exports have a few hundred columns; a sheet has 16,384, which
/// nobody fills. Every cell costs 16 bytes and a column many more.
pub const CELLS_MAX: usize = 2_000;

/// Titles, report parameters and blank lines above a header; more is not a header that is late but
/// none.
pub const HEADER_SEARCH_RECORDS: usize = 50;

/// The length of a header; what is longer is cut. It goes with each of 10,000 problems, and into every row
/// that has a value below it: a header of 1 MiB would make gigabytes of them. Real ones are at most a
/// sentence.
pub(crate) const HEADER_CHARS_MAX: usize = 200;

/// Text looked at for delimiter and header: a header row of the widest export, below its titles.
pub(crate) const HEAD_BYTES: usize = 1 << 18;

/// Bytes read at a time: large enough that system calls do not count, small enough for the cache.
pub(crate) const BLOCK_BYTES: usize = 1 << 18;

/// Records whose dates and amounts are looked at before the first row is given out. A contradiction
/// behind them costs a second reading; so many make that rare and cost 1% of a large file.
pub(crate) const INFERENCE_RECORDS: u64 = 1 << 16;

/// Rows of a batch: the size Parquet and the query engine work on.
pub const BATCH_ROWS_MAX: usize = 8_192;

/// Text of a batch, whichever limit comes first: 8,192 rows of the longest records would be 8 GiB.
pub(crate) const BATCH_BYTES_MAX: usize = 8 << 20;

/// Problems of one reason in one column that are given out; the true number is counted. Somebody who
/// mends an extract needs examples, and one frequent problem must not hide the others.
pub const PROBLEMS_PER_REASON_MAX: u64 = 1_000;

/// The most notes given out of one reason: the rows were read, an example is enough.
pub const NOTES_PER_REASON_MAX: u64 = 20;

/// Rows with one identifier that are given out: somebody who mends an extract wants every one, and a
/// ledger of lines, where sharing is right, must not fill the list of its problems each day.
pub const SHARED_IDENTIFIER_ROWS_MAX: usize = 2_000;

/// Identifiers of one file that are compared with each other, 16 bytes each: beyond a million a share of
/// them is, which still tells whether they repeat.
pub const IDENTIFIERS_COMPARED_MAX: usize = 1 << 20;

/// Rows of one identifier that are remembered when there is no room for more: it is known to be shared.
pub(crate) const LINES_PER_IDENTIFIER_MAX: usize = 100;

/// Problems given out in all; the true number is counted.
pub const PROBLEMS_MAX: u64 = 10_000;

/// A file that orders payments, which is read whole: a pain.001 has some 800 bytes a payment, so that this is
/// room for eighty thousand.
pub const PAYMENT_ORDER_BYTES_MAX: u64 = 64 << 20;

/// Payments of one file: more than any run of an organisation, and each costs some 300 bytes of memory.
pub const PAYMENTS_MAX: usize = 200_000;

/// Elements within one another: pain.001 has a dozen.
pub(crate) const ORDER_DEPTH_MAX: usize = 40;

/// Text of one element of a pain.001: its longest have 2,000 letters.
pub(crate) const ORDER_TEXT_BYTES_MAX: usize = 16 << 10;

/// Failed rows in 1,000 above which a file is refused whole, unless configured otherwise.
pub const FAILED_PER_MILLE_MAX: u32 = 50;

/// Failed rows that never refuse a file of which most rows were read: a small file of a day's changes is
/// not sent again tomorrow, and one bad row of ten would lose the nine.
pub const FAILED_ROWS_FEW: u64 = 5;
