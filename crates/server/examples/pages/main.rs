//! The pages with made-up findings behind them, to look at: `cargo run -p server --example pages`.
//!
//! Not for: anything that is kept; all of it lies in a folder that is removed at the end. Sign in as
//! `ann@example.org`, or as `viv@example.org` who only reads, with `correct horse staple`.

#![expect(clippy::unwrap_used, reason = "what goes wrong here is for whoever starts it to see")]
#![expect(clippy::print_stdout, reason = "it says where it listens")]

#[expect(dead_code, reason = "the tests ask more of it")]
#[path = "../../tests/it/book.rs"]
mod book;
mod made_up;

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bytes::Bytes;
use domain::{
    AccessScope, CustomerName, FileType, JobId, MemberRole, NewPassword, Role, RunId, Sender,
    TokenId, UnitName, UploadId, UserId,
};
use jiff::{SignedDuration, Timestamp};
use server::sign_in::{SignInMethods, links, password_hash};
use server::tls::{CurrentCertificate, make_authority, server_config};
use server::tokens::{self, NewToken};
use server::tryout::Tryouts;
use server::{
    AdmissionLimit, App, AppParts, Clock, KeyRing, LedgerHealth, Limits, Proxies, Randomness,
    Readiness, Site, Worker, WorkerParts, keys, listener,
};
use store::{
    Config, DatabaseUrl, Decider, JobKind, NewInvitation, NewRun, NewUpload, NewUser, ObjectsUrl,
    Store, User,
};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use book::{Act, Book, checks};

const PASSWORD: &str = "correct horse staple";
const PLACE: &str = "127.0.0.1:8444";
const HEADER: &str = "Supplier,Invoice Number,Invoice Date,Amount\n";

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        database: DatabaseUrl::Sqlite(folder.path().join("rows.db")),
        objects: ObjectsUrl::Local(folder.path().join("objects")),
    };
    let store = Store::open(&config).await.unwrap();
    store.system().add_customer(&acme(), now()).await.unwrap();
    store.system().add_unit(&acme(), &"north".parse().unwrap(), "operator", now()).await.unwrap();
    keys::add_key(&store, now()).await.unwrap();
    let book = Book::default();
    let app = App::new(AppParts {
        keys: KeyRing::load(&store).await.unwrap(),
        store,
        reader: Arc::new(book.clone()),
        browser: Arc::new(book.clone()),
        screener: Some(Arc::new(book.clone())),
        checks: checks(),
        region: "local".parse().unwrap(),
        site: Site::default(),
        proxies: Proxies::default(),
        admission: AdmissionLimit::new(&Limits::default()),
        readiness: Readiness::default(),
        ledger_health: LedgerHealth::default(),
        tryouts: Some(Tryouts::new(Arc::new(book.clone()), folder.path().join("tryouts"))),
        limits: Limits::default(),
        new_work: Arc::new(Notify::new()),
        clock: Clock::new(now),
        randomness: randomness(),
        sign_in: SignInMethods::by_password(),
        serves_agents: true,
        outbound: None,
        sends_mail: true,
        sftp_port: Some(2022),
    });
    people(&app).await;
    uploads(&app, &book).await;
    findings(&app).await;
    let made =
        make_authority(&folder.path().join("tls"), &["localhost".to_owned()], now()).unwrap();
    let tls = server_config(CurrentCertificate::load(made.files).unwrap()).unwrap();
    let socket = TcpListener::bind(PLACE).await.unwrap();
    println!("https://{PLACE}  sign in as ann@example.org or viv@example.org: {PASSWORD}");
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    listener::serve(socket, tls, app, stop).await;
}

async fn people(app: &App) {
    let system = app.store.system();
    let (_, new) = links::new_invitation(&app.randomness, now(), SignedDuration::from_hours(24));
    system.make_welcome(&acme(), new, now()).await.unwrap();
    let ann = join(app, new, "Ann Other", "ann@example.org").await;
    let acme = app.store.customer(&acme());
    for (role, name, email) in [
        (MemberRole::Viewer, "Viv Reader", "viv@example.org"),
        (MemberRole::Analyst, "Bob Clerk", "bob@example.org"),
    ] {
        let (_, new) =
            links::new_invitation(&app.randomness, now(), SignedDuration::from_hours(24));
        let by = ann.email.as_str();
        acme.invite(new, Some(&email.parse().unwrap()), role, by, now()).await.unwrap();
        join(app, new, name, email).await;
    }
}

async fn join(app: &App, link: NewInvitation, name: &str, email: &str) -> User {
    let password = NewPassword::new(PASSWORD.to_owned(), &[]).unwrap();
    let new = NewUser {
        id: UserId::new(now(), app.randomness.bytes()),
        email: email.parse().unwrap(),
        name: name.parse().unwrap(),
        password_hash: Some(password_hash::hash(password, &app.randomness).await.unwrap()),
    };
    app.store.system().accept_invitation(link.secret_hash, new, now()).await.unwrap()
}

async fn uploads(app: &App, book: &Book) {
    let token = NewToken {
        id: TokenId::new(now(), app.randomness.bytes()),
        scope: AccessScope { customer: acme(), units: None, types: None },
        role: Role::Uploader,
        label: "SAP nightly".to_owned(),
        made_by: "operator".to_owned(),
        valid_from: now(),
        expires_at: now() + SignedDuration::from_hours(24 * 90),
    };
    let id = token.id;
    let region = "local".parse().unwrap();
    tokens::issue(&app.store, &app.keys, &region, token, now()).await.unwrap();
    book.next("suppliers_20261122T050000Z.csv", Act::Hold);
    book.next("employees_20261122T050000Z.csv", Act::Refuse);
    for (file_type, name) in [
        (FileType::Transactions, "invoices_20261121T051000Z.csv"),
        (FileType::Suppliers, "suppliers_20261122T050000Z.csv"),
        (FileType::Employees, "employees_20261122T050000Z.csv"),
        (FileType::Transactions, "invoices_20261122T051000Z.csv"),
    ] {
        receive(app, id, file_type, name).await;
    }
    let worker = Worker::new(WorkerParts {
        store: app.store.clone(),
        reader: Arc::new(book.clone()),
        checker: Arc::new(book.clone()),
        limits: Limits::default(),
        spool: None,
        new_work: Arc::clone(&app.new_work),
        clock: Clock::new(now),
        randomness: randomness(),
    });
    while worker.run_next_job(&CancellationToken::new()).await.unwrap() {}
    receive(app, id, FileType::Transactions, "invoices_20261123T051000Z.csv").await;
}

async fn receive(app: &App, token: TokenId, file_type: FileType, name: &str) {
    let id = UploadId::new(now(), app.randomness.bytes());
    let acme = app.store.customer(&acme());
    let mut object = acme.create_object(&unit(), id).await.unwrap();
    let rows = "ACME Ltd,10983,<i>soon</i>,4310.00\n".repeat(20_000);
    object.write(Bytes::from(format!("{HEADER}{rows}"))).await.unwrap();
    let sealed = object.finish().await.unwrap().publish().await.unwrap();
    let new = NewUpload {
        id,
        unit: unit(),
        file_type,
        file_name: name.parse().unwrap(),
        received_at: now(),
        sender: Sender::Token(token),
        idempotency_key: None,
        job: JobId::new(now(), app.randomness.bytes()),
        trace: None,
    };
    acme.receive(sealed, new).await.unwrap();
}

async fn findings(app: &App) {
    let system = app.store.system();
    let ids = NewRun {
        run: RunId::new(now(), app.randomness.bytes()),
        job: JobId::new(now(), app.randomness.bytes()),
    };
    let decider = Decider { by: "Ann Other", who: "ann@example.org", at: now() };
    app.store.customer(&acme()).ask_for_run(&unit(), ids, decider).await.unwrap();
    let (lease, later) = (SignedDuration::from_mins(1), now() + SignedDuration::from_hours(2));
    let job = system.claim_job(&[JobKind::CheckUnit], later, lease, 1).await.unwrap().unwrap();
    system.begin_run(&job, now()).await.unwrap();
    system.finish_run(&job, &made_up::checked(), now()).await.unwrap();
}

fn acme() -> CustomerName {
    "acme".parse().unwrap()
}

fn unit() -> UnitName {
    "acme".parse().unwrap()
}

/// From a fixed morning on, so that what is seen is the same each time.
fn now() -> Timestamp {
    static STARTED: OnceLock<Instant> = OnceLock::new();
    let passed = STARTED.get_or_init(Instant::now).elapsed();
    let morning: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    morning + SignedDuration::try_from(passed).unwrap()
}

fn randomness() -> Randomness {
    Randomness::new(|bytes| aws_lc_rs::rand::fill(bytes).unwrap())
}
