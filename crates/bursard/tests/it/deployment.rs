//! Where a server under test keeps its rows and its files: in its own folder, or in PostgreSQL and S3 as
//! several nodes do.
//!
//! Not for: the server itself (`harness`). S3 is an emulator that others wrote, PostgreSQL is real; both
//! outlive the server, and neither is asked to survive a power cut.

use std::cell::Cell;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::cluster::{Cluster, control};
use crate::harness::{Server, with_config};

/// Names the emulator's program, `moto_server`; `cargo xtask setup` installs it below the home folder.
const EMULATOR_VARIABLE: &str = "BURSAR_S3_EMULATOR";
const EMULATOR: &str = ".cache/bursar/s3-emulator/bin/moto_server";
const BUCKET: &str = "bursar";
/// What a test says that was left out.
pub(crate) const WITHOUT_EMULATOR: &str =
    "left out: there is no S3 emulator here; `cargo xtask setup` installs it";

pub(crate) enum Deployment {
    Embedded,
    Networked(Box<Network>),
}

pub(crate) struct Network {
    cluster: Cluster,
    emulator: Emulator,
    servers: Cell<usize>,
}

impl Deployment {
    /// Nothing where there is no emulator: on a machine without Python's packages.
    pub(crate) fn networked() -> Option<Self> {
        Network::start("network").map(|network| Self::Networked(Box::new(network)))
    }

    /// A server with nothing received yet. In a network the files of the one before it go.
    pub(crate) async fn start(&self, config: &str) -> Server {
        match self {
            Self::Embedded => Server::start_with(config),
            Self::Networked(network) => {
                let place = network.make_place().await;
                Server::start_in(with_config(&format!("{place}{config}")))
            }
        }
    }
}

impl Network {
    /// With the PostgreSQL that all tests share which name it so.
    pub(crate) fn start(cluster: &str) -> Option<Self> {
        let emulator = Emulator::start()?;
        Some(Self { cluster: Cluster::shared(cluster), emulator, servers: Cell::new(0) })
    }

    /// The folder of PostgreSQL's socket.
    pub(crate) fn database_folder(&self) -> &Path {
        &self.cluster.folder
    }

    /// Ends PostgreSQL as a crash of its own would, and starts it again.
    pub(crate) fn restart_database(&self) {
        control(&self.cluster.folder, "restart", &["-m", "immediate"]);
    }

    /// The host and port of the emulator.
    pub(crate) fn store_address(&self) -> &str {
        self.emulator.address.strip_prefix("http://").expect("it speaks plain HTTP")
    }

    /// A database and a bucket with nothing in them, as a configuration names them.
    pub(crate) async fn make_place(&self) -> String {
        let (name, database) = self.make_empty().await;
        let endpoint = &self.emulator.address;
        format!(
            "database = \"{database}\"\nobjects = \"s3://{BUCKET}/{name}\"\n[object_store]\n\
             aws_endpoint = \"{endpoint}\"\naws_allow_http = \"true\"\naws_region = \"eu-west-2\"\n\
             aws_access_key_id = \"made-up\"\naws_secret_access_key = \"made-up\"\n"
        )
    }

    /// The name and the URL of a database with nothing in it; the bucket is empty as well.
    pub(crate) async fn make_empty(&self) -> (String, String) {
        let name = format!("d{}_{}", std::process::id(), self.servers.get());
        self.servers.set(self.servers.get() + 1);
        let database = self.cluster.make_database(&name).await;
        let endpoint = &self.emulator.address;
        let client = reqwest::Client::new();
        // All is kept in memory: a long proof would fill it.
        let reset = client.post(format!("{endpoint}/moto-api/reset")).send().await.unwrap();
        let bucket = client.put(format!("{endpoint}/{BUCKET}")).send().await.unwrap();
        assert!(reset.status().is_success() && bucket.status().is_success());
        (name, database)
    }
}

struct Emulator {
    child: Child,
    /// `http://127.0.0.1:PORT`
    address: String,
}

impl Emulator {
    fn start() -> Option<Self> {
        let named = std::env::var_os(EMULATOR_VARIABLE).map(PathBuf::from);
        let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(EMULATOR));
        let program = named.or(home).filter(|program| program.exists())?;
        let mut child = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let address = lines
            .find_map(|line| Some(line.split_once("Running on ")?.1.trim().to_owned()))
            .expect("the emulator says where it listens");
        // It logs each request: nobody may wait for a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { child, address })
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
