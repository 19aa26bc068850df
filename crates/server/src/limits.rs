//! Every limit of uploads, of the API and of the work behind it, by name, with the reason for its size.

use std::time::Duration;

use domain::page::PageSize;
use jiff::SignedDuration;

const MIB: u64 = 1024 * 1024;

/// The limits an operator may set. All others stand below as constants.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Longest file taken, after inflating. A full history of 5,000,000 rows is about 700 MB; ten times
    /// that is still a mistake worth refusing.
    pub body_bytes_max: u64,
    /// Uploads received at once on this node. Each holds up to two megabytes and a thread; more at once
    /// only slow one another down.
    pub uploads_max: usize,
    /// Uploads received at once for one customer, so that one cannot keep the others out.
    pub uploads_per_customer_max: usize,
    /// Uploads that one access token may send in a minute, and at once when it has sent nothing for as
    /// long. A folder of ten thousand small files is through in under three minutes; a token that runs
    /// wild does not fill the database and the disk with files of a few bytes.
    pub uploads_per_token_per_minute_max: u32,
    /// Room left free on the disk; below it uploads are refused before the disk is full, so that the
    /// database can still write.
    pub disk_reserve_bytes: u64,
    /// Slowest average rate of a body once [`RATE_GRACE`] is over. A modem does five times that.
    pub body_bytes_per_second_min: u64,
    /// Longest wait for the next byte of a body.
    pub body_stall_max: Duration,
    /// Bytes of a body that are still read after it was refused, so that a client which does not listen
    /// while it sends finds the answer and not a reset. Most extracts are smaller; they are dropped as
    /// they arrive.
    pub refused_body_bytes_max: u64,
    /// Time from the first byte of a request to the end of its header.
    pub header_time_max: Duration,
    /// Jobs worked on at once in this process. Reading keeps a core busy; two leave others for uploads.
    /// The last free one is left to customers of whom nothing runs.
    pub workers: usize,
    /// The time that a job stays with a worker that says nothing more: after a power cut it waits so
    /// long. Much longer than a busy database makes a heartbeat wait.
    pub lease: Duration,
}

impl Limits {
    /// Returns `true` when the reserve is still free once a file of `declared` bytes is there: the
    /// one rule for who is let in and for whether the server is ready.
    pub const fn has_room(&self, free: u64, declared: u64) -> bool {
        free.saturating_sub(declared) >= self.disk_reserve_bytes
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 8 * 1024 * MIB,
            uploads_max: 128,
            uploads_per_customer_max: 64,
            uploads_per_token_per_minute_max: 3_000,
            disk_reserve_bytes: 256 * MIB,
            body_bytes_per_second_min: 1024,
            body_stall_max: Duration::from_secs(30),
            refused_body_bytes_max: 1024 * MIB,
            header_time_max: Duration::from_secs(15),
            workers: 2,
            lease: Duration::from_secs(30),
        }
    }
}

/// A slow start (a database warming up behind a streamed extract) is not a slow client.
pub const RATE_GRACE: Duration = Duration::from_secs(30);
/// No body takes longer, whatever its rate: a connection is not for ever.
pub const BODY_TIME_MAX: Duration = Duration::from_hours(12);
/// The time in which a body that was refused is read on: 200 MB at 10 Mbit/s take under three minutes, and
/// nobody without a token holds a connection much longer.
pub const DRAIN_TIME_MAX: Duration = Duration::from_mins(15);
/// Slowest average rate of a body that was refused, once [`RATE_GRACE`] is over: a client on a slower line
/// that does not listen while it sends has to wait for a reset.
pub const DRAIN_BYTES_PER_SECOND_MIN: u64 = 16 * 1024;
/// Bytes of a part of a file that is sent in several requests: so much of it is lost at most when the server
/// ends with a crash, and a file of 8 GiB has 512.
pub const RESUMABLE_PART_BYTES: u64 = 16 * MIB;
/// Parts of one file: a line that is cut leaves a short one each time, and whoever sends byte by byte is not
/// to fill the disk with files of a byte.
pub const RESUMABLE_PARTS_MAX: u64 = 4096;
/// The wait for bytes of a request that has to end for another, which is where its sender is now: what has
/// arrived is read by then.
pub const RESUMABLE_ARRIVED_WAIT: Duration = Duration::from_millis(100);
/// The longest that a request which still gets bytes keeps another waiting: the buffers between two ends hold
/// some megabytes.
pub const RESUMABLE_ENDING_TIME_MAX: Duration = Duration::from_secs(3);
/// The time within which a file that is sent in several requests has to be whole: a weekend.
pub const RESUMABLE_LASTS: SignedDuration = SignedDuration::from_hours(72);
/// Files that are on their way in several requests by one access token: a folder of them side by side, and
/// some that were left behind.
pub const RESUMABLE_OPEN_PER_TOKEN_MAX: u64 = 16;
/// The uploads of one customer, by all tokens.
pub const RESUMABLE_OPEN_PER_CUSTOMER_MAX: u64 = 64;
/// Bytes that the files of one customer which are on their way may come to: eight of the longest.
pub const RESUMABLE_BYTES_PER_CUSTOMER_MAX: u64 = 64 * 1024 * MIB;
/// Bytes that everybody's files which are on their way may come to, so that what nobody ends does not take a
/// disk that received files need.
pub const RESUMABLE_BYTES_MAX: u64 = 256 * 1024 * MIB;
/// Inflated size over received size, once [`INFLATION_FREE_BYTES`] have come out. Repetitive extracts
/// compress 30 to 60 times; a bomb 1,000 times and more.
pub const INFLATION_RATIO_MAX: u64 = 200;
/// Below this size any ratio is harmless.
pub const INFLATION_FREE_BYTES: u64 = 16 * MIB;
/// Time for a TLS handshake; two round trips over a satellite take two seconds.
pub const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);
/// Bytes of a header of the PROXY protocol: addresses take 52, and what proxies add of TLS and of their own
/// some hundreds.
pub const PROXY_HEADER_BYTES_MAX: usize = 4096;
/// Time for it: a proxy sends it with its first packet.
pub const PROXY_HEADER_TIME_MAX: Duration = Duration::from_secs(5);
/// A connection without a request for this long is closed.
pub const IDLE_TIME_MAX: Duration = Duration::from_mins(1);
/// Connections open at once. Each costs a file descriptor and, idle, some tens of kilobytes.
pub const CONNECTIONS_MAX: usize = 8192;
/// The part of these open from one address at once; with IPv6 from one network. Many may stand behind one
/// address, so it is much more than a browser or an uploader opens, and still leaves most to others. Behind
/// a trusted proxy it bounds the requests under way that it forwards for one address.
pub const CONNECTIONS_PER_ADDRESS_MAX: usize = 2048;
/// An answer of which so long nothing is taken is not waited for: a slow line takes some every second.
pub const ANSWER_STALL_MAX: Duration = Duration::from_secs(30);
/// Slowest average rate at which an answer is taken, once [`IDLE_TIME_MAX`] is over in which nothing else
/// was asked: a modem does five times that, and who takes some bytes now and then holds a connection for
/// nothing.
pub const ANSWER_BYTES_PER_SECOND_MIN: u64 = 1024;
/// Bytes of a request's header, request line included. Tokens end at 4 KiB; cookies and tracing fit too.
pub const HEADER_BYTES_MAX: usize = 32 * 1024;
/// Bytes of a URL: the longest of ours hold a list of filters, and RFC 9112 asks for 8,000.
pub const TARGET_BYTES_MAX: usize = 16 * 1024;
/// Bytes of a header that HTTP/2 takes apart: those above [`HEADER_BYTES_MAX`] get an answer that says so.
pub const H2_HEADER_BYTES_MAX: u32 = 128 * 1024;
/// Header fields of one request.
pub const HEADER_FIELDS_MAX: usize = 100;
/// Read buffer of an HTTP/1 connection: it holds a whole header, and bodies pass in pieces of this size.
pub const READ_BUFFER_BYTES: usize = 64 * 1024;
/// Bytes of an answer that wait behind TLS for a socket with room: one record. Whoever reads nothing holds so
/// much, beside what the connection has under way.
pub const TLS_WRITE_BUFFER_BYTES: usize = 16 * 1024;
/// HTTP/2 flow control: 768 KiB in flight fill 15 MB/s over 50 ms of delay; the default of 64 KiB does
/// 1.3. Windows that adapt themselves took 150 MiB for 32 uploads where these take half of it.
pub const H2_STREAM_WINDOW_BYTES: u32 = 768 * 1024;
/// One stream at full speed; others share with it, so that memory is bounded per connection.
pub const H2_CONNECTION_WINDOW_BYTES: u32 = 768 * 1024;
/// Streams at once on one connection: an uploader needs one for each file type.
pub const H2_STREAMS_MAX: u32 = 32;
/// The time a stopping server waits for uploads that still arrive.
pub const STOP_TIME_MAX: Duration = Duration::from_secs(30);
/// The pause between looks of a worker for jobs that nobody has told it of: another process's
/// uploads, jobs to be tried again. One small query each.
pub const WORK_LOOK_EVERY: Duration = Duration::from_secs(1);
/// The time a stopping worker goes on with its job: most files are read in less, and a longer one
/// is read again from its beginning.
pub const WORK_STOP_TIME_MAX: Duration = Duration::from_secs(20);
/// Attempts at a job, those that ended with the process among them. A fault that is not over within
/// [`BACKOFF_LONGEST`] is not over by itself.
pub const ATTEMPTS_MAX: u32 = 5;
/// The wait after a first failed attempt: a lost connection is back by then.
pub const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// Each wait is so many times the one before: five attempts then reach over six minutes, longer than a
/// database takes to fail over, and a poisonous file holds up its ledger no longer.
pub const BACKOFF_GROWTH: u32 = 7;
/// No wait is longer.
pub const BACKOFF_LONGEST: Duration = Duration::from_mins(5);
/// The least pause between two writes of a run's progress: a person who looks sees it move, and the
/// database has a hundred writes of it in five minutes.
pub const PROGRESS_EVERY: Duration = Duration::from_secs(3);
/// Body of a decision. The longest text is 4,000 characters, and several hundred findings are named.
pub const DECISION_BYTES_MAX: usize = 256 * 1024;
/// Body of a screening: a thousand invoices of a kilobyte each, and as much again for those that write every
/// column.
pub const SCREENING_BODY_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Findings in one CSV: it is written as it is read, so this is as many as are kept.
pub const CSV_FINDINGS_MAX: u64 = store::FINDINGS_KEPT_MAX as u64;
/// Findings in one XLSX or Parquet file, which are made in memory: about 40 MB of it, and more than
/// anybody scrolls through.
pub const FILE_FINDINGS_MAX: u64 = 20_000;
/// Text of the findings of one such file, which is held some three times until it is sent: findings of
/// honest ledgers have 2 KB each, and texts of ledgers may be longer.
pub const EXPORT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Files beside findings in one ZIP: as many as a year of verdicts has, and far fewer than the format holds.
pub const EXPORTED_ATTACHMENTS_MAX: usize = 2_000;
/// Bytes of these together: half of what the format holds without being another.
pub const EXPORTED_ATTACHMENT_BYTES_MAX: u64 = 2 * 1024 * MIB;
/// Files of findings that are made and sent at once: each holds up to three times [`EXPORT_BYTES_MAX`]
/// until it is taken.
pub const EXPORTS_AT_ONCE: usize = 4;
/// The part of these for one customer, so that one cannot keep the others out.
pub const EXPORTS_PER_CUSTOMER_MAX: usize = 2;
/// Files read at once to list all their problems: a thread each, beside those that read uploads.
pub const PROBLEM_LISTS_AT_ONCE: usize = 2;
/// Problems handed on at once while a file is read for them: some 100 KB of CSV.
pub const PROBLEMS_AT_ONCE: usize = 1_000;
/// The time after which whoever takes nothing of such a list has gone, or keeps it from others.
pub const PROBLEM_LIST_STALL_MAX: Duration = Duration::from_secs(30);
/// Files of payment runs that are written anew at once: each holds the file some four times, and people ask
/// for one when a run is decided.
pub const PAYMENT_FILES_AT_ONCE: usize = 2;
/// Pages made at once; more wait in one queue. Four times the readers of SQLite, so that those never wait
/// for pages while pages wait for their templates.
pub const PAGES_AT_ONCE: usize = 16;
/// Longest time that a page keeps others waiting. Nearly all are made in a tenth of it.
pub const PAGE_TURN_TIME_MAX: Duration = Duration::from_millis(250);
/// Walks over the audit log at once: each reads all of it, and another one finds nothing else.
pub const AUDIT_VERIFICATIONS_AT_ONCE: usize = 1;
/// Trials of checks that somebody writes, at once: each has a budget of memory of its own, beside those of
/// runs, and half a minute.
pub const OWN_CHECK_TRIALS_AT_ONCE: usize = 2;
/// Looks into received files at once, for a line, a preview or a trial: each reads up to
/// [`LINE_BYTES_MAX`] on a thread, and whoever looks waits for the others.
pub const FILE_LOOKS_AT_ONCE: usize = 4;
/// A ledger is tidied after so many versions: each adds a file or two, a query opens every one, and
/// tidying writes the small ones anew.
pub const TIDY_EVERY_VERSIONS: u64 = 8;
/// The wait a client is told when the server is busy or stopping, in seconds: an upload of ordinary
/// size is over by then.
pub const RETRY_AFTER_SECONDS: u64 = 5;
/// A session nobody uses ends: longer than a lunch with a meeting behind it.
pub const SESSION_IDLE_MAX: SignedDuration = SignedDuration::from_hours(4);
/// A session ends in any case: a working day, so that everybody signs in once in the morning.
pub const SESSION_AGE_MAX: SignedDuration = SignedDuration::from_hours(12);
/// A browser is known again so long after somebody was signed in with it: as long as browsers keep a
/// cookie.
pub const BROWSER_KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24 * 400);
/// The time for which somebody stays signed in, idle and in all.
pub(crate) const SESSION_LIMITS: store::SessionLimits =
    store::SessionLimits { idle_max: SESSION_IDLE_MAX, age_max: SESSION_AGE_MAX };
/// That a session was used is written so often at most: a person who looks at the list sees the minute.
pub const SESSION_SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// That an access token was used is written so often at most: an uploader that sends a thousand small files
/// costs one write of it, and a person who asks whether it is in use sees the minute.
pub const TOKEN_USED_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// An access token ends at most so far away: longer than anybody remembers where it is used.
pub const TOKEN_LASTS_DAYS_MAX: i64 = 5 * 366;
/// The length of what its maker calls a token.
pub const TOKEN_LABEL_CHARS_MAX: usize = 100;
/// The first administrator's link works so long: whoever starts the server is beside it.
pub const WELCOME_LASTS: SignedDuration = SignedDuration::from_hours(24);
/// The time a link lasts: whoever asked for a new password is waiting for it.
pub const PASSWORD_LINK_LASTS: SignedDuration = SignedDuration::from_hours(24);
/// The length of the address of a queue that is kept under a name: the longest filters have some hundreds.
pub const VIEW_QUERY_BYTES_MAX: usize = 2_000;
/// Findings that somebody ticks at once in a queue, also beyond its page: a month of them. Some ten thousand
/// statements in one transaction, for whose seconds others wait who write to the audit log.
pub const TICKED_FINDINGS_MAX: usize = 1_000;
/// Body of a form. The longest is a verdict on all findings that may be ticked at once, about 60 KB.
pub const FORM_BYTES_MAX: usize = 256 * 1024;
/// Until a form or a decision is there whole: it comes with the header, over a modem within twenty seconds.
pub const FORM_TIME_MAX: Duration = Duration::from_secs(30);
/// Until the first part of a form with a file is there, which is its token: it comes with the header.
pub const FORM_TOKEN_TIME_MAX: Duration = Duration::from_secs(30);
/// The length of what a browser says it is, in the list of sessions.
pub const AGENT_CHARS_MAX: usize = 200;
/// The end of every list of a ledger's rows: the database passes over all that stand before a page,
/// and nobody turns two thousand of them; who looks for something searches.
pub const LISTED_ROWS_MAX: u32 = 100_000;
/// Bytes of a file in which a line is looked for, to show the problem in it: half a second of
/// reading, and about 500,000 lines; the same problems stand before them.
pub const LINE_BYTES_MAX: u64 = 64 * MIB;
/// Bytes of another file that settings of reading are held against before they are saved: its header and
/// thousands of rows, and twenty files are read while somebody waits.
pub const OTHER_FILE_BYTES_MAX: u64 = MIB;
/// Bytes of a workbook that is opened for it: it can only be read whole.
pub const OTHER_WORKBOOK_BYTES_MAX: u64 = 4 * MIB;
/// With nothing fed for so long, somebody should look: a feed of every working night is silent from
/// Saturday to the night before Tuesday.
pub const FEED_SILENT_MAX: SignedDuration = SignedDuration::from_hours(24 * 3);
/// Bytes of all files of one tryout: some 500,000 rows of transactions. What is larger is no first look.
pub const TRYOUT_BYTES_MAX: u64 = 128_000_000;
/// Room on the disk for one: the files as they were given, as they are received, and as rows.
pub const TRYOUT_DISK_BYTES_MAX: u64 = 3 * TRYOUT_BYTES_MAX;
/// Bytes of a supplier's statement: a PDF of a hundred pages has some; it is read whole into memory.
pub const STATEMENT_BYTES_MAX: u64 = 10 << 20;
/// Rows of one that cannot be read, for whoever says which column holds what: a letterhead and some lines.
pub const STATEMENT_HEAD_ROWS: usize = 25;

/// Files of one tryout: a year of months, with suppliers and employees beside it.
pub const TRYOUT_FILES_MAX: usize = 20;
/// Rows of all files of one tryout: spreadsheets hold more rows in their bytes than text does. Reading and
/// checking so many takes a minute and half a gigabyte.
pub const TRYOUT_ROWS_MAX: u64 = 1_000_000;
/// Tryouts that are read or checked at once; others wait. Each keeps all cores busy, which the files that
/// were sent need as well.
pub const TRYOUTS_WORKED_ON_MAX: usize = 1;
/// Tryouts that are open at once: 6 GB of disk where all are as large as they may be.
pub const TRYOUTS_MAX: usize = 16;
/// The part of these of one customer, so that one cannot keep the others out.
pub const TRYOUTS_PER_CUSTOMER_MAX: usize = 8;
/// The time that reading the files of one tryout may take, and checking them: ten times what the largest
/// takes on an idle machine.
pub const TRYOUT_WORK_TIME_MAX: Duration = Duration::from_mins(10);
/// A tryout that nobody has ended ends by itself: long enough to read a report and to ask a colleague,
/// short enough that what somebody only looked at does not lie about.
pub const TRYOUT_LASTS: Duration = Duration::from_hours(1);
/// The time that a page waits for a tryout to be gone: longer than what is cut off needs for its last
/// write.
pub const TRYOUT_END_TIME_MAX: Duration = Duration::from_secs(10);
/// Removals of a tryout's folder that are tried, as a thread that was cut off may write into it meanwhile.
pub const TRYOUT_REMOVALS_MAX: u32 = 50;
/// The pause between two of them.
pub const TRYOUT_REMOVE_AGAIN: Duration = Duration::from_millis(100);
/// The waits between attempts at a delivery, as the Standard Webhooks specification proposes them: a receiver
/// that is away over a weekend still gets it, and one that is gone costs ten requests.
pub const DELIVERY_WAITS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];
/// Deliveries tried at once in this process: one receiver that is slow keeps no other waiting for long, and
/// none of a job of a ledger.
pub const DELIVERIES_AT_ONCE: usize = 2;
/// Longer than the longest conversation with a mail server, of which each command has its own time.
pub const DELIVERY_LEASE: SignedDuration = SignedDuration::from_mins(5);
/// The pause between looks for what is overdue and who has fallen silent: both are matters of days.
pub const NOTICE_LOOK_EVERY: Duration = Duration::from_mins(10);
/// The hour, in UTC, from which the letters of a day are sent: before Europe sits down at its desk.
pub const DAILY_LETTER_HOUR: i8 = 5;
/// Findings that one report adds up: as many as a unit keeps. Their texts are read part by part.
pub const OUTCOME_FINDINGS_MAX: usize = store::FINDINGS_KEPT_MAX;
/// Lines of a report on its page and in its PDF: nobody reads more, and the workbook has all.
pub const OUTCOME_LINES_MAX: usize = 200;
/// Bytes of one file beside a finding: a scan of fifty pages has ten million.
pub const ATTACHMENT_BYTES_MAX: u64 = 25_000_000;
/// Bytes of a scan that is shown: a page at 300 dots an inch in colour has five million.
pub const SCAN_BYTES_MAX: usize = 10_000_000;
/// Scans that are fetched at once: each is held in memory while it lasts.
pub const SCANS_AT_ONCE: usize = 4;
/// Connections of SFTP that are open at once: each has keys and buffers of its own, some hundreds of
/// kilobytes, and a sender opens one for each folder at most.
pub const SFTP_CONNECTIONS_MAX: usize = 512;
/// The part of these from one address; with IPv6 from one network. Some clients open one for each file they
/// send.
pub const SFTP_CONNECTIONS_PER_ADDRESS_MAX: usize = 128;
/// From the connection until somebody has signed in: two round trips and a password that is typed.
pub const SFTP_SIGN_IN_TIME_MAX: Duration = Duration::from_mins(1);
/// Keys and passwords that are tried on one connection: clients offer every key they have.
pub const SFTP_SIGN_IN_ATTEMPTS_MAX: usize = 10;
/// A connection over which nothing comes for so long is closed: a client with a window open sends something
/// every few minutes.
pub const SFTP_IDLE_TIME_MAX: Duration = Duration::from_mins(10);
/// Channels of one connection: some clients list on one and send on another.
pub const SFTP_CHANNELS_MAX: usize = 4;
/// Bytes under way to the server on one channel: they fill 20 MB/s over 100 ms of delay.
pub const SFTP_WINDOW_BYTES: u32 = 2 * 1024 * 1024;
/// Bytes of one request: OpenSSH takes 256 KiB, and clients write 32 KiB at once.
pub const SFTP_PACKET_BYTES_MAX: u32 = 256 * 1024;
/// Files and folders that a channel has open: clients send up to eight files at once.
pub const SFTP_OPEN_FILES_MAX: usize = 16;
/// Files of a unit that wait to be renamed: a folder's worth of one night.
pub const SFTP_WAITING_FILES_MAX: usize = 64;
/// A file that nobody renames is given up after so long: whoever sends once a day has done so by then.
pub const SFTP_WAITING_TIME_MAX: SignedDuration = SignedDuration::from_hours(24);
/// Bytes of a file after which the room on the disk is looked at again.
pub const SFTP_ROOM_LOOK_BYTES: u64 = 64 * MIB;
/// Files that are told of a folder, the newest: clients list it before and after each file.
pub const SFTP_LISTED_MAX: PageSize = PageSize::fixed(500);
/// Of these, in one answer: 255 bytes of name come twice, and an answer stays below a packet.
pub const SFTP_LISTED_AT_ONCE: usize = 100;
