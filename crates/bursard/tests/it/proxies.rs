//! The server behind the proxies of Debian, set up as `examples/proxy` says: people sign in, files stream
//! through, refusals come back, and the audit log knows who it was.

mod proxy;

use std::fs;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::process::Command;

use reqwest::{Body, Certificate, Client, Response};
use serde_json::Value;

use crate::harness::{JsonAnswer as _, Server, first_piece, pieces, sibling};
use proxy::{Proxy, Setup, setup};

/// Clients come from here, the proxy from 127.0.0.1: both are this machine.
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
const PASSWORD: &str = "correct horse staple";
const FILE_BYTES: usize = 20 * 1024 * 1024;

/// A server, what stands in front of it, and how it is reached.
struct Site {
    server: Server,
    _proxy: Proxy,
    url: String,
}

impl Site {
    fn start(setup: Setup) -> Self {
        let port = free_port();
        let url = format!("https://localhost:{port}{}", setup.prefix);
        let server = Server::start_with(&format!(
            "public_url = \"{url}\"\ntrusted_proxies = [\"127.0.0.1\"]\n{}\n[limits]\nworkers = 0\n",
            setup.config
        ));
        let proxy = Proxy::start(setup, &server, port);
        Self { server, _proxy: proxy, url }
    }

    fn client(&self) -> Client {
        let authority = fs::read(self.server.authority()).unwrap();
        Client::builder()
            .http1_only()
            .no_proxy()
            .local_address(CLIENT)
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only([Certificate::from_pem(&authority).unwrap()])
            .build()
            .unwrap()
    }

    /// Sends a form as a browser does that says where it comes from by its origin alone.
    async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Response {
        let mut body = String::new();
        for (name, value) in fields {
            let value = value.replace('@', "%40").replace(' ', "+");
            body = format!("{body}{name}={value}&");
        }
        let (scheme, rest) = self.url.split_once("://").unwrap();
        let origin = format!("{scheme}://{}", rest.split('/').next().unwrap());
        let request = self.client().post(format!("{}{path}", self.url)).header("Origin", origin);
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        request.header("Cookie", cookie).body(body).send().await.unwrap()
    }

    fn upload(&self, token: &str, name: &str, body: impl Into<Body>) -> reqwest::RequestBuilder {
        let path = format!("/customers/acme/units/acme/Uploads/upload/APT/{name}");
        self.client()
            .post(format!("{}{path}", self.url))
            .header("Content-Type", "text/csv")
            .bearer_auth(token)
            .body(body)
    }

    /// The details of what the audit log has of this kind, the oldest first.
    fn audited(&self, what: &str) -> Vec<Value> {
        let output = self.server.bursard(&["audit", "export"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let lines = String::from_utf8(output.stdout).unwrap();
        let entry = |line| serde_json::from_str::<Value>(line).unwrap()["entry"].clone();
        let entries = lines.lines().map(entry);
        entries
            .filter(|entry| entry["what"] == what)
            .map(|entry| entry["details"].clone())
            .collect()
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn people_sign_in(site: &Site) {
    let link = fs::read_to_string(site.server.data_dir().join("welcome-link.txt")).unwrap();
    let path = link.trim().strip_prefix(&site.url).unwrap_or_else(|| panic!("{link}"));
    let answer = site
        .post(
            path,
            "",
            &[
                ("name", "Ann"),
                ("email", "ann@example.org"),
                ("new_password", PASSWORD),
                ("new_password_again", PASSWORD),
            ],
        )
        .await;
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    let wrong = site.post("/sign-in", "", &[("email", "ann@example.org"), ("password", "x")]).await;
    assert_eq!(wrong.status(), 422);
    let fields = [("email", "ann@example.org"), ("password", PASSWORD)];
    let answer = site.post("/sign-in", "", &fields).await;
    assert_eq!(answer.status(), 303);
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let prefix = site.url.split_once("localhost").unwrap().1.find('/');
    assert_eq!(location.len() > 1, prefix.is_some(), "{location}");
    let cookies: Vec<&str> = answer
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap())
        .collect();
    let me = site.client().get(format!("{}/me", site.url)).header("Cookie", cookies.join("; "));
    let me = me.send().await.unwrap();
    assert_eq!(me.status(), 200);
    assert!(me.text().await.unwrap().contains(&CLIENT.to_string()), "the session's address");
    let refused = site.audited("user.sign_in_refused");
    assert_eq!(refused.last().unwrap()["address"], CLIENT.to_string(), "{refused:?}");
}

/// A file of 20 MB, the server receiving it before the client has sent more than its beginning.
async fn files_stream_through(site: &Site) {
    let token = site.server.token();
    let (more, body) = pieces();
    let sending = tokio::spawn(site.upload(&token, "a_20261123.csv", body).send());
    more.send(first_piece()).await.unwrap();
    site.server.receiving().await;
    let piece = first_piece();
    for _ in 0..FILE_BYTES / piece.len() {
        more.send(piece.clone()).await.unwrap();
    }
    drop(more);
    let answer = sending.await.unwrap().unwrap();
    assert_eq!(answer.status(), 201);
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let size = answer.json_value().await["bytes"].clone();
    assert!(size.as_u64().unwrap() >= u64::try_from(FILE_BYTES).unwrap(), "{size}");
    // What the receipt leads to is there, by the same way.
    let origin = site.url.rfind("/bursar").map_or(site.url.as_str(), |at| &site.url[..at]);
    let followed = site.client().get(format!("{origin}{location}")).bearer_auth(&token);
    assert_eq!(followed.send().await.unwrap().status(), 200, "{location}");
}

async fn a_refusal_comes_back(site: &Site) {
    let refused = site.upload("nonsense", "b_20261123.csv", vec![b'x'; FILE_BYTES]).send().await;
    let refused = refused.unwrap();
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.json_value().await["code"], "token_invalid");
}

fn the_uploader_sends_through(site: &Site) {
    let file = site.server.folder.path().join("c_20261123.csv");
    fs::write(&file, "Supplier\n").unwrap();
    let output = Command::new(sibling("bursar"))
        .arg("send")
        .arg(&file)
        .args(["--customer", "acme", "--type", "APT", "--url", &site.url, "--ca-file"])
        .arg(site.server.authority())
        .arg("--token-file")
        .arg(site.server.token_file())
        .env("HOME", site.server.folder.path())
        .env("NO_PROXY", "localhost")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

async fn works(setup: Setup) {
    let site = Site::start(setup);
    people_sign_in(&site).await;
    files_stream_through(&site).await;
    a_refusal_comes_back(&site).await;
    the_uploader_sends_through(&site);
}

#[tokio::test]
async fn behind_nginx() {
    works(setup("nginx", "nginx.conf", "")).await;
    works(setup("nginx", "nginx-path.conf", "/bursar")).await;
}

#[tokio::test]
async fn behind_haproxy() {
    works(setup("haproxy", "haproxy.cfg", "")).await;
    works(setup("haproxy", "haproxy-path.cfg", "/bursar")).await;
}

#[tokio::test]
async fn behind_a_balancer_of_connections() {
    let config = "[proxy]\nclient_address_in = \"proxy-protocol\"";
    works(Setup { config, ..setup("haproxy", "haproxy-tcp.cfg", "") }).await;
}

#[tokio::test]
async fn behind_caddy() {
    works(setup("caddy", "Caddyfile", "")).await;
    works(setup("caddy", "Caddyfile-path", "/bursar")).await;
}

#[tokio::test]
async fn a_trusted_proxy_without_its_header_is_closed() {
    let server = Server::start_with(
        "trusted_proxies = [\"127.0.0.1\"]\n[proxy]\nclient_address_in = \"proxy-protocol\"\n\
         [limits]\nworkers = 0\n",
    );
    let authority = Certificate::from_pem(&fs::read(server.authority()).unwrap()).unwrap();
    let asked = |from: [u8; 4]| {
        let client = Client::builder()
            .no_proxy()
            .local_address(IpAddr::from(from))
            .tls_certs_only([authority.clone()])
            .build()
            .unwrap();
        client.get(server.url("/healthz")).send()
    };
    assert!(asked([127, 0, 0, 1]).await.is_err(), "a trusted proxy says whom it forwards");
    assert_eq!(asked([127, 0, 0, 3]).await.unwrap().status(), 200, "others speak for themselves");
    assert!(server.log().contains("PROXY protocol"), "{}", server.log());
}

/// Thirty wrong tries of one client behind a proxy lock that client out, and nobody else.
#[tokio::test]
async fn nobody_behind_a_proxy_locks_the_others_out() {
    let site = Site::start(setup("nginx", "nginx.conf", ""));
    let guess = |number: u32| {
        let email = format!("nobody{number}@example.org");
        let site = &site;
        async move { site.post("/sign-in", "", &[("email", &email), ("password", "x")]).await }
    };
    for number in 0..30 {
        let answer = guess(number).await;
        assert!(!answer.text().await.unwrap().contains("too many wrong attempts"), "{number}");
    }
    assert!(guess(31).await.text().await.unwrap().contains("too many wrong attempts"));
    people_sign_in_elsewhere(&site).await;
}

async fn people_sign_in_elsewhere(site: &Site) {
    let authority = fs::read(site.server.authority()).unwrap();
    let client = Client::builder()
        .no_proxy()
        .local_address(IpAddr::from([127, 0, 0, 4]))
        .tls_certs_only([Certificate::from_pem(&authority).unwrap()])
        .build()
        .unwrap();
    let request = client.post(format!("{}/sign-in", site.url)).header("Origin", &site.url);
    // What the client writes itself counts for nothing.
    let request = request.header("X-Forwarded-For", CLIENT.to_string());
    let request = request.header("Content-Type", "application/x-www-form-urlencoded");
    let answer = request.body("email=ann%40example.org&password=x").send().await.unwrap();
    assert!(!answer.text().await.unwrap().contains("too many wrong attempts"));
}
