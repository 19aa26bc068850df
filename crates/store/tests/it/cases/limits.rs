//! Lists that a token or a member could make ever longer.

use domain::{MemberRole, SavedViewId, UnitName};
use store::{
    Error, HISTORY_READ_MAX, SAVED_VIEWS_MAX, SNAPSHOTS_READ_MAX, SavedView, SeenFinding,
    TokenRecord,
};

use crate::cases::findings::{checked, key};
use crate::cases::invitations::{ann, new_link};
use crate::cases::runs::run;
use crate::cases::verdicts::{self, duplicate, new_id};
use crate::site::{Site, acme, now, random, scope, token_record, unit};

/// Rows to the limit of each list, as quickly as the database makes them.
const FULL: &str = "\
    INSERT INTO invitations (id, secret_hash, customer, role, makes_operator, invited_by, made_at, expires_at) \
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) \
    SELECT 'inv_' || i, 'hash_' || i, 'acme', 'viewer', 0, 'ann', 0, 9000000000000000 FROM n; \
    INSERT INTO tokens (id, customer, label, kid, issued_at, not_before, expires_at) \
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
    SELECT 'tok_' || i, 'acme', 'x', 'key-1', 0, 0, 9000000000000000 FROM n; \
    INSERT INTO units (customer, name, added_at) \
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) \
    SELECT 'acme', 'u' || i, 0 FROM n";

pub(crate) async fn nobody_fills_a_list(site: Site) {
    let (system, ann) = (site.system(), ann(&site).await);
    let store = site.acme();
    for at in 0..=SAVED_VIEWS_MAX {
        let name = format!("view {at}");
        let view = SavedView {
            id: SavedViewId::new(now(), random()),
            name,
            query: String::new(),
            is_shared: false,
        };
        let kept = store.save_view(&unit(), &ann, &view, now()).await;
        assert_eq!(kept.is_ok(), at < SAVED_VIEWS_MAX, "{at} {kept:?}");
        // Under a name that is there already it takes that one's place.
        store
            .save_view(&unit(), &ann, &SavedView { name: "view 0".to_owned(), ..view }, now())
            .await
            .unwrap();
    }
    site.by_hand(FULL).await;
    let invited = store.invite(new_link(7), None, MemberRole::Viewer, "ann", now()).await;
    assert!(matches!(invited, Err(Error::Illegal { .. })), "{invited:?}");
    let token = token_record(scope(acme()));
    let added = system.add_token(&token).await;
    assert!(matches!(added, Err(Error::Illegal { .. })), "{added:?}");
    let uk: UnitName = "uk".parse().unwrap();
    let added = system.add_unit(&acme(), &uk, "operator", now()).await;
    assert!(matches!(added, Err(Error::Illegal { .. })), "{added:?}");
    // Those that work no more leave room.
    site.by_hand("UPDATE tokens SET revoked_at = 1 WHERE id = 'tok_1' OR label <> 'x'").await;
    system.add_token(&TokenRecord { label: "y".to_owned(), ..token }).await.unwrap();
}

pub(crate) async fn a_long_history_is_read_in_part(site: Site) {
    let store = site.acme();
    run(&site, &checked(1), now()).await;
    let decided = SNAPSHOTS_READ_MAX as u64 + 2;
    for recovered in 1..=decided {
        let verdict = duplicate(&recovered.to_string());
        store.decide(&unit(), [key(1)], &verdict, new_id, verdicts::ann()).await.unwrap();
    }
    let history = store.finding_history(&unit(), &key(1)).await.unwrap();
    let with: Vec<u64> =
        history.iter().filter(|entry| entry.finding.is_some()).map(|entry| entry.entry).collect();
    assert_eq!(with, (3..=decided).collect::<Vec<_>>(), "the newest");
    let first = store.finding_history_entry(&unit(), &key(1), 1).await.unwrap().unwrap();
    assert!(first.finding.is_some() && first.entry == 1, "each by itself");
    assert_eq!(store.finding_history_entry(&unit(), &key(1), 99).await.unwrap(), None);
    assert_eq!(store.finding_history_entry(&unit(), &key(2), 1).await.unwrap(), None);
    site.by_hand(
        "INSERT INTO finding_history (customer, unit, key, entry, at, by_whom, what, before, after, words) \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
         SELECT history.customer, history.unit, history.key, history.entry + i, 0, 'Ann', 'comment', \
         after, after, 'again' FROM n, finding_history AS history WHERE history.entry = \
         (SELECT MAX(entry) FROM finding_history); \
         UPDATE findings SET last_entry = last_entry + 1000",
    )
    .await;
    let history = store.finding_history(&unit(), &key(1)).await.unwrap();
    let last = decided + 1_000;
    assert_eq!((history.len(), history.last().unwrap().entry), (HISTORY_READ_MAX, last));
    let several = store.finding_histories(&unit(), &[key(1)]).await.unwrap();
    assert!(several[&key(1)].len() < 100 && several[&key(1)].last().unwrap().entry == last);
    // Whoever has seen the beginning is told of the end.
    let seen = SeenFinding { key: key(1), entry: Some(1) };
    let late = store.decide(&unit(), [seen], &duplicate("7"), new_id, verdicts::ann()).await;
    let Err(Error::Superseded { latest }) = late else { panic!("{late:?}") };
    assert_eq!(latest.entry, last);
}
