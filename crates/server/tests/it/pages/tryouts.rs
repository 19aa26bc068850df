//! *Try a file*: files are looked at and checked apart from the unit, and nothing of them stays unless
//! they are kept.

use std::sync::Arc;

use domain::MemberRole;
use domain::finding::CheckEnd;
use server::limits::{TRYOUT_FILES_MAX, TRYOUTS_PER_CUSTOMER_MAX};
use server::tryout::{
    GivenFile, Inputs, RulesByType, TryoutError, TryoutListener, TryoutParts, TryoutProgress,
    TryoutUnit,
};
use server::{Limits, Randomness};
use store::{Config, DatabaseUrl, ObjectsUrl};

use crate::book::{Act, Book};
use crate::browser::{Browser, Page};
use crate::desk::{Desk, checked, now};
use crate::pages::overview::report;
use crate::workplace::{acme, fill};

const TRY: &str = "/at/acme/acme/try";
const FILES: [(&str, &str); 2] =
    [("invoices.csv", "Supplier\nA\n"), ("vendors.csv", "Supplier\nB\n")];

/// Tries these files: the address of the tryout, and its page once they are read.
async fn tried(browser: &mut Browser, desk: &Desk, files: &[(&str, &str)]) -> (String, Page) {
    browser.get(desk, TRY).await;
    let csrf = browser.csrf.clone();
    let begun = browser.send_files(desk, TRY, (&csrf, ""), files).await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    let path = begun.location().to_owned();
    let page = settled(browser, desk, &path).await;
    (path, page)
}

/// The page once nothing of it moves any more.
async fn settled(browser: &mut Browser, desk: &Desk, path: &str) -> Page {
    loop {
        let page = browser.get(desk, path).await;
        assert_eq!(page.status, 200, "{}", page.text);
        if !page.text.contains("every 1s") {
            return page;
        }
        tokio::task::yield_now().await;
    }
}

async fn uploads(browser: &mut Browser, desk: &Desk) -> String {
    browser.get(desk, "/at/acme/acme/uploads").await.text
}

#[tokio::test]
async fn files_are_looked_at_checked_and_thrown_away() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let mut found = checked(3);
    found.checks = vec![report("duplicate_invoices", CheckEnd::Ran, serde_json::Value::Null)];
    desk.tried.finds(found);
    let empty = ann.get(&desk, "/at/acme/acme/overview").await;
    assert!(empty.text.contains("href=\"/at/acme/acme/try\""), "{}", empty.text);

    let files = [FILES[0], FILES[1], ("data.csv", "Colour\nred\n"), ("invoices_2.csv", "%PDF-1.7")];
    let (path, page) = tried(&mut ann, &desk, &files).await;
    for says in [
        "Run the checks",
        "Taken for transactions, by its name",
        "Taken for suppliers, by its name",
        "Left out: data.csv.",
        "Left out: invoices_2.csv.",
        "try it again and choose its type",
        "taken from elsewhere for this look alone",
    ] {
        assert!(page.text.contains(says), "{says} {}", page.text);
    }
    assert_eq!(ann.get(&desk, &format!("{path}/report.html")).await.status, 303);
    assert_eq!(ann.post(&desk, &format!("{path}/check"), &[]).await.location(), path);
    let page = settled(&mut ann, &desk, &path).await;
    for says in ["3 findings", "=Invoice 3 looks paid twice", "invoices.csv and vendors.csv"] {
        assert!(page.text.contains(says), "{says} {}", page.text);
    }
    let document = ann.get(&desk, &format!("{path}/report.html")).await;
    assert!(document.text.contains("=Invoice 3 looks paid twice"), "{}", document.text);
    assert!(document.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let workbook = ann.get(&desk, &format!("{path}/report.xlsx")).await;
    assert!(workbook.text.starts_with("PK"));
    assert_eq!(desk.tried_folders(), 1);

    let ended = ann.post(&desk, &format!("{path}/end"), &[]).await;
    let said = ann.get(&desk, ended.location()).await;
    assert!(said.text.contains("Thrown away"), "{}", said.text);
    assert_eq!(desk.tried_folders(), 0);
    assert!(uploads(&mut ann, &desk).await.contains("Nothing has been sent yet"));
    let over = ann.get(&desk, &path).await;
    assert_eq!(over.location(), format!("{TRY}?said=tryout-over"));
}

#[tokio::test]
async fn files_that_are_kept_are_uploads_like_any_other() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let (path, _) = tried(&mut ann, &desk, &FILES).await;
    let kept = ann.post(&desk, &format!("{path}/keep"), &[]).await;
    let said = ann.get(&desk, kept.location()).await;
    assert!(said.text.contains("Kept: the files are received"), "{}", said.text);
    assert_eq!(desk.tried_folders(), 0);
    desk.work().await;
    let list = uploads(&mut ann, &desk).await;
    for says in ["invoices.csv", "vendors.csv", "<span class=\"tag done\">read</span>"] {
        assert!(list.contains(says), "{says} {list}");
    }
    assert_eq!(desk.book.prepared(), ["invoices.csv", "vendors.csv"]);
}

#[tokio::test]
async fn files_are_kept_with_the_columns_they_were_tried_by() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let mut al = Browser::member(&desk, "al@example.org", MemberRole::Analyst).await;
    let as_tried = [("columns", "as-tried")];
    let (path, _) = tried(&mut al, &desk, &FILES).await;
    assert_eq!(al.post(&desk, &format!("{path}/keep"), &as_tried).await.status, 403);
    let (path, page) = tried(&mut ann, &desk, &FILES).await;
    assert!(page.text.contains("read them so from now on"), "{}", page.text);
    ann.post(&desk, &format!("{path}/keep"), &as_tried).await;
    let mappings = ann.get(&desk, "/settings/acme/mappings").await;
    assert!(mappings.text.contains("the field paid_date"), "{}", mappings.text);
}

#[tokio::test]
async fn a_tryout_is_its_owners_and_its_next_one_takes_its_place() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let mut al = Browser::member(&desk, "al@example.org", MemberRole::Analyst).await;
    let (path, _) = tried(&mut ann, &desk, &FILES).await;
    for below in ["", "/report.html", "/report.xlsx"] {
        let page = al.get(&desk, &format!("{path}{below}")).await;
        assert_eq!(page.location(), format!("{TRY}?said=tryout-over"), "{below}");
    }
    for below in ["check", "keep", "end"] {
        let page = al.post(&desk, &format!("{path}/{below}"), &[]).await;
        assert_eq!(page.location(), format!("{TRY}?said=tryout-over"), "{below}");
    }
    assert_eq!(desk.tried_folders(), 1);
    let (next, _) = tried(&mut ann, &desk, &FILES[..1]).await;
    assert_ne!(next, path);
    assert_eq!(desk.tried_folders(), 1);
    desk.app.tryouts.as_ref().unwrap().end_all().await;
    assert_eq!(desk.tried_folders(), 0);
}

#[tokio::test]
async fn what_cannot_be_tried_is_said_and_leaves_nothing() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    ann.get(&desk, TRY).await;
    let csrf = ann.csrf.clone();
    let many = vec![FILES[0]; TRYOUT_FILES_MAX + 1];
    for (files, says) in [(&[("", "")][..], "No file was chosen"), (&many, "more than 20 files")] {
        let page = ann.send_files(&desk, TRY, (&csrf, ""), files).await;
        assert_eq!(page.status, 422, "{}", page.text);
        assert!(page.text.contains(says), "{says} {}", page.text);
        assert_eq!(desk.tried_folders(), 0, "{says}");
    }
    desk.tried.next("invoices.csv", Act::Refuse);
    let (path, page) = tried(&mut ann, &desk, &FILES[..1]).await;
    assert!(page.text.contains("Nothing could be read"), "{}", page.text);
    assert!(!page.text.contains("Run the checks"));
    ann.post(&desk, &format!("{path}/check"), &[]).await;
    assert!(ann.get(&desk, &path).await.text.contains("Nothing could be read"));
    desk.tried.while_checking(Some(Act::Fail));
    let (path, _) = tried(&mut ann, &desk, &FILES[..1]).await;
    ann.post(&desk, &format!("{path}/check"), &[]).await;
    let page = settled(&mut ann, &desk, &path).await;
    assert!(page.text.contains("The server could not do its work"), "{}", page.text);
}

#[tokio::test]
async fn one_customer_leaves_room_for_the_others() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let system = desk.app.store.system();
    for at in 0..=TRYOUTS_PER_CUSTOMER_MAX {
        let unit = format!("u{at}");
        system.add_unit(&acme(), &unit.parse().unwrap(), "operator", now()).await.unwrap();
        let path = format!("/at/acme/{unit}/try");
        ann.get(&desk, &path).await;
        let csrf = ann.csrf.clone();
        let begun = ann.send_files(&desk, &path, (&csrf, ""), &FILES[..1]).await;
        if at < TRYOUTS_PER_CUSTOMER_MAX {
            assert_eq!(begun.status, 303, "{}", begun.text);
        } else {
            let says = "organisation has 8 tryouts open";
            assert!(begun.status == 422 && begun.text.contains(says), "{}", begun.text);
        }
    }
    assert_eq!(desk.tried_folders(), TRYOUTS_PER_CUSTOMER_MAX);
    desk.app.tryouts.as_ref().unwrap().end_all().await;
}

#[derive(Debug)]
struct Nobody;

impl TryoutListener for Nobody {
    fn at(&self, _progress: TryoutProgress<'_>) {}
}

#[tokio::test]
async fn more_rows_than_are_tried_end_it() {
    let (desk, folder) = (Desk::open().await, tempfile::tempdir().unwrap());
    let path = folder.path().join("given");
    std::fs::write(&path, "Supplier\nA\nB\n").unwrap();
    let ledgers = Arc::new(Book::default());
    let rules = RulesByType::default();
    let given = vec![GivenFile { path, name: "invoices.csv".to_owned(), file_type: None }];
    let inputs = Inputs::examine(&*ledgers, given, &rules, "untold").unwrap();
    let unit = TryoutUnit::make(TryoutParts {
        store: Config {
            database: DatabaseUrl::Sqlite(folder.path().join("rows.db")),
            objects: ObjectsUrl::Local(folder.path().join("objects")),
        },
        spill: folder.path().join("spill"),
        ledgers,
        customer: acme(),
        title: None,
        region: desk.app.region.clone(),
        checks: Vec::new(),
        limits: Limits::default(),
        rows_max: 1,
        listener: Arc::new(Nobody),
        clock: desk.app.clock.clone(),
        randomness: Randomness::new(fill),
    });
    let unit = unit.await.unwrap();
    let refused = unit.read(inputs, &rules).await.unwrap_err();
    assert!(matches!(refused, TryoutError::TooManyRows { max: 1 }), "{refused:?}");
}
