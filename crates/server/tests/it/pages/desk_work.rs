//! A day of an analyst beside deciding: search, several at once, what is found no more, the columns of the
//! extract, and who did what.

use std::collections::BTreeMap;

use domain::ledger_view::{LedgerRow, RowsPage};
use domain::{FileType, MemberRole};

use super::findings::listed;
use super::recovery::of_two_suppliers;
use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

const QUEUE: &str = "/at/acme/acme/findings";

fn path(number: usize) -> String {
    format!("{QUEUE}/{}", key(number))
}

fn ticked(number: usize) -> String {
    format!("{}@0", key(number))
}

#[tokio::test]
async fn findings_are_found_by_what_people_remember() {
    let mut found = checked(12);
    let fields = &mut found.findings[6].rows[0].fields;
    for (name, value) in [
        ("po_number", "PO4546699473"),
        ("user_id", "kim.lee"),
        ("base_amount", "-209351.79"),
        ("paid_date", "2026-09-30"),
    ] {
        fields.insert(name.to_owned(), value.to_owned());
    }
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    for (text, numbers) in [
        ("po4546699473", &[7][..]),
        ("Kim.Lee", &[7]),
        ("user:kim", &[7]),
        ("user:lee", &[]),
        ("po%3Apo45", &[7]),
        ("number:po45", &[]),
        ("is:paid", &[7]),
        ("is:paid+acme", &[7]),
        ("209351.79", &[7]),
        ("209,351.79", &[7]),
        ("%C2%A3209.351,79", &[7]),
        ("12000.00", &[12]),
        ("12,000", &[12]),
        ("nowhere", &[]),
    ] {
        let page = ann.get(&desk, &format!("{QUEUE}?text={text}")).await;
        let is_listed = |number: &usize| page.text.contains(&format!("value=\"{}@", key(*number)));
        let listed: Vec<usize> = (1..=12).filter(is_listed).collect();
        assert_eq!(listed, numbers, "{text}");
    }
}

#[tokio::test]
async fn several_are_given_to_somebody_at_once() {
    let desk = Desk::with(&checked(3)).await;
    let mut ann = Browser::ann(&desk).await;
    Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    let (one, two) = (ticked(1), ticked(2));
    let assign = format!("{QUEUE}/assign");
    let fields = [
        ("finding", one.as_str()),
        ("finding", two.as_str()),
        ("assignee", "bob@example.org"),
        ("state", "not_duplicate"),
        ("because", ""),
        ("queue", "sort=amount"),
    ];
    let given = ann.post(&desk, &assign, &fields).await;
    assert_eq!(given.location(), format!("{QUEUE}?sort=amount&said=several-assigned"));
    let his = ann.get(&desk, &format!("{QUEUE}?assignee=bob@example.org")).await;
    assert_eq!(his.text.matches("<span class=\"sr\">bob</span></td>").count(), 2, "{}", his.text);
    let stranger = [("finding", one.as_str()), ("assignee", "eve@example.org")];
    assert_eq!(ann.post(&desk, &assign, &stranger).await.status, 409);
    let none = ann.post(&desk, &assign, &[("assignee", "bob@example.org")]).await;
    assert_eq!(none.location(), format!("{QUEUE}?said=nothing-assigned"));
    let log = ann.get(&desk, "/settings/acme/audit?what=finding").await;
    for said in [
        format!("<a href=\"{}\">=Invoice 1 looks paid twice</a>", path(1)),
        "<dt>Assignee</dt><dd>bob@example.org</dd>".to_owned(),
    ] {
        assert!(log.text.contains(&said), "{said} {}", log.text);
    }
    let only = ann.get(&desk, &format!("/settings/acme/audit?about={}", key(2))).await;
    assert!(only.text.contains("Invoice 2 looks") && !only.text.contains("Invoice 1 looks"));
}

#[tokio::test]
async fn what_is_found_no_more_says_why() {
    let desk = Desk::with(&checked(3)).await;
    desk.run(&checked(1)).await;
    let mut ann = Browser::ann(&desk).await;
    desk.receive("first.csv", "SAP").await;
    let overview = ann.get(&desk, "/at/acme/acme/overview").await;
    let said = ">1 finding is no longer found</a>";
    assert!(overview.text.contains(said), "what was suppressed is not: {}", overview.text);
    let link = overview.text.split(said).next().unwrap().rsplit("href=\"").next().unwrap();
    let link = link.trim_end_matches('"').replace("&#38;", "&");
    let newly = ann.get(&desk, &link).await;
    assert_eq!(listed(&newly.text, 4), [3], "{link} {}", newly.text);
    assert!(newly.text.contains("no longer found since the last checks <span"), "{}", newly.text);
    let gone = ann.get(&desk, &format!("{QUEUE}?shown=gone")).await;
    assert!(gone.text.contains("<span class=\"tag plain\">no longer found</span>"));
    assert!(gone.text.contains("None of this is counted as at risk"), "{}", gone.text);
    let page = ann.get(&desk, &path(3)).await;
    for said in [
        "<b>\u{a3}3,000.00</b> <span>no longer at risk</span>",
        "Nothing is left to do: the last checks did not find it any more.",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    assert!(!page.text.contains("Ask for both papers."), "{}", page.text);
    let dismissed = [("state", "not_duplicate"), ("because", "rent")];
    ann.post(&desk, &format!("{}/verdict", path(1)), &dismissed).await;
    let none = ann.get(&desk, &path(1)).await;
    let said = "<b>\u{a3}1,000.00</b> <span>not at risk</span>";
    assert!(none.text.contains(said), "{}", none.text);
    let why = "Transaction 3 is no longer in the ledger.";
    assert!(page.text.contains(why), "{}", page.text);
    let row = |number: &str| LedgerRow {
        id: number.to_owned(),
        is_active: None,
        fields: BTreeMap::from([("supplier_name".to_owned(), format!("ACME {number}"))]),
    };
    let rows = RowsPage { rows: vec![row("2"), row("3")], total: 2, ..RowsPage::default() };
    desk.book.holds(FileType::Transactions, rows);
    let page = ann.get(&desk, &path(3)).await;
    assert!(page.text.contains("Its rows are as they were."), "{}", page.text);
}

#[tokio::test]
async fn the_columns_of_the_extract_stand_on_the_pages() {
    let desk = Desk::with(&checked(1)).await;
    let extra = r#"{"Service":"Adult & Care","Account":"R1234"}"#;
    let row = LedgerRow {
        id: "1".to_owned(),
        is_active: None,
        fields: BTreeMap::from([("extra".to_owned(), extra.to_owned())]),
    };
    let rows = RowsPage { rows: vec![row], total: 1, ..RowsPage::default() };
    desk.book.holds(FileType::Transactions, rows);
    let mut ann = Browser::ann(&desk).await;
    for page in [path(1), "/at/acme/acme/transactions/1".to_owned()] {
        let page = ann.get(&desk, &page).await;
        for said in ["Other columns of the extract", "Service", "Adult &#38; Care", "R1234"] {
            assert!(page.text.contains(said), "{said} {}", page.text);
        }
        assert!(!page.text.contains("{&#34;"), "no JSON");
    }
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    let mut aud = Browser::member(&desk, "aud@example.org", MemberRole::Auditor).await;
    let said = [(&mut viv, "viewer", false), (&mut aud, "auditor", true)];
    for (reader, role, may_ask) in said {
        let page = reader.get(&desk, &path(1)).await.text;
        assert!(!page.contains("R1234"), "it may be personal");
        let hidden = format!("Hidden from your role, {role}: other columns of the extract.");
        assert!(page.contains(&hidden), "{hidden} {page}");
        assert_eq!(page.contains("name=\"reason\" required"), may_ask, "{role} {page}");
    }
    let show = format!("{}/show", path(1));
    let whole = aud.post(&desk, &show, &[("reason", "case 7")]).await;
    assert!(whole.text.contains("R1234"), "{}", whole.text);
}

#[tokio::test]
async fn suppliers_that_only_invoices_name_are_listed() {
    let desk = Desk::open().await;
    let row = LedgerRow {
        id: "S1".to_owned(),
        is_active: None,
        fields: BTreeMap::from([("supplier_name".to_owned(), "Alder Ltd".to_owned())]),
    };
    let rows = RowsPage { rows: vec![row], total: 1, are_of_invoices: true, ..RowsPage::default() };
    desk.book.holds(FileType::Suppliers, rows);
    let mut ann = Browser::ann(&desk).await;
    let page = ann.get(&desk, "/at/acme/acme/suppliers").await;
    assert!(page.text.contains("Alder Ltd") && page.text.contains("No list of suppliers was sent"));
    assert!(!page.text.contains("There are no suppliers yet"), "{}", page.text);
}

#[tokio::test]
async fn an_analyst_reads_what_words_and_keys_mean() {
    let desk = Desk::open().await;
    Browser::ann(&desk).await;
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    let page = viv.get(&desk, "/at/acme/acme/help/findings").await;
    for said in ["Probability", "Suppressed", "Unfinished", "Masking", "Invoices that came twice"] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    let help = viv.get(&desk, "/at/acme/acme/help").await;
    assert!(help.text.contains("href=\"/at/acme/acme/help/findings\""), "{}", help.text);
}

#[tokio::test]
async fn a_reason_is_asked_for_where_an_admin_says_so() {
    let desk = Desk::with(&checked(3)).await;
    let mut ann = Browser::ann(&desk).await;
    let limits = "/settings/acme/limits";
    let unclear = ann.post(&desk, &format!("{limits}/reasons"), &[("from", "2.000")]).await;
    assert_eq!(unclear.status, 422);
    assert!(unclear.text.contains("aria-describedby=\"reason-wrong\""), "{}", unclear.text);
    let set = ann.post(&desk, &format!("{limits}/reasons"), &[("from", "£2,000")]).await;
    assert_eq!(set.location(), format!("{limits}?said=reasons-set"));
    assert!(ann.get(&desk, limits).await.text.contains("value=\"2,000.00\""));
    for (number, because, status) in [(1, "", 303), (2, "", 409), (2, "agreed", 303), (3, " ", 409)]
    {
        let fields = [("state", "duplicate"), ("because", because)];
        let sent = ann.post(&desk, &format!("{}/verdict", path(number)), &fields).await;
        assert_eq!(sent.status, status, "{number} {because}");
        if status == 409 {
            assert!(sent.text.contains("asks for a reason here"), "{}", sent.text);
        }
    }
    let page = ann.get(&desk, &path(3)).await;
    let panel = page.between("<summary class=\"button primary\" data-key=\"d\">", "</details>");
    assert!(panel.is_some_and(|panel| panel.contains("name=\"because\"")), "{}", page.text);
    let three = ticked(3);
    let bulk = [("finding", three.as_str()), ("state", "duplicate"), ("because", "")];
    assert_eq!(ann.post(&desk, QUEUE, &bulk).await.status, 409);
}

#[tokio::test]
async fn who_acts_next_is_asked_where_somebody_has_to() {
    let mut found = checked(1);
    "invalid_iban".clone_into(&mut found.findings[0].check);
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    let page = ann.get(&desk, &path(1)).await;
    assert!(page.text.contains("Who acts next"), "{}", page.text);
    let fields = [("state", "duplicate"), ("because", ""), ("assignee", "bob@example.org")];
    assert_eq!(ann.post(&desk, &format!("{}/verdict", path(1)), &fields).await.status, 303);
    let page = ann.get(&desk, &path(1)).await;
    assert!(page.text.contains("assigned to bob"), "{}", page.text);
}

#[tokio::test]
async fn whoever_is_asked_for_information_has_the_finding() {
    let desk = Desk::with(&checked(1)).await;
    let mut ann = Browser::ann(&desk).await;
    Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    assert!(ann.get(&desk, &path(1)).await.text.contains("Whom to ask"));
    let fields = [
        ("state", "needs_information"),
        ("because", "The delivery note"),
        ("assignee", "bob@example.org"),
    ];
    assert_eq!(ann.post(&desk, &format!("{}/verdict", path(1)), &fields).await.status, 303);
    let page = ann.get(&desk, &path(1)).await;
    assert!(page.text.contains("assigned to bob"), "{}", page.text);
}

#[tokio::test]
async fn what_others_decided_stands_beside_a_finding() {
    let desk = Desk::with(&of_two_suppliers()).await;
    let mut ann = Browser::ann(&desk).await;
    let rent = [("state", "not_duplicate"), ("because", "It is rent"), ("remember", "pattern")];
    ann.post(&desk, &format!("{}/verdict", path(1)), &rent).await;
    let page = ann.get(&desk, &path(3)).await;
    for said in [
        "What people decided here",
        "Of 1 other finding of this kind that people decided here, 0 were “duplicate”.",
        "Such findings of this supplier are remembered as legitimate: “It is rent”.",
        "not a duplicate</span> “It is rent”",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    // What people decided and say stands before what the ledger says of the supplier's other days.
    let places = [
        "<h2>Legitimate if</h2>",
        "<h2>What people decided here</h2>",
        "The page of the supplier</a>",
        "<h2>Decisions and comments</h2>",
        "<h2>Files</h2>",
        "<h2>Timeline of",
        "<h2>Related findings</h2>",
    ]
    .map(|part| page.text.find(part).unwrap_or_else(|| panic!("{part} {}", page.text)));
    assert!(places.is_sorted(), "{places:?}");
    let own = ann.get(&desk, &path(1)).await;
    assert!(!own.text.contains("of this kind that people decided here"), "{}", own.text);
    let other = ann.get(&desk, &path(2)).await;
    assert!(!other.text.contains("not a duplicate</span> “It is rent”"), "of another supplier");
}
