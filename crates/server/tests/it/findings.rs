//! Findings, verdicts and runs as the API shows and takes them.

use domain::Role;
use domain::finding::Lane;
use http::Method;
use serde_json::{Value, json};
use server::limits::EXPORTS_PER_CUSTOMER_MAX;

use crate::browser::Browser;
use crate::desk::{Answer, Desk, checked, key};
use crate::documented::validator;

fn keys(answer: &Answer) -> Vec<String> {
    let page = answer.json();
    let items = page["items"].as_array().unwrap_or_else(|| panic!("{page}"));
    items.iter().map(|item| item["key"].as_str().unwrap().to_owned()).collect()
}

fn of(numbers: &[usize]) -> Vec<String> {
    numbers.iter().map(|number| key(*number).to_string()).collect()
}

pub(crate) fn is_documented(name: &str, value: &Value) {
    let validator = validator(name);
    let faults: Vec<_> = validator.iter_errors(value).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{name}: {value} {faults:?}");
}

#[tokio::test]
async fn findings_are_listed_filtered_and_paged() {
    let desk = Desk::with(&checked(3)).await;
    let token = desk.token(Role::Viewer, "").await;
    for (query, numbers) in [
        ("", &[3, 2, 1][..]),
        ("?min_amount=2000", &[3, 2]),
        ("?supplier=acme%202", &[2]),
        ("?suppressed=only", &[4]),
        ("?suppressed=true&sort=amount", &[4, 3, 2, 1]),
        ("?sort=payment_due", &[3, 2, 1]),
        ("?state=duplicate", &[]),
        ("?check=duplicate_invoices&kind=same_number&min_probability=0.4&gone=false", &[3, 2, 1]),
    ] {
        let answer = desk.get(&token, &format!("findings{query}")).await;
        assert_eq!(keys(&answer), of(numbers), "{query}");
    }
    let first = desk.get(&token, "findings?limit=2").await;
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let second = desk.get(&token, &format!("findings?limit=2&after={next}")).await;
    assert_eq!([keys(&first), keys(&second)].concat(), of(&[3, 2, 1]));
    assert!(second.json()["next"].is_null());
    is_documented("FindingSummary", &first.json()["items"][0]);
    for (query, status) in [
        ("?min_probability=2", 400),
        ("?sort=title", 400),
        ("?state=paid", 400),
        ("?limit=0", 400),
        ("?colour=red", 400),
        ("?after=fnd_00000000000000000000000000000000", 404),
    ] {
        let answer = desk.get(&token, &format!("findings{query}")).await;
        assert_eq!(answer.status, status, "{query} {}", answer.json());
    }
}

#[tokio::test]
async fn a_finding_is_decided_and_taken_back() {
    let desk = Desk::with(&checked(2)).await;
    Browser::ann(&desk).await;
    let token = desk.token(Role::Analyst, "Ann Other").await;
    let path = format!("findings/{}", key(1));
    let post = async |below: &str, body: Value| {
        let answer = desk.post(&token, &format!("{path}/{below}"), &body).await;
        assert_eq!(answer.status, 200, "{below} {}", answer.json());
        is_documented("FindingDetail", &answer.json());
        answer.json()
    };
    let verdict = json!({ "state": "duplicate", "because": "they agree", "recovered": "4310.00",
        "above": "4310" });
    let decided = post("verdict", verdict).await;
    assert_eq!(
        (&decided["state"], &decided["recovered"]),
        (&json!("duplicate"), &json!("4310.00"))
    );
    assert_eq!(decided["history"][0]["by"], "Ann Other (access token)");
    assert_eq!(decided["history"][0]["finding"]["evidence"][0]["words"], "the same amount");
    post("assign", json!({ "assignee": "ann@example.org" })).await;
    post("comments", json!({ "words": "asked them" })).await;
    let recovered = post("recovered", json!({ "recovered": "4000", "above": "4000" })).await;
    assert_eq!(recovered["recovered"], "4000.00");
    let undone = post("undo", Value::Null).await;
    let (open, hers) = (json!("open"), json!("ann@example.org"));
    assert_eq!((&undone["state"], &undone["assignee"]), (&open, &hers));
    assert_eq!(undone["history"].as_array().unwrap().len(), 5);
    assert_eq!(desk.get(&token, &path).await.json(), undone);

    for (below, body, status, code) in [
        ("undo", Value::Null, 409, "decision_impossible"),
        ("assign", json!({ "assignee": "Bob" }), 409, "decision_impossible"),
        ("recovered", json!({ "recovered": "1" }), 409, "decision_impossible"),
        ("verdict", json!({ "state": "open", "because": "x" }), 409, "decision_impossible"),
        ("verdict", json!({ "because": "x" }), 400, "request_malformed"),
        ("verdict", json!({ "state": "not_duplicate" }), 409, "decision_impossible"),
        (
            "verdict",
            json!({ "state": "not_duplicate", "because": "x", "recovered": "1" }),
            409,
            "decision_impossible",
        ),
        ("comments", json!({ "words": " " }), 400, "request_malformed"),
        ("comments", json!({ "words": "x".repeat(5_000) }), 400, "request_malformed"),
        ("comments", json!({ "words": "x".repeat(300_000) }), 400, "request_malformed"),
    ] {
        let answer = desk.post(&token, &format!("{path}/{below}"), &body).await;
        assert_eq!(answer.status, status, "{below} {}", answer.json());
        assert_eq!(answer.json()["code"], code);
    }
    for path in ["findings/fnd_1/undo", "findings/fnd_00000000000000000000000000000000/undo"] {
        let answer = desk.post(&token, path, &Value::Null).await;
        assert_eq!(answer.json()["code"], "finding_not_found");
    }
}

#[tokio::test]
async fn more_than_is_at_risk_is_said_twice() {
    let desk = Desk::with(&checked(2)).await;
    let token = desk.token(Role::Analyst, "").await;
    let path = |below: &str| format!("findings/{}/{below}", key(1));
    let confirmed = json!({ "state": "duplicate", "because": "they agree" });
    let step = json!({ "stage": "received", "on": "2026-11-23" });
    let with = |body: &Value, amounts: &[(&str, &str)]| {
        let mut body = body.clone();
        for (name, amount) in amounts {
            body[*name] = json!(amount);
        }
        body
    };
    let several = |verdict: Value| json!({ "findings": of(&[1, 2]), "verdict": verdict });
    for (path, body, status) in [
        (path("verdict"), with(&confirmed, &[("recovered", "1000.01")]), 409),
        ("verdicts".to_owned(), several(with(&confirmed, &[("recovered", "1000.01")])), 409),
        (path("verdict"), with(&confirmed, &[("recovered", "1000")]), 200),
        (path("recovered"), json!({ "recovered": "431050" }), 409),
        (path("recovered"), json!({ "recovered": "431050", "above": "431051" }), 409),
        (path("recovery"), with(&step, &[("amount", "431050")]), 409),
        (path("recovered"), json!({ "recovered": "1000.01", "above": "1000.01" }), 200),
        (path("recovery"), with(&step, &[("amount", "1200"), ("above", "1200.00")]), 200),
        (path("recovered"), json!({ "recovered": null }), 200),
    ] {
        let answer = desk.post(&token, &path, &body).await;
        assert_eq!(answer.status, status, "{path} {body} {}", answer.json());
        if status == 409 {
            let detail = answer.json()["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains("is more than the 1000.00 GBP at risk"), "{detail}");
            assert!(detail.contains("once more as above"), "{detail}");
        }
    }
}

#[tokio::test]
async fn several_are_decided_and_remembered() {
    let desk = Desk::with(&checked(3)).await;
    let token = desk.token(Role::Analyst, "").await;
    let verdict = json!({ "state": "not_duplicate", "because": "rent", "remember": "pattern",
        "until": "2027-03-31T00:00:00Z" });
    let body = json!({ "findings": of(&[1, 2, 1]), "verdict": verdict });
    let answer = desk.post(&token, "verdicts", &body).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (200, json!({ "decided": 2, "proposed": 0 }))
    );
    let listed = desk.get(&token, "verdicts").await.json();
    is_documented("RememberedVerdicts", &listed);
    let items = listed["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["of"]["pattern"]), (2, &json!("acme|rent")));
    assert!(items[0]["by"].as_str().unwrap().starts_with("tok_"), "without a label it is the id");
    let ids = [&items[0]["verdictId"], &items[1]["verdictId"]].map(|id| id.as_str().unwrap());
    let page = desk.get(&token, "verdicts?limit=1").await.json();
    is_documented("RememberedVerdicts", &page);
    assert_eq!((&page["items"][0]["verdictId"], &page["next"]), (&json!(ids[0]), &json!(ids[0])));
    let last = desk.get(&token, &format!("verdicts?limit=1&after={}", ids[0])).await.json();
    assert_eq!((&last["items"][0]["verdictId"], &last["next"]), (&json!(ids[1]), &Value::Null));
    let unknown = desk.get(&token, "verdicts?after=ver_00000000000000000000000000").await;
    assert_eq!(unknown.json()["code"], "verdict_not_found", "{}", unknown.json());
    let path = format!("verdicts/{}", ids[0]);
    for status in [204, 404] {
        assert_eq!(desk.ask(&token, Method::DELETE, &path, "").await.status, status);
    }
    assert_eq!(desk.get(&token, "verdicts").await.json()["items"].as_array().unwrap().len(), 1);
    for keys in [vec![], of(&(0..501).collect::<Vec<_>>())] {
        let body = json!({ "findings": keys, "verdict": verdict });
        assert_eq!(desk.post(&token, "verdicts", &body).await.status, 400);
    }
    let unknown = json!({ "findings": of(&[3, 9]), "verdict": verdict });
    assert_eq!(desk.post(&token, "verdicts", &unknown).await.status, 404);
    assert_eq!(desk.get(&token, &format!("findings/{}", key(3))).await.json()["state"], "open");
}

#[tokio::test]
async fn lane_totals_are_of_what_is_open_unless_a_state_is_named() {
    let desk = Desk::with(&checked(3)).await;
    let token = desk.token(Role::Analyst, "Ann").await;
    let verdict = json!({ "state": "duplicate", "because": "looked" });
    let path = format!("findings/{}/verdict", key(3));
    assert_eq!(desk.post(&token, &path, &verdict).await.status, 200);
    let viewer = desk.token(Role::Viewer, "").await;
    for (query, lanes, findings, pounds) in [
        ("", 4, 2, "3000.00"),
        ("?state=duplicate", 4, 1, "3000.00"),
        ("?state=open&min_amount=2000", 4, 1, "2000.00"),
        ("?lane=recover", 1, 2, "3000.00"),
        ("?lane=look_into", 1, 0, ""),
    ] {
        let totals = desk.get(&viewer, &format!("laneTotals{query}")).await.json();
        let items = totals["items"].as_array().unwrap();
        let found: u64 = items.iter().map(|item| item["findings"].as_u64().unwrap()).sum();
        let money = items.iter().find_map(|item| item["atRisk"][0]["amount"].as_str());
        assert_eq!((items.len(), found), (lanes, findings), "{query}: {totals}");
        assert_eq!(money.unwrap_or_default(), pounds, "{query}: {totals}");
    }
    assert_eq!(desk.get(&viewer, "laneTotals?lane=all").await.status, 400);
}

#[tokio::test]
async fn findings_leave_as_files() {
    let desk = Desk::with(&checked(2)).await;
    let token = desk.token(Role::Viewer, "").await;
    let csv = desk.get(&token, "findings.csv").await;
    let text = String::from_utf8(csv.body.to_vec()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let begins = "key,lane,check,kind,title,supplier,answer,probability,at_risk,counted,billed,currency,state,\
                  because,reason_code,decided_by,decided_on,recovered";
    assert_eq!((lines.len(), lines[0].starts_with(begins)), (3, true), "{text}");
    let holds = ",'=Invoice 2 looks paid twice,ACME 2,50%: more likely than not it is one invoice.,0.5000,\
                 2000.00,2000.00,,GBP,open,,,,";
    assert!(lines[1].contains(holds), "{text}");
    assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"findings_acme.csv\"");
    let mut signs = checked(2);
    signs.findings[1].lane = Lane::FraudSigns;
    desk.run(&signs).await;
    let text = desk.get(&token, "findings.csv?lane=fraud_signs").await.body;
    let text = String::from_utf8(text.to_vec()).unwrap();
    assert!(text.contains(",0.5000,2000.00,,,GBP,open,"), "not among the lane's money: {text}");
    let listed = desk.get(&token, "findings?lane=fraud_signs").await.json();
    assert_eq!(listed["items"][0]["counted"], Value::Null, "{listed}");
    let none = desk.get(&token, "findings.csv?state=duplicate").await;
    assert_eq!(String::from_utf8(none.body.to_vec()).unwrap().lines().count(), 1);

    let xlsx = desk.get(&token, "findings.xlsx?suppressed=true").await;
    assert!(xlsx.status == 200 && xlsx.body.starts_with(b"PK"), "{xlsx:?}");
    let parquet = desk.get(&token, "findings.parquet?suppressed=true").await;
    assert_eq!(parquet.body, "PAR1 3");
    let paged = desk.get(&token, "findings.xlsx?limit=2").await;
    assert_eq!(paged.status, 400);
}

#[tokio::test]
async fn files_say_who_decided_and_when() {
    let desk = Desk::with(&checked(2)).await;
    let token = desk.token(Role::Analyst, "Ann").await;
    for (number, state) in [(1, "duplicate"), (2, "not_duplicate")] {
        let verdict = json!({ "state": state, "because": "looked" });
        let path = format!("findings/{}/verdict", key(number));
        assert_eq!(desk.post(&token, &path, &verdict).await.status, 200);
    }
    let undo = format!("findings/{}/undo", key(2));
    assert_eq!(desk.post(&token, &undo, &Value::Null).await.status, 200);
    let csv = desk.get(&token, "findings.csv").await;
    let text = String::from_utf8(csv.body.to_vec()).unwrap();
    assert!(text.contains(",duplicate,looked,,Ann (access token),2026-11-23T10:00:00Z,"), "{text}");
    assert!(text.contains(",open,,,,"), "taken back: {text}");
}

#[tokio::test]
async fn runs_are_shown_and_asked_for() {
    let desk = Desk::with(&checked(2)).await;
    let token = desk.token(Role::Analyst, "Ann").await;
    let asked = desk.ask(&token, Method::POST, "runs", "").await;
    assert_eq!(asked.status, 202);
    let run = asked.json();
    is_documented("Run", &run);
    assert_eq!(
        (&run["status"], &run["askedBy"]),
        (&json!("waiting"), &json!("Ann (access token)"))
    );
    let again = desk.ask(&token, Method::POST, "runs", "").await.json();
    assert_eq!(again["runId"], run["runId"], "one waits already");
    let id = run["runId"].as_str().unwrap();
    assert!(asked.headers["location"].to_str().unwrap().ends_with(&format!("/runs/{id}")));
    is_documented("RunDetail", &desk.get(&token, &format!("runs/{id}")).await.json());
    let page = desk.get(&token, "runs").await.json();
    let done = page["items"].as_array().unwrap().iter().find(|run| run["status"] == "done");
    let done = done.unwrap_or_else(|| panic!("{page}"));
    is_documented("Run", done);
    assert_eq!((&done["newFindings"], &done["suppressed"]), (&json!(2), &json!(1)));
    assert_eq!(desk.get(&token, "runs/run_1").await.json()["code"], "run_not_found");
}

#[tokio::test]
async fn each_role_does_its_own() {
    let desk = Desk::with(&checked(1)).await;
    let path = format!("findings/{}", key(1));
    let (uploader, viewer, analyst) = (
        desk.token(Role::Uploader, "").await,
        desk.token(Role::Viewer, "").await,
        desk.token(Role::Analyst, "").await,
    );
    for (below, allowed) in [("findings", [false, true, true]), ("Uploads", [true, false, false])] {
        for (token, is_allowed) in [&uploader, &viewer, &analyst].into_iter().zip(allowed) {
            let answer = desk.get(token, below).await;
            assert_eq!(answer.status == 200, is_allowed, "{below} {}", answer.json());
            if !is_allowed {
                let problem = answer.json();
                assert_eq!(problem["code"], "role_insufficient");
                assert!(
                    problem["detail"]
                        .as_str()
                        .unwrap()
                        .contains("token issue --customer acme --role")
                );
            }
        }
    }
    let comment = json!({ "words": "x" });
    for (token, status) in [(&uploader, 403), (&viewer, 403), (&analyst, 200)] {
        let answer = desk.post(token, &format!("{path}/comments"), &comment).await;
        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn a_decision_may_say_what_it_is_made_on() {
    let desk = Desk::with(&checked(1)).await;
    let token = desk.token(Role::Analyst, "Ann Other").await;
    let path = format!("/customers/acme/units/acme/findings/{}", key(1));
    let bearer = format!("Bearer {token}");
    let decide = async |tag: &str, because: &str| {
        let body = json!({ "state": "not_duplicate", "because": because }).to_string();
        let headers = [("Authorization", bearer.as_str()), ("If-Match", tag)];
        desk.send(Method::POST, &format!("{path}/verdict"), &headers, &body).await
    };
    let seen = desk.get(&token, &format!("findings/{}", key(1))).await;
    assert_eq!(seen.headers["etag"], "\"0\"");
    let decided = decide("\"0\"", "rent").await;
    assert_eq!((decided.status.as_u16(), decided.headers["etag"].as_bytes()), (200, &b"\"1\""[..]));
    for (tag, because, status) in [
        ("\"0\"", "another reason", 412),
        ("\"0\"", "rent", 200),
        ("0", "rent", 400),
        ("\"1\"", "another reason", 200),
        ("*", "rent", 200),
    ] {
        let answer = decide(tag, because).await;
        assert_eq!(answer.status, status, "{tag} {because} {}", answer.json());
        if status == 412 {
            assert_eq!(answer.json()["code"], "finding_changed");
            assert!(answer.json()["detail"].as_str().unwrap().contains("\"1\" now"));
        }
    }
    let history = desk.get(&token, &format!("findings/{}", key(1))).await.json();
    assert_eq!(history["history"].as_array().unwrap().len(), 3, "{history}");
}

#[tokio::test]
async fn what_a_token_takes_out_is_noted() {
    let desk = Desk::with(&checked(1)).await;
    let token = desk.token(Role::Viewer, "Power BI").await;
    for file in ["findings.csv?state=open", "findings.xlsx"] {
        assert_eq!(desk.get(&token, file).await.status, 200, "{file}");
    }
    let log = desk.audited().await;
    assert_eq!(log, ["token.issue", "finding.export", "finding.export"]);
}

#[tokio::test]
async fn so_many_files_are_made_at_once() {
    let desk = Desk::with(&checked(1)).await;
    let token = desk.token(Role::Viewer, "Power BI").await;
    let acme = "acme".parse().unwrap();
    let others = [(); EXPORTS_PER_CUSTOMER_MAX];
    let others = others.map(|()| desk.app.admission.acquire_export(&acme).unwrap());
    for file in ["findings.csv", "findings.xlsx", "findings.parquet", "findings.zip"] {
        let refused = desk.get(&token, file).await;
        assert_eq!(refused.status, 503, "{file}");
        assert_eq!(refused.json()["code"], "busy");
        assert!(refused.headers.contains_key("retry-after"));
    }
    drop(others);
    for file in ["findings.csv", "findings.xlsx", "findings.csv"] {
        assert_eq!(desk.get(&token, file).await.status, 200, "each gives its place back");
    }
}
