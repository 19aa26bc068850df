//! The queue as a list that is searched, sorted both ways and decided in place.

use std::collections::BTreeMap;

use domain::FileType;
use domain::finding::{FindingRow, Lane};

use super::findings::listed;
use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

const QUEUE: &str = "/at/acme/acme/findings";

#[tokio::test]
async fn a_search_takes_words_and_what_they_are_about() {
    let desk = Desk::with(&checked(60)).await;
    let mut ann = Browser::ann(&desk).await;
    for (query, numbers) in [
        ("text=amount%3E%3D59%2C000", &[60, 59][..]),
        ("text=amount%3E59000", &[60]),
        ("text=%3C%3D1000", &[1]),
        ("text=acme+amount%3C2000", &[1]),
        ("text=42+acme", &[42]),
        ("text=kind%3Aexact", &[]),
        ("text=kind%3Asame+amount%3E59500", &[60]),
        ("text=is%3Adecided", &[]),
        ("text=is%3Aunpaid", &[]),
        ("text=amount%3Emuch", &[]),
        ("state=decided", &[]),
        ("sort=amount_ascending&amount=59000", &[59, 60]),
    ] {
        let page = ann.get(&desk, &format!("{QUEUE}?{query}")).await;
        assert_eq!(listed(&page.text, 61), numbers, "{query}");
    }
    let unclear = ann.get(&desk, &format!("{QUEUE}?text=amount%3Emuch+acme")).await;
    assert!(unclear.text.contains("id=\"search-wrong\" role=\"alert\""), "{}", unclear.text);
    assert!(unclear.text.contains("?text=acme\"><span class=\"sr\">Without </span>amount"));
    let turned = ann.get(&desk, &format!("{QUEUE}?sort=amount")).await;
    assert!(
        turned.text.contains(
            "aria-sort=\"descending\"><a href=\"/at/acme/acme/findings?sort=amount_ascending\""
        ),
        "{}",
        turned.text
    );
}

#[tokio::test]
async fn a_search_for_payments_says_where_the_ledger_has_none() {
    let lacks = "No invoice of any finding has a day of payment";
    for (paid, is_said) in [(None, true), (Some("2026-11-20"), false)] {
        let mut found = checked(2);
        if let Some(day) = paid {
            let fields = &mut found.findings[0].rows[0].fields;
            fields.insert("paid_date".to_owned(), day.to_owned());
        }
        let desk = Desk::with(&found).await;
        let mut ann = Browser::ann(&desk).await;
        for query in ["text=is%3Apaid+nowhere", "text=is%3Aunpaid"] {
            let page = ann.get(&desk, &format!("{QUEUE}?{query}")).await;
            assert_eq!(page.text.contains(lacks), is_said, "{query} {}", page.text);
        }
        let other = ann.get(&desk, &format!("{QUEUE}?text=nowhere")).await;
        assert!(!other.text.contains(lacks), "{}", other.text);
    }
}

#[tokio::test]
async fn what_can_be_stopped_says_when_it_is_due() {
    let mut found = checked(3);
    for (at, day) in [(0, "2026-11-20"), (1, "2026-12-04")] {
        found.findings[at].lane = Lane::StopPayment;
        let fields = &mut found.findings[at].rows[0].fields;
        fields.insert("due_date".to_owned(), day.to_owned());
    }
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    let usual = ann.get(&desk, &format!("{QUEUE}?lane=stop_payment")).await;
    assert_eq!(listed(&usual.text, 3), [2, 1], "the most money first");
    for said in [
        "no, <span class=\"note\">due 4 Dec 2026</span>",
        "no, <span class=\"note risk\">due 20 Nov 2026</span>",
        "lane=stop_payment&#38;sort=payment_due\" title=\"What is due first\">Paid</a>",
        "\u{a3}3.0k</span> <span class=\"first-due risk\">first due 20 Nov 26</span></a>",
    ] {
        assert!(usual.text.contains(said), "{said} {}", usual.text);
    }
    let sorted = ann.get(&desk, &format!("{QUEUE}?sort=payment_due")).await;
    assert_eq!(listed(&sorted.text, 3), [1, 2, 3], "what is due first");
    assert!(sorted.text.contains("aria-sort=\"ascending\""), "{}", sorted.text);
    let other = ann.get(&desk, &format!("{QUEUE}?lane=recover")).await;
    assert!(!other.text.contains("sort=payment_due"), "{}", other.text);
    let larger = ann.get(&desk, &format!("{QUEUE}?amount=1500")).await;
    let of_listed = "<span class=\"first-due\">due 4 Dec 26</span></a>";
    assert!(larger.text.contains(of_listed), "of what the tab lists: {}", larger.text);
    let none = ann.get(&desk, &format!("{QUEUE}?amount=2500")).await;
    assert!(!none.text.contains("first-due"), "{}", none.text);
    let page = ann.get(&desk, &format!("{QUEUE}/{}", key(2))).await;
    let step = "Ask for both papers. It is due on 4 Dec 2026.";
    assert!(page.text.contains(step), "{}", page.text);
    assert!(page.text.contains(">1 of 3</span>"), "its place in the queue: {}", page.text);
    let csv = ann.get(&desk, &format!("{QUEUE}.csv?sort=payment_due")).await;
    let days: Vec<bool> = csv.text.lines().map(|line| line.contains(",2026-11-20,")).collect();
    assert_eq!(days, [false, true, false, false], "{}", csv.text);
    desk.receive("first.csv", "SAP").await;
    let over = ann.get(&desk, "/at/acme/acme/overview").await;
    let until = "2 payments can still be stopped (£3,000.00), the first due on 20 Nov 2026</a>.";
    assert!(over.text.contains(until), "{}", over.text);
}

/// The tabs of a queue: the title of each, its link and its count, and whether it is the current one.
fn tabs(page: &str) -> Vec<(String, String, usize, bool)> {
    let nav = page.split("<nav class=\"lanes\"").nth(1).unwrap().split("</nav>").next().unwrap();
    let tab = |part: &str| {
        let (link, rest) = part.split_once('"').unwrap();
        let (marks, rest) = rest.split_once('>').unwrap();
        let (title, rest) = rest.split_once(" <b>").unwrap();
        let count = rest.split('<').next().unwrap().parse().unwrap();
        (title.to_owned(), link.replace("&#38;", "&"), count, marks.contains("aria-current"))
    };
    nav.split("<a href=\"").skip(1).map(tab).collect()
}

/// The tabs with their counts for the supplier of [`filtered`].
const OF_SUPPLIER: &str = "All 2, Stop before payment 1, Recover 1, Fraud signs 0, Look into 0, Mine 2, \
    Waiting 1, Done 1";

/// Filters as addresses have them, and the tabs with their counts.
const TABS_BY_FILTER: [(&str, &str); 12] = [
    (
        "",
        "All 4, Stop before payment 1, Recover 3, Fraud signs 0, Look into 0, Mine 2, \
        Waiting 2, Done 2",
    ),
    ("supplier=S+1", OF_SUPPLIER),
    ("supplier=S+1&lane=recover", OF_SUPPLIER),
    ("supplier=S+1&state=needs_information", OF_SUPPLIER),
    ("supplier=S+1&state=decided&sort=amount", OF_SUPPLIER),
    ("supplier=S+1&assignee=ann%40example.org", OF_SUPPLIER),
    ("supplier=S+1&text=is%3Awaiting", OF_SUPPLIER),
    ("supplier=S+1&state=duplicate", OF_SUPPLIER),
    ("supplier=S+1&shown=gone", OF_SUPPLIER),
    (
        "amount=3%2C000&state=needs_information",
        "All 4, Stop before payment 1, Recover 3, \
        Fraud signs 0, Look into 0, Mine 1, Waiting 0, Done 2",
    ),
    (
        "assignee=ann%40example.org&state=open",
        "All 1, Stop before payment 1, Recover 0, \
        Fraud signs 0, Look into 0, Mine 2, Waiting 1, Done 1",
    ),
    (
        "lane=recover&state=decided",
        "All 4, Stop before payment 1, Recover 3, Fraud signs 0, \
        Look into 0, Mine 1, Waiting 2, Done 2",
    ),
];

/// A queue with every state, assigned findings, and a supplier that half of them are about.
async fn filtered() -> (Desk, Browser) {
    let mut found = checked(8);
    for number in [1, 3, 5, 7] {
        found.findings[number].rows.push(FindingRow {
            ledger: FileType::Suppliers,
            id: "S 1".to_owned(),
            fields: BTreeMap::new(),
            withheld: Vec::new(),
        });
    }
    found.findings[3].lane = Lane::StopPayment;
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    for (number, state) in
        [(1, "needs_information"), (2, "needs_information"), (3, "duplicate"), (6, "not_duplicate")]
    {
        let verdict = format!("{QUEUE}/{}/verdict", key(number));
        let sent = ann.post(&desk, &verdict, &[("state", state), ("because", "rent")]).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }
    for number in [2, 4, 6] {
        let assign = format!("{QUEUE}/{}/assign", key(number));
        ann.post(&desk, &assign, &[("assignee", "ann@example.org")]).await;
    }
    (desk, ann)
}

#[tokio::test]
async fn a_filter_goes_along_from_tab_to_tab_and_each_counts_what_it_lists() {
    let (desk, mut ann) = filtered().await;
    for (query, counts) in TABS_BY_FILTER {
        let page = ann.get(&desk, &format!("{QUEUE}?{query}")).await;
        let tabs_here = tabs(&page.text);
        let told = tabs_here.iter().map(|(title, _, count, _)| format!("{title} {count}"));
        assert_eq!(told.collect::<Vec<_>>().join(", "), counts, "{query}");
        for (title, link, count, _) in tabs_here {
            let list = ann.get(&desk, &link).await;
            assert_eq!(listed(&list.text, 9).len(), count, "{query}: {title} {link}");
            let is_current =
                |(of, _, _, is_current): &(String, _, _, bool)| *is_current && *of == title;
            assert!(tabs(&list.text).iter().any(is_current), "{query}: {title} {link}");
        }
    }
}

#[tokio::test]
async fn a_filter_is_taken_away_where_it_is_said() {
    let (desk, mut ann) = filtered().await;
    let waiting =
        ann.get(&desk, &format!("{QUEUE}?supplier=S+1&state=needs_information&lane=recover")).await;
    for said in [
        "<span class=\"sr\">Without </span>Recover <span",
        "findings?state=needs_information\">Clear all</a>",
        "findings?state=needs_information&#38;lane=recover\">All suppliers</a>",
    ] {
        assert!(
            waiting
                .text
                .replace(
                    "lane=recover&#38;state=needs_information",
                    "state=needs_information&#38;lane=recover"
                )
                .contains(said),
            "{said} {}",
            waiting.text
        );
    }
    let none = ann.get(&desk, &format!("{QUEUE}?assignee=ann%40example.org&amount=90000")).await;
    assert!(none.text.contains("<h2>Nothing matches</h2>"), "{}", none.text);
}

#[tokio::test]
async fn an_empty_lane_leads_on_to_what_is_open() {
    let nobodys = Desk::with(&checked(2)).await;
    let mut bob = Browser::ann(&nobodys).await;
    let waiting = bob.get(&nobodys, &format!("{QUEUE}?state=needs_information")).await;
    for said in ["<h2>Nothing waits for an answer</h2>", ">Go on with what is open (2) <kbd"] {
        assert!(waiting.text.contains(said), "{said} {}", waiting.text);
    }
    assert!(!waiting.text.contains("Change the filter above"), "{}", waiting.text);
}

#[tokio::test]
async fn what_was_decided_takes_no_place_of_its_own() {
    let desk = Desk::with(&checked(2)).await;
    let mut ann = Browser::ann(&desk).await;
    let path = format!("{QUEUE}/{}/verdict", key(1));
    ann.post(&desk, &path, &[("state", "duplicate"), ("because", "")]).await;
    let page = ann.get(&desk, &format!("{QUEUE}?last={}", key(1))).await;
    let head = page.between("<div class=\"queue-head\">", "<nav class=\"lanes\"").unwrap();
    assert!(head.contains("<div class=\"toast last\" role=\"status\">"), "{head}");
    let finding = ann.get(&desk, &format!("{QUEUE}/{}?last={}", key(2), key(1))).await;
    let behind = finding.between("</ol></nav>", "<div class=\"toast last\"").unwrap();
    let behind = behind.split("</nav>").last().unwrap_or_default().trim().to_owned();
    assert_eq!(behind, "", "it stands beside the way here");
}

#[tokio::test]
async fn one_alone_is_decided_where_it_stands() {
    let desk = Desk::with(&checked(4)).await;
    let mut ann = Browser::ann(&desk).await;
    let list = ann.get(&desk, QUEUE).await;
    let unsaid = "<select name=\"state\" required><option value=\"\">";
    assert!(list.text.contains(unsaid), "no verdict is chosen unless somebody does: {}", list.text);
    let one = key(1).to_string();
    let third = format!("{}@0", key(3));
    let one_alone = [
        ("finding", third.as_str()),
        ("state", "duplicate"),
        ("because", ""),
        ("after", one.as_str()),
    ];
    let alone = ann.post(&desk, QUEUE, &one_alone).await;
    assert_eq!(alone.location(), format!("{QUEUE}?after={one}&last={}", key(3)));
    let back = ann.get(&desk, alone.location()).await;
    assert!(
        back.text.contains("data-key=\"u\"") && back.text.contains("<b>1</b> of 4 decided today"),
        "{}",
        back.text
    );
    let done = ann.get(&desk, &format!("{QUEUE}?state=decided")).await;
    assert_eq!(listed(&done.text, 4), [3]);
    assert!(done.text.contains("Done <b>1</b>") && done.text.contains(" data-decided"));
}

#[tokio::test]
async fn an_empty_queue_leads_to_where_there_is_something() {
    let mut found = checked(3);
    found.findings[0].lane = Lane::StopPayment;
    let row = &mut found.findings[0].rows[0].fields;
    row.insert("supplier_name".to_owned(), "Birch".to_owned());
    // A check of one kind.
    found.findings[1].kind = found.findings[1].check.clone();
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    let list = ann.get(&desk, QUEUE).await;
    let by_title = "title=\"Recover · Invoices that came twice\">Invoices that came twice</span>";
    assert!(list.text.contains(by_title), "{}", list.text);
    let first = format!("{QUEUE}/{}/verdict", key(1));
    // What is true is still to be stopped.
    ann.post(&desk, &first, &[("state", "duplicate"), ("because", "")]).await;
    let lane = ann.get(&desk, &format!("{QUEUE}?lane=stop_payment")).await;
    assert_eq!(listed(&lane.text, 3), [1]);
    assert!(lane.text.contains(" data-decided") && lane.text.contains(">duplicate</span>"));
    desk.receive("first.csv", "SAP").await;
    let over = ann.get(&desk, "/at/acme/acme/overview").await;
    assert!(over.text.contains("1 payment can still be stopped"), "{}", over.text);
    ann.post(&desk, &first, &[("state", "not_duplicate"), ("because", "rent")]).await;
    let lane = ann.get(&desk, &format!("{QUEUE}?lane=stop_payment")).await;
    for text in [
        "<h2>Nothing is open under Stop before payment</h2>",
        "href=\"/at/acme/acme/findings?lane=recover\" data-key=\"n\">Go on with Recover (2) <kbd",
    ] {
        assert!(lane.text.contains(text), "{text} {}", lane.text);
    }
    for (text, onward) in [("birch", true), ("cedar", false)] {
        let page = ann.get(&desk, &format!("{QUEUE}?text={text}&state=open")).await;
        assert!(page.text.contains("<h2>Nothing matches</h2>"), "{}", page.text);
        assert_eq!(page.text.contains(">See 1 finding of another state <kbd"), onward, "{text}");
    }
}

#[tokio::test]
async fn back_from_a_finding_is_its_line_on_its_page() {
    let desk = Desk::with(&checked(60)).await;
    let mut ann = Browser::ann(&desk).await;
    let first = ann.get(&desk, QUEUE).await;
    let next = first.between("rel=\"next\" href=\"", "\"").unwrap().to_owned();
    // The most money stands first, fifty on a page.
    for (number, page) in [(60, format!("{QUEUE}?")), (11, format!("{QUEUE}?")), (10, next)] {
        let finding = ann.get(&desk, &format!("{QUEUE}/{}", key(number))).await;
        let back = format!("href=\"{page}#about-{}\" data-key=\"b\"", key(number));
        assert!(finding.text.contains(&back), "{back} {}", finding.text);
    }
    // What the queue has no more leads to the page of the one before it.
    let verdict = format!("{QUEUE}/{}/verdict", key(60));
    ann.post(&desk, &verdict, &[("state", "duplicate"), ("because", "")]).await;
    let decided = ann.get(&desk, &format!("{QUEUE}/{}", key(60))).await;
    let back = format!("href=\"{QUEUE}?\" data-key=\"b\"");
    assert!(decided.text.contains(&back), "{}", decided.text);
}
