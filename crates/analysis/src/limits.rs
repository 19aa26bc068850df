//! Every limit of the ledgers, with its reason.

use std::num::NonZeroUsize;

/// Rows of a part, the file of a ledger. A daily extract rewrites whole parts: smaller ones cost less to
/// rewrite, larger ones less to list and open.
pub const PART_ROWS_MAX: usize = 500_000;

/// Bytes of a part, whichever limit comes first: parts are read and written whole, two at a time.
pub const PART_BYTES_MAX: usize = 64 << 20;

/// Rows of a row group: what is read at a time. A writer holds one row group, compressed.
pub(crate) const ROW_GROUP_ROWS_MAX: usize = 1 << 17;

/// Rows decoded at a time, and given out by a reading of a ledger.
pub const BATCH_ROWS: usize = 8_192;

/// Batches between the thread that reads a file and the one that writes parts: enough that neither waits
/// for a hiccup of the other. A batch has a few MiB at most.
pub(crate) const BATCHES_AHEAD: usize = 4;

/// The reading thread writes every so-manieth batch itself: reading one takes five sixths of the time of
/// writing one, and so both threads are busy to the end.
pub(crate) const OWN_BATCH_EVERY: usize = 13;

/// Parts rewritten at once: each holds a part as it was and as it becomes, some 100 MiB in the worst case.
pub(crate) const PARTS_AT_ONCE: usize = 2;

/// Below this many rows a part counts as small and is joined with others.
pub(crate) const SMALL_PART_ROWS: u64 = PART_ROWS_MAX as u64 / 4;

/// The small parts that are left alone: a reader opens them all, and below this nobody notices.
pub const SMALL_PARTS_MAX: usize = 8;

/// Small parts joined by one commit, so that a job ends in bounded time; the next job goes on.
pub(crate) const PARTS_JOINED_MAX: usize = 256;

/// Share of the active suppliers or employees, in 1,000, that a snapshot may make inactive without a person
/// having looked: more is usually a file cut short or of another company.
pub const INACTIVE_PER_MILLE_MAX: u64 = 200;

/// Share of the rows that a file replaces, in 1,000, that may be of other invoices without a person having
/// looked. Corrections change one of supplier, number and amount, seldom two and hardly ever all three:
/// more is a Unique ID that is given again.
pub const OTHER_INVOICES_PER_MILLE_MAX: u64 = 50;

/// Fewer of them are never held: a handful of odd rows is noted, whatever their share of a small file is.
pub const OTHER_INVOICES_HELD_MIN: u64 = 10;

/// The number of them that are noted line by line; all are counted.
pub(crate) const OTHER_INVOICES_LISTED_MAX: usize = 1_000;

/// Rows that pay an earlier one on another day: so many are noted line by line; all are counted.
pub(crate) const OTHER_PAYMENTS_LISTED_MAX: usize = 1_000;

/// Times that marks on unposted invoices are made anew when another reading came between: two workers
/// meet once, and what is missed is marked by the next reading.
pub(crate) const POSTING_ATTEMPTS: usize = 3;

/// Records of a supplier's statement: no supplier has more open, and a page of so many lines is none.
pub(crate) const STATEMENT_RECORDS_MAX: usize = 20_000;

/// Bytes of a statement in PDF: one of a hundred pages has one or two MiB.
pub(crate) const STATEMENT_BYTES_MAX: usize = 10 << 20;

/// Pages of one, and letters on all of them: some 4,000 on a page.
pub(crate) const STATEMENT_PAGES_MAX: usize = 300;
pub(crate) const STATEMENT_LETTERS_MAX: usize = 1_000_000;

/// Versions between two checkpoints of a table's log: a reader replays at most so many commits.
pub(crate) const CHECKPOINT_EVERY: u32 = 20;

/// Bytes of a file of a ledger's log that is held in memory: a commit has some KB, a checkpoint some hundred.
pub(crate) const LOG_FILE_CACHED_BYTES_MAX: u64 = 1 << 20;

/// Bytes of such files of all ledgers: a hundred ledgers between two checkpoints.
pub(crate) const LOG_CACHE_BYTES_MAX: usize = 16 << 20;

/// Ledgers that pages hold as they were opened last, each with the list of its parts and the log it was read
/// from, some hundred KB: those of a dozen units, which is more than are looked at in one minute.
pub(crate) const OPENED_LEDGERS_MAX: NonZeroUsize = NonZeroUsize::new(64).expect("it is not zero");

/// The days for which versions stay readable unless configured otherwise: a year's audit, and a
/// month to do it in.
pub const KEEP_DAYS: u32 = 400;

/// Threads of one query: on several it may wait for itself for ever when it spills (`apache/datafusion` issue
/// 24883, mended after 55.2); threads are for several queries.
pub(crate) const QUERY_THREADS: usize = 1;

/// Memory of the queries of one run: the rows of a million invoices fit several times over; more spills.
pub const ENGINE_MEMORY_BYTES: usize = 768 << 20;

/// Columns of transactions that a run holds in memory beside what its queries take: all that the checks read
/// of a million invoices, and the ones they read most of several.
pub(crate) const HELD_COLUMNS_BYTES_MAX: usize = 384 << 20;

/// Checks that run at once, however many threads there are: each holds what it groups in memory.
pub(crate) const CHECKS_AT_ONCE_MAX: usize = 4;

/// Memory of the list indexes of all units: a million invoices take 200 MB, and two ledgers of that
/// size are what one machine is for. What does not fit is read from the disk for every new look.
pub const LIST_INDEX_BYTES_MAX: usize = 512 << 20;

/// Memory of the ledgers that invoices are screened against, of all units: a million invoices take 350 MB,
/// and five million are the most that one machine is for. When there is no room, the one asked for longest
/// ago goes; a ledger that is larger by itself is not screened against. While the next version of one is
/// made, the one before stays beside it: for that time it is up to twice as much.
pub const SCREENING_BYTES_MAX: usize = 2 << 30;

/// Invoices of one request that are held against another of it, where both are alike: more copies of one
/// invoice say nothing more.
pub(crate) const COMPANIONS_MAX: usize = 4;

/// A run of five million invoices takes minutes; what takes this long hangs.
pub const RUN_TIME_MAX: std::time::Duration = std::time::Duration::from_hours(1);

/// Pairs of invoices alike in one respect that are kept of any ledger, at about 300 bytes each.
pub const PAIRS_KEPT_MIN: usize = 4_000_000;
/// Those of each invoice in a ledger of more. Ledgers of years have 3 or 4; an extract that came sixty times
/// under new ids would have 30.
pub const PAIRS_KEPT_OF_INVOICE: usize = 4;

/// Suppressed candidates kept of each reason, the most telling first; all are counted.
pub const SUPPRESSED_KEPT_MAX: usize = 500;

/// Findings of one check: more are one finding about the extract, and nobody reads them. Those of most money
/// stay, and the others are counted.
pub const FINDINGS_MAX: usize = 20_000;

/// Rows of the findings of one check, each of which takes 2 to 3 KiB with its fields, twice while they are
/// kept. Of an extract that came dozens of times under new ids every row is in a finding.
pub const FINDING_ROWS_MAX: usize = 100_000;

/// Rows of findings whose fields are looked up by one query, and held beside the findings meanwhile.
pub(crate) const ROWS_LOOKED_UP_AT_ONCE: usize = 100_000;

/// Names of suppliers that bear one name: more, and the name says nothing (`REDACTED`).
pub(crate) const NAMESAKES_MAX: usize = 6;

/// Checks of a unit's own that are on: each may take its whole time, and a run ends within an hour.
pub const OWN_CHECKS_MAX: usize = 20;

/// The time of a check of somebody's own: the slowest of the program takes a few seconds over a million
/// invoices.
pub const OWN_CHECK_TIME_MAX: std::time::Duration = std::time::Duration::from_secs(30);

/// Memory of a statement of somebody's own, beside that of the checks of the program; nothing of it goes to
/// disk. The groups of a million invoices fit.
pub const OWN_CHECK_MEMORY_BYTES: usize = 192 << 20;

/// Findings of a check of somebody's own: one that finds more says nothing, and nobody reads them.
pub const OWN_CHECK_FINDINGS_MAX: usize = 1_000;

/// Rows of ledgers in one of its findings: all invoices of a supplier, and not those of all.
pub(crate) const OWN_FINDING_ROWS_MAX: usize = 5_000;

/// Reasons of one of its findings, as many as a page shows.
pub(crate) const OWN_FINDING_REASONS_MAX: usize = 20;

/// Bytes of a text that such a statement makes: what it makes of texts could double from row to row.
pub(crate) const OWN_TEXT_BYTES_MAX: usize = 4_096;

/// Findings between units: they are kept as one document, and read from its beginning.
pub const ACROSS_FINDINGS_MAX: usize = 500;

/// Findings that a preview shows.
pub const OWN_CHECK_SHOWN_MAX: usize = 20;
/// Credits that are held against open claims, the newest first: a unit with more has other worries.
pub(crate) const CREDITS_MAX: usize = 20_000;
