//! The list of uploads.

use crate::browser::Browser;
use crate::desk::Desk;

#[tokio::test]
async fn uploads_are_listed_and_paged() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let path = "/at/acme/acme/uploads";
    let empty = ann.get(&desk, path).await;
    assert!(empty.text.contains("bursar send invoices.csv"), "{}", empty.text);
    for number in 0..51 {
        desk.receive(&format!("invoices_{number:02}.csv"), "<b>SAP</b>").await;
    }
    let first = ann.get(&desk, path).await;
    assert!(first.text.contains("invoices_50.csv") && !first.text.contains("invoices_00.csv"));
    assert!(
        first.text.contains("&#60;b&#62;SAP") && !first.text.contains("<b>SAP"),
        "text stays text"
    );
    let next = first.between("rel=\"next\" href=\"", "\"").unwrap().to_owned();
    let second = ann.get(&desk, &next).await;
    assert!(second.text.contains("invoices_00.csv") && !second.text.contains("rel=\"next\""));
    let wrong = ann.get(&desk, &format!("{path}?after=upl_01k00000000000000000000000")).await;
    assert_eq!(wrong.status, 404);
}
