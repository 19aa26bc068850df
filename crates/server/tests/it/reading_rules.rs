//! How a unit's files are read, through the API.

use domain::Role;
use http::Method;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::findings::is_documented;

#[tokio::test]
async fn rules_are_set_shown_and_set_back() {
    let desk = Desk::open().await;
    let token = desk.token(Role::Admin, "Terraform").await;
    let path = "readingRules/APT";
    assert_eq!(desk.get(&token, path).await.json(), json!({}));
    let rules = json!({
        "mapping": { "fields": { "supplier_id": "Lief" } },
        "dateOrder": "month_first", "invoices": "negative", "emptyWords": ["tbc"], "strict": true,
    });
    let set = desk.ask(&token, Method::PUT, path, &rules.to_string()).await;
    assert_eq!((set.status.as_u16(), set.json()), (200, rules.clone()));
    is_documented("ReadingRules", &set.json());
    assert_eq!(desk.get(&token, path).await.json(), rules);
    let all = desk.get(&token, "readingRules").await.json();
    is_documented("UnitReadingRules", &all);
    let of = |file_type: &str| {
        let items = all["items"].as_array().unwrap().iter();
        items.clone().find(|item| item["fileType"] == file_type).map(|item| item["rules"].clone())
    };
    assert_eq!((of("APT"), of("Suppliers")), (Some(rules), Some(json!({}))));

    // What is left out is as usual again.
    let less = json!({ "decimals": "comma" });
    assert_eq!(desk.ask(&token, Method::PUT, path, &less.to_string()).await.json(), less);
    assert_eq!(desk.ask(&token, Method::DELETE, path, "").await.status, 204);
    assert_eq!(desk.get(&token, path).await.json(), json!({}));
    let log = desk.audited().await;
    assert_eq!(log.iter().filter(|what| *what == "reading_rules.set").count(), 3);
}

#[tokio::test]
async fn rules_that_cannot_be_followed_are_named_and_not_kept() {
    let desk = Desk::open().await;
    let token = desk.token(Role::Admin, "").await;
    for (path, rules, code, says) in [
        ("APT", json!({ "invoices": "both" }), "request_malformed", "positive"),
        ("APT", json!({ "colour": 1 }), "request_malformed", "colour"),
        ("APT", json!({ "sheet": " " }), "request_malformed", "Sheet: expected the name"),
        (
            "APT",
            json!({ "mapping": { "fields": { "nonsense": "A" } } }),
            "request_malformed",
            "nonsense, which is not one of our fields",
        ),
        ("apt", json!({}), "file_type_unknown", "APT, Suppliers, Employees, IMS or Payments"),
    ] {
        let path = format!("readingRules/{path}");
        let refused = desk.ask(&token, Method::PUT, &path, &rules.to_string()).await;
        let problem = refused.json();
        assert_eq!((refused.status.as_u16(), &problem["code"]), (400, &json!(code)), "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{problem}");
    }
    assert_eq!(desk.get(&token, "readingRules/APT").await.json(), json!({}));
    for role in [Role::Uploader, Role::Viewer, Role::Analyst] {
        let weak = desk.token(role, "").await;
        for (method, body) in [(Method::GET, ""), (Method::PUT, "{}"), (Method::DELETE, "")] {
            let refused = desk.ask(&weak, method, "readingRules/APT", body).await;
            assert_eq!(refused.json()["code"], Value::from("role_insufficient"), "{role}");
        }
    }
}
