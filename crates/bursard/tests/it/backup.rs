//! A backup is a data folder that serves.

use crate::harness::{JsonAnswer as _, Server};

#[tokio::test]
async fn a_backup_of_a_running_server_serves_what_was_received() {
    let server = Server::start();
    let token = server.token();
    let text = "Supplier Ref,Supplier Name\nS1,Acme Ltd\nS2,Made Up Supplies\n";
    let sent = server.post(&token, "Suppliers/a_20261123.csv").body(text).send().await.unwrap();
    let sent = sent.json_value().await;
    server.all_read(&token).await;
    let ledger = server.exported("Suppliers");
    assert_eq!(ledger.lines().count(), 3);
    let copy = tempfile::tempdir().unwrap();
    let target = copy.path().join("data");
    let output = server.bursard(&["backup", target.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    drop(server);

    let restored = Server::start_in(copy);
    let listed = restored.get_json(&token, "/customers/acme/units/acme/Uploads").await;
    assert_eq!(listed["items"][0]["uploadId"], sent["uploadId"]);
    assert_eq!(listed["items"][0]["sha256"], sent["sha256"]);
    assert_eq!(restored.exported("Suppliers"), ledger);
    // What was revoked since nobody can tell, so somebody says what of it goes on.
    let said = |arguments: &[&str]| {
        let output = restored.bursard(arguments);
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    assert!(restored.first_lines.iter().any(|line| line.contains("this is a backup of")));
    let (is_good, doctor) = said(&["doctor"]);
    assert!(!is_good && doctor.contains("1 access tokens work"), "{doctor}");
    let (_, listed) = said(&["restored", "list"]);
    assert!(listed.starts_with("bursard token revoke tok_"), "{listed}");
    assert!(said(&["restored", "keep-tokens"]).0);
    assert!(said(&["doctor", "--deep"]).0);
    assert!(said(&["restored", "revoke-tokens"]).1.contains("1 access tokens are revoked"));
    let refused =
        restored.post(&token, "Suppliers/b_20261123.csv").body(text).send().await.unwrap();
    assert_eq!(refused.status(), 401);
}

#[test]
fn a_damaged_file_is_found() {
    let server = Server::start_receiving_only();
    let token = server.token();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let send = server.post(&token, "APT/a_20261123.csv").body("kept").send();
    assert_eq!(runtime.block_on(send).unwrap().status(), 201);
    std::fs::write(&server.object_files()[0], "gone").unwrap();
    let output = server.bursard(&["doctor", "--deep"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("BAD"));
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("copy");
    assert_eq!(server.bursard(&["backup", target.to_str().unwrap()]).status.code(), Some(1));
}
