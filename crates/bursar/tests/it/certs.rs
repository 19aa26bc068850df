//! `bursar certs` beside `openssl`, on chains of different shape, and what is exported and watched.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::sync::Arc;
use std::thread;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair,
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256,
    SignatureAlgorithm, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, SupportedProtocolVersion};
use serde_json::Value;

use crate::program::{Bursar, Run, path_text};

/// What a server presents, first its own.
struct Chain {
    presented: Vec<CertificateDer<'static>>,
    key: KeyPair,
    root: Certificate,
}

/// A chain of so many intermediates; `shape` may change the server's own certificate.
fn chain(
    algorithm: &'static SignatureAlgorithm,
    intermediates: usize,
    shape: impl FnOnce(&mut CertificateParams),
) -> Chain {
    let mut root = authority("Contoso Root");
    root.not_after = date_time_ymd(2050, 1, 1);
    let mut issuer = Issuer::new(root.clone(), KeyPair::generate().unwrap());
    let root = root.self_signed(issuer.key()).unwrap();
    let mut presented = Vec::new();
    for number in 0..intermediates {
        let params = authority(&format!("Contoso Issuing {number}"));
        let key = KeyPair::generate().unwrap();
        presented.insert(0, params.signed_by(&key, &issuer).unwrap().der().clone());
        issuer = Issuer::new(params, key);
    }
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "the server");
    params.not_after = date_time_ymd(2049, 1, 1);
    shape(&mut params);
    let key = KeyPair::generate_for(algorithm).unwrap();
    presented.insert(0, params.signed_by(&key, &issuer).unwrap().der().clone());
    Chain { presented, key, root }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new([]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.distinguished_name.push(DnType::OrganizationName, "Contoso");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_after = date_time_ymd(2050, 1, 1);
    params
}

/// With a serial number of this first octet. If its first bit is set, DER puts an octet of zeros before it,
/// which is no part of the number.
fn numbered(first: u8) -> Chain {
    chain(&PKCS_ECDSA_P256_SHA256, 1, |it| it.serial_number = Some(vec![first, 0, 1].into()))
}

/// Shakes hands with all who come; the port.
fn serve(chain: &Chain, versions: &[&'static SupportedProtocolVersion]) -> u16 {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = PrivateKeyDer::try_from(chain.key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain.presented.clone(), key)
        .unwrap();
    let (config, listener) =
        (Arc::new(config), TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut session = ServerConnection::new(Arc::clone(&config)).unwrap();
            // Whoever hangs up after the handshake has seen what there is.
            while session.complete_io(&mut stream).is_ok_and(|(read, wrote)| read + wrote > 0) {}
        }
    });
    port
}

fn certs(args: &[&str]) -> Run {
    Bursar::bare().args(["certs"]).args(args.iter().copied()).run()
}

fn show(port: u16, more: &[&str]) -> (i32, Value) {
    let host = format!("localhost:{port}");
    let run = certs(&[&["show", host.as_str(), "--json"], more].concat());
    (run.code, serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:?}")))
}

/// What `openssl s_client -showcerts` prints: protocol, suite, and every certificate's own words.
fn openssl(port: u16, folder: &std::path::Path) -> (String, String, Vec<Vec<String>>) {
    let connect = format!("localhost:{port}");
    let done = Command::new("openssl")
        .args(["s_client", "-showcerts", "-servername", "localhost", "-connect", &connect])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let line = text.lines().find(|line| line.contains(", Cipher is ")).unwrap();
    let (protocol, suite) = line.split_once(", Cipher is ").unwrap();
    let protocol = protocol.trim_start_matches("New, ").replace('v', " ");
    let certificates = text
        .split("-----BEGIN CERTIFICATE-----")
        .skip(1)
        .map(|part| {
            let body = part.split("-----END").next().unwrap();
            let path = folder.join("one.pem");
            fs::write(
                &path,
                format!("-----BEGIN CERTIFICATE-----{body}-----END CERTIFICATE-----\n"),
            )
            .unwrap();
            let asked = [
                "-noout",
                "-fingerprint",
                "-sha256",
                "-serial",
                "-enddate",
                "-dateopt",
                "iso_8601",
            ];
            let done = Command::new("openssl")
                .args(["x509", "-in"])
                .arg(&path)
                .args(asked)
                .output()
                .unwrap();
            assert!(done.status.success(), "{done:?}");
            String::from_utf8_lossy(&done.stdout)
                .lines()
                .map(|line| line.split_once('=').unwrap().1.replace(':', "").to_lowercase())
                .collect()
        })
        .collect();
    (protocol, suite.to_owned(), certificates)
}

#[test]
fn show_agrees_with_openssl_on_ten_shapes() {
    let both = [&rustls::version::TLS13, &rustls::version::TLS12];
    let plain = || chain(&PKCS_ECDSA_P256_SHA256, 1, |_| {});
    let with = |change: fn(&mut Chain)| {
        let mut made = plain();
        change(&mut made);
        made
    };
    // The shape, the chain, the versions, whether it is trusted with its root, and what is said of it.
    let shapes: Vec<(&str, Chain, &[&SupportedProtocolVersion], i32, &str)> = vec![
        ("leaf alone", chain(&PKCS_ECDSA_P256_SHA256, 0, |_| {}), &both, 0, "EC 256 bits"),
        ("serial, first bit set", numbered(0xd3), &both, 0, "\"d3:00:01\""),
        ("serial, first bit not set", numbered(0x53), &both, 0, "\"53:00:01\""),
        ("one intermediate, TLS 1.2", plain(), &both[1..], 0, "ECDSA and SHA-256"),
        ("three intermediates", chain(&PKCS_ECDSA_P384_SHA384, 3, |_| {}), &both, 0, "EC 384 bits"),
        ("RSA", chain(&PKCS_RSA_SHA256, 1, |_| {}), &both, 0, "RSA 2048 bits"),
        ("Ed25519", chain(&PKCS_ED25519, 1, |_| {}), &both[..1], 0, "Ed25519"),
        ("root too", with(|it| it.presented.push(it.root.der().clone())), &both, 0, "Contoso Root"),
        (
            "wrong order",
            with(|it| it.presented.insert(1, it.root.der().clone())),
            &both,
            0,
            "the order is wrong",
        ),
        ("twice", with(|it| it.presented.push(it.presented[1].clone())), &both, 0, "comes twice"),
        ("intermediate missing", with(|it| it.presented.truncate(1)), &both, 40, "leaves out"),
        (
            "expired",
            chain(&PKCS_ECDSA_P256_SHA256, 1, |it| it.not_after = date_time_ymd(2020, 1, 2)),
            &both,
            41,
            "expired on 2 Jan 2020",
        ),
        (
            "other host, many names",
            chain(&PKCS_ECDSA_P256_SHA256, 1, |it| {
                *it = CertificateParams::new(vec!["a.example".to_owned(), "10.1.2.3".to_owned()])
                    .unwrap();
                it.distinguished_name.push(DnType::CommonName, "M\u{fc}ller & S\u{f6}hne");
            }),
            &both,
            43,
            "10.1.2.3",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    for (shape, chain, versions, code, words) in shapes {
        fs::write(&ca, chain.root.pem()).unwrap();
        let port = serve(&chain, versions);
        let (exit, ours) = show(port, &["--ca-file", path_text(&ca)]);
        let (protocol, suite, theirs) = openssl(port, folder.path());
        assert_eq!(exit, code, "{shape} {ours}");
        assert!(ours.to_string().contains(words), "{shape} {words} {ours}");
        assert_eq!(ours["trusted"], code == 0, "{shape}");
        assert_eq!(ours["protocol"], protocol, "{shape}");
        let of_openssl = suite.replace("ECDHE-", "TLS_ECDHE_");
        let same = ours["suite"].as_str().unwrap().replace(['_', '-'], "").replace("WITH", "");
        assert_eq!(same, of_openssl.replace(['_', '-'], ""), "{shape}");
        let chain = ours["chain"].as_array().unwrap();
        assert_eq!(chain.len(), theirs.len(), "{shape}");
        for (one, other) in chain.iter().zip(&theirs) {
            let text = |name: &str| one[name].as_str().unwrap().replace(':', "").to_lowercase();
            let ends = text("notAfter").replace('t', " ");
            assert_eq!([text("sha256"), text("serial"), ends][..], other[..], "{shape} {one}");
        }
    }
}

#[test]
fn an_unknown_root_is_told_and_a_proxy_is_named() {
    let mut root = authority("Zscaler Root CA");
    root.not_after = date_time_ymd(2050, 1, 1);
    let issuer = Issuer::new(root, KeyPair::generate().unwrap());
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let key = KeyPair::generate().unwrap();
    let presented = vec![params.signed_by(&key, &issuer).unwrap().der().clone()];
    let other = chain(&PKCS_ECDSA_P256_SHA256, 0, |_| {});
    let port = serve(&Chain { presented, key, root: other.root }, rustls::ALL_VERSIONS);
    let run = certs(&["show", &format!("localhost:{port}")]);
    assert_eq!(run.code, 40, "{run:?}");
    assert!(run.out.contains("Zscaler opens TLS on the way"), "{run:?}");
    assert!(run.err.contains("Zscaler seems to open TLS"), "{run:?}");
    let (_, json) = show(port, &[]);
    assert_eq!(json["interceptor"], "Zscaler");
    let run = certs(&["show", "http://localhost"]);
    assert_eq!(run.code, 2, "{run:?}");
    let run = certs(&["show", "localhost:1"]);
    assert_eq!(run.code, 31, "{run:?}");
}

#[test]
fn a_chain_is_exported_and_a_file_is_checked() {
    let made = chain(&PKCS_ECDSA_P256_SHA256, 1, |_| {});
    let mut presented = made.presented.clone();
    presented.push(made.root.der().clone());
    let root = made.root.der().to_vec();
    let (leaf, pem) = (presented[0].to_vec(), made.root.pem());
    let port = serve(&Chain { presented, ..made }, rustls::ALL_VERSIONS);
    let folder = tempfile::tempdir().unwrap();
    let host = format!("localhost:{port}");
    for (name, root_alone, certificates) in [
        ("chain.pem", false, 3),
        ("chain.crt", false, 3),
        ("root.pem", true, 1),
        ("leaf.cer", false, 1),
        ("leaf.der", false, 1),
        ("root.cer", true, 1),
    ] {
        let to = folder.path().join(name);
        let mut args = vec!["export", host.as_str(), "--to", path_text(&to)];
        if root_alone {
            args.push("--root");
        }
        assert_eq!(certs(&args).code, 0, "{name}");
        let content = fs::read(&to).unwrap();
        match name {
            "leaf.cer" | "leaf.der" => assert_eq!(content, leaf),
            "root.cer" => assert_eq!(content, root),
            _ => {}
        }
        let run = certs(&["check", path_text(&to), "--json"]);
        let json: Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!(
            (run.code, json["certificates"].as_array().unwrap().len()),
            (0, certificates),
            "{name}"
        );
        // What was exported is what other programs read.
        let form = if name.ends_with("er") { "DER" } else { "PEM" };
        let done = Command::new("openssl")
            .args(["x509", "-noout", "-inform", form, "-in"])
            .arg(&to)
            .status();
        assert!(done.unwrap().success(), "{name}");
    }
    let exported = fs::read_to_string(folder.path().join("root.pem")).unwrap();
    assert_eq!(exported.replace('\r', ""), pem.replace('\r', ""));
    // With the exported root the host is trusted.
    let (code, _) = show(port, &["--ca-file", path_text(&folder.path().join("root.cer"))]);
    assert_eq!(code, 0);
    let bad = folder.path().join("bad.pem");
    fs::write(&bad, "nothing").unwrap();
    assert_eq!(certs(&["check", path_text(&bad)]).code, 2);
}

#[test]
fn a_root_that_is_not_presented_is_the_one_that_was_named() {
    let made = chain(&PKCS_ECDSA_P256_SHA256, 1, |_| {});
    let folder = tempfile::tempdir().unwrap();
    let (named, to) = (folder.path().join("ca.pem"), folder.path().join("root.der"));
    fs::write(&named, made.root.pem()).unwrap();
    let root = made.root.der().to_vec();
    let host = format!("localhost:{}", serve(&made, rustls::ALL_VERSIONS));
    let export = ["export", &host, "--root", "--to", path_text(&to)];
    let run = certs(&export);
    assert_eq!(run.code, 40, "{run:?}");
    assert!(run.err.contains("nor given with --ca-file"), "{run:?}");
    let run = certs(&[&export[..], &["--ca-file", path_text(&named)]].concat());
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(fs::read(&to).unwrap(), root);
}

#[test]
fn watching_has_an_exit_code_for_each_end() {
    let folder = tempfile::tempdir().unwrap();
    let seconds = jiff::Timestamp::now().as_second().unsigned_abs() + 10 * 86_400;
    let soon = date_time_ymd(1970, 1, 1) + std::time::Duration::from_secs(seconds);
    for (ends, days, code, words) in [
        (date_time_ymd(2049, 1, 1), "30", 0, "good"),
        (soon, "30", 46, "expires in 9 days"),
        (soon, "5", 0, "good"),
        (date_time_ymd(2020, 1, 2), "30", 41, "expired on 2 Jan 2020"),
    ] {
        let made = chain(&PKCS_ECDSA_P256_SHA256, 1, |params| params.not_after = ends);
        let ca = folder.path().join("ca.pem");
        fs::write(&ca, made.root.pem()).unwrap();
        let port = serve(&made, rustls::ALL_VERSIONS);
        let host = format!("localhost:{port}");
        let run = certs(&["watch", &host, "--days", days, "--ca-file", path_text(&ca)]);
        assert_eq!(run.code, code, "the file is good, and blurs nothing: {run:?}");
        assert!(format!("{}{}", run.out, run.err).contains(words), "{words} {run:?}");
        let run = certs(&["watch", &host, "--days", days, "--json", "--ca-file", path_text(&ca)]);
        let first: Value = serde_json::from_str(run.out.lines().next().unwrap()).unwrap();
        assert_eq!(first["exitCode"], code, "{run:?}");
    }
}
