//! The published document and what is answered about an upload in each of its states.

use api::Receipt;
use domain::{FileType, HoldReason, UploadState};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::book::{reading_report, reused_identifiers};
use crate::workplace::Workplace;

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
        (UploadState::Refused { at, reason: "x".to_owned() }, &["at", "reason"]),
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
