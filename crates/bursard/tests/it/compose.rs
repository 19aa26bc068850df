//! Two nodes and a worker by the very configuration of the examples' compose files, on PostgreSQL with
//! an S3 emulator and with Azurite: what one node receives another shows, and a node that is gone is
//! not missed.
//!
//! Not for: containers, images or the balancer before the nodes. The environment, the commands and
//! the configuration file of each service are the file's; only places are others: folders of the
//! test, free ports, the database and the store that run beside it.

mod azurite;
mod upgrade;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use reqwest::{Certificate, Client};
use serde_json::Value;
use tempfile::TempDir;

use crate::cluster::Cluster;
use crate::deployment::{Network, WITHOUT_EMULATOR};
use crate::harness::{CUSTOMER, JsonAnswer as _, Server, command, install_provider};
use azurite::{ACCOUNT, Azurite, CONTAINER, KEY};

/// Reads YAML as compose does, anchors and merged maps as well: the Python of the readers of
/// containers' files.
const PYTHON: &str = ".cache/bursar/manifest-tools/bin/python";
const AS_JSON: &str =
    "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)";
const SUPPLIERS: &str = "Supplier Ref,Supplier Name\n1,ACME Ltd\n2,Globex\n";
/// How long a node may take until it is ready, on a machine that is busy.
const READY_MAX: Duration = Duration::from_secs(90);

/// A compose file with the variables that stand in `.env` beside it.
struct Compose {
    file: Value,
    given: BTreeMap<&'static str, String>,
}

impl Compose {
    /// Nothing where there is nobody to read it.
    fn read(name: &str, given: &[(&'static str, &str)]) -> Option<Self> {
        let home = std::env::var_os("HOME").unwrap_or_default();
        let python = Path::new(&home).join(PYTHON);
        if !python.exists() {
            println!("left out: nobody reads YAML here; cargo xtask setup");
            return None;
        }
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/compose").join(name);
        let output = Command::new(python).args(["-c", AS_JSON]).arg(file).output().unwrap();
        let file = serde_json::from_slice(&output.stdout);
        let file = file.unwrap_or_else(|fault| panic!("{fault}: {output:?}"));
        let given = given.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Some(Self { file, given })
    }

    fn command(&self, service: &str) -> Vec<String> {
        let words = self.file["services"][service]["command"].as_array().unwrap().iter();
        words.map(|word| word.as_str().unwrap().to_owned()).collect()
    }

    fn environment(&self, service: &str) -> BTreeMap<String, String> {
        let variables = self.file["services"][service]["environment"].as_object().unwrap().iter();
        variables
            .map(|(name, value)| (name.clone(), self.filled(value.as_str().unwrap())))
            .collect()
    }

    fn configuration(&self) -> String {
        self.filled(self.file["configs"]["bursard"]["content"].as_str().unwrap())
    }

    /// `${NAME:?}` has to be given, `${NAME:-usual}` may be.
    fn filled(&self, text: &str) -> String {
        let mut pieces = text.split("${");
        let mut filled = pieces.next().unwrap().to_owned();
        for piece in pieces {
            let (variable, rest) = piece.split_once('}').unwrap();
            let (name, usual) = variable.split_once(':').unwrap();
            let value = match (self.given.get(name), usual.strip_prefix('-')) {
                (Some(given), _) => given.as_str(),
                (None, Some(usual)) => usual,
                (None, None) => panic!("{name} has to be given"),
            };
            filled.push_str(value);
            filled.push_str(rest);
        }
        filled
    }
}

/// What all nodes share: the deployment of a compose file on this machine.
#[derive(Clone)]
struct Deployment {
    /// Another than the one that was built.
    program: Option<PathBuf>,
    compose: Arc<Compose>,
    /// The URL of the database that stands for the file's.
    database: String,
    /// The certificate of all nodes, and the authority that made it.
    tls: Arc<TempDir>,
}

impl Deployment {
    fn new(compose: Compose, database: String) -> Self {
        install_provider();
        // As docs/storage.md has it: Bursar's own authority, made once and copied.
        let maker = Server::start_receiving_only();
        let (made, tls) = (maker.data_dir().join("tls"), tempfile::tempdir().unwrap());
        for (from, to) in
            [("ca.pem", "ca.pem"), ("server.pem", "chain.pem"), ("server-key.pem", "key.pem")]
        {
            fs::copy(made.join(from), tls.path().join(to)).unwrap();
        }
        Self { program: None, compose: Arc::new(compose), database, tls: Arc::new(tls) }
    }

    /// `bursard` as a service has it, in a folder that stands for its container.
    fn program(&self, service: &str, container: &Path) -> Command {
        let folder = container.display();
        let file = container.join("bursard.toml");
        let tls = self.tls.path().display().to_string();
        let configuration = self.compose.configuration();
        assert!(configuration.contains("/etc/bursard/tls/"), "{configuration}");
        fs::write(&file, configuration.replace("/etc/bursard/tls", &tls)).unwrap();
        let mut environment = self.compose.environment(service);
        for (name, value, place) in [
            ("BURSARD_DATA_DIR", "/var/lib/bursard", format!("{folder}/data")),
            ("BURSARD_CONFIG", "/etc/bursard/bursard.toml", file.display().to_string()),
            ("BURSARD_LISTEN", "0.0.0.0:8443", "127.0.0.1:0".to_owned()),
            ("BURSARD_METRICS_LISTEN", "0.0.0.0:9464", "127.0.0.1:0".to_owned()),
            (
                "BURSARD_DATABASE",
                "postgres://bursar:made-up@postgres/bursar?sslmode=disable",
                self.database.clone(),
            ),
        ] {
            let of_file = environment.insert(name.to_owned(), place);
            assert_eq!(of_file.as_deref(), Some(value), "{name}");
        }
        let mut program = match &self.program {
            Some(program) => Command::new(program),
            None => command(container),
        };
        program.env_remove("RUST_LOG").envs(environment);
        program
    }

    fn start(&self, service: &str) -> Node {
        let container = tempfile::tempdir().unwrap();
        let mut program = self.program(service, container.path());
        let log = fs::File::create(container.path().join("log")).unwrap();
        program.args(self.compose.command(service)).stdout(Stdio::piped()).stderr(log);
        let mut child = program.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, said) = mpsc::channel();
        std::thread::spawn(move || {
            lines.map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let mut node = Node { child, container, url: String::new() };
        while let Ok(line) = said.recv_timeout(READY_MAX) {
            let event: Value = serde_json::from_str(&line).unwrap();
            if event["message"] == "ready" {
                event["url"].as_str().unwrap_or_default().clone_into(&mut node.url);
                return node;
            }
        }
        panic!("{service} did not get ready: {}", node.log());
    }

    fn client(&self) -> Client {
        let authority = fs::read(self.tls.path().join("ca.pem")).unwrap();
        let authority = Certificate::from_pem(&authority).unwrap();
        Client::builder().no_proxy().tls_certs_only([authority]).build().unwrap()
    }

    fn token(&self) -> String {
        let issued = self.run(&["token", "issue", "--customer", CUSTOMER]).stdout;
        String::from_utf8(issued).unwrap().trim().to_owned()
    }

    fn exported(&self) -> String {
        let export = ["ledger", "export", "--customer", CUSTOMER, "--type", "Suppliers"];
        String::from_utf8(self.run(&export).stdout).unwrap()
    }

    fn run(&self, words: &[&str]) -> Output {
        let container = tempfile::tempdir().unwrap();
        let output = self.program("node1", container.path()).args(words).output().unwrap();
        let said = [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat();
        assert!(output.status.success(), "{words:?}: {said}");
        output
    }
}

/// A service that runs; killed when dropped.
struct Node {
    child: Child,
    container: TempDir,
    /// Where it serves; empty for a worker.
    url: String,
}

impl Node {
    fn log(&self) -> String {
        fs::read_to_string(self.container.path().join("log")).unwrap()
    }

    fn stop(&mut self) {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
        assert!(self.child.wait().unwrap().success(), "{}", self.log());
    }

    fn uploads(&self) -> String {
        format!("{}/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads", self.url)
    }

    async fn send(&self, client: &Client, token: &str, name: &str) {
        let request = client.post(format!("{}/upload/Suppliers/{name}", self.uploads()));
        let request = request.header("Content-Type", "text/csv").bearer_auth(token);
        let answer = request.body(SUPPLIERS).send().await.unwrap();
        assert_eq!(answer.status(), 201, "{}", self.log());
    }

    /// Waits until so many uploads are here and read.
    async fn shows_as_read(&self, client: &Client, token: &str, uploads: usize) {
        loop {
            let answer = client.get(self.uploads()).bearer_auth(token).send().await.unwrap();
            let listed = answer.json_value().await;
            let listed = listed["items"].as_array().unwrap();
            assert!(listed.iter().all(|one| one["status"] != "refused"), "{listed:?}");
            if listed.iter().filter(|one| one["status"] == "read").count() == uploads {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What stands in `.env` beside the compose file for an S3.
fn of_s3(endpoint: &str) -> [(&'static str, &str); 4] {
    [
        ("POSTGRES_PASSWORD", "made-up"),
        ("AWS_ACCESS_KEY_ID", "made-up"),
        ("AWS_SECRET_ACCESS_KEY", "made-up"),
        ("AWS_ENDPOINT_URL", endpoint),
    ]
}

async fn two_nodes_and_a_worker(deployment: &Deployment) {
    // At once, over a database with nothing in it: one makes what a first start makes, and the worker waits.
    let [worker, first] = ["worker", "node1"].map(|service| {
        let deployment = deployment.clone();
        std::thread::spawn(move || deployment.start(service))
    });
    let second = deployment.start("node2");
    let (_worker, first) = (worker.join().unwrap(), first.join().unwrap());
    let (token, client) = (deployment.token(), deployment.client());
    first.send(&client, &token, "suppliers_1.csv").await;
    second.send(&client, &token, "suppliers_2.csv").await;
    for node in [&first, &second] {
        node.shows_as_read(&client, &token, 2).await;
    }
    // Killed, it is not missed.
    drop(first);
    second.send(&client, &token, "suppliers_3.csv").await;
    second.shows_as_read(&client, &token, 3).await;
    let ledger = deployment.exported();
    assert!(ledger.contains("Globex"), "{ledger}");
    deployment.run(&["doctor", "--deep"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_and_a_worker_share_postgres_and_s3() {
    let Some(network) = Network::start("network") else {
        println!("{WITHOUT_EMULATOR}");
        return;
    };
    let endpoint = format!("http://{}", network.store_address());
    let Some(compose) = Compose::read("two-nodes.yaml", &of_s3(&endpoint)) else { return };
    let (_name, database) = network.make_empty().await;
    two_nodes_and_a_worker(&Deployment::new(compose, database)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_and_a_worker_share_postgres_and_azure() {
    let Some(azurite) = Azurite::start() else {
        println!("left out: Azurite is not here; `cargo xtask setup` installs it");
        return;
    };
    azurite.make_container().await;
    let endpoint = azurite.endpoint();
    let given = [
        ("POSTGRES_PASSWORD", "made-up"),
        ("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT),
        ("AZURE_STORAGE_ACCOUNT_KEY", KEY),
        ("AZURE_STORAGE_ENDPOINT", &*endpoint),
        ("AZURE_ALLOW_HTTP", "true"),
    ];
    let Some(compose) = Compose::read("two-nodes-azure.yaml", &given) else { return };
    let objects = compose.environment("node1")["BURSARD_OBJECTS"].clone();
    assert!(objects.starts_with(&format!("az://{CONTAINER}/")), "{objects}");
    let cluster = Cluster::shared("network");
    let database = cluster.make_database(&format!("azure{}", std::process::id())).await;
    two_nodes_and_a_worker(&Deployment::new(compose, database)).await;
}
