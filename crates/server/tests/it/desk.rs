//! A server whose ledgers find what they are told, asked over a connection in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use domain::finding::{Evidence, FindingRow, Lane, ProbabilityBasis, RunOutcome, Suppression};
use domain::{
    AccessScope, Amount, FileType, Finding, FindingKey, Money, OfferedRole, Region, Role,
    RowCounts, RunId, Severity, TokenId, UploadState,
};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use server::http::Service;
use server::outbound::OutboundClient;
use server::sign_in::{SignInMethods, links, totp};
use server::site::SiteParts;
use server::tokens::{self, NewToken};
use server::tryout::Tryouts;
use server::{
    AdmissionLimit, App, AppParts, Clock, KeyRing, LedgerHealth, Limits, Proxies, Randomness,
    Readiness, Site, Worker, WorkerParts, keys,
};
use store::{Config, DatabaseUrl, Decider, JobKind, NewRun, NextJobs, ObjectsUrl, Store};
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::book::{Book, checks};
use crate::workplace::{acme, fill, random, unit};

const TRYOUTS: &str = "tryouts";
const NOW: &str = "2026-11-23T10:00:00Z";
/// What a desk does before anybody sits at it.
const DESKS_OWN: [&str; 3] = ["customer.add", "key.add", "run.ask"];

pub(crate) struct Desk {
    folder: TempDir,
    pub(crate) app: App,
    pub(crate) book: Book,
    /// The ledgers of files that are tried.
    pub(crate) tried: Book,
    now: Arc<Mutex<Timestamp>>,
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
        serde_json::from_slice(&self.body).unwrap_or_else(|_no_json| Value::Null)
    }
}

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub(crate) fn key(number: usize) -> FindingKey {
    FindingKey::new("duplicate_invoices", [(FileType::Transactions, number.to_string().as_str())])
}

/// So many findings, the first with the least money, and one that is suppressed.
pub(crate) fn checked(findings: usize) -> RunOutcome {
    let words = "credited by C1".to_owned();
    let suppressed = Some(Suppression { reason: "credited".to_owned(), words });
    RunOutcome {
        findings: (1..=findings).map(finding).collect(),
        suppressed: vec![Finding { suppressed, ..finding(findings + 1) }],
        ..RunOutcome::default()
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
        lane: Lane::Recover,
        severity: Severity::High,
        probability: Some(0.5),
        probability_from: Some(ProbabilityBasis::Evidence),
        by_evidence: None,
        billed: None,
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
        evidence: vec![Evidence::new("amount", "the same amount", 3.5)],
        innocent_if: "it is rent".to_owned(),
        next_step: "Ask for both papers.".to_owned(),
        suppressed: None,
        pattern: Some("acme|rent".to_owned()),
        statement_credit: None,
        misposted_row: None,
    }
}

impl Desk {
    pub(crate) async fn open() -> Self {
        Self::open_with(Limits::default()).await
    }

    pub(crate) async fn open_with(limits: Limits) -> Self {
        Self::open_as(limits, Site::default(), SignInMethods::by_password()).await
    }

    /// Reached by a public URL.
    pub(crate) async fn open_at(public_url: &str) -> Self {
        let public_url = Some(public_url.parse().unwrap());
        let site = Site::new(SiteParts { public_url, ..SiteParts::default() });
        Self::open_as(Limits::default(), site, SignInMethods::by_password()).await
    }

    /// With ways to sign in beside the usual one, or in its place.
    pub(crate) async fn open_signing_in(sign_in: SignInMethods) -> Self {
        Self::open_as(Limits::default(), Site::default(), sign_in).await
    }

    async fn open_as(limits: Limits, site: Site, sign_in: SignInMethods) -> Self {
        Self::open_whole(limits, site, sign_in, None).await
    }

    async fn open_whole(
        limits: Limits,
        site: Site,
        sign_in: SignInMethods,
        outbound: Option<OutboundClient>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            database: DatabaseUrl::Sqlite(folder.path().join("rows.db")),
            objects: ObjectsUrl::Local(folder.path().join("objects")),
        };
        let store = Store::open(&config).await.unwrap();
        store.system().add_customer(&acme(), now()).await.unwrap();
        keys::add_key(&store, now()).await.unwrap();
        let time = Arc::new(Mutex::new(now()));
        let clock = Arc::clone(&time);
        let (book, tried) = (Book::default(), Book::default());
        let app = App::new(AppParts {
            keys: KeyRing::load(&store).await.unwrap(),
            store,
            reader: Arc::new(book.clone()),
            browser: Arc::new(book.clone()),
            screener: Some(Arc::new(book.clone())),
            checks: checks(),
            region: region(),
            site,
            proxies: Proxies::default(),
            admission: AdmissionLimit::new(&limits),
            readiness: Readiness::default(),
            ledger_health: LedgerHealth::default(),
            tryouts: Some(Tryouts::new(Arc::new(tried.clone()), folder.path().join(TRYOUTS))),
            limits,
            new_work: Arc::new(Notify::new()),
            clock: Clock::new(move || *clock.lock().unwrap()),
            randomness: Randomness::new(fill),
            sign_in,
            sends_mail: true,
            serves_agents: true,
            outbound,
            sftp_port: None,
        });
        Self { folder, app, book, tried, now: time }
    }

    /// With this found by a run.
    pub(crate) async fn with(found: &RunOutcome) -> Self {
        let desk = Self::open().await;
        desk.run(found).await;
        desk
    }

    /// With this found by a run, where scans are fetched by this client.
    pub(crate) async fn fetching_by(outbound: OutboundClient, found: &RunOutcome) -> Self {
        let (limits, sign_in) = (Limits::default(), SignInMethods::by_password());
        let desk = Self::open_whole(limits, Site::default(), sign_in, Some(outbound)).await;
        desk.run(found).await;
        desk
    }

    pub(crate) async fn run(&self, found: &RunOutcome) {
        let system = self.app.store.system();
        let ids =
            NewRun { run: RunId::new(now(), random()), job: domain::JobId::new(now(), random()) };
        let decider = Decider { by: "Ann", who: "ann@example.org", at: now() };
        self.app.store.customer(&acme()).ask_for_run(&unit(), ids, decider).await.unwrap();
        let lease = SignedDuration::from_secs(60);
        let job = system.claim_job(&[JobKind::CheckUnit], now(), lease, 1).await.unwrap().unwrap();
        system.begin_run(&job, now()).await.unwrap();
        system.finish_run(&job, found, now()).await.unwrap();
    }

    /// Works off all that is due now.
    pub(crate) async fn work(&self) {
        let app = &self.app;
        let worker = Worker::new(WorkerParts {
            store: app.store.clone(),
            reader: Arc::new(self.book.clone()),
            checker: Arc::new(self.book.clone()),
            limits: Limits::default(),
            spool: None,
            new_work: Arc::clone(&app.new_work),
            clock: app.clock.clone(),
            randomness: Randomness::new(fill),
        });
        while worker.run_next_job(&CancellationToken::new()).await.unwrap() {}
    }

    /// What is left of files that were tried.
    pub(crate) fn tried_folders(&self) -> usize {
        match std::fs::read_dir(self.folder.path().join(TRYOUTS)) {
            Ok(folders) => folders.count(),
            Err(_none_was_made) => 0,
        }
    }

    /// Where files are kept is no more.
    pub(crate) fn lose_objects(&self) {
        std::fs::remove_dir_all(self.folder.path().join("objects")).unwrap();
    }

    /// Later, by so many seconds.
    pub(crate) fn later(&self, seconds: i64) {
        *self.now.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    /// The code an authenticator app shows.
    pub(crate) fn totp(&self, secret: &str) -> String {
        let step = self.now.lock().unwrap().as_second() / totp::STEP_SECONDS;
        totp::code_at(&domain::Secret::new(secret.to_owned()), step).unwrap()
    }

    pub(crate) async fn try_welcome(&self) -> Option<String> {
        let link = links::make_link(&self.app.store, &acme(), &self.app.randomness, now()).await;
        link.unwrap().map(|link| link.expose().clone())
    }

    /// The link for the first administrator.
    pub(crate) async fn welcome(&self) -> String {
        self.try_welcome().await.unwrap()
    }

    /// A link for a member.
    pub(crate) async fn invitation(
        &self,
        customer: &str,
        role: impl Into<OfferedRole> + Send,
        email: &str,
    ) -> String {
        let store = self.app.store.customer(&customer.parse().unwrap());
        let (link, new) =
            links::new_invitation(&self.app.randomness, now(), SignedDuration::from_hours(24));
        let email = email.parse().unwrap();
        store.invite(new, Some(&email), role, "ann@example.org", now()).await.unwrap();
        link.expose().clone()
    }

    /// How many runs people asked for.
    pub(crate) async fn asked_runs(&self) -> usize {
        let store = self.app.store.customer(&acme());
        let runs = store.runs(&unit(), domain::page::PageSize::default(), None).await.unwrap();
        runs.items.iter().filter(|run| run.asked_by.is_some()).count()
    }

    pub(crate) async fn add_customer(&self, name: &str) {
        self.app.store.system().add_customer(&name.parse().unwrap(), now()).await.unwrap();
    }

    /// What the audit log holds of users, the first first; it is whole.
    pub(crate) async fn audited(&self) -> Vec<String> {
        let system = self.app.store.system();
        system.verify_audit().await.unwrap().unwrap();
        let page = system.audit_entries(domain::page::PageSize::default(), None).await.unwrap();
        let whats = page.items.into_iter().rev().map(|item| item.entry.what);
        let is_of_the_desk = |what: &String| DESKS_OWN.contains(&what.as_str());
        whats.filter(|what| !is_of_the_desk(what)).collect()
    }

    /// A file, sent with a token of this label: its upload.
    pub(crate) async fn receive(&self, name: &str, label: &str) -> String {
        let token = self.token(Role::Uploader, label).await;
        let path = format!("/customers/acme/units/acme/Uploads/upload/APT/{name}");
        let bearer = format!("Bearer {token}");
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "text/csv")];
        let answer = self.send(Method::POST, &path, &headers, &format!("Supplier\n{name}\n")).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        self.later(1);
        answer.json()["uploadId"].as_str().unwrap().to_owned()
    }

    /// What was received first is in its ledger.
    pub(crate) async fn read_one(&self) {
        let system = self.app.store.system();
        let (at, lease) = (*self.now.lock().unwrap(), SignedDuration::from_secs(60));
        let job = system.claim_job(&[JobKind::ReadUpload], at, lease, 1).await.unwrap().unwrap();
        system.begin_reading(&job, at).await.unwrap();
        let read = UploadState::Read { at, ledger_version: 1, rows: RowCounts::default() };
        let next = NextJobs::default();
        system.finish_reading(&job, read, next, at).await.unwrap();
    }

    pub(crate) async fn token(&self, role: Role, label: &str) -> String {
        let scope = AccessScope { customer: acme(), units: None, types: None };
        self.token_for(scope, role, label).await
    }

    pub(crate) async fn token_for(&self, scope: AccessScope, role: Role, label: &str) -> String {
        self.token_by(scope, role, (label, "operator")).await
    }

    /// A token that somebody made.
    pub(crate) async fn token_by(
        &self,
        scope: AccessScope,
        role: Role,
        (label, made_by): (&str, &str),
    ) -> String {
        let new = NewToken {
            id: TokenId::new(now(), random()),
            scope,
            role,
            label: label.to_owned(),
            made_by: made_by.to_owned(),
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
        let bearer = format!("Bearer {token}");
        let path = format!("/customers/acme/units/acme/{below}");
        self.send(method, &path, &[("Authorization", &bearer)], body).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let service = Service::new(&self.app);
        let serve = service_fn(move |request| service.clone().call(request));
        tokio::spawn(
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(theirs), serve),
        );
        let (mut sender, connection) = http1::handshake(TokioIo::new(ours)).await.unwrap();
        tokio::spawn(connection);
        let request = Request::builder().method(method).uri(path).header("Host", "localhost");
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
        let answer = sender.send_request(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

fn region() -> Region {
    "local".parse().unwrap()
}
