//! The audit log: chained, listed, verified.

use domain::page::PageSize;
use domain::{AuditEntry, CustomerName};
use store::{AuditFault, AuditFilter, AuditVerified, LastVerified};

use crate::cases::findings::{checked, key};
use crate::cases::runs::run;
use crate::cases::verdicts::{ann, duplicate, new_id};
use crate::site::{Site, acme, at, now, unit};

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
    let before = system.verify_audit().await.unwrap().unwrap();
    assert_eq!(before.entries, 1, "the token of the site");
    assert_eq!(system.audit_last_verified().await.unwrap(), None);
    let noon = at("2026-11-23T12:00:00Z");
    system.note_audit_verified(&before, noon).await.unwrap();
    let last = system.audit_last_verified().await.unwrap();
    assert_eq!(last, Some(LastVerified { entries: 1, at: noon }));
    for what in ["token.issue", "token.revoke", "export.findings"] {
        system.audit(&entry(what, Some(acme()))).await.unwrap();
    }
    system.audit(&entry("server.start", None)).await.unwrap();
    let size = PageSize::try_from(2).unwrap();
    let all = AuditFilter::default();
    let first = site.acme().audit_entries(&all, size, None).await.unwrap();
    let second = site.acme().audit_entries(&all, size, first.next).await.unwrap();
    let listed: Vec<_> = first.items.iter().chain(&second.items).collect();
    let whats: Vec<_> =
        listed.iter().map(|item| (item.sequence, item.entry.what.as_str())).collect();
    assert_eq!(
        whats,
        [(4, "export.findings"), (3, "token.revoke"), (2, "token.issue"), (1, "token.issue")]
    );
    assert_eq!(listed[0].entry.about, "it\u{2400}");
    assert_eq!(second.next, None);
    let all = system.audit_entries(PageSize::default(), None).await.unwrap();
    assert_eq!(all.items.len(), 5);
    let behind = system.audit_entries_behind(3).await.unwrap();
    let whats: Vec<_> =
        behind.iter().map(|item| (item.sequence, item.entry.what.as_str())).collect();
    assert_eq!(whats, [(4, "export.findings"), (5, "server.start")]);

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
    assert_eq!(entries, 7);
    let last = system.audit_entries(PageSize::try_from(1).unwrap(), None).await.unwrap();
    assert_eq!((last.items[0].hash, last.items[0].entry.what.as_str()), (end, "finding.verdict"));
}

pub(crate) async fn entries_are_filtered(site: Site) {
    let system = site.system();
    for (day, who, what, customer) in [
        ("2026-11-24", "Ann_B@example.org", "token.revoke", Some(acme())),
        ("2026-11-25", "bob@example.org", "tokenless.act", Some(acme())),
        ("2026-11-26", "bob@example.org", "unit.add", Some("globex".parse().unwrap())),
        ("2026-11-27", "bob@example.org", "user.sign_in", None),
    ] {
        let at = at(&format!("{day}T10:00:00Z"));
        let who = who.to_owned();
        system.audit(&AuditEntry { at, who, ..entry(what, customer) }).await.unwrap();
    }
    let days = |from: &str, before: &str| AuditFilter {
        from: Some(at(&format!("{from}T00:00:00Z"))),
        before: Some(at(&format!("{before}T00:00:00Z"))),
        ..AuditFilter::default()
    };
    let who = |who: &str| AuditFilter { who: who.to_owned(), ..AuditFilter::default() };
    let noun = |noun: &str| AuditFilter { noun: noun.to_owned(), ..AuditFilter::default() };
    for (filter, found) in [
        (AuditFilter::default(), &[3, 2, 1][..]),
        (who("ann_b@EXAMPLE"), &[2]),
        (who("n_"), &[2]),
        (who("a_n"), &[]),
        (who("%"), &[]),
        (noun("token"), &[2, 1]),
        (noun("tok%"), &[]),
        (days("2026-11-24", "2026-11-25"), &[2]),
    ] {
        let page = site.acme().audit_entries(&filter, PageSize::default(), None).await.unwrap();
        let sequences: Vec<u64> = page.items.iter().map(|item| item.sequence).collect();
        assert_eq!(sequences, found, "{filter:?}");
    }
}

pub(crate) async fn a_changed_log_shows(site: Site) {
    let system = site.system();
    for what in ["b.b", "c.c", "d.d"] {
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
