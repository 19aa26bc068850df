//! The queue as a list that is searched, sorted both ways and decided in place.

use domain::finding::Lane;

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
    ann.post(&desk, &first, &[("state", "duplicate"), ("because", "")]).await;
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
