//! Two nodes that receive and one that reads, over one PostgreSQL and Azure's own emulator of its object store:
//! what one node receives, another shows, and each sees what was read.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use tempfile::TempDir;

use crate::cluster::Cluster;
use crate::harness::{CUSTOMER, Server, install_provider};

/// Where `cargo xtask setup` puts the emulator, below the home folder.
const EMULATOR: &str = ".cache/bursar/azurite/node_modules/.bin/azurite-blob";
const CONTAINER: &str = "bursar";
/// Those of every emulator, as its documentation has them.
const ACCOUNT: &str = "devstoreaccount1";
const KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const VERSION: &str = "2021-08-06";
const SUPPLIERS: &str = "Supplier Ref,Supplier Name\n1,ACME Ltd\n2,Globex\n";

struct Azurite {
    child: Child,
    _folder: TempDir,
    /// `http://127.0.0.1:PORT`
    address: String,
}

impl Azurite {
    /// Nothing where it is not installed.
    fn start() -> Option<Self> {
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let program = home.map(|home| home.join(EMULATOR)).filter(|program| program.exists())?;
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(program)
            .args(["--blobHost", "127.0.0.1", "--blobPort", "0", "--skipApiVersionCheck"])
            .arg("--location")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let address = lines
            .find_map(|line| {
                Some(line.split_once("successfully listens on ")?.1.trim().to_owned())
            })
            .expect("the emulator says where it listens");
        // It says each request: nobody may wait for a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { child, _folder: folder, address })
    }

    /// Makes the container, by a request signed with the account's key.
    async fn make_container(&self) {
        let date = Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let signed = format!(
            "PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:{date}\nx-ms-version:{VERSION}\n\
             /{ACCOUNT}/{ACCOUNT}/{CONTAINER}\nrestype:container"
        );
        let key = hmac::Key::new(hmac::HMAC_SHA256, &BASE64.decode(KEY).unwrap());
        let signature = BASE64.encode(hmac::sign(&key, signed.as_bytes()));
        let url = format!("{}/{ACCOUNT}/{CONTAINER}?restype=container", self.address);
        let request = reqwest::Client::new().put(url).header("x-ms-date", &date);
        let request = request.header("x-ms-version", VERSION).header("Content-Length", "0");
        let authorization = format!("SharedKey {ACCOUNT}:{signature}");
        let answer = request.header("Authorization", authorization).send().await.unwrap();
        let status = answer.status();
        assert_eq!(status, 201, "{}", answer.text().await.unwrap());
    }
}

impl Drop for Azurite {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_and_a_worker_share_postgres_and_azure() {
    install_provider();
    let Some(azurite) = Azurite::start() else {
        println!("left out: Azurite is not here; `cargo xtask setup` installs it");
        return;
    };
    azurite.make_container().await;
    let cluster = Cluster::shared("network");
    let database = cluster.make_database(&format!("azure{}", std::process::id())).await;
    let place = |workers: &str| {
        format!(
            "database = \"{database}\"\nobjects = \"az://{CONTAINER}/prod\"\n[object_store]\n\
             azure_storage_account_name = \"{ACCOUNT}\"\nazure_storage_account_key = \"{KEY}\"\n\
             azure_storage_endpoint = \"{}/{ACCOUNT}\"\nazure_allow_http = \"true\"\n{workers}",
            azurite.address
        )
    };
    let first = Server::start_with(&place("[limits]\nworkers = 0\n"));
    let second = Server::start_with(&place("[limits]\nworkers = 0\n"));
    let _worker = Server::start_with(&place(""));
    let token = first.token();
    let sent =
        first.post(&token, "Suppliers/suppliers_1.csv").body(SUPPLIERS).send().await.unwrap();
    assert_eq!(sent.status(), 201);
    let sent =
        second.post(&token, "Suppliers/suppliers_2.csv").body(SUPPLIERS).send().await.unwrap();
    assert_eq!(sent.status(), 201);
    second.all_read(&token).await;
    let path = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads");
    for node in [&first, &second] {
        let listed = node.get_json(&token, &path).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 2, "{listed}");
    }
    assert!(second.exported("Suppliers").contains("Globex"));
    let deep = first.bursard(&["doctor", "--deep"]);
    assert!(deep.status.success(), "{}", String::from_utf8_lossy(&deep.stdout));
}
