//! Every sentence of findings, held against the rows of the ledgers: names, numbers, amounts, days, counts,
//! and nothing left blank. A sentence that this test does not know is a fault as well.
//!
//! Not for: pairs of invoices that no ledger has (`evidence` draws thousands of them).

mod checks;
mod facts;
mod invoice_numbers;
mod invoices;
mod limits;
mod money;
mod suppliers;
mod template;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::finding::{Evidence, Explanation, StoredFinding};
use domain::page::PageSize;
use store::{DatabaseUrl, FindingFilter, FindingOrder, Inclusion, ObjectsUrl, Store};

use crate::harness::{CUSTOMER, bursard};
use facts::{Facts, Ledger};

/// How many findings are read of each ledger; `cargo xtask prove sentences` reads all there are, of the open
/// ledgers beside the tree too.
const VARIABLE: &str = "BURSAR_SENTENCES";
/// Fewer findings than this, and the sample has lost its cases.
const FINDINGS_MIN: usize = 100;
/// The invoices of the made ledger in the long form.
const MADE_INVOICES: &str = "200000";
/// Faults that are told.
const TOLD_MAX: usize = 30;

#[tokio::test(flavor = "multi_thread")]
async fn no_sentence_says_what_the_rows_do_not_bear_out() {
    let most = std::env::var(VARIABLE).ok().and_then(|most| most.parse::<usize>().ok());
    let mut faults: BTreeMap<String, usize> = BTreeMap::new();
    let (mut findings, mut sentences) = (0, 0);
    let made = tempfile::tempdir().unwrap();
    let long = most.map(|_| [open_ledgers(), vec![made_ledger(made.path())]].concat());
    for files in [OwnFiles::default()].into_iter().chain(long.into_iter().flatten()) {
        let folder = tempfile::tempdir().unwrap();
        let (found, ledger) = tried(folder.path(), &files).await;
        let most = most.unwrap_or(usize::MAX);
        for stored in found.iter().take(most) {
            let facts = Facts { finding: &stored.finding, ledger: &ledger };
            findings += 1;
            for (sentence, is_so) in read(&facts, &mut sentences) {
                if let Some(why) = is_so {
                    let rows = facts.written();
                    *faults.entry(format!("{why}: {sentence}\n{rows}")).or_default() += 1;
                }
            }
        }
    }
    println!("{sentences} sentences of {findings} findings");
    let told: Vec<String> = faults.keys().take(TOLD_MAX).cloned().collect();
    assert!(faults.is_empty(), "{} sentences are not so:\n{}", faults.len(), told.join("\n\n"));
    assert!(findings >= FINDINGS_MIN, "{findings}");
}

/// The files that are tried: a small made organisation where no file is given.
#[derive(Debug, Clone, Default)]
struct OwnFiles {
    files: Vec<PathBuf>,
    /// Said where names do not tell.
    file_type: Option<&'static str>,
}

/// A made organisation of a size at which suppliers have habits, and each fault is there many times.
fn made_ledger(folder: &Path) -> OwnFiles {
    let into = folder.join("made");
    let arguments = ["sample", into.to_str().unwrap(), "--invoices", MADE_INVOICES];
    assert!(bursard(folder, &arguments).status.success());
    let files = std::fs::read_dir(&into).unwrap().map(|entry| entry.unwrap().path());
    let is_table = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "csv");
    OwnFiles { files: files.filter(is_table).collect(), file_type: None }
}

/// The files of each open ledger beside the tree; none where they are not there.
fn open_ledgers() -> Vec<OwnFiles> {
    let mut ledgers = Vec::new();
    let open = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/open"));
    let Ok(folders) = std::fs::read_dir(open) else { return ledgers };
    for folder in folders.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let is_table = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "csv");
        let mut files: Vec<PathBuf> = files.filter(is_table).collect();
        files.sort();
        ledgers.push(OwnFiles { files, file_type: Some("APT") });
    }
    ledgers
}

/// The findings of a tryout over files, the suppressed ones too, and the ledgers they were made of.
async fn tried(folder: &Path, own: &OwnFiles) -> (Vec<StoredFinding>, Ledger) {
    let names: Vec<&str> = own.files.iter().map(|file| file.to_str().unwrap()).collect();
    let within = ["kept", "report.html", "findings.xlsx"].map(|name| folder.join(name));
    let [kept, report, findings] = within.each_ref().map(|path| path.to_str().unwrap());
    let mut arguments = vec!["try", "--keep", kept, "--report", report, "--xlsx", findings];
    arguments.extend(&names);
    arguments.extend(own.file_type.iter().flat_map(|file_type| ["--as", file_type]));
    let output = bursard(folder, &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let kept = &within[0];
    let config = store::Config {
        database: DatabaseUrl::Sqlite(kept.join("bursar.db")),
        objects: ObjectsUrl::Local(kept.join("objects")),
    };
    let store = Store::open(&config).await.unwrap();
    let (customer, unit) = (CUSTOMER.parse().unwrap(), CUSTOMER.parse().unwrap());
    let of = store.customer(&customer);
    let filter = FindingFilter { suppressed: Inclusion::Yes, ..FindingFilter::default() };
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let size = PageSize::fixed(domain::page::PAGE_SIZE_MAX);
        let page = of
            .findings(&unit, &filter, FindingOrder::Priority, size, after.as_ref())
            .await
            .unwrap();
        for summary in &page.items {
            found.push(of.finding(&unit, &summary.key).await.unwrap().unwrap());
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let ledger = Ledger::read(&store, &customer, &unit).await;
    (found, ledger)
}

/// Every sentence of a finding, with what is wrong about it.
fn read(facts: &Facts<'_>, sentences: &mut usize) -> Vec<(String, Option<String>)> {
    let finding = facts.finding;
    let Explanation { answer, next_step, .. } = finding.explain();
    let mut read = Vec::new();
    let mut note = |sentence: &str, is_so: Option<bool>| {
        *sentences += 1;
        let blanks = ["  ", " ,", " ;", "()", ": ."];
        let nothings = ["null", "NULL", "NaN", "inf"];
        let is_blank = sentence.trim().is_empty()
            || sentence.trim() != sentence
            || sentence.split_whitespace().any(|word| nothings.contains(&word))
            || blanks.iter().any(|blank| sentence.contains(blank) && !facts.hold(blank));
        let fault = match is_so {
            _ if is_blank => Some("a blank".to_owned()),
            Some(true) => None,
            Some(false) => Some("not so".to_owned()),
            None => Some("not known to this test".to_owned()),
        };
        read.push((sentence.to_owned(), fault));
    };
    note(&finding.title, facts.title());
    note(&answer, facts.answer(&answer));
    note(&next_step, Some(facts.next_step(&next_step)));
    note(&finding.innocent_if, Some(true));
    let of_pair = facts.pair();
    for evidence in &finding.evidence {
        let is_so = if evidence.field == Evidence::PRIOR {
            Some(evidence.words.starts_with("before "))
        } else {
            facts.evidence(&evidence.words, of_pair)
        };
        note(&evidence.words, is_so);
    }
    if let Some(why) = &finding.suppressed {
        note(&why.words, facts.suppression(&why.words));
    }
    read
}
