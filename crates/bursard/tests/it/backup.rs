//! A backup is a data folder that serves.

use crate::harness::{JsonAnswer as _, Server, command, with_config};

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

/// A server whose settings say where its rows and files are, as a package's may.
#[test]
fn a_backup_is_its_own_whatever_the_settings_of_the_original_say() {
    let folder = with_config("[limits]\nuploads_max = 7\n");
    let data = folder.path().join("data");
    let (rows, files) = (data.join("bursar.db"), data.join("objects"));
    let places = format!(
        "# Where all is.\ndatabase = \"sqlite:{}\"\nobjects = \"file:{}\"\n\n[limits]\nuploads_max = 7\n",
        rows.display(),
        files.display()
    );
    std::fs::write(data.join("bursard.toml"), &places).unwrap();
    let server = Server::start_in(folder);
    let copy = tempfile::tempdir().unwrap();
    let target = copy.path().join("data");
    let output = server.bursard(&["backup", target.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(target.join("audit-checkpoints.txt").exists());
    let copied = std::fs::read_to_string(target.join("bursard.toml")).unwrap();
    assert!(copied.contains("# Where all is.") && copied.contains("uploads_max = 7"), "{copied}");
    assert!(!copied.contains("bursar.db") && !copied.contains("file:"), "{copied}");
    let said = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = command(copy.path());
        let output = command.args(arguments).envs(variables.iter().copied()).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let (_, shown) = said(&["check-config"], &[]);
    assert!(shown.contains(&format!("database = \"sqlite:{}", target.display())), "{shown}");
    // Not by the environment either, and not when somebody puts the original's settings back.
    let original = format!("sqlite:{}", rows.display());
    for name in ["check-config", "doctor", "serve", "work"] {
        let (code, said) = said(&[name], &[("BURSARD_DATABASE", &original)]);
        assert_eq!(code, Some(2), "{name}: {said}");
        assert!(
            said.contains("this folder is a backup, but the settings lead elsewhere"),
            "{said}"
        );
    }
    std::fs::write(target.join("bursard.toml"), &places).unwrap();
    assert_eq!(said(&["restored", "list"], &[]).0, Some(2));
    std::fs::write(target.join("bursard.toml"), copied).unwrap();
    assert_eq!(said(&["restored", "keep-tokens"], &[]).0, Some(0));
    let (code, said) = said(&["check-config"], &[("BURSARD_DATABASE", &original)]);
    assert_eq!(code, Some(0), "settled, it is a deployment of its own: {said}");
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
