//! The scheduler: plans statements, gives their parts out to executors, and remembers who has what.
//!
//! Invariant: it holds no state that matters; whoever asked asks again, or runs the check itself.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpcServer;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::create_scheduler;
use clap::Args;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use tonic::transport::Server;

use crate::certificates::Certificates;
use crate::codec::TableCodec;
use crate::losses;
use crate::parts::LedgerStore;
use crate::sessions;

/// After so many seconds without a word from an executor it is forgotten.
const EXECUTOR_SILENT_SECONDS: u64 = 15;
/// Between two looks at who was silent for so long.
const LOOK_EVERY_SECONDS: u64 = 5;
/// Work of a job that nobody is there to take waits for this long.
const NOBODY_THERE_SECONDS: u64 = 60;
/// Statements with thousands of parts are longer than the usual limit of 4 MiB.
pub(crate) const MESSAGE_BYTES_MAX: u32 = 64 << 20;

#[derive(Debug, Args)]
pub(crate) struct SchedulerArgs {
    /// Address and port to listen on
    #[arg(long, default_value = "127.0.0.1:50050", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// The name under which executors reach this machine
    #[arg(long, default_value = "localhost", value_name = "NAME")]
    name: String,
}

pub(crate) async fn run(
    args: SchedulerArgs,
    certificates: &Certificates,
    store: LedgerStore,
) -> anyhow::Result<()> {
    let runtime = Arc::new(RuntimeEnv::default());
    sessions::with_parts(&runtime, &store);
    let settings = sessions::settings(certificates);
    let config = Arc::new(SchedulerConfig {
        bind_host: args.listen.ip().to_string(),
        bind_port: args.listen.port(),
        external_host: args.name,
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        // A result that cannot be fetched ends the job: `losses` says why nothing is mended.
        stage_max_failures: 1,
        executor_timeout_seconds: EXECUTOR_SILENT_SECONDS,
        expire_dead_executor_interval_seconds: LOOK_EVERY_SECONDS,
        no_executors_grace_period_seconds: NOBODY_THERE_SECONDS,
        grpc_server_max_decoding_message_size: MESSAGE_BYTES_MAX,
        grpc_server_max_encoding_message_size: MESSAGE_BYTES_MAX,
        override_logical_codec: Some(Arc::new(TableCodec::default())),
        override_session_builder: Some(Arc::new(move |settings| {
            Ok(sessions::planning(settings, Arc::clone(&runtime)))
        })),
        override_config_producer: Some(Arc::new(move || settings.clone())),
        override_create_grpc_client_endpoint: Some(certificates.endpoints()),
        use_tls: true,
        ..SchedulerConfig::default()
    });
    config.validate()?;
    let cluster = BallistaCluster::new_from_config(&config).await?;
    let scheduler = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, config).await?;
    tokio::spawn(losses::end_jobs_behind(scheduler.clone()));
    let service = SchedulerGrpcServer::new(scheduler)
        .max_decoding_message_size(MESSAGE_BYTES_MAX as usize)
        .max_encoding_message_size(MESSAGE_BYTES_MAX as usize);
    tracing::info!("the scheduler listens on {}", args.listen);
    Server::builder()
        .tls_config(certificates.server())
        .context("the certificates cannot be used")?
        .add_service(service)
        .serve_with_shutdown(args.listen, crate::executor::asked_to_end())
        .await
        .with_context(|| format!("{} cannot be listened on", args.listen))
}
