//! The program `bursard-cluster`: the checks of a unit that is too large for one machine, on a Ballista
//! cluster.
//!
//! Not for: receiving, reading or deciding; that is `bursard`. Not for what is looked for either: the
//! checks, their statements and functions are those of `analysis`, and so is what becomes of their rows.
//!
//! Invariant: what the cluster comes to is what one machine comes to, or the program says for which check
//! it is not so and why.

mod certificates;
mod check;
mod client;
mod codec;
mod comparison;
mod executor;
mod losses;
mod parts;
mod scheduler;
mod sessions;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use tracing_subscriber::EnvFilter;
use url::Url;

/// The allocator of `bursard`, for the same reason: memory of columns goes back to the system.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The stack of each thread: plans of long statements are walked down to their leaves, which takes more than
/// the usual 2 MiB.
const STACK_BYTES: usize = 64 << 20;

/// Runs the checks of a unit that is too large for one machine on several.
///
/// One scheduler, as many executors as there are machines, and `check` wherever its report is wanted. All
/// of them speak TLS with one another and show certificates of one authority; without one nobody is
/// answered.
#[derive(Debug, Parser)]
#[command(name = "bursard-cluster", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// The certificates of this machine, and the ledgers.
#[derive(Debug, Args)]
struct Place {
    /// The certificate of the authority that signed those of all machines of the cluster, as PEM
    #[arg(long, global = true, value_name = "FILE", env = "BURSARD_CLUSTER_AUTHORITY")]
    authority: Option<PathBuf>,
    /// This machine's certificate, as PEM: for its name, and for both ends of a connection
    #[arg(long, global = true, value_name = "FILE", env = "BURSARD_CLUSTER_CERTIFICATE")]
    certificate: Option<PathBuf>,
    /// The key of that certificate, as PEM
    #[arg(long, global = true, value_name = "FILE", env = "BURSARD_CLUSTER_KEY")]
    key: Option<PathBuf>,
    /// Where the ledgers are: a folder that every machine reaches under a path of its own, or a URL of an
    /// object store such as `s3://bucket/prefix`, whose credentials are read from the environment
    #[arg(long, global = true, value_name = "FOLDER or URL", env = "BURSARD_CLUSTER_LEDGERS")]
    ledgers: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Give work out to executors
    Scheduler(scheduler::SchedulerArgs),
    /// Take work from the scheduler
    Executor(executor::ExecutorArgs),
    /// Run the checks of one unit on the cluster
    ///
    /// Exit codes: 0 every check ran on the cluster that was to; 1 some did not, or --compare found other
    /// findings; 2 there is no report.
    Check(check::CheckArgs),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_not_set| EnvFilter::new("warn,bursard_cluster=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(cli) {
        Ok(code) => code,
        Err(why) => {
            tracing::error!("{why:#}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .map_err(|_other| anyhow::anyhow!("another provider of cryptography is installed"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(STACK_BYTES)
        .enable_all()
        .build()?;
    let tls = cli.place.certificates()?;
    let store = cli.place.store()?;
    runtime.block_on(async {
        match cli.command {
            Command::Scheduler(args) => scheduler::run(args, &tls, store).await?,
            Command::Executor(args) => executor::run(args, &tls, store).await?,
            Command::Check(args) => return check::run(args, tls, store).await,
        }
        Ok(ExitCode::SUCCESS)
    })
}

impl Place {
    fn certificates(&self) -> anyhow::Result<certificates::Certificates> {
        let all = (self.authority.as_ref(), self.certificate.as_ref(), self.key.as_ref());
        let (Some(authority), Some(certificate), Some(key)) = all else {
            anyhow::bail!(
                "--authority, --certificate and --key are needed: nobody is answered without"
            );
        };
        certificates::Certificates::read(authority, certificate, key)
    }

    fn store(&self) -> anyhow::Result<parts::LedgerStore> {
        let place =
            self.ledgers.as_deref().context("--ledgers is needed: where the ledgers are")?;
        match Url::parse(place) {
            Ok(url) => parts::LedgerStore::at_url(&url),
            Err(_no_url) => parts::LedgerStore::in_folder(place.as_ref()),
        }
    }
}
