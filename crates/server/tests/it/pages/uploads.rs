//! Uploads: the list, one, what is decided about it, and sending by hand.

use domain::MemberRole;
use domain::finding::CheckEnd;
use serde_json::json;

use crate::book::Act;
use crate::browser::Browser;
use crate::desk::{Desk, checked};
use crate::pages::overview::report;

#[tokio::test]
async fn uploads_are_listed_and_paged() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let path = "/at/acme/acme/uploads";
    let empty = ann.get(&desk, path).await;
    assert!(empty.text.contains("bursar send invoices.csv"), "{}", empty.text);
    for number in 0..51 {
        desk.receive(&format!("invoices_{number:02}.csv"), "<b>SAP</b>").await;
    }
    let first = ann.get(&desk, path).await;
    assert!(first.text.contains("invoices_50.csv") && !first.text.contains("invoices_00.csv"));
    assert!(
        first.text.contains("&#60;b&#62;SAP") && !first.text.contains("<b>SAP"),
        "text stays text"
    );
    let next = first.between("rel=\"next\" href=\"", "\"").unwrap().to_owned();
    let second = ann.get(&desk, &next).await;
    assert!(second.text.contains("invoices_00.csv") && !second.text.contains("rel=\"next\""));
    let wrong = ann.get(&desk, &format!("{path}?after=upl_01k00000000000000000000000")).await;
    assert_eq!(wrong.status, 404);
}

#[tokio::test]
async fn an_upload_says_how_its_rows_were_taken_for_invoices() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let first = desk.receive("first.csv", "SAP").await;
    desk.read_one().await;
    let path = format!("{LIST}/{first}");
    assert!(!ann.get(&desk, &path).await.text.contains("taken for invoices"));
    let mut found = checked(0);
    found.versions.insert("transactions".to_owned(), 1);
    let file = json!({
        "upload": first, "fileName": "first.csv",
        "earlierUpload": "upl_01k00000000000000000000000", "earlierFileName": "earlier.csv", "invoices": 600, "copies": 598, "isLeftOut": true,
    });
    let figures = json!({
        "invoiceLines": "always", "invoices": 1000, "invoicesOfLines": 61, "lines": 130,
        "repeatedInvoices": 0, "rowsLeftOut": 598, "filesSentAgain": [file],
    });
    found.checks = vec![report("duplicate_invoices", CheckEnd::Ran, figures)];
    desk.run(&found).await;
    let page = ann.get(&desk, &path).await;
    for words in ["598 of 600 invoices of first.csv stand in earlier.csv", "is set to Always"] {
        assert!(page.text.contains(words), "{words} {}", page.text);
    }
    // What is not read yet is not spoken of.
    let again = desk.receive("again.csv", "SAP").await;
    let page = ann.get(&desk, &format!("{LIST}/{again}")).await;
    assert!(!page.text.contains("taken for invoices"), "{}", page.text);
}

const LIST: &str = "/at/acme/acme/uploads";

#[tokio::test]
async fn the_list_is_filtered_and_sorted() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    desk.book.next("b_2.csv", Act::Refuse);
    for name in ["b_1.csv", "b_2.csv", "a_3.csv"] {
        desk.receive(name, "SAP").await;
    }
    desk.work().await;
    for (query, first, last, missing) in [
        ("", "a_3.csv", "b_1.csv", None),
        ("?sort=oldest", "b_1.csv", "a_3.csv", None),
        ("?sort=name", "a_3.csv", "b_2.csv", None),
        ("?name=B_", "b_2.csv", "b_1.csv", Some("a_3.csv")),
        ("?state=refused", "b_2.csv", "no header row", Some("a_3.csv")),
        ("?type=APT&sort=nonsense", "a_3.csv", "b_1.csv", None),
    ] {
        let page = ann.get(&desk, &format!("{LIST}{query}")).await;
        let place = |text: &str| page.text.find(text).unwrap_or_else(|| panic!("{query} {text}"));
        assert!(place(first) < place(last), "{query}");
        assert!(missing.is_none_or(|name| !page.text.contains(name)), "{query}");
    }
    let none = ann.get(&desk, &format!("{LIST}?name=%22%3E%3Cscript%3E")).await;
    assert!(none.text.contains("No uploads match") && !none.text.contains("<script>"));
    assert!(none.text.contains("APT") && !none.text.contains("no transactions for"));
    // The session of the first day is over by then.
    desk.later(4 * 24 * 60 * 60);
    ann.sign_in(&desk, "ann@example.org", crate::browser::PASSWORD).await;
    let quiet = ann.get(&desk, LIST).await;
    assert!(quiet.text.contains("There were no transactions for 4 days."), "{}", quiet.text);
}

#[tokio::test]
async fn an_upload_tells_its_life_and_its_problems() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let id = desk.receive("a_1.csv", "<b>SAP</b>").await;
    let path = format!("{LIST}/{id}");
    let waits = ann.get(&desk, &path).await;
    assert!(waits.text.contains("waits for its turn") && waits.text.contains("every 3s"));
    desk.work().await;
    let page = ann.get(&desk, &path).await;
    for text in [
        "read into the ledger, as its version 1",
        "received from &#60;b&#62;SAP",
        "&#60;i&#62;soon",
        "Invoice Date",
        "set aside",
    ] {
        assert!(page.text.contains(text), "{text} {}", page.text);
    }
    assert!(!page.text.contains("<i>soon") && !page.text.contains("every 3s"));
    let other = ann.get(&desk, &format!("{path}?reason=not_a_number")).await;
    assert!(!other.text.contains("&#60;i&#62;soon"));
    let picked = ann.get(&desk, &format!("{path}?reason=not_a_date")).await;
    assert!(picked.text.contains("&#60;i&#62;soon"));
    let href = format!("href=\"{path}/lines/2?column=Invoice+Date\"");
    assert!(page.text.contains(&href), "{}", page.text);
    for (below, status, words) in [
        ("2?column=Supplier", 200, "<mark>a_1.csv</mark>"),
        ("2?column=Invoice+Date", 200, "a_1.csv"),
        ("3", 200, "Nothing can be shown of line 3"),
        ("x", 404, "Page not found"),
    ] {
        let line = ann.get(&desk, &format!("{path}/lines/{below}")).await;
        assert_eq!(line.status, status, "{below}");
        assert!(line.text.contains(words), "{below} {}", line.text);
    }
    let csv = ann.get(&desk, &format!("{path}/problems.csv")).await;
    assert!(csv.text.starts_with("line,column,value,") && csv.text.contains("Invoice Date"));
    // One of three is kept: the file is read for the others.
    assert!(page.text.contains("the CSV has every one"), "{}", page.text);
    assert_eq!(csv.text.lines().count(), 1 + 3);
    let file = ann.get(&desk, &format!("{path}/file")).await;
    assert_eq!(file.text, "Supplier\na_1.csv\n");
    assert_eq!(file.headers["content-type"], "application/octet-stream");
    assert_eq!(file.headers["content-disposition"], "attachment; filename*=UTF-8''a%5F1%2Ecsv");
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    let seen = viv.get(&desk, &path).await;
    assert!(seen.status == 200 && !seen.text.contains("/file\""), "{}", seen.text);
    let log = desk.audited().await;
    let of_uploads: Vec<_> = log.iter().filter(|what| what.starts_with("upload.")).collect();
    assert_eq!(of_uploads, ["upload.received", "upload.downloaded"]);
}

#[tokio::test]
async fn a_held_snapshot_is_released_or_refused_with_a_reason() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    for name in ["s_1.csv", "s_2.csv"] {
        desk.book.next(name, Act::Hold);
    }
    let (first, second) = (desk.receive("s_1.csv", "").await, desk.receive("s_2.csv", "").await);
    desk.work().await;
    let (first, second) = (format!("{LIST}/{first}"), format!("{LIST}/{second}"));
    let held = ann.get(&desk, &first).await;
    assert!(held.text.contains("Held: 0 of 10 active transactions"), "{}", held.text);
    let released = ann.post(&desk, &format!("{first}/release"), &[]).await;
    assert_eq!(released.location(), format!("{first}?said=released"));
    desk.work().await;
    assert!(ann.get(&desk, &first).await.text.contains("released by hand"));
    let late = ann.post(&desk, &format!("{first}/refuse"), &[("reason", "x")]).await;
    assert!(late.status == 409 && late.text.contains("somebody else has decided"));

    let silent = ann.post(&desk, &format!("{second}/refuse"), &[("reason", " ")]).await;
    assert!(silent.status == 422 && silent.text.contains("Write why it is refused"));
    let reason = [("reason", "<script>alert(1)</script> of 2024")];
    let refused = ann.post(&desk, &format!("{second}/refuse"), &reason).await;
    let page = ann.get(&desk, refused.location()).await;
    assert!(page.text.contains("&#60;script&#62;alert(1)") && !page.text.contains("<script>alert"));
    let again = ann.post(&desk, &format!("{second}/read-again"), &[]).await;
    assert_eq!(again.location(), format!("{second}?said=read-again"));
    desk.work().await;
    let page = ann.get(&desk, &second).await;
    for said in [
        "read into the ledger",
        "refused, then to be read again. It was said: &#60;script&#62;alert(1)&#60;/script&#62; of 2024",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    let log = desk.audited().await;
    let decided: Vec<_> = log
        .iter()
        .filter(|what| what.starts_with("upload.") && *what != "upload.received")
        .collect();
    assert_eq!(decided, ["upload.released", "upload.refused", "upload.read_again"]);
}

#[tokio::test]
async fn a_file_whose_ids_are_those_of_other_invoices_is_shown_with_both() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    desk.book.next("s_1.csv", Act::HoldReused);
    let upload = format!("{LIST}/{}", desk.receive("s_1.csv", "").await);
    desk.work().await;
    let list = ann.get(&desk, LIST).await;
    assert!(list.text.contains("rows it replaces are other invoices"), "{}", list.text);
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    for (who, may_map) in [(&mut ann, true), (&mut viv, false)] {
        let page = who.get(&desk, &upload).await;
        for text in [
            "Held: 1,100 of the",
            "BELNR seems to be used again",
            "The file has BUKRS and GJAHR for that.",
            "<td data-label=\"Supplier\">&#60;b&#62;Harrow",
            "In the ledger",
            "In this file",
            "<td data-label=\"Number\">RE24</td>",
        ] {
            assert!(page.text.contains(text), "{text} {}", page.text);
        }
        let link = format!("<a href=\"{upload}/columns\">build the Unique ID");
        assert_eq!(page.text.contains(&link), may_map);
        assert_eq!(page.text.contains(">Release</button>"), may_map);
    }
    ann.post(&desk, &format!("{upload}/release"), &[]).await;
    desk.work().await;
    assert!(ann.get(&desk, &upload).await.text.contains("read into the ledger"));
}

#[tokio::test]
async fn a_file_is_sent_by_hand() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let path = format!("{LIST}/send");
    let form = ann.get(&desk, &path).await;
    assert!(form.text.contains("enctype=\"multipart/form-data\"") && form.text.contains("8.5 GB"));
    let content = "Supplier\r\n--X\r\nACME".repeat(20_000);
    let file = ("C:\\Files\\our invoices.csv", content.as_str());
    let sent = ann.send_file(&desk, &path, "", file).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let page = ann.get(&desk, sent.location()).await;
    assert!(page.text.contains("our invoices.csv") && page.text.contains("Received and safe."));
    assert!(page.text.contains("received from ann"), "{}", page.text);
    let kept = sent.location().split('?').next().unwrap();
    assert_eq!(ann.get(&desk, &format!("{kept}/file")).await.text, content);
    let again = ann.send_file(&desk, &path, "APT", file).await;
    assert_eq!(again.location(), format!("{kept}?said=sent-before"));
    let next = ann.get(&desk, &path).await;
    assert!(next.text.contains("value=\"\" checked>"), "the next may be of another type");
    let named = ann.get(&desk, &format!("{path}?name=vendors.csv")).await;
    assert!(named.text.contains("value=\"Suppliers\" checked>"), "{}", named.text);
    let unnamed = ann.get(&desk, &format!("{path}?name=data.csv")).await;
    for said in ["value=\"Suppliers\" required>", "the name of the file does not say it"] {
        assert!(unnamed.text.contains(said), "{said} {}", unnamed.text);
    }
    assert!(!unnamed.text.contains("As the file name says"), "{}", unnamed.text);
    desk.book.next("our invoices.csv", Act::Refuse);
    desk.work().await;
    let page = ann.get(&desk, sent.location()).await;
    assert!(!page.text.contains("Received and safe."), "{}", page.text);
    // By these the page for sending several says why.
    for text in ["data-refused>No header row", "data-set-columns>Set the columns"] {
        assert!(page.text.contains(text), "{text} {}", page.text);
    }

    for (file_type, name, content, says) in [
        ("", "export.csv", "a", "does not tell what the file holds"),
        ("APT", "invoices.exe", "a", "must end in .csv"),
        ("APT", "", "", "No file was chosen"),
        ("APT", "a.csv", "%PDF-1.7", "The content is a PDF"),
        ("APT", "<script>.csv", "%PDF-1.7", "The content is a PDF"),
        ("Suppliers", "a.xlsx", "a", "The content is not a workbook"),
    ] {
        let refused = ann.send_file(&desk, &path, file_type, (name, content)).await;
        assert_eq!(refused.status, 422, "{name}");
        assert!(refused.text.contains(says), "{name} {}", refused.text);
        assert!(!refused.text.contains("<script>"));
    }
    for csrf in ["", "AAAA"] {
        let foreign = ann.send_form(&desk, &path, csrf, "APT", ("b.csv", "a")).await;
        assert_eq!(foreign.status, 403, "{csrf}");
    }
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    assert_eq!(viv.send_file(&desk, &path, "APT", ("b.csv", "a")).await.status, 403);
    let list = ann.get(&desk, LIST).await;
    assert!(!list.text.contains("b.csv") && !list.text.contains("a.csv"), "nothing else was kept");
}
