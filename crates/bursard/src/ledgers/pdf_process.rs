//! PDFs read by a process of their own, which is this program once more.
//!
//! Not for: what their text means (`analysis`).
//!
//! Invariant: a file that makes its reader overflow, grow or hang ends that process and nothing else.

use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use analysis::StatementFormat;
use domain::statement::StatementColumns;
use extract::TableRecord;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::Semaphore;

/// The first word of that process's command line. Nobody types it.
pub(crate) const READ_PDF: &str = "read-pdf";

/// Processes at once: people send a statement now and then, and each may take much.
const PROCESSES_MAX: usize = 2;
/// Memory of one: a statement of a hundred pages takes less than a tenth of it.
const MEMORY_KIB_MAX: u64 = 1 << 20;
/// Time of one: a statement of a hundred pages takes a second or two.
const TIME_MAX: Duration = Duration::from_secs(30);
/// Time between two looks at both: memory grows by some 50 MiB meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Stack of the thread that reads: as much as Linux gives the first one of a process.
const STACK_BYTES: usize = 8 << 20;
/// Bytes that it may say: what is drawn of a file of ten MiB is a small part of it.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

const TOO_MUCH: &str = "the PDF takes more memory or time to read than any statement; ask the supplier for the \
                        statement as CSV or XLSX";

/// The answer of that process.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Table(Vec<TableRecord>),
    Refused(String),
}

/// The rows of a PDF; or a sentence on why there are none.
/// Where its columns are settled, their headers are told by the command line: they are no secret.
pub(super) async fn table(
    bytes: &[u8],
    columns: Option<&StatementColumns>,
) -> io::Result<Result<Vec<TableRecord>, String>> {
    static PROCESSES: Semaphore = Semaphore::const_new(PROCESSES_MAX);
    let turn = PROCESSES.acquire().await.expect("nobody closes it");
    let mut process = Command::new(program()?)
        .arg(READ_PDF)
        .args(columns.map(serde_json::to_string).transpose()?)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let mut into = process.stdin.take().expect("it is piped");
    let out = process.stdout.take().expect("it is piped");
    let write = async move {
        // Of one that has ended, its exit tells.
        into.write_all(bytes).await.is_ok()
    };
    let read = async move {
        let mut said = Vec::new();
        out.take(ANSWER_BYTES_MAX).read_to_end(&mut said).await.map(|_read| said)
    };
    let (_is_whole, said) = tokio::join!(write, read);
    let said = said?;
    let status = process.wait().await?;
    drop(turn);
    if !status.success() {
        return Ok(Err(TOO_MUCH.to_owned()));
    }
    Ok(match serde_json::from_slice(&said)? {
        Answer::Table(records) => Ok(records),
        Answer::Refused(why) => Err(why),
    })
}

/// This program, also when another has been put in its place meanwhile.
fn program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") {
        Ok(PathBuf::from("/proc/self/exe"))
    } else {
        std::env::current_exe()
    }
}

/// Reads a PDF from the standard input, and writes its rows to the standard output.
pub(crate) fn read_alone() -> ExitCode {
    let begun = Instant::now();
    let (done, ended) = mpsc::channel();
    let reading = thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        // Nobody listens once the limits are passed.
        done.send(answer()).unwrap_or_else(|_given_up| ());
    });
    if reading.is_err() {
        return ExitCode::FAILURE;
    }
    // Who returns from here ends the process, whatever the thread is at.
    while begun.elapsed() < TIME_MAX && memory_kib().is_none_or(|taken| taken < MEMORY_KIB_MAX) {
        match ended.recv_timeout(LOOK_EVERY) {
            Ok(Ok(())) => return ExitCode::SUCCESS,
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => return ExitCode::FAILURE,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
    ExitCode::FAILURE
}

fn answer() -> io::Result<()> {
    let mut bytes = Vec::new();
    io::stdin().take(server::limits::STATEMENT_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    let columns: Option<StatementColumns> =
        std::env::args().nth(2).map(|said| serde_json::from_str(&said)).transpose()?;
    let answer = match StatementFormat::Pdf.table(&bytes, columns.as_ref()) {
        Ok(records) => Answer::Table(records),
        Err(fault) => Answer::Refused(fault.to_string()),
    };
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &answer)?;
    out.flush()
}

/// Memory that this process has taken, where the system tells.
fn memory_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
