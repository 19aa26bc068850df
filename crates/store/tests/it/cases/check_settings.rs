//! What a unit has set of the checks.

use domain::page::PageSize;
use domain::{CheckSettings, Limit};
use store::{AuditFilter, Error};

use crate::site::{Site, acme, now, unit};

pub(crate) async fn settings_come_back_and_are_audited(site: Site) {
    let store = site.acme();
    assert_eq!(store.check_settings(&unit()).await.unwrap(), CheckSettings::default());
    let mut settings = CheckSettings::default();
    settings.off.insert("benford".to_owned());
    settings.parameters.insert("spike.times".to_owned(), "0.1".parse().unwrap());
    let limits = Limit::listed("50,000\nEUR 6,000").unwrap();
    settings.more_limits.insert("just_below_limit.limit".to_owned(), limits);
    settings.calendar = "friday,saturday;none;2026-12-02;".parse().unwrap();
    store.set_check_settings(&unit(), &settings, "ann@example.org", now()).await.unwrap();
    assert_eq!(store.check_settings(&unit()).await.unwrap(), settings);
    let usual = CheckSettings::default();
    store.set_check_settings(&unit(), &usual, "ann@example.org", now()).await.unwrap();
    assert_eq!(store.check_settings(&unit()).await.unwrap(), usual);

    let page =
        store.audit_entries(&AuditFilter::default(), PageSize::default(), None).await.unwrap();
    let entry = &page.items[0].entry;
    assert_eq!((entry.what.as_str(), entry.customer.as_ref()), ("check.set", Some(&acme())));
    assert_eq!(entry.details["was"]["off"], serde_json::json!(["benford"]));
    assert_eq!(entry.details["is"]["off"], serde_json::json!([]));
    let was = &entry.details["was"]["more_limits"]["just_below_limit.limit"];
    assert_eq!(*was, serde_json::json!(["50000.00", "EUR 6000.00"]));

    let stranger = site.store.customer(&"globex".parse().unwrap());
    assert_eq!(stranger.check_settings(&unit()).await.unwrap(), usual);
    let set = stranger.set_check_settings(&unit(), &usual, "eve@example.org", now()).await;
    assert!(matches!(set, Err(Error::NotFound { .. })), "{set:?}");
    site.by_hand("UPDATE check_settings SET settings = '['").await;
    let damaged = store.check_settings(&unit()).await;
    assert!(matches!(damaged, Err(Error::Corrupt { table: "check_settings", .. })), "{damaged:?}");
}
