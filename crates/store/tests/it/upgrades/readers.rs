//! What the store itself reads of an upgraded database, and that it goes on with it.

use std::collections::BTreeMap;
use std::path::Path;

use domain::page::PageSize;
use domain::{
    CheckSettings, CustomerName, FileType, LetterTemplate, ReadingRules, ScreeningSettings,
    UnitName,
};
use jiff::{SignedDuration, Timestamp};
use store::{
    AuditFilter, Config, CustomerStore, FindingFilter, FindingOrder, Inclusion, JobKind, Member,
    PaymentFilter, ReceiveOutcome, SessionLimits, Store, UploadFilter, UploadOrder,
};

use crate::site::{Site, acme, fence};

/// Whoever signed in on the day of the rows is still signed in.
const LONG: SignedDuration = SignedDuration::from_hours(24);

/// After all that was made up.
fn later() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// How many rows of each table were read.
type Counts = BTreeMap<&'static str, usize>;

/// Of these the store shows no longer those that have ended or are suppressed.
const SHOWN_IN_PART: [&str; 3] = ["verdicts", "sessions", "finding_rows"];

fn all() -> PageSize {
    PageSize::try_from(500).unwrap()
}

/// Every reading function, over all rows: `rows` says how many of a table there are.
pub(crate) async fn all_is_read(store: &Store, rows: impl Fn(&str) -> usize) {
    let mut read = Counts::new();
    read_deployment(store, &mut read).await;
    for name in store.system().customers().await.unwrap() {
        add(&mut read, "customers", 1);
        read_customer(store, &name, &mut read).await;
    }
    for (table, read) in read {
        if SHOWN_IN_PART.contains(&table) {
            assert_eq!(read > 0, rows(table) > 0, "{table}");
            assert!(read <= rows(table), "{table}");
        } else {
            assert_eq!(read, rows(table), "{table}");
        }
    }
}

fn add(read: &mut Counts, table: &'static str, rows: usize) {
    *read.entry(table).or_default() += rows;
}

async fn read_deployment(store: &Store, read: &mut Counts) {
    let system = store.system();
    add(read, "signing_keys", system.signing_keys().await.unwrap().len());
    add(read, "tokens", system.tokens(None).await.unwrap().len());
    let host_key = system.sftp_host_key().await.unwrap();
    add(read, "sftp_host_keys", usize::from(host_key.is_some()));
    for count in system.job_counts().await.unwrap() {
        add(read, "jobs", usize::try_from(count.jobs).unwrap());
    }
    let verified = system.verify_audit().await.unwrap().unwrap();
    add(read, "audit_log", usize::try_from(verified.entries).unwrap());
    let last = system.audit_last_verified().await.unwrap();
    add(read, "audit_verified", usize::from(last.is_some()));
    system.backlog(later(), later()).await.unwrap();
    add(read, "copies", usize::from(system.copy().await.unwrap().is_some()));
}

async fn read_customer(store: &Store, name: &CustomerName, read: &mut Counts) {
    let (customer, system) = (store.customer(name), store.system());
    customer.audit_entries(&AuditFilter::default(), all(), None).await.unwrap();
    customer.open_invitations(Timestamp::UNIX_EPOCH).await.unwrap();
    customer.files_kept().await.unwrap();
    customer.removed_files().await.unwrap();
    customer.unit_retention().await.unwrap();
    customer.removable_files(None, later()).await.unwrap();
    let hosts = customer.scan_hosts().await.unwrap();
    add(read, "scan_hosts", usize::from(!hosts.is_empty()));
    let reasons = customer.reason_codes().await.unwrap();
    add(read, "reason_codes", reasons.reasons().len());
    let letter = customer.letter_template().await.unwrap();
    add(read, "letter_templates", usize::from(letter != LetterTemplate::default()));
    let letters = customer.letter_templates().await.unwrap();
    assert_eq!(*letters.usual(), letter, "it is the one for all letters");
    add(read, "named_letter_templates", letters.named().len());
    let people = customer.members().await.unwrap();
    let is_everywhere = |member: &&Member| member.membership.everywhere.is_some();
    add(read, "memberships", people.iter().filter(is_everywhere).count());
    add(read, "unit_roles", people.iter().map(|member| member.membership.units.len()).sum());
    for unit in customer.titled_units().await.unwrap() {
        add(read, "units", 1);
        read_uploads(store, &customer, &unit.name, read).await;
        read_findings(&customer, &unit.name, read).await;
        for person in &people {
            let views = customer.saved_views(&unit.name, person.user.id).await.unwrap();
            add(read, "saved_views", views.len());
        }
    }
    for Member { user, .. } in people {
        system.person(user.id).await.unwrap().unwrap();
        system.reachable_units(user.id).await.unwrap();
        system.identities(user.id).await.unwrap();
        let limits = SessionLimits { idle_max: LONG, age_max: LONG };
        let sessions = system.sessions(user.id, limits, later()).await.unwrap();
        add(read, "sessions", sessions.len());
    }
}

async fn read_uploads(store: &Store, customer: &CustomerStore, unit: &UnitName, read: &mut Counts) {
    let (filter, newest) = (UploadFilter::default(), UploadOrder::Newest);
    for upload in customer.uploads_of(unit, &filter, newest, all(), None).await.unwrap().items {
        add(read, "uploads", 1);
        let problems = customer.problems(unit, upload.id, all(), None).await.unwrap();
        add(read, "problems", problems.items.len());
        let counts = customer.problem_counts(unit, upload.id).await.unwrap();
        add(read, "problem_counts", counts.len());
        store.system().newer_is_read(&upload).await.unwrap();
        if customer.payment_run(unit, upload.id).await.unwrap().is_some() {
            add(read, "payment_runs", 1);
            let place = (all(), None);
            let payments = customer.payments(unit, upload.id, PaymentFilter::All, place).await;
            add(read, "payments", payments.unwrap().items.len());
        }
    }
    for statement in customer.statements(unit, "S1").await.unwrap() {
        add(read, "statements", 1);
        customer.statement(unit, statement.id).await.unwrap().unwrap();
    }
    let columns = customer.statement_columns(unit, "S1").await.unwrap();
    add(read, "statement_columns", usize::from(columns.is_some()));
    for file_type in FileType::ALL {
        let rules = customer.reading_rules(unit, file_type).await.unwrap();
        add(read, "reading_rules", usize::from(rules != ReadingRules::default()));
    }
    customer.last_received(unit).await.unwrap();
}

async fn read_findings(customer: &CustomerStore, unit: &UnitName, read: &mut Counts) {
    let settings = customer.check_settings(unit).await.unwrap();
    add(read, "check_settings", usize::from(settings != CheckSettings::default()));
    let preview = customer.check_preview(unit).await.unwrap();
    add(read, "check_previews", usize::from(preview.is_some()));
    let screening = customer.screening_settings(unit).await.unwrap();
    add(read, "screening_settings", usize::from(screening != ScreeningSettings::default()));
    let versions = customer.finding_sums(unit).await.unwrap().version();
    add(read, "finding_versions", usize::from(versions > 0));
    let holds = customer.holds(unit, None, all(), None).await.unwrap();
    add(read, "holds", holds.items.len());
    for run in customer.runs(unit, all(), None).await.unwrap().items {
        add(read, "runs", 1);
        let reports = customer.run_reports(unit, run.run_id).await.unwrap();
        add(read, "run_reports", reports.len());
    }
    let order = FindingOrder::default();
    let (suppressed, gone) = (Inclusion::Yes, Inclusion::Yes);
    let filter = FindingFilter { suppressed, gone, ..FindingFilter::default() };
    for kept in customer.whole_findings(unit, &filter, order, all(), None).await.unwrap().items {
        add(read, "findings", 1);
        let history = customer.finding_history(unit, &kept.finding.key).await.unwrap();
        add(read, "finding_history", history.len());
        for row in &kept.finding.rows {
            let naming = customer.findings_naming(unit, row.ledger, &row.id, all()).await.unwrap();
            add(read, "finding_rows", naming.len());
        }
    }
    let verdicts = customer.remembered_verdicts(unit, later()).await.unwrap();
    add(read, "verdicts", verdicts.len());
    customer.lane_totals(unit, &filter).await.unwrap();
    customer.found_kinds(unit).await.unwrap();
    customer.open_sums(unit, None).await.unwrap();
    customer.recovered_sums(unit).await.unwrap();
    customer.recovery_sums(unit, jiff::civil::date(2026, 11, 23)).await.unwrap();
    customer.finding_weeks(unit, 4, later()).await.unwrap();
}

/// What waits is claimed, and a file is received.
pub(crate) async fn all_goes_on(folder: &Path, config: Config, store: Store) {
    let token = store.system().tokens(Some(&acme())).await.unwrap()[0].id;
    let site = Site { folder: folder.to_owned(), config, store, token };
    let lease = SignedDuration::from_secs(60);
    let claimed = site.system().claim_job(&JobKind::ALL, later(), lease, fence()).await.unwrap();
    assert!(claimed.is_some(), "a job waits");
    let received = site.receive("after.csv", b"1").await;
    assert!(matches!(received, ReceiveOutcome::New(_)));
    let again = site.receive("after.csv", b"1").await;
    assert!(matches!(again, ReceiveOutcome::Repeated(_)));
    site.store.close().await;
}
