//! The published document and what is answered about an upload in each of its states.

use api::Receipt;
use domain::{FileType, HoldReason, UploadState};
use jiff::Timestamp;
use serde_json::{Value, json};
use server::http::Access;

use crate::book::{reading_report, reused_identifiers};
use crate::workplace::Workplace;

/// Operations whose answer has no body.
const WITHOUT_CONTENT: [&str; 6] = [
    "end_verdict",
    "clear_reading_rules",
    "redeliver",
    "offer_resumption",
    "get_resumable_offset",
    "cancel_resumable",
];

pub(crate) fn validator(name: &str) -> jsonschema::Validator {
    let document = server::http::openapi_document();
    let mut schema = document["components"]["schemas"][name].clone();
    assert!(schema.is_object(), "there is no schema {name}");
    schema["components"] = document["components"].clone();
    jsonschema::validator_for(&schema).unwrap()
}

#[tokio::test]
async fn a_receipt_is_as_documented_in_every_state() {
    let place = Workplace::open().await;
    let upload = place.receive(FileType::Suppliers, "a_1.csv").await;
    let (at, rows) = (Timestamp::UNIX_EPOCH, domain::RowCounts::default());
    let receipts = validator("Receipt");
    for (state, members) in [
        (UploadState::Received, &[][..]),
        (UploadState::Reading { since: at }, &["since"]),
        (
            UploadState::Read { at, ledger_version: 1, rows },
            &["at", "ledgerVersion", "rowsRead", "rowsSetAside", "rowsReplaced", "madeInactive"],
        ),
        (
            UploadState::Held { at, rows, reason: HoldReason::ManyInactive { active_before: 3 } },
            &["at", "holdReason", "activeBefore", "rowsRead", "madeInactive", "nonRows"],
        ),
        (
            UploadState::Held { at, rows, reason: reused_identifiers() },
            &["at", "holdReason", "reusedIdentifiers", "rowsReplaced"],
        ),
        (UploadState::Refused { at, reason: "x".to_owned(), remedy: None }, &["at", "reason"]),
    ] {
        let word = state.word();
        let receipt = Receipt::from(domain::Upload { state, ..upload.clone() });
        let receipt = serde_json::to_value(receipt).unwrap();
        let faults: Vec<_> = receipts.iter_errors(&receipt).map(|e| e.to_string()).collect();
        assert!(faults.is_empty(), "{receipt}: {faults:?}");
        assert_eq!(receipt["status"], word);
        for member in members {
            let mut less = receipt.clone();
            assert!(less.as_object_mut().unwrap().remove(*member).is_some(), "{word} {member}");
            assert!(!receipts.is_valid(&less), "{word} needs {member}");
        }
    }
}

#[test]
fn problems_are_as_documented() {
    let kept = reading_report();
    let listed = api::UploadProblems::new(kept.problems, kept.counts);
    let listed: Value = serde_json::to_value(listed).unwrap();
    let item = json!({
        "line": 2, "column": "Invoice Date", "value": "<i>soon</i>", "reason": "not_a_date",
        "level": "set_aside", "message": "not a date", "advice": "write dates as 2026-11-23",
    });
    let count = json!({
        "column": "Invoice Date", "reason": "not_a_date", "level": "set_aside", "count": 3,
        "message": "not a date",
    });
    assert_eq!(listed, json!({ "items": [item], "counts": [count], "total": 3 }));
    let problems = validator("UploadProblems");
    assert!(problems.is_valid(&listed), "{:?}", problems.iter_errors(&listed).next());
    assert!(!problems.is_valid(&json!({ "items": [{}], "counts": [], "total": 0 })));
    // The columns of the CSV are the members of the JSON.
    let members: Vec<&str> =
        listed["items"][0].as_object().unwrap().keys().map(String::as_str).collect();
    assert!(domain::problem::LISTED.iter().all(|column| members.contains(column)), "{members:?}");
}

#[test]
fn the_page_of_the_documentation_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/api.md");
    let kept = std::fs::read_to_string(path).unwrap();
    let current = server::http::api_page();
    assert!(kept == current, "docs/reference/api.md is not current: run `cargo xtask reference`");
}

#[test]
fn every_route_is_documented_with_the_types_of_its_handler() {
    let document = server::http::openapi_document();
    let (mut documented, mut written) = (0, 0);
    for methods in document["paths"].as_object().unwrap().values() {
        written += methods.as_object().unwrap().len();
    }
    for route in server::http::routes() {
        let Some(says) = route.documented else {
            // Pages are for people, an incomplete path says only what is missing, and what agents ask is
            // described by their protocol itself.
            let is_incomplete = route.path.trim_end_matches('/').ends_with("/Uploads/upload");
            let is_described_elsewhere = is_incomplete || route.operation == "serve_agent";
            assert!(
                matches!(route.access, Access::Page(_)) || is_described_elsewhere,
                "{}",
                route.path
            );
            continue;
        };
        documented += 1;
        let method = route.method.as_str().to_ascii_lowercase();
        let operation = &document["paths"][says.path][&method];
        assert_eq!(operation["operationId"], route.operation);
        let is_public = operation["security"].as_array().unwrap().is_empty();
        assert_eq!(is_public, route.access == Access::Public, "{}", route.operation);
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        for segment in says.path.split('/').filter(|segment| segment.starts_with('{')) {
            let name = segment.trim_matches(['{', '}']);
            let known = |known: &&Value| known["in"] == "path" && known["name"] == name;
            let schema = &parameters.iter().find(known).unwrap()["schema"];
            assert!(schema.get("pattern").is_some() || schema.get("$ref").is_some(), "{name}");
        }
        let responses = operation["responses"].as_object().unwrap();
        let (_, answer) = responses.iter().find(|(status, _)| status.starts_with('2')).unwrap();
        if !WITHOUT_CONTENT.contains(&route.operation) {
            for (media, content) in answer["content"].as_object().unwrap() {
                let is_described = content["schema"].as_object().is_some_and(|it| !it.is_empty());
                assert!(is_described, "{} {media}", route.operation);
            }
        }
    }
    assert_eq!(documented, written, "nothing else stands in the document");
    let uploads = &document["paths"]["/customers/{customer}/units/{unit}/Uploads"]["get"];
    let page = &uploads["responses"]["200"]["content"]["application/json"]["schema"]["$ref"];
    assert_eq!(page, "#/components/schemas/PageOfReceipt");
    let allowed = &document["components"]["schemas"]["ProblemDetails"];
    assert!(!allowed["required"].as_array().unwrap().contains(&json!("allowed")), "as it is sent");
}
