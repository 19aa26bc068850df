//! The listening socket: accepts, bounds how many connections are open, and stops in good order.
//!
//! Not for: what happens on a connection (`connection`).

use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::App;
use crate::connection::Connections;
use crate::limits::{CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX, STOP_TIME_MAX};
use crate::places::ConnectionPlaces;

/// After a failed accept (usually: no file descriptors left) nothing is gained by trying at once.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The way in which a server that was asked to stop has stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopOutcome {
    /// Every request was answered.
    Quietly,
    /// Some were still under way after [`STOP_TIME_MAX`].
    Forced,
}

/// Serves until `stop` completes; then takes no more, answers what is under way, and returns.
pub async fn serve(
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    app: App,
    stop: impl Future<Output = ()>,
) -> StopOutcome {
    let (stopping, tasks) = (CancellationToken::new(), TaskTracker::new());
    let places = ConnectionPlaces::new(CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX);
    let connections = Connections::new(tls, &app, places.clone());
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (socket, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Some(taken) = places.take_for(&app.proxies, peer.ip()) else {
            crate::measures::connection_refused("too_many");
            continue;
        };
        let connection = connections.clone().run(socket, peer.ip(), stopping.child_token());
        tasks.spawn(async move {
            connection.await;
            drop(taken);
        });
    }
    drop(listener);
    app.admission.close();
    stopping.cancel();
    tasks.close();
    let stopped = timeout(STOP_TIME_MAX, tasks.wait()).await;
    if stopped.is_ok() { StopOutcome::Quietly } else { StopOutcome::Forced }
}
