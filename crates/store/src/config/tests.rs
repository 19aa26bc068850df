//! URLs come back as text, without their secrets.

use super::*;

#[test]
fn urls_are_shown_without_secrets() {
    for (url, shown) in [
        ("sqlite:/var/lib/bursar/bursar.db", "sqlite:/var/lib/bursar/bursar.db"),
        ("sqlite://bursar.db", "sqlite:bursar.db"),
        ("postgres://bursar@db/bursar", "postgres://bursar@db/bursar"),
        ("postgres://bursar:hunter2@db:5432/bursar", "postgres://bursar:…@db:5432/bursar"),
        ("postgresql://b:hunter2/@x@db/bursar?sslmode=require", "postgresql://b:…@db/bursar?…"),
        ("postgres:///bursar?user=b&password=hunter2", "postgres:///bursar?…"),
        ("postgres://b:p@h/d?password=hunter2@x", "postgres://b:…@x"),
    ] {
        let parsed: DatabaseUrl = url.parse().unwrap();
        assert_eq!(parsed.to_string(), shown);
        assert!(!format!("{parsed:?}").contains("hunter2"), "{url}");
    }
    for bad in ["", "sqlite:", "postgres://", "mysql://x", "bursar.db"] {
        assert!(bad.parse::<DatabaseUrl>().is_err(), "{bad:?}");
    }
}

#[test]
fn objects_urls_keep_their_options_to_themselves() {
    for (url, shown) in [
        ("file:/var/lib/bursar/objects", "file:/var/lib/bursar/objects"),
        ("file:///var/lib/bursar", "file:/var/lib/bursar"),
        ("s3://bucket", "s3://bucket"),
        ("s3://bucket/a/b/", "s3://bucket/a/b"),
        ("az://container/a", "az://container/a"),
    ] {
        let name =
            if url.starts_with("az") { "azure_storage_account_key" } else { "secret_access_key" };
        let options = BTreeMap::from([(name.to_owned(), "hunter2".to_owned())]);
        let parsed = url.parse::<ObjectsUrl>().unwrap().with_options(options).unwrap();
        assert_eq!(parsed.to_string(), shown);
        assert!(!format!("{parsed:?}").contains("hunter2"), "{url}");
    }
    for bad in ["", "file:", "s3://", "s3:///x", "s3://key:secret@bucket", "gs://bucket"] {
        assert!(bad.parse::<ObjectsUrl>().is_err(), "{bad:?}");
    }
}

#[test]
fn a_slip_in_an_option_is_named() {
    for (url, name) in [("s3://bucket", "aws_alow_http"), ("az://container", "aws_region")] {
        let options = BTreeMap::from([(name.to_owned(), "true".to_owned())]);
        let refused = url.parse::<ObjectsUrl>().unwrap().with_options(options).unwrap_err();
        assert!(refused.to_string().starts_with(name), "{refused}");
    }
}
