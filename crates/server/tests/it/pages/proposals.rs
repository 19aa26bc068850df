//! Verdicts that take two people, on the pages and over the API.

use domain::{AccessScope, MemberRole, Role};
use http::Method;
use serde_json::json;

use crate::browser::Browser;
use crate::desk::{Desk, checked, key};
use crate::findings::is_documented;
use crate::workplace::acme;

const LIMITS: &str = "/settings/acme/limits/four-eyes";

#[tokio::test]
async fn a_second_person_confirms() {
    let desk = Desk::with(&checked(3)).await;
    let mut ann = Browser::ann(&desk).await;
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    for wrong in ["much", "-1"] {
        let refused = ann.post(&desk, LIMITS, &[("above", wrong)]).await;
        assert_eq!(refused.status, 422, "{wrong}");
        let field = refused.between("name=\"above\"", "</form>").unwrap_or_default();
        let is_kept = field.contains(&format!("value=\"{wrong}\""));
        assert!(is_kept && field.contains("aria-invalid"), "the text is kept: {}", refused.text);
    }
    let set = ann.post(&desk, LIMITS, &[("above", "1,000")]).await;
    assert_eq!(set.location(), "/settings/acme/limits?said=four-eyes");
    assert!(ann.get(&desk, "/settings/acme/limits").await.text.contains("value=\"1,000.00\""));

    let finding = format!("/at/acme/acme/findings/{}", key(3));
    let verdict = [("state", "duplicate"), ("seen", "0"), ("because", "they agree")];
    let proposed = ann.post(&desk, &format!("{finding}/verdict"), &verdict).await;
    assert!(proposed.location().contains("said=proposed"), "{}", proposed.location());
    let hers = ann.get(&desk, &finding).await;
    assert!(hers.text.contains("ann proposed on"), "{}", hers.text);
    assert!(!hers.text.contains("/confirm\""), "she is not asked to confirm it");
    let own = ann.post(&desk, &format!("{finding}/confirm"), &[("seen", "1")]).await;
    assert_eq!(own.status, 409);
    assert!(own.text.contains("it takes a second person"), "{}", own.text);
    let queue = bob.get(&desk, "/at/acme/acme/findings?shown=proposed").await;
    assert!(queue.text.contains("Proposed by ann: duplicate"), "{}", queue.text);
    assert!(queue.text.contains("Invoice 3") && !queue.text.contains("Invoice 2"));
    let his = bob.get(&desk, &finding).await;
    assert!(his.text.contains("/confirm\"") && his.text.contains("they agree"), "{}", his.text);
    let confirmed = bob.post(&desk, &format!("{finding}/confirm"), &[("seen", "1")]).await;
    assert!(confirmed.location().contains("said=confirmed"), "{}", confirmed.location());
    let page = ann.get(&desk, &finding).await;
    assert!(page.text.contains("bob decided, after a proposal of ann: duplicate"), "{}", page.text);

    // Several at once: those below the amount are decided.
    let ticked = [
        ("finding", key(1).to_string()),
        ("finding", key(2).to_string()),
        ("state", "not_duplicate".to_owned()),
        ("because", "rent".to_owned()),
    ];
    let ticked: Vec<_> = ticked.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let several = bob.post(&desk, "/at/acme/acme/findings", &ticked).await;
    assert!(several.location().contains("several-proposed"), "{}", several.location());
    let audited = desk.audited().await;
    for what in ["customer.set_four_eyes", "finding.propose", "finding.verdict"] {
        assert!(audited.contains(&what.to_owned()), "{what} {audited:?}");
    }
}

#[tokio::test]
async fn programs_propose_and_confirm() {
    let desk = Desk::with(&checked(2)).await;
    let mut ann = Browser::ann(&desk).await;
    ann.post(&desk, LIMITS, &[("above", "0")]).await;
    let scope = || AccessScope { customer: acme(), units: None, types: None };
    let token = async |made_by: &str| desk.token_by(scope(), Role::Analyst, ("SAP", made_by)).await;
    let (hers, also_hers) = (token("ann@example.org").await, token("ann@example.org").await);
    let his = token("bob@example.org").await;
    let path = format!("findings/{}", key(1));
    let verdict = json!({ "state": "duplicate", "because": "they agree" });
    let proposed = desk.post(&hers, &format!("{path}/verdict"), &verdict).await;
    assert_eq!(proposed.status, 202, "{}", proposed.json());
    assert_eq!(proposed.headers["etag"], "\"1\"");
    is_documented("FindingDetail", &proposed.json());
    assert_eq!(proposed.json()["state"], "open");
    assert_eq!(proposed.json()["proposal"]["verdict"]["state"], "duplicate");
    for (below, body) in [("confirm", serde_json::Value::Null), ("verdict", verdict.clone())] {
        for own in [&hers, &also_hers] {
            let refused = desk.post(own, &format!("{path}/{below}"), &body).await;
            assert_eq!(refused.status, 409, "{below} {}", refused.json());
            assert_eq!(refused.json()["code"], "decision_impossible");
        }
    }
    let waiting = desk.get(&his, "findings?proposed=true").await.json();
    assert_eq!(waiting["items"].as_array().unwrap().len(), 1, "{waiting}");
    let confirmed = desk.ask(&his, Method::POST, &format!("{path}/confirm"), "").await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.json());
    assert_eq!(confirmed.json()["state"], "duplicate");
    assert!(confirmed.json()["proposal"].is_null());
    let several = json!({ "findings": [key(2)], "verdict": verdict });
    let several = desk.post(&hers, "verdicts", &several).await;
    assert_eq!(several.json(), json!({ "decided": 0, "proposed": 1 }));
    // The same verdict of somebody else confirms.
    let same = desk.post(&his, &format!("findings/{}/verdict", key(2)), &verdict).await;
    assert_eq!((same.status.as_u16(), &same.json()["state"]), (200, &json!("duplicate")));
}
