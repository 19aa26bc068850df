//! Questions at a steady rate while files are read and checked beside them: how long each takes.
//!
//! Invariant: a question is asked at its moment whether the one before is answered or not, so that a server
//! that stops is seen to stop.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{newest_version, send, unit_path};
use crate::harness::Server;

/// Rows of a file that is read meanwhile.
pub(super) const BESIDE_AT_ONCE: usize = 1_000;

/// An answer is there within this time, ninety-nine times of a hundred, of a ledger that is no larger.
const P99_MAX: Duration = Duration::from_millis(50);
const LEDGER_OF_P99: u64 = 1_000_000;
const REQUESTS_A_SECOND: u32 = 20;
const SECONDS: u32 = 60;
/// Files that come meanwhile, one after another: each is read and asks for a run.
const FILES_BESIDE: usize = 10;

pub(super) struct Tokens {
    pub(super) screening: String,
    pub(super) uploader: String,
}

/// The rows of a ledger that come while answers are timed.
pub(super) fn rows_beside(of: usize) -> usize {
    (FILES_BESIDE * BESIDE_AT_ONCE).min(of / 2)
}

/// Asks about one invoice after another beside a reading and a run, and says how long the answers took.
pub(super) async fn keep_time(
    server: &Server,
    tokens: &Tokens,
    asked: &[Value],
    (beside, size): (Vec<String>, &str),
) {
    let quiet = ask_steadily(server, &tokens.screening, asked, SECONDS / 4).await;
    let before = newest_version(server, &tokens.uploader).await;
    let busy = tokio::select! {
        () = send_beside(server, &tokens.uploader, beside) => panic!("it waits for ever"),
        times = ask_steadily(server, &tokens.screening, asked, SECONDS) => times,
    };
    let readings = newest_version(server, &tokens.uploader).await - before;
    let memory = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let kib = |name: &str| {
        let line = memory.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    };
    println!(
        "{}",
        json!({
            "proof": "screening",
            "invoices": size,
            "requests_a_second": REQUESTS_A_SECOND,
            "alone": figures(&quiet),
            "beside_readings_and_runs": figures(&busy),
            "readings": readings,
            "resident_mib": kib("VmRSS") / 1024,
            "peak_mib": kib("VmHWM") / 1024,
        })
    );
    assert!(readings > 0, "nothing was read meanwhile");
    if size.parse::<u64>().unwrap() <= LEDGER_OF_P99 {
        assert!(at(&busy, 99) < P99_MAX, "{:?}", at(&busy, 99));
    }
}

/// Sends files one after another, each when the one before is read; then waits for ever.
async fn send_beside(server: &Server, uploader: &str, files: Vec<String>) {
    for (number, file) in files.into_iter().enumerate() {
        send(server, uploader, &format!("APT/beside_{number}.csv"), file).await;
        server.all_read(uploader).await;
    }
    std::future::pending::<()>().await;
}

/// The times of answers, the shortest first.
async fn ask_steadily(
    server: &Server,
    token: &str,
    asked: &[Value],
    seconds: u32,
) -> Vec<Duration> {
    let (client, url) = (server.client(), server.url(&unit_path("screenings")));
    let began = tokio::time::Instant::now();
    let mut waiting = Vec::new();
    for number in 0..REQUESTS_A_SECOND * seconds {
        tokio::time::sleep_until(began + Duration::from_secs(1) * number / REQUESTS_A_SECOND).await;
        let body = asked[number as usize % asked.len()].to_string();
        let question = client.post(&url).bearer_auth(token).body(body);
        let question = question.header("Content-Type", "application/json");
        waiting.push(tokio::spawn(async move {
            let began = Instant::now();
            let answer = question.send().await.unwrap();
            assert_eq!(answer.status(), 200);
            answer.bytes().await.unwrap();
            began.elapsed()
        }));
    }
    let mut times = Vec::new();
    for one in waiting {
        times.push(one.await.unwrap());
    }
    times.sort_unstable();
    times
}

fn at(times: &[Duration], percent: usize) -> Duration {
    times[(times.len() - 1) * percent / 100]
}

fn figures(times: &[Duration]) -> Value {
    let milliseconds = |percent| at(times, percent).as_secs_f64() * 1_000.0;
    json!({
        "answers": times.len(),
        "p50_ms": milliseconds(50),
        "p95_ms": milliseconds(95),
        "p99_ms": milliseconds(99),
        "most_ms": milliseconds(100),
    })
}
