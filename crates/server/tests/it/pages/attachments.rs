//! Files beside findings: taken by what they begin with, handed out as copies, never shown as pages.

use domain::MemberRole;

use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

fn finding() -> String {
    format!("/at/acme/acme/findings/{}", key(1))
}

async fn send(
    desk: &Desk,
    browser: &mut Browser,
    name: &str,
    content: &str,
) -> crate::browser::Page {
    let path = format!("{}/attachments", finding());
    browser.send_file(desk, &path, "", (name, content)).await
}

#[tokio::test]
async fn a_file_stands_beside_a_finding_until_it_is_taken_away() {
    let desk = Desk::with(&checked(2)).await;
    let mut ann = Browser::ann(&desk).await;
    ann.get(&desk, &finding()).await;
    let sent =
        send(&desk, &mut ann, "C:\\scans\\M\u{fc}ller; \u{201c}x\u{201d}.pdf", "%PDF-1.7\nx").await;
    assert_eq!(sent.location(), format!("{}?said=file-attached#files", finding()), "{}", sent.text);
    for (name, content, said) in [
        ("a.pdf", "<!doctype html><script>", "Web pages and pictures in XML are not taken"),
        ("a.svg", "<svg onload=\"x\">", "Web pages and pictures in XML are not taken"),
        ("a.pdf", "MZ\u{1}\u{0}", "by its first bytes"),
        ("a.txt", "", "The file is empty"),
        ("/", "hello", "The file has no name"),
    ] {
        let refused = send(&desk, &mut ann, name, content).await;
        assert_eq!(refused.status, 409, "{name}");
        assert!(refused.text.contains(said), "{said} {}", refused.text);
    }
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    let page = viv.get(&desk, &finding()).await;
    assert!(page.text.contains("PDF, 10 B \u{b7} ann, 23 Nov 2026"), "{}", page.text);
    assert!(!page.text.contains("multipart/form-data"), "who only reads adds nothing");
    let href = page.between("<li class=\"row\"><a href=\"", "\"").unwrap().to_owned();
    let copy = viv.get(&desk, &href).await;
    assert_eq!((copy.status.as_u16(), copy.text.as_str()), (200, "%PDF-1.7\nx"));
    for (name, value) in [
        ("content-type", "application/octet-stream"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("x-content-type-options", "nosniff"),
        (
            "content-disposition",
            "attachment; filename=\"M_ller_ _x_.pdf\"; filename*=UTF-8''M%C3%BCller%3B%20%E2%80%9Cx%E2%80%9D%2Epdf",
        ),
    ] {
        assert_eq!(copy.headers[name], value, "{name}");
    }
    let exported = viv.get(&desk, "/at/acme/acme/findings.zip?state=open").await;
    assert_eq!(exported.headers["content-type"], "application/zip");
    let id = href.rsplit('/').next().unwrap();
    let named = format!("files/{}/{id} M\u{fc}ller; \u{201c}x\u{201d}.pdf%PDF-1.7\nx", key(1));
    assert!(exported.text.contains(&named), "{named} {}", exported.text);
    let decided = viv.get(&desk, "/at/acme/acme/findings.zip?state=duplicate").await;
    assert!(decided.text.contains("findings.xlsx") && !decided.text.contains("files/"));
    let other = href.replace(key(1).as_str(), key(2).as_str());
    assert_eq!(viv.get(&desk, &other).await.status, 404, "beside another finding");
    let id = href.rsplit('/').next().unwrap().to_owned();
    let remove = format!("{}/attachments/remove", finding());
    let refused = viv.post(&desk, &remove, &[("attachment", &id)]).await;
    assert_eq!(refused.status, 403);
    let removed = ann.post(&desk, &remove, &[("attachment", &id)]).await;
    assert_eq!(removed.location(), format!("{}?said=file-detached#files", finding()));
    assert_eq!(viv.get(&desk, &href).await.status, 404);
    let twice = ann.post(&desk, &remove, &[("attachment", &id)]).await;
    assert_eq!(twice.status, 404);
    let log = desk.audited().await;
    for (what, times) in [
        ("finding.attach", 1),
        ("finding.attachment_downloaded", 2),
        ("finding.detach", 1),
        ("finding.export", 2),
    ] {
        assert_eq!(log.iter().filter(|known| *known == what).count(), times, "{what} {log:?}");
    }
}
