//! One file of a customer does not wait for the thousand that another has sent before.

use std::fs;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use reqwest::{Client, Method};
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{CUSTOMER, JsonAnswer as _, Server};

/// `cargo xtask prove fair` sets 1000.
const FILES_VARIABLE: &str = "BURSAR_FAIR_FILES";
const FILES: usize = 40;
/// Files of the other customer, one after the other; the middle one of their waits is taken.
const LOOKS: usize = 5;
const OTHER: &str = "globex";
/// Sent at once.
const SENT_AT_ONCE: usize = 16;

/// Somebody who sends to one customer and looks at what became of it.
struct Sender<'s> {
    server: &'s Server,
    client: Client,
    tokens: Tokens,
}

/// They outlive the server that made them, which is started again.
#[derive(Clone)]
struct Tokens {
    customer: &'static str,
    uploader: String,
    viewer: String,
}

impl Tokens {
    fn new(server: &Server, customer: &'static str) -> Self {
        let uploader = server.token_with(&["--customer", customer]);
        let viewer = server.token_with(&["--customer", customer, "--role", "viewer"]);
        Self { customer, uploader, viewer }
    }
}

impl<'s> Sender<'s> {
    fn new(server: &'s Server, tokens: &Tokens) -> Self {
        Self { server, client: server.client(), tokens: tokens.clone() }
    }

    fn url(&self, rest: &str) -> String {
        self.server.url(&format!("/customers/{0}/units/{0}/{rest}", self.tokens.customer))
    }

    /// A tiny list of suppliers or of transactions; its id.
    async fn send(&self, number: usize) -> String {
        let (file_type, header, row) = if number.is_multiple_of(2) {
            ("Suppliers", "Supplier Ref,Supplier Name", format!("S1,Works {number} Ltd"))
        } else {
            (
                "APT",
                "Unique ID,Invoice Number,Invoice Amount,Base Amount,Invoice Date,Entered Date,\
                 Supplier Name,Supplier Ref",
                format!("{number},INV-{number},10.50,10.50,2026-03-13,2026-03-14,Acme Ltd,S1"),
            )
        };
        let url = self.url(&format!("Uploads/upload/{file_type}/file_{number}.csv"));
        let request = self.client.request(Method::POST, url).header("Content-Type", "text/csv");
        let body = format!("{header}\n{row}\n");
        let answer = request.bearer_auth(&self.tokens.uploader).body(body).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        answer.json_value().await["uploadId"].as_str().unwrap().to_owned()
    }

    async fn get(&self, token: &str, rest: &str) -> Value {
        let request = self.client.get(self.url(rest)).bearer_auth(token);
        request.send().await.unwrap().json_value().await
    }

    /// From the first byte sent until it is seen that the file was read. Then what follows a file is waited
    /// for, so that the next wait is of one file as well.
    async fn wait(&self, number: usize) -> Duration {
        let began = Instant::now();
        let id = self.send(number).await;
        while self.get(&self.tokens.uploader, &format!("Uploads/{id}")).await["status"] != "read" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let waited = began.elapsed();
        let is_over = |run: &Value| run["status"] == "done" || run["status"] == "failed";
        while !self.get(&self.tokens.viewer, "runs").await["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(is_over)
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        waited
    }

    async fn unread(&self) -> usize {
        let page = self.get(&self.tokens.uploader, "Uploads?limit=500").await;
        let uploads = page["items"].as_array().unwrap();
        uploads.iter().filter(|upload| upload["status"] != "read").count()
    }
}

/// The middle one; for files of odd numbers from `first` on.
async fn middle_wait(of: &Sender<'_>, first: usize, mut look: impl AsyncFnMut()) -> Duration {
    let mut waits = Vec::new();
    for place in 0..LOOKS {
        waits.push(of.wait(first + 2 * place).await);
        look().await;
    }
    waits.sort();
    waits[LOOKS / 2]
}

fn with_workers(folder: TempDir, workers: &str) -> Server {
    fs::write(folder.path().join("data/bursard.toml"), format!("[limits]\n{workers}\n")).unwrap();
    Server::start_in(folder)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_file_does_not_wait_for_a_thousand_of_another_customer() {
    let files = std::env::var(FILES_VARIABLE).map_or(FILES, |files| files.parse().unwrap());
    let server = Server::start();
    assert!(server.bursard(&["customer", "add", OTHER]).status.success());
    let (of_many, of_other) = (Tokens::new(&server, CUSTOMER), Tokens::new(&server, OTHER));
    let other = Sender::new(&server, &of_other);
    other.wait(1).await;
    let alone = middle_wait(&other, 3, async || {}).await;

    // All of them are there before the first is read.
    let server = with_workers(server.kill(), "workers = 0");
    let many = Sender::new(&server, &of_many);
    let sent = futures_util::stream::iter((0..files).map(|number| many.send(number)));
    let sent: Vec<String> = sent.buffer_unordered(SENT_AT_ONCE).collect().await;
    assert_eq!(sent.len(), files);

    let server = with_workers(server.kill(), "");
    let (many, other) = (Sender::new(&server, &of_many), Sender::new(&server, &of_other));
    let mut unread = Vec::new();
    let behind = middle_wait(&other, 101, async || unread.push(many.unread().await)).await;
    println!(
        "one file alone {alone:.1?}, behind {files} of another customer {behind:.1?}: {:.2} times; \
         of the newest {} of the other these were not read after each: {unread:?}",
        behind.as_secs_f64() / alone.as_secs_f64(),
        files.min(500)
    );
    assert!(unread[0] > 0, "read after all that were sent before it, of {files}: {unread:?}");
}
