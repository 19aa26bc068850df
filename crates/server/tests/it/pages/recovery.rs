//! Money on its way back: its steps on the page of a finding, its list, letters, and days by which somebody
//! expects an answer.

use domain::finding::RunOutcome;
use domain::ledger_view::{LedgerRow, RowsPage};
use domain::{FileType, MemberRole, Role};
use serde_json::json;

use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

const QUEUE: &str = "/at/acme/acme/findings";
pub(super) const RECOVERY: &str = "/at/acme/acme/recovery";
pub(super) const LETTER: &str = "/at/acme/acme/letter";

pub(super) fn path(number: usize) -> String {
    format!("{QUEUE}/{}", key(number))
}

/// Three findings, two of them about one supplier.
pub(super) fn of_two_suppliers() -> RunOutcome {
    let mut found = checked(3);
    for (finding, reference) in found.findings.iter_mut().zip(["S1", "S2", "S1"]) {
        let fields = &mut finding.rows[0].fields;
        for (name, value) in [
            ("supplier_ref", reference),
            ("supplier_name", if reference == "S1" { "Ald\u{e9}r & Sons" } else { "Birch" }),
            ("invoice_number", "10983"),
            ("invoice_date", "2026-03-03"),
            ("base_amount", "1000"),
            ("base_amount_currency", "GBP"),
        ] {
            fields.insert(name.to_owned(), value.to_owned());
        }
    }
    found
}

pub(super) async fn confirm(desk: &Desk, browser: &mut Browser, numbers: &[usize]) {
    for number in numbers {
        let verdict = format!("{}/verdict", path(*number));
        let sent = browser.post(desk, &verdict, &[("state", "duplicate")]).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }
}

async fn steps_that_are_none_are_refused(desk: &Desk, ann: &mut Browser, step: &str) {
    for (stage, recovered, on, said) in [
        ("received", "2.500", "2026-11-23", "\u{201c}2.500\u{201d} can be 2.500 or 2500"),
        ("received", "9000", "2026-11-23", "is more than the \u{a3}3,000.00 at risk"),
        ("received", "", "2026-11-23", "Say how much came back"),
        ("asked", "1", "2026-11-24", "That day is still to come"),
        ("asked", "1", "soon", "That is no day"),
        ("written_off", "1", "2026-11-23", "Say why it is not asked for any more"),
        ("claimed", "1", "2026-11-23", "Not a stage"),
    ] {
        let fields =
            [("stage", stage), ("recovered", recovered), ("on", on), ("reference", "CN <9>")];
        let refused = ann.post(desk, step, &fields).await;
        assert_eq!(refused.status, 409, "{stage} {recovered} {on}");
        assert!(refused.text.contains(said), "{said} {}", refused.text);
        assert!(refused.text.contains("value=\"CN &#60;9&#62;\""), "what was typed is kept");
    }
}

async fn less_than_is_recorded_is_asked_about(desk: &Desk, ann: &mut Browser, step: &str) {
    let less = [("stage", "received"), ("recovered", "0.01"), ("reference", "CN 10")];
    let asked = ann.post(desk, step, &less).await;
    assert_eq!(asked.status, 409);
    for said in [
        "\u{a3}0.01 is less than the \u{a3}2,999.99 recorded before, so nothing was written yet: add it to",
        "value=\"more\" required> Add it: \u{a3}3,000.00 came back in all",
        "value=\"instead\"> Replace them: \u{a3}0.01 came back in all",
        "value=\"CN 10\"",
    ] {
        assert!(asked.text.contains(said), "{said} {}", asked.text);
    }
    let above = [("stage", "received"), ("recovered", "5"), ("amount_is", "more")];
    let asked = ann.post(desk, step, &above).await;
    for said in ["\u{a3}3,004.99 is more than", "name=\"amount_is\" value=\"more\""] {
        assert!(asked.status == 409 && asked.text.contains(said), "{said} {}", asked.text);
    }
    let set = step.replace("/recovery", "/recovered");
    let refused = ann.post(desk, &set, &[("recovered", "1")]).await;
    assert!(refused.status == 409 && refused.text.contains("is less than"), "{}", refused.text);
}

async fn the_rest_is_added(desk: &Desk, ann: &mut Browser, step: &str) {
    let credit = [
        ("stage", "received"),
        ("recovered", "0.01"),
        ("amount_is", "more"),
        ("reference", "CN 10"),
    ];
    assert_eq!(ann.post(desk, step, &credit).await.status, 303);
    let page = ann.get(desk, &path(3)).await;
    assert!(page.text.contains("\u{a3}3,000.00 recorded, of \u{a3}3,000.00 at risk"));
}

#[tokio::test]
async fn money_is_followed_from_the_finding_to_its_end() {
    let desk = Desk::with(&of_two_suppliers()).await;
    let mut ann = Browser::ann(&desk).await;
    assert!(ann.get(&desk, RECOVERY).await.text.contains("Nothing is on its way back yet"));
    assert!(!ann.get(&desk, &path(3)).await.text.contains("id=\"recovery\""), "nothing is decided");
    confirm(&desk, &mut ann, &[3]).await;
    let page = ann.get(&desk, &path(3)).await;
    let written = "name=\"recovered\" inputmode=\"decimal\" value=\"3,000.00\"";
    for said in ["To ask for.", "Write the letter", written, "value=\"asked\" selected"] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    let step = format!("{}/recovery", path(3));
    let asked = [
        ("stage", "asked"),
        ("recovered", "\u{a3}3,000"),
        ("on", "2026-11-01"),
        ("due", "2026-11-20"),
        ("reference", "L 7"),
        ("words", "by post"),
        ("seen", "1"),
    ];
    let sent = ann.post(&desk, &step, &asked).await;
    assert_eq!(sent.location(), format!("{}?said=recovery", path(3)));
    let page = ann.get(&desk, &path(3)).await;
    for said in [
        "Asked for: \u{a3}3,000.00 on 1 Nov 2026, L 7.",
        "Asked for first 22 days ago.",
        "Expected by 20 Nov 2026: overdue.",
        "ann set the money to: asked for, \u{a3}3,000.00 on 1 Nov 2026, L 7, expected by 20 Nov 2026",
        "<blockquote>by post</blockquote>",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    steps_that_are_none_are_refused(&desk, &mut ann, &step).await;
    let late = ann.get(&desk, RECOVERY).await;
    for said in ["Outstanding 1", "1 overdue", "1 Nov 2026, 22 days ago", "up to 30 days ago"] {
        assert!(late.text.contains(said), "{said} {}", late.text);
    }
    // A part leaves the rest asked for, by the same letter and until the same day.
    let part = [("stage", "received"), ("recovered", "2,999.99"), ("reference", "CN 9")];
    assert_eq!(ann.post(&desk, &step, &part).await.status, 303);
    let page = ann.get(&desk, &path(3)).await;
    for said in [
        "Asked for: \u{a3}3,000.00 on 1 Nov 2026, L 7.",
        "Expected by 20 Nov 2026: overdue.",
        "\u{a3}2,999.99 recorded, of \u{a3}3,000.00 at risk. \u{a3}0.01 has not come back.",
        "ann set the money to: received, \u{a3}2,999.99 on 23 Nov 2026, CN 9",
        "Receipts: CN 9 on 23 Nov 2026.",
        "value=\"promised\" selected",
        written,
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    let noted = "Bursar noted: received in part; \u{a3}0.01 is still asked for";
    assert!(page.text.contains(noted), "{}", page.text);
    less_than_is_recorded_is_asked_about(&desk, &mut ann, &step).await;
    let outstanding = ann.get(&desk, RECOVERY).await;
    assert!(outstanding.text.contains("Received 1 \u{b7} \u{a3}2,999.99"), "{}", outstanding.text);
    assert!(outstanding.text.contains("Outstanding 1 \u{b7} \u{a3}0.01"), "{}", outstanding.text);
    the_rest_is_added(&desk, &mut ann, &step).await;
    let received = ann.get(&desk, &format!("{RECOVERY}?stage=received")).await.text;
    assert!(received.contains("\u{a3}3,000.00 came back") && received.contains("CN 10"));
    let csv = ann.get(&desk, &format!("{QUEUE}.csv?state=duplicate")).await;
    let row = ",3000.00,received,3000.00,2026-11-23,2026-11-01,CN 10,2026-11-23,\"CN 9; CN 10\",,";
    assert!(csv.text.contains(row), "{}", csv.text);
    let log = desk.audited().await;
    let noted = ["finding.recovery", "finding.rest"];
    let counts = noted.map(|name| log.iter().filter(|what| *what == name).count());
    assert_eq!(counts, [3, 1], "{log:?}");
}

/// All is asked for: a letter is a reminder, and its answer is one step of all that it is about.
async fn an_answer_is_of_all_that_a_letter_asks_for(desk: &Desk, ann: &mut Browser) {
    let of_one = ann.get(desk, &format!("{QUEUE}?supplier=S1&state=all")).await;
    assert!(!of_one.text.contains("One letter about"), "all is asked for: {}", of_one.text);
    let reminder = ann.get(desk, &format!("{LETTER}?supplier=S1")).await;
    assert!(reminder.text.contains("2 of your invoices"), "{}", reminder.text);
    let ticked: Vec<String> = [1, 3].map(|number| format!("{}@2", key(number))).into();
    let both: Vec<(&str, &str)> = ticked.iter().map(|one| ("finding", one.as_str())).collect();
    let step = format!("{RECOVERY}/step");
    let promise = [("stage", "promised"), ("due", "2026-12-01"), ("reference", "by phone")];
    let noted = ann.post(desk, &step, &[&both[..], &promise].concat()).await;
    assert_eq!(noted.location(), format!("{RECOVERY}?stage=promised&said=recovery"));
    let promised = ann.get(desk, noted.location()).await;
    assert_eq!(promised.text.matches("1 Dec 2026").count(), 2, "{}", promised.text);
    let both: Vec<String> = ticked.iter().map(|one| one.replace("@2", "@3")).collect();
    let both: Vec<(&str, &str)> = both.iter().map(|one| ("finding", one.as_str())).collect();
    let came = [("stage", "received"), ("due", "2026-12-01"), ("reference", "CN 1")];
    let noted = ann.post(desk, &step, &[&both[..], &came].concat()).await;
    assert_eq!(noted.location(), format!("{RECOVERY}?stage=received&said=recovery"));
    let received = ann.get(desk, noted.location()).await;
    for said in
        ["Received 2 \u{b7} \u{a3}4,000.00", "\u{a3}1,000.00 came back", "\u{a3}3,000.00 came back"]
    {
        assert!(received.text.contains(said), "{said} {}", received.text);
    }
    let wrong = ann.post(desk, &step, &[&both[..], &[("stage", "to_ask")]].concat()).await;
    assert_eq!(wrong.status, 409, "{}", wrong.text);
}

#[tokio::test]
async fn the_file_of_recovery_holds_what_the_page_lists() {
    let mut found = of_two_suppliers();
    found.findings[0].at_risk = None;
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    confirm(&desk, &mut ann, &[1, 3]).await;
    // What was paid twice stays so, found or not.
    found.findings.truncate(2);
    desk.run(&found).await;
    for stage in ["", "?stage=to_ask"] {
        let page = ann.get(&desk, &format!("{RECOVERY}{stage}")).await;
        assert!(page.text.contains("Invoice 3 looks"), "{stage} {}", page.text);
        assert!(!page.text.contains("Invoice 1 looks"), "it names no money: {}", page.text);
    }
    let cookie = ann.cookie_header();
    for (extension, begins) in [("csv", "key,lane"), ("xlsx", "PK")] {
        let file = format!("{RECOVERY}.{extension}");
        let file = desk.send(http::Method::GET, &file, &[("Cookie", &cookie)], "").await;
        let name = format!("attachment; filename=\"recovery_acme.{extension}\"");
        assert_eq!(file.headers["content-disposition"], name.as_str());
        assert!(file.body.starts_with(begins.as_bytes()), "{extension}");
        if extension == "csv" {
            let text = String::from_utf8(file.body.to_vec()).unwrap();
            assert!(text.lines().count() == 2 && text.contains("Invoice 3 looks"), "{text}");
        }
    }
}

#[tokio::test]
async fn one_letter_asks_for_all_of_a_supplier() {
    let desk = Desk::with(&of_two_suppliers()).await;
    let row = LedgerRow {
        id: "S1".to_owned(),
        is_active: Some(true),
        fields: [("supplier_name", "Ald\u{e9}r & Sons"), ("email", "accounts@alder.example")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    };
    desk.book
        .holds(FileType::Suppliers, RowsPage { rows: vec![row], total: 1, ..RowsPage::default() });
    let mut ann = Browser::ann(&desk).await;
    let of_one = ann.get(&desk, &format!("{QUEUE}?supplier=S1")).await;
    for said in ["Findings about Ald\u{e9}r &#38; Sons", "1–2 of 2"] {
        assert!(of_one.text.contains(said), "{said} {}", of_one.text);
    }
    confirm(&desk, &mut ann, &[1, 3]).await;
    let of_one = ann.get(&desk, &format!("{QUEUE}?supplier=S1")).await;
    let link = "href=\"/at/acme/acme/letter?supplier=S1\">One letter about 2 to be asked for</a>";
    assert!(of_one.text.contains(link), "{}", of_one.text);
    let page = ann.get(&desk, &format!("{LETTER}?supplier=S1")).await;
    for said in [
        "<h1>Letter to Ald\u{e9}r &#38; Sons</h1>",
        "<dt>To</dt><dd>accounts@alder.example</dd>",
        "Please refund or credit \u{a3}4,000.00: 2 of your invoices",
        "Invoice 10983 of 3 Mar 2026, \u{a3}1,000.00, our document number 1\n   we ask for ",
        "By our records we were charged more than once for the following",
        "refund \u{a3}4,000.00 by 7 Dec 2026",
        "Yours faithfully,\nann\nacme\nann@example.org",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    // What is ticked of several suppliers is a letter each; what cannot be asked for is said.
    confirm(&desk, &mut ann, &[2]).await;
    let ticked: Vec<String> = (1..=3).map(|number| format!("{}@1", key(number))).collect();
    let fields: Vec<(&str, &str)> = ticked.iter().map(|one| ("finding", one.as_str())).collect();
    let begun = ann.post(&desk, &format!("{RECOVERY}/letter"), &fields).await;
    let both = ann.get(&desk, begun.location()).await;
    assert_eq!(both.text.matches("<section class=\"card letter\">").count(), 2, "{}", both.text);
    let open = ann.get(&desk, &format!("{LETTER}?finding={}", key(4))).await;
    assert!(open.text.contains("There is nothing to ask for"), "{}", open.text);
    let several = begun.location().replace("/letter?", "/letter.txt?");
    assert_eq!(ann.get(&desk, &several).await.status, 409, "a file is one letter");
    let eml = ann.get(&desk, &format!("{LETTER}.eml?supplier=S1")).await;
    let disposition = eml.headers.get("content-disposition").unwrap();
    assert_eq!(disposition, "attachment; filename=\"letter_ALDER-SONS.eml\"");
    assert!(
        eml.text.starts_with("To: accounts@alder.example\r\nSubject: =?utf-8?B?"),
        "{}",
        eml.text
    );
    let text = ann.get(&desk, &format!("{LETTER}.txt?supplier=S1&due=2026-12-24")).await;
    assert!(text.text.contains("by 24 Dec 2026"), "{}", text.text);

    let sent = [
        ("finding", ticked[0].as_str()),
        ("finding", ticked[2].as_str()),
        ("on", "2026-11-23"),
        ("due", "2026-12-07"),
        ("reference", "L 8"),
    ];
    let noted = ann.post(&desk, LETTER, &sent).await;
    assert_eq!(noted.location(), format!("{RECOVERY}?stage=asked&said=asked-for"));
    let asked = ann.get(&desk, noted.location()).await;
    assert_eq!(asked.text.matches("L 8").count(), 2, "{}", asked.text);
    an_answer_is_of_all_that_a_letter_asks_for(&desk, &mut ann).await;
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    let seen = viv.get(&desk, RECOVERY).await;
    assert!(seen.status == 200 && !seen.text.contains("Write the letter"), "{}", seen.text);
}

#[tokio::test]
async fn what_is_expected_comes_first_and_then_the_most_money() {
    let mut found = checked(3);
    // The least money is the likeliest.
    for (finding, probability) in found.findings.iter_mut().zip([0.99, 0.5, 0.1]) {
        finding.probability = Some(probability);
    }
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    confirm(&desk, &mut ann, &[1, 2, 3]).await;
    let listed = |text: &str, numbers: [usize; 3]| {
        let place = |number| text.find(&format!("value=\"{}@", key(number))).unwrap();
        let places = numbers.map(place);
        assert!(places.is_sorted(), "{numbers:?} {text}");
    };
    let page = ann.get(&desk, &format!("{RECOVERY}?stage=to_ask")).await;
    listed(&page.text, [3, 2, 1]);
    let asked = [("stage", "asked"), ("on", "2026-11-01"), ("due", "2026-11-20")];
    assert_eq!(ann.post(&desk, &format!("{}/recovery", path(2)), &asked).await.status, 303);
    listed(&ann.get(&desk, RECOVERY).await.text, [2, 3, 1]);
}

#[tokio::test]
async fn an_answer_that_is_late_comes_first() {
    let desk = Desk::with(&checked(3)).await;
    let mut ann = Browser::ann(&desk).await;
    for (number, due) in [(1, "2026-11-24"), (2, ""), (3, "2026-11-30")] {
        let fields = [("state", "needs_information"), ("because", "asked"), ("due", due)];
        let sent = ann.post(&desk, &format!("{}/verdict", path(number)), &fields).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }
    let past = [("state", "needs_information"), ("because", "x"), ("due", "2026-11-22")];
    let refused = ann.post(&desk, &format!("{}/verdict", path(2)), &past).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused.text.contains("name a later day") && refused.text.contains("value=\"2026-11-22\"")
    );
    desk.receive("first.csv", "SAP").await;
    desk.later(3 * 86_400);
    ann.sign_in(&desk, "ann@example.org", crate::browser::PASSWORD).await;
    let waiting = ann.get(&desk, &format!("{QUEUE}?state=needs_information")).await;
    let place = |number| waiting.text.find(&format!("value=\"{}@", key(number))).unwrap();
    assert!(place(1) < place(3) && place(3) < place(2), "{}", waiting.text);
    for said in ["was due 24 Nov 2026", "Waiting <b>3</b>", "1 overdue"] {
        assert!(waiting.text.contains(said), "{said} {}", waiting.text);
    }
    let overview = ann.get(&desk, "/at/acme/acme/overview").await;
    assert!(overview.text.contains(" class=\"risk\">1 answer is overdue</a>"), "{}", overview.text);
    let page = ann.get(&desk, &path(1)).await;
    assert!(page.text.contains("answer was expected by 24 Nov 2026"), "{}", page.text);
    assert!(page.text.contains("decided: needs information, an answer expected by 24 Nov 2026"));
}

#[tokio::test]
async fn programs_follow_money_as_pages_do() {
    let desk = Desk::with(&of_two_suppliers()).await;
    let token = desk.token(Role::Analyst, "SAP").await;
    let step = |stage: &str| json!({ "stage": stage, "amount": "2000", "reference": "L 1" });
    let below = format!("findings/{}/recovery", key(3));
    let early = desk.post(&token, &below, &step("asked")).await;
    assert_eq!(early.status, 409, "{}", early.json());
    let verdict = json!({ "state": "duplicate", "because": "" });
    desk.post(&token, &format!("findings/{}/verdict", key(3)), &verdict).await;
    let asked = desk.post(&token, &below, &step("asked")).await;
    let told = asked.json();
    assert_eq!(
        (&told["recovery"]["stage"], &told["recovery"]["on"]),
        (&json!("asked"), &json!("2026-11-23"))
    );
    for wrong in [json!({ "stage": "paid" }), json!({ "stage": "received" }), json!({})] {
        let refused = desk.post(&token, &below, &wrong).await;
        assert!([400, 409].contains(&refused.status.as_u16()), "{wrong} {}", refused.status);
    }
    let sums = desk.get(&token, "recovery").await.json();
    let asked = &sums["stages"][1];
    assert_eq!((&asked["stage"], &asked["findings"]), (&json!("asked"), &json!(1)), "{sums}");
    assert_eq!(asked["money"][0]["amount"], "2000.00");
    assert_eq!(sums["ages"][0]["daysMax"], 30);
    for (query, findings) in
        [("recovery=asked", 1), ("recovery=promised", 0), ("of_supplier=S1", 2)]
    {
        let list = desk.get(&token, &format!("findings?{query}")).await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), findings, "{query} {list}");
    }
    // A part leaves the rest asked for; the whole closes it.
    for (amount, stage, reference) in
        [("500", "asked", "L 1"), ("1999.99", "asked", "L 1"), ("2000", "received", "CN 9")]
    {
        let came = json!({ "stage": "received", "amount": amount, "reference": "CN 9" });
        let told = desk.post(&token, &below, &came).await.json();
        assert_eq!(told["recovery"]["stage"], stage, "{told}");
        assert_eq!(told["recovery"]["reference"], reference, "{told}");
    }
    let less = json!({ "stage": "received", "amount": "5" });
    let refused = desk.post(&token, &below, &less).await;
    assert!(refused.status == 409 && refused.json()["detail"].to_string().contains("amountIs"));
    let less = json!({ "stage": "received", "amount": "5", "amountIs": "instead" });
    assert_eq!(desk.post(&token, &below, &less).await.json()["recovered"], "5.00");
}
