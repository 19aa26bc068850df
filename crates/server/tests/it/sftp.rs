//! SFTP as its clients meet it: OpenSSH's, rclone and paramiko against the server on a real socket.
//!
//! Not for: single parts; their tests stand beside them.

mod clients;
mod place;

use domain::{FileType, SignInSubject, Upload};
use http::StatusCode;
use server::Limits;
use server::listener::StopOutcome;
use store::{SignInAttempt, UploadFilter};

use crate::workplace::{acme, unit};
use clients::{OpenSsh, paramiko, rclone};
use place::SftpPlace;

const SUPPLIERS: &str = "Supplier,Name\n1,ACME Ltd\n2,Globex\n";

/// All uploads of the unit, the newest first.
async fn uploads(place: &SftpPlace) -> Vec<Upload> {
    let store = place.desk.app.store.customer(&acme());
    let (unit, filter) = (unit(), UploadFilter::default());
    let size = 100.try_into().unwrap();
    store.uploads_of(&unit, &filter, store::UploadOrder::Newest, size, None).await.unwrap().items
}

async fn names(place: &SftpPlace) -> Vec<String> {
    uploads(place).await.iter().map(|upload| upload.file_name.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn openssh_sends_with_a_key() {
    let place = SftpPlace::open().await;
    let client = OpenSsh::new(&place);
    let (_id, _) = place.desk.sftp_credential(unit(), Some(&client.public_key())).await;
    client.write("suppliers_20261201.csv", SUPPLIERS);
    let sent = client.batch("acme", &["put suppliers_20261201.csv acme/Suppliers/"]).await;
    assert!(sent.succeeded, "{}", sent.text);
    let received = uploads(&place).await;
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].file_type, FileType::Suppliers);
    assert_eq!(received[0].bytes, SUPPLIERS.len() as u64);
    assert_eq!(client.known_host(), place.fingerprint, "it is who it says it is");

    let listed = client.batch("acme", &["ls -l", "ls -l acme", "ls -l acme/Suppliers"]).await;
    assert!(listed.succeeded, "{}", listed.text);
    for name in ["acme", "Transactions", "Employees", "IMS", "Payments", "suppliers_20261201.csv"] {
        assert!(listed.text.contains(name), "{name}: {}", listed.text);
    }
    let audited = place.desk.audited().await;
    assert_eq!(audited[audited.len() - 2..], ["token.issue", "upload.received"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_received_when_it_has_its_name() {
    let place = SftpPlace::open().await;
    let client = OpenSsh::new(&place);
    place.desk.sftp_credential(unit(), Some(&client.public_key())).await;
    client.write("a.csv", SUPPLIERS);
    let waits =
        client.batch("acme", &["put a.csv acme/Suppliers/a_1.csv.part", "ls acme/Suppliers"]).await;
    assert!(waits.succeeded && waits.text.contains("a_1.csv.part"), "{}", waits.text);
    assert!(names(&place).await.is_empty(), "it waits");
    // Over another connection, as scripts do.
    let renamed =
        ["rename acme/Suppliers/a_1.csv.part acme/Suppliers/a_1.csv", "ls acme/Suppliers"];
    let renamed = client.batch("acme", &renamed).await;
    assert!(renamed.succeeded && !renamed.text.contains(".part\n"), "{}", renamed.text);
    assert_eq!(names(&place).await, ["a_1.csv"]);

    for (command, why) in [
        ("get acme/Suppliers/a_1.csv back.csv", "nothing is given back"),
        ("rm acme/Suppliers/a_1.csv", "what was received stays"),
        ("rename acme/Suppliers/a_1.csv acme/Suppliers/b.csv", "under its name"),
        ("mkdir acme/Invoices", "folders stay"),
        ("rmdir acme/Suppliers", "folders stay"),
        ("put a.csv acme/Suppliers/a.exe", "no such format"),
        ("put a.csv a.csv", "no folder of files"),
        ("put a.csv south/Suppliers/a.csv", "another unit"),
        ("ln acme/Suppliers/a_1.csv acme/Suppliers/c.csv", "no links"),
    ] {
        let refused = client.batch("acme", &[command]).await;
        assert!(!refused.succeeded, "{command}: {why}: {}", refused.text);
    }
    assert_eq!(names(&place).await, ["a_1.csv"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_signs_in_until_it_is_revoked() {
    let place = SftpPlace::open().await;
    let client = OpenSsh::new(&place);
    let (id, password) = place.desk.sftp_credential(unit(), None).await;
    let password = password.unwrap();
    client.write("a.csv", SUPPLIERS);
    let put = ["put a.csv acme/Suppliers/a.csv"];
    let sent = client.batch_with_password("acme", &password, &put).await;
    assert!(sent.succeeded, "{}", sent.text);
    let whole_name = client.batch_with_password("acme.acme", &password, &put).await;
    assert!(whole_name.succeeded, "{}", whole_name.text);
    for (user, password) in
        [("acme", "wrong"), ("other", &*password), ("acme.south", &*password), ("root", &*password)]
    {
        let refused = client.batch_with_password(user, password, &put).await;
        assert!(!refused.succeeded, "{user}: {}", refused.text);
    }
    let system = place.desk.app.store.system();
    let used = system.token(id).await.unwrap().unwrap();
    assert_eq!(used.last_used_from.as_deref(), Some("127.0.0.1"));
    system.revoke_token(id, "operator", place.desk.app.clock.now()).await.unwrap();
    let revoked = client.batch_with_password("acme", &password, &put).await;
    assert!(!revoked.succeeded, "{}", revoked.text);
    // The same bytes under the same name are one upload.
    assert_eq!(names(&place).await, ["a.csv"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_signs_in_over_sftp_is_no_access_token() {
    let place = SftpPlace::open().await;
    let (_, password) = place.desk.sftp_credential(unit(), None).await;
    let answer = place.desk.get(&password.unwrap(), "Uploads").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_are_counted_by_address() {
    let place = SftpPlace::open().await;
    let client = OpenSsh::new(&place);
    let (_, password) = place.desk.sftp_credential(unit(), None).await;
    let password = password.unwrap();
    client.write("a.csv", SUPPLIERS);
    let put = ["put a.csv acme/Suppliers/a.csv"];
    assert!(!client.batch_with_password("acme", "wrong", &put).await.succeeded);
    let (system, now) = (place.desk.app.store.system(), place.desk.app.clock.now());
    for _ in 0..29 {
        let subject = [SignInSubject::sftp_address("127.0.0.1")];
        assert_eq!(system.begin_sign_in(&subject, now).await.unwrap(), SignInAttempt::Allowed);
    }
    assert!(!client.batch_with_password("acme", &password, &put).await.succeeded, "locked");
    place.desk.later(16 * 60);
    let sent = client.batch_with_password("acme", &password, &put).await;
    assert!(sent.succeeded, "{}", sent.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn rclone_copies_a_folder() {
    let place = SftpPlace::open().await;
    let (_, password) = place.desk.sftp_credential(unit(), None).await;
    let files: Vec<String> = (1..=5).map(|number| format!("apt_{number}.csv")).collect();
    let large = format!("Invoice,Amount\n{}", "INV-0001,10.00\n".repeat(200_000));
    let sent = rclone(&place, &password.unwrap(), &files, &large).await;
    assert!(sent.succeeded, "{}", sent.text);
    let mut received = names(&place).await;
    received.sort();
    assert_eq!(received, files);
    for upload in uploads(&place).await {
        assert_eq!((upload.bytes, upload.file_type), (large.len() as u64, FileType::Transactions));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn paramiko_writes_in_any_order() {
    let place = SftpPlace::open().await;
    let (_, password) = place.desk.sftp_credential(unit(), None).await;
    let Some(said) = paramiko(&place, &password.unwrap(), include_str!("sftp/paramiko.py")).await
    else {
        println!("paramiko left out: it is not installed; cargo xtask setup");
        return;
    };
    assert!(said.succeeded, "{}", said.text);
    let mut received = names(&place).await;
    received.sort();
    assert_eq!(received, ["order.csv", "whole.csv"], "{}", said.text);
    let whole = "0123456789".repeat(100_000);
    for upload in uploads(&place).await {
        assert_eq!(upload.bytes, whole.len() as u64, "{}", upload.file_name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_no_longer_than_it_may_be() {
    let place = SftpPlace::open_with(Limits { body_bytes_max: 1_000, ..Limits::default() }).await;
    let client = OpenSsh::new(&place);
    place.desk.sftp_credential(unit(), Some(&client.public_key())).await;
    client.write("short.csv", &"a,b\n".repeat(250));
    client.write("long.csv", &"a,b\n".repeat(251));
    assert!(client.batch("acme", &["put short.csv acme/Suppliers/"]).await.succeeded);
    assert!(!client.batch("acme", &["put long.csv acme/Suppliers/"]).await.succeeded);
    assert_eq!(names(&place).await, ["short.csv"]);
    assert_eq!(place.spooled(), 0, "nothing is left of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_of_its_name_is_refused() {
    let place = SftpPlace::open().await;
    let client = OpenSsh::new(&place);
    place.desk.sftp_credential(unit(), Some(&client.public_key())).await;
    client.write_bytes("program.csv", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0");
    assert!(!client.batch("acme", &["put program.csv acme/Suppliers/"]).await.succeeded);
    assert!(names(&place).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_sftp_is_served() {
    let place = SftpPlace::open().await;
    let client = OpenSsh::new(&place);
    place.desk.sftp_credential(unit(), Some(&client.public_key())).await;
    for arguments in [&["id"][..], &["-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:localhost:1"]]
    {
        let refused = client.ssh("acme", arguments).await;
        assert!(!refused.succeeded, "{arguments:?}: {}", refused.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_rsa_sign_in_without_sha_1() {
    let place = SftpPlace::open().await;
    let client = OpenSsh::with_key(&place, &["-t", "rsa", "-b", "2048"]);
    place.desk.sftp_credential(unit(), Some(&client.public_key())).await;
    client.write("a.csv", SUPPLIERS);
    let sent = client.batch("acme", &["put a.csv acme/Suppliers/"]).await;
    assert!(sent.succeeded, "{}", sent.text);
    let curve = OpenSsh::with_key(&place, &["-t", "ecdsa"]);
    assert!(!curve.batch("acme", &["ls"]).await.succeeded, "nobody knows it");
    place.desk.sftp_credential(unit(), Some(&curve.public_key())).await;
    assert!(curve.batch("acme", &["ls"]).await.succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_closes_idle_connections() {
    let mut place = SftpPlace::open().await;
    let client = OpenSsh::new(&place);
    place.desk.sftp_credential(unit(), Some(&client.public_key())).await;
    let idle = client.signed_in("acme").await;
    assert_eq!(place.stop().await, StopOutcome::Quietly);
    assert!(idle.has_been_closed().await);
}
