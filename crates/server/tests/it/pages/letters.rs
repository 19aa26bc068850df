//! Letters printed, packed with what belongs to them, and answered by credits; what they say.

use domain::Role;
use serde_json::json;

use super::recovery::{LETTER, RECOVERY, confirm, of_two_suppliers, path};
use crate::browser::Browser;
use crate::desk::{Desk, key};

/// The files of a ZIP, as Python reads them, and the cells of a workbook among them.
fn unpacked(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("claim.zip");
    std::fs::write(&path, zip).unwrap();
    let script = "import sys, zipfile\nzipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
    let target = folder.path().join("files");
    let python = std::process::Command::new("python3")
        .args(["-c", script, path.to_str().unwrap(), target.to_str().unwrap()])
        .status();
    assert!(python.unwrap().success());
    let files = std::fs::read_dir(&target).unwrap().map(|entry| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())
    });
    let mut files: Vec<_> = files.collect();
    files.sort();
    files
}

#[tokio::test]
async fn a_letter_is_printed_and_packed_with_what_belongs_to_it() {
    let desk = Desk::with(&of_two_suppliers()).await;
    let mut ann = Browser::ann(&desk).await;
    confirm(&desk, &mut ann, &[1, 3]).await;
    let page = ann.get(&desk, &format!("{LETTER}?supplier=S1")).await;
    let link = page.between("href=\"/at/acme/acme/claim.zip", "\"").unwrap().replace("&#38;", "&");
    let claim = ann.get(&desk, &format!("/at/acme/acme/claim.zip{link}")).await;
    assert_eq!(claim.headers["content-type"], "application/zip");
    let bytes = desk_bytes(&desk, &mut ann, &format!("/at/acme/acme/claim.zip{link}")).await;
    let files = unpacked(&bytes);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["invoices.xlsx", "letter.pdf", "letter.txt"]);
    let text = pdf_extract::extract_text_from_mem(&files[1].1).unwrap();
    for said in ["Dear Sir or Madam", "Invoice 10983 of 3 Mar 2026", "Ald\u{e9}r & Sons"] {
        assert!(text.contains(said), "{said} {text}");
    }
    let letter = String::from_utf8(files[2].1.clone()).unwrap();
    assert!(letter.contains("In all: \u{a3}4,000.00"), "{letter}");
    let sheets = xlsx_cells(&files[0].1);
    for said in ["10983", "1000", "3000", "GBP", "The same amount."] {
        assert!(sheets.contains(said), "{said} {sheets}");
    }
    assert!(!sheets.contains("0.5"), "no probability goes to a supplier: {sheets}");
    let pdf = desk_bytes(&desk, &mut ann, &format!("{LETTER}.pdf?supplier=S1")).await;
    assert!(pdf.starts_with(b"%PDF-"));
    assert!(desk.audited().await.contains(&"finding.claim".to_owned()));
}

async fn desk_bytes(desk: &Desk, browser: &mut Browser, path: &str) -> Vec<u8> {
    let cookie = browser.cookie_header();
    let headers = [("Cookie", cookie.as_str())];
    let answer = desk.send(http::Method::GET, path, &headers, "").await;
    assert_eq!(answer.status, 200, "{path}");
    answer.body.to_vec()
}

fn xlsx_cells(workbook: &[u8]) -> String {
    use calamine::{Reader as _, Xlsx, open_workbook_from_rs};
    let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(workbook)).unwrap();
    let sheets: Vec<_> = book.worksheets();
    format!("{sheets:?}")
}

#[tokio::test]
async fn findings_of_one_payment_are_asked_for_once() {
    let mut found = of_two_suppliers();
    // The third speaks of the first's invoice and of one more, and asks for more.
    let first = found.findings[0].rows[0].clone();
    found.findings[2].rows.push(first);
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    confirm(&desk, &mut ann, &[1, 3]).await;
    for letter in
        [format!("{LETTER}?supplier=S1"), format!("{LETTER}?finding={}&finding={}", key(1), key(3))]
    {
        let page = ann.get(&desk, &letter).await;
        for said in [
            "Please refund or credit \u{a3}3,000.00: 2 of your invoices",
            "In all: \u{a3}3,000.00",
            "several of our checks speak of this payment; we ask for it once",
            "Invoice 1 looks paid twice</a> <span class=\"muted\">the same money as \u{201c}=Invoice 3 looks",
            "its finding is then",
        ] {
            assert!(page.text.contains(said), "{said} {}", page.text);
        }
        assert_eq!(page.text.matches("Invoice 10983 of").count(), 2, "{}", page.text);
    }
    let alone = ann.get(&desk, &format!("{LETTER}?finding={}", key(1))).await;
    let said = "Left out: =Invoice 1 looks paid twice: it is the same money as \u{201c}=Invoice 3 looks paid twice\u{201d}";
    assert!(alone.text.contains(said), "{}", alone.text);
    let claim = format!("/at/acme/acme/claim.zip?finding={}&finding={}", key(1), key(3));
    let files = unpacked(&desk_bytes(&desk, &mut ann, &claim).await);
    let sheets = xlsx_cells(&files[0].1);
    assert!(sheets.contains("3000") && !sheets.contains("Float(1000.0), String(\"fnd"), "{sheets}");
}

#[tokio::test]
async fn an_invoice_keyed_under_two_suppliers_is_asked_of_one_of_them() {
    let mut found = of_two_suppliers();
    let finding = &mut found.findings[2];
    finding.kind = "wrong_supplier".to_owned();
    let mut other = finding.rows[0].clone();
    other.id = "U9".to_owned();
    for (name, value) in [
        ("supplier_ref", "S0"),
        ("supplier_name", "Aaron"),
        ("invoice_number", "10983"),
        ("base_amount", "999"),
    ] {
        other.fields.insert(name.to_owned(), value.to_owned());
    }
    finding.rows.push(other);
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    confirm(&desk, &mut ann, &[3]).await;
    let page = ann.get(&desk, &path(3)).await;
    for said in [
        "Ald\u{e9}r &#38; Sons \u{21c4} Aaron \u{b7} 10983, twice",
        "<h2>Ald\u{e9}r &#38; Sons</h2>",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    let letter = format!("{LETTER}?finding={}", key(3));
    // Nothing says which was paid: the one posted last was one too many.
    for of_usual in [letter.clone(), format!("{LETTER}?supplier=S1")] {
        let page = ann.get(&desk, &of_usual).await;
        assert!(page.text.contains("write to Ald\u{e9}r &#38; Sons</a> instead"), "{}", page.text);
    }
    let page = ann.get(&desk, &format!("{letter}&supplier=S1")).await;
    for said in [
        "<h1>Letter to Ald\u{e9}r &#38; Sons</h1>",
        "href=\"/at/acme/acme/suppliers/S1\">the supplier</a>",
        "1 of your invoices",
        "\u{a3}1,000.00, our document number 3\n   we hold it as an invoice of another supplier too\n   we ask for ",
        "write to Aaron</a> instead",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    assert!(!page.text.contains("\u{a3}999.00"), "{}", page.text);
    let page = ann.get(&desk, &format!("{letter}&supplier=S0")).await;
    for said in ["<h1>Letter to Aaron</h1>", "\u{a3}999.00", "suppliers/S0\">the supplier</a>"] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    assert!(!page.text.contains("\u{a3}1,000.00"), "{}", page.text);
    // Its files are of the same letter.
    let link = page.between("href=\"/at/acme/acme/letter.txt", "\"").unwrap().replace("&#38;", "&");
    let text = ann.get(&desk, &format!("{LETTER}.txt{link}")).await;
    assert!(text.text.starts_with("Aaron\n"), "{}", text.text);
}

#[tokio::test]
async fn the_one_who_has_no_claim_is_asked_whatever_was_posted_last() {
    let mut found = of_two_suppliers();
    let finding = &mut found.findings[2];
    finding.kind = "wrong_supplier".to_owned();
    let mut other = finding.rows[0].clone();
    other.id = "U9".to_owned();
    for (name, value) in [("supplier_ref", "S0"), ("supplier_name", "Aaron")] {
        other.fields.insert(name.to_owned(), value.to_owned());
    }
    finding.rows.push(other);
    // The number is one of Aaron's: it was keyed under the first by mistake.
    finding.misposted_row = Some(finding.rows[0].id.clone());
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    confirm(&desk, &mut ann, &[3]).await;
    let page = ann.get(&desk, &format!("{LETTER}?finding={}", key(3))).await;
    for said in ["<h1>Letter to Ald\u{e9}r &#38; Sons</h1>", "write to Aaron</a> instead"] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    // It is counted with the letter that holds it, and with no other.
    for (supplier, is_asked) in [("S1", true), ("S0", false)] {
        let queue = ann.get(&desk, &format!("/at/acme/acme/findings?supplier={supplier}")).await;
        let says = queue.text.contains("One letter about 1 to be asked for");
        assert_eq!(says, is_asked, "{supplier} {}", queue.text);
    }
}

#[tokio::test]
async fn a_letter_asks_whom_was_paid_last_in_the_currency_of_the_invoice() {
    let mut found = of_two_suppliers();
    let finding = &mut found.findings[2];
    let mut other = finding.rows[0].clone();
    other.id = "U9".to_owned();
    finding.rows[0].fields.insert("paid_date".to_owned(), "2026-03-20".to_owned());
    for (name, value) in [
        ("supplier_ref", "S0"),
        ("supplier_name", "Aaron"),
        ("paid_date", "2026-04-02"),
        ("base_amount", "3000"),
        ("invoice_amount", "4000"),
        ("invoice_amount_currency", "USD"),
    ] {
        other.fields.insert(name.to_owned(), value.to_owned());
    }
    finding.rows.push(other);
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    confirm(&desk, &mut ann, &[3]).await;
    let page = ann.get(&desk, &format!("{LETTER}?finding={}", key(3))).await;
    for said in [
        "<h1>Letter to Aaron</h1>",
        "paid 20 Mar 2026, our document number 3\n",
        "US$4,000.00, paid 2 Apr 2026, our document number U9\n",
        "we ask for US$4,000.00 (\u{a3}3,000.00 in our books)",
        "In all: US$4,000.00",
        "href=\"/at/acme/acme/letter?finding=",
        "write to Ald\u{e9}r &#38; Sons (S1)</a> instead",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    // Whom of the two is asked is somebody's choice, of whatever kind the finding is.
    let other = ann.get(&desk, &format!("{LETTER}?finding={}&supplier=S1", key(3))).await;
    for said in [
        "<h1>Letter to Ald\u{e9}r &#38; Sons</h1>",
        "paid 20 Mar 2026, our document number 3\n",
        "paid 2 Apr 2026, our document number U9\n",
        "In all: \u{a3}3,000.00",
        "write to Aaron (S0)</a> instead",
    ] {
        assert!(other.text.contains(said), "{said} {}", other.text);
    }
    assert!(!other.text.contains("of another supplier too"), "{}", other.text);
    let link =
        other.between("href=\"/at/acme/acme/letter.txt", "\"").unwrap().replace("&#38;", "&");
    let text = ann.get(&desk, &format!("{LETTER}.txt{link}")).await;
    assert!(text.text.starts_with("Ald\u{e9}r & Sons\n"), "{}", text.text);
}

#[tokio::test]
async fn a_credit_that_comes_later_is_the_answer_when_somebody_says_so() {
    let desk = Desk::with(&of_two_suppliers()).await;
    let mut ann = Browser::ann(&desk).await;
    confirm(&desk, &mut ann, &[1, 3]).await;
    let asked = [("stage", "asked"), ("on", "2026-11-20"), ("due", "2026-12-01")];
    for number in [1, 3] {
        let sent = ann.post(&desk, &format!("{}/recovery", path(number)), &asked).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }
    let credit = |id: &str, number: &str, amount: &str| domain::finding::Credit {
        id: id.to_owned(),
        supplier: "S1".to_owned(),
        number: number.to_owned(),
        on: Some("2026-11-21".parse().unwrap()),
        money: domain::Money { amount: amount.parse().unwrap(), currency: Some("GBP".to_owned()) },
        words: String::new(),
    };
    desk.book.finds(of_two_suppliers());
    desk.book.credits(vec![
        credit("U7", "CN 7", "3000"),
        credit("U8", "CN 8", "55"),
        credit("U9", "CN-10983", "12"),
    ]);
    desk.receive("b_1.csv", "SAP").await;
    desk.work().await;
    let list = ann.get(&desk, RECOVERY).await;
    for said in [
        "Credits that may be the answer",
        "Credit CN 7 of 21 Nov 2026, \u{a3}3,000.00",
        "It is of what was asked for, and names no invoice.",
        "Credit CN-10983 of 21 Nov 2026, \u{a3}12.00",
    ] {
        assert!(list.text.contains(said), "{said} {}", list.text);
    }
    assert!(!list.text.contains("CN 8"), "{}", list.text);
    let page = ann.get(&desk, &path(3)).await;
    assert!(page.text.contains("Credit CN 7"), "{}", page.text);
    let take = [("credit", "U7"), ("take", "yes")];
    let taken = ann.post(&desk, &format!("{}/credit", path(3)), &take).await;
    assert!(taken.location().ends_with("said=credit-taken"), "{}", taken.location());
    let page = ann.get(&desk, &path(3)).await;
    let said = "Received on 21 Nov 2026, CN 7. \u{a3}3,000.00 recorded, of \u{a3}3,000.00 at risk.";
    assert!(page.text.contains(said), "{}", page.text);
    let twice = ann.post(&desk, &format!("{}/credit", path(3)), &take).await;
    assert_eq!(twice.status, 409);
    let token = desk.token(Role::Analyst, "SAP").await;
    let listed = desk.get(&token, "credits").await;
    crate::findings::is_documented("CreditMatches", &listed.json());
    assert_eq!(listed.json()["items"][0]["credit"]["id"], "U9", "{}", listed.json());
    let refuse = json!({ "credit": "U9", "isAnswer": false });
    let refused = desk.post(&token, &format!("findings/{}/credit", key(1)), &refuse).await;
    assert_eq!(refused.status, 200, "{}", refused.json());
    assert_eq!(desk.get(&token, "credits").await.json()["items"], json!([]));
    let set = ann.post(&desk, "/settings/acme/letter/credits", &[("takes", "1")]).await;
    assert_eq!(set.location(), "/settings/acme/letter?said=takes-credits");
    desk.book.credits(vec![credit("U12", "CN-10983", "1000")]);
    desk.receive("c_1.csv", "SAP").await;
    desk.work().await;
    let page = ann.get(&desk, &path(1)).await;
    let said =
        "Received on 21 Nov 2026, CN-10983. \u{a3}1,000.00 recorded, of \u{a3}1,000.00 at risk.";
    assert!(page.text.contains(said), "{}", page.text);
    let log = desk.audited().await;
    for what in ["credit.take", "credit.refuse", "customer.set_credits"] {
        assert!(log.contains(&what.to_owned()), "{what} {log:?}");
    }
}

#[tokio::test]
async fn an_admin_writes_what_letters_say() {
    let desk = Desk::with(&of_two_suppliers()).await;
    let mut ann = Browser::ann(&desk).await;
    let template = "/settings/acme/letter";
    let page = ann.get(&desk, template).await;
    assert!(page.text.contains("<dt><code>{items}</code></dt>"), "{}", page.text);
    for (subject, body, said) in [
        ("x", "Dear {suplier}, {items}", "{suplier} is no field of a letter"),
        ("x", "Dear {supplier}", "put {items} where that is to stand"),
    ] {
        let refused = ann.post(&desk, template, &[("subject", subject), ("body", body)]).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert!(refused.text.contains(said) && refused.text.contains(body), "{}", refused.text);
    }
    let own = [("subject", "Refund"), ("body", "Hello {supplier}:\r\n{items}")];
    let set = ann.post(&desk, template, &own).await;
    assert_eq!(set.location(), format!("{template}?said=letter-set"));
    confirm(&desk, &mut ann, &[2]).await;
    let letter = ann.get(&desk, &format!("{LETTER}?finding={}", key(2))).await;
    assert!(letter.text.contains("Hello Birch:\n1. Invoice 10983"), "{}", letter.text);
    let usual = ann.post(&desk, template, &[("usual", "1")]).await;
    assert_eq!(usual.status, 303);
    assert!(ann.get(&desk, template).await.text.contains("Yours faithfully"));
}

#[tokio::test]
async fn a_letter_is_signed_by_what_the_unit_is_called() {
    let desk = Desk::with(&of_two_suppliers()).await;
    let mut ann = Browser::ann(&desk).await;
    confirm(&desk, &mut ann, &[1]).await;
    let letter = format!("{LETTER}?finding={}", key(1));
    let (warning, signed) = ("the short name of the unit", "\nAcme Trading Ltd\n");
    let page = ann.get(&desk, &letter).await;
    for said in [warning, "<a href=\"/settings/acme/units\">Say what the unit is called</a>"] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    let fields = [("unit", "acme"), ("title", "Acme Trading Ltd")];
    let called = ann.post(&desk, "/settings/acme/units/rename", &fields).await;
    assert_eq!(called.status, 303, "{}", called.text);
    let page = ann.get(&desk, &letter).await;
    assert!(page.text.contains(signed) && !page.text.contains(warning), "{}", page.text);
}
