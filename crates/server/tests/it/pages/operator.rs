//! The page of whoever runs the server.

use domain::MemberRole;

use crate::browser::Browser;
use crate::desk::{Desk, checked};

const PATH: &str = "/operator";

#[tokio::test]
async fn an_operator_sees_customers_and_nothing_of_their_data() {
    let desk = Desk::with(&checked(2)).await;
    let mut ann = Browser::ann(&desk).await;
    desk.add_customer("globex").await;
    desk.receive("a_1.csv", "SAP").await;
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    assert_eq!(viv.get(&desk, PATH).await.status, 404);
    assert!(!viv.get(&desk, "/me").await.text.contains(PATH));
    assert!(ann.get(&desk, "/me").await.text.contains("href=\"/operator\""));
    let page = ann.get(&desk, PATH).await;
    for words in ["acme", "globex", "no admin", "23 Nov 2026, 10:00"] {
        assert!(page.text.contains(words), "{words} {}", page.text);
    }
    assert!(!page.text.contains("Invoice") && !page.text.contains("a_1.csv"), "{}", page.text);
    assert_eq!(ann.get(&desk, "/at/globex/globex/findings").await.status, 404);

    let invite = async |ann: &mut Browser, customer: &str, email: &str| {
        let fields = [("customer", customer), ("email", email)];
        ann.post(&desk, "/operator/invite", &fields).await
    };
    for (customer, email, status) in
        [("acme", "x@example.org", 409), ("nosuch", "x@example.org", 404), ("globex", "x", 409)]
    {
        let refused = invite(&mut ann, customer, email).await;
        assert_eq!(refused.status, status, "{customer} {email}");
    }
    let made = invite(&mut ann, "globex", "gail@example.org").await;
    let link = made.between("<code id=\"link\">https://localhost", "</code>").unwrap().to_owned();
    let mut gail = Browser::default();
    assert_eq!(gail.accept(&desk, &link, "gail@example.org").await.status, 303);
    assert_eq!(gail.get(&desk, "/settings/globex/users").await.status, 200);
    assert!(!ann.get(&desk, PATH).await.text.contains("no admin"));
    let late = invite(&mut ann, "globex", "x@example.org").await;
    assert_eq!(late.status, 409, "whoever sets it up invites the others");
    assert!(desk.audited().await.contains(&"member.invite".to_owned()));
}
