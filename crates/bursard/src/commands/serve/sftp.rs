//! SFTP beside HTTPS, where the configuration has an address for it.

use anyhow::Context as _;
use server::sftp::SftpServer;
use server::{App, Randomness, sftp_host_key};
use store::Store;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::output;
use crate::system;

/// The folder in the data folder for files until they are whole.
const FOLDER: &str = "sftp";

/// The address of SFTP, taken.
pub(super) struct SftpAddress {
    listener: TcpListener,
    pub(super) port: u16,
}

/// Takes the address; none where SFTP is not served.
pub(super) async fn bind(config: &Config) -> anyhow::Result<Option<SftpAddress>> {
    let Some(address) = config.sftp_listen else { return Ok(None) };
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot serve SFTP on {address}; is another server running there?")
    })?;
    let port = listener.local_addr().context("cannot read the address of SFTP")?.port();
    Ok(Some(SftpAddress { listener, port }))
}

/// Serves SFTP until `stop`, where an address was taken for it.
pub(super) async fn start(
    app: &App,
    config: &Config,
    address: Option<SftpAddress>,
    stop: CancellationToken,
) -> anyhow::Result<Option<JoinHandle<()>>> {
    let Some(address) = address else { return Ok(None) };
    let host_key = host_key(&app.store, &app.randomness).await?;
    let fingerprint = host_key.fingerprint();
    if host_key.is_new {
        output::fact("made", "host key", format_args!("{fingerprint} (SFTP)"));
    }
    let folder = config.data_dir.join(FOLDER);
    let shown = folder.display().to_string();
    let server = SftpServer::new(app.clone(), host_key, folder)
        .with_context(|| format!("cannot use the folder {shown} for files of SFTP"))?;
    let local = address.listener.local_addr().context("cannot read the address of SFTP")?;
    output::fact("serve", "sftp", format_args!("{local}   host key {fingerprint}"));
    Ok(Some(tokio::spawn(async move {
        let stopped = server.serve(address.listener, stop).await;
        tracing::info!(?stopped, "SFTP stopped");
    })))
}

async fn host_key(
    store: &Store,
    randomness: &Randomness,
) -> anyhow::Result<sftp_host_key::HostKey> {
    sftp_host_key::find_or_make(store, randomness, system::now())
        .await
        .context("there is no host key for SFTP")
}
