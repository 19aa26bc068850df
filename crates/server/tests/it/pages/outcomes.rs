//! Reports on what findings came to, and everybody's own work.

use calamine::{Reader as _, Xlsx, open_workbook_from_rs};
use domain::finding::CodedReason;
use domain::{MemberRole, Role};
use serde_json::json;

use crate::browser::Browser;
use crate::desk::{Desk, checked, key, now};
use crate::workplace::acme;

const OUTCOMES: &str = "/at/acme/acme/outcomes";

async fn bytes(desk: &Desk, browser: &Browser, path: &str) -> Vec<u8> {
    let cookie = browser.cookie_header();
    let answer = desk.send(http::Method::GET, path, &[("Cookie", &cookie)], "").await;
    assert_eq!(answer.status, 200, "{path}");
    answer.body.to_vec()
}

#[tokio::test]
async fn what_findings_came_to_is_said_alike_on_the_page_and_in_files() {
    let mut found = checked(3);
    for finding in &mut found.findings {
        let fields = &mut finding.rows[0].fields;
        fields.insert("supplier_name".to_owned(), "Alder".to_owned());
        fields.insert("user_id".to_owned(), "CLERK7".to_owned());
    }
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    for (number, state) in [(1, "not_duplicate"), (3, "duplicate")] {
        let path = format!("/at/acme/acme/findings/{}/verdict", key(number));
        let fields = [("state", state), ("because", "rent")];
        let decided = ann.post(&desk, &path, &fields).await;
        assert_eq!(decided.status, 303, "{}", decided.text);
    }
    let came = [("recovered", "2500"), ("seen", "1")];
    let path = format!("/at/acme/acme/findings/{}/recovered", key(3));
    assert_eq!(ann.post(&desk, &path, &came).await.status, 303);
    let page = ann.get(&desk, OUTCOMES).await;
    // What was dismissed is at risk no more; one check has one confirmed and one dismissed.
    for said in [
        "data-label=\"Supplier\">Alder</td>",
        "data-label=\"At risk\">\u{a3}5,000.00</td>",
        "data-label=\"Recovered\">\u{a3}2,500.00</td>",
        "<th scope=\"row\" data-label=\"Supplier\">In all</th><td class=\"num\" data-label=\"Findings\">3</td>",
        "the overview counts what is open. Money",
        "data-label=\"Of those decided, confirmed\">50%</td>",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    assert!(page.text.contains("data-label=\"Dismissed\">1</td>"), "{}", page.text);
    for (by, said) in
        [("user", "CLERK7"), ("month", "Nov 2026"), ("kind", "Same number"), ("buyer", "not named")]
    {
        let page = ann.get(&desk, &format!("{OUTCOMES}?by={by}")).await;
        assert!(page.text.contains(said), "{by} {}", page.text);
    }
    let earlier = ann.get(&desk, &format!("{OUTCOMES}?from=2026-01-01&to=2026-10-31")).await;
    assert!(earlier.text.contains("Nothing was found in these days"), "{}", earlier.text);
    let turned = ann.get(&desk, &format!("{OUTCOMES}?from=2026-11-01&to=2026-10-31")).await;
    assert_eq!(turned.status, 409);

    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    viv.get(&desk, "/me").await;
    let pdf = bytes(&desk, &viv, &format!("{OUTCOMES}.pdf?by=supplier")).await;
    let text = pdf_extract::extract_text_from_mem(&pdf).unwrap();
    for said in ["Alder", "In all", "5,000.00", "2,500.00", "50%"] {
        assert!(text.contains(said), "{said} {text}");
    }
    let xlsx = bytes(&desk, &viv, &format!("{OUTCOMES}.xlsx?by=user")).await;
    let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(xlsx)).unwrap();
    let sheets = format!("{:?}", book.worksheets());
    for said in ["CLERK7", "Float(5000.0)", "Float(2500.0)", "Float(0.5)"] {
        assert!(sheets.contains(said), "{said} {sheets}");
    }
    let last = book.worksheet_range("Outcomes").unwrap().rows().next_back().unwrap().to_vec();
    let last = last.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(last, ["In all", "GBP", "3", "1", "1", "1", "5000", "3000", "2500"]);
    let log = desk.audited().await;
    assert_eq!(log.iter().filter(|what| *what == "outcomes.export").count(), 2, "{log:?}");
}

#[tokio::test]
async fn what_was_decided_with_a_code_is_added_up() {
    let desk = Desk::with(&checked(3)).await;
    let mut ann = Browser::ann(&desk).await;
    let none = ann.get(&desk, OUTCOMES).await;
    assert!(!none.text.contains("By reason"), "{}", none.text);
    let store = desk.app.store.customer(&acme());
    let reasons =
        [("PRICE", "Agreed price", "not_duplicate"), ("TWICE", "Keyed twice", "duplicate")];
    for (code, words, state) in reasons {
        let reason = CodedReason::new(code, words, state).unwrap();
        store.add_reason_code(&reason, "ann@example.org", now()).await.unwrap();
    }
    let token = desk.token(Role::Analyst, "SAP").await;
    let verdicts =
        [(1, "not_duplicate", "PRICE"), (2, "not_duplicate", "PRICE"), (3, "duplicate", "TWICE")];
    for (number, state, code) in verdicts {
        let verdict = json!({ "state": state, "reasonCode": code });
        let path = format!("findings/{}/verdict", key(number));
        let decided = desk.post(&token, &path, &verdict).await.json();
        assert_eq!(decided["reasonCode"], code, "{decided}");
    }
    let page = ann.get(&desk, OUTCOMES).await;
    for said in [
        "data-label=\"Code\">PRICE</td><td data-label=\"Reason\">Agreed price</td>\
         <td data-label=\"Verdict\">Not a duplicate, or explained</td>\
         <td class=\"num\" data-label=\"Findings\">2</td>",
        "<td data-label=\"Verdict\">Duplicate, or needs action</td>\
         <td class=\"num\" data-label=\"Findings\">1</td>\
         <td class=\"num\" data-label=\"Money\">\u{a3}3,000.00</td>",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    let pdf = bytes(&desk, &ann, &format!("{OUTCOMES}.pdf")).await;
    let text = pdf_extract::extract_text_from_mem(&pdf).unwrap();
    for said in ["reason", "PRICE", "TWICE", "Keyed"] {
        assert!(text.contains(said), "{said} {text}");
    }
    let xlsx = bytes(&desk, &ann, &format!("{OUTCOMES}.xlsx")).await;
    let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(xlsx)).unwrap();
    let rows = format!("{:?}", book.worksheet_range("Reasons").unwrap());
    for said in ["PRICE", "Keyed twice", "Not a duplicate, or explained", "Float(3000.0)"] {
        assert!(rows.contains(said), "{said} {rows}");
    }
}

#[tokio::test]
async fn everybody_sees_their_own_work_of_all_units() {
    let desk = Desk::with(&checked(3)).await;
    let mut ann = Browser::ann(&desk).await;
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    let empty = bob.get(&desk, "/me/work").await;
    assert!(empty.text.contains("Nothing is given to you"), "{}", empty.text);
    for number in [1, 2] {
        let path = format!("/at/acme/acme/findings/{}/assign", key(number));
        ann.post(&desk, &path, &[("assignee", "bob@example.org")]).await;
    }
    let path = format!("/at/acme/acme/findings/{}", key(2));
    let waits = [("state", "needs_information"), ("because", "asked"), ("due", "2026-11-24")];
    bob.post(&desk, &format!("{path}/verdict"), &waits).await;
    ann.post(&desk, &format!("{path}/comments"), &[("words", "@bob: any news?")]).await;
    desk.receive("first.csv", "SAP").await;
    let overview = bob.get(&desk, "/at/acme/acme/overview").await;
    let named = "<a href=\"/me/work\">1 comment of the last days names you</a>";
    assert!(overview.text.contains(named), "{}", overview.text);
    let of_ann = ann.get(&desk, "/at/acme/acme/overview").await;
    assert!(!of_ann.text.contains("names you"), "{}", of_ann.text);
    desk.later(2 * 24 * 60 * 60);
    bob.sign_in(&desk, "bob@example.org", crate::browser::PASSWORD).await;
    let page = bob.get(&desk, "/me/work").await;
    for said in [
        "2 given to you, <b class=\"risk\">1 overdue</b>",
        "Invoice 2 looks paid twice",
        "<span class=\"tag risk\">24 Nov 2026</span>",
        "ann named you at a finding in acme",
        "ann gave you a finding in acme: \u{a3}2,000.00",
        "<td data-label=\"State\">needs information</td>",
        "<td data-label=\"Supplier\">ACME 2</td>",
        "<blockquote>@bob: any news?</blockquote>",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    assert!(!page.text.contains("Invoice 3"), "{}", page.text);
    let place = |text: &str| page.text.find(text).unwrap();
    assert!(place("Invoice 2") < place("Invoice 1"), "what is late comes first");
}
