//! The power goes at a random moment: what was acknowledged is there, whole, and nothing else is listed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use domain::Sha256Digest;
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::deployment::{Deployment, WITHOUT_EMULATOR};
use crate::harness::{JsonAnswer as _, Server};

const UPLOADERS: u64 = 16;
/// `cargo xtask crash --rounds 200` sets more.
const ROUNDS_VARIABLE: &str = "BURSAR_CRASH_ROUNDS";
const ROUNDS: u64 = 4;
/// A new folder now and then keeps the proof of a round short.
const ROUNDS_PER_FOLDER: u64 = 10;
/// A client gives up then; what it has no answer to is not acknowledged.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// A generator that is the same everywhere (xorshift64*), so that a round can be repeated.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % below
    }
}

/// The receipts that clients saw: the SHA-256 of each upload by its id, and a signal at each of them.
#[derive(Default)]
struct Receipts {
    digests: Mutex<BTreeMap<String, String>>,
    added: Notify,
}

/// Sends file after file until the server is gone; keeps the id and digest of each 201 it saw.
async fn upload_on(
    url: String,
    client: reqwest::Client,
    token: String,
    seed: u64,
    seen: Arc<Receipts>,
) {
    let mut dice = Dice(seed);
    for number in 0.. {
        let bytes = if dice.roll(4) == 0 { dice.roll(4_000_000) } else { dice.roll(60_000) };
        let line = format!("{seed},{number},Made Up Supplies,10.00\n");
        let body = line.repeat(usize::try_from(bytes).unwrap() / line.len() + 1);
        let sha256 = digest(&SHA256, body.as_bytes());
        let request = client
            .post(format!("{url}/file_{seed}_{number}.csv"))
            .header("Content-Type", "text/csv")
            .bearer_auth(&token)
            .timeout(WAIT_MAX)
            .body(body);
        let Ok(answer) = request.send().await else {
            return;
        };
        if answer.status() != 201 {
            return;
        }
        let Ok(body) = answer.bytes().await else {
            return;
        };
        let receipt: Value = serde_json::from_slice(&body).unwrap();
        let sha256 = Sha256Digest::from_bytes(sha256.as_ref().try_into().unwrap()).to_string();
        let id = receipt["uploadId"].as_str().unwrap().to_owned();
        seen.digests.lock().unwrap().insert(id, sha256);
        seen.added.notify_one();
    }
}

async fn round(server: Server, round: u64) -> (Server, usize) {
    let token = server.token();
    let url = server.url("/customers/acme/units/acme/Uploads/upload/APT");
    let seen = Arc::new(Receipts::default());
    let uploaders: Vec<_> = (0..UPLOADERS)
        .map(|uploader| {
            let seed = 1 + round * UPLOADERS + uploader;
            let (client, seen) = (server.client(), Arc::clone(&seen));
            tokio::spawn(upload_on(url.clone(), client, token.clone(), seed, seen))
        })
        .collect();
    // Every other round lasts from the first receipt on, so that a busy machine has some to lose as well.
    if round.is_multiple_of(2) {
        timeout(WAIT_MAX, seen.added.notified()).await.expect("the server acknowledges a file");
    }
    tokio::time::sleep(Duration::from_millis(20 + Dice(round + 99).roll(600))).await;
    let folder = server.kill();
    for uploader in uploaders {
        uploader.await.unwrap();
    }

    let server = Server::start_in(folder);
    let seen = std::mem::take(&mut *seen.digests.lock().unwrap());
    for (id, sha256) in &seen {
        let path = format!("/customers/acme/units/acme/Uploads/{id}");
        let call = server.client().get(server.url(&path)).bearer_auth(&token).timeout(WAIT_MAX);
        let answer = call.send().await.unwrap();
        assert_eq!(answer.status(), 200, "round {round}: {id} was acknowledged and is gone");
        assert_eq!(answer.json_value().await["sha256"], **sha256, "round {round}: {id}");
    }
    let proof = server.bursard(&["doctor", "--deep"]);
    assert!(proof.status.success(), "round {round}: {}", String::from_utf8_lossy(&proof.stdout));
    (server, seen.len())
}

async fn prove(deployment: Deployment) {
    let rounds = std::env::var(ROUNDS_VARIABLE).map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let mut acknowledged = 0;
    let mut server = deployment.start("").await;
    for number in 0..rounds {
        if number % ROUNDS_PER_FOLDER == ROUNDS_PER_FOLDER - 1 {
            server = deployment.start("").await;
        }
        let (restarted, seen) = round(server, number).await;
        server = restarted;
        acknowledged += seen;
    }
    println!("{rounds} rounds, {acknowledged} acknowledged, all present and whole");
    assert!(acknowledged > 0, "no upload was acknowledged: nothing was proven");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    prove(Deployment::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_to_postgresql_and_s3_is_lost_when_the_process_is_killed() {
    match Deployment::networked() {
        Some(deployment) => prove(deployment).await,
        None => println!("{WITHOUT_EMULATOR}"),
    }
}
