//! Signing in at a real identity provider: oidc-provider, which `cargo xtask setup` installs.
//!
//! Not for: what a provider should never say; `server` tries that with an issuer of its own.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Lines};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Response};

use crate::harness::{Server, install_provider};

const SITE: &str = "https://bursar.example.org";
const HOST: &str = "bursar.example.org";
/// Signs that an encoding has to mind.
const SECRET: &str = "hunter 2: +%";
/// Where `cargo xtask setup` puts it, below the home folder.
const INSTALLED: &str = ".cache/bursar/identity-provider";
const PASSWORD: &str = "correct horse staple";

/// A provider on this machine; killed when dropped.
struct IdentityProvider {
    child: Child,
    url: String,
    /// Held open: what it says later must not end it.
    _output: Lines<BufReader<ChildStdout>>,
}

impl IdentityProvider {
    fn start() -> Self {
        let home = std::env::var_os("HOME").expect("a home folder");
        let folder = Path::new(&home).join(INSTALLED);
        let is_installed = folder.join("node_modules/oidc-provider/lib/index.js").exists();
        assert!(is_installed, "{} is missing: run `cargo xtask setup` first", folder.display());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/oidc/provider.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .arg(&folder)
            .args([SECRET, SITE])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is there: `cargo xtask setup` installs it");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.next().expect("it says where it listens").unwrap();
        Self { child, url, _output: lines }
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        // It may have ended already.
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// A browser that keeps cookies by host and follows what it is told, one step at a time.
struct Walker<'s> {
    server: &'s Server,
    client: Client,
    cookies: BTreeMap<(String, String), String>,
}

/// A page, read to its end.
struct Page {
    status: u16,
    location: String,
    refresh: String,
    text: String,
}

impl<'s> Walker<'s> {
    fn new(server: &'s Server) -> Self {
        install_provider();
        let authority = Certificate::from_pem(&fs::read(server.authority()).unwrap()).unwrap();
        let client = Client::builder()
            .http1_only()
            .no_proxy()
            .redirect(Policy::none())
            .tls_certs_only([authority])
            .build()
            .unwrap();
        Self { server, client, cookies: BTreeMap::new() }
    }

    async fn get(&mut self, url: &str) -> Page {
        self.ask(url, None).await
    }

    async fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> Page {
        let form = form_urlencoded(fields);
        self.ask(url, Some(form)).await
    }

    async fn ask(&mut self, url: &str, form: Option<String>) -> Page {
        let host = url.split('/').nth(2).unwrap().to_owned();
        // The server is not where people reach it, but on a free port of this machine.
        let reached = match url.strip_prefix(SITE) {
            Some(path) => self.server.url(path),
            None => url.to_owned(),
        };
        let own = self.cookies.iter().filter(|((of, _), _)| *of == host);
        let cookies: Vec<String> =
            own.map(|((_, name), value)| format!("{name}={value}")).collect();
        let mut request = match form {
            None => self.client.get(reached),
            Some(form) => self
                .client
                .post(reached)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(form),
        };
        request = request.header("Accept", "text/html").header("Cookie", cookies.join("; "));
        if host == HOST {
            request = request.header("Host", HOST).header("Sec-Fetch-Site", "same-origin");
        }
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert((host.clone(), name.to_owned()), value.to_owned());
        }
        page(answer, url).await
    }

    /// Signs in at the provider as somebody, and comes to where it sends them back.
    async fn walk(&mut self, login: &str) -> String {
        let mut page = self.get(&format!("{SITE}/sign-in/with/corp?next=%2Fme")).await;
        for _step in 0..12 {
            assert!(page.status == 303 || page.status == 200, "{} {}", page.status, page.text);
            if page.location.starts_with(SITE) {
                return page.location;
            }
            page = match page.between("action=\"", "\"") {
                // The provider's own pages: who it is, and whether they want to.
                Some(action) => {
                    let prompt = page.between("name=\"prompt\" value=\"", "\"").unwrap().to_owned();
                    let fields =
                        [("prompt", prompt.as_str()), ("login", login), ("password", "any")];
                    self.post(action, &fields).await
                }
                None => self.get(&page.location.clone()).await,
            };
        }
        panic!("the provider sends nobody back: {} {}", page.location, page.text);
    }

    async fn sign_in(&mut self, login: &str) -> Page {
        let back = self.walk(login).await;
        self.get(&back).await
    }
}

impl Page {
    fn between(&self, from: &str, to: &str) -> Option<&str> {
        self.text.split_once(from)?.1.split_once(to).map(|(found, _)| found)
    }
}

async fn page(answer: Response, url: &str) -> Page {
    let header = |name: &str| {
        answer
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
            .to_owned()
    };
    let (status, mut location, refresh) =
        (answer.status().as_u16(), header("location"), header("refresh"));
    if location.starts_with('/') {
        let origin: Vec<&str> = url.splitn(4, '/').take(3).collect();
        location = format!("{}{location}", origin.join("/"));
    }
    Page { status, location, refresh, text: answer.text().await.unwrap() }
}

fn form_urlencoded(fields: &[(&str, &str)]) -> String {
    let encoded =
        |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let pair = |(name, value): &(&str, &str)| format!("{}={}", encoded(name), encoded(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn configured(provider: &IdentityProvider, folder: &Path) -> String {
    let secret = folder.join("secret");
    fs::write(&secret, SECRET).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    format!(
        "public_url = \"{SITE}\"\n\
         [limits]\nworkers = 0\n\
         [oidc.corp]\ntitle = \"Corp\"\nissuer = \"{}\"\nclient_id = \"bursar\"\n\
         client_secret_file = \"{}\"\nscopes = [\"profile\", \"email\", \"groups\"]\n\
         [[oidc.corp.roles]]\ngroup = \"clerks\"\ncustomer = \"acme\"\nrole = \"analyst\"\n",
        provider.url,
        secret.display()
    )
}

/// The first administrator, by the link that the server has put into a file.
async fn make_administrator(server: &Server) {
    let file: PathBuf = server.data_dir().join("welcome-link.txt");
    let link = fs::read_to_string(file).unwrap();
    let path = link.trim().split_once("/welcome/").unwrap().1;
    let fields = [
        ("name", "Ann"),
        ("email", "ann@example.org"),
        ("new_password", PASSWORD),
        ("new_password_again", PASSWORD),
    ];
    let url = format!("{SITE}/welcome/{path}");
    assert_eq!(Walker::new(server).post(&url, &fields).await.status, 303);
}

#[tokio::test]
async fn people_sign_in_at_a_certified_provider() {
    let (provider, folder) = (IdentityProvider::start(), tempfile::tempdir().unwrap());
    let server = Server::start_with(&configured(&provider, folder.path()));
    let early = Walker::new(&server).sign_in("clerk").await;
    assert!(early.status == 422 && early.text.contains("no administrator yet"), "{}", early.text);
    make_administrator(&server).await;

    let mut clerk = Walker::new(&server);
    let back = clerk.walk("clerk").await;
    let signed_in = clerk.get(&back).await;
    assert_eq!((signed_in.status, signed_in.location), (303, format!("{SITE}/me")));
    let me = clerk.get(&format!("{SITE}/me")).await;
    assert!(me.text.contains("clerk@example.org") && me.text.contains("analyst"), "{}", me.text);
    assert_eq!(clerk.get(&format!("{SITE}/at/acme/acme/uploads")).await.status, 200);
    assert_eq!(clerk.get(&back).await.status, 422, "an answer counts once");

    for (login, said) in
        [("stranger", "invite you"), ("unverified", "was verified"), ("ann", "no provider")]
    {
        let mut walker = Walker::new(&server);
        let page = walker.sign_in(login).await;
        assert!(page.status == 422 && page.text.contains(said), "{login}: {}", page.text);
        assert_eq!(walker.get(&format!("{SITE}/me")).await.status, 303);
    }

    let csrf = me.between("name=\"csrf\" value=\"", "\"").unwrap();
    let out = clerk.post(&format!("{SITE}/sign-out"), &[("csrf", csrf)]).await;
    let there = out.refresh.strip_prefix("0; url=").unwrap().to_owned();
    let asks = clerk.get(&there).await;
    let (action, xsrf) = (
        asks.between("action=\"", "\"").unwrap().to_owned(),
        asks.between("name=\"xsrf\" value=\"", "\"").unwrap().to_owned(),
    );
    let gone = clerk.post(&action, &[("xsrf", &xsrf), ("logout", "yes")]).await;
    assert_eq!((gone.status, gone.location), (303, format!("{SITE}/sign-in")));

    let (log, code) =
        (server.log(), back.split_once("code=").unwrap().1.split('&').next().unwrap());
    assert!(log.contains("nobody was signed in by an identity provider"), "{log}");
    for secret in [code, "eyJ", SECRET, "clerk@"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
    let listed = server.bursard(&["user", "unlink", "clerk@example.org"]);
    let said = String::from_utf8(listed.stdout).unwrap();
    assert!(said.contains("known to no identity provider any more"), "{said}");
    assert!(server.bursard(&["audit", "verify"]).status.success());
}

#[tokio::test]
async fn a_wrong_secret_is_said_and_shown_to_nobody() {
    let (provider, folder) = (IdentityProvider::start(), tempfile::tempdir().unwrap());
    let config = configured(&provider, folder.path());
    fs::write(folder.path().join("secret"), "not the one").unwrap();
    let server = Server::start_with(&config);
    let page = Walker::new(&server).sign_in("clerk").await;
    assert!(page.status == 422 && page.text.contains("(invalid_client)"), "{}", page.text);
    assert!(!server.log().contains("not the one"));
}
