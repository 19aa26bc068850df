//! Invoices in several units: asked for, compared by a worker when nothing else is due, shown to an admin.

use crate::browser::Browser;
use crate::desk::{Desk, checked};

const PATH: &str = "/settings/acme/across";

#[tokio::test]
async fn units_are_compared_when_somebody_asks() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let page = ann.get(&desk, PATH).await;
    assert!(page.text.contains("There is one unit only"), "{}", page.text);
    assert_eq!(ann.post(&desk, PATH, &[]).await.status, 409);

    ann.post(&desk, "/settings/acme/units", &[("name", "north")]).await;
    let mut found = checked(1);
    for (at, id) in ["acme/1", "north/<1>"].into_iter().enumerate() {
        let row = found.findings[0].rows[0].clone();
        found.findings[0].rows.truncate(at);
        found.findings[0].rows.push(domain::finding::FindingRow { id: id.to_owned(), ..row });
    }
    desk.book.finds(found);
    let asked = ann.post(&desk, PATH, &[]).await;
    assert_eq!(asked.location(), "/settings/acme/across?said=across-asked");
    assert!(ann.get(&desk, PATH).await.text.contains("A comparison is under way"));
    desk.work().await;
    let page = ann.get(&desk, PATH).await;
    for text in
        ["acme, north were compared", "looks paid twice", "acme: 1", "north: &#60;1&#62;", "50%"]
    {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    assert!(desk.audited().await.contains(&"run.ask_across".to_owned()));
}
