//! `/readyz` says what uploads will meet.

use domain::Role;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use server::Limits;

use crate::desk::{Answer, Desk};
use crate::documented::validator;

async fn ask(desk: &Desk) -> Answer {
    desk.send(Method::GET, "/readyz", &[], "").await
}

/// The names of the checks that are not ok, all of which are required.
fn in_the_way(said: &Value) -> Vec<&str> {
    let checks = said["checks"].as_array().unwrap().iter();
    let bad: Vec<&Value> = checks.filter(|check| check["ok"] == false).collect();
    assert!(bad.iter().all(|check| check["required"] == true), "{said}");
    bad.into_iter().map(|check| check["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_ready_server_says_all_that_it_looked_at() {
    let desk = Desk::open().await;
    let answer = ask(&desk).await;
    assert_eq!(answer.status, StatusCode::OK);
    let said = answer.json();
    let names: Vec<&Value> =
        said["checks"].as_array().unwrap().iter().map(|c| &c["name"]).collect();
    assert_eq!(names, ["server", "disk", "database", "objects", "ledgers"]);
    assert_eq!((said["ready"].clone(), in_the_way(&said)), (json!(true), vec![]));
    let schema = validator("ReadinessReport");
    assert!(schema.is_valid(&said) && !schema.is_valid(&json!({})), "{said}");
}

#[tokio::test]
async fn a_server_that_would_answer_507_is_not_ready() {
    let limits = Limits { disk_reserve_bytes: u64::MAX / 2, ..Limits::default() };
    let desk = Desk::open_with(limits).await;
    let token = desk.token(Role::Uploader, "nightly").await;
    let headers =
        [("Authorization", format!("Bearer {token}")), ("Content-Type", "text/csv".to_owned())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let path = "/customers/acme/units/acme/Uploads/upload/APT/a.csv";
    assert_eq!(desk.send(Method::POST, path, &headers, "Supplier\nA\n").await.status, 507);

    let answer = ask(&desk).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    let said = answer.json();
    assert_eq!(in_the_way(&said), ["disk"]);
    assert_eq!(said["detail"], said["checks"][1]["detail"], "{said}");
    assert!(validator("ProblemDetails").is_valid(&said), "{said}");
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_named_and_no_more() {
    let desk = Desk::open().await;
    desk.lose_objects();
    let answer = ask(&desk).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(in_the_way(&answer.json()), ["objects"]);
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    for inside in ["tmp", "os error", "No such file"] {
        assert!(!text.contains(inside), "{text}");
    }

    let desk = Desk::open().await;
    desk.app.store.close().await;
    assert_eq!(in_the_way(&ask(&desk).await.json()), ["database"]);
}

#[tokio::test]
async fn a_stopping_server_is_not_ready_at_once() {
    let desk = Desk::open().await;
    assert_eq!(ask(&desk).await.status, StatusCode::OK);
    desk.app.admission.close();
    assert_eq!(in_the_way(&ask(&desk).await.json()), ["server"]);
}

#[tokio::test]
async fn asking_again_tries_nothing_again() {
    let desk = Desk::open().await;
    assert_eq!(ask(&desk).await.status, StatusCode::OK);
    desk.lose_objects();
    assert_eq!(ask(&desk).await.status, StatusCode::OK, "what was found a moment ago");
}
