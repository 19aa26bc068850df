//! A store with a customer, a unit and a token in it, and short ways to do what cases do often.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use domain::{
    AccessScope, CustomerName, FileName, FileType, JobId, Role, RunId, Secret, Sender, TokenId,
    UnitName, Upload, UploadId, UploadState,
};
use jiff::{SignedDuration, Timestamp};
use store::{
    ClaimedJob, Config, CustomerStore, DatabaseUrl, Error, JobKind, KeyAlgorithm, NewRun,
    NewUpload, ObjectsUrl, ReceiveOutcome, SealedObject, SigningKeyRecord, Store, SystemStore,
    TokenRecord,
};

pub(crate) const KID: &str = "key-1";

/// Ids of one run never repeat.
static RANDOM: AtomicU64 = AtomicU64::new(1);

pub(crate) struct Site {
    pub(crate) folder: PathBuf,
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) token: TokenId,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn now() -> Timestamp {
    at("2026-11-23T10:00:00.123456789Z")
}

pub(crate) fn acme() -> CustomerName {
    "acme".parse().unwrap()
}

pub(crate) fn unit() -> UnitName {
    "acme".parse().unwrap()
}

pub(crate) fn file_name(name: &str) -> FileName {
    name.parse().unwrap()
}

pub(crate) fn random() -> [u8; 10] {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&RANDOM.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    random
}

pub(crate) fn new_job() -> JobId {
    JobId::new(now(), random())
}

pub(crate) fn new_run() -> NewRun {
    NewRun { run: RunId::new(now(), random()), job: new_job() }
}

pub(crate) fn fence() -> i64 {
    i64::try_from(RANDOM.fetch_add(1, Ordering::Relaxed)).unwrap()
}

pub(crate) fn token_record(scope: AccessScope) -> TokenRecord {
    TokenRecord {
        id: TokenId::new(now(), random()),
        scope,
        role: Role::Uploader,
        label: "ERP of the head office".to_owned(),
        kid: KID.to_owned(),
        key_retired_at: None,
        issued_at: at("2026-11-01T00:00:00Z"),
        not_before: at("2026-11-01T00:00:00Z"),
        expires_at: at("2027-11-01T00:00:00Z"),
        revoked_at: None,
        made_by: Some("operator".to_owned()),
        last_used_at: None,
        last_used_from: None,
        sftp: None,
    }
}

pub(crate) fn scope(customer: CustomerName) -> AccessScope {
    AccessScope { customer, units: None, types: None }
}

pub(crate) fn key_record(kid: &str, created_at: Timestamp) -> SigningKeyRecord {
    SigningKeyRecord {
        kid: kid.to_owned(),
        algorithm: KeyAlgorithm::EdDsa,
        public_key: vec![0, 1, 255],
        private_key: Secret::new(vec![255, 0, 7]),
        created_at,
        retired_at: None,
    }
}

impl Site {
    pub(crate) async fn open(folder: &Path, database: DatabaseUrl) -> Self {
        let objects = ObjectsUrl::Local(folder.join("objects"));
        let config = Config { database, objects };
        let store = Store::open(&config).await.unwrap();
        let system = store.system();
        system.add_customer(&acme(), now()).await.unwrap();
        system.add_signing_key(key_record(KID, now())).await.unwrap();
        let token = token_record(scope(acme()));
        system.add_token(&token).await.unwrap();
        Self { folder: folder.to_owned(), config, store, token: token.id }
    }

    pub(crate) fn acme(&self) -> CustomerStore {
        self.store.customer(&acme())
    }

    pub(crate) fn system(&self) -> SystemStore {
        self.store.system()
    }

    /// The next job of any kind, at `now()`.
    pub(crate) async fn claim(&self) -> ClaimedJob {
        let lease = SignedDuration::from_secs(60);
        let claimed = self.system().claim_job(&JobKind::ALL, now(), lease, fence()).await;
        claimed.unwrap().expect("a job waits")
    }

    pub(crate) async fn state(&self, upload: UploadId) -> UploadState {
        self.acme().upload(&unit(), upload).await.unwrap().unwrap().state
    }

    /// Received so many minutes before `now()`.
    pub(crate) async fn snapshot(&self, name: &str, minutes_ago: i64) -> Upload {
        let mut new = self.new_upload(name);
        new.file_type = FileType::Suppliers;
        new.received_at = now() - SignedDuration::from_mins(minutes_ago);
        self.try_receive(new, b"1").await.unwrap().into_upload()
    }

    pub(crate) fn new_upload(&self, name: &str) -> NewUpload {
        NewUpload {
            id: UploadId::new(now(), random()),
            unit: unit(),
            file_type: FileType::Transactions,
            file_name: file_name(name),
            received_at: now(),
            sender: Sender::Token(self.token),
            idempotency_key: None,
            job: JobId::new(now(), random()),
            trace: None,
        }
    }

    pub(crate) async fn sealed(&self, new: &NewUpload, content: &'static [u8]) -> SealedObject {
        let mut writer = self.acme().create_object(&new.unit, new.id).await.unwrap();
        writer.write(Bytes::from_static(content)).await.unwrap();
        writer.finish().await.unwrap().publish().await.unwrap()
    }

    pub(crate) async fn try_receive(
        &self,
        new: NewUpload,
        content: &'static [u8],
    ) -> Result<ReceiveOutcome, Error> {
        let object = self.sealed(&new, content).await;
        self.acme().receive(object, new).await
    }

    pub(crate) async fn receive(&self, name: &str, content: &'static [u8]) -> ReceiveOutcome {
        self.try_receive(self.new_upload(name), content).await.unwrap()
    }

    /// All files below the objects' folder, published or not.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        files_below(&self.folder.join("objects"))
    }

    /// A statement as somebody with a database tool would run it.
    pub(crate) async fn by_hand(&self, sql: &'static str) {
        use sqlx::Connection as _;
        let mut connection = self.connect().await;
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// A connection of its own to the database, as a tool has one.
    pub(crate) async fn connect(&self) -> sqlx::AnyConnection {
        use sqlx::Connection as _;
        let url = match &self.config.database {
            DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
            DatabaseUrl::Postgres(url) => url.expose().clone(),
        };
        sqlx::AnyConnection::connect(&url).await.unwrap()
    }
}

pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}
