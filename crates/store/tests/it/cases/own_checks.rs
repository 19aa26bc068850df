//! Checks of a unit's own: every version, and nothing of others.

use std::collections::BTreeMap;

use domain::check::{Severity, VerdictWords};
use domain::page::PageSize;
use domain::{OwnCheck, OwnCheckDescription, OwnCheckName};
use store::{AuditFilter, Decider, Error, OWN_CHECKS_MAX, OwnCheckState};

use crate::site::{Site, now, unit};

fn check(name: &str, title: &str) -> OwnCheck {
    let description = OwnCheckDescription {
        order: 0,
        title: title.to_owned(),
        finds: String::new(),
        about: String::new(),
        severity: Severity::Medium,
        verdict: VerdictWords::Action,
        claim: "it is so".to_owned(),
        innocent_if: "it is not".to_owned(),
        innocent_reasons: Vec::new(),
        at_risk_is: None,
        lane: None,
        money: None,
        needs: Vec::new(),
        parameters: BTreeMap::new(),
    };
    OwnCheck::new(name.parse().unwrap(), description, "SELECT 1 AS title").unwrap()
}

fn ann() -> Decider<'static> {
    Decider { by: "Ann", who: "ann@example.org", at: now() }
}

pub(crate) async fn own_checks_keep_every_version(site: Site) {
    use OwnCheckState::{Off, On, Removed};
    let store = site.acme();
    let name: OwnCheckName = "cash".parse().unwrap();
    let (first, second) = (check("cash", "Cash"), check("cash", "More cash"));
    assert_eq!(store.keep_own_check(&unit(), &first, Off, &ann()).await.unwrap(), 1);
    assert_eq!(store.set_own_check_state(&unit(), (&name, 1), On, &ann()).await.unwrap(), 2);
    assert_eq!(store.keep_own_check(&unit(), &second, On, &ann()).await.unwrap(), 3);
    let late = store.set_own_check_state(&unit(), (&name, 2), Off, &ann()).await;
    assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
    assert_eq!(store.undo_own_check(&unit(), (&name, 3), &ann()).await.unwrap(), 4);
    store.set_own_check_state(&unit(), (&name, 4), Removed, &ann()).await.unwrap();

    let [newest] = &store.own_checks(&unit()).await.unwrap()[..] else { panic!("one is kept") };
    assert_eq!((newest.version, newest.state, &newest.check), (5, Removed, &first));
    assert_eq!(store.undo_own_check(&unit(), (&name, 5), &ann()).await.unwrap(), 6);
    let versions = store.own_check_versions(&unit(), &name).await.unwrap();
    let states: Vec<_> = versions.iter().map(|kept| (kept.version, kept.state)).collect();
    assert_eq!(states, [(6, On), (5, Removed), (4, On), (3, On), (2, On), (1, Off)]);
    assert_eq!(versions[3].check, second, "as it was then");
    assert_eq!(versions[0].made_by, "Ann");

    let page =
        store.audit_entries(&AuditFilter::default(), PageSize::default(), None).await.unwrap();
    let what: Vec<&str> = page.items.iter().map(|item| item.entry.what.as_str()).take(6).collect();
    assert_eq!(
        what,
        [
            "own_check.undo",
            "own_check.remove",
            "own_check.undo",
            "own_check.change",
            "own_check.switch_on",
            "own_check.add"
        ]
    );
    assert_eq!(page.items[0].entry.about, format!("{}/cash", unit()));
    assert!(page.items[0].entry.details["sha256"].is_string());
}

pub(crate) async fn own_checks_are_the_units_own(site: Site) {
    let store = site.acme();
    for at in 0..OWN_CHECKS_MAX {
        let check = check(&format!("check_{at}"), "A check");
        store.keep_own_check(&unit(), &check, OwnCheckState::On, &ann()).await.unwrap();
    }
    let one_more = check("one_more", "A check");
    let kept = store.keep_own_check(&unit(), &one_more, OwnCheckState::On, &ann()).await;
    assert!(matches!(kept, Err(Error::Illegal { .. })), "{kept:?}");
    let changed = check("check_0", "Another title");
    assert_eq!(
        store.keep_own_check(&unit(), &changed, OwnCheckState::On, &ann()).await.unwrap(),
        2
    );

    let stranger = site.store.customer(&"globex".parse().unwrap());
    assert_eq!(stranger.own_checks(&unit()).await.unwrap(), []);
    let name: OwnCheckName = "check_0".parse().unwrap();
    let set = stranger.set_own_check_state(&unit(), (&name, 2), OwnCheckState::Off, &ann()).await;
    assert!(matches!(set, Err(Error::NotFound { .. })), "{set:?}");
    let kept = stranger.keep_own_check(&unit(), &one_more, OwnCheckState::On, &ann()).await;
    assert!(matches!(kept, Err(Error::NotFound { .. })), "{kept:?}");
    let undone = store.undo_own_check(&unit(), (&"check_1".parse().unwrap(), 1), &ann()).await;
    assert!(matches!(undone, Err(Error::Illegal { .. })), "{undone:?}");
    site.by_hand("UPDATE own_checks SET definition = '{'").await;
    let damaged = store.own_checks(&unit()).await;
    assert!(matches!(damaged, Err(Error::Corrupt { table: "own_checks", .. })), "{damaged:?}");
}

const MANY_REMOVED: &str = "\
    INSERT INTO own_checks (customer, unit, name, version, state, definition, made_by, made_at) \
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) \
    SELECT customer, unit, 'gone_' || i, 1, 'removed', definition, made_by, made_at \
    FROM n, own_checks WHERE name = 'check_0' AND version = 1";

/// A unit with as many checks as it may have, less some, by the names `check_0` and so on.
async fn fill(site: &Site, less: usize) {
    for at in 0..OWN_CHECKS_MAX - less {
        let check = check(&format!("check_{at}"), "A check");
        site.acme().keep_own_check(&unit(), &check, OwnCheckState::On, &ann()).await.unwrap();
    }
}

pub(crate) async fn no_check_comes_back_without_room(site: Site) {
    use OwnCheckState::{Off, On, Removed};
    let store = site.acme();
    fill(&site, 0).await;
    let name: OwnCheckName = "check_0".parse().unwrap();
    store.set_own_check_state(&unit(), (&name, 1), Removed, &ann()).await.unwrap();
    let one_more = check("one_more", "A check");
    store.keep_own_check(&unit(), &one_more, Off, &ann()).await.unwrap();
    for done in [
        store.undo_own_check(&unit(), (&name, 2), &ann()).await,
        store.set_own_check_state(&unit(), (&name, 2), On, &ann()).await,
        store.keep_own_check(&unit(), &check("check_0", "Again"), On, &ann()).await,
    ] {
        assert!(matches!(done, Err(Error::Illegal { .. })), "{done:?}");
    }
    store.set_own_check_state(&unit(), (&name, 2), Removed, &ann()).await.unwrap();
    store.set_own_check_state(&unit(), (&one_more.name, 1), Removed, &ann()).await.unwrap();
    store.set_own_check_state(&unit(), (&name, 3), On, &ann()).await.unwrap();
    // Names that were removed are read by every run.
    store.set_own_check_state(&unit(), (&name, 4), Removed, &ann()).await.unwrap();
    site.by_hand(MANY_REMOVED).await;
    let kept = store.keep_own_check(&unit(), &check("new", "A check"), On, &ann()).await;
    assert!(matches!(kept, Err(Error::Illegal { .. })), "{kept:?}");
    store.keep_own_check(&unit(), &check("check_0", "Again"), On, &ann()).await.unwrap();
}

pub(crate) async fn two_add_the_last_check_and_one_is_too_late(site: Site) {
    let (store, unit, ann) = (site.acme(), unit(), ann());
    fill(&site, 1).await;
    let (first, second) = (check("first", "A check"), check("second", "A check"));
    let (first, second) = tokio::join!(
        store.keep_own_check(&unit, &first, OwnCheckState::On, &ann),
        store.keep_own_check(&unit, &second, OwnCheckState::On, &ann)
    );
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    // Two who change one check at once write two versions of it.
    let changed = check("check_0", "Another title");
    let (one, other) = tokio::join!(
        store.keep_own_check(&unit, &changed, OwnCheckState::On, &ann),
        store.keep_own_check(&unit, &changed, OwnCheckState::Off, &ann)
    );
    assert_eq!(one.unwrap() + other.unwrap(), 2 + 3);
}
