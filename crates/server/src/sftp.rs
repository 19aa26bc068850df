//! SFTP: the second way in, for senders that have no HTTPS.
//!
//! A credential opens one unit, which has a folder for each file type. What is written there and closed, or
//! renamed to its own name, is received as by HTTPS: same limits, same receipt in the database, same entry in
//! the audit log. Nothing that was received is given back.
//!
//! Not for: what receiving means (`intake`), or credentials (`sftp_credentials`).
//!
//! Invariant: a client is told that a file is closed or renamed only when it is received; a connection that
//! ends before leaves nothing.

mod folder;
mod incoming;
mod listing;
mod path;
mod refusal;
mod requests;
mod session;
mod spool;

use std::borrow::Cow;
use std::io;
use std::net::{IpAddr, Shutdown};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use russh::keys::Algorithm;
use russh::server::Config;
use russh::{MethodKind, MethodSet, Preferred, SshId, compression};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::App;
use crate::connection::clients::Clients;
use crate::limits::{
    SFTP_CONNECTIONS_MAX, SFTP_CONNECTIONS_PER_ADDRESS_MAX, SFTP_IDLE_TIME_MAX,
    SFTP_SIGN_IN_ATTEMPTS_MAX, SFTP_SIGN_IN_TIME_MAX, SFTP_WINDOW_BYTES, STOP_TIME_MAX,
};
use crate::listener::{ACCEPT_PAUSE, StopOutcome};
use crate::measures::{OpenConnection, connection_refused};
use crate::places::ConnectionPlaces;
use crate::sftp_host_key::HostKey;
use session::Session;
use spool::Spool;

/// No version: it tells only whoever looks for a weak one.
const SERVER_ID: &str = "SSH-2.0-Bursar";

/// Serves SFTP; cheap to clone.
#[derive(Debug, Clone)]
pub struct SftpServer {
    app: App,
    config: Arc<Config>,
    spool: Spool,
    places: ConnectionPlaces,
    clients: Clients,
}

/// The state of a connection, as it says it of itself while it goes on.
#[derive(Debug, Clone)]
struct Progress {
    is_signed_in: watch::Sender<bool>,
    /// Files that are being written.
    files: watch::Sender<usize>,
}

impl SftpServer {
    /// `folder` is where files lie until they are whole; what an earlier process left there is removed.
    ///
    /// # Errors
    /// When the folder cannot be made or emptied.
    pub fn new(app: App, host_key: HostKey, folder: PathBuf) -> io::Result<Self> {
        let places = ConnectionPlaces::new(SFTP_CONNECTIONS_MAX, SFTP_CONNECTIONS_PER_ADDRESS_MAX);
        let clients = Clients::new(app.proxies.clone(), places.clone());
        let (config, spool) = (Arc::new(config(host_key)), Spool::new(folder)?);
        Ok(Self { app, config, spool, places, clients })
    }

    /// Serves until `stop`; then takes no more connections, waits for files that are being written, and
    /// returns.
    pub async fn serve(self, listener: TcpListener, stop: CancellationToken) -> StopOutcome {
        let tasks = TaskTracker::new();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = stop.cancelled() => break,
            };
            let (socket, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    note_failed_accept(&error);
                    sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let Some(taken) = self.places.take_for(&self.app.proxies, peer.ip()) else {
                connection_refused("too_many");
                continue;
            };
            let connection = self.clone().run(socket, peer.ip(), stop.clone());
            tasks.spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection of SFTP ended");
                }
                drop(taken);
            });
        }
        drop(listener);
        tasks.close();
        let stopped = timeout(STOP_TIME_MAX, tasks.wait()).await;
        if stopped.is_ok() { StopOutcome::Quietly } else { StopOutcome::Forced }
    }

    async fn run(
        self,
        mut socket: TcpStream,
        peer: IpAddr,
        stop: CancellationToken,
    ) -> Result<(), russh::Error> {
        let _open = OpenConnection::count();
        let client = Box::pin(self.clients.of_connection(&mut socket, peer)).await;
        let Some((address, _place)) = client else { return Ok(()) };
        drop(socket.set_nodelay(true));
        // A second hold of the socket, to end a session whatever it waits for.
        let socket = socket.into_std()?;
        let hold = socket.try_clone()?;
        let socket = TcpStream::from_std(socket)?;
        let progress = Progress::new();
        let session = Session::new(self.app, self.spool, address, progress.clone());
        let begun = russh::server::run_stream(self.config, socket, session);
        let Ok(begun) = timeout(SFTP_SIGN_IN_TIME_MAX, begun).await else {
            connection_refused("sign_in_too_slow");
            return Ok(());
        };
        let mut session = begun?;
        tokio::select! {
            ended = &mut session => return ended,
            () = progress.end(&stop) => {}
        }
        // It may be closed already.
        drop(hold.shutdown(Shutdown::Both));
        session.await
    }
}

fn note_failed_accept(error: &io::Error) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(error, "cannot accept a connection of SFTP");
}

impl Progress {
    fn new() -> Self {
        Self { is_signed_in: watch::Sender::new(false), files: watch::Sender::new(0) }
    }

    /// Waits until the connection is to be closed: nobody has signed in, or the server stops and no file is
    /// being written.
    async fn end(&self, stop: &CancellationToken) {
        let mut is_signed_in = self.is_signed_in.subscribe();
        tokio::select! {
            signed_in = timeout(SFTP_SIGN_IN_TIME_MAX, is_signed_in.wait_for(|yes| *yes)) => {
                if signed_in.is_err() {
                    return connection_refused("sign_in_too_slow");
                }
            }
            () = stop.cancelled() => return,
        }
        stop.cancelled().await;
        let mut files = self.files.subscribe();
        let none = files.wait_for(|files| *files == 0).await;
        drop(none.expect("its sender is held here"));
    }
}

fn config(host_key: HostKey) -> Config {
    Config {
        server_id: SshId::Standard(Cow::Borrowed(SERVER_ID)),
        methods: MethodSet::from([MethodKind::PublicKey, MethodKind::Password].as_slice()),
        keys: vec![host_key.key],
        window_size: SFTP_WINDOW_BYTES,
        max_auth_attempts: SFTP_SIGN_IN_ATTEMPTS_MAX,
        // OpenSSH begins by asking which methods there are; that is no guess.
        auth_rejection_time_initial: Some(Duration::ZERO),
        inactivity_timeout: Some(SFTP_IDLE_TIME_MAX),
        preferred: Preferred {
            // Of RSA without SHA-1, which can be forged.
            key: Preferred::DEFAULT
                .key
                .iter()
                .filter(|algorithm| !matches!(algorithm, Algorithm::Rsa { hash: None }))
                .cloned()
                .collect(),
            compression: Cow::Borrowed(&[compression::NONE]),
            ..Preferred::DEFAULT
        },
        ..Config::default()
    }
}
