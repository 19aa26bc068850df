//! Every status of the vendor's table and of the contract, through a real TLS socket.

use std::time::{Duration, Instant};

use crate::harness::{CUSTOMER, JsonAnswer as _, Server, first_piece, gzip, pieces, sibling, zstd};

type Headers = &'static [(&'static str, &'static str)];

const CSV: &str = "Supplier,Amount\nAcme,1.00\n";

async fn problem(answer: reqwest::Response, status: u16, code: &str) -> serde_json::Value {
    let headers = answer.headers().clone();
    assert_eq!(answer.status().as_u16(), status, "{code}");
    assert_eq!(headers["content-type"], "application/problem+json");
    let problem = answer.json_value().await;
    assert_eq!(problem["code"], code, "{problem}");
    assert_eq!(problem["status"], status);
    assert_eq!(headers["x-request-id"], problem["requestId"].as_str().unwrap());
    assert!(problem["detail"].as_str().unwrap().ends_with('.'), "{problem}");
    problem
}

#[tokio::test]
async fn a_received_file_is_answered_with_its_receipt() {
    let server = Server::start();
    let token = server.token();
    let answer = server.post(&token, "APT/a_20261123.csv").body(CSV).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let headers = answer.headers().clone();
    let receipt = answer.json_value().await;
    assert_eq!(headers["location"], receipt["links"]["self"].as_str().unwrap());
    assert!(headers["repr-digest"].to_str().unwrap().starts_with("sha-256=:"));
    assert!(headers["strict-transport-security"].to_str().unwrap().contains("63072000"));
    assert_eq!(headers["server"], "Bursar");
    assert_eq!((receipt["bytes"].as_u64(), &receipt["status"]), (Some(26), &"received".into()));
}

#[tokio::test]
async fn headers_are_refused_in_the_order_of_the_contract() {
    let server = Server::start_with("[limits]\nbody_bytes_max = 1000\n");
    let token = server.token();
    let big = "x".repeat(1001);
    // Each request has every later fault too, so that the order shows.
    let cases: [(&str, &str, &str, &str, u16, &str); 8] = [
        ("nonsense", "other", "apt/a.exe", "image/png", 401, "token_invalid"),
        (&token, "other", "apt/a.exe", "image/png", 403, "scope_insufficient"),
        (&token, CUSTOMER, "apt/a.exe", "image/png", 400, "file_type_unknown"),
        (&token, CUSTOMER, "APT/a.exe", "image/png", 400, "file_name_unusable"),
        (&token, CUSTOMER, "APT/a.csv", "image/png", 415, "media_type_unsupported"),
        (
            &token,
            CUSTOMER,
            "APT/a.csv",
            "multipart/form-data; boundary=x",
            415,
            "media_type_unsupported",
        ),
        (&token, CUSTOMER, "APT/a.csv", "text/csv", 413, "body_too_large"),
        (&token, CUSTOMER, "APT/", "text/csv", 400, "file_name_unusable"),
    ];
    for (token, customer, rest, media, status, code) in cases {
        let path = format!("/customers/{customer}/units/{customer}/Uploads/upload/{rest}");
        let request = server.client().post(server.url(&path)).bearer_auth(token);
        let answer = request.header("Content-Type", media).body(big.clone()).send().await.unwrap();
        let headers = answer.headers().clone();
        let problem = problem(answer, status, code).await;
        match status {
            401 | 403 => assert!(headers["www-authenticate"].to_str().unwrap().contains("error=")),
            415 => assert!(headers["accept"].to_str().unwrap().contains("text/csv")),
            _ => {}
        }
        if code == "file_type_unknown" {
            let allowed = ["APT", "Suppliers", "Employees", "IMS", "Payments"];
            assert_eq!(problem["allowed"], serde_json::json!(allowed));
        }
        if media.starts_with("multipart") {
            assert!(problem["detail"].as_str().unwrap().contains("not a form"));
        }
    }
    assert!(server.object_files().is_empty());
}

#[tokio::test]
async fn no_token_is_401_without_an_error_code() {
    let server = Server::start();
    let path = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads/upload/APT/a.csv");
    let answer = server.client().post(server.url(&path)).body(CSV).send().await.unwrap();
    assert_eq!(answer.headers()["www-authenticate"], "Bearer realm=\"bursar\"");
    problem(answer, 401, "token_missing").await;
    let request = server.client().post(server.url(&path)).bearer_auth("a").bearer_auth("b");
    problem(request.body(CSV).send().await.unwrap(), 400, "authorization_ambiguous").await;
}

#[tokio::test]
async fn bodies_are_refused_when_they_show_what_they_are() {
    let server = Server::start_with("[limits]\nbody_bytes_max = 100000\n");
    let token = server.token();
    let zeros = gzip("x".repeat(200_000).as_bytes()).await;
    let cases: [(&str, Vec<u8>, Headers, u16, &str); 10] = [
        ("APT/a.csv", b"PK\x03\x04....".to_vec(), &[], 400, "content_unexpected"),
        ("APT/a.csv", b"%PDF-1.7".to_vec(), &[], 400, "content_unexpected"),
        ("APT/a.xlsx", CSV.into(), &[], 400, "content_unexpected"),
        ("APT/a.csv", CSV.into(), &[("Repr-Digest", "sha-256=:AAAA:")], 400, "digest_malformed"),
        ("APT/a.csv", CSV.into(), &[("Repr-Digest", "sha-256=:é:")], 400, "digest_malformed"),
        (
            "APT/a.csv",
            CSV.into(),
            &[("Content-Digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")],
            400,
            "digest_mismatch",
        ),
        ("APT/a.csv", CSV.into(), &[("Content-Encoding", "br")], 415, "content_coding_unsupported"),
        ("APT/a.csv", CSV.into(), &[("Content-Encoding", "gzip")], 400, "content_coding_broken"),
        ("APT/a.csv", zeros, &[("Content-Encoding", "gzip")], 413, "body_too_large"),
        ("APT/a.csv", CSV.into(), &[("Idempotency-Key", "\"\"")], 400, "idempotency_key_malformed"),
    ];
    for (rest, body, headers, status, code) in cases {
        let mut request = server.post(&token, rest);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        problem(request.body(body).send().await.unwrap(), status, code).await;
    }
    // Without a declared length the limit counts what arrives.
    let endless = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 1000]));
    let body = reqwest::Body::wrap_stream(futures_util::StreamExt::take(endless, 200));
    problem(
        server.post(&token, "APT/a.csv").body(body).send().await.unwrap(),
        413,
        "body_too_large",
    )
    .await;
    assert!(server.object_files().is_empty(), "{:?}", server.object_files());
}

#[tokio::test]
async fn packed_bodies_are_kept_unpacked() {
    let server = Server::start();
    let token = server.token();
    for (name, coding, packed) in [
        ("APT/gzip.csv", "gzip", gzip(CSV.as_bytes()).await),
        ("APT/zstd.csv", "zstd", zstd(CSV.as_bytes()).await),
    ] {
        let request = server.post(&token, name).header("Content-Encoding", coding);
        let receipt = request.body(packed).send().await.unwrap().json_value().await;
        assert_eq!(receipt["bytes"], CSV.len());
    }
}

#[tokio::test]
async fn other_methods_and_paths_are_said_so() {
    let server = Server::start();
    let path = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads/upload/APT/a.csv");
    let answer = server.client().put(server.url(&path)).body(CSV).send().await.unwrap();
    assert_eq!(answer.headers()["allow"], "POST,OPTIONS", "OPTIONS says whether it can be resumed");
    problem(answer, 405, "method_not_allowed").await;
    let answer = server.client().get(server.url("/nothing/here")).send().await.unwrap();
    problem(answer, 404, "not_found").await;
    let token = server.token();
    let missing = format!("/customers/{CUSTOMER}/units/nosuch/Uploads");
    let answer =
        server.client().get(server.url(&missing)).bearer_auth(&token).send().await.unwrap();
    let said = problem(answer, 404, "not_found").await;
    assert!(said["detail"].as_str().unwrap().contains("it has acme"), "{said}");
    let other = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads/upl_nonsense");
    let answer = server.client().get(server.url(&other)).bearer_auth(&token).send().await.unwrap();
    problem(answer, 404, "upload_not_found").await;
    let expecting = server.post(&token, "APT/a.csv").header("Expect", "tea");
    problem(expecting.body(CSV).send().await.unwrap(), 417, "expectation_unknown").await;
}

#[tokio::test]
async fn the_words_of_the_path_match_in_any_case_and_the_type_does_not() {
    let server = Server::start();
    let token = server.token();
    for (path, status) in [
        ("/Customers/acme/UNITS/acme/uploads/Upload/APT/any_20261123.csv", 201),
        ("/customers/acme/units/acme/Uploads/upload/apt/any_20261123.csv", 400),
        ("/customers/acme/units/acme/Uploads/upload/%41PT/any_20261123.csv", 400),
        ("/customers/acme/units/acme/Uploads/upload//APT", 400),
        ("/customers/acme/units/acme/Uploads/upload/", 400),
        ("/customers/acme/units/acme/Uploads/upload", 400),
        ("/customers/acme/units/acme/Uploads/upload/APT/..%2f..%2fetc%2fpasswd", 400),
        ("/customers/Acme/units/acme/Uploads/upload/APT/any_20261123.csv", 403),
        ("/customers/acme/units/%61cme/Uploads/upload/APT/any_20261123.csv", 403),
    ] {
        let request = server.client().post(server.url(path)).header("Content-Type", "text/csv");
        let answer = request.bearer_auth(&token).body(CSV).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
}

#[tokio::test]
async fn a_full_gate_is_429_for_the_customer_and_503_for_all() {
    for (config, status, code) in [
        ("[limits]\nuploads_per_customer_max = 1\n", 429, "uploads_too_many"),
        ("[limits]\nuploads_max = 1\n", 503, "busy"),
    ] {
        let server = Server::start_with(config);
        let token = server.token();
        let (more, body) = pieces();
        let slow = server.post(&token, "APT/slow.csv").body(body).send();
        let slow = tokio::spawn(slow);
        more.send(first_piece()).await.unwrap();
        server.receiving().await;
        let answer = server.post(&token, "APT/second.csv").body(CSV).send().await.unwrap();
        assert_eq!(answer.headers()["retry-after"], "5");
        problem(answer, status, code).await;
        drop(more);
        assert_eq!(slow.await.unwrap().unwrap().status(), 201);
    }
}

#[tokio::test]
async fn a_token_that_sends_too_often_waits_and_its_uploader_waits_with_it() {
    let server =
        Server::start_with("[limits]\nworkers = 0\nuploads_per_token_per_minute_max = 20\n");
    let token = server.token();
    let other = server.token();
    for number in 0..20 {
        let answer = server.post(&token, &format!("APT/a_{number}.csv")).body(CSV).send().await;
        assert_eq!(answer.unwrap().status(), 201);
    }
    let answer = server.post(&token, "APT/b.csv").body(CSV).send().await.unwrap();
    let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=3).contains(&wait), "{wait}");
    problem(answer, 429, "uploads_too_frequent").await;
    let answer = server.post(&other, "APT/b.csv").body(CSV).send().await.unwrap();
    assert_eq!(answer.status(), 201, "each token has its own");

    let file = server.folder.path().join("c_20261123.csv");
    std::fs::write(&file, CSV).unwrap();
    let token_file = server.folder.path().join("spent");
    std::fs::write(&token_file, &token).unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&token_file, private).unwrap();
    let sent = std::process::Command::new(sibling("bursar"))
        .args(["send", "--url", &server.url(""), "--customer", CUSTOMER, "--type", "APT"])
        .arg("--ca-file")
        .arg(server.authority())
        .arg("--token-file")
        .arg(&token_file)
        .arg(&file)
        .output()
        .unwrap();
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
}

#[tokio::test]
async fn a_body_that_stalls_is_408_and_leaves_nothing() {
    let server = Server::start_with("[limits]\nbody_stall_seconds_max = 1\n");
    let token = server.token();
    let (more, body) = pieces();
    let stalled = server.post(&token, "APT/a.csv").body(body).send();
    let stalled = tokio::spawn(stalled);
    more.send(first_piece()).await.unwrap();
    let began = Instant::now();
    problem(stalled.await.unwrap().unwrap(), 408, "body_too_slow").await;
    assert!(began.elapsed() < Duration::from_secs(20));
    assert!(server.object_files().is_empty());
    drop(more);
}

#[tokio::test]
async fn a_disk_in_reserve_is_507_and_a_broken_store_is_500() {
    let server =
        Server::start_waiting(&format!("[limits]\ndisk_reserve_bytes = {}\n", u64::MAX / 2));
    let ready = server.client().get(server.url("/readyz")).send().await.unwrap();
    let said = problem(ready, 503, "busy").await;
    assert_eq!(in_the_way(&said), ["disk"], "{said}");
    let token = server.token();
    let answer = server.post(&token, "APT/a.csv").body(CSV).send().await.unwrap();
    problem(answer, 507, "storage_full").await;

    let server = Server::start();
    let token = server.token();
    let temporaries = server.data_dir().join("objects/tmp");
    std::fs::remove_dir_all(&temporaries).unwrap();
    std::fs::write(&temporaries, "in the way").unwrap();
    let answer = server.post(&token, "APT/a.csv").body(CSV).send().await.unwrap();
    let said = problem(answer, 500, "internal").await;
    assert!(!said.to_string().contains("tmp"), "{said}");
}

#[tokio::test]
async fn readiness_follows_the_store() {
    let server = Server::start();
    let ask =
        async |server: &Server| server.client().get(server.url("/readyz")).send().await.unwrap();
    let answer = ask(&server).await;
    assert_eq!(answer.status(), 200);
    let said = answer.json_value().await;
    assert_eq!((&said["ready"], in_the_way(&said)), (&true.into(), vec![]), "{said}");
    let server = Server::start_receiving_only();
    std::fs::remove_dir_all(server.data_dir().join("objects")).unwrap();
    // What the start has found holds for seconds.
    let said = loop {
        let answer = ask(&server).await;
        if answer.status() != 200 {
            break problem(answer, 503, "busy").await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(in_the_way(&said), ["objects"], "{said}");
    assert!(!said.to_string().contains("tmp"), "{said}");
}

/// The checks of a readiness answer that keep uploads out.
fn in_the_way(said: &serde_json::Value) -> Vec<&str> {
    let checks = said["checks"].as_array().unwrap().iter();
    let bad = checks.filter(|check| check["required"] == true && check["ok"] == false);
    bad.map(|check| check["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn keys_belong_to_one_file() {
    let server = Server::start();
    let token = server.token();
    let send = |name: &str, body: &'static str| {
        server.post(&token, name).header("Idempotency-Key", "\"k-1\"").body(body).send()
    };
    let first = send("APT/a.csv", CSV).await.unwrap().json_value().await;
    let again = send("APT/a.csv", CSV).await.unwrap().json_value().await;
    assert_eq!(again["repeated"], true);
    let mut as_first = again;
    as_first.as_object_mut().unwrap().remove("repeated");
    assert_eq!(first, as_first);
    let other = send("APT/a.csv", "Supplier\nOther\n").await.unwrap();
    problem(other, 422, "idempotency_key_reused").await;

    let (more, body) = pieces();
    let slow = server.post(&token, "APT/b.csv").header("Idempotency-Key", "k-2");
    let slow = tokio::spawn(slow.body(body).send());
    more.send(first_piece()).await.unwrap();
    server.receiving().await;
    let meanwhile = server.post(&token, "APT/b.csv").header("Idempotency-Key", "k-2");
    let meanwhile = meanwhile.body(CSV).send().await.unwrap();
    problem(meanwhile, 409, "idempotency_key_in_use").await;
    drop(more);
    assert_eq!(slow.await.unwrap().unwrap().status(), 201);
}
