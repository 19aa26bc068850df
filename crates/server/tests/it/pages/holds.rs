//! Payments held from the page of a finding and from the queue, and lifted on the list.

use domain::finding::{FindingRow, Lane};

use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

const QUEUE: &str = "/at/acme/acme/findings";
const HOLDS: &str = "/at/acme/acme/holds";

#[tokio::test]
async fn payments_are_held_and_lifted_by_hand() {
    let desk = Desk::with(&checked(3)).await;
    let mut ann = Browser::ann(&desk).await;
    assert!(ann.get(&desk, HOLDS).await.text.contains("Nothing is held"));
    let finding = format!("{QUEUE}/{}", key(1));
    let page = ann.get(&desk, &finding).await;
    for said in
        ["Hold the payment</button>", "Whether it is paid, the extract does not say. On hold,"]
    {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    let held = ann.post(&desk, &format!("{finding}/hold"), &[("because", "look first")]).await;
    assert_eq!(held.status, 303, "{}", held.text);
    assert!(held.location().ends_with("said=held"), "{}", held.location());
    let page = ann.get(&desk, &finding).await;
    assert!(page.text.contains("the ERP has not fetched that yet"), "{}", page.text);
    assert!(!page.text.contains("Hold the payment</button>"));

    let ticked = [("finding", key(2).to_string()), ("finding", key(3).to_string())];
    let ticked: Vec<(&str, &str)> = ticked.iter().map(|(name, key)| (*name, &**key)).collect();
    ann.post(&desk, &format!("{QUEUE}/hold"), &ticked).await;
    let list = ann.get(&desk, HOLDS).await;
    for words in ["ACME 1", "ACME 2", "ACME 3", "“look first”", "not yet"] {
        assert!(list.text.contains(words), "{words}: {}", list.text);
    }
    let unsaid = ann.post(&desk, &format!("{HOLDS}/lift"), &[("hold", "1")]).await;
    assert!(unsaid.text.contains("Nothing was lifted"), "{}", unsaid.text);
    let lift = [("hold", "1"), ("hold", "2"), ("because", "both explained")];
    let lifted = ann.post(&desk, &format!("{HOLDS}/lift"), &lift).await;
    assert!(lifted.location().ends_with("said=lifted"), "{}", lifted.location());
    let again = ann.post(&desk, &format!("{HOLDS}/lift"), &lift).await;
    assert!(again.text.contains("has changed since you looked"), "{}", again.text);
    let list = ann.get(&desk, &format!("{HOLDS}?state=lifted")).await;
    assert!(list.text.contains("“both explained”") && !list.text.contains("ACME 3"));
    let none = ann.post(&desk, &format!("{HOLDS}/lift"), &[]).await;
    assert!(none.location().ends_with("said=nothing-lifted"));
}

#[tokio::test]
async fn what_came_back_or_was_dismissed_offers_no_hold_and_is_not_at_risk() {
    let desk = Desk::with(&checked(2)).await;
    let mut ann = Browser::ann(&desk).await;
    let finding = |number| format!("{QUEUE}/{}", key(number));
    for number in [1, 2] {
        let page = ann.get(&desk, &finding(number)).await;
        assert!(page.text.contains("Hold the payment</button>"), "{}", page.text);
        assert!(page.text.contains("At risk: what was paid twice"), "{}", page.text);
    }
    ann.post(&desk, &format!("{}/verdict", finding(1)), &[("state", "duplicate")]).await;
    ann.post(&desk, &format!("{}/recovered", finding(1)), &[("recovered", "1000")]).await;
    let dismissed = [("state", "not_duplicate"), ("because", "rent")];
    ann.post(&desk, &format!("{}/verdict", finding(2)), &dismissed).await;
    for number in [1, 2] {
        let page = ann.get(&desk, &finding(number)).await;
        assert!(!page.text.contains("Hold the payment</button>"), "{number} {}", page.text);
        assert!(!page.text.contains("At risk: "), "{number} {}", page.text);
    }
    let refused = ann.post(&desk, &format!("{}/hold", finding(1)), &[("because", "")]).await;
    assert!(
        refused.text.contains("has come back, so there is no payment left"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn a_credit_has_no_payment_to_hold() {
    let mut found = checked(2);
    let credit = &mut found.findings[0].rows[0].fields;
    credit.insert("base_amount".to_owned(), "-450.00".to_owned());
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    for (number, is_holdable) in [(1, false), (2, true)] {
        let page = ann.get(&desk, &format!("{QUEUE}/{}", key(number))).await;
        assert_eq!(page.text.contains("Hold the payment</button>"), is_holdable, "{number}");
    }
    // Of several it is said on the queue.
    let both = [1, 2].map(|number| key(number).to_string());
    let both = [("finding", &*both[0]), ("finding", &*both[1]), ("queue", "lane=recover")];
    let refused = ann.post(&desk, &format!("{QUEUE}/hold"), &both).await;
    assert_eq!(refused.location(), format!("{QUEUE}?lane=recover&said=no-payment-to-hold"));
    let queue = ann.get(&desk, refused.location()).await;
    assert!(queue.text.contains("has no payment to hold"), "{}", queue.text);
    assert!(ann.get(&desk, HOLDS).await.text.contains("Nothing is held"), "of all or of none");
}

#[tokio::test]
async fn what_is_not_paid_is_said_where_the_ledger_says_so() {
    let mut found = checked(1);
    found.findings[0].lane = Lane::StopPayment;
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    let page = ann.get(&desk, &format!("{QUEUE}/{}", key(1))).await;
    assert!(page.text.contains("Not paid yet. On hold,"), "{}", page.text);
    // What is true and not paid is stopped, and nothing of it is asked back.
    let verdict = format!("{QUEUE}/{}/verdict", key(1));
    ann.post(&desk, &verdict, &[("state", "duplicate")]).await;
    let page = ann.get(&desk, &format!("{QUEUE}/{}", key(1))).await;
    for said in ["so there is nothing to ask back: hold the payment", "value=\"settled\" selected"]
    {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    assert!(!page.text.contains("Write the letter"), "{}", page.text);
    let letter = ann.get(&desk, &format!("/at/acme/acme/letter?finding={}", key(1))).await;
    assert!(letter.text.contains("it is not paid yet, so there is no money"), "{}", letter.text);
    let recovery = ann.get(&desk, "/at/acme/acme/recovery").await;
    assert!(recovery.text.contains("Nothing is on its way back yet"), "{}", recovery.text);
    ann.post(&desk, &format!("{QUEUE}/{}/hold", key(1)), &[]).await;
    let lane = ann.get(&desk, &format!("{QUEUE}?lane=stop_payment")).await;
    assert!(lane.text.contains("Nothing is open under Stop before payment"), "{}", lane.text);
}

#[tokio::test]
async fn whoever_says_that_it_is_true_stops_the_payment_with_it() {
    let mut found = checked(2);
    for finding in &mut found.findings {
        finding.lane = Lane::StopPayment;
    }
    let second = FindingRow { id: "S2".to_owned(), ..found.findings[1].rows[0].clone() };
    found.findings[1].rows.push(second);
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    let finding = |number| format!("{QUEUE}/{}", key(number));
    let stop = ": stop the payment</span>";
    let page = ann.get(&desk, &finding(1)).await;
    assert!(page.text.contains(stop), "{}", page.text);
    // Which of several is the one that must not go out, nobody has said.
    assert!(!ann.get(&desk, &finding(2)).await.text.contains(stop));
    let decided = [("state", "duplicate"), ("because", ""), ("hold", "yes")];
    let next = ann.post(&desk, &format!("{}/verdict", finding(1)), &decided).await;
    assert!(next.location().contains("payment-stopped"), "{}", next.location());
    let list = ann.get(&desk, HOLDS).await;
    assert!(list.text.contains("ACME 1") && !list.text.contains("ACME 2"), "{}", list.text);
    let page = ann.get(&desk, &finding(1)).await;
    assert!(!page.text.contains(stop), "it is held: {}", page.text);
}

#[tokio::test]
async fn an_admin_sets_the_words_of_screenings() {
    const PATH: &str = "/settings/acme/screening";
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let page = ann.get(&desk, PATH).await;
    assert!(page.text.contains("value=\"0.8\"") && page.text.contains("An employee"));
    let set = [
        ("unit", "acme"),
        ("look_from", "0.3"),
        ("stop_from", "0.95"),
        ("recent_days", "30"),
        ("new_supplier", "clear"),
        ("other_account", "stop"),
    ];
    let done = ann.post(&desk, PATH, &set).await;
    assert_eq!(done.location(), "/settings/acme/screening?unit=acme&said=screening-set");
    let page = ann.get(&desk, PATH).await;
    assert!(page.text.contains("value=\"0.95\"") && page.text.contains("value=\"30\""));
    let same = ann.post(&desk, PATH, &set).await;
    assert!(same.location().ends_with("nothing-changed"), "{}", same.location());
    for (field, value, why) in [
        ("look_from", "0.99", "must not be above"),
        ("stop_from", "much", "from 0 to 1"),
        ("recent_days", "no", "days"),
        ("new_supplier", "perhaps", "Choose a word"),
    ] {
        let wrong = set.map(|(name, old)| (name, if name == field { value } else { old }));
        let page = ann.post(&desk, PATH, &wrong).await;
        assert!(page.text.contains(why), "{field}: {}", page.text);
    }
}
