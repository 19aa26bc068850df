//! SFTP: credentials made from a public key and with a password, listed and revoked.

use crate::browser::Browser;
use crate::desk::Desk;

const PATH: &str = "/settings/acme/sftp";
const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

#[tokio::test]
async fn a_credential_is_made_and_revoked() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let page = ann.get(&desk, PATH).await;
    assert!(page.text.contains("SFTP is not switched on here"), "{}", page.text);
    let fields = [("label", "Ledger of PAY01"), ("period", "365")];
    let made = ann.post(&desk, PATH, &fields).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let password = made.between("<code id=\"password\">", "</code>").unwrap().to_owned();
    assert_eq!(password.len(), 32, "{password}");
    assert!(made.text.contains("put invoices.csv acme/Transactions/"), "{}", made.text);

    let with_key = [("label", "Oracle"), ("period", "90"), ("public_key", KEY)];
    let made = ann.post(&desk, PATH, &with_key).await;
    assert!(made.between("<code id=\"password\">", "</code>").is_none());
    let list = ann.get(&desk, PATH).await;
    assert!(!list.text.contains(&password), "shown once");
    for shown in ["Ledger of PAY01", "Oracle", "ssh-ed25519 SHA256:", "by ann@example.org", "never"]
    {
        assert!(list.text.contains(shown), "{shown}: {}", list.text);
    }
    let tokens = ann.get(&desk, "/settings/acme/tokens").await;
    assert!(!tokens.text.contains("Ledger of PAY01"), "that is another page");

    let id = list.between("name=\"credential\" value=\"", "\"").unwrap().to_owned();
    let revoked = ann.post(&desk, &format!("{PATH}/revoke"), &[("credential", &id)]).await;
    assert_eq!(revoked.location(), "/settings/acme/sftp?said=sftp-revoked");
    let audited = desk.audited().await;
    assert_eq!(audited[audited.len() - 3..], ["token.issue", "token.issue", "token.revoke"]);
}

#[tokio::test]
async fn what_is_wrong_is_said_and_what_was_written_stays() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    for (fields, said) in [
        (vec![("label", ""), ("period", "90")], "where it will be used"),
        (vec![("label", "x"), ("period", "7")], "validity period"),
        (vec![("label", "x"), ("period", "90"), ("public_key", "AAAA")], "no public key"),
        (
            vec![
                ("label", "x"),
                ("period", "90"),
                ("public_key", "-----BEGIN OPENSSH PRIVATE KEY-----"),
            ],
            "This is a private key",
        ),
        (vec![("label", "x"), ("period", "90"), ("unit", "uk")], "Choose the unit"),
    ] {
        let answer = ann.post(&desk, PATH, &fields).await;
        assert_eq!(answer.status, 422, "{said}: {}", answer.text);
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
    }
    let kept = [("label", "Kept"), ("period", "90"), ("public_key", "AAAA")];
    let answer = ann.post(&desk, PATH, &kept).await;
    assert!(answer.text.contains("value=\"Kept\"") && answer.text.contains(">AAAA</textarea>"));
}

#[tokio::test]
async fn a_token_is_no_credential_and_is_not_revoked_here() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    desk.token(domain::Role::Uploader, "ERP").await;
    let tokens = desk.app.store.system().tokens(None).await.unwrap();
    let id = tokens[0].id.to_string();
    let answer = ann.post(&desk, &format!("{PATH}/revoke"), &[("credential", &id)]).await;
    assert_eq!(answer.status, 404);
}
