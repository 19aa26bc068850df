//! Other settings of the checks: their effect is shown before they are kept.

use crate::browser::Browser;
use crate::desk::{Desk, checked, key, now};

const CHECKS: &str = "/settings/acme/checks";
const PREVIEW: &str = "/settings/acme/checks/preview";

#[tokio::test]
async fn a_changed_number_shows_what_would_go_and_come() {
    let desk = Desk::with(&checked(3)).await;
    let mut ann = Browser::ann(&desk).await;
    let decided = format!("/at/acme/acme/findings/{}/verdict", key(1));
    ann.post(&desk, &decided, &[("state", "duplicate")]).await;
    assert_eq!(ann.get(&desk, PREVIEW).await.location(), "/settings/acme/checks?unit=acme");
    let fields = [("unit", "acme"), ("just_below_limit", "on"), ("just_below_limit.limit", "7500")];
    let wrong = [("unit", "acme"), ("just_below_limit.limit", "much")];
    assert_eq!(ann.post(&desk, PREVIEW, &wrong).await.status, 422);
    let asked = ann.post(&desk, PREVIEW, &fields).await;
    assert_eq!(asked.location(), format!("{PREVIEW}?unit=acme"));
    let waiting = ann.get(&desk, asked.location()).await;
    assert!(waiting.text.contains("Nothing is changed by it"), "{}", waiting.text);
    let moment = now().as_microsecond().to_string();
    let keep = [("unit", "acme"), ("asked_at", moment.as_str())];
    let early = ann.post(&desk, &format!("{CHECKS}/keep"), &keep).await;
    assert_eq!(early.status, 409, "nobody has seen its effect yet");

    let mut found = checked(4);
    found.findings.drain(..2);
    desk.book.finds(found);
    desk.work().await;
    let page = ann.get(&desk, PREVIEW).await;
    for said in [
        "2 findings would go, 1 would come, and 1 finding stays.",
        "2 go (1 decided, which keep their verdicts), 1 come",
        "=Invoice 4 looks paid twice",
        "=Invoice 2 looks paid twice</a> <span class=\"muted\">£2,000.00</span>",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    assert!(!page.text.contains("=Invoice 3 looks"), "{}", page.text);
    let queue = ann.get(&desk, "/at/acme/acme/findings?state=all").await;
    assert!(queue.text.contains("Invoice 2 looks") && !queue.text.contains("Invoice 4 looks"));
    assert_eq!(desk.book.check_requests().last().unwrap().settings.parameters.len(), 1);
    let further = ann.get(&desk, &format!("{CHECKS}?unit=acme&tried=on")).await;
    assert!(further.text.contains("value=\"7500\""), "{}", further.text);
    assert!(!ann.get(&desk, CHECKS).await.text.contains("value=\"7500\""), "not kept yet");

    let other = [("unit", "acme"), ("asked_at", "1")];
    let other = ann.post(&desk, &format!("{CHECKS}/keep"), &other).await;
    assert_eq!(other.status, 409, "another preview than the one that was seen");
    let kept = ann.post(&desk, &format!("{CHECKS}/keep"), &keep).await;
    assert_eq!(kept.location(), format!("{CHECKS}?unit=acme&said=checks-set"));
    assert!(ann.get(&desk, CHECKS).await.text.contains("value=\"7500\""));
    let audited = desk.audited().await;
    for what in ["check.preview", "check.set"] {
        assert!(audited.contains(&what.to_owned()), "{what} {audited:?}");
    }
}

#[tokio::test]
async fn a_preview_that_fails_says_so() {
    let desk = Desk::with(&checked(1)).await;
    let mut ann = Browser::ann(&desk).await;
    ann.post(&desk, PREVIEW, &[("unit", "acme")]).await;
    desk.book.while_checking(Some(crate::book::Act::Fail));
    desk.work().await;
    let page = ann.get(&desk, PREVIEW).await;
    assert!(page.text.contains("It came to nothing"), "{}", page.text);
    assert!(!page.text.contains("/checks/keep"), "{}", page.text);
}
