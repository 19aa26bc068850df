//! A store with a customer in it, a worker, and a clock that goes when it is told to.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use domain::{
    AccessScope, CustomerName, FileType, JobId, LedgerName, Role, Secret, Sender, TokenId,
    UnitName, Upload, UploadId, UploadState,
};
use jiff::{SignedDuration, Timestamp};
use server::{Clock, Limits, Randomness, Worker, WorkerParts};
use store::{
    Config, CustomerStore, DatabaseUrl, KeyAlgorithm, NewUpload, ObjectsUrl, SigningKeyRecord,
    Store, TokenRecord,
};
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::book::Book;

pub(crate) struct Workplace {
    _folder: TempDir,
    pub(crate) store: Store,
    pub(crate) book: Book,
    pub(crate) worker: Worker,
    pub(crate) new_work: Arc<Notify>,
    now: Arc<Mutex<Timestamp>>,
    token: TokenId,
}

impl Workplace {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            database: DatabaseUrl::Sqlite(folder.path().join("rows.db")),
            objects: ObjectsUrl::Local(folder.path().join("objects")),
        };
        let store = Store::open(&config).await.unwrap();
        let began = "2026-11-23T10:00:00Z".parse().unwrap();
        let token = furnish(&store, began).await;
        let now = Arc::new(Mutex::new(began));
        let (book, new_work) = (Book::default(), Arc::new(Notify::new()));
        let clock = Arc::clone(&now);
        let worker = Worker::new(WorkerParts {
            store: store.clone(),
            reader: Arc::new(book.clone()),
            checker: Arc::new(book.clone()),
            limits: Limits::default(),
            spool: None,
            new_work: Arc::clone(&new_work),
            clock: Clock::new(move || *clock.lock().unwrap()),
            randomness: Randomness::new(fill),
        });
        Self { _folder: folder, store, book, worker, new_work, now, token }
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    /// Later, by so many seconds.
    pub(crate) fn later(&self, seconds: i64) {
        let mut now = self.now.lock().unwrap();
        *now += SignedDuration::from_secs(seconds);
    }

    pub(crate) fn acme(&self) -> CustomerStore {
        self.store.customer(&acme())
    }

    /// Received a second after the one before.
    pub(crate) async fn receive(&self, file_type: FileType, name: &str) -> Upload {
        self.receive_of(&acme(), file_type, name).await
    }

    /// For a customer's only unit.
    pub(crate) async fn receive_of(
        &self,
        customer: &CustomerName,
        file_type: FileType,
        name: &str,
    ) -> Upload {
        self.later(1);
        let (store, unit) = (self.store.customer(customer), customer.only_unit());
        let id = UploadId::new(self.now(), random());
        let mut object = store.create_object(&unit, id).await.unwrap();
        object.write(Bytes::from(format!("Supplier\n{name}\n"))).await.unwrap();
        let sealed = object.finish().await.unwrap().publish().await.unwrap();
        let new = NewUpload {
            id,
            unit,
            file_type,
            file_name: name.parse().unwrap(),
            received_at: self.now(),
            sender: Sender::Token(self.token),
            idempotency_key: None,
            job: self.new_job(),
            trace: None,
        };
        store.receive(sealed, new).await.unwrap().into_upload()
    }

    pub(crate) fn new_job(&self) -> JobId {
        JobId::new(self.now(), random())
    }

    /// Runs the next job; returns `true` when there was one.
    pub(crate) async fn run_next_job(&self) -> bool {
        self.worker.run_next_job(&CancellationToken::new()).await.unwrap()
    }

    /// All that is due now.
    pub(crate) async fn work(&self) {
        while self.run_next_job().await {}
    }

    pub(crate) async fn state(&self, upload: &Upload) -> UploadState {
        let store = self.store.customer(&upload.customer);
        store.upload(&upload.unit, upload.id).await.unwrap().unwrap().state
    }

    pub(crate) async fn word(&self, upload: &Upload) -> &'static str {
        self.state(upload).await.word()
    }
}

pub(crate) fn acme() -> CustomerName {
    "acme".parse().unwrap()
}

pub(crate) fn unit() -> UnitName {
    "acme".parse().unwrap()
}

pub(crate) fn transactions() -> LedgerName {
    LedgerName { customer: acme(), unit: unit(), file_type: FileType::Transactions }
}

/// Bytes that never repeat.
pub(crate) fn fill(bytes: &mut [u8]) {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let count = COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    for (byte, part) in bytes.iter_mut().rev().zip(count.into_iter().rev()) {
        *byte = part;
    }
}

pub(crate) fn random() -> [u8; 10] {
    Randomness::new(fill).bytes()
}

async fn furnish(store: &Store, now: Timestamp) -> TokenId {
    let system = store.system();
    system.add_customer(&acme(), now).await.unwrap();
    let key = SigningKeyRecord {
        kid: "k1".to_owned(),
        algorithm: KeyAlgorithm::EdDsa,
        public_key: vec![1],
        private_key: Secret::new(vec![1]),
        created_at: now,
        retired_at: None,
    };
    system.add_signing_key(key).await.unwrap();
    let token = TokenRecord {
        id: TokenId::new(now, random()),
        scope: AccessScope { customer: acme(), units: None, types: None },
        role: Role::Uploader,
        label: String::new(),
        kid: "k1".to_owned(),
        key_retired_at: None,
        issued_at: now,
        not_before: now,
        expires_at: now + SignedDuration::from_hours(24),
        revoked_at: None,
        made_by: Some("operator".to_owned()),
        last_used_at: None,
        last_used_from: None,
        sftp: None,
    };
    system.add_token(&token).await.unwrap();
    token.id
}
