//! Azure's own emulator of its object store.
//!
//! Not for: what is kept in it. It is gone with the test.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use tempfile::TempDir;

/// Where `cargo xtask setup` puts the emulator, below the home folder.
const EMULATOR: &str = ".cache/bursar/azurite/node_modules/.bin/azurite-blob";
pub(super) const CONTAINER: &str = "bursar";
/// Those of every emulator, as its documentation has them.
pub(super) const ACCOUNT: &str = "devstoreaccount1";
pub(super) const KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const VERSION: &str = "2021-08-06";

pub(super) struct Azurite {
    child: Child,
    _folder: TempDir,
    /// `http://127.0.0.1:PORT`
    address: String,
}

impl Azurite {
    /// Nothing where it is not installed.
    pub(super) fn start() -> Option<Self> {
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
            .find_map(|line| Some(line.split_once("successfully listens on ")?.1.trim().to_owned()))
            .expect("the emulator says where it listens");
        // It says each request: nobody may wait for a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { child, _folder: folder, address })
    }

    /// The URL of the account's objects.
    pub(super) fn endpoint(&self) -> String {
        format!("{}/{ACCOUNT}", self.address)
    }

    /// Makes the container, by a request signed with the account's key.
    pub(super) async fn make_container(&self) {
        let date = Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let signed = format!(
            "PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:{date}\nx-ms-version:{VERSION}\n\
             /{ACCOUNT}/{ACCOUNT}/{CONTAINER}\nrestype:container"
        );
        let key = hmac::Key::new(hmac::HMAC_SHA256, &BASE64.decode(KEY).unwrap());
        let signature = BASE64.encode(hmac::sign(&key, signed.as_bytes()));
        let url = format!("{}/{CONTAINER}?restype=container", self.endpoint());
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
