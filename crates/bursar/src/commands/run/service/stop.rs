//! The signals by which a service is told to stop.

/// Waits for Ctrl+C; for ever where it cannot be heard: the service manager has other signals.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
pub(super) async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                () = interrupted() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            interrupted().await;
        }
    }
}

#[cfg(not(unix))]
pub(super) async fn stop_signal() {
    interrupted().await;
}
