//! Reason codes: added and retired by an admin, chosen with a verdict, shown.

use domain::Role;
use serde_json::json;

use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

const LIMITS: &str = "/settings/acme/limits";
const QUEUE: &str = "/at/acme/acme/findings";

fn path(number: usize) -> String {
    format!("{QUEUE}/{}", key(number))
}

async fn add(desk: &Desk, ann: &mut Browser, code: &str, words: &str, state: &str) -> String {
    let fields = [("code", code), ("words", words), ("state", state)];
    let added = ann.post(desk, &format!("{LIMITS}/reason-codes"), &fields).await;
    if added.status == 303 { added.location().to_owned() } else { added.text }
}

#[tokio::test]
async fn an_admin_adds_and_retires_reasons() {
    let desk = Desk::with(&checked(1)).await;
    let mut ann = Browser::ann(&desk).await;
    let added = add(&desk, &mut ann, "PRICE", "The price was <agreed>", "not_duplicate").await;
    assert_eq!(added, format!("{LIMITS}?said=reason-code-added"));
    for (code, words, says) in [
        ("price", "again", "PRICE is there already"),
        ("a b", "words", "A reason code is 1 to 20 letters"),
        ("A", "", "The words of a reason are 1 to 120 characters"),
    ] {
        let again = add(&desk, &mut ann, code, words, "duplicate").await;
        assert!(again.contains(says), "{says} {again}");
        let typed = format!("name=\"code\" required maxlength=\"20\" value=\"{code}\"");
        assert!(again.contains(&typed), "{typed} {again}");
        assert!(again.contains("<option value=\"duplicate\" selected>"), "{again}");
    }
    let page = ann.get(&desk, LIMITS).await;
    assert!(page.text.contains("data-label=\"Reason\">The price was &#60;agreed&#62;</td>"));
    let retire = format!("{LIMITS}/reason-codes/retire");
    let retired = ann.post(&desk, &retire, &[("code", "price")]).await;
    assert_eq!(retired.location(), format!("{LIMITS}?said=reason-code-retired"));
    let again = ann.post(&desk, &retire, &[("code", "PRICE")]).await;
    assert_eq!(again.location(), format!("{LIMITS}?said=nothing-changed"));
    assert!(ann.get(&desk, LIMITS).await.text.contains("retired 23 Nov 2026"));
    let log = desk.audited().await;
    for what in ["customer.add_reason_code", "customer.retire_reason_code"] {
        assert_eq!(log.iter().filter(|entry| *entry == what).count(), 1, "{what} {log:?}");
    }
}

#[tokio::test]
async fn a_verdict_is_given_by_a_code() {
    let desk = Desk::with(&checked(4)).await;
    let mut ann = Browser::ann(&desk).await;
    let plain = ann.get(&desk, &path(1)).await.text;
    assert!(!plain.contains("reason_code"), "without codes all is as it was");
    assert!(plain.contains("name=\"because\" required"), "{plain}");
    add(&desk, &mut ann, "PRICE", "The price was agreed", "not_duplicate").await;
    add(&desk, &mut ann, "TWICE", "Keyed twice", "duplicate").await;

    let page = ann.get(&desk, &path(1)).await.text;
    for said in [
        "<option value=\"PRICE\">PRICE · The price was agreed</option>",
        "<option value=\"TWICE\">TWICE · Keyed twice</option>",
        "name=\"because\" data-required",
    ] {
        assert!(page.contains(said), "{said} {page}");
    }
    let queue = ann.get(&desk, QUEUE).await.text;
    assert!(queue.contains("data-state=\"not_duplicate\"><option value=\"PRICE\">"), "{queue}");

    let verdict = format!("{}/verdict", path(1));
    let nothing = [("state", "not_duplicate"), ("because", ""), ("reason_code", "")];
    let refused = ann.post(&desk, &verdict, &nothing).await;
    assert_eq!(refused.status, 409);
    let wrong = [("state", "not_duplicate"), ("because", "rent"), ("reason_code", "TWICE")];
    let refused = ann.post(&desk, &verdict, &wrong).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("TWICE stands with duplicate"), "{}", refused.text);
    assert!(refused.text.contains("value=\"rent\""), "what was typed stays: {}", refused.text);

    let coded = [("state", "not_duplicate"), ("because", ""), ("reason_code", "PRICE")];
    assert_eq!(ann.post(&desk, &verdict, &coded).await.status, 303);
    let decided = ann.get(&desk, &path(1)).await.text;
    let said = "PRICE · The price was agreed</p>";
    assert!(decided.contains(said), "{said} {decided}");
    let said = "<blockquote>PRICE · The price was agreed</blockquote>";
    assert!(decided.contains(said), "{said} {decided}");
    let both = [("state", "duplicate"), ("because", "see the mail"), ("reason_code", "TWICE")];
    assert_eq!(ann.post(&desk, &format!("{}/verdict", path(4)), &both).await.status, 303);
    let decided = ann.get(&desk, &path(4)).await.text;
    assert!(decided.contains("TWICE · Keyed twice: see the mail"), "{decided}");

    let (two, three) = (key(2).to_string(), key(3).to_string());
    let several = [
        ("finding", two.as_str()),
        ("finding", three.as_str()),
        ("state", "not_duplicate"),
        ("reason_code", "PRICE"),
    ];
    assert_eq!(ann.post(&desk, QUEUE, &several).await.status, 303);
    let all = ann.get(&desk, &format!("{QUEUE}?state=all")).await.text;
    assert_eq!(all.matches("<span class=\"note\">PRICE · The price was agreed</span>").count(), 3);
}

#[tokio::test]
async fn a_code_of_another_verdict_shows_the_queue_again() {
    let desk = Desk::with(&checked(4)).await;
    let mut ann = Browser::ann(&desk).await;
    add(&desk, &mut ann, "TWICE", "Keyed twice", "duplicate").await;
    let (two, three) = (key(2).to_string(), key(3).to_string());
    let several = [
        ("finding", two.as_str()),
        ("finding", three.as_str()),
        ("state", "not_duplicate"),
        ("because", "rent"),
        ("reason_code", "TWICE"),
    ];
    let refused = ann.post(&desk, QUEUE, &several).await;
    assert_eq!((refused.status.as_u16(), refused.heading()), (409, "Findings"));
    for said in [
        "TWICE stands with duplicate",
        "value=\"rent\"",
        "<option value=\"TWICE\" selected>",
        "<option value=\"not_duplicate\" selected>",
    ] {
        assert!(refused.text.contains(said), "{said} {}", refused.text);
    }
    assert_eq!(refused.text.matches(" checked aria-label=\"Select: ").count(), 2);
    let all = ann.get(&desk, &format!("{QUEUE}?state=decided")).await;
    assert!(all.text.contains("<h2>Nothing is decided yet</h2>"), "{}", all.text);
}

#[tokio::test]
async fn programs_name_a_code() {
    let desk = Desk::with(&checked(2)).await;
    let mut ann = Browser::ann(&desk).await;
    add(&desk, &mut ann, "PRICE", "The price was agreed", "not_duplicate").await;
    let (viewer, analyst) =
        (desk.token(Role::Viewer, "V").await, desk.token(Role::Analyst, "A").await);
    let listed = desk.get(&viewer, "reasonCodes").await;
    let items = json!([
        { "code": "PRICE", "words": "The price was agreed", "state": "not_duplicate" }
    ]);
    assert_eq!(listed.json(), json!({ "items": items }));
    let verdict = format!("findings/{}/verdict", key(1));
    let unknown = json!({ "state": "not_duplicate", "reasonCode": "NONE" });
    let refused = desk.post(&analyst, &verdict, &unknown).await;
    let why = refused.json()["detail"].to_string();
    assert!(why.contains("no reason code NONE"), "{} {why}", refused.status);
    let coded = json!({ "state": "not_duplicate", "reasonCode": "price" });
    let decided = desk.post(&analyst, &verdict, &coded).await.json();
    assert_eq!(decided["reasonCode"], "PRICE", "{decided}");
    assert_eq!(decided["because"], "The price was agreed", "{decided}");
    // Whoever names none sends and gets what they always did.
    let verdict = format!("findings/{}/verdict", key(2));
    let plain = json!({ "state": "not_duplicate", "because": "rent" });
    let decided = desk.post(&analyst, &verdict, &plain).await.json();
    assert!(!decided.to_string().contains("reasonCode"), "{decided}");
}
