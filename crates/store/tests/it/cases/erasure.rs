//! Erasure: what is erased is gone, what is not stays, and the audit log proves both; what is
//! exported comes back elsewhere.

use std::path::PathBuf;

use domain::page::PageSize;
use domain::{MemberRole, UnitName};
use futures_util::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use object_store::path::Path;
use object_store::{ObjectStore as _, ObjectStoreExt as _};
use store::{
    AuditFault, Config, DatabaseUrl, Decider, ErasureScope, Error, ObjectsUrl, Store, SweepReport,
};

use crate::cases::findings::{checked, key};
use crate::cases::invitations;
use crate::cases::reading::{read, read_next};
use crate::cases::runs::run;
use crate::cases::verdicts::{ann, duplicate, new_id};
use crate::site::{Site, acme, files_below, key_record, new_job, now, unit};

const THEIRS: &str = "globex/globex/suppliers/part-1.parquet";
const OURS: &str = "acme/acme/suppliers/part-1.parquet";

fn uk() -> UnitName {
    "uk".parse().unwrap()
}

/// Uploads, ledgers, findings, a verdict, a member, and another customer.
async fn fill(site: &Site) {
    let system = site.system();
    system.add_customer(&"globex".parse().unwrap(), now()).await.unwrap();
    system.add_unit(&acme(), &uk(), "operator", now()).await.unwrap();
    let ledgers = system.ledger_files().unwrap();
    for path in [OURS, THEIRS] {
        ledgers.put(&Path::from(path), "rows".into()).await.unwrap();
    }
    let ann_herself = invitations::ann(site).await;
    invitations::member(site, &ann_herself, "bob", MemberRole::Viewer).await;
    // Before there is anything to read, which the checks would wait for.
    run(site, &checked(2), now()).await;
    site.acme().decide(&unit(), &[key(1)], &duplicate("1"), new_id, ann()).await.unwrap();
    site.receive("a.csv", b"confidential").await;
    let mut other = site.new_upload("b.csv");
    other.unit = uk();
    site.try_receive(other, b"of the other unit").await.unwrap();
}

fn has_files(site: &Site, folder: &str) -> bool {
    let folder = site.folder.join("objects").join(folder);
    folder.exists() && !files_below(&folder).is_empty()
}

pub(crate) async fn a_customer_is_erased(site: Site) {
    fill(&site).await;
    let system = site.system();
    let before = system.verify_audit().await.unwrap().unwrap();
    let scope = ErasureScope::Customer(acme());
    let seen = system.look_at_erasure(&scope).await.unwrap();
    assert_eq!((seen.files, seen.bytes), (2, 29));
    assert_eq!(seen.accounts, 1, "Ann runs the server, and stays");
    assert!(site.acme().exists().await.unwrap() && has_files(&site, "raw/acme"));

    let erased = system.erase(&scope, "operator", now()).await.unwrap();
    assert_eq!((&erased.rows, erased.ledger_files), (&seen.rows, 1));
    assert!(!site.acme().exists().await.unwrap());
    for (folder, is_left) in
        [("raw/acme", false), ("ledgers/acme", false), ("ledgers/globex", true)]
    {
        assert_eq!(has_files(&site, folder), is_left, "{folder}");
    }
    let after = system.verify_audit().await.unwrap().unwrap();
    assert_eq!(after.entries, before.entries + 1, "what held the chain together holds it still");
    let log = system.audit_entries(PageSize::default(), None).await.unwrap().items;
    let last = &log[0].entry;
    assert_eq!((last.what.as_str(), last.about.as_str()), ("customer.erase", "acme"));
    let about_acme = log.iter().filter(|item| item.entry.customer == Some(acme())).count();
    assert_eq!(about_acme, 0);
    let said: Vec<String> = log.iter().map(|item| format!("{:?}", item.entry)).collect();
    let said = said.join("\n");
    assert!(!said.contains("bob@example.org"), "{said}");
    let again = system.erase(&scope, "operator", now()).await.unwrap_err();
    assert!(matches!(again, Error::NotFound { what: "customer" }), "{again:?}");
    let named_again = system.add_customer(&acme(), now()).await.unwrap_err();
    assert!(matches!(named_again, Error::Illegal { .. }), "{named_again:?}");

    // Nobody takes the text out of an entry unseen.
    site.by_hand(
        "UPDATE audit_log SET customer = NULL, who = '', what = 'entry.erased', about = '', \
        body = '' WHERE what = 'customer.add' AND about = 'globex'",
    )
    .await;
    let fault = system.verify_audit().await.unwrap().unwrap_err();
    assert!(matches!(fault, AuditFault::Changed { .. }), "{fault:?}");
}

pub(crate) async fn a_unit_is_erased(site: Site) {
    fill(&site).await;
    let system = site.system();
    let scope = ErasureScope::Unit(acme(), unit());
    let erased = system.erase(&scope, "operator", now()).await.unwrap();
    assert_eq!((erased.files, erased.accounts, erased.ledger_files), (1, 0, 1));
    assert_eq!(site.acme().units().await.unwrap(), [uk()]);
    assert!(!has_files(&site, "raw/acme/acme") && has_files(&site, "raw/acme/uk"));
    assert!(system.verify_audit().await.unwrap().is_ok(), "decisions went with their entries");
    let page = site.acme().uploads(&uk(), PageSize::default(), None).await.unwrap();
    assert_eq!(page.items.len(), 1);
    let last = system.erase(&ErasureScope::Unit(acme(), uk()), "operator", now()).await;
    assert!(matches!(last, Err(Error::Illegal { .. })), "{last:?}");
    let again = system.add_unit(&acme(), &unit(), "operator", now()).await;
    assert!(matches!(again, Err(Error::Illegal { .. })), "{again:?}");
    // The entry about it goes with the customer, and what it named is named anew.
    system.erase(&ErasureScope::Customer(acme()), "operator", now()).await.unwrap();
    assert!(system.verify_audit().await.unwrap().is_ok());
}

pub(crate) async fn a_file_is_erased(site: Site) {
    let upload = site.snapshot("a.csv", 1).await;
    let decider = Decider { by: "operator", who: "operator", at: now() };
    let erase = async || site.acme().erase_upload(&unit(), upload.id, &decider).await;
    let waiting = erase().await.unwrap_err();
    assert!(matches!(waiting, Error::Illegal { .. }), "{waiting:?}");
    read_next(&site, read()).await;
    erase().await.unwrap();
    assert_eq!(site.files().len(), 0);
    let kept = site.acme().upload(&unit(), upload.id).await.unwrap().unwrap();
    assert!(kept.removed_at.is_some(), "its receipt stays");
    let again = erase().await.unwrap_err();
    assert!(matches!(again, Error::Illegal { .. }), "{again:?}");
    let unread = site.acme().read_again(&unit(), upload.id, new_job(), &decider).await;
    assert!(unread.is_err());
    assert!(site.system().verify_objects(|_| {}).await.unwrap().is_sound());
}

pub(crate) async fn what_an_erasure_left_is_swept(site: Site) {
    let system = site.system();
    let ledgers = system.ledger_files().unwrap();
    let lost = ["nobody/nobody/suppliers/1.parquet", "acme/gone/suppliers/1.parquet"];
    for path in lost.iter().chain([&OURS]) {
        ledgers.put(&Path::from(*path), "rows".into()).await.unwrap();
    }
    // Files bear the machine's time.
    let (made, day) = (Timestamp::now(), SignedDuration::from_hours(24));
    let report = system.sweep(made, day).await.unwrap();
    assert_eq!(report, SweepReport::default(), "an import may be under way");
    let report = system.sweep(made + 25.hours(), day).await.unwrap();
    assert_eq!(report, SweepReport { ledger_files: 2, ..SweepReport::default() });
    assert!(has_files(&site, "ledgers/acme/acme"));
    assert!(!has_files(&site, "ledgers/acme/gone") && !has_files(&site, "ledgers/nobody"));
}

/// Everything about a customer that people look at.
async fn seen(
    store: &Store,
) -> (Vec<domain::Upload>, Vec<String>, Vec<domain::finding::HistoryEntry>) {
    let acme = store.customer(&acme());
    let uploads = acme.uploads(&unit(), PageSize::default(), None).await.unwrap().items;
    let ledgers = store.system().ledger_files().unwrap();
    let files: Vec<_> = ledgers.list(Some(&Path::from("acme"))).try_collect().await.unwrap();
    let files = files.into_iter().map(|file: object_store::ObjectMeta| file.location.to_string());
    let history = acme.finding_history(&unit(), &key(1)).await.unwrap();
    (uploads, files.collect(), history)
}

pub(crate) async fn a_customer_is_exported_and_imported(site: Site) {
    let system = site.system();
    let folder = site.folder.join("export");
    site.snapshot("a.csv", 1).await;
    let export = async || system.export_customer(&acme(), &folder, "operator", now()).await;
    let busy = export().await.unwrap_err();
    assert!(matches!(busy, Error::Illegal { .. }), "{busy:?}");
    std::fs::remove_dir_all(&folder).unwrap();
    read_next(&site, read()).await;
    run(&site, &checked(2), now()).await;
    let ann_herself = invitations::ann(&site).await;
    invitations::member(&site, &ann_herself, "bob", MemberRole::Viewer).await;
    site.acme().decide(&unit(), &[key(1)], &duplicate("1"), new_id, ann()).await.unwrap();
    let ledgers = system.ledger_files().unwrap();
    ledgers.put(&Path::from(OURS), "rows".into()).await.unwrap();
    let exported = export().await.unwrap();
    let text = files_below(&folder.join("rows")).into_iter();
    let text: String = text.map(|file| std::fs::read_to_string(file).unwrap()).collect();
    assert!(text.contains("acme") && !text.contains("argon2id"), "{text}");

    let config = Config {
        database: DatabaseUrl::Sqlite(site.folder.join("elsewhere/bursar.db")),
        objects: ObjectsUrl::Local(site.folder.join("elsewhere/objects")),
    };
    let elsewhere = Store::open(&config).await.unwrap();
    let there = elsewhere.system();
    let early = there.import_customer(&folder, "operator", now()).await.unwrap_err();
    assert!(matches!(early, Error::Illegal { .. }), "without a key nobody serves there: {early:?}");
    there.add_signing_key(key_record("other", now())).await.unwrap();
    assert_eq!(there.import_customer(&folder, "operator", now()).await.unwrap(), exported);
    assert_eq!(seen(&elsewhere).await, seen(&site.store).await);
    assert!(there.verify_objects(|_| {}).await.unwrap().is_sound());
    assert!(there.verify_audit().await.unwrap().is_ok());
    let tokens = there.tokens(None).await.unwrap();
    assert!(!tokens.is_empty() && tokens.iter().all(|token| token.revoked_at.is_some()));
    let members = elsewhere.customer(&acme()).members().await.unwrap();
    assert_eq!(members.len(), 2);
    let again = there.import_customer(&folder, "operator", now()).await.unwrap_err();
    assert!(matches!(again, Error::Conflict { what: "customer" }), "{again:?}");
    elsewhere.close().await;

    std::fs::write(folder.join("rows/findings.jsonl"), "{}").unwrap();
    let third = Store::open(&Config {
        database: DatabaseUrl::Sqlite(site.folder.join("third/bursar.db")),
        ..config
    })
    .await
    .unwrap();
    let changed = third.system().import_customer(&folder, "operator", now()).await.unwrap_err();
    assert!(changed.to_string().contains("findings.jsonl"), "{changed}");
    third.close().await;
}

/// Adds a row to a table of an export, as if it had been made so. Returns the files that are changed, as
/// they were.
fn add_row(folder: &std::path::Path, table: &str, row: &str) -> [(PathBuf, String); 2] {
    let name = format!("rows/{table}.jsonl");
    let [rows, manifest] = [folder.join(&name), folder.join("manifest.json")];
    let before = [&rows, &manifest].map(|path| std::fs::read_to_string(path).unwrap());
    let text = format!("{}{row}\n", before[0]);
    std::fs::write(&rows, &text).unwrap();
    let mut told: serde_json::Value = serde_json::from_str(&before[1]).unwrap();
    let digest = domain::audit::digest(&text);
    told["files"][name] = serde_json::json!({ "bytes": text.len(), "sha256": digest });
    std::fs::write(&manifest, told.to_string()).unwrap();
    let [rows_before, manifest_before] = before;
    [(rows, rows_before), (manifest, manifest_before)]
}

pub(crate) async fn rows_of_others_are_not_imported(site: Site) {
    let folder = site.folder.join("export");
    let ledgers = site.system().ledger_files().unwrap();
    ledgers.put(&Path::from(OURS), "rows".into()).await.unwrap();
    site.system().export_customer(&acme(), &folder, "operator", now()).await.unwrap();
    for (table, row) in [
        ("problems", r#"{"upload":"upl_01k00000000000000000000000"}"#),
        ("run_reports", r#"{"run":"run_01k00000000000000000000000"}"#),
        ("units", r#"{"customer":"globex","name":"uk"}"#),
        ("units", r#"{"name":"uk"}"#),
        ("memberships", r#"{"customer":"acme","user_id":"usr_01k00000000000000000000000"}"#),
    ] {
        let elsewhere = tempfile::tempdir().unwrap();
        let config = Config {
            database: DatabaseUrl::Sqlite(elsewhere.path().join("bursar.db")),
            objects: ObjectsUrl::Local(elsewhere.path().join("objects")),
        };
        let store = Store::open(&config).await.unwrap();
        store.system().add_signing_key(key_record("other", now())).await.unwrap();
        let whole = add_row(&folder, table, row);
        let refused = store.system().import_customer(&folder, "operator", now()).await;
        assert!(matches!(refused, Err(Error::Illegal { .. })), "{table} {refused:?}");
        assert!(store.system().customers().await.unwrap().is_empty(), "{table}");
        store.close().await;
        for (path, text) in whole {
            std::fs::write(path, text).unwrap();
        }
    }
}

pub(crate) async fn a_person_is_erased_but_for_what_they_decided(site: Site) {
    let system = site.system();
    system.add_customer(&"globex".parse().unwrap(), now()).await.unwrap();
    let ann_herself = invitations::ann(&site).await;
    let bob = invitations::member(&site, &ann_herself, "bob", MemberRole::Analyst).await;
    run(&site, &checked(1), now()).await;
    let his = Decider { by: "bob", who: bob.email.as_str(), at: now() };
    site.acme().decide(&unit(), &[key(1)], &duplicate("1"), new_id, his).await.unwrap();
    for who in [bob.id, ann_herself.id] {
        let refused = system.erase_person(who, None, "operator", now()).await;
        assert!(matches!(refused, Err(Error::Illegal { .. })), "{refused:?}");
    }
    site.acme().remove_member(bob.id, "ann@example.org", now()).await.unwrap();
    let seen = system.look_at_person_erasure(bob.id).await.unwrap();
    assert_eq!(seen.decisions, 1);
    let before = system.verify_audit().await.unwrap().unwrap();
    let erased =
        system.erase_person(bob.id, Some(&acme()), "ann@example.org", now()).await.unwrap();
    assert_eq!(erased, seen);
    let after = system.verify_audit().await.unwrap().unwrap();
    assert_eq!(after.entries, before.entries + 1, "the chain holds");
    let person = system.person(bob.id).await.unwrap().unwrap();
    assert_eq!(person.user.name.as_str(), "Erased person");
    assert!(person.user.disabled_at.is_some() && person.password_hash.is_none());
    assert!(system.person_by_email(&bob.email).await.unwrap().is_none());
    let history = site.acme().finding_history(&unit(), &key(1)).await.unwrap();
    assert_eq!(history[0].who.as_deref(), Some(bob.email.as_str()), "a record of the organisation");
    let log = system.audit_entries(PageSize::default(), None).await.unwrap().items;
    let of_him = |item: &&domain::ChainedEntry| {
        item.entry.what.starts_with("user.") && item.entry.who == bob.email.as_str()
    };
    assert_eq!(log.iter().filter(of_him).count(), 0);
    assert_eq!(log[0].entry.what, "user.erase");

    // The end of the customer takes over what the person's erasure named.
    system.erase(&ErasureScope::Customer(acme()), "operator", now()).await.unwrap();
    assert!(system.verify_audit().await.unwrap().is_ok());
}
