//! Customers, units, and the wall between customers.

use domain::page::PageSize;
use domain::{CustomerName, UnitName, UnitTitle};
use serde_json::json;
use store::{AuditFilter, CustomerStore, Error};

use crate::site::{Site, acme, now, unit};

pub(crate) async fn customers_and_units_are_added_once(site: Site) {
    let system = site.system();
    let globex: CustomerName = "globex".parse().unwrap();
    system.add_customer(&globex, now()).await.unwrap();
    let again = system.add_customer(&globex, now()).await;
    assert!(matches!(again, Err(Error::Conflict { what: "customer" })), "{again:?}");
    assert_eq!(system.customers().await.unwrap(), [acme(), globex.clone()]);

    let uk: UnitName = "uk".parse().unwrap();
    system.add_unit(&globex, &uk, "operator", now()).await.unwrap();
    let again = system.add_unit(&globex, &uk, "operator", now()).await;
    assert!(matches!(again, Err(Error::Conflict { what: "unit" })), "{again:?}");
    assert_eq!(system.units(&globex).await.unwrap(), [globex.only_unit(), uk.clone()]);

    let nobody: CustomerName = "nobody".parse().unwrap();
    let missing = system.add_unit(&nobody, &uk, "operator", now()).await;
    assert!(matches!(missing, Err(Error::NotFound { what: "customer" })), "{missing:?}");
    assert!(matches!(system.units(&nobody).await, Err(Error::NotFound { .. })));

    let customer = site.store.customer(&globex);
    assert!(customer.exists().await.unwrap() && customer.unit_exists(&uk).await.unwrap());
    assert_eq!(customer.units().await.unwrap(), [globex.only_unit(), uk.clone()]);
    assert!(!site.acme().unit_exists(&uk).await.unwrap());
    assert!(!site.store.customer(&nobody).exists().await.unwrap());
}

pub(crate) async fn a_customer_is_a_closed_room(site: Site) {
    let globex: CustomerName = "globex".parse().unwrap();
    let system = site.system();
    system.add_customer(&globex, now()).await.unwrap();
    system.add_unit(&globex, &unit(), "operator", now()).await.unwrap();
    let mut new = site.new_upload("a.csv");
    new.idempotency_key = Some("k".to_owned());
    let upload = site.try_receive(new, b"1,2\n").await.unwrap().into_upload();

    let other = site.store.customer(&globex);
    assert_eq!(other.upload(&unit(), upload.id).await.unwrap(), None);
    let page = other.uploads(&unit(), PageSize::default(), None).await.unwrap();
    assert_eq!(page.items, []);
    let mut same = site.new_upload("a.csv");
    same.idempotency_key = Some("k".to_owned());
    let repeated = |customer: CustomerStore| {
        let (same, sha256) = (same.clone(), upload.sha256);
        async move { customer.find_repeated(&same, sha256).await.unwrap() }
    };
    assert_eq!(repeated(site.acme()).await.map(|upload| upload.id), Some(upload.id));
    assert_eq!(repeated(other.clone()).await, None, "neither by the key nor by the bytes");
    let cursor = other.uploads(&unit(), PageSize::default(), Some(upload.id)).await;
    assert!(matches!(cursor, Err(Error::NotFound { .. })), "{cursor:?}");
}

pub(crate) async fn a_unit_is_called_otherwise(site: Site) {
    let uk: UnitName = "uk".parse().unwrap();
    site.system().add_unit(&acme(), &uk, "operator", now()).await.unwrap();
    let customer = site.acme();
    let title = |text: &str| text.parse::<UnitTitle>().unwrap();
    let called = async || {
        let units = customer.titled_units().await.unwrap();
        units.iter().map(|unit| unit.called().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(called().await, ["acme", "uk"]);
    let set = async |unit: &UnitName, title: Option<&UnitTitle>| {
        customer.set_unit_title(unit, title, "ann", now()).await
    };
    assert!(set(&uk, Some(&title("Britain"))).await.unwrap());
    assert!(!set(&uk, Some(&title("Britain"))).await.unwrap(), "nothing changed");
    assert_eq!(called().await, ["acme", "Britain"]);
    assert_eq!(customer.units().await.unwrap(), [acme().only_unit(), uk.clone()]);
    for taken in ["Britain", "uk"] {
        let error = set(&unit(), Some(&title(taken))).await.unwrap_err();
        assert!(matches!(error, Error::Conflict { .. }), "{error:?}");
    }
    let missing = set(&"mars".parse().unwrap(), None).await.unwrap_err();
    assert!(matches!(missing, Error::NotFound { .. }), "{missing:?}");
    assert!(set(&uk, None).await.unwrap());
    assert_eq!(called().await, ["acme", "uk"]);
    let all =
        customer.audit_entries(&AuditFilter::default(), PageSize::default(), None).await.unwrap();
    let renamed = all.items.iter().filter(|item| item.entry.what == "unit.rename");
    let details: Vec<_> = renamed.map(|item| item.entry.details.clone()).collect();
    assert_eq!(
        details,
        [json!({ "was": "Britain", "title": null }), json!({ "was": null, "title": "Britain" })]
    );
}
