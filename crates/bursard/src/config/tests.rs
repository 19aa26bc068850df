use std::fs;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use server::sign_in::PasswordUse;
use server::sign_in::oidc::ClientCredentials;

use super::*;

fn write(folder: &Path, text: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join(FILE_NAME);
    fs::write(&path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn read(text: &str) -> anyhow::Result<Config> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), text, 0o600);
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
        ("[object_store]\naws_region = \"eu-west-2\"", "s3://BUCKET/PREFIX"),
        ("listen = \"localhost:8443\"", "such as 127.0.0.1:8443"),
        ("[limits]\nworkers = \"two\"", "a whole number, 0 or more"),
        ("limits = 2", "expected a section"),
        ("[limits]\nbody_bytes_max = 0", "limits.body_bytes_max"),
        ("[limits]\nbody_stall_seconds_max = 0", "limits.body_stall_seconds_max"),
        ("[limits]\nheader_seconds_max = 0", "limits.header_seconds_max"),
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

#[test]
fn a_password_that_everybody_may_read_is_refused() {
    let with_password = "database = \"postgres://bursar:hunter2@db/bursar\"";
    for (text, mode, is_taken) in [
        (with_password, 0o644, false),
        (with_password, 0o640, true),
        (with_password, 0o600, true),
        ("listen = \"127.0.0.1:1\"", 0o644, true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), text, mode);
        let settings = Settings { data_dir: Some(folder.path().to_owned()), ..Settings::default() };
        let why = Config::read(&settings).err().map(|why| format!("{why:#}"));
        assert_eq!(why.is_none(), is_taken, "{text} {mode:o}");
        assert!(why.is_none_or(|why| why.contains("chmod 640") && !why.contains("hunter2")));
    }
}

#[test]
fn a_mail_server_is_set_in_a_few_lines() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    fs::write(&path, "hunter2\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let smtp = "[smtp]\nhost = \"smtp.example.org\"\nfrom = \"Bursar <bursar@example.org>\"\n";
    let signs_in = format!("{smtp}user = \"bursar\"\npassword_file = \"{}\"\n", path.display());
    for (text, port, encryption) in [
        (signs_in.clone(), 587, "starttls"),
        (format!("{signs_in}encryption = \"tls\"\n"), 465, "tls"),
        (format!("{smtp}encryption = \"none\"\nport = 2525\n"), 2525, "none"),
    ] {
        let config = read(&text).unwrap();
        let shown = &config.to_json()["smtp"];
        assert_eq!((&shown["port"], &shown["encryption"]), (&port.into(), &encryption.into()));
        assert!(config.notifications.mailer().unwrap().is_some());
        assert!(!format!("{config:?}{}", config.to_json()).contains("hunter2"));
    }
    assert!(read("").unwrap().notifications.mailer().unwrap().is_none());
    for (text, named) in [
        ("[smtp]\nfrom = \"a@example.org\"\n".to_owned(), "smtp.host"),
        ("[smtp]\nhost = \"a\"\n".to_owned(), "smtp.from"),
        ("[smtp]\nhost = \"a\"\nfrom = \"a\"\n".to_owned(), "smtp.from is no address"),
        (format!("{smtp}user = \"bursar\"\n"), "go together"),
        (format!("{signs_in}encryption = \"none\"\n"), "in the clear"),
        (format!("{smtp}encryption = \"ssl\"\n"), "encryption"),
        (format!("{smtp}password = \"hunter2\"\n"), "password"),
        ("[webhooks]\ninternal = [\"10.0.0.0/33\"]\n".to_owned(), "10.0.0.0/33"),
    ] {
        let message = format!("{:#}", read(&text).unwrap_err());
        assert!(message.contains(named) && !message.contains("hunter2"), "{text}: {message}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(format!("{:#}", read(&signs_in).unwrap_err()).contains("chmod 600"));
}

const PROVIDER: &str = "public_url = \"https://bursar.example.org\"\n[oidc.contoso]\n\
    issuer = \"https://login.example.org\"\nclient_id = \"bursar\"\n";

#[test]
fn a_provider_is_set_in_a_few_lines() {
    let config = read(&format!(
        "{PROVIDER}title = \"Contoso\"\n[[oidc.contoso.roles]]\ngroup = \"clerks\"\ncustomer = \"acme\"\n\
         role = \"analyst\"\n[[oidc.contoso.roles]]\ngroup = \"uk\"\ncustomer = \"acme\"\nunit = \"uk\"\n\
         role = \"admin\"\n"
    ))
    .unwrap();
    let shown = &config.to_json()["oidc"]["contoso"];
    let redirect = "https://bursar.example.org/sign-in/with/contoso/callback";
    assert_eq!(shown["redirect_uri"], redirect);
    assert_eq!(shown["roles"][0]["role"], "analyst");
    assert!(shown["roles"][0]["unit"].is_null() && shown["roles"][1]["unit"] == "uk");
    assert_eq!(config.sign_in.methods().unwrap().passwords, PasswordUse::Everybody);
}

#[test]
fn slips_of_providers_are_named() {
    let alone = PROVIDER.split_once('\n').unwrap().1;
    for (text, named) in [
        (alone.to_owned(), "public_url"),
        ("[sign_in]\npasswords = \"operators\"\n".to_owned(), "sign_in.passwords"),
        (format!("{PROVIDER}client_secret = \"x\"\n"), "client_secret"),
        (format!("{PROVIDER}trust_domains = true\n"), "trust_domains"),
        (format!("{PROVIDER}client_secret_file = \"/nowhere/secret\"\n"), "/nowhere/secret"),
        (PROVIDER.replace("contoso", "Contoso"), "oidc.Contoso"),
        (PROVIDER.replace("https://login.example.org", "http://login.example.org"), "issuer"),
        (
            PROVIDER.replace(
                "https://login.example.org",
                "https://login.microsoftonline.com/common/v2.0",
            ),
            "TENANT-ID",
        ),
        (
            format!(
                "{PROVIDER}[oidc.other]\nissuer = \"https://other.example.org\"\nclient_id = \"x\"\n"
            ),
            "domains",
        ),
    ] {
        let message = format!("{:#}", read(&text).unwrap_err());
        assert!(message.contains(named), "{text}: {message}");
    }
}

#[test]
fn a_clients_secret_comes_from_a_private_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    fs::write(&path, "hunter2\n").unwrap();
    let text = format!("{PROVIDER}client_secret_file = \"{}\"\n", path.display());
    for (mode, is_taken) in [(0o600, true), (0o640, false)] {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let config = read(&text);
        assert_eq!(config.is_ok(), is_taken, "{mode:o}");
        match config {
            Ok(config) => {
                assert!(!format!("{config:?}{}", config.to_json()).contains("hunter2"));
                let credentials = &config.sign_in.providers[0].client_credentials;
                let ClientCredentials::Secret(secret) = credentials else {
                    panic!("{credentials:?}")
                };
                assert_eq!(secret.expose(), "hunter2");
                assert_eq!(config.to_json()["oidc"]["contoso"]["has_secret"], true);
            }
            Err(why) => assert!(format!("{why:#}").contains("chmod 600")),
        }
    }
}

#[test]
fn a_client_has_a_secret_or_a_private_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str, content: &str, mode: u32| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.display().to_string()
    };
    let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let key = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(pair.unwrap().as_ref())
    );
    let (private, shared) = (place("key.pem", &key, 0o600), place("shared.pem", &key, 0o644));
    let (secret, none) = (place("secret", "hunter2", 0o600), place("none.pem", "hunter2", 0o600));
    let config =
        read(&format!("{PROVIDER}client_key_file = \"{private}\"\nclient_key_id = \"bursar-1\"\n"))
            .unwrap();
    assert_eq!(config.to_json()["oidc"]["contoso"]["has_key"], true);
    assert!(!format!("{config:?}").contains("PRIVATE"));
    for (text, named) in [
        (format!("client_key_file = \"{shared}\"\n"), "chmod 600"),
        (format!("client_key_file = \"{none}\"\n"), "openssl genpkey"),
        ("client_key_file = \"/nowhere/key\"\n".to_owned(), "/nowhere/key"),
        (
            format!("client_key_file = \"{private}\"\nclient_secret_file = \"{secret}\"\n"),
            "leave one of them out",
        ),
    ] {
        let message = format!("{:#}", read(&format!("{PROVIDER}{text}")).unwrap_err());
        assert!(message.contains(named) && !message.contains("hunter2"), "{text}: {message}");
    }
}

#[test]
fn every_provider_of_the_documentation_can_be_set_so() {
    let page = include_str!("../../../../docs/single-sign-on.md");
    let blocks: Vec<&str> = page.split("```toml\n").skip(1).collect();
    assert_eq!(blocks.len(), 4);
    for block in blocks {
        let (text, _) = block.split_once("```").unwrap();
        // The files are on nobody's machine.
        let lines = text.lines().filter(|line| !line.starts_with("client_secret_file"));
        let text = lines.collect::<Vec<_>>().join("\n");
        let site = "public_url = \"https://bursar.example.org\"\n";
        let config = read(&format!("{site}{text}")).unwrap();
        assert_eq!(config.sign_in.providers.len(), 1, "{text}");
    }
}

/// Shown beside the settings, and none.
const NO_SETTINGS: [&str; 3] = ["data_dir", "derived", "object_store_environment"];

#[test]
fn what_is_shown_is_what_can_be_set() {
    let example = include_str!("../../../../examples/bursard.toml");
    let known = |section: &str, name: &str| {
        let mut current = "";
        example.lines().any(|line| {
            let line = line.trim_start_matches(['#', '=', ' ']);
            if let Some(header) = line.strip_prefix('[') {
                current = header.split(']').next().unwrap_or_default();
            }
            let is_name = line.split_once('=').is_some_and(|(left, _)| left.trim() == name);
            is_name && current == section
        })
    };
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { data_dir: Some(folder.path().to_owned()), ..Settings::default() };
    let shown = Config::read(&settings).unwrap().to_json();
    for (name, value) in shown.as_object().unwrap() {
        if NO_SETTINGS.contains(&name.as_str()) {
            continue;
        }
        match value.as_object() {
            Some(members) => {
                for member in members.keys() {
                    assert!(known(name, member), "{name}.{member} is no setting of the example");
                }
            }
            None => assert!(known("", name), "{name} is no setting of the example"),
        }
    }
}

#[test]
fn traces_are_set_in_a_few_lines() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("headers");
    fs::write(&path, "Api-Key: hunter2\n\nX-Scope-OrgID : ap\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let endpoint = "[traces]\nendpoint = \"https://otel.example.org\"\n";
    let with_headers =
        format!("{endpoint}headers_file = \"{}\"\nsample_ratio = 0.25\n", path.display());
    let config = read(&with_headers).unwrap();
    let shown = &config.to_json()["traces"];
    let names = &config.to_json()["derived"]["traces_headers"];
    assert_eq!(names, &serde_json::json!(["Api-Key", "X-Scope-OrgID"]));
    assert_eq!(shown["sample_ratio"], 0.25);
    assert!(!format!("{config:?}{}", config.to_json()).contains("hunter2"));
    let none = read("").unwrap();
    assert!(none.to_json()["traces"]["endpoint"].is_null());
    assert!(none.traces.collector().unwrap().is_none());

    let wrong = folder.path().join("wrong");
    fs::write(&wrong, "hunter2\n").unwrap();
    fs::set_permissions(&wrong, fs::Permissions::from_mode(0o600)).unwrap();
    let open = folder.path().join("open");
    fs::write(&open, "Api-Key: hunter2\n").unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
    let with = |file: &Path| format!("{endpoint}headers_file = \"{}\"\n", file.display());
    for (text, named) in [
        ("[traces]\nsample_ratio = 1.5\n".to_owned(), "sample_ratio"),
        ("[traces]\nsample_ratio = nan\n".to_owned(), "sample_ratio"),
        ("[traces]\nauthority = \"ca.pem\"\n".to_owned(), "traces.endpoint"),
        ("[traces]\nendpoint = \"otel:4318\"\n".to_owned(), "traces.endpoint"),
        ("[traces]\nendpoint = \"https://u:hunter2@otel\"\n".to_owned(), "into a header"),
        (format!("{endpoint}headers = \"Api-Key: hunter2\"\n"), "headers"),
        (with(&wrong), "name: value"),
        (with(&open), "chmod"),
    ] {
        let message = format!("{:#}", read(&text).unwrap_err());
        assert!(message.contains(named) && !message.contains("hunter2"), "{text}: {message}");
    }
}
