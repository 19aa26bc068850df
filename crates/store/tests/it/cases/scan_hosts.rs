//! Hosts that scans are taken from, as an administrator lists them.

use std::collections::BTreeSet;

use domain::page::PageSize;
use store::{AuditFilter, Error};

use crate::site::{Site, now};

pub(crate) async fn hosts_are_as_an_admin_listed_them(site: Site) {
    let acme = site.acme();
    assert!(acme.scan_hosts().await.unwrap().is_empty());
    let listed = BTreeSet::from(["archive.example".to_owned(), "scans.example".to_owned()]);
    let none = BTreeSet::new();
    for (wanted, changes) in
        [(&none, false), (&listed, true), (&listed, false), (&none, true), (&listed, true)]
    {
        let set = acme.set_scan_hosts(wanted, "ann@example.org", now()).await.unwrap();
        assert_eq!(set, changes);
        assert_eq!(acme.scan_hosts().await.unwrap(), *wanted);
    }
    let log = acme.audit_entries(&AuditFilter::default(), PageSize::default(), None).await.unwrap();
    let entry = &log.items[0].entry;
    assert_eq!(entry.what, "customer.set_scan_hosts");
    assert_eq!(entry.details["is"], serde_json::json!(["archive.example", "scans.example"]));
    let stranger = site.store.customer(&"globex".parse().unwrap());
    let set = stranger.set_scan_hosts(&listed, "eve@example.org", now()).await;
    assert!(matches!(set, Err(Error::NotFound { .. })), "{set:?}");
    site.by_hand("UPDATE scan_hosts SET hosts = 'scans'").await;
    let damaged = acme.scan_hosts().await;
    assert!(matches!(damaged, Err(Error::Corrupt { table: "scan_hosts", .. })), "{damaged:?}");
}
