//! Webhooks of whoever pays: told that invoices are on hold or free again, and where to fetch which.

use domain::Role;

use super::receiver::{Post, Receiver};
use super::{WEBHOOKS, courier, desk, finding};
use crate::browser::Browser;

const HOLDS: &str = "/at/acme/acme/holds";

#[tokio::test]
async fn a_hold_is_posted_with_what_to_fetch_and_so_is_its_end() {
    let receiver = Receiver::start().await;
    let desk = desk().await;
    let mut ann = Browser::ann(&desk).await;
    let courier = courier(&desk, None, &["127.0.0.1"]);
    ann.get(&desk, WEBHOOKS).await;
    let url = receiver.url();
    let webhook = [
        ("url", url.as_str()),
        ("body", "standard"),
        ("above", ""),
        ("kind", "hold_added"),
        ("kind", "hold_lifted"),
    ];
    let added = ann.post(&desk, WEBHOOKS, &webhook).await;
    assert_eq!(added.status, 200, "{}", added.text);
    let page = ann.get(&desk, WEBHOOKS).await;
    assert!(page.text.contains("Payments are put on hold"), "{}", page.text);

    ann.get(&desk, &finding(1)).await;
    let why = [("because", "look first")];
    let held = ann.post(&desk, &format!("{}/hold", finding(1)), &why).await;
    assert_eq!(held.status, 303, "{}", held.text);
    ann.get(&desk, HOLDS).await;
    let lift = [("hold", "1"), ("because", "explained")];
    let lifted = ann.post(&desk, &format!("{HOLDS}/lift"), &lift).await;
    assert_eq!(lifted.status, 303, "{}", lifted.text);
    courier.work().await.unwrap();

    let posted = receiver.take();
    let mut bodies: Vec<_> = posted.iter().map(Post::json).collect();
    bodies.sort_unstable_by_key(|body| body["data"]["upto"].as_u64());
    let erp = desk.token(Role::Screening, "SAP").await;
    for (body, (kind, text, path, change)) in bodies.iter().zip([
        ("hold.added", "ann put the payment of 1 invoice in acme on hold", "holds", 1_u64),
        ("hold.lifted", "ann let 1 invoice in acme be paid again", "holds?state=lifted", 2),
    ]) {
        let data = &body["data"];
        assert_eq!((&body["type"], &data["text"]), (&kind.into(), &text.into()), "{body}");
        assert_eq!(data["url"], format!("https://bursar.example.org/at/acme/acme/{path}"));
        assert_eq!((&data["since"], &data["upto"]), (&(change - 1).into(), &change.into()));
        let said = body.to_string();
        assert!(!said.contains("ACME") && !said.contains("look first"), "no supplier: {said}");
    }
    assert_eq!(bodies.len(), 2, "{bodies:?}");
    let fetched = desk.get(&erp, &format!("holds?since={}", bodies[1]["data"]["since"])).await;
    assert_eq!(fetched.json()["items"][0]["state"], "lifted", "{}", fetched.json());
    let log = ann.get(&desk, WEBHOOKS).await;
    assert!(log.text.contains("put the payment of 1 invoice"), "{}", log.text);
}
