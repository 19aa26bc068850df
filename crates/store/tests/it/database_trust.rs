//! A database on another machine that does not prove who it is.

use store::{Config, DatabaseUrl, Error, ObjectsUrl, Store};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// The length and the code of PostgreSQL's request for TLS.
const TLS_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

#[tokio::test]
async fn no_password_goes_to_whoever_answers_without_tls() {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    // Not one of this machine's own addresses, as far as anybody can tell by it.
    let url = format!("postgres://bursar:hunter2@{}/bursar", listener.local_addr().unwrap());
    let somebody = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = [0; TLS_REQUEST.len()];
        stream.read_exact(&mut asked).await.unwrap();
        stream.write_all(b"N").await.unwrap();
        let mut more = Vec::new();
        stream.read_to_end(&mut more).await.unwrap();
        (asked, more)
    });
    let folder = tempfile::tempdir().unwrap();
    let objects = ObjectsUrl::Local(folder.path().join("objects"));
    let database: DatabaseUrl = url.parse().unwrap();
    let opened = Store::open(&Config { database, objects }).await;
    let refused = opened.err().unwrap();
    assert!(matches!(refused, Error::Unsupported { .. }), "{refused:?}");
    assert!(refused.to_string().contains("sslmode=disable"), "{refused}");
    assert_eq!(somebody.await.unwrap(), (TLS_REQUEST, Vec::new()), "nothing but the question");
}
