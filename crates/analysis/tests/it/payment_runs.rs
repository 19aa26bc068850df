//! Runs of payments held against the ledgers: planted faults are found, others are let be, and nobody waits.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use analysis::{Checker, Engine, EngineLimits, HeldPayments, ReadingOutcome};
use domain::payment_run::{PaymentCheck, PaymentDoubtKind};
use domain::{FileFormat, FileType};

use crate::site::{FileToRead, Site, unit, upload};

const PAYMENTS: FileType = FileType::Payments;
const SUPPLIERS: usize = 2_000;
const EMPLOYEES: usize = 300;
/// Invoices that are open, one of each payment.
const RUN: usize = 10_000;
/// Faults of each kind.
const PLANTED: usize = 25;

/// A word of consonants and vowels, no two alike.
fn word(mut number: usize) -> String {
    let (consonants, vowels) = (b"bdfglmnprstvz", b"aeiou");
    let mut word = String::new();
    for _ in 0..4 {
        word.push(char::from(consonants[number % consonants.len()]));
        number /= consonants.len();
        word.push(char::from(vowels[number % vowels.len()]));
        number /= vowels.len();
    }
    word[..1].to_uppercase() + &word[1..]
}

fn supplier_name(at: usize) -> String {
    format!("{} {} Ltd", word(at * 7_919 + 13), ["Works", "Foods", "Paper", "Lifts"][at % 4])
}

fn sort_code(at: usize) -> String {
    format!("{:06}", 200_300 + at % 5_000)
}

fn account(at: usize) -> String {
    format!("{:08}", 10_203_047 + (at * 7_919) % 80_000_000)
}

/// Accounts of employees lie behind those of suppliers.
const fn employee(at: usize) -> usize {
    SUPPLIERS + 100 + at
}

fn suppliers() -> String {
    let mut text = "Supplier Ref,Supplier Name,Sort Code,Account Number,One Time\n".to_owned();
    for at in 0..SUPPLIERS {
        let (name, sort, number) = (supplier_name(at), sort_code(at), account(at));
        writeln!(text, "S{at:05},{name},{sort},{number},no").unwrap();
    }
    text
}

fn employees() -> String {
    let mut text = "Employee ID,First Name,Last Name,Sort Code,Account Number\n".to_owned();
    for at in 0..EMPLOYEES {
        let (sort, number) = (sort_code(employee(at)), account(employee(at)));
        writeln!(text, "E{at},Ada,{},{sort},{number}", word(at + 90_000)).unwrap();
    }
    text
}

const fn pence(at: usize) -> usize {
    12_345 + (at * 3_571) % 900_000
}

/// Open invoices, one of each payment, and as many that were paid.
fn transactions() -> String {
    let mut text = "Unique ID,Invoice Number,Invoice Date,Entered Date,Supplier Ref,Supplier Name,Base Amount,\
                    Invoice Amount,Invoice Amount Currency,Paid Date\n"
        .to_owned();
    for at in 0..2 * RUN {
        let (of, is_paid) = (at % SUPPLIERS, at >= RUN);
        let amount = format!("{}.{:02}", pence(at) / 100, pence(at) % 100);
        let (day, paid) = if is_paid { ("2026-08-03", "2026-09-01") } else { ("2026-10-05", "") };
        let name = supplier_name(of);
        writeln!(
            text,
            "T{at},K-{},{day},{day},S{of:05},{name},{amount},{amount},GBP,{paid}",
            at + 40_000
        )
        .unwrap();
    }
    text
}

/// A payment of the test's run.
#[derive(Debug, Clone)]
struct Pay {
    name: String,
    sort: String,
    account: String,
    pence: usize,
    reference: String,
}

/// A run with its planted faults, by the place of each payment.
fn run() -> (Vec<Pay>, BTreeMap<usize, PaymentDoubtKind>) {
    let pay = |at: usize| Pay {
        name: supplier_name(at % SUPPLIERS),
        sort: sort_code(at % SUPPLIERS),
        account: account(at % SUPPLIERS),
        pence: pence(at),
        reference: format!("K-{}", at + 40_000),
    };
    let mut run: Vec<Pay> = (0..RUN).map(pay).collect();
    let mut planted = BTreeMap::new();
    for n in 0..PLANTED {
        let at = 37 + n * 390;
        // To an account nobody knows, to another supplier's, to an employee's.
        run[at].account = format!("{:08}", 95_000_017 + n * 131);
        planted.insert(at, PaymentDoubtKind::OtherAccount);
        let (at, other) = (at + 50, (at + 777) % SUPPLIERS);
        (run[at].sort, run[at].account) = (sort_code(other), account(other));
        planted.insert(at, PaymentDoubtKind::OtherAccount);
        let at = at + 50;
        (run[at].sort, run[at].account) = (sort_code(employee(n)), account(employee(n)));
        planted.insert(at, PaymentDoubtKind::EmployeeAccount);
        // An invoice that is paid, one that is paid twice over, more than is open.
        let at = at + 50;
        run[at] = pay(at + RUN);
        planted.insert(at, PaymentDoubtKind::PaidAlready);
        let at = at + 50;
        run[at].pence += 90_000_000;
        planted.insert(at, PaymentDoubtKind::AboveOpen);
    }
    for n in 0..PLANTED {
        let again = run[200 + n * 390 + 7].clone();
        planted.insert(run.len(), PaymentDoubtKind::TwiceInRun);
        run.push(again);
    }
    (run, planted)
}

fn pain001(run: &[Pay]) -> String {
    let sum: usize = run.iter().map(|pay| pay.pence).sum();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\"><CstmrCdtTrfInitn>\n\
         <GrpHdr><MsgId>R</MsgId><NbOfTxs>{}</NbOfTxs><CtrlSum>{}.{:02}</CtrlSum></GrpHdr>\n\
         <PmtInf><ReqdExctnDt><Dt>2026-11-30</Dt></ReqdExctnDt>\n",
        run.len(),
        sum / 100,
        sum % 100
    );
    for (at, pay) in run.iter().enumerate() {
        writeln!(
            text,
            "<CdtTrfTxInf><PmtId><EndToEndId>E{at}</EndToEndId></PmtId><Amt><InstdAmt Ccy=\"GBP\">{}.{:02}\
             </InstdAmt></Amt><CdtrAgt><FinInstnId><ClrSysMmbId><MmbId>{}</MmbId></ClrSysMmbId></FinInstnId>\
             </CdtrAgt><Cdtr><Nm>{}</Nm></Cdtr><CdtrAcct><Id><Othr><Id>{}</Id></Othr></Id></CdtrAcct><RmtInf>\
             <Ustrd>{}</Ustrd></RmtInf></CdtTrfTxInf>",
            pay.pence / 100,
            pay.pence % 100,
            pay.sort,
            pay.name,
            pay.account,
            pay.reference
        )
        .unwrap();
    }
    text + "</PmtInf></CstmrCdtTrfInitn></Document>\n"
}

/// Names and references as Bacs has them: 18 capitals.
fn bacs(run: &[Pay]) -> String {
    let cut = |text: &str| text.to_uppercase().chars().take(18).collect::<String>();
    let sum: usize = run.iter().map(|pay| pay.pence).sum();
    let mut text =
        "VOL1ABC123\nHDR1A123456S\nHDR2F0200000100\nUHL1 26334999999    000000001 DAILY  001\n"
            .to_owned();
    for pay in run {
        let (reference, name) = (cut(&pay.reference), cut(&pay.name));
        let (sort, account, pence) = (&pay.sort, &pay.account, pay.pence);
        let own = format!("{:18}{reference:18}{name:18}", "ACME");
        writeln!(text, "{sort}{account}09920000048271009    {pence:011}{own}").unwrap();
    }
    let own = format!("{:18}{:18}{:18}", "ACME", "CONTRA", "ACME");
    writeln!(text, "20000048271009017200000482710090000{sum:011}{own}").unwrap();
    writeln!(text, "EOF1A123456S\nEOF2F0200000100\nUTL1{sum:013}{sum:013}{:07}{:07}", 1, run.len())
        .unwrap();
    text
}

async fn with_ledgers() -> (Site, Checker) {
    let site = Site::new();
    site.read(FileType::Transactions, 1, &transactions()).await;
    site.read(FileType::Suppliers, 2, &suppliers()).await;
    site.read(FileType::Employees, 3, &employees()).await;
    let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
    let checker = Checker::new(site.ledgers.clone(), engine);
    (site, checker)
}

pub(crate) async fn send(site: &Site, number: u8, format: FileFormat, text: &str) {
    let read = FileToRead { number, format, ..FileToRead::csv(PAYMENTS, text.as_bytes()) };
    site.pending(read).await.commit(crate::site::NOW).await.unwrap();
}

pub(crate) async fn check(checker: &Checker, number: u8) -> PaymentCheck {
    checker.check_payments(&unit(), upload(number), HeldPayments::new()).await.unwrap()
}

/// Holds what is doubted against what was planted: everything is found, and little else.
fn judge(checked: &PaymentCheck, planted: &BTreeMap<usize, PaymentDoubtKind>) {
    let mut wrong = 0;
    for (at, payment) in checked.payments.iter().enumerate() {
        let kinds: HashSet<_> = payment.doubts.iter().map(|doubt| doubt.kind).collect();
        match planted.get(&at) {
            Some(kind) => assert!(kinds.contains(kind), "{at} {kind:?}: {payment:?}"),
            None if kinds.is_empty() => {}
            None => wrong += 1,
        }
    }
    assert!(wrong * 1_000 <= 2 * checked.payments.len(), "{wrong} false doubts");
}

#[tokio::test(flavor = "multi_thread")]
async fn planted_faults_of_ten_thousand_payments_are_found() {
    let (site, checker) = with_ledgers().await;
    let (run, planted) = run();
    for (number, format, text) in
        [(4, FileFormat::Xml, pain001(&run)), (5, FileFormat::Txt, bacs(&run))]
    {
        let began = Instant::now();
        send(&site, number, format, &text).await;
        let checked = check(&checker, number).await;
        let seconds = began.elapsed().as_secs_f64();
        assert_eq!(checked.payments.len(), run.len());
        eprintln!("{format:?}: {} payments read and checked in {seconds:.2} s", run.len());
        judge(&checked, &planted);
        // The second file is the first one, sent in another format: said once, and not of each payment.
        assert_eq!(checked.notes.len(), usize::from(number == 5), "{:?}", checked.notes);
    }
}

pub(crate) const FEW_SUPPLIERS: &str = "\
Supplier Ref,Supplier Name,Sort Code,Account Number,One Time
S1,Alder Ltd,200301,48271009,no
S2,Birch Ltd,200302,31415926,no
S9,One-off payees,200309,27182818,X
";
pub(crate) const FEW_INVOICES: &str = "\
Unique ID,Invoice Number,Invoice Date,Entered Date,Supplier Ref,Supplier Name,Base Amount,Invoice Amount,Paid Date
T1,A-1,2026-10-01,2026-10-02,S1,Alder Ltd,100.00,100.00,
T2,A-2,2026-10-01,2026-10-02,S1,Alder Ltd,60.00,60.00,
T3,B-1,2026-10-01,2026-10-02,S2,Birch Ltd,75.00,75.00,2026-10-20
T4,B-2,2026-10-01,2026-10-02,S2,Birch Ltd,80.00,80.00,
T5,X-1,2026-10-01,2026-10-02,S9,One-off payees,10.00,10.00,
";
pub(crate) const LIST: &str = "\
Supplier No,Supplier Name,Amount,Sort Code,Account Number,Payment Date,Reference
S1,Alder Ltd,100.00,200301,48271009,2026-11-02,A-1
S2,Birch Ltd,80.00,200302,31415926,2026-11-02,B-2
";

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_held_against_earlier_runs() {
    use PaymentDoubtKind::{
        AboveOpen, AccountChanged, InEarlierRun, OneTimeSupplier, PaidAlready, UnknownPayee,
    };
    let site = Site::new();
    site.read(FileType::Transactions, 1, FEW_INVOICES).await;
    site.read(FileType::Suppliers, 2, FEW_SUPPLIERS).await;
    let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
    let checker = Checker::new(site.ledgers.clone(), engine);
    send(&site, 3, FileFormat::Csv, LIST).await;
    let first = check(&checker, 3).await;
    assert!(first.payments.iter().all(|payment| !payment.has_doubts()), "{first:?}");
    assert_eq!(first.payments[0].payment_id, "line:2");
    assert_eq!(first.payments[1].supplier_ref.as_deref(), Some("S2"));
    assert_eq!(
        first.notes,
        ["No employees have been sent: accounts are not compared with theirs."]
    );
    // Birch has another account from then on.
    let changed = FEW_SUPPLIERS.replace("31415926", "16180339");
    site.read(FileType::Suppliers, 4, &changed).await;
    let second = "\
Supplier No,Supplier Name,Amount,Sort Code,Account Number,Payment Date,Reference
S1,Alder Ltd,100.00,200301,48271009,2026-11-09,invoice A-1
S1,Alder Ltd,60.00,200301,48271009,2026-11-09,A-2
S2,Birch Ltd,80.00,200302,16180339,2026-11-09,B-2
S2,Birch Ltd,75.00,200302,16180339,2026-11-09,B-1
S9,One-off payees,10.00,200309,27182818,2026-11-09,X-1
S1,Alder Ltd,1000.00,200301,48271009,2026-11-09,on account
,Nobody Known,5.00,200399,57721566,2026-11-09,
";
    send(&site, 5, FileFormat::Csv, second).await;
    let kinds = |checked: &PaymentCheck| -> Vec<Vec<PaymentDoubtKind>> {
        let of = |payment: &domain::payment_run::CheckedPayment| {
            payment.doubts.iter().map(|doubt| doubt.kind).collect()
        };
        checked.payments.iter().map(of).collect()
    };
    let checked = check(&checker, 5).await;
    assert_eq!(
        kinds(&checked),
        [
            vec![InEarlierRun],
            vec![],
            vec![InEarlierRun, AccountChanged],
            vec![PaidAlready, AccountChanged],
            vec![OneTimeSupplier],
            vec![AboveOpen],
            vec![UnknownPayee],
        ],
        "{checked:?}"
    );
    // A payment that somebody held did not go out.
    let held = HeldPayments::from([(upload(3), 2)]);
    let checked = checker.check_payments(&unit(), upload(5), held).await.unwrap();
    assert!(kinds(&checked)[0].is_empty());
    // The same run once more, mended, is one run.
    send(&site, 6, FileFormat::Csv, &second.replace(",Nobody Known,5.00", ",Nobody Known,4.00"))
        .await;
    let checked = check(&checker, 6).await;
    assert!(kinds(&checked)[1].is_empty());
    assert!(checked.notes[0].starts_with("6 of these 7 payments"), "{:?}", checked.notes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_cut_to_that_of_another_is_of_whoever_is_paid() {
    let site = Site::new();
    let suppliers = FEW_SUPPLIERS
        .replace("Alder Ltd", "Vexfield Energy LLP")
        .replace("Birch Ltd", "Vexfield Energy Services LLP");
    site.read(FileType::Suppliers, 1, &suppliers).await;
    let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
    let checker = Checker::new(site.ledgers.clone(), engine);
    // It ends as the name of a European company does.
    let run = "Supplier Name,Amount,Sort Code,Account Number,Reference\n\
               VEXFIELD ENERGY SE,80.00,200302,31415926,B-2\n\
               VEXFIELD ENERGY SE,81.00,200999,55443322,B-3\n";
    send(&site, 2, FileFormat::Csv, run).await;
    let checked = check(&checker, 2).await;
    let other = |at: usize| {
        let mut kinds = checked.payments[at].doubts.iter().map(|doubt| doubt.kind);
        kinds.any(|kind| kind == PaymentDoubtKind::OtherAccount)
    };
    assert!(!other(0) && other(1), "{checked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_a_bank_has_cut_within_and_is_known() {
    let site = Site::new();
    let suppliers = FEW_SUPPLIERS.replace("Birch Ltd", "Smitherss Farms and Sons Ltd");
    site.read(FileType::Suppliers, 1, &suppliers).await;
    let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
    let checker = Checker::new(site.ledgers.clone(), engine);
    let run = "Supplier Name,Amount,Sort Code,Account Number,Reference\n\
               SMITHERSS FARMS AN,80.00,200301,48271009,B-2\n";
    send(&site, 2, FileFormat::Csv, run).await;
    let checked = check(&checker, 2).await;
    let kinds: Vec<_> = checked.payments[0].doubts.iter().map(|doubt| doubt.kind).collect();
    assert_eq!(kinds, [PaymentDoubtKind::OtherAccount], "{checked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_payments_is_read_whole_or_not_at_all() {
    let site = Site::new();
    let bad = LIST.replace("80.00", "eighty");
    let broken = pain001(&run().0[..3]).replace("</PmtId>", "</PmtI>");
    for (format, text, words) in [
        (FileFormat::Csv, bad, "1 of 2 rows could not be used"),
        (FileFormat::Xml, broken, "cannot be read at line 5: the XML is not well formed"),
    ] {
        let read = FileToRead { number: 1, format, ..FileToRead::csv(PAYMENTS, text.as_bytes()) };
        match site.prepare(read).await.unwrap() {
            ReadingOutcome::Refused { reason, .. } => assert!(reason.contains(words), "{reason}"),
            other => panic!("not refused: {other:?}"),
        }
    }
}
