//! Which checks a unit's runs carry out, and by what, through the API.

use domain::Role;
use http::Method;
use serde_json::json;

use crate::desk::Desk;
use crate::findings::is_documented;

const PATH: &str = "checkSettings";

#[tokio::test]
async fn settings_are_shown_and_set_and_followed_by_a_run() {
    let desk = Desk::open().await;
    let token = desk.token(Role::Admin, "Terraform").await;
    let usual = desk.get(&token, PATH).await.json();
    is_documented("UnitCheckSettings", &usual);
    assert_eq!(usual, json!({}), "what is absent is as the checks say");
    let settings = json!({
        "off": ["benford"],
        "parameters": { "just_below_limit.limit": "7500", "benford.share": "0.3" },
        "moreLimits": { "just_below_limit.limit": [{ "amount": "6000", "currency": "EUR" }] },
        "calendar": { "weekend": ["friday", "saturday"], "holidays": "none", "off": ["2026-12-02"] },
    });
    let set = desk.ask(&token, Method::PUT, PATH, &settings.to_string()).await;
    assert_eq!(set.status, 200, "{}", set.json());
    let kept = set.json();
    is_documented("UnitCheckSettings", &kept);
    assert_eq!(kept["parameters"], json!({ "just_below_limit.limit": "7500" }), "0.3 is its own");
    let limit = json!([{ "amount": "6000.00", "currency": "EUR" }]);
    assert_eq!(kept["moreLimits"]["just_below_limit.limit"], limit);
    assert_eq!(kept["calendar"]["weekend"], json!(["friday", "saturday"]));
    assert_eq!(desk.get(&token, PATH).await.json(), kept);
    assert_eq!(desk.asked_runs().await, 1);

    // The same again changes nothing; what is left out is as usual again.
    desk.ask(&token, Method::PUT, PATH, &kept.to_string()).await;
    assert_eq!(desk.asked_runs().await, 1);
    assert_eq!(desk.ask(&token, Method::PUT, PATH, "{}").await.json(), usual);
    let log = desk.audited().await;
    assert_eq!(log.iter().filter(|what| *what == "check.set").count(), 2);
}

#[tokio::test]
async fn settings_of_nothing_that_is_there_are_named_and_not_kept() {
    let desk = Desk::open().await;
    let token = desk.token(Role::Admin, "").await;
    let limits = |key: &str, code: &str| json!({ "moreLimits": { key: [{ "amount": "1", "currency": code }] } });
    for (sent, says) in [
        (json!({ "off": ["nonsense"] }), "there is no check nonsense"),
        (
            json!({ "parameters": { "benford.colour": "1" } }),
            "no check has a number benford.colour",
        ),
        (
            json!({ "parameters": { "benford.share": "30" } }),
            "benford.share: write a number from 0 to 1",
        ),
        (limits("benford.share", "EUR"), "benford.share is no limit of approval"),
        (limits("just_below_limit.limit", "QQQ"), "names a currency that is none"),
        (json!({ "calendar": { "weekend": ["caturday"] } }), "caturday"),
        (json!({ "colour": 1 }), "colour"),
    ] {
        let refused = desk.ask(&token, Method::PUT, PATH, &sent.to_string()).await;
        let problem = refused.json();
        assert_eq!(problem["code"], json!("request_malformed"), "{problem}");
        let detail = problem["detail"].as_str().unwrap().to_lowercase();
        assert!(detail.contains(&says.to_lowercase()), "{problem}");
    }
    assert_eq!(desk.asked_runs().await, 0);
    for role in [Role::Viewer, Role::Analyst] {
        let weak = desk.token(role, "").await;
        let refused = desk.ask(&weak, Method::PUT, PATH, "{}").await;
        assert_eq!(refused.json()["code"], json!("role_insufficient"), "{role}");
    }
}
