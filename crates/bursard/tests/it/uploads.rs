//! What was received is listed, once, newest first, and stays.

use serde_json::Value;

use crate::harness::{JsonAnswer as _, Server, first_piece, pieces};

const LIST: &str = "/customers/acme/units/acme/Uploads";

/// The receipt given for the same again.
fn repeated(first: &Value) -> Value {
    let mut receipt = first.clone();
    receipt["repeated"] = true.into();
    receipt
}

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
async fn the_newest_file_again_gives_its_receipt_and_other_bytes_a_new_one() {
    let server = Server::start_receiving_only();
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
    assert_eq!(first.get("repeated"), None);
    assert_eq!(send("one").await, repeated(&first));
    let second = send("two").await;
    assert_ne!(second["uploadId"], first["uploadId"]);
    assert_eq!(send("two").await, repeated(&second));
    let read = server.get_json(&token, first["links"]["self"].as_str().unwrap()).await;
    assert_eq!(read, first);
    let problems = server.get_json(&token, first["links"]["problems"].as_str().unwrap()).await;
    assert_eq!(problems["items"], serde_json::json!([]));
    assert_eq!(server.get_json(&token, LIST).await["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_receipt_is_repeated_also_when_the_file_was_read_but_not_when_it_was_refused() {
    let server = Server::start();
    let token = server.token();
    let send = async |name: &'static str, body: &'static str| {
        let request = server.post(&token, &format!("Suppliers/{name}")).body(body);
        request.send().await.unwrap().json_value().await
    };
    for (name, body, end) in [
        ("a_20261123.csv", "Supplier Ref,Supplier Name\nS1,Acme Ltd\n", "read"),
        ("b_20261123.csv", "no extract", "refused"),
    ] {
        let first = send(name, body).await;
        let path = first["links"]["self"].as_str().unwrap();
        while server.get_json(&token, path).await["status"] != end {
            tokio::task::yield_now().await;
        }
        let again = send(name, body).await;
        if end == "read" {
            assert_eq!(again, repeated(&first));
        } else {
            assert_ne!(again["uploadId"], first["uploadId"]);
            assert_eq!(again.get("repeated"), None, "its columns may have been mapped since");
        }
    }
}

/// A list of 60 suppliers, one of them left out, and the first list again, all under one name.
#[tokio::test]
async fn a_state_that_comes_back_is_taken() {
    let server = Server::start();
    let token = server.token();
    let list = |suppliers: u32| {
        let lines = (0..suppliers).map(|number| format!("S{number},Works {number} Ltd\n"));
        format!("Supplier Ref,Supplier Name\n{}", lines.collect::<String>())
    };
    let (mut active, mut ids) = (Vec::new(), std::collections::BTreeSet::new());
    for suppliers in [60, 59, 60] {
        let request = server.post(&token, "Suppliers/suppliers.csv").body(list(suppliers));
        let receipt = request.send().await.unwrap().json_value().await;
        assert_eq!(receipt.get("repeated"), None);
        ids.insert(receipt["uploadId"].as_str().unwrap().to_owned());
        server.all_read(&token).await;
        let rows = server.exported("Suppliers");
        let mut lines = rows.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let header = lines.next().unwrap();
        let column = header.iter().position(|name| *name == "_active").unwrap();
        active.push(lines.filter(|cells| cells[column] == "true").count());
    }
    assert_eq!((active, ids.len()), (vec![60, 59, 60], 3));
}

#[tokio::test]
async fn thirty_two_at_once_of_the_same_file_are_one_upload() {
    let server = Server::start_receiving_only();
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
    let server = Server::start_receiving_only();
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
