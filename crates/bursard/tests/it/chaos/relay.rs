//! A relay between a node and a service it depends on, which can be disturbed: cut, stalled, slow, or, where
//! the service speaks HTTP, answering in its place.
//!
//! Not for: what is said through it. Invariant: an undisturbed relay passes each byte on once, in order.

use std::future::poll_fn;
use std::io;
use std::path::{Path, PathBuf};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;

/// What a relay takes in one turn; requests of the tests are larger now and then.
const CHUNK_BYTES: usize = 64 * 1024;

/// A disturbance of all connections of a relay, those to come as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disturbance {
    None,
    /// Connections end, and new ones end at once.
    Cut,
    /// Nothing passes, and nothing ends: a network that drops packets.
    Stalled,
    /// Each chunk waits so long.
    Slow(Duration),
    /// Requests are answered with this HTTP status and go no further.
    Answers(u16),
}

pub(super) struct Relay {
    disturbance: watch::Sender<Disturbance>,
}

impl Relay {
    /// Listens at `socket` for what goes to the service at the socket `service`.
    pub(super) fn between_sockets(socket: &Path, service: PathBuf) -> Self {
        let listener = UnixListener::bind(socket).unwrap();
        Self::pass_all(
            move |context| listener.poll_accept(context).map_ok(|(client, _)| client),
            move || UnixStream::connect(service.clone()),
        )
    }

    /// Listens at a port of this machine for what goes to the service at `service`, and says which.
    pub(super) async fn to_port(service: String) -> (Self, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let relay = Self::pass_all(
            move |context| listener.poll_accept(context).map_ok(|(client, _)| client),
            move || TcpStream::connect(service.clone()),
        );
        (relay, port)
    }

    /// Passes every client that is accepted over a connection of its own to the service.
    fn pass_all<Client, Service, Connection>(
        mut accept: impl FnMut(&mut Context<'_>) -> Poll<io::Result<Client>> + Send + 'static,
        connect: impl Fn() -> Connection + Send + 'static,
    ) -> Self
    where
        Client: AsyncRead + AsyncWrite + Send + 'static,
        Service: AsyncRead + AsyncWrite + Send + 'static,
        Connection: Future<Output = io::Result<Service>> + Send + 'static,
    {
        let (disturbance, state) = watch::channel(Disturbance::None);
        tokio::spawn(async move {
            while let Ok(client) = poll_fn(&mut accept).await {
                let (state, connection) = (state.clone(), connect());
                tokio::spawn(async move {
                    if let Ok(service) = connection.await {
                        pass(client, service, state).await;
                    }
                });
            }
        });
        Self { disturbance }
    }

    pub(super) fn disturb(&self, disturbance: Disturbance) {
        self.disturbance.send_replace(disturbance);
    }
}

/// Passes both ways until either side ends or the relay is cut.
async fn pass(
    client: impl AsyncRead + AsyncWrite,
    service: impl AsyncRead + AsyncWrite,
    state: watch::Receiver<Disturbance>,
) {
    let (from_client, to_client) = tokio::io::split(client);
    let (from_service, to_service) = tokio::io::split(service);
    let mut cut = state.clone();
    let answer = tokio::sync::Mutex::new(to_client);
    tokio::select! {
        () = requests(from_client, to_service, state.clone(), &answer) => (),
        () = answers(from_service, &answer, state) => (),
        _cut = cut.wait_for(|now| *now == Disturbance::Cut) => (),
    }
}

async fn requests(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut state: watch::Receiver<Disturbance>,
    answer: &tokio::sync::Mutex<impl AsyncWrite + Unpin>,
) {
    let mut chunk = vec![0; CHUNK_BYTES];
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        if let Disturbance::Answers(status) = wait(&mut state).await {
            let head = format!(
                "HTTP/1.1 {status} Disturbed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            // It may have gone already.
            let _written = answer.lock().await.write_all(head.as_bytes()).await;
            return;
        }
        if to.write_all(&chunk[..read]).await.is_err() {
            return;
        }
    }
}

async fn answers(
    mut from: impl AsyncRead + Unpin,
    to: &tokio::sync::Mutex<impl AsyncWrite + Unpin>,
    mut state: watch::Receiver<Disturbance>,
) {
    let mut chunk = vec![0; CHUNK_BYTES];
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        wait(&mut state).await;
        if to.lock().await.write_all(&chunk[..read]).await.is_err() {
            return;
        }
    }
}

/// Waits as long as the disturbance says, and says which one is left.
async fn wait(state: &mut watch::Receiver<Disturbance>) -> Disturbance {
    let now = *state.wait_for(|now| *now != Disturbance::Stalled).await.unwrap();
    if let Disturbance::Slow(pause) = now {
        tokio::time::sleep(pause).await;
    }
    now
}
