//! An executor: asks the scheduler for work, reads parts of ledgers, and keeps what others fetch from it.
//!
//! Invariant: it answers nobody without a certificate, and asks for work rather than being given it, so
//! that the only port it listens on is the one from which results are fetched.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use arrow_flight::flight_service_server::FlightServiceServer;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::error::BallistaError;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_executor::flight_service::BallistaFlightService;
use ballista_executor::shutdown::Shutdown;
use clap::Args;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use tonic::transport::Server;

use crate::certificates::Certificates;
use crate::parts::LedgerStore;
use crate::scheduler::MESSAGE_BYTES_MAX;
use crate::sessions;

/// Fewer, and a job of several stages waits for itself when an executor is lost.
const THREADS_MIN: u16 = 2;
/// The age at which leftovers of a job go, should the scheduler not have said so.
const LEFTOVERS_SECONDS: u64 = 6 * 60 * 60;
/// Between two looks for leftovers.
const LOOK_EVERY_SECONDS: u64 = 10 * 60;
/// The scheduler may start after its executors.
const SCHEDULER_WAIT_SECONDS: u16 = 60;

#[derive(Debug, Args)]
pub(crate) struct ExecutorArgs {
    /// Address and port on which results are fetched
    #[arg(long, default_value = "127.0.0.1:50051", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// The name under which others reach this machine; its certificate is for it
    #[arg(long, default_value = "localhost", value_name = "NAME")]
    name: String,
    /// The scheduler
    #[arg(long, default_value = "localhost:50050", value_name = "NAME:PORT")]
    scheduler: String,
    /// Parts of statements that run at once, at least 2
    #[arg(long, default_value_t = THREADS_MIN, value_name = "NUMBER")]
    threads: u16,
    /// MiB of memory for all of them together; what exceeds it goes to disk
    #[arg(long, default_value_t = 2048, value_name = "MIB")]
    memory: u64,
    /// The folder for what others fetch and what does not fit into memory; it is emptied
    #[arg(long, value_name = "FOLDER")]
    work: PathBuf,
}

pub(crate) async fn run(
    args: ExecutorArgs,
    certificates: &Certificates,
    store: LedgerStore,
) -> anyhow::Result<()> {
    anyhow::ensure!(
        args.threads >= THREADS_MIN,
        "an executor needs {THREADS_MIN} threads or more: with one, a job does not end when an executor is lost"
    );
    let (scheduler, port) = args.scheduler.rsplit_once(':').context("--scheduler is NAME:PORT")?;
    std::fs::create_dir_all(&args.work)
        .with_context(|| format!("{} cannot be made", args.work.display()))?;
    let work = args.work.to_str().context("the folder's name is no text")?.to_owned();
    let settings = sessions::settings(certificates);
    let spill = work.clone();
    let server = certificates.server();
    let config = ExecutorProcessConfig {
        bind_host: args.listen.ip().to_string(),
        external_host: Some(args.name),
        port: args.listen.port(),
        scheduler_host: scheduler.to_owned(),
        scheduler_port: port.parse().context("--scheduler is NAME:PORT")?,
        scheduler_connect_timeout_seconds: SCHEDULER_WAIT_SECONDS,
        vcores: usize::from(args.threads),
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: Some(work),
        job_data_ttl_seconds: LEFTOVERS_SECONDS,
        job_data_clean_up_interval_seconds: LOOK_EVERY_SECONDS,
        grpc_max_decoding_message_size: MESSAGE_BYTES_MAX,
        grpc_max_encoding_message_size: MESSAGE_BYTES_MAX,
        memory_pool_size: Some(args.memory << 20),
        override_function_registry: Some(Arc::new(sessions::functions())),
        override_config_producer: Some(Arc::new(move || settings.clone())),
        override_runtime_producer: Some(Arc::new(move |_settings| {
            let runtime = RuntimeEnvBuilder::new().with_temp_file_path(&spill).build_arc()?;
            sessions::with_parts(&runtime, &store);
            Ok(runtime)
        })),
        override_create_grpc_client_endpoint: Some(certificates.endpoints()),
        override_arrow_flight_service: Some(Arc::new(move |folder, address, ended, _limits| {
            tokio::spawn(hand_out(folder, address, ended, server.clone()))
        })),
        ..ExecutorProcessConfig::default()
    };
    tracing::info!("the executor listens on {}", args.listen);
    Ok(start_executor_process(Arc::new(config)).await?)
}

/// Hands results out to whoever shows a certificate.
async fn hand_out(
    folder: String,
    address: SocketAddr,
    mut ended: Shutdown,
    tls: tonic::transport::ServerTlsConfig,
) -> Result<(), BallistaError> {
    let service = FlightServiceServer::new(BallistaFlightService::new(folder))
        .max_decoding_message_size(MESSAGE_BYTES_MAX as usize)
        .max_encoding_message_size(MESSAGE_BYTES_MAX as usize);
    Server::builder()
        .tls_config(tls)?
        .add_service(service)
        .serve_with_shutdown(address, ended.recv())
        .await?;
    Ok(())
}

/// Waits until the process is asked to end.
pub(crate) async fn asked_to_end() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate()).expect("signals can be waited for");
        tokio::select! {
            ended = interrupted => ended.expect("signals can be waited for"),
            _ended = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        interrupted.await.expect("signals can be waited for");
    }
}
