//! Ledgers of a made sample, as every machine of the cluster reads them.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use analysis::{Ledgers, ReadRequest, ReadingOutcome, Retention};
use domain::{FileFormat, FileType, LedgerName, ReadingRules, UploadId};
use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use sample::Plan;

/// When the files came.
const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);
/// Parts of the transactions: several, so that executors share them.
const PARTS: u64 = 4;

/// The size of the sample: that of the environment, or the usual one of the test.
pub(crate) fn invoices(usual: u64) -> u64 {
    let set = std::env::var("BURSAR_CLUSTER_INVOICES").ok();
    set.map_or(usual, |text| text.parse().expect("BURSAR_CLUSTER_INVOICES is a number"))
}

/// Writes a sample below `folder`, reads it and gives back where its ledgers are.
pub(crate) fn make(folder: &Path, invoices: u64) {
    let files = folder.join("files");
    std::fs::create_dir_all(&files).expect("the folder can be made");
    let plan = Plan {
        seed: 1,
        invoices,
        suppliers: usize::try_from(invoices / 40).expect("a number").max(100),
        employees: usize::try_from(invoices / 50).expect("a number").max(50),
        until: "2026-09-30".parse().expect("a date"),
    };
    sample::write(&files, &plan).expect("the sample can be written");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(read_all(&files, &folder.join("ledgers")));
}

async fn read_all(files: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the folder can be made");
    let store = Arc::new(LocalFileSystem::new_with_prefix(to).expect("a folder"));
    let ledgers = Ledgers::new(store, Retention::default());
    let named = std::fs::read_dir(files).expect("the files are there");
    let mut names: Vec<String> = named
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| FileType::guess(name).is_some())
        .collect();
    names.sort();
    let mut number = 0;
    for name in names {
        let file_type = FileType::guess(&name).expect("files of known types");
        let whole = files.join(&name);
        let pieces = if file_type == FileType::Transactions { split(&whole) } else { vec![whole] };
        for piece in pieces {
            number += 1;
            let request = ReadRequest {
                ledger: LedgerName {
                    customer: "acme".parse().expect("a name"),
                    unit: "acme".parse().expect("a name"),
                    file_type,
                },
                upload: UploadId::new(NOW, [number; 10]),
                format: FileFormat::Csv,
                rules: ReadingRules::default(),
                is_released: true,
                is_read_again: false,
            };
            let file = File::open(&piece).expect("the file is there");
            match ledgers.prepare(request, file).await.expect("the file is read") {
                ReadingOutcome::Ready(_, pending) => {
                    pending.commit(NOW).await.expect("the rows are committed");
                }
                other => panic!("{name} was not read: {other:?}"),
            }
        }
    }
}

/// The rows of a file in several, each with the header. The sample has no line ends in cells.
fn split(whole: &Path) -> Vec<std::path::PathBuf> {
    let text = std::fs::read_to_string(whole).expect("the file is text");
    let (header, rows) = text.split_once('\n').expect("a file has a header");
    let lines: Vec<&str> = rows.split_inclusive('\n').collect();
    let each = lines.len().div_ceil(usize::try_from(PARTS).expect("a number")).max(1);
    let write = |(at, rows): (usize, &[&str])| {
        let path = whole.with_extension(format!("{at}.piece"));
        std::fs::write(&path, format!("{header}\n{}", rows.concat())).expect("it can be written");
        path
    };
    lines.chunks(each).enumerate().map(write).collect()
}
