//! What was received is listed, once, newest first, and stays.

use crate::harness::{JsonAnswer as _, Server, first_piece, pieces};

const LIST: &str = "/customers/acme/units/acme/Uploads";

#[tokio::test]
async fn pages_hold_every_upload_once_newest_first() {
    let server = Server::start();
    let token = server.token();
    let mut sent = Vec::new();
    for number in 0..7 {
        let name = format!("APT/a_{number}_20261123.csv");
        let answer = server.post(&token, &name).body(format!("Supplier\n{number}\n")).send().await;
        sent.push(answer.unwrap().json_value().await["uploadId"].as_str().unwrap().to_owned());
    }
    let mut listed = Vec::new();
    let mut path = format!("{LIST}?limit=3");
    loop {
        let page = server.get_json(&token, &path).await;
        let items = page["items"].as_array().unwrap();
        listed.extend(items.iter().map(|item| item["uploadId"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("{LIST}?limit=3&after={next}");
    }
    sent.reverse();
    assert_eq!(listed, sent);
    for bad in ["?limit=0", "?limit=501", "?limit=x", "?after=upl_x", "?page=2"] {
        let request = server.client().get(server.url(&format!("{LIST}{bad}"))).bearer_auth(&token);
        assert_eq!(request.send().await.unwrap().status(), 400, "{bad}");
    }
}

#[tokio::test]
async fn the_same_file_again_gives_the_first_receipt_and_other_bytes_a_new_one() {
    let server = Server::start_door();
    let token = server.token();
    let send = async |body: &'static str| {
        server
            .post(&token, "APT/a_20261123.csv")
            .body(body)
            .send()
            .await
            .unwrap()
            .json_value()
            .await
    };
    let first = send("one").await;
    assert_eq!(send("one").await, first);
    let second = send("two").await;
    assert_ne!(second["uploadId"], first["uploadId"]);
    let read = server.get_json(&token, first["links"]["self"].as_str().unwrap()).await;
    assert_eq!(read, first);
    let problems = server.get_json(&token, first["links"]["problems"].as_str().unwrap()).await;
    assert_eq!(problems["items"], serde_json::json!([]));
    assert_eq!(server.get_json(&token, LIST).await["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_first_receipt_is_repeated_also_when_the_file_was_read() {
    let server = Server::start();
    let token = server.token();
    let send = async || {
        let request = server.post(&token, "APT/a_20261123.csv").body("no extract");
        request.send().await.unwrap().json_value().await
    };
    let first = send().await;
    let path = first["links"]["self"].as_str().unwrap();
    while server.get_json(&token, path).await["status"] != "refused" {
        tokio::task::yield_now().await;
    }
    assert_eq!(send().await, first);
}

#[tokio::test]
async fn thirty_two_at_once_of_the_same_file_are_one_upload() {
    let server = Server::start_door();
    let token = server.token();
    let sends = (0..32).map(|_| server.post(&token, "APT/a_20261123.csv").body("same").send());
    let answers = futures_util::future::join_all(sends).await;
    let mut ids = std::collections::BTreeSet::new();
    for answer in answers {
        let answer = answer.unwrap();
        assert_eq!(answer.status(), 201);
        ids.insert(answer.json_value().await["uploadId"].to_string());
    }
    assert_eq!(ids.len(), 1);
    assert_eq!(server.object_files().len(), 1);
}

#[tokio::test]
async fn uploads_outlive_the_process() {
    let server = Server::start_door();
    let token = server.token();
    let sent = server.post(&token, "APT/a_20261123.csv").body("kept").send().await.unwrap();
    let sent = sent.json_value().await;
    let server = Server::start_in(server.kill());
    let mut made = server.first_lines.iter().filter(|line| line.starts_with("made"));
    assert_eq!(made.next(), None, "nothing is made twice: {:?}", server.first_lines);
    let listed = server.get_json(&token, LIST).await;
    assert_eq!(listed["items"][0], sent);
}

#[tokio::test]
async fn a_stopping_server_finishes_what_is_under_way() {
    let mut server = Server::start();
    let token = server.token();
    let (more, body) = pieces();
    let slow = tokio::spawn(server.post(&token, "APT/a_20261123.csv").body(body).send());
    more.send(first_piece()).await.unwrap();
    server.receiving().await;
    server.signal("-TERM");
    // Nobody new is let in once the listener is gone.
    while server.client().get(server.url("/healthz")).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
    more.send("Acme\n".to_owned()).await.unwrap();
    drop(more);
    assert_eq!(slow.await.unwrap().unwrap().status(), 201);
    assert!(server.wait().success());
    let log = std::fs::read_to_string(server.folder.path().join("log")).unwrap();
    assert!(log.contains("Quietly"), "{log}");
    assert!(!log.contains(&token), "no token in a log");
}
