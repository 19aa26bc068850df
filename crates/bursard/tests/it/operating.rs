//! What an operator meets: readiness, logs, metrics, and faults of the database and the object store.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cluster::Cluster;
use crate::harness::{JsonAnswer as _, Server, bursard, command, with_config};

/// As long as somebody looks at a terminal that says nothing: what is tried has 5 seconds each.
const DOCTOR_TIME_MAX: Duration = Duration::from_secs(20);

/// Asks until the server is not ready: what a try has found holds for seconds.
async fn not_ready(server: &Server) -> Value {
    loop {
        let answer = server.client().get(server.url("/readyz")).send().await.unwrap();
        if answer.status() != 200 {
            assert_eq!(answer.status(), 503);
            return answer.json_value().await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn every_line_of_a_json_log_is_json_with_its_causes() {
    let server = Server::start_until("[log]\nformat = \"json\"\n", "{", &[]);
    std::fs::remove_dir_all(server.data_dir().join("objects")).unwrap();
    not_ready(&server).await;
    let log = server.log();
    let lines: Vec<Value> = server
        .first_lines
        .iter()
        .map(String::as_str)
        .chain(log.lines())
        .map(|line| serde_json::from_str(line).unwrap_or_else(|fault| panic!("{line}: {fault}")))
        .collect();
    for line in &lines {
        for member in ["timestamp", "level", "target", "message"] {
            assert!(line[member].is_string(), "{member} is not in {line}");
        }
    }
    let messages: Vec<&str> = lines.iter().filter_map(|line| line["message"].as_str()).collect();
    for message in ["made customer", "made signing key", "open welcome link", "ready"] {
        assert!(messages.contains(&message), "{message} is not in {messages:?}");
    }
    let fault = lines.iter().find(|line| line["message"] == "not ready").unwrap();
    assert!(fault["error.sources"][0].as_str().is_some_and(|cause| !cause.is_empty()), "{fault}");
}

#[test]
fn a_server_that_ends_says_so_in_json() {
    let nowhere = tempfile::tempdir().unwrap();
    let output = bursard(nowhere.path(), &["--log-format", "json", "--config", "/no", "serve"]);
    let said: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((&said["level"], output.status.code()), (&"ERROR".into(), Some(2)), "{said}");
    assert!(said["error.sources"].is_array(), "{said}");
}

#[test]
fn the_welcome_link_goes_into_a_private_file_and_no_log() {
    let server = Server::start();
    let file = server.data_dir().join("welcome-link.txt");
    let link = std::fs::read_to_string(&file).unwrap();
    assert!(link.starts_with(&server.url("/welcome/")) && link.ends_with('\n'), "{link}");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let said = server.first_lines.join("\n");
    assert!(said.contains("welcome-link.txt"), "{said}");
    for log in [said, server.log()] {
        assert!(!log.contains("/welcome/"), "{log}");
    }
    let again = Server::start_in(server.kill());
    let later = std::fs::read_to_string(again.data_dir().join("welcome-link.txt")).unwrap();
    assert_ne!(later, link, "a start makes a new one");
}

#[test]
fn a_server_that_waits_can_be_stopped() {
    let config = format!("[limits]\ndisk_reserve_bytes = {}\n", u64::MAX / 2);
    let mut server = Server::start_waiting(&config);
    let said = server.first_lines.join("\n");
    assert!(said.contains("reserve") && !said.contains("ready https"), "{said}");
    assert!(!server.data_dir().join("welcome-link.txt").exists());
    server.signal("-TERM");
    assert!(server.wait().success());
}

/// Returns when the database takes its pid file away, which is the last that it does.
fn end(cluster: &Cluster) {
    const END: &str = "kill -QUIT \"$(head -n 1 \"$1\")\"; while [ -e \"$1\" ]; do sleep 0.1; done";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", END, "end"]).arg(cluster.folder.join("rows/postmaster.pid"));
    assert!(command.status().unwrap().success());
}

#[tokio::test]
async fn a_database_that_is_gone_is_said_and_named() {
    if std::env::var_os("BURSAR_WITHOUT_POSTGRES").is_some() {
        return;
    }
    let cluster = Cluster::shared("operating");
    let url = cluster.make_database("operating").await;
    let server = Server::start_until("[limits]\nworkers = 0\n", "ready ", &["--database", &url]);
    end(&cluster);
    let said = not_ready(&server).await;
    let bad: Vec<&Value> =
        said["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == false).collect();
    assert_eq!(bad.len(), 1, "{said}");
    assert_eq!(bad[0]["name"], "database", "{said}");
    assert!(!said.to_string().contains("postgres"), "{said}");
    assert!(server.log().contains("error.sources"), "{}", server.log());
}

#[test]
fn doctor_names_the_host_and_the_cause_within_seconds() {
    let began = Instant::now();
    let server = Server::start_receiving_only();
    // A port that nobody listens on: it was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let database = format!("postgres://bursar:hunter2@{free}/bursar");
    let no_database = server.bursard(&["--database", &database, "doctor"]);
    let config = format!(
        "objects = \"s3://bursar/prod\"\n[object_store]\naws_endpoint = \"http://{free}\"\n\
         aws_allow_http = \"true\"\naws_access_key_id = \"hunter2\"\naws_secret_access_key = \"hunter2\"\n"
    );
    let file = server.folder.path().join("remote.toml");
    std::fs::write(&file, config).unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let no_objects = server.bursard(&["--config", file.to_str().unwrap(), "doctor"]);
    for (output, line) in [(&no_database, "BAD   database"), (&no_objects, "BAD   objects")] {
        let said = text(output);
        let bad =
            said.lines().find(|said| said.starts_with(line)).unwrap_or_else(|| panic!("{said}"));
        assert!(bad.contains(&free.to_string()) && bad.contains("refused"), "{bad}");
        assert!(!said.contains("hunter2"), "{said}");
        assert_eq!(output.status.code(), Some(1));
    }
    assert!(began.elapsed() < DOCTOR_TIME_MAX, "{:?}", began.elapsed());

    let shown = text(&server.bursard(&["--config", file.to_str().unwrap(), "check-config"]));
    assert!(shown.contains("object_store.aws_allow_http") && !shown.contains("hunter2"), "{shown}");
    std::fs::write(&file, "objects = \"s3://b\"\n[object_store]\naws_alow_http = \"true\"\n")
        .unwrap();
    let slip = server.bursard(&["--config", file.to_str().unwrap(), "check-config"]);
    let said = String::from_utf8_lossy(&slip.stderr).into_owned();
    assert!(said.contains("aws_alow_http is no option of S3"), "{said}");
}

const NO_BUCKET: &str = "<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code>\
    <Message>The specified bucket does not exist</Message></Error>";

/// A service of objects that has no buckets: it says so to whoever asks, as S3 does, and passes on what the
/// heads of the requests were.
fn service_without_buckets() -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, heads) = channel();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut reader = BufReader::new(connection.unwrap());
            let mut head = String::new();
            while reader.read_line(&mut head).unwrap() > 2 {}
            let length = head.to_lowercase();
            let length = length.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: u64 = length.map_or(0, |length| length.parse().unwrap());
            std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).unwrap();
            let length = NO_BUCKET.len();
            let answer = format!(
                "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{NO_BUCKET}"
            );
            reader.get_mut().write_all(answer.as_bytes()).unwrap();
            // Whoever asked may have heard enough.
            drop(sender.send(head));
        }
    });
    (address, heads)
}

#[test]
fn settings_are_proven_by_connecting_with_the_keys_of_the_environment() {
    let (service, heads) = service_without_buckets();
    let folder =
        with_config("objects = \"s3://nosuch/prod\"\n[object_store]\naws_allow_http = \"true\"\n");
    let output = command(folder.path())
        .args(["check-config", "--connect"])
        .env("AWS_ACCESS_KEY_ID", "of-the-environment")
        .env("AWS_SECRET_ACCESS_KEY", "hunter2")
        .env("AWS_ENDPOINT_URL", format!("http://{service}"))
        .env("AWS_REGION", "eu-west-2")
        .output()
        .unwrap();
    let said = text(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("BAD   objects") && said.contains("no such bucket"), "{said}");
    assert!(said.contains("good  database") && said.contains("aws_access_key_id"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    let head = heads.recv().unwrap();
    assert!(
        head.contains("Credential=of-the-environment/") && head.contains("eu-west-2"),
        "{head}"
    );
    let data = folder.path().join("data");
    assert!(!data.join("bursar.db").exists(), "nothing is made");

    let embedded = with_config("");
    let output = bursard(embedded.path(), &["check-config", "--connect", "--json"]);
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["tried"].as_array().unwrap().len(), 2, "{said}");
    assert!(output.status.success() && !embedded.path().join("data").exists());
}

#[tokio::test]
async fn metrics_say_how_the_server_is() {
    let server = Server::start_with("[metrics]\nlisten = \"127.0.0.1:0\"\n[limits]\nworkers = 0\n");
    let token = server.token();
    let sent = server.post(&token, "APT/a_1.csv").body("Supplier\nA\n").send().await.unwrap();
    assert_eq!(sent.status(), 201);
    let line = server.first_lines.iter().find(|line| line.starts_with("serve metrics")).unwrap();
    let url = line.split_whitespace().last().unwrap();
    let wanted = [
        "bursar_ready 1",
        "bursar_database_up 1",
        "bursar_object_store_up 1",
        "bursar_store_tried_seconds ",
        "bursar_disk_free_bytes ",
        "bursar_disk_reserve_bytes 268435456",
        "bursar_database_connections{state=\"idle\"}",
        "bursar_jobs{kind=\"read_upload\",state=\"failed\"} 0",
        "bursar_panics_total 0",
        "bursar_job_attempts_total{kind=\"read_upload\",end=\"given_up\"} 0",
        "bursar_rows_total{type=\"APT\",outcome=\"set_aside\"} 0",
        "bursar_uploads_total{type=\"Employees\"} 0",
        "bursar_sign_ins_refused_total{cause=\"locked\"} 0",
        "bursar_oldest_waiting_job_seconds{kind=\"read_upload\"}",
        "process_open_fds ",
        "process_start_time_seconds ",
    ];
    let client = server.client();
    // Jobs are counted beside the start.
    loop {
        let answer = client.get(url).send().await.unwrap().text().await.unwrap();
        if wanted.iter().all(|wanted| answer.contains(wanted)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
