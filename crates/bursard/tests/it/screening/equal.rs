//! Invoices of whole ledgers, screened one by one, beside what a run finds of them: before they are posted,
//! and once they are.
//!
//! Not for: how long an answer takes (`steady`). Invariant: once it is posted, an invoice is told what the
//! run says of it, number for number. Before, what a supplier usually does is learnt without the other held
//! invoices, so that a probability may lie a little beside the run's.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{
    ALONE, FoundDuplicates, INVOICES, NEAR, PAID, TAKEN, asked, duplicates, made_sample,
    newest_version, run_over, screen, screened_against, send, told_of, unpaid,
};
use crate::harness::{CUSTOMER, Server, bursard};
use crate::table::{Table, name};

/// Of each ledger, in the short form and in the long one.
const HELD_USUALLY: usize = 120;
const HELD_OF_PROOF: usize = 5_000;
const SAMPLE_USUALLY: &str = "5000";
const SAMPLE_OF_PROOF: &str = "100000";
/// Two probabilities that are written as the same number.
const SAME: f64 = 0.005;
/// The number, of 1,000 held genuine invoices, that are told otherwise than a run over all of them: what
/// they are compared with was learnt without the thousands of others that are posted with them. Where half
/// of those are doubles, a run learns of them that doubles are usual, and how many differ says nothing of
/// an answer.
pub(super) const OTHERWISE_PER_MILLE: usize = 20;
/// The number, of those that are told otherwise, that are posted one by one, each alone: then they are told
/// what the run finds.
const ALONE_MAX: usize = 40;

/// The same of posted ones, where three or more invoices are alike and a run parts them otherwise.
const POSTED_OTHERWISE_PER_MILLE: usize = 1;

/// Copies that people make of invoices, among those that are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copies {
    None,
    Half,
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_told_what_a_run_finds_of_it() {
    let _alone = ALONE.lock().await;
    let is_proof = std::env::var_os(INVOICES).is_some();
    let folder = tempfile::tempdir().unwrap();
    let read = made_sample(folder.path(), if is_proof { SAMPLE_OF_PROOF } else { SAMPLE_USUALLY });
    let mut ledgers = vec![("sample", Table::parse(&read("transactions_20250331.csv")))];
    if is_proof {
        match sheffield(folder.path()) {
            Some(table) => ledgers.push(("Sheffield", table)),
            None => println!("Sheffield's ledger is not beside the tree, and is left out"),
        }
    }
    let held = if is_proof { HELD_OF_PROOF } else { HELD_USUALLY };
    for (of, table) in &ledgers {
        for injected in [Copies::None, Copies::Half] {
            compare(of, table, (held, injected)).await;
        }
    }
}

/// The open ledger as a ledger has it: read by `bursard try`, and exported.
fn sheffield(folder: &Path) -> Option<Table> {
    let open = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/open/uk_sheffield_2011-2012");
    let files = std::fs::read_dir(open).ok()?.map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|ending| ending == "csv")).collect();
    files.sort();
    let within = ["kept", "report.html"].map(|name| folder.join(name));
    let [kept, report] = within.each_ref().map(|path| path.to_str().unwrap());
    let mut arguments = vec!["try", "--keep", kept, "--report", report, "--as", "APT"];
    arguments.extend(files.iter().map(|file| file.to_str().unwrap()));
    let tried = bursard(folder, &arguments);
    assert!(tried.status.success(), "{}", String::from_utf8_lossy(&tried.stderr));
    let exported = bursard(
        folder,
        &["--data-dir", kept, "ledger", "export", "--customer", CUSTOMER, "--type", "APT"],
    );
    assert!(exported.status.success(), "{}", String::from_utf8_lossy(&exported.stderr));
    let mut table = Table::parse(&String::from_utf8(exported.stdout).unwrap());
    let kept: Vec<usize> = (0..table.header.len())
        .filter(|at| {
            let name = name(&table.header[*at]);
            TAKEN.contains(&name.as_str()) || PAID.contains(&name.as_str())
        })
        .collect();
    let only = |row: &Vec<String>| kept.iter().map(|at| row[*at].clone()).collect();
    table = Table { header: only(&table.header), rows: table.rows.iter().map(only).collect() };
    Some(table)
}

/// Rows that are held back, some of them copies, and the rows that are there before.
fn split(
    table: &Table,
    (held, injected): (usize, Copies),
) -> (Vec<Vec<String>>, Vec<&Vec<String>>) {
    let places = ["supplier_ref", "invoice_number", "invoice_date", "entered_date"];
    let places = places.map(|column| table.place(column));
    let key = |row: &Vec<String>| places.map(|place| row[place].clone());
    // Lines that are added up to one invoice are asked about together, and these are single.
    let mut lines: HashMap<[String; 4], usize> = HashMap::new();
    table.rows.iter().for_each(|row| *lines.entry(key(row)).or_default() += 1);
    let number = table.place("invoice_number");
    let amount = table.place("invoice_amount");
    let is_whole = |row: &&Vec<String>| {
        lines[&key(row)] == 1
            && row[number].chars().any(|c| c.is_ascii_digit())
            && !row[number].starts_with('\'')
            && !row[amount].starts_with('-')
            && places.iter().all(|place| !row[*place].is_empty())
    };
    let whole: Vec<&Vec<String>> = table.rows.iter().filter(is_whole).collect();
    let copies = if injected == Copies::Half { held / 2 } else { 0 };
    let spread = |some: usize| (whole.len() / some.max(1)).max(1);
    let id = table.place("unique_id");
    let genuine: Vec<&Vec<String>> =
        whole.iter().copied().step_by(spread(held - copies)).take(held - copies).collect();
    let taken: BTreeSet<&String> = genuine.iter().map(|row| &row[id]).collect();
    let originals = whole.iter().copied().filter(|row| !taken.contains(&row[id]));
    let copied: Vec<Vec<String>> = originals
        .step_by(spread(copies))
        .take(copies)
        .enumerate()
        .map(|(at, row)| copied(table, row, at))
        .collect();
    let held: Vec<Vec<String>> =
        genuine.iter().map(|row| unpaid(table, row)).chain(copied).collect();
    (held, table.rows.iter().filter(|row| !taken.contains(&row[id])).collect())
}

/// A row as somebody keys it once more, some days later and with a slip.
fn copied(table: &Table, row: &[String], at: usize) -> Vec<String> {
    let mut copy = unpaid(table, row);
    let (number, entered) = (table.place("invoice_number"), table.place("entered_date"));
    copy[table.place("unique_id")].push_str("-again");
    let day: jiff::civil::Date = copy[entered].parse().unwrap();
    let later = jiff::Span::new().days(3 + i64::try_from(at * 7 % 40).unwrap());
    copy[entered] = day.checked_add(later).unwrap().to_string();
    let own = copy[number].clone();
    copy[number] = match at % 5 {
        0 => own.replacen('0', "O", 1),
        1 => format!("{own}A"),
        2 => own.replacen('1', "7", 1),
        3 => format!("0{own}"),
        _ => own,
    };
    copy
}

/// Answers that differ from the run's findings.
#[derive(Debug, Default)]
struct Differences {
    pairs: usize,
    /// The run speaks of the invoice, and the answer does not, or the other way round.
    missed: Vec<String>,
    more: Vec<String>,
    /// Both do, and with probabilities that are apart.
    apart: Vec<String>,
    /// The places of the invoices of all these.
    places: BTreeSet<usize>,
}

impl Differences {
    fn count(&self) -> usize {
        self.missed.len() + self.more.len() + self.apart.len()
    }

    fn json(&self) -> Value {
        json!({
            "pairs": self.pairs,
            "missed": self.missed.len(),
            "more": self.more.len(),
            "apart": self.apart.len(),
        })
    }
}

async fn compare(of: &str, table: &Table, (held, injected): (usize, Copies)) {
    let (held, before) = split(table, (held, injected));
    let LedgerServer { server, uploader, token, analyst } =
        LedgerServer::with(table.csv(before.iter().copied())).await;
    let questions: Vec<Value> = held.iter().map(|row| asked(table, row)).collect();
    let told_before = screen(&server, &token, &questions).await;
    send(&server, &uploader, "APT/held.csv", table.csv(&held)).await;
    server.all_read(&uploader).await;
    let version = newest_version(&server, &uploader).await;
    run_over(&server, &analyst, version).await;
    screened_against(&server, &token, &questions[0], version).await;
    let told_after = screen(&server, &token, &questions).await;
    let found = duplicates(&server, &analyst).await;

    let id = table.place("unique_id");
    let ids: Vec<&String> = held.iter().map(|row| &row[id]).collect();
    let together: BTreeSet<&String> = ids.iter().copied().collect();
    let posted = differences(&ids, &told_after, &found, (SAME, &BTreeSet::new()));
    let unposted = differences(&ids, &told_before, &found, (NEAR, &together));
    println!(
        "{}",
        json!({
            "proof": "screening equals a run", "ledger": of, "injected": injected == Copies::Half,
            "rows": table.rows.len(), "held": held.len(),
            "posted": posted.json(), "not_posted": unposted.json(),
        })
    );
    let most = held.len() * POSTED_OTHERWISE_PER_MILLE / 1_000;
    assert!(posted.count() <= most, "{of} {injected:?}: {posted:?}");
    if injected == Copies::None {
        let most = held.len() * OTHERWISE_PER_MILLE / 1_000;
        assert!(unposted.count() <= most, "{of}: {unposted:?}");
    }
    drop(server);
    let places = unposted.places.iter().step_by(unposted.places.len().div_ceil(ALONE_MAX).max(1));
    let otherwise: Vec<&Vec<String>> = places.map(|place| &held[*place]).collect();
    post_alone(of, table, &before, &otherwise).await;
    if injected == Copies::Half {
        assert!(posted.pairs * 4 >= held.len(), "few copies were found: {posted:?}");
    }
}

/// A server with a ledger, and tokens for it.
struct LedgerServer {
    server: Server,
    uploader: String,
    token: String,
    analyst: String,
}

impl LedgerServer {
    async fn with(transactions: String) -> Self {
        let server = Server::start();
        let uploader = server.token();
        let token = server.token_with(&["--customer", CUSTOMER, "--role", "screening"]);
        let analyst = server.token_with(&["--customer", CUSTOMER, "--role", "analyst"]);
        send(&server, &uploader, "APT/before.csv", transactions).await;
        server.all_read(&uploader).await;
        Self { server, uploader, token, analyst }
    }
}

/// Posts invoices one after another, each by itself: the run over it says what it was told, as nothing else
/// has been learnt meanwhile.
async fn post_alone(of: &str, table: &Table, before: &[&Vec<String>], rows: &[&Vec<String>]) {
    if rows.is_empty() {
        return;
    }
    let LedgerServer { server, uploader, token, analyst } =
        LedgerServer::with(table.csv(before.iter().copied())).await;
    let id = table.place("unique_id");
    let (mut pairs, mut differ) = (0, Vec::new());
    for (number, row) in rows.iter().enumerate() {
        let question = asked(table, row);
        let version = newest_version(&server, &uploader).await;
        screened_against(&server, &token, &question, version).await;
        let told = screen(&server, &token, std::slice::from_ref(&question)).await;
        send(&server, &uploader, &format!("APT/alone_{number}.csv"), table.csv([*row])).await;
        server.all_read(&uploader).await;
        run_over(&server, &analyst, newest_version(&server, &uploader).await).await;
        let found = duplicates(&server, &analyst).await;
        let differences = differences(&[&row[id]], &told, &found, (SAME, &BTreeSet::new()));
        pairs += differences.pairs;
        if differences.count() > 0 {
            differ.push(differences);
        }
    }
    println!(
        "{}",
        json!({
            "proof": "screening equals a run, posted alone", "ledger": of, "invoices": rows.len(),
            "pairs": pairs, "told otherwise": differ.len(),
        })
    );
    assert!(differ.is_empty(), "{of}: {differ:?}");
}

/// Holds answers against a run. Invoices that are posted with the asked one are no fault of an answer before.
fn differences(
    ids: &[&String],
    told: &[Value],
    found: &FoundDuplicates,
    (near, together): (f64, &BTreeSet<&String>),
) -> Differences {
    let mut differences = Differences::default();
    let mut of_invoice: HashMap<&String, Vec<(&BTreeSet<String>, f64)>> = HashMap::new();
    for (rows, (probability, _)) in found {
        for id in rows {
            of_invoice.entry(id).or_default().push((rows, *probability));
        }
    }
    for (place, (id, answer)) in ids.iter().zip(told).enumerate() {
        let before = differences.count();
        let own = told_of(answer);
        let of_run = of_invoice.get(id).map_or(&[][..], Vec::as_slice);
        let is_known =
            |rows: &BTreeSet<String>| !rows.iter().any(|row| row != *id && together.contains(row));
        for (rows, probability) in of_run.iter().filter(|(rows, _)| is_known(rows)) {
            // A batch or several copies are one finding of a run, and told pair by pair.
            let part = own.iter().find(|(pair, _)| pair.is_subset(rows));
            match part {
                None => differences.missed.push(format!("{rows:?} {probability}")),
                // Of more than two the run's probability may be that of two others.
                Some((_, (own, _))) if rows.len() == 2 => {
                    differences.pairs += 1;
                    if (own - probability).abs() > near {
                        differences.apart.push(format!("{rows:?} {own} instead of {probability}"));
                    }
                }
                Some(_) => {}
            }
        }
        for pair in own.keys().filter(|pair| is_known(pair)) {
            if !of_run.iter().any(|(rows, _)| pair.is_subset(rows)) {
                differences.more.push(format!("{pair:?}"));
            }
        }
        if differences.count() > before {
            differences.places.insert(place);
        }
    }
    differences
}
