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

#[test]
fn the_environment_adds_what_the_file_does_not_say() {
    let variables = |names: &[&str]| {
        names.iter().map(|name| ((*name).to_owned(), "hunter2".to_owned())).collect::<Vec<_>>()
    };
    let keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
    let all = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];
    let empty: &[&str] = &[];
    for (url, file, given, taken) in [
        ("s3://b", empty, &keys[..], &all[..]),
        ("s3://b", &["aws_region"], &keys[..], &all[..]),
        // Never the key of one place with the token of another.
        ("s3://b", &["access_key_id", "secret_access_key"], &keys[..], empty),
        ("s3://b", &["aws_endpoint"], &["AWS_ENDPOINT_URL_S3", "AWS_REGION"], &["aws_region"]),
        ("s3://b", empty, &["AWS_BUCKET", "AWS_PAGER", "HOME", "AZURE_CLIENT_ID"], empty),
        (
            "s3://b",
            empty,
            &["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"],
            &["aws_role_arn", "aws_web_identity_token_file"],
        ),
        (
            "az://c",
            empty,
            &["AZURE_STORAGE_ACCOUNT_NAME", "IDENTITY_ENDPOINT", "AZURE_CONTAINER_NAME"],
            &["azure_identity_endpoint", "azure_storage_account_name"],
        ),
        ("az://c", &["account_key"], &["AZURE_CLIENT_ID"], empty),
        ("file:/objects", empty, &keys[..], empty),
    ] {
        let options = variables(file).into_iter().collect();
        let url = url.parse::<ObjectsUrl>().unwrap().with_options(options).unwrap();
        let url = url.with_environment(variables(given));
        assert_eq!(url.environment_names(), taken, "{url} {file:?} {given:?}");
        assert!(!format!("{url:?}").contains("hunter2"));
    }
}
