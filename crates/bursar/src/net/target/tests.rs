use super::*;

#[test]
fn the_url_of_the_vendors_page() {
    let target = Target::from_region(&"uksouth".parse().unwrap(), DOMAIN_DEFAULT).unwrap();
    let customer: CustomerName = "acme".parse().unwrap();
    let place = UnitAddress { unit: customer.only_unit(), customer };
    let name = SafeName::new("invoices march.csv").unwrap();
    assert_eq!(
        target.url(&place.upload_path(FileType::Transactions, &name)),
        "https://api-uksouth.apfnxg.com/customers/acme/units/acme/Uploads/upload/APT/invoices_march.csv"
    );
    assert_eq!(target.base().to_string(), "https://api-uksouth.apfnxg.com:443/");
    assert_eq!(target.authority(), "api-uksouth.apfnxg.com");
}

#[test]
fn the_vendors_service_is_known_by_its_domain() {
    for (url, is_vendors) in [
        ("https://api-uksouth.apfnxg.com", true),
        ("https://API-euwest.APFNXG.com:443", true),
        ("https://apfnxg.com", true),
        ("https://notapfnxg.com", false),
        ("https://apfnxg.com.example", false),
        ("https://localhost:8443", false),
    ] {
        assert_eq!(Target::from_url(url).unwrap().is_vendors(), is_vendors, "{url}");
    }
}

#[test]
fn a_token_goes_over_https_or_stays_on_this_machine() {
    for (text, good) in [
        ("https://localhost:8443", true),
        ("https://bursar.example/", true),
        ("http://localhost:8080", true),
        ("http://127.0.0.1", true),
        ("http://127.8.9.1:1", true),
        ("http://[::1]:8080", true),
        ("https://[2001:db8::1]:8443", true),
        ("http://bursar.example", false),
        ("http://localhost.example", false),
        ("http://127.0.0.1.example", false),
        ("http://10.0.0.1", false),
        ("ftp://localhost", false),
        ("bursar.example", false),
        ("https://", false),
        ("https://a/bursar", true),
        ("https://a:8443/apps/bursar/", true),
        ("https://a/customers", false),
        ("https://a/bursar/Customers/acme", false),
        ("https://a//b", false),
        ("https://a/b/../c", false),
        ("https://a/b%20c", false),
        ("https://a/b?c", false),
        ("https://a?b", false),
        ("https://user:secret@a", false),
        ("https://a b", false),
        ("", false),
    ] {
        let outcome = Target::from_url(text);
        assert_eq!(outcome.is_ok(), good, "{text:?} {outcome:?}");
        if let Err(error) = outcome {
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}

#[test]
fn a_server_may_be_below_a_path() {
    for (text, shown, path) in [
        ("https://a", "https://a", "/me"),
        ("https://a/", "https://a", "/me"),
        ("https://a:8443/apps/bursar/", "https://a:8443/apps/bursar", "/apps/bursar/me"),
    ] {
        let target = Target::from_url(text).unwrap();
        assert_eq!((target.to_string().as_str(), target.below("/me").as_str()), (shown, path));
        assert_eq!(target.url("/me"), format!("{shown}/me"));
        assert_eq!(target.base().path(), "/");
    }
}

#[test]
fn a_domain_is_a_host_name() {
    let region: Region = "uksouth".parse().unwrap();
    for bad in ["", "evil.example/x", "a@b", "a:1", "a b"] {
        assert!(Target::from_region(&region, bad).is_err(), "{bad:?}");
    }
}
