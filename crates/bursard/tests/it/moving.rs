//! Moved to PostgreSQL and S3, backed up there, restored to SQLite and a disk, and moved back: what was
//! received is everywhere what it was.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::deployment::{Deployment, WITHOUT_EMULATOR};
use crate::harness::{JsonAnswer as _, Server, bursard, with_config};

const SUPPLIERS: &str = "Supplier Ref,Supplier Name\nS1,Acme Ltd\nS2,Made Up Supplies\n";

fn output_text(output: &Output) -> String {
    [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat()
}

/// Ends as a service does when it is stopped.
fn stop(server: &mut Server) {
    server.signal("-TERM");
    assert!(server.wait().success());
}

fn settings(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path
}

fn exported(folder: &Path, config: &Path) -> String {
    let words = ["ledger", "export", "--customer", "acme", "--type", "Suppliers", "--config"];
    let output = bursard(folder, &[&words[..], &[config.to_str().unwrap()]].concat());
    assert!(output.status.success(), "{}", output_text(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn everything_moves_to_postgres_and_s3_and_back() {
    let Some(Deployment::Networked(network)) = Deployment::networked() else {
        println!("{WITHOUT_EMULATOR}");
        return;
    };
    let mut server = Server::start();
    let token = server.token();
    let sent = server.post(&token, "Suppliers/a_1.csv").body(SUPPLIERS).send().await.unwrap();
    let sha256 = sent.json_value().await["sha256"].clone();
    server.all_read(&token).await;
    let ledger = server.exported("Suppliers");
    stop(&mut server);
    let place = network.make_place().await;
    let there = settings(server.folder.path(), "there.toml", &place);
    let moved = server.bursard(&["migrate", "--to", there.to_str().unwrap()]);
    assert!(moved.status.success(), "{}", output_text(&moved));
    // The same certificates as before: the data folder stays what it was.
    assert!(
        output_text(&moved).contains("Go on there with: bursard --data-dir"),
        "{}",
        output_text(&moved)
    );
    // What is there already is proven once more, and nothing is written twice.
    let again = server.bursard(&["migrate", "--to", there.to_str().unwrap(), "--json"]);
    assert!(again.status.success(), "{}", output_text(&again));
    let same =
        server.bursard(&["migrate", "--to", server.data_dir().join("none").to_str().unwrap()]);
    assert_eq!(same.status.code(), Some(2));

    let mut networked = Server::start_in(with_config(&place));
    let listed = networked.get_json(&token, "/customers/acme/units/acme/Uploads").await;
    assert_eq!(listed["items"][0]["sha256"], sha256, "the token works there as here");
    assert_eq!(networked.exported("Suppliers"), ledger);
    let copies = tempfile::tempdir().unwrap();
    let copy = |name: &str| copies.path().join(name).display().to_string();
    let (monday, tuesday) = (copy("monday"), copy("tuesday"));
    for words in [&["backup", &monday][..], &["backup", &tuesday, "--base", &monday]] {
        let made = networked.bursard(words);
        assert!(made.status.success(), "{words:?}: {}", output_text(&made));
    }
    stop(&mut networked);

    // Restored to a disk: proven first, and never over anything.
    let restored = tempfile::tempdir().unwrap();
    let proven = bursard(restored.path(), &["restore", &tuesday, "--verify-only"]);
    assert!(proven.status.success() && !restored.path().join("data").exists(), "{proven:?}");
    let output = bursard(restored.path(), &["restore", &tuesday]);
    assert!(output.status.success(), "{}", output_text(&output));
    let served = Server::start_in(restored);
    assert_eq!(served.exported("Suppliers"), ledger);
    let refused = served.bursard(&["restore", &monday]);
    assert_eq!(refused.status.code(), Some(2), "{}", output_text(&refused));
    assert!(output_text(&refused).contains("is not empty"), "{}", output_text(&refused));

    // And back, to SQLite and a disk.
    let back = copies.path().join("back");
    let text = format!(
        "database = \"sqlite:{0}/bursar.db\"\nobjects = \"file:{0}/objects\"\n",
        back.display()
    );
    let back = settings(copies.path(), "back.toml", &text);
    let moved = networked.bursard(&["migrate", "--to", back.to_str().unwrap()]);
    assert!(moved.status.success(), "{}", output_text(&moved));
    assert_eq!(exported(networked.folder.path(), &back), ledger);
    let audit = networked.bursard(&["audit", "verify", "--config", back.to_str().unwrap()]);
    assert!(audit.status.success(), "{}", output_text(&audit));
}

#[tokio::test]
async fn a_customer_is_removed_while_others_are_served() {
    let server = Server::start();
    let token = server.token();
    assert!(server.bursard(&["customer", "add", "globex"]).status.success());
    let sent = server.post(&token, "Suppliers/a_1.csv").body(SUPPLIERS).send().await.unwrap();
    assert_eq!(sent.status(), 201);
    server.all_read(&token).await;
    let exports = tempfile::tempdir().unwrap();
    let export = exports.path().join("acme").display().to_string();
    let exported = loop {
        let output = server.bursard(&["customer", "export", "acme", &export]);
        // Until the checks that follow the reading are done it says so.
        if output.status.success() {
            break output;
        }
        assert!(output_text(&output).contains("wait or run"), "{}", output_text(&output));
        fs::remove_dir_all(&export).unwrap();
    };
    assert!(output_text(&exported).contains("each proven"), "{}", output_text(&exported));
    let here = server.bursard(&["customer", "import", &export]);
    assert_eq!(here.status.code(), Some(2), "{}", output_text(&here));
    let looked_at = server.bursard(&["customer", "remove", "acme"]);
    assert!(output_text(&looked_at).contains("Nothing was erased"), "{}", output_text(&looked_at));
    assert!(output_text(&looked_at).contains("1 uploads"), "{}", output_text(&looked_at));
    let erased = server.bursard(&["customer", "remove", "acme", "--yes", "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&erased.stdout).unwrap();
    assert_eq!((&report["erased"], &report["rows"]["uploads"]), (&true.into(), &1.into()));
    let refused = server.post(&token, "Suppliers/b_1.csv").body(SUPPLIERS).send().await.unwrap();
    assert_eq!(refused.status(), 401, "its tokens are gone");
    assert_eq!(output_text(&server.bursard(&["customer", "list"])), "globex\n");
    for file in server.object_files() {
        let bytes = fs::read(&file).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("Made Up Supplies"), "{file:?}");
    }
    let database = fs::read(server.data_dir().join("bursar.db")).unwrap();
    assert!(!String::from_utf8_lossy(&database).contains("a_1.csv"));
    assert!(server.bursard(&["audit", "verify"]).status.success());
    let last = server.bursard(&["unit", "remove", "globex", "globex", "--yes"]);
    assert_eq!(last.status.code(), Some(2), "{}", output_text(&last));
    assert!(output_text(&last).contains("remove the customer"), "{}", output_text(&last));
}
