//! What a unit has set of its screenings.

use domain::page::PageSize;
use domain::screening::OddityKind;
use domain::{ScreeningSettings, ScreeningWord};
use store::{AuditFilter, Error};

use crate::site::{Site, acme, now, unit};

pub(crate) async fn words_of_a_screening_come_back_and_are_audited(site: Site) {
    let store = site.acme();
    let usual = ScreeningSettings::default();
    assert_eq!(store.screening_settings(&unit()).await.unwrap(), usual);
    let mut settings = usual.clone();
    settings.stop_from = "0.95".parse().unwrap();
    settings.oddities.insert(OddityKind::NewSupplier, ScreeningWord::Clear);
    store.set_screening_settings(&unit(), &settings, "ann@example.org", now()).await.unwrap();
    assert_eq!(store.screening_settings(&unit()).await.unwrap(), settings);

    let page =
        store.audit_entries(&AuditFilter::default(), PageSize::default(), None).await.unwrap();
    let entry = &page.items[0].entry;
    assert_eq!((entry.what.as_str(), entry.customer.as_ref()), ("screening.set", Some(&acme())));
    assert_eq!(entry.details["is"]["stopFrom"], "0.95");

    let stranger = site.store.customer(&"globex".parse().unwrap());
    assert_eq!(stranger.screening_settings(&unit()).await.unwrap(), usual);
    let set = stranger.set_screening_settings(&unit(), &usual, "eve@example.org", now()).await;
    assert!(matches!(set, Err(Error::NotFound { .. })), "{set:?}");
}
