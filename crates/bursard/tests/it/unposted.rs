//! Invoices that are not posted yet, sent in every way: curl, `bursar send` and the page; found where the
//! ledger has them already, and gone from the list once they are posted.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use serde_json::Value;

use crate::harness::{CUSTOMER, Server, sibling};
use crate::table::Table;

const HEADER: &str = "Unique ID,Invoice Number,Invoice Date,Captured Date,Supplier Ref,Supplier Name,\
     Invoice Amount,Status\n";
const LEDGER_HEADER: &str = "Unique ID,Invoice Number,Invoice Date,Entered Date,Supplier Ref,Supplier Name,\
     Base Amount,Invoice Amount\n";
const LIST: &str = "/at/acme/acme/unposted_invoices";

fn unit_path(below: &str) -> String {
    format!("/customers/{CUSTOMER}/units/{CUSTOMER}/{below}")
}

/// A person who is signed in.
pub(crate) struct SignedIn<'a> {
    server: &'a Server,
    cookies: String,
}

impl<'a> SignedIn<'a> {
    /// An analyst who was invited and has chosen a password.
    pub(crate) async fn invited(server: &'a Server) -> Self {
        let invite =
            ["user", "invite", "ann@example.org", "--customer", CUSTOMER, "--role", "analyst"];
        let link = server.bursard(&invite);
        assert!(link.status.success(), "{}", String::from_utf8_lossy(&link.stderr));
        let link = String::from_utf8(link.stdout).unwrap();
        let (_, path) = link.trim().rsplit_once("/invitation/").unwrap();
        let nobody = Self { server, cookies: String::new() };
        let new =
            "name=Ann&new_password=correct+horse+staple&new_password_again=correct+horse+staple";
        let joined = nobody.submit(&format!("/invitation/{path}"), (FORM, new.to_owned())).await;
        assert!(joined.status().as_u16() < 400, "{}", joined.text().await.unwrap());
        let who = "email=ann%40example.org&password=correct+horse+staple".to_owned();
        let answer = nobody.submit("/sign-in", (FORM, who)).await;
        let cookies = answer.headers().get_all("set-cookie").iter();
        let cookies = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap());
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        assert!(!cookies.is_empty(), "{}", answer.text().await.unwrap());
        Self { server, cookies }
    }

    /// A client that says where it is sent on to, and does not go there.
    fn client(&self) -> Client {
        let authority = fs::read(self.server.authority()).unwrap();
        let client = Client::builder().http1_only().no_proxy().redirect(Policy::none());
        client.tls_certs_only([Certificate::from_pem(&authority).unwrap()]).build().unwrap()
    }

    pub(crate) async fn page(&self, path: &str) -> String {
        let asked = self.client().get(self.server.url(path)).header("Cookie", &self.cookies);
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    async fn submit(&self, path: &str, (media, body): (&str, String)) -> reqwest::Response {
        let request = self.client().post(self.server.url(path)).body(body);
        let request = request.header("Content-Type", media).header("Cookie", &self.cookies);
        request.header("Sec-Fetch-Site", "same-origin").send().await.unwrap()
    }

    /// Sends a file from the page.
    async fn send(&self, name: &str, content: &str) {
        let path = "/at/acme/acme/uploads/send";
        let form = self.page(path).await;
        let (_, csrf) = form.split_once("name=\"csrf\" value=\"").unwrap();
        let csrf = csrf.split('"').next().unwrap();
        let field = |name: &str, value: &str| {
            format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let file = format!(
            "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: text/csv\r\n\r\n{content}\r\n--XX--\r\n"
        );
        let body = [field("csrf", csrf), field("file_type", "IMS"), file].concat();
        let sent = self.submit(path, ("multipart/form-data; boundary=XX", body)).await;
        assert!(sent.status().as_u16() < 400, "{}", sent.text().await.unwrap());
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

fn by_curl(server: &Server, file: &Path) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/upload.sh");
    Command::new("sh")
        .arg(script)
        .arg(file)
        .env("BURSAR_URL", server.url(""))
        .env("BURSAR_CUSTOMER", CUSTOMER)
        .env("BURSAR_TYPE", "IMS")
        .env("BURSAR_TOKEN_FILE", server.token_file())
        .env("BURSAR_CA_FILE", server.authority())
        .output()
        .unwrap()
}

fn by_bursar(server: &Server, file: &Path) -> Output {
    Command::new(sibling("bursar"))
        .args(["send", "--type", "IMS", "--url", &server.url(""), "--customer", CUSTOMER])
        .arg("--ca-file")
        .arg(server.authority())
        .arg("--token-file")
        .arg(server.token_file())
        .arg(file)
        .output()
        .unwrap()
}

/// Thirty invoices of one supplier that are alike in nothing.
fn ledger() -> String {
    let mut text = LEDGER_HEADER.to_owned();
    for n in 0..30 {
        let (month, day, amount) = (1 + n / 5, 3 + (n * 7) % 25, 100 + n * n * 13);
        writeln!(
            text,
            "T{n},AW{},2026-{month:02}-{day:02},2026-{month:02}-{day:02},S1,Alder Works Ltd,\
             {amount}.{n:02},{amount}.{n:02}",
            3000 + n * 7
        )
        .unwrap();
    }
    text
}

/// Waits for a finding that speaks of an invoice of the workflow and one of the ledger.
async fn duplicate_of(server: &Server, analyst: &str, [waiting, posted]: [&str; 2]) -> Value {
    loop {
        let list = unit_path("findings?check=duplicate_invoices&limit=500");
        let page = server.get_json(analyst, &list).await;
        for one in page["items"].as_array().unwrap() {
            let path = unit_path(&format!("findings/{}", one["key"].as_str().unwrap()));
            let finding = server.get_json(analyst, &path).await;
            let has =
                |id: &str| finding["rows"].as_array().unwrap().iter().any(|row| row["id"] == id);
            if has(waiting) && has(posted) {
                return finding;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn they_come_in_every_way_and_leave_when_they_are_posted() {
    let server = Server::start();
    let uploader = server.token();
    let analyst = server.token_with(&["--customer", CUSTOMER, "--role", "analyst"]);
    let ann = SignedIn::invited(&server).await;
    assert!(ann.page(LIST).await.contains("extract of type IMS"));
    let sent = server.post(&uploader, "APT/ledger_20260720.csv").body(ledger()).send().await;
    assert_eq!(sent.unwrap().status(), 201);
    let folder = tempfile::tempdir().unwrap();
    // What T20 says already, an invoice that is posted later, and one that stays.
    let rows = [
        ("curl_20260720.csv", "W1,AW 3140,2026-05-18,2026-07-20,S1,Alder Works Ltd,5300.20,Open\n"),
        ("bursar_20260720.csv", "W2,AW9001,2026-07-19,2026-07-20,S1,Alder Works Ltd,77.70,Open\n"),
        ("page_20260720.csv", "W3,AW9002,2026-07-19,2026-07-20,S1,Alder Works Ltd,31.10,Open\n"),
    ];
    let [curl, bursar] = [0, 1].map(|at: usize| {
        let path = folder.path().join(rows[at].0);
        fs::write(&path, format!("{HEADER}{}", rows[at].1)).unwrap();
        path
    });
    for sent in [by_curl(&server, &curl), by_bursar(&server, &bursar)] {
        let said = [sent.stdout, sent.stderr].concat();
        assert!(sent.status.success(), "{}", String::from_utf8_lossy(&said));
    }
    ann.send(rows[2].0, &format!("{HEADER}{}", rows[2].1)).await;
    server.all_read(&uploader).await;
    let uploads = server.get_json(&uploader, &unit_path("Uploads?limit=500")).await;
    let uploads = uploads["items"].as_array().unwrap().iter();
    assert_eq!(uploads.filter(|upload| upload["fileType"] == "IMS").count(), 3, "one in each way");
    let list = ann.page(LIST).await;
    for number in ["AW 3140", "AW9001", "AW9002"] {
        assert!(list.contains(number), "{number}: {list}");
    }

    let finding = duplicate_of(&server, &analyst, ["W1", "T20"]).await;
    assert_eq!(finding["lane"], "stop_payment", "{finding}");

    let posted = "P2,AW9001,2026-07-19,2026-07-21,S1,Alder Works Ltd,77.70,77.70\n";
    let text = format!("{LEDGER_HEADER}{posted}");
    let sent = server.post(&uploader, "APT/ledger_20260721.csv").body(text).send().await;
    assert_eq!(sent.unwrap().status(), 201);
    // Marked behind the file's own commit.
    let posted_as = || {
        let table = Table::parse(&server.exported("IMS"));
        let (id, posted) = (table.place("unique_id"), table.place("posted_as"));
        let of = |row: &Vec<String>| (row[id].clone(), row[posted].clone());
        table.rows.iter().map(of).find(|(id, _)| id == "W2").unwrap().1
    };
    while posted_as() != "P2" {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let list = ann.page(LIST).await;
    assert!(!list.contains("AW9001") && list.contains("AW9002"), "{list}");
}
