use super::*;

fn read(text: &str) -> anyhow::Result<Config> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE_NAME), text).unwrap();
    Config::read(&Settings { data_dir: Some(folder.path().to_owned()), ..Settings::default() })
}

#[test]
fn nothing_configured_is_loopback_sqlite_and_our_own_certificate() {
    let config = read("").unwrap();
    assert!(config.listen.ip().is_loopback());
    assert!(matches!(config.store.database, DatabaseUrl::Sqlite(_)));
    assert!(config.own_tls_folder().is_some());
    assert_eq!(config.metrics_listen, None);
}

#[test]
fn the_example_holds_every_key_with_its_default() {
    let text = include_str!("../../../../examples/bursard.toml");
    let commented: String = text
        .lines()
        .map(|line| line.strip_prefix("#= ").unwrap_or(line))
        .fold(String::new(), |text, line| text + line + "\n");
    let example = read(&commented).unwrap();
    let default = read("").unwrap();
    let limits = |config: &Config| serde_json::to_value(LimitsFile::of(&config.limits)).unwrap();
    assert_eq!(limits(&example), limits(&default));
    for (key, _) in limits(&default).as_object().unwrap() {
        assert!(text.contains(key.as_str()), "{key} is not in the example");
    }
    assert_eq!(example.listen, default.listen);
    assert_eq!(example.region, default.region);
    let way_in = |config: &Config| {
        let settings = config.to_json();
        ["public_url", "hosts", "trusted_proxies", "proxy"].map(|name| settings[name].clone())
    };
    assert_eq!(way_in(&example), way_in(&default));
}

#[test]
fn slips_are_named() {
    for (text, named) in [
        ("lisen = \"127.0.0.1:1\"", "lisen"),
        ("[limits]\nuploads = 3", "uploads"),
        ("[limits]\nuploads_max = 0", "uploads_max"),
        ("[limits]\nlease_seconds = 1", "lease_seconds"),
        ("region = \"UK South\"", "region"),
        ("[tls]\nchain = \"a.pem\"", "tls.key"),
        ("[tls]\nchain = \"a\"\nkey = \"b\"\nnames = [\"c\"]", "tls.names"),
        ("database = \"mysql://x\"", "database"),
        ("objects = \"ftp://x\"", "objects"),
        ("listen = \"here\"", "listen"),
        ("public_url = \"http://h\"", "public_url"),
        ("public_url = \"https://h/at/bursar\"", "/at"),
        ("public_url = \"https://h/Customers\"", "/Customers"),
        ("hosts = [\"h\"]", "public_url"),
        ("public_url = \"https://h\"\nhosts = [\"a b\"]", "hosts"),
        ("trusted_proxies = [\"10.0.0.0/33\"]", "10.0.0.0/33"),
        ("[proxy]\nclient_address_in = \"proxy-protocol\"", "trusted_proxies"),
        ("[proxy]\nclient_address_in = \"via\"", "client_address_in"),
        ("objects = \"s3://b\"\n[object_store]\naws_alow_http = \"true\"", "aws_alow_http"),
    ] {
        let message = format!("{:#}", read(text).unwrap_err());
        assert!(message.contains(named), "{text}: {message}");
    }
}

#[test]
fn a_public_url_is_that_of_links() {
    let config = read("public_url = \"https://example.org/bursar/\"").unwrap();
    assert_eq!(config.url(8443), "https://example.org/bursar");
    assert_eq!(config.local_url(8443), "https://localhost:8443");
    assert_eq!(read("").unwrap().url(8443), "https://localhost:8443");
}

#[test]
fn no_secret_is_shown() {
    let config = read("database = \"postgres://bursar:hunter2@db/bursar\"").unwrap();
    assert!(!config.to_json().to_string().contains("hunter2"));
    assert!(!format!("{config:?}").contains("hunter2"));
    for slip in [
        "databse = \"postgres://bursar:hunter2@db/bursar\"",
        "database = [\"postgres://bursar:hunter2@db/bursar\"]",
        "database = \"postgres://bursar:hunter2@db/bursar",
        "listen = \"hunter2\"",
        "limits = \"hunter2\"",
    ] {
        let why = format!("{:#}", read(slip).unwrap_err());
        assert!(why.contains("line 1, column") && !why.contains("hunter2"), "{why}");
    }
}
