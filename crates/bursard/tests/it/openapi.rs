//! The published document says what the server does.

use serde_json::Value;

use crate::harness::{JsonAnswer as _, Server};

/// A validator of one of the document's own schemas.
fn validator(document: &Value, name: &str) -> jsonschema::Validator {
    let mut schema = document["components"]["schemas"][name].clone();
    schema["components"] = document["components"].clone();
    jsonschema::validator_for(&schema).unwrap()
}

#[tokio::test]
async fn answers_are_as_the_document_says() {
    let server = Server::start();
    let token = server.token();
    let document = server.get_json("", "/openapi.json").await;
    assert_eq!(document["openapi"], "3.1.0");
    let answer = server.post(&token, "APT/a_20261123.csv").body("Supplier\n").send().await.unwrap();
    let receipt = answer.json_value().await;
    let receipts = validator(&document, "Receipt");
    assert!(receipts.is_valid(&receipt), "{receipt} {:?}", receipts.iter_errors(&receipt).next());
    assert!(!receipts.is_valid(&serde_json::json!({})), "an empty schema would accept anything");
    let refused = server.post(&token, "apt/a.csv").body("Supplier\n").send().await.unwrap();
    assert!(validator(&document, "ProblemDetails").is_valid(&refused.json_value().await));
}

#[test]
fn every_route_is_in_the_document() {
    let document = server::http::openapi_document();
    let paths = document["paths"].as_object().unwrap();
    let operations: Vec<&str> = paths
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    let routes = server::http::routes().into_iter();
    // Pages are for people, and what agents ask is described by their protocol itself.
    let is_described_elsewhere = |route: &server::http::Route| {
        matches!(route.access, server::http::Access::Page(_)) || route.operation == "serve_agent"
    };
    for route in routes.filter(|route| !is_described_elsewhere(route)) {
        assert!(operations.contains(&route.operation), "{} is missing", route.operation);
    }
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"").skip(1) {
        let pointer = reference.split('"').next().unwrap().trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{pointer} leads nowhere");
    }
}
