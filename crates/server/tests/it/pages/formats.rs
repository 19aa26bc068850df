//! Days, times and numbers as each person reads them.

use domain::MemberRole;

use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

#[tokio::test]
async fn everybody_reads_days_and_numbers_their_own_way() {
    let desk = Desk::with(&checked(2)).await;
    let mut ann = Browser::ann(&desk).await;
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    let finding = format!("/at/acme/acme/findings/{}", key(2));
    bob.post(&desk, &format!("{finding}/comments"), &[("words", "Asked them")]).await;
    let wrong = [("time_zone", "Europe/Atlantis"), ("dates", "dots"), ("numbers", "point_comma")];
    let refused = ann.post(&desk, "/me/formats", &wrong).await;
    assert_eq!(refused.status, 422);
    for said in ["There is no time zone “Europe/Atlantis”", "value=\"dots\" selected"] {
        assert!(refused.text.contains(said), "{said} {}", refused.text);
    }
    let formats = [("time_zone", "Europe/Berlin"), ("dates", "dots"), ("numbers", "point_comma")];
    let saved = ann.post(&desk, "/me/formats", &formats).await;
    assert_eq!(saved.location(), "/me?said=formats-set");
    let hers = ann.get(&desk, &finding).await;
    for said in
        ["£2.000,00", "23.11.2026, 11:00", "Times are Europe/Berlin.", "data-numbers=\"de-DE\""]
    {
        assert!(hers.text.contains(said), "{said} {}", hers.text);
    }
    assert!(!hers.text.contains("£2,000.00"), "one format per page: {}", hers.text);
    let his = bob.get(&desk, &finding).await;
    for said in ["£2,000.00", "23 Nov 2026, 10:00", "Times are UTC."] {
        assert!(his.text.contains(said), "{said} {}", his.text);
    }
    let csv = ann.get(&desk, "/at/acme/acme/findings.csv").await;
    assert!(csv.text.contains("2000.00"), "files are for programs: {}", csv.text);
    // The last day of a verdict is of her clock as well.
    let remembered = [
        ("state", "not_duplicate"),
        ("because", "rent"),
        ("remember", "pattern"),
        ("until", "2027-03-31"),
    ];
    let decided = ann.post(&desk, &format!("{finding}/verdict"), &remembered).await;
    assert_eq!(decided.status, 303, "{}", decided.text);
    let kept = ann.get(&desk, "/at/acme/acme/remembered").await;
    assert!(kept.text.contains("31.03.2027"), "{}", kept.text);
    let by_month = ann.get(&desk, "/at/acme/acme/outcomes?by=month").await;
    assert!(by_month.text.contains(">11.2026</td>"), "{}", by_month.text);
    assert!(desk.audited().await.contains(&"user.set_formats".to_owned()));
}
