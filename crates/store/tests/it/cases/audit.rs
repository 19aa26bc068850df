//! The audit log: chained, listed, verified.

use domain::page::PageSize;
use domain::{AuditEntry, CustomerName};
use store::{AuditFault, AuditVerified};

use crate::cases::findings::{checked, key};
use crate::cases::runs::run;
use crate::cases::verdicts::{ann, duplicate, new_id};
use crate::site::{Site, acme, now, unit};

fn entry(what: &str, customer: Option<CustomerName>) -> AuditEntry {
    AuditEntry {
        at: now(),
        who: "ann@example.org".to_owned(),
        what: what.to_owned(),
        about: "it\0".to_owned(),
        customer,
        details: serde_json::json!({ "b": "é", "a": 1 }),
    }
}

pub(crate) async fn entries_are_chained_and_listed(site: Site) {
    let system = site.system();
    let none = system.verify_audit().await.unwrap().unwrap();
    assert_eq!(none.entries, 0);
    for what in ["token.issue", "token.revoke", "export.findings"] {
        system.audit(&entry(what, Some(acme()))).await.unwrap();
    }
    system.audit(&entry("server.start", None)).await.unwrap();
    let size = PageSize::try_from(2).unwrap();
    let first = site.acme().audit_entries(size, None).await.unwrap();
    let second = site.acme().audit_entries(size, first.next).await.unwrap();
    let listed: Vec<_> = first.items.iter().chain(&second.items).collect();
    let whats: Vec<_> =
        listed.iter().map(|item| (item.sequence, item.entry.what.as_str())).collect();
    assert_eq!(whats, [(3, "export.findings"), (2, "token.revoke"), (1, "token.issue")]);
    assert_eq!(listed[0].entry.about, "it\u{2400}");
    assert_eq!(second.next, None);
    let all = system.audit_entries(PageSize::default(), None).await.unwrap();
    assert_eq!(all.items.len(), 4);

    // What people decide is noted in the same transaction, and only what was written.
    run(&site, &checked(2), now()).await;
    site.acme()
        .decide(&unit(), &[key(1), key(2)], &duplicate("1.00"), new_id, ann())
        .await
        .unwrap();
    let (both, verdict) = ([key(1), key(9)], duplicate("1.00"));
    let unknown = site.acme().decide(&unit(), &both, &verdict, new_id, ann()).await;
    assert!(unknown.is_err());
    let AuditVerified { entries, end } = system.verify_audit().await.unwrap().unwrap();
    assert_eq!(entries, 6);
    let last = system.audit_entries(PageSize::try_from(1).unwrap(), None).await.unwrap();
    assert_eq!((last.items[0].hash, last.items[0].entry.what.as_str()), (end, "finding.verdict"));
}

pub(crate) async fn a_changed_log_shows(site: Site) {
    let system = site.system();
    for what in ["a.a", "b.b", "c.c", "d.d"] {
        system.audit(&entry(what, Some(acme()))).await.unwrap();
    }
    let verified = system.verify_audit().await.unwrap();
    assert!(verified.is_ok());
    for (change, mend, fault) in [
        (
            "UPDATE audit_log SET who = 'bob@example.org' WHERE sequence = 2",
            "UPDATE audit_log SET who = 'ann@example.org' WHERE sequence = 2",
            AuditFault::Changed { sequence: 2 },
        ),
        (
            "UPDATE audit_log SET body = REPLACE(body, 'b.b', 'x.x'), what = 'x.x' WHERE sequence = 2",
            "UPDATE audit_log SET body = REPLACE(body, 'x.x', 'b.b'), what = 'b.b' WHERE sequence = 2",
            AuditFault::Changed { sequence: 2 },
        ),
        (
            "UPDATE audit_log SET sequence = 9 WHERE sequence = 3",
            "UPDATE audit_log SET sequence = 3 WHERE sequence = 9",
            AuditFault::Missing { sequence: 3 },
        ),
        (
            "UPDATE audit_log SET sequence = 9 WHERE sequence = 4",
            "UPDATE audit_log SET sequence = 4 WHERE sequence = 9",
            AuditFault::Cut { entries: 3, expected: 4 },
        ),
    ] {
        site.by_hand(change).await;
        assert_eq!(system.verify_audit().await.unwrap(), Err(fault), "{change}");
        site.by_hand(mend).await;
        assert_eq!(system.verify_audit().await.unwrap(), verified);
    }
}
