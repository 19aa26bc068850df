//! Amounts as people type them into pages, and the findings somebody is not done with.

use domain::MemberRole;

use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

const QUEUE: &str = "/at/acme/acme/findings";

fn path(number: usize) -> String {
    format!("{QUEUE}/{}", key(number))
}

#[tokio::test]
async fn a_least_amount_is_understood_or_refused_in_its_field() {
    let desk = Desk::with(&checked(3)).await;
    let mut ann = Browser::ann(&desk).await;
    for (typed, findings, shown) in [
        ("2%2C000", 2, "2,000.00"),
        ("%C2%A32.000%2C00", 2, "2,000.00"),
        ("3.000%2C5", 0, "3,000.50"),
        ("much", 0, "much"),
        ("2.000", 0, "2.000"),
    ] {
        let page = ann.get(&desk, &format!("{QUEUE}?amount={typed}")).await;
        assert_eq!(page.text.matches("name=\"finding\" value=").count(), findings, "{typed}");
        assert!(page.text.contains(&format!("value=\"{shown}\"")), "{typed}: {}", page.text);
        let is_refused =
            page.text.contains("aria-invalid=\"true\" aria-describedby=\"amount-wrong\"");
        assert_eq!(is_refused, ["much", "2.000"].contains(&typed), "{typed}");
    }
    let file = ann.get(&desk, &format!("{QUEUE}.csv?amount=much")).await;
    assert_eq!(file.status, 409, "no file of everything");
}

#[tokio::test]
async fn what_came_back_is_understood_or_asked_about() {
    let desk = Desk::with(&checked(3)).await;
    let mut ann = Browser::ann(&desk).await;
    ann.post(&desk, &format!("{}/verdict", path(3)), &[("state", "duplicate")]).await;
    let recovered = format!("{}/recovered", path(3));
    for (typed, said) in [
        ("2.500", "“2.500” can be 2.500 or 2500"),
        ("€2500", "“€2500” is in another currency: write the amount in GBP"),
        ("2500.125", "“2500.125” has more decimals than the 2 of GBP"),
        ("99999999999", "£99,999,999,999.00 is more than the £3,000.00 at risk"),
        ("999999", "£999,999.00 is more than the £3,000.00 at risk"),
    ] {
        let refused = ann.post(&desk, &recovered, &[("recovered", typed)]).await;
        assert_eq!(refused.status, 409, "{typed}");
        let field = refused.between("aria-label=\"Recovered amount\"", ">").unwrap_or_default();
        assert!(field.contains("aria-invalid") && refused.text.contains(said), "{}", refused.text);
        assert!(refused.text.contains(&format!("value=\"{typed}\"")), "the text is kept");
    }
    for (typed, above, status) in [
        ("£2.500,50", "", 303),
        ("3.500,5", "3500.00", 409),
        ("3.500,5", "3500.50", 303),
        // Less than is recorded may be a second receipt.
        ("£2.500,50", "", 409),
    ] {
        let sent = ann.post(&desk, &recovered, &[("recovered", typed), ("above", above)]).await;
        assert_eq!(sent.status, status, "{typed} {above}");
    }
    let page = ann.get(&desk, &path(3)).await;
    for said in [
        "ann decided: duplicate (no reason given)",
        "ann recorded £3,500.50 as recovered",
        "£3,500.50 recorded, of £3,000.00 at risk",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
}

#[tokio::test]
async fn whoever_works_on_it_is_not_done_when_it_waits() {
    let desk = Desk::with(&checked(3)).await;
    let mut ann = Browser::ann(&desk).await;
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    for number in [1, 2, 3] {
        let assign = format!("{}/assign", path(number));
        ann.post(&desk, &assign, &[("assignee", "bob@example.org")]).await;
    }
    for (number, state) in [(1, "needs_information"), (2, "duplicate"), (3, "not_duplicate")] {
        let fields = [("state", state), ("because", "asked")];
        ann.post(&desk, &format!("{}/verdict", path(number)), &fields).await;
    }
    let his = bob.get(&desk, &format!("{QUEUE}?assignee=bob@example.org")).await;
    assert!(his.text.contains("Mine <b>2</b>"), "{}", his.text);
    assert!(his.text.contains("<option value=\"unfinished\" selected>"), "{}", his.text);
    let is_listed = |number| his.text.contains(&format!("value=\"{}@", key(number)));
    assert_eq!([1, 2, 3].map(is_listed), [true, true, false]);
    ann.post(&desk, &format!("{}/recovered", path(2)), &[("recovered", "2000")]).await;
    let his = bob.get(&desk, &format!("{QUEUE}?assignee=bob@example.org")).await;
    assert!(his.text.contains("Mine <b>1</b>"), "{}", his.text);
}
