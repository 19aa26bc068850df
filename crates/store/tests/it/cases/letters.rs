//! The letter by which suppliers are asked for money.

use domain::LetterTemplate;
use domain::page::PageSize;
use store::{AuditFilter, Error};

use crate::site::{Site, now};

pub(crate) async fn a_letter_is_as_an_admin_wrote_it(site: Site) {
    let acme = site.acme();
    let usual = LetterTemplate::default();
    assert_eq!(acme.letter_template().await.unwrap(), usual);
    let own = LetterTemplate::new("Refund {total}", "Dear {supplier},\n{items}\0").unwrap();
    for (wanted, changes) in
        [(None, false), (Some(&own), true), (Some(&usual), true), (None, true), (None, false)]
    {
        let set = acme.set_letter_template(wanted, "ann@example.org", now()).await.unwrap();
        assert_eq!(set, changes);
    }
    acme.set_letter_template(Some(&own), "ann@example.org", now()).await.unwrap();
    let kept = acme.letter_template().await.unwrap();
    assert_eq!(
        (kept.subject(), kept.body()),
        ("Refund {total}", "Dear {supplier},\n{items}\u{2400}")
    );
    let log = acme.audit_entries(&AuditFilter::default(), PageSize::default(), None).await.unwrap();
    let entry = &log.items[0].entry;
    assert_eq!(entry.what, "customer.set_letter");
    assert_eq!(entry.details["is"]["subject"], "Refund {total}");
    let stranger = site.store.customer(&"globex".parse().unwrap());
    let set = stranger.set_letter_template(Some(&own), "eve@example.org", now()).await;
    assert!(matches!(set, Err(Error::NotFound { .. })), "{set:?}");
    site.by_hand("UPDATE letter_templates SET body = 'Dear {nobody}'").await;
    let damaged = acme.letter_template().await;
    assert!(
        matches!(damaged, Err(Error::Corrupt { table: "letter_templates", .. })),
        "{damaged:?}"
    );
}
