//! Scans of papers beside the rows of a finding: offered where an admin has listed their host, and fetched by
//! whoever decides alone.

use domain::MemberRole;

use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

const LIMITS: &str = "/settings/acme/limits";

async fn desk() -> Desk {
    let mut found = checked(3);
    for (at, said) in ["https://198.51.100.7/1.png", "https://198.51.100.7/2.PDF?of=2", "no link"]
        .into_iter()
        .enumerate()
    {
        let scan = ("scanned_image".to_owned(), said.to_owned());
        found.findings[at].rows[0].fields.extend([scan]);
    }
    Desk::fetching(&found).await
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
