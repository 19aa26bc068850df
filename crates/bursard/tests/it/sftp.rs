//! SFTP as an operator switches it on, makes credentials for it and stops it.
//!
//! Not for: what clients may do there; the server's own tests have several of them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::harness::{CUSTOMER, Server};

const SERVED: &str = "[sftp]\nlisten = \"127.0.0.1:0\"\n[limits]\nworkers = 0\n";
const SUPPLIERS: &str = "Supplier,Name\n1,ACME Ltd\n";

fn port(server: &Server) -> String {
    let line = server.first_lines.iter().find(|line| line.starts_with("serve sftp")).unwrap();
    let address = line.split_whitespace().nth(2).unwrap();
    address.rsplit_once(':').unwrap().1.to_owned()
}

fn make_key(folder: &Path) {
    let mut keygen = Command::new("ssh-keygen");
    keygen.args(["-t", "ed25519", "-q", "-N", "", "-f"]).arg(folder.join("key"));
    assert!(keygen.status().unwrap().success());
}

/// Sends a file into the folder of suppliers, by key.
fn send(server: &Server, folder: &Path, name: &str) -> Output {
    fs::write(folder.join(name), SUPPLIERS).unwrap();
    let batch = folder.join("batch");
    fs::write(&batch, format!("put {name} {CUSTOMER}/Suppliers/\n")).unwrap();
    let mut sftp = Command::new("sftp");
    sftp.current_dir(folder).args(["-F", "none", "-P", &port(server), "-b"]).arg(batch);
    for option in [
        "IdentitiesOnly=yes",
        "StrictHostKeyChecking=accept-new",
        &format!("UserKnownHostsFile={}", folder.join("known_hosts").display()),
    ] {
        sftp.args(["-o", option]);
    }
    sftp.arg("-i").arg(folder.join("key")).arg(format!("{CUSTOMER}@127.0.0.1"));
    sftp.env_remove("SSH_AUTH_SOCK").stdin(Stdio::null()).output().unwrap()
}

fn output_text(output: &Output) -> String {
    [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_switches_it_on() {
    let server = Server::start_with(SERVED);
    assert!(
        server.first_lines.iter().any(|line| line.starts_with("made  host key")),
        "{:?}",
        server.first_lines
    );
    let folder = tempfile::tempdir().unwrap();
    make_key(folder.path());
    let key = folder.path().join("key.pub");
    let mut add = vec!["sftp", "add", "--customer", CUSTOMER, "--label", "SAP nightly"];
    let made = server.bursard(&add);
    assert!(made.status.success(), "{}", output_text(&made));
    let password = String::from_utf8(made.stdout).unwrap();
    assert_eq!(password.trim().len(), 32, "a password alone on standard output");
    add.extend(["--public-key", key.to_str().unwrap()]);
    let made = server.bursard(&add);
    assert!(made.status.success() && made.stdout.is_empty(), "{}", output_text(&made));

    let sent = send(&server, folder.path(), "suppliers_1.csv");
    assert!(sent.status.success(), "{}", output_text(&sent));
    let uploads = server.bursard(&["upload", "list", "--customer", CUSTOMER, "--json"]);
    let uploads: Value = serde_json::from_slice(&uploads.stdout).unwrap();
    assert!(uploads.to_string().contains("suppliers_1.csv"), "{uploads}");

    // OpenSSH's client says no more than that; the log has the sentence, and no name.
    let refused = send(&server, folder.path(), "suppliers_1.exe");
    assert!(!refused.status.success(), "{}", output_text(&refused));
    let log = server.log();
    assert!(log.contains("not received over SFTP") && log.contains("must end in .csv"), "{log}");

    let listed = server.bursard(&["sftp", "list", "--json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 2, "{listed}");
    let by_key = &listed[0];
    assert_eq!((&by_key["user"], &by_key["standing"]), (&CUSTOMER.into(), &"good".into()));
    assert!(by_key["proof"].as_str().unwrap().contains("SHA256:"), "{by_key}");
    assert!(!listed.to_string().contains(password.trim()));
    let tokens = server.bursard(&["token", "list", "--json"]);
    assert_eq!(serde_json::from_slice::<Value>(&tokens.stdout).unwrap(), Value::Array(Vec::new()));

    let id = by_key["id"].as_str().unwrap();
    let revoked = server.bursard(&["sftp", "revoke", id]);
    assert!(output_text(&revoked).contains("revoked"), "{}", output_text(&revoked));
    let refused = send(&server, folder.path(), "suppliers_2.csv");
    assert!(!refused.status.success(), "{}", output_text(&refused));
    let log = server.log();
    assert!(!log.contains(password.trim()) && !log.contains("suppliers_"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_off_unless_it_has_an_address_and_keeps_its_key() {
    let server = Server::start_receiving_only();
    assert!(!server.first_lines.iter().any(|line| line.contains("sftp")));
    let folder = tempfile::tempdir().unwrap();
    make_key(folder.path());
    let key = folder.path().join("key.pub");
    let add = ["sftp", "add", "--customer", CUSTOMER, "--public-key", key.to_str().unwrap()];
    let made = server.bursard(&add);
    assert!(
        output_text(&made).contains("no address of SFTP is set here"),
        "{}",
        output_text(&made)
    );
    let data = server.kill();
    fs::write(data.path().join("data/bursard.toml"), SERVED).unwrap();
    let mut server = Server::start_in(data);
    assert!(send(&server, folder.path(), "a.csv").status.success());
    server.signal("-TERM");
    assert!(server.wait().success());
    let again = Server::start_in(server.kill());
    assert!(!again.first_lines.iter().any(|line| line.starts_with("made  host key")));
    let known = fs::read_to_string(folder.path().join("known_hosts")).unwrap();
    fs::write(
        folder.path().join("known_hosts"),
        known.replace(
            &known[..=known.find(' ').unwrap()],
            &format!("[127.0.0.1]:{} ", port(&again)),
        ),
    )
    .unwrap();
    let sent = send(&again, folder.path(), "b.csv");
    assert!(sent.status.success(), "it is the host that was known: {}", output_text(&sent));
}
