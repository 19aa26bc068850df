//! A server of SFTP on a free port, in front of a desk.

use std::fs;

use domain::{TokenId, UnitName};
use jiff::SignedDuration;
use server::listener::StopOutcome;
use server::sftp::SftpServer;
use server::sftp_credentials::{self, NewSftpCredential, SftpUser};
use server::{Limits, sftp_host_key};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::desk::{Desk, now};
use crate::workplace::{acme, random};

/// In its folder.
const SPOOL: &str = "spool";

pub(super) struct SftpPlace {
    pub(super) desk: Desk,
    pub(super) port: u16,
    pub(super) fingerprint: String,
    folder: TempDir,
    stopping: CancellationToken,
    serving: Option<JoinHandle<StopOutcome>>,
}

impl SftpPlace {
    pub(super) async fn open() -> Self {
        Self::open_with(Limits::default()).await
    }

    pub(super) async fn open_with(limits: Limits) -> Self {
        let (desk, folder) = (Desk::open_with(limits).await, tempfile::tempdir().unwrap());
        let app = desk.app.clone();
        let key = sftp_host_key::find_or_make(&app.store, &app.randomness, now()).await.unwrap();
        let again = sftp_host_key::find_or_make(&app.store, &app.randomness, now()).await.unwrap();
        assert!(key.is_new && !again.is_new);
        assert_eq!(key.fingerprint(), again.fingerprint(), "another node has the same");
        let fingerprint = key.fingerprint();
        let server = SftpServer::new(app, key, folder.path().join(SPOOL)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stopping = CancellationToken::new();
        let serving = Some(tokio::spawn(server.serve(listener, stopping.clone())));
        Self { desk, port, fingerprint, folder, stopping, serving }
    }

    /// Files that lie where they wait.
    pub(super) fn spooled(&self) -> usize {
        fs::read_dir(self.folder.path().join(SPOOL)).unwrap().count()
    }

    pub(super) async fn stop(&mut self) -> StopOutcome {
        self.stopping.cancel();
        self.serving.take().unwrap().await.unwrap()
    }
}

impl Desk {
    /// A credential of a unit: with this public key, or with a password, which is returned.
    pub(crate) async fn sftp_credential(
        &self,
        unit: UnitName,
        public_key: Option<&str>,
    ) -> (TokenId, Option<String>) {
        let id = TokenId::new(now(), random());
        let new = NewSftpCredential {
            id,
            label: format!("sftp-{unit}"),
            user: SftpUser { customer: acme(), unit },
            made_by: "operator".to_owned(),
            expires_at: now() + SignedDuration::from_hours(24),
            public_key: public_key.map(|text| text.parse().unwrap()),
        };
        let app = &self.app;
        let made = sftp_credentials::add(&app.store, &app.keys, &app.randomness, new, now()).await;
        (id, made.unwrap().map(|password| password.expose().clone()))
    }
}
