//! A server whose ledgers find what they are told, asked over a connection in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use domain::finding::{Amount, Checked, Evidence, FindingRow, Money, Suppression};
use domain::{AccessScope, FileType, Finding, FindingKey, Region, Role, RunId, TokenId};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use server::http::Service;
use server::tokens::{self, NewToken};
use server::{App, AppParts, Clock, Gate, KeyRing, Limits, Randomness, Readiness, keys};
use store::{Config, DatabaseUrl, JobKind, NewRun, ObjectsUrl, Store};
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::book::Book;
use crate::workplace::{acme, fill, random, unit};

const NOW: &str = "2026-11-23T10:00:00Z";

pub(crate) struct Desk {
    _folder: TempDir,
    app: App,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub(crate) fn key(number: usize) -> FindingKey {
    FindingKey::new("duplicate_invoices", [(FileType::Transactions, number.to_string().as_str())])
}

/// So many findings, the first with the least money, and one that is suppressed.
pub(crate) fn checked(findings: usize) -> Checked {
    let words = "credited by C1".to_owned();
    let suppressed = Some(Suppression { reason: "credited".to_owned(), words });
    Checked {
        findings: (1..=findings).map(finding).collect(),
        suppressed: vec![Finding { suppressed, ..finding(findings + 1) }],
        ..Checked::default()
    }
}

fn finding(number: usize) -> Finding {
    let amount = i64::try_from(number).unwrap() * 10_000_000;
    Finding {
        key: key(number),
        check: "duplicate_invoices".to_owned(),
        kind: "same_number".to_owned(),
        title: format!("=Invoice {number} looks paid twice"),
        claim: "it is one invoice".into(),
        reckoning: "Together 3 bits.".into(),
        at_risk_is: "what was paid twice".into(),
        probability: 0.5,
        at_risk: Some(Money {
            amount: Amount::from_ten_thousandths(amount),
            currency: Some("GBP".to_owned()),
        }),
        rows: vec![FindingRow {
            ledger: FileType::Transactions,
            id: number.to_string(),
            fields: BTreeMap::from([("supplier_name".to_owned(), format!("ACME {number}"))]),
            withheld: Vec::new(),
        }],
        evidence: vec![Evidence {
            field: "amount".to_owned(),
            words: "the same amount".to_owned(),
            bits: 3.5,
        }],
        innocent_if: "it is rent".to_owned(),
        suppressed: None,
        pattern: Some("acme|rent".to_owned()),
    }
}

impl Desk {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            database: DatabaseUrl::Sqlite(folder.path().join("rows.db")),
            objects: ObjectsUrl::Local(folder.path().join("objects")),
        };
        let store = Store::open(&config).await.unwrap();
        store.system().add_customer(&acme(), now()).await.unwrap();
        keys::add_key(&store, now()).await.unwrap();
        let app = App::new(AppParts {
            keys: KeyRing::load(&store).await.unwrap(),
            store,
            ledgers: Arc::new(Book::default()),
            region: region(),
            gate: Gate::new(&Limits::default()),
            readiness: Readiness::default(),
            limits: Limits::default(),
            new_work: Arc::new(Notify::new()),
            clock: Clock::new(now),
            randomness: Randomness::new(fill),
        });
        Self { _folder: folder, app }
    }

    /// With this found by a run.
    pub(crate) async fn with(found: &Checked) -> Self {
        let desk = Self::open().await;
        desk.run(found).await;
        desk
    }

    pub(crate) async fn run(&self, found: &Checked) {
        let system = self.app.store.system();
        let ids =
            NewRun { run: RunId::new(now(), random()), job: domain::JobId::new(now(), random()) };
        self.app.store.customer(&acme()).ask_for_run(&unit(), "Ann", ids, now()).await.unwrap();
        let lease = SignedDuration::from_secs(60);
        let job = system.claim_job(&[JobKind::CheckUnit], now(), lease, 1).await.unwrap().unwrap();
        system.begin_run(&job, now()).await.unwrap();
        system.finish_run(&job, found, now()).await.unwrap();
    }

    pub(crate) async fn token(&self, role: Role, label: &str) -> String {
        let new = NewToken {
            id: TokenId::new(now(), random()),
            scope: AccessScope { customer: acme(), units: None, types: None },
            role,
            label: label.to_owned(),
            valid_from: now(),
            expires_at: now() + SignedDuration::from_hours(1),
        };
        let (store, keys) = (&self.app.store, &self.app.keys);
        tokens::issue(store, keys, &region(), new, now()).await.unwrap().expose().clone()
    }

    pub(crate) async fn get(&self, token: &str, below: &str) -> Answer {
        self.ask(token, Method::GET, below, "").await
    }

    pub(crate) async fn post(&self, token: &str, below: &str, body: &Value) -> Answer {
        self.ask(token, Method::POST, below, &body.to_string()).await
    }

    /// Below the unit.
    pub(crate) async fn ask(&self, token: &str, method: Method, below: &str, body: &str) -> Answer {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let service = Service::new(&self.app);
        let serve = service_fn(move |request| service.clone().call(request));
        tokio::spawn(
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(theirs), serve),
        );
        let (mut sender, connection) = http1::handshake(TokioIo::new(ours)).await.unwrap();
        tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(format!("/customers/acme/units/acme/{below}"))
            .header("Host", "localhost")
            .header("Authorization", format!("Bearer {token}"))
            .body(Full::new(Bytes::from(body.to_owned())))
            .unwrap();
        let answer = sender.send_request(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

fn region() -> Region {
    "local".parse().unwrap()
}
