//! Scans of papers beside the rows of a finding: offered where an admin has listed their host, and fetched by
//! whoever decides alone.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use domain::page::PageSize;
use domain::{AuditEntry, MemberRole};
use serde_json::json;
use server::outbound::{InternalNetworks, OutboundClient};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

const LIMITS: &str = "/settings/acme/limits";

/// A client that reaches nothing of this machine.
pub(crate) fn of_the_internet() -> OutboundClient {
    client(HashMap::new(), InternalNetworks::default())
}

fn client(names: HashMap<String, IpAddr>, networks: InternalNetworks) -> OutboundClient {
    // Another test was first.
    let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    OutboundClient::knowing(names, networks, None).unwrap()
}

async fn desk() -> Desk {
    let mut found = checked(3);
    for (at, said) in ["https://198.51.100.7/1.png", "https://198.51.100.7/2.PDF?of=2", "no link"]
        .into_iter()
        .enumerate()
    {
        let scan = ("scanned_image".to_owned(), said.to_owned());
        found.findings[at].rows[0].fields.extend([scan]);
    }
    Desk::fetching_by(of_the_internet(), &found).await
}

fn finding(number: usize) -> String {
    format!("/at/acme/acme/findings/{}", key(number))
}

fn scan(number: usize) -> String {
    format!("{}/scans/{number}", finding(number))
}

#[tokio::test]
async fn a_scan_is_offered_where_its_host_is_listed() {
    let desk = desk().await;
    let mut ann = Browser::ann(&desk).await;
    let mut eve = Browser::member(&desk, "eve@example.org", MemberRole::Viewer).await;
    let page = ann.get(&desk, &finding(1)).await;
    assert!(page.text.contains("Open the scan at 198.51.100.7"), "{}", page.text);
    assert!(!page.text.contains("<img src=\"/at"), "{}", page.text);
    assert_eq!(ann.get(&desk, &scan(1)).await.status, 404, "nobody has listed the host");

    for (wrong, says) in [
        ("https://198.51.100.7", "is no host: write its name alone"),
        ("198.51.100.7:8443", "is no host"),
    ] {
        let refused = ann.post(&desk, &format!("{LIMITS}/scans"), &[("hosts", wrong)]).await;
        assert_eq!(refused.status, 422, "{wrong}");
        assert!(refused.text.contains(says) && refused.text.contains(wrong), "{}", refused.text);
    }
    let hosts = [("hosts", "scans.example.org\r\n198.51.100.7")];
    let set = ann.post(&desk, &format!("{LIMITS}/scans"), &hosts).await;
    assert_eq!(set.location(), "/settings/acme/limits?said=scan-hosts");
    let again = ann.post(&desk, &format!("{LIMITS}/scans"), &hosts).await;
    assert_eq!(again.location(), "/settings/acme/limits?said=nothing-changed");
    assert!(desk.audited().await.contains(&"customer.set_scan_hosts".to_owned()));
    let limits = ann.get(&desk, LIMITS).await;
    assert!(limits.text.contains("198.51.100.7\nscans.example.org</textarea>"), "{}", limits.text);

    let picture = ann.get(&desk, &finding(1)).await;
    let drawn = format!("<img src=\"{}\" loading=\"lazy\"", scan(1));
    assert!(picture.text.contains(&drawn), "{}", picture.text);
    let copy = ann.get(&desk, &finding(2)).await;
    assert!(copy.text.contains(&format!("<a href=\"{}\">A copy of the scan", scan(2))));
    let viewer = eve.get(&desk, &finding(1)).await;
    assert!(viewer.text.contains("Open the scan at") && !viewer.text.contains("/scans/1"));
    assert_eq!(eve.get(&desk, &scan(1)).await.status, 403, "papers are not masked");
    assert_eq!(ann.get(&desk, &scan(3)).await.status, 404, "it is no link");
    assert_eq!(ann.get(&desk, &format!("{}/scans/9", finding(1))).await.status, 404);

    // Nothing is fetched from an address that is nobody's on the Internet.
    let refused = ann.get(&desk, &scan(1)).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("is in a network of the server"), "{}", refused.text);
}

#[tokio::test]
async fn scans_of_a_pair_stand_side_by_side() {
    let mut found = checked(2);
    let host = "198.51.100.7";
    for (finding, papers) in found.findings.iter_mut().zip([["1.png", "2.png"], ["1.png", "2.pdf"]])
    {
        let second = finding.rows[0].clone();
        finding.rows.push(second);
        "U9".clone_into(&mut finding.rows[1].id);
        for (row, paper) in finding.rows.iter_mut().zip(papers) {
            let said = format!("https://{host}/{paper}");
            row.fields.insert("scanned_image".to_owned(), said);
        }
    }
    let desk = Desk::fetching_by(of_the_internet(), &found).await;
    let mut ann = Browser::ann(&desk).await;
    let together = "<summary>Scans side by side</summary>";
    assert!(!ann.get(&desk, &finding(1)).await.text.contains(together), "no host is listed");
    ann.post(&desk, &format!("{LIMITS}/scans"), &[("hosts", host)]).await;

    let pair = ann.get(&desk, &finding(1)).await;
    assert_eq!(pair.text.matches(together).count(), 1, "{}", pair.text);
    assert!(!pair.text.contains("<summary>Scan of"), "{}", pair.text);
    for id in ["1", "U9"] {
        let path = format!("{}/scans/{id}", finding(1));
        let drawn =
            format!("<a href=\"{path}\" target=\"_blank\" rel=\"noopener\"><img src=\"{path}\"");
        assert_eq!(pair.text.matches(&drawn).count(), 1, "{drawn} {}", pair.text);
    }
    // A browser draws no PDF beside a picture.
    let mixed = ann.get(&desk, &finding(2)).await;
    for said in ["<summary>Scan of", "A copy of the scan of"] {
        assert_eq!(mixed.text.matches(said).count(), 1, "{said} {}", mixed.text);
    }
    assert!(!mixed.text.contains(together), "{}", mixed.text);
}

/// The name by which the archive of this machine is known.
const ARCHIVE: &str = "scans.example.org";

/// A server of scans, and the heads of the requests that it was sent.
async fn archive() -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut head = String::new();
            let mut reader = BufReader::new(&mut connection);
            while !head.ends_with("\r\n\r\n") {
                if reader.read_line(&mut head).await.unwrap() == 0 {
                    break;
                }
            }
            let body = match head.split(' ').nth(1) {
                Some("/1.gif?of=secret") => "GIF89a and a picture",
                Some("/2.pdf") => "%PDF-1.7 and a paper",
                _ => "<html>Sign in</html>",
            };
            seen.lock().unwrap().push(head);
            let length = body.len();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
            connection.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (address, asked)
}

/// The entries about scans that were shown.
async fn shown(desk: &Desk) -> Vec<AuditEntry> {
    let page = desk.app.store.system().audit_entries(PageSize::default(), None).await.unwrap();
    let entries = page.items.into_iter().rev().map(|item| item.entry);
    entries.filter(|entry| entry.what == "finding.scan").collect()
}

#[tokio::test]
async fn a_scan_is_fetched_shown_and_audited() {
    let (address, asked) = archive().await;
    let mut found = checked(3);
    for (at, path) in ["1.gif?of=secret", "2.pdf", "3.gif"].into_iter().enumerate() {
        let said = format!("http://{ARCHIVE}:{}/{path}", address.port());
        found.findings[at].rows[0].fields.extend([("scanned_image".to_owned(), said)]);
    }
    let names = HashMap::from([(ARCHIVE.to_owned(), address.ip())]);
    let here = InternalNetworks::new(["127.0.0.0/8".parse().unwrap()]);
    let desk = Desk::fetching_by(client(names, here), &found).await;
    let mut ann = Browser::ann(&desk).await;
    let mut eve = Browser::member(&desk, "eve@example.org", MemberRole::Viewer).await;
    assert_eq!(ann.get(&desk, &scan(1)).await.status, 404, "nobody has listed the host");
    ann.post(&desk, &format!("{LIMITS}/scans"), &[("hosts", ARCHIVE)]).await;
    assert_eq!(eve.get(&desk, &scan(1)).await.status, 403);
    assert!(asked.lock().unwrap().is_empty(), "nothing was fetched");
    assert!(shown(&desk).await.is_empty());

    let picture = ann.get(&desk, &scan(1)).await;
    assert_eq!((picture.status.as_u16(), picture.text.as_str()), (200, "GIF89a and a picture"));
    assert_eq!(picture.headers["content-type"], "image/gif");
    assert!(!picture.headers.contains_key("content-disposition"));
    let copy = ann.get(&desk, &scan(2)).await;
    assert_eq!((copy.status.as_u16(), copy.text.as_str()), (200, "%PDF-1.7 and a paper"));
    assert_eq!(copy.headers["content-disposition"], "attachment; filename=\"scan.pdf\"");
    let page = ann.get(&desk, &scan(3)).await;
    assert_eq!(page.status, 409);
    assert!(page.text.contains("is no picture") && !page.text.contains("Sign in"), "{}", page.text);

    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 3);
    let tells = |head: &String| ["cookie:", "referer:"].iter().any(|name| head.contains(name));
    assert!(!asked.iter().map(|head| head.to_lowercase()).any(|head| tells(&head)), "{asked:?}");
    let shown = shown(&desk).await;
    let about: Vec<&str> = shown.iter().map(|entry| entry.about.as_str()).collect();
    assert_eq!(about, [key(1).as_str(), key(2).as_str()], "what is no scan was not shown");
    assert_eq!(shown[0].who, "ann@example.org");
    assert_eq!(shown[0].details, json!({ "unit": "acme", "row": "1", "host": ARCHIVE }));
}
