//! The page Columns: what fields are read from, tried before it is kept.

use domain::problem::Reason;
use domain::{FileType, InvoiceSign, MemberRole};

use crate::book::Act;
use crate::browser::Browser;
use crate::desk::Desk;

const LIST: &str = "/at/acme/acme/uploads";

/// Sends a file by hand and lets it be read; the address of its page.
async fn sent(desk: &Desk, ann: &mut Browser, act: Act, content: &str) -> String {
    sent_as(desk, ann, ("a_1.csv", content), act).await
}

async fn sent_as(desk: &Desk, ann: &mut Browser, file: (&str, &str), act: Act) -> String {
    desk.book.next(file.0, act);
    ann.get(desk, &format!("{LIST}/send")).await;
    let sent = ann.send_file(desk, &format!("{LIST}/send"), "APT", file).await;
    let upload = sent.location().split('?').next().unwrap().to_owned();
    desk.work().await;
    upload
}

fn chosen<'a>(id: &'a str, number: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("field", "supplier_id"), ("source", id), ("field", "invoice_number"), ("source", number)]
}

#[tokio::test]
async fn fields_are_chosen_by_looking_at_a_file() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let of_type = "/at/acme/acme/columns/APT";
    let none = ann.get(&desk, of_type).await;
    assert!(none.status == 409 && none.text.contains("no file of transactions has come yet"));
    let content = "<b>Lief</b>,Nr\n<script>alert(1)</script>,7\n";
    let upload = sent(&desk, &mut ann, Act::Refuse, content).await;
    let path = format!("{upload}/columns");
    assert_eq!(ann.get(&desk, of_type).await.location(), path);
    let page = ann.get(&desk, &path).await;
    for text in [
        "<option>&#60;b&#62;Lief",
        "&#60;script&#62;alert(1)",
        "Supplier ID <span class=\"tag caution missing\">missing</span>",
        "The file would be refused. The mandatory column Supplier ID is missing",
        "Save and read again",
    ] {
        assert!(page.text.contains(text), "{text} {}", page.text);
    }
    assert!(!page.text.contains("<b>Lief") && !page.text.contains("<script>alert"));

    for (id, says) in [
        ("", "Nothing was saved: the mandatory column Supplier ID is missing"),
        ("nonsense", "There is no column nonsense in the file"),
    ] {
        let refused = ann.post(&desk, &path, &chosen(id, "Nr")).await;
        assert!(refused.status == 422 && refused.text.contains(says), "{says} {}", refused.text);
        assert!(refused.text.contains("<option selected>Nr"), "what was chosen stays");
    }
    let mut tried = chosen("<b>Lief</b>", "Nr");
    tried.push(("then", "try"));
    let page = ann.post(&desk, &path, &tried).await;
    assert_eq!(page.status, 200);
    for text in ["1 of 1 row", "<th scope=\"col\">Supplier ID</th>", "<td class=\"id\">7</td>"] {
        assert!(page.text.contains(text), "{text} {}", page.text);
    }
    assert!(!desk.audited().await.contains(&"reading_rules.set".to_owned()), "it was only tried");

    let mut good = chosen("<b>Lief</b>", "Nr");
    good.extend([("date_order", "month_first"), ("then", "read-again")]);
    let kept = ann.post(&desk, &path, &good).await;
    assert_eq!(kept.location(), format!("{upload}?said=columns-kept"));
    desk.work().await;
    assert!(ann.get(&desk, &upload).await.text.contains("read into the ledger"));
    let page = ann.get(&desk, &path).await;
    assert!(page.text.contains("<option selected>&#60;b&#62;Lief"), "{}", page.text);
    assert!(page.text.contains("value=\"month_first\" checked"));
    assert!(desk.audited().await.contains(&"reading_rules.set".to_owned()));
}

#[tokio::test]
async fn an_identifier_is_built_of_several_columns() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let upload = sent(&desk, &mut ann, Act::HoldReused, "Year,Nr,Company\n2024,7,10\n").await;
    let path = format!("{upload}/columns");
    let form = |id: &'static str, parts: &[&'static str]| {
        let mut form = chosen(id, "");
        form.extend(parts.iter().map(|part| ("part", *part)));
        form.push(("then", "read-again"));
        form
    };
    for (id, parts, says) in [
        ("", &["Nr"][..], "Only Nr is a part of Supplier ID"),
        ("Nr", &["Year", "Company"], "Supplier ID is chosen in two ways"),
        ("", &["Year", "unknown"], "no column unknown"),
        ("", &[], "Nothing was saved: the mandatory column Supplier ID is missing"),
    ] {
        let refused = ann.post(&desk, &path, &form(id, parts)).await;
        assert!(refused.status == 422 && refused.text.contains(says), "{says} {}", refused.text);
    }
    let kept = ann.post(&desk, &path, &form("", &["Year", "Nr", "", ""])).await;
    assert_eq!(kept.location(), format!("{upload}?said=columns-kept"), "{}", kept.text);
    desk.work().await;
    assert!(ann.get(&desk, &upload).await.text.contains("read into the ledger"), "it was held");
    let page = ann.get(&desk, &path).await;
    let (year, nr) = ("<option selected>Year</option>", "<option selected>Nr</option>");
    assert!(page.text.contains(year) && page.text.contains(nr), "{}", page.text);
    let mappings = ann.get(&desk, "/settings/acme/mappings").await;
    assert!(mappings.text.contains("<dt>Year, Nr</dt><dd>supplier_id</dd>"), "{}", mappings.text);

    // One column again.
    ann.post(&desk, &path, &form("Nr", &[])).await;
    let page = ann.get(&desk, &path).await;
    assert!(page.text.contains(nr) && !page.text.contains(year), "{}", page.text);
}

#[tokio::test]
async fn settings_beside_the_columns_are_kept_and_shown() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let upload = sent(&desk, &mut ann, Act::Refuse, "Id,Nr\n1,7\n").await;
    let path = format!("{upload}/columns");
    let mut form = chosen("Id", "");
    form.extend([
        ("decimals", "comma"),
        ("invoices", "negative"),
        ("encoding", "windows-1250"),
        ("empty_words", "tbc\r\nsee <PO>"),
        ("keep_totals", "yes"),
        ("strict", "yes"),
    ]);
    let kept = ann.post(&desk, &path, &form).await;
    assert_eq!(kept.location(), format!("{upload}?said=columns-kept"), "{}", kept.text);
    let page = ann.get(&desk, &path).await;
    for text in [
        "name=\"decimals\" value=\"comma\" checked",
        "name=\"invoices\" value=\"negative\" checked",
        "<option value=\"windows-1250\" selected>",
        "tbc\nsee &#60;PO&#62;</textarea>",
        "name=\"keep_totals\" value=\"yes\" checked",
        "name=\"strict\" value=\"yes\" checked",
    ] {
        assert!(page.text.contains(text), "{text} {}", page.text);
    }
    let mappings = ann.get(&desk, "/settings/acme/mappings").await;
    for text in ["windows-1250", "negative", "tbc, see &#60;PO&#62;"] {
        assert!(mappings.text.contains(text), "{text} {}", mappings.text);
    }
    let words = "x".repeat(99);
    let mut long = chosen("Id", "");
    long.push(("empty_words", &words));
    let refused = ann.post(&desk, &path, &long).await;
    assert!(refused.status == 422 && refused.text.contains("Words for nothing"));
}

#[tokio::test]
async fn a_file_of_hundreds_of_columns_makes_no_long_page() {
    const PAGE_BYTES_MAX: usize = 100_000;
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let headers: Vec<String> = (0..400).map(|number| format!("Customer field {number}")).collect();
    let content = format!("{}\n{}\n", headers.join(","), "some text,".repeat(400));
    let upload = sent(&desk, &mut ann, Act::Refuse, &content).await;
    let path = format!("{upload}/columns");
    let page = ann.get(&desk, &path).await;
    assert!(page.text.contains("list=\"file-columns\""), "{}", page.text);
    assert!(page.text.len() < PAGE_BYTES_MAX, "{}", page.text.len());
    let kept = ann.post(&desk, &path, &chosen("Customer field 399", "")).await;
    assert_eq!(kept.location(), format!("{upload}?said=columns-kept"), "{}", kept.text);
}

/// The columns that the ledgers of these tests need, kept by the page.
async fn with_columns(desk: &Desk, ann: &mut Browser, upload: &str) {
    let kept = ann.post(desk, &format!("{upload}/columns"), &chosen("Id", "Nr")).await;
    assert_eq!(kept.location(), format!("{upload}?said=columns-kept"), "{}", kept.text);
}

#[tokio::test]
async fn a_doubt_is_settled_by_one_button_that_reads_the_file_again() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let upload = sent(&desk, &mut ann, Act::Doubt(Reason::MostlyNegative), "Id,Nr\n1,7\n").await;
    let settle = format!("{upload}/settle");
    let negative = [("setting", "invoices"), ("value", "negative")];
    let too_soon = ann.post(&desk, &settle, &negative).await;
    assert!(too_soon.status == 409 && too_soon.text.contains("Supplier ID is missing"));
    assert!(!desk.audited().await.contains(&"reading_rules.set".to_owned()));
    with_columns(&desk, &mut ann, &upload).await;
    let page = ann.get(&desk, &upload).await;
    let deed = "Invoices are negative here: turn them and read this file again";
    assert!(page.text.contains(deed), "{}", page.text);
    let tried = format!("{upload}/columns?setting=invoices&value=negative");
    assert!(page.text.contains(&tried.replace('&', "&#38;")), "{}", page.text);
    let tried = ann.get(&desk, &tried).await;
    for text in ["name=\"invoices\" value=\"negative\" checked", "Preselected and not saved yet"] {
        assert!(tried.text.contains(text), "{text} {}", tried.text);
    }

    desk.book.next("a_1.csv", Act::Doubt(Reason::AmountsTurned));
    let settled = ann.post(&desk, &settle, &negative).await;
    assert_eq!(settled.location(), format!("{upload}?said=setting-kept-and-read"));
    desk.work().await;
    let page = ann.get(&desk, &upload).await;
    for text in [
        "as its version 2",
        "Invoices: negative",
        "Invoices are positive here: turn none and read this file again",
    ] {
        assert!(page.text.contains(text), "{text} {}", page.text);
    }
    assert!(!page.text.contains("turn them"), "{}", page.text);
    let log = desk.audited().await;
    let done: Vec<&str> = log.iter().map(String::as_str).collect();
    assert!(done.ends_with(&["reading_rules.set", "upload.read_again"]), "{done:?}");

    // What is newer would be overtaken: then it is set for what is to come.
    sent_as(&desk, &mut ann, ("b_1.csv", "Id,Nr\n2,7\n"), Act::Refuse).await;
    sent_as(&desk, &mut ann, ("c_1.csv", "Id,Nr\n3,7\n"), Act::Doubt(Reason::DateOrderAssumed))
        .await;
    let page = ann.get(&desk, &upload).await;
    let reads_again = format!("{upload}/read-again");
    assert!(page.text.contains("turn none in files to come"), "{}", page.text);
    assert!(!page.text.contains(&reads_again), "{}", page.text);
    assert!(page.text.contains("It cannot be read again: a newer file of its ledger"));
    let settled = ann.post(&desk, &settle, &[("setting", "invoices"), ("value", "positive")]).await;
    assert_eq!(settled.location(), format!("{upload}?said=setting-kept"));
    let page = ann.get(&desk, settled.location()).await;
    for text in ["This file stays as it was read: a newer file", "send it again under another name"]
    {
        assert!(page.text.contains(text), "{text} {}", page.text);
    }
    let wrong = ann.post(&desk, &settle, &[("setting", "invoices"), ("value", "x")]).await;
    assert!(wrong.status == 409 && wrong.text.contains("names no setting"));

    let mut al = Browser::member(&desk, "al@example.org", MemberRole::Analyst).await;
    let seen = al.get(&desk, &upload).await;
    assert!(!seen.text.contains("/settle"), "an admin sets rules: {}", seen.text);
}

#[tokio::test]
async fn what_the_settings_before_could_not_read_is_read_again_at_once() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let mut uploads = Vec::new();
    for name in ["a_1.csv", "b_1.csv", "c_1.csv"] {
        let file = (name, "Id,Nr\n1,7\n");
        uploads.push(sent_as(&desk, &mut ann, file, Act::Refuse).await);
    }
    let kept = ann.post(&desk, &format!("{}/columns", uploads[2]), &chosen("Id", "Nr")).await;
    let page = ann.get(&desk, kept.location()).await;
    let offer = "2 other files of transactions could not be read in full";
    assert!(page.text.contains(offer), "{}", page.text);
    assert!(page.text.contains(">Read all again<"), "{}", page.text);
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    let seen = viv.get(&desk, kept.location()).await;
    assert!(!seen.text.contains("Read all again"), "{}", seen.text);
    // Not only on the page that says it was saved.
    for (path, offer) in [
        (uploads[2].as_str(), offer),
        (&uploads[0], offer),
        (LIST, "3 files of transactions could not be read in full"),
    ] {
        let page = ann.get(&desk, path).await;
        assert!(
            page.text.contains(offer) && page.text.contains(">Read all again<"),
            "{}",
            page.text
        );
    }
    let all = format!("{LIST}/read-again");
    let read = ann.post(&desk, &all, &[("type", "APT")]).await;
    assert_eq!(read.location(), format!("{LIST}?type=APT&said=all-read-again"));
    desk.work().await;
    for upload in &uploads {
        assert!(ann.get(&desk, upload).await.text.contains("read into the ledger"));
    }
    let log = desk.audited().await;
    assert_eq!(log.iter().filter(|what| *what == "upload.read_again").count(), 3, "{log:?}");
    let none = ann.post(&desk, &all, &[("type", "IMS")]).await;
    assert_eq!(none.location(), format!("{LIST}?type=IMS&said=none-read-again"));
}

#[tokio::test]
async fn columns_by_which_other_files_would_be_refused_are_saved_once_that_is_confirmed() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let mut uploads = Vec::new();
    for (name, content) in
        [("a_1.csv", "Id,Nr\n1,7\n"), ("b_1.csv", "Id,Nr\n1,7\n"), ("c_1.csv", "Konto,Nr\n1,7\n")]
    {
        uploads.push(sent_as(&desk, &mut ann, (name, content), Act::Refuse).await);
    }
    let set = async || {
        let log = desk.audited().await;
        log.iter().filter(|what| *what == "reading_rules.set").count()
    };
    // The third was refused before, and for the same reason.
    with_columns(&desk, &mut ann, &uploads[0]).await;
    assert_eq!(set().await, 1);
    let path = format!("{}/columns", uploads[2]);
    let mut form = chosen("Konto", "Nr");
    let asked = ann.post(&desk, &path, &form).await;
    assert_eq!(asked.status, 422);
    for text in [
        "2 of the 2 newest other files that were looked at would be refused by them: b_1.csv, a_1.csv.",
        "Of b_1.csv: the mandatory column Supplier ID is missing.",
        "name=\"despite\"",
        "<option selected>Konto",
    ] {
        assert!(asked.text.contains(text), "{text} {}", asked.text);
    }
    assert_eq!(set().await, 1, "nothing is saved");
    assert!(!ann.get(&desk, &path).await.text.contains("name=\"despite\""));
    form.push(("despite", "yes"));
    let kept = ann.post(&desk, &path, &form).await;
    assert_eq!(kept.location(), format!("{}?said=columns-kept", uploads[2]), "{}", kept.text);
    assert_eq!(set().await, 2);
}

#[tokio::test]
async fn what_is_set_is_taken_back_where_it_is_shown() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let upload = sent(&desk, &mut ann, Act::Refuse, "Id,Nr\n1,7\n").await;
    with_columns(&desk, &mut ann, &upload).await;
    ann.post(&desk, &format!("{upload}/settle"), &[("setting", "invoices"), ("value", "negative")])
        .await;
    let path = "/settings/acme/mappings";
    let take_back = format!("{path}/take-back");
    let of = |setting: &'static str| [("unit", "acme"), ("type", "APT"), ("setting", setting)];
    let rules = async || {
        let acme = desk.app.store.customer(&"acme".parse().unwrap());
        acme.reading_rules(&"acme".parse().unwrap(), FileType::Transactions).await.unwrap()
    };
    assert_eq!(rules().await.invoice_sign, Some(InvoiceSign::Negative));
    let list = ann.get(&desk, path).await;
    assert!(list.text.contains("name=\"setting\" value=\"invoices\""), "{}", list.text);
    let back = ann.post(&desk, &take_back, &of("invoices")).await;
    assert_eq!(back.location(), format!("{path}?said=setting-back"));
    assert!(rules().await.invoice_sign.is_none() && rules().await.mapping.is_some());
    let again = ann.post(&desk, &take_back, &of("invoices")).await;
    assert_eq!(again.location(), format!("{path}?said=nothing-changed"));
    ann.post(&desk, &take_back, &of("mapping")).await;
    assert_eq!(rules().await.mapping, None);
    for wrong in [
        [("unit", "other"), ("type", "APT"), ("setting", "invoices")],
        [("unit", "acme"), ("type", "x"), ("setting", "invoices")],
        [("unit", "acme"), ("type", "APT"), ("setting", "all")],
    ] {
        assert_eq!(ann.post(&desk, &take_back, &wrong).await.status, 404, "{wrong:?}");
    }
}
