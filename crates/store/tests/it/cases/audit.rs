//! The audit log: chained, listed, verified.

use domain::page::PageSize;
use domain::{AuditEntry, CustomerName};
use store::{AuditFault, AuditFilter, AuditVerified, HeldEntry, LastVerified};

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
    assert_eq!(before.entries, 3, "the customer, the key and the token of the site");
    assert_eq!(system.audit_last_verified().await.unwrap(), None);
    let noon = at("2026-11-23T12:00:00Z");
    system.note_audit_verified(&before, "ann@example.org", noon).await.unwrap();
    let last = system.audit_last_verified().await.unwrap();
    assert_eq!(last, Some(LastVerified { entries: 3, at: noon }));
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
        [(7, "export.findings"), (6, "token.revoke"), (5, "token.issue"), (3, "token.issue")]
    );
    assert_eq!(listed[0].entry.about, "it\u{2400}");
    assert!(second.next.is_some(), "the customer itself");
    let all = system.audit_entries(PageSize::default(), None).await.unwrap();
    assert_eq!(all.items.len(), 8);
    let behind = system.audit_entries_behind(6).await.unwrap();
    let whats: Vec<_> =
        behind.iter().map(|item| (item.sequence, item.entry.what.as_str())).collect();
    assert_eq!(whats, [(7, "export.findings"), (8, "server.start")]);

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
    assert_eq!(entries, 11, "the run, and two verdicts");
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
        (AuditFilter::default(), &[5, 4, 3, 1][..]),
        (who("ann_b@EXAMPLE"), &[4]),
        (who("n_"), &[4]),
        (who("a_n"), &[]),
        (who("%"), &[]),
        (noun("token"), &[4, 3]),
        (noun("tok%"), &[]),
        (days("2026-11-24", "2026-11-25"), &[4]),
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
            "UPDATE audit_log SET who = 'bob@example.org' WHERE sequence = 4",
            "UPDATE audit_log SET who = 'ann@example.org' WHERE sequence = 4",
            AuditFault::Changed { sequence: 4 },
        ),
        (
            "UPDATE audit_log SET body = REPLACE(body, 'b.b', 'x.x'), what = 'x.x' WHERE sequence = 4",
            "UPDATE audit_log SET body = REPLACE(body, 'x.x', 'b.b'), what = 'b.b' WHERE sequence = 4",
            AuditFault::Changed { sequence: 4 },
        ),
        (
            "UPDATE audit_log SET sequence = 99 WHERE sequence = 5",
            "UPDATE audit_log SET sequence = 5 WHERE sequence = 99",
            AuditFault::Missing { sequence: 5 },
        ),
        (
            "UPDATE audit_log SET sequence = 99 WHERE sequence = 6",
            "UPDATE audit_log SET sequence = 6 WHERE sequence = 99",
            AuditFault::Cut { entries: 5, expected: 6 },
        ),
    ] {
        site.by_hand(change).await;
        assert_eq!(system.verify_audit().await.unwrap(), Err(fault), "{change}");
        site.by_hand(mend).await;
        assert_eq!(system.verify_audit().await.unwrap(), verified);
    }
}

/// Whoever can write the tables can also write the end of the chain.
pub(crate) async fn a_log_that_was_cut_or_written_anew_shows(site: Site) {
    let system = site.system();
    for what in ["b.b", "c.c"] {
        system.audit(&entry(what, Some(acme()))).await.unwrap();
    }
    let five = system.verify_audit().await.unwrap().unwrap();
    let held = HeldEntry { sequence: five.entries, hash: five.end };
    assert_eq!(system.audit_end().await.unwrap(), held);
    let first = system.audit_entries_behind(3).await.unwrap().remove(0);
    let first = HeldEntry { sequence: first.sequence, hash: first.hash };
    let verify = async |held: &[HeldEntry]| system.verify_audit_holding(held).await.unwrap();
    assert_eq!(verify(&[first, held]).await, Ok(five));
    site.by_hand(
        "DELETE FROM audit_log WHERE sequence = 5; UPDATE audit_end SET sequence = 4, \
         hash = (SELECT hash FROM audit_log WHERE sequence = 4)",
    )
    .await;
    assert_eq!(verify(&[]).await.unwrap().entries, 4, "by itself the chain is whole");
    let cut = AuditFault::Cut { entries: 4, expected: 5 };
    assert_eq!(verify(&[held]).await, Err(cut.clone()));
    // The last verification is an entry that is held as well.
    system.note_audit_verified(&five, "operator", now()).await.unwrap();
    let replaced = AuditFault::Replaced { sequence: 5 };
    assert_eq!(verify(&[]).await, Err(replaced), "another entry stands where it was");
    site.by_hand(
        "DELETE FROM audit_log WHERE sequence = 5; UPDATE audit_end SET sequence = 4, \
         hash = (SELECT hash FROM audit_log WHERE sequence = 4)",
    )
    .await;
    assert_eq!(verify(&[]).await, Err(cut));
}

/// What was decided is kept beside the log, which vouches for it.
pub(crate) async fn a_changed_decision_shows(site: Site) {
    let (system, acme) = (site.system(), site.acme());
    run(&site, &checked(3), now()).await;
    acme.decide(&unit(), &[key(1)], &duplicate("4015.70"), new_id, ann()).await.unwrap();
    acme.comment(&unit(), &key(1), "asked them", ann()).await.unwrap();
    acme.comment(&unit(), &key(3), "nothing yet", ann()).await.unwrap();
    let verified = system.verify_audit().await.unwrap();
    assert!(verified.is_ok(), "{verified:?}");
    let [one, two, three] = [1, 2, 3].map(|number| key(number).to_string());
    let history = |number| AuditFault::HistoryChanged { finding: one.clone(), number };
    for (change, mend, fault) in [
        (
            "UPDATE finding_history SET words = 'Manager approved' WHERE words = 'asked them'",
            "UPDATE finding_history SET words = 'asked them' WHERE words = 'Manager approved'",
            history(2),
        ),
        (
            "UPDATE finding_history SET by_whom = 'Bob' WHERE words = 'asked them'",
            "UPDATE finding_history SET by_whom = 'Ann' WHERE by_whom = 'Bob'",
            history(2),
        ),
        (
            "UPDATE finding_history SET finding = REPLACE(finding, 'twice', 'once') WHERE entry = 1",
            "UPDATE finding_history SET finding = REPLACE(finding, 'once', 'twice') WHERE entry = 1",
            history(1),
        ),
        (
            "UPDATE finding_history SET entry = 99 WHERE words = 'nothing yet'",
            "UPDATE finding_history SET entry = 1 WHERE entry = 99",
            AuditFault::HistoryMissing { finding: three.clone(), number: 1 },
        ),
        (
            "INSERT INTO finding_history \
             (customer, unit, key, entry, at, by_whom, what, before, after, words) \
             SELECT customer, unit, key, 2, at, 'Bob', what, before, after, 'Manager approved' \
             FROM finding_history WHERE words = 'nothing yet'",
            "DELETE FROM finding_history WHERE words = 'Manager approved'",
            AuditFault::HistoryAdded { finding: three.clone(), number: 2 },
        ),
        (
            "INSERT INTO finding_history \
             (customer, unit, key, entry, at, by_whom, what, before, after, words) \
             SELECT customer, unit, (SELECT key FROM findings WHERE last_entry = 0), 1, at, 'Bob', what, \
             before, after, 'Manager approved' FROM finding_history WHERE words = 'nothing yet'",
            "DELETE FROM finding_history WHERE words = 'Manager approved'",
            AuditFault::HistoryAdded { finding: two.clone(), number: 1 },
        ),
        (
            "UPDATE findings SET state = 'not_duplicate' WHERE last_entry = 2",
            "UPDATE findings SET state = 'duplicate' WHERE last_entry = 2",
            AuditFault::StandingChanged { finding: one.clone() },
        ),
        (
            "UPDATE findings SET last_entry = 77 WHERE last_entry = 2",
            "UPDATE findings SET last_entry = 2 WHERE last_entry = 77",
            AuditFault::StandingChanged { finding: one.clone() },
        ),
    ] {
        site.by_hand(change).await;
        assert_eq!(system.verify_audit().await.unwrap(), Err(fault), "{change}");
        site.by_hand(mend).await;
        assert_eq!(system.verify_audit().await.unwrap(), verified, "{mend}");
    }
}
