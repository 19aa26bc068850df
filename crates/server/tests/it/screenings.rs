//! Screenings and holds as the API takes and answers them.

use domain::Role;
use http::Method;
use serde_json::{Value, json};

use crate::desk::{Desk, checked, key};
use crate::findings::is_documented;

fn invoice(number: &str) -> Value {
    json!({
        "supplier_ref": "S1", "invoice_number": number, "invoice_amount": 12.5,
        "invoice_date": "2026-11-20",
    })
}

#[tokio::test]
async fn invoices_are_screened_and_the_log_has_their_number() {
    let desk = Desk::open().await;
    let token = desk.token(Role::Screening, "SAP").await;
    let answer = desk.post(&token, "screenings", &json!([invoice("clear"), invoice("A1")])).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    is_documented("Screening", &answer.json());
    let answer = answer.json();
    assert_eq!(
        (&answer["word"], &answer["invoices"][0]["word"]),
        (&"stop".into(), &"clear".into())
    );
    assert!(answer["invoices"][1]["words"].as_str().unwrap().contains("4711"));
    assert!(desk.audited().await.contains(&"screening.ask".to_owned()));
    let system = desk.app.store.system();
    let newest = system.audit_entries(domain::page::PageSize::fixed(1), None).await.unwrap();
    let details = newest.items[0].entry.details.to_string();
    assert_eq!(details, r#"{"invoices":2,"words":{"clear":1,"look":0,"stop":1}}"#);

    for (body, why) in [
        (json!([]), "1 to 1000 invoices"),
        (json!([invoice("A1"), { "invoice_number": "A2" }]), "invoice 2: missing field"),
        (json!({ "invoice_nr": "A1" }), "unknown field"),
    ] {
        let answer = desk.post(&token, "screenings", &body).await;
        let said = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(answer.status == 400 && said.contains(why), "{body}: {said}");
    }
    let answer = desk.post(&token, "screenings", &json!([invoice("too large")])).await;
    let refusal = answer.json();
    assert_eq!(answer.status, 409, "{refusal}");
    assert_eq!(
        (&refusal["code"], &refusal["retryable"]),
        (&"ledger_too_large".into(), &false.into())
    );
    for below in ["findings", "runs", "Uploads"] {
        assert_eq!(desk.get(&token, below).await.status, 403, "{below}");
    }
}

#[tokio::test]
async fn an_admin_says_what_stops_a_payment() {
    let desk = Desk::open().await;
    let admin = desk.token(Role::Admin, "").await;
    let settings = desk.get(&admin, "screeningSettings").await.json();
    is_documented("ScreeningSettings", &settings);
    assert_eq!(settings["stopFrom"], "0.8");
    let put = async |changed: Value| {
        let mut body = settings.clone();
        body.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
        desk.ask(&admin, Method::PUT, "screeningSettings", &body.to_string()).await
    };
    let set = put(json!({ "oddities": { "other_account": "look" }, "stopFrom": "0.9" })).await;
    assert_eq!((set.status.as_u16(), &set.json()["stopFrom"]), (200, &"0.9".into()));
    let token = desk.token(Role::Screening, "").await;
    let answer = desk.post(&token, "screenings", &invoice("A1")).await.json();
    assert_eq!(answer["word"], "look");
    let wrong = put(json!({ "lookFrom": "0.9", "stopFrom": "0.2" })).await;
    assert_eq!(wrong.status, 400, "{}", wrong.json());
    assert!(desk.audited().await.contains(&"screening.set".to_owned()));
}

#[tokio::test]
async fn payments_are_held_fetched_acknowledged_and_lifted() {
    let desk = Desk::with(&checked(2)).await;
    let (analyst, erp) =
        (desk.token(Role::Analyst, "Ann").await, desk.token(Role::Screening, "SAP").await);
    let new = json!({ "findings": [key(1), key(2)], "because": "look first" });
    let held = desk.post(&analyst, "holds", &new).await;
    assert_eq!(held.status, 200, "{}", held.json());
    is_documented("ChangedHolds", &held.json());
    let all = desk.get(&erp, "holds?limit=1").await.json();
    is_documented("HoldsPage", &all);
    assert_eq!((&all["upto"], &all["hasMore"]), (&1.into(), &true.into()));
    // Findings are taken in the order of their keys, and that of the second comes first.
    assert!(key(2) < key(1));
    assert_eq!(all["items"][0]["invoice"], "2");
    let rest = desk.get(&erp, "holds?since=1").await.json();
    assert_eq!((rest["items"][0]["invoice"].as_str(), &rest["upto"]), (Some("1"), &2.into()));
    let file = desk.get(&erp, "holds.csv").await;
    let text = String::from_utf8_lossy(&file.body).into_owned();
    assert!(text.contains("2,held,1,,ACME 1,"), "{text}");
    assert_eq!(file.headers["bursar-holds-upto"], "2");

    let known = desk.post(&erp, "holds/acknowledged", &json!({ "upto": 2 })).await.json();
    assert_eq!(known["changes"], 2);
    assert_eq!(desk.post(&erp, "holds/lifted", &json!({ "invoices": ["1"] })).await.status, 403);
    let lift = json!({ "invoices": ["1"], "because": "explained" });
    assert_eq!(desk.post(&analyst, "holds/lifted", &lift).await.status, 200);
    assert_eq!(desk.post(&analyst, "holds/lifted", &lift).await.status, 409);
    let lifted = desk.get(&erp, "holds?since=2").await.json();
    assert_eq!((&lifted["items"][0]["state"], &lifted["upto"]), (&"lifted".into(), &3.into()));

    let innocent = json!({ "state": "not_duplicate", "because": "rent" });
    desk.post(&analyst, &format!("findings/{}/verdict", key(2)), &innocent).await;
    let lifted = desk.get(&erp, "holds?since=3").await.json();
    assert_eq!(lifted["items"][0]["because"], "rent");
    assert_eq!(desk.get(&erp, "holds?since=4").await.json()["upto"], 4);
}
