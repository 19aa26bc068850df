//! Events told by e-mail and by webhooks: chosen and seen on pages, taken by a mail server and a program that
//! are there, tried again while they are not.

mod holds;
mod mail_server;
mod receiver;

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::MemberRole;
use http::Method;
use server::Randomness;
use server::deliveries::{Courier, CourierParts};
use server::mail::{MailEncryption, Mailer};
use server::outbound::{InternalNetworks, OutboundClient};
use server::site::{Site, SiteParts};

use crate::browser::{Browser, Page};
use crate::desk::{Desk, checked, key};
use crate::findings::is_documented;
use crate::workplace::fill;
use mail_server::MailServer;
use receiver::{Post, Receiver};

const WEBHOOKS: &str = "/settings/acme/webhooks";
const TOLD: &str = "/me/notifications";
const DAY: i64 = 24 * 60 * 60;

fn courier(desk: &Desk, mailer: Option<Mailer>, internal: &[&str]) -> Courier {
    // Another test was first.
    let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let networks = InternalNetworks::new(internal.iter().map(|network| network.parse().unwrap()));
    let public_url = Some("https://bursar.example.org".parse().unwrap());
    let site = Site::new(SiteParts { public_url, ..SiteParts::default() });
    Courier::new(CourierParts {
        store: desk.app.store.clone(),
        mailer,
        client: OutboundClient::new(networks, None).unwrap(),
        site,
        clock: desk.app.clock.clone(),
        randomness: Randomness::new(fill),
    })
}

async fn desk() -> Desk {
    let desk = Desk::open().await;
    desk.run(&checked(3)).await;
    desk
}

fn finding(number: usize) -> String {
    format!("/at/acme/acme/findings/{}", key(number))
}

#[tokio::test]
async fn whoever_is_given_a_finding_or_named_gets_a_letter() {
    for encryption in [MailEncryption::None, MailEncryption::StartTls, MailEncryption::Tls] {
        let folder = tempfile::tempdir().unwrap();
        let mut mail = MailServer::start(folder.path(), encryption);
        let desk = desk().await;
        let mut ann = Browser::ann(&desk).await;
        Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
        let courier = courier(&desk, Some(mail.mailer()), &[]);
        let given = [("assignee", "bob@example.org"), ("seen", "0")];
        let given = ann.post(&desk, &format!("{}/assign", finding(3)), &given).await;
        assert_eq!(given.status, 303, "{}", given.text);
        // Her own finding, and words that name nobody, are no news.
        let own = [("assignee", "ann@example.org"), ("seen", "0")];
        ann.post(&desk, &format!("{}/assign", finding(2)), &own).await;
        let words = [("words", "@bob, @nobody and @ann: is it rent?"), ("seen", "1")];
        let said = ann.post(&desk, &format!("{}/comments", finding(3)), &words).await;
        assert_eq!(said.status, 303, "{}", said.text);
        courier.work().await.unwrap();

        let letter = mail.letter();
        let headers = &letter["headers"];
        assert_eq!(letter["to"], serde_json::json!(["bob@example.org"]));
        assert_eq!(letter["tls"], encryption != MailEncryption::None);
        assert_eq!(headers["subject"], "ann gave you a finding in acme: GBP 3,000.00");
        assert_eq!(headers["from"], "Bursar <bursar@example.org>");
        assert_eq!(headers["auto-submitted"], "auto-generated");
        assert_eq!(headers["list-unsubscribe"], "<https://bursar.example.org/me/notifications>");
        assert!(headers["message-id"].as_str().unwrap().starts_with("<dlv_"), "{headers}");
        let body = letter["body"].as_str().unwrap();
        assert!(body.contains(&format!("https://bursar.example.org{}", finding(3))), "{body}");
        let named = mail.letter();
        assert_eq!(
            named["headers"]["subject"],
            "ann named you at a finding in acme about GBP 3,000.00"
        );
        let text = format!("{letter}{named}");
        assert!(!text.contains("ACME") && !text.contains("rent"), "no supplier, no words: {text}");
        assert!(mail.rest().is_empty());
    }
}

#[tokio::test]
async fn letters_are_turned_off_by_one_click_and_gathered_by_the_day() {
    let folder = tempfile::tempdir().unwrap();
    let mut mail = MailServer::start(folder.path(), MailEncryption::None);
    let desk = desk().await;
    let mut ann = Browser::ann(&desk).await;
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    let courier = courier(&desk, Some(mail.mailer()), &[]);
    let page = bob.get(&desk, TOLD).await;
    assert!(page.text.contains("name=\"assigned\" value=\"at_once\" checked"), "{}", page.text);
    assert!(page.text.contains("name=\"overdue\" value=\"daily\" checked"), "{}", page.text);
    let wrong = bob.post(&desk, TOLD, &[("customer", "acme"), ("above", "much")]).await;
    assert_eq!(wrong.status, 422);
    let set = [
        ("customer", "acme"),
        ("assigned", "daily"),
        ("mentioned", "daily"),
        ("new_findings", "off"),
        ("above", ""),
    ];
    let set = bob.post(&desk, TOLD, &set).await;
    assert_eq!(set.location(), "/me/notifications?said=told");
    for number in [1, 3] {
        let given = [("assignee", "bob@example.org"), ("seen", "0")];
        ann.post(&desk, &format!("{}/assign", finding(number)), &given).await;
    }
    courier.work().await.unwrap();
    let page = bob.get(&desk, TOLD).await;
    assert!(page.text.contains("with the letter of the day"), "{}", page.text);
    desk.later(DAY);
    courier.work().await.unwrap();
    let letter = mail.letter();
    assert_eq!(letter["headers"]["subject"], "Bursar today: 2 things");
    let body = letter["body"].as_str().unwrap();
    assert!(body.contains("GBP 1,000.00") && body.contains("GBP 3,000.00"), "{body}");

    bob.sign_in(&desk, "bob@example.org", crate::browser::PASSWORD).await;
    ann.sign_in(&desk, "ann@example.org", crate::browser::PASSWORD).await;
    bob.get(&desk, TOLD).await;
    let none = bob.post(&desk, "/me/notifications/none", &[]).await;
    assert_eq!(none.location(), "/me/notifications?said=told-nothing");
    ann.get(&desk, &finding(2)).await;
    let given = [("assignee", "bob@example.org"), ("seen", "0")];
    let given = ann.post(&desk, &format!("{}/assign", finding(2)), &given).await;
    assert_eq!(given.status, 303, "{}", given.text);
    courier.work().await.unwrap();
    assert!(mail.rest().is_empty());
}

#[tokio::test]
async fn a_letter_is_tried_again_or_given_up_as_the_mail_server_says() {
    let folder = tempfile::tempdir().unwrap();
    let mail = MailServer::start(folder.path(), MailEncryption::None);
    let desk = desk().await;
    let mut ann = Browser::ann(&desk).await;
    let courier = courier(&desk, Some(mail.mailer()), &[]);
    for (address, state, why) in [
        ("eve@refused.example", "not sent", "the mail server refused it for good (550)"),
        ("eve@later.example", "on its way", "the mail server took it not yet (451)"),
    ] {
        let mut eve = Browser::member(&desk, address, MemberRole::Analyst).await;
        let given =
            ann.post(&desk, &format!("{}/assign", finding(1)), &[("assignee", address)]).await;
        assert_eq!(given.status, 303, "{}", given.text);
        courier.work().await.unwrap();
        let page = eve.get(&desk, TOLD).await;
        assert!(page.text.contains(state) && page.text.contains(why), "{}", page.text);
    }
    assert!(mail.rest().is_empty());
}

async fn add_webhook(desk: &Desk, ann: &mut Browser, url: &str, body: &str) -> Page {
    let mut fields = vec![("url", url), ("body", body), ("above", "2000")];
    fields.push(("own", r#"{"say": "{text}"}"#));
    fields.extend(["new_findings", "assigned", "run_failed"].map(|kind| ("kind", kind)));
    ann.post(desk, WEBHOOKS, &fields).await
}

/// The signature as OpenSSL makes it.
fn signed_by_openssl(secret: &str, posted: &Post) -> String {
    use std::io::Write as _;
    let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let hex: Vec<String> = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let key = format!("hexkey:{}", hex.concat());
    let content = format!(
        "{}.{}.{}",
        posted.header("webhook-id"),
        posted.header("webhook-timestamp"),
        posted.body
    );
    let mut openssl = Command::new("openssl")
        .args(["dgst", "-sha256", "-mac", "HMAC", "-macopt", &key, "-binary"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    openssl.stdin.take().unwrap().write_all(content.as_bytes()).unwrap();
    format!("v1,{}", BASE64.encode(openssl.wait_with_output().unwrap().stdout))
}

#[tokio::test]
async fn events_are_posted_signed_and_again_while_nobody_answers() {
    let receiver = Receiver::start().await;
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let courier = courier(&desk, None, &["127.0.0.0/8"]);
    ann.get(&desk, WEBHOOKS).await;
    let added = add_webhook(&desk, &mut ann, &receiver.url(), "standard").await;
    assert_eq!(added.status, 200, "{}", added.text);
    let secret = added.between("id=\"secret\">", "</code>").unwrap().to_owned();
    let page = ann.get(&desk, WEBHOOKS).await;
    assert!(!page.text.contains(&secret) && !page.text.contains("key=abc"), "shown once");

    receiver.answers(&[503, 500]);
    desk.run(&checked(3)).await;
    courier.work().await.unwrap();
    desk.later(5);
    courier.work().await.unwrap();
    let page = ann.get(&desk, WEBHOOKS).await;
    assert!(page.text.contains("the receiver answered 500"), "{}", page.text);
    desk.later(5 * 60);
    courier.work().await.unwrap();
    let posted = receiver.take();
    assert_eq!(posted.len(), 3, "{posted:?}");
    for posted in &posted {
        assert!(posted.header("webhook-id").starts_with("dlv_"), "{posted:?}");
        assert_eq!(posted.header("webhook-signature"), signed_by_openssl(&secret, posted));
    }
    let ids: std::collections::BTreeSet<&str> =
        posted.iter().map(|posted| posted.header("webhook-id")).collect();
    assert_eq!(ids.len(), 1, "one thing, however often it is tried");
    let body = posted[2].json();
    assert_eq!(body["type"], "findings.new");
    assert_eq!(body["data"]["findings"], 2, "those above 2,000: {body}");
    assert_eq!(body["data"]["most"]["amount"], "3000.00", "{body}");
    assert_eq!(body["data"]["url"], "https://bursar.example.org/at/acme/acme/findings");
    assert!(!posted[2].body.contains("ACME"), "no supplier");
    let page = ann.get(&desk, WEBHOOKS).await;
    assert!(page.text.contains(">sent</span>"), "{}", page.text);

    // What was posted is posted once more, from the page and over the API.
    let again = page.between("name=\"delivery\" value=\"", "\"").unwrap().to_owned();
    let posted = ann.post(&desk, &format!("{WEBHOOKS}/again"), &[("delivery", &again)]).await;
    assert_eq!(posted.location(), format!("{WEBHOOKS}?said=delivered-again"));
    let admin = desk.token(domain::Role::Admin, "ops").await;
    let log = desk.get(&admin, "deliveries?limit=1").await;
    is_documented("DeliveryDetail", &log.json()["items"][0]);
    assert_eq!(log.json()["items"][0]["state"], "waiting");
    let next = log.json()["next"].as_str().unwrap().to_owned();
    let older = desk.get(&admin, &format!("deliveries?after={next}")).await;
    assert_eq!(older.json()["items"][0]["event"], "findings.new");
    let again = desk.ask(&admin, Method::POST, &format!("deliveries/{again}/again"), "").await;
    assert_eq!(again.status, 204);
    courier.work().await.unwrap();
    assert_eq!(receiver.take().len(), 2);
    let webhooks = desk.get(&admin, "webhooks").await;
    is_documented("Webhooks", &webhooks.json());
    assert_eq!(webhooks.json()["items"][0]["host"], receiver.address.to_string());
    assert!(!webhooks.json().to_string().contains("whsec_"));
    let none = desk.ask(&admin, Method::POST, "deliveries/dlv_0/again", "").await;
    assert_eq!(none.status, 404);
}

#[tokio::test]
async fn one_that_is_gone_is_switched_off_and_others_are_as_they_are_chosen() {
    let receiver = Receiver::start().await;
    let desk = desk().await;
    let mut ann = Browser::ann(&desk).await;
    Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    let courier = courier(&desk, None, &["127.0.0.1"]);
    ann.get(&desk, WEBHOOKS).await;
    for (body, place) in [
        ("slack", "/blocks/0/text/text"),
        ("teams", "/attachments/0/content/body/0/text"),
        ("own", "/say"),
    ] {
        let added = add_webhook(&desk, &mut ann, &receiver.url(), body).await;
        assert_eq!(added.status, 200, "{}", added.text);
        let page = ann.get(&desk, WEBHOOKS).await;
        let id = page.between("name=\"webhook\" value=\"", "\"").unwrap().to_owned();
        ann.post(&desk, &format!("{WEBHOOKS}/try"), &[("webhook", &id)]).await;
        courier.work().await.unwrap();
        let posted = receiver.take();
        let text = posted[0].json();
        let text = text.pointer(place).unwrap().as_str().unwrap().to_owned();
        assert!(text.starts_with("This is a trial: events of acme"), "{text}");

        receiver.answers(&[410]);
        ann.post(&desk, &format!("{WEBHOOKS}/try"), &[("webhook", &id)]).await;
        courier.work().await.unwrap();
        let page = ann.get(&desk, WEBHOOKS).await;
        assert!(page.text.contains("the receiver says that it is gone (410)"), "{}", page.text);
        receiver.take();
        let given = [("assignee", "bob@example.org")];
        ann.post(&desk, &format!("{}/assign", finding(1)), &given).await;
        ann.post(&desk, &format!("{}/assign", finding(1)), &[("assignee", "")]).await;
        courier.work().await.unwrap();
        assert!(receiver.take().is_empty(), "it is off");
        ann.post(&desk, &format!("{WEBHOOKS}/switch"), &[("webhook", &id), ("on", "1")]).await;
        ann.post(&desk, &format!("{}/assign", finding(1)), &given).await;
        ann.post(&desk, &format!("{}/assign", finding(1)), &[("assignee", "")]).await;
        courier.work().await.unwrap();
        let text = receiver.take()[0].json();
        let text = text.pointer(place).unwrap().as_str().unwrap().to_owned();
        assert!(text.starts_with("ann gave a finding in acme to somebody: GBP 1,000.00"), "{text}");
        let renewed = ann.post(&desk, &format!("{WEBHOOKS}/secret"), &[("webhook", &id)]).await;
        assert!(renewed.text.contains("whsec_"), "{}", renewed.text);
        let removed = ann.post(&desk, &format!("{WEBHOOKS}/remove"), &[("webhook", &id)]).await;
        assert_eq!(removed.location(), format!("{WEBHOOKS}?said=webhook-removed"));
    }
    let audited = desk.audited().await;
    for what in
        ["webhook.add", "webhook.try", "webhook.switch_off", "webhook.switch_on", "webhook.remove"]
    {
        assert_eq!(audited.iter().filter(|known| *known == what).count() % 3, 0, "{what}");
        assert!(audited.contains(&what.to_owned()), "{what} {audited:?}");
    }
}

#[tokio::test]
async fn nothing_is_posted_into_networks_that_nobody_named() {
    let receiver = Receiver::start().await;
    let desk = desk().await;
    let mut ann = Browser::ann(&desk).await;
    let courier = courier(&desk, None, &["10.0.0.0/8"]);
    ann.get(&desk, WEBHOOKS).await;
    let port = receiver.address.port();
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("https://localhost:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        "https://169.254.169.254/latest/meta-data/".to_owned(),
    ] {
        let added = add_webhook(&desk, &mut ann, &url, "standard").await;
        assert_eq!(added.status, 200, "{url} {}", added.text);
        let page = ann.get(&desk, WEBHOOKS).await;
        let id = page.between("name=\"webhook\" value=\"", "\"").unwrap().to_owned();
        ann.post(&desk, &format!("{WEBHOOKS}/try"), &[("webhook", &id)]).await;
        courier.work().await.unwrap();
        let page = ann.get(&desk, WEBHOOKS).await;
        assert!(page.text.contains("in a network of the server"), "{url} {}", page.text);
        ann.post(&desk, &format!("{WEBHOOKS}/remove"), &[("webhook", &id)]).await;
    }
    assert!(receiver.take().is_empty());
    for (url, body, words) in [
        ("ftp://x", "standard", "begins with https://"),
        ("https://x/", "none", "Choose the form of the body"),
    ] {
        let refused = add_webhook(&desk, &mut ann, url, body).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains(words), "{}", refused.text);
    }
}

#[tokio::test]
async fn what_is_overdue_silent_or_failed_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut mail = MailServer::start(folder.path(), MailEncryption::None);
    let desk = desk().await;
    let mut ann = Browser::ann(&desk).await;
    desk.receive("a_1.csv", "SAP").await;
    desk.read_one().await;
    let courier = courier(&desk, Some(mail.mailer()), &[]);
    let verdict = [("state", "needs_information"), ("because", "asked"), ("due", "2026-11-24")];
    let decided = ann.post(&desk, &format!("{}/verdict", finding(1)), &verdict).await;
    assert_eq!(decided.status, 303, "{}", decided.text);
    // What is due comes with the letter of its day.
    courier.work().await.unwrap();
    desk.later(DAY);
    courier.work().await.unwrap();
    let due = mail.letter();
    let said = "An answer is due in acme on 24 Nov 2026: GBP 1,000.00";
    assert_eq!(due["headers"]["subject"], said);
    desk.later(3 * DAY);
    courier.work().await.unwrap();
    let silent = mail.letter();
    assert_eq!(silent["headers"]["subject"], "No file of APT has come for acme since 23 Nov 2026");
    // What is overdue comes with the letter of the next day.
    desk.later(DAY);
    courier.work().await.unwrap();
    let overdue = mail.letter();
    assert_eq!(
        overdue["headers"]["subject"],
        "An answer was due in acme on 24 Nov 2026: GBP 1,000.00"
    );
    desk.later(DAY);
    courier.work().await.unwrap();
    assert!(mail.rest().is_empty(), "once");
}
