//! Auditors: they read everything, what is masked by saying why, and decide nothing.

use std::collections::BTreeMap;

use domain::finding::FindingRow;
use domain::{FileType, MemberRole};

use crate::browser::Browser;
use crate::desk::{Desk, checked, key};
use crate::pages::ledgers::employee;

#[tokio::test]
async fn an_auditor_says_why_before_anything_is_unmasked() {
    let mut found = checked(1);
    found.findings[0].rows.push(FindingRow {
        ledger: FileType::Employees,
        id: "E1".to_owned(),
        fields: BTreeMap::from([("last_name".to_owned(), "Secretname".to_owned())]),
        withheld: Vec::new(),
    });
    let desk = Desk::with(&found).await;
    desk.book.holds(FileType::Employees, employee());
    Browser::ann(&desk).await;
    let mut aud = Browser::member(&desk, "aud@example.org", MemberRole::Auditor).await;
    let finding = format!("/at/acme/acme/findings/{}", key(1));
    for (page, action, what) in [
        (
            "/at/acme/acme/employees/E1".to_owned(),
            "/at/acme/acme/employees/E1".to_owned(),
            "employee",
        ),
        (finding.clone(), format!("{finding}/show"), "finding"),
    ] {
        let masked = aud.get(&desk, &page).await;
        assert_eq!(masked.status, 200);
        assert!(!masked.text.contains("Secretname"), "{what} {}", masked.text);
        assert!(masked.text.contains("name=\"reason\" required"), "{what} {}", masked.text);
        let refused = aud.post(&desk, &action, &[("reason", " ")]).await;
        assert_eq!(refused.status, 409);
        assert!(!refused.text.contains("Secretname"), "{}", refused.text);
        let whole = aud.post(&desk, &action, &[("reason", "case 7 of 2026")]).await;
        assert_eq!(whole.status, 200);
        assert!(whole.text.contains("Secretname"), "{what} {}", whole.text);
    }
    let entries = desk.app.store.system().audit_entries_behind(0).await.unwrap();
    let looks: Vec<_> = entries
        .iter()
        .filter(|entry| entry.entry.what.split('.').next_back() == Some("show"))
        .map(|entry| (entry.entry.who.as_str(), entry.entry.details["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(looks, [("aud@example.org", "case 7 of 2026"); 2], "a refused look is none");
    let log = aud.get(&desk, "/settings/acme/audit").await;
    assert!(
        log.text.contains("case 7 of 2026") && log.text.contains("was shown an employee whole")
    );
    // There is nothing to decide by.
    let page = aud.get(&desk, &finding).await;
    assert!(
        !page.text.contains("/verdict\"") && !page.text.contains("/comments\""),
        "{}",
        page.text
    );
    let verified = aud.post(&desk, "/settings/acme/audit/verify", &[]).await;
    assert_eq!(verified.location(), "/settings/acme/audit?said=audit-whole");
    let settings = aud.get(&desk, "/settings/acme/audit").await;
    assert!(!settings.text.contains("/settings/acme/users"), "the cog shows what is theirs");
}
