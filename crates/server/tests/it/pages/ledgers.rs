//! Transactions, suppliers and employees: found, ordered, paged, masked by role.

use std::collections::BTreeMap;

use domain::finding::FindingRow;
use domain::ledger_view::{
    BilledMonth, LedgerRow, RowsPage, SupplierHistory, SupplierTotal, Variation,
};
use domain::{FileType, LedgerFault, LedgerFaultKind, LedgerName, MemberRole, Money};

use crate::browser::Browser;
use crate::desk::{Desk, checked, now};

const SCRIPT: &str = "<script>alert(1)</script>";
const ESCAPED: &str = "&#60;script&#62;alert(1)&#60;/script&#62;";

fn fields(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn held(id: &str, some: &[(&str, &str)], total: u64) -> RowsPage {
    let is_active = Some(true);
    let row = LedgerRow { id: id.to_owned(), is_active, fields: fields(some) };
    RowsPage { rows: vec![row], total, version: 1, ..RowsPage::default() }
}

fn invoice() -> RowsPage {
    let some = [
        ("invoice_number", SCRIPT),
        ("invoice_date", "2026-03-01"),
        ("base_amount", "4310.5"),
        ("base_amount_currency", "GBP"),
        ("supplier_name", "Smith & <b>Sons"),
        ("supplier_ref", "S/1 ü"),
    ];
    held("1", &some, 120)
}

pub(crate) fn employee() -> RowsPage {
    let some = [
        ("first_name", "Ann"),
        ("last_name", "Secretname"),
        ("department", "Finance"),
        ("town", "Secrettown"),
        ("iban", "GB33BUKB20201555555512"),
    ];
    held("E1", &some, 1)
}

fn supplier() -> SupplierHistory {
    let variation = |iban: &str, is_active, ended| Variation {
        is_active,
        since: Some(now()),
        ended,
        fields: fields(&[
            ("supplier_name", SCRIPT),
            ("iban", iban),
            ("email", "pay@secret.example"),
        ]),
    };
    let month = |month: &str| BilledMonth {
        month: month.parse().unwrap(),
        invoices: 3,
        billed: "1200.50".parse().unwrap(),
    };
    SupplierHistory {
        reference: "S/1 ü".to_owned(),
        variations: vec![
            variation("GB33BUKB20201555555512", true, None),
            variation("DE89370400440532015512", false, Some(now())),
        ],
        months: vec![month("2026-01-01"), month("2026-02-01")],
        currency: Some("GBP".to_owned()),
        ..SupplierHistory::default()
    }
}

const SUPPLIER: &str = "/at/acme/acme/suppliers/S%2F1%20%C3%BC";

#[tokio::test]
async fn a_list_says_what_it_was_asked() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let empty = ann.get(&desk, "/at/acme/acme/transactions").await;
    assert!(empty.text.contains("There are no transactions yet"), "{}", empty.text);
    let searched = ann.get(&desk, "/at/acme/acme/transactions?text=x").await;
    assert!(searched.text.contains("No rows match"), "{}", searched.text);
    desk.book.holds(FileType::Transactions, invoice());
    let first = ann.get(&desk, "/at/acme/acme/transactions").await;
    assert!(first.text.contains("1 to 1 of 120 transactions"), "{}", first.text);
    assert!(first.text.contains(ESCAPED) && !first.text.contains(SCRIPT), "text stays text");
    assert!(first.text.contains("£4,310.50") && first.text.contains("1 Mar 2026"));
    assert!(first.text.contains(&format!("href=\"{SUPPLIER}\"")), "{}", first.text);
    let asked = desk.book.rows_asked();
    assert_eq!((asked.order.column(), asked.order.is_descending), ("invoice_date", true));
    let next = first.between("rel=\"next\" href=\"", "\"").unwrap().to_owned();
    ann.get(&desk, &next).await;
    assert_eq!(desk.book.rows_asked().skip, 50);
    let path =
        "/at/acme/acme/transactions?text=a%26b&from=2026-01-01&to=soon&order=base_amount&page=2";
    let page = ann.get(&desk, path).await;
    let asked = desk.book.rows_asked();
    assert_eq!(asked.filter.text.as_deref(), Some("a&b"));
    assert_eq!((asked.filter.from, asked.filter.to), (Some("2026-01-01".parse().unwrap()), None));
    assert_eq!((asked.order.column(), asked.order.is_descending), ("base_amount", false));
    assert!(page.text.contains("“soon” is not a day"), "{}", page.text);
    assert!(
        page.text.contains(
            "aria-sort=\"ascending\"><a href=\"/at/acme/acme/transactions?text=a%26b&#38;"
        )
    );
    // What nobody understands orders nothing.
    ann.get(&desk, "/at/acme/acme/transactions?order=iban%27--&page=0").await;
    let asked = desk.book.rows_asked();
    assert_eq!((asked.order.column(), asked.skip), ("invoice_date", 0));
    let far = ann.get(&desk, "/at/acme/acme/transactions?page=4000000000").await;
    assert!(far.text.contains("Lists end after 100,000 rows"), "{}", far.text);
    desk.book.breaks();
    let broken = ann.get(&desk, "/at/acme/acme/transactions").await;
    assert_eq!(broken.status, 503);
    assert!(broken.text.contains("Try again") && !broken.text.contains("told to"));
}

#[tokio::test]
async fn a_transaction_knows_its_findings() {
    let mut found = checked(2);
    let row = FindingRow {
        fields: fields(&[("supplier_ref", "S/1 ü")]),
        ..found.findings[0].rows[0].clone()
    };
    found.findings[0].rows = vec![row];
    found.findings[0].title = SCRIPT.to_owned();
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    desk.book.holds(FileType::Transactions, invoice());
    desk.book.knows(supplier());
    let page = ann.get(&desk, "/at/acme/acme/transactions/1").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains(&format!("findings/{}", found.findings[0].key)), "{}", page.text);
    assert!(!page.text.contains(found.findings[1].key.as_str()) && !page.text.contains(SCRIPT));
    let of_supplier = ann.get(&desk, SUPPLIER).await;
    assert!(of_supplier.text.contains(found.findings[0].key.as_str()), "{}", of_supplier.text);
    assert!(!of_supplier.text.contains("One letter about"), "nothing is decided");
    let verdict = format!("/at/acme/acme/findings/{}/verdict", found.findings[0].key);
    ann.post(&desk, &verdict, &[("state", "duplicate")]).await;
    let of_supplier = ann.get(&desk, SUPPLIER).await;
    let letter = of_supplier.between("/at/acme/acme/letter?supplier=S%2F1", "</a>");
    assert_eq!(letter, Some("+%C3%BC\">One letter about 1 to be asked for"), "{letter:?}");
    assert_eq!(ann.get(&desk, "/at/acme/acme/transactions/2").await.status, 404);
}

#[tokio::test]
async fn an_id_of_several_suppliers_leads_to_the_invoice_of_each() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let of = |reference, number| {
        held("17", &[("supplier_ref", reference), ("invoice_number", number)], 2).rows
    };
    let rows = [of("S/1", "A-1"), of("S2", "B-1"), of("S2", "B-2")].concat();
    desk.book.holds(FileType::Transactions, RowsPage { rows, total: 3, ..RowsPage::default() });
    let page = "/at/acme/acme/transactions/17";
    for (query, title, other) in [
        ("", "Invoice A-1", "S2"),
        ("?supplier=S%2F1", "Invoice A-1", "S2"),
        ("?supplier=S2", "Invoice B-1", "S%2F1"),
        ("?supplier=S3", "Invoice A-1", "S2"),
    ] {
        let shown = ann.get(&desk, &format!("{page}{query}")).await.text;
        assert!(shown.contains(&format!("<h1>{title}</h1>")), "{query} {shown}");
        let link = format!("<a href=\"{page}?supplier={other}\">");
        assert!(shown.contains(&link), "{link} {query} {shown}");
    }
    desk.book.holds(FileType::Transactions, held("17", &[("supplier_ref", "S2")], 1));
    let alone = ann.get(&desk, page).await.text;
    assert!(!alone.contains("several suppliers"), "{alone}");
    let list = ann.get(&desk, "/at/acme/acme/transactions").await.text;
    assert!(list.contains(&format!("{page}?supplier=S2\"")), "{list}");
}

#[tokio::test]
async fn a_suppliers_accounts_are_shown_to_who_asks_and_it_is_noted() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let mut viewer = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    desk.book.knows(supplier());
    desk.book.holds(FileType::Transactions, invoice());
    let masked = viewer.get(&desk, SUPPLIER).await;
    assert_eq!(masked.status, 200);
    assert!(
        masked.text.contains("<mark>…5512</mark>"),
        "it changed, though it ends alike {}",
        masked.text
    );
    assert!(!masked.text.contains("GB33BUKB") && !masked.text.contains("pay@secret"));
    assert!(!masked.text.contains("Show accounts"));
    assert!(masked.text.contains(ESCAPED) && !masked.text.contains(SCRIPT));
    assert!(masked.text.contains("<figure class=\"chart\">") && masked.text.contains("£1,200.50"));
    assert_eq!(viewer.post(&desk, SUPPLIER, &[]).await.status, 403);
    let analyst = ann.get(&desk, SUPPLIER).await;
    assert!(analyst.text.contains("pay@secret.example") && !analyst.text.contains("GB33BUKB"));
    assert!(analyst.text.contains("Show accounts"));
    assert!(!desk.audited().await.contains(&"supplier.show".to_owned()));
    let whole = ann.post(&desk, SUPPLIER, &[]).await;
    assert!(whole.text.contains("GB33BUKB20201555555512"), "{}", whole.text);
    assert_eq!(desk.audited().await.last().map(String::as_str), Some("supplier.show"));
    let unknown = ann.post(&desk, "/at/acme/acme/suppliers/S9", &[]).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn employees_are_masked_by_role() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let mut viewer = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    desk.book.holds(FileType::Employees, employee());
    for path in ["/at/acme/acme/employees", "/at/acme/acme/employees/E1"] {
        let masked = viewer.get(&desk, path).await;
        assert!(
            masked.text.contains("A. S.") && masked.text.contains("Finance"),
            "{}",
            masked.text
        );
        assert!(!masked.text.contains("Secret"), "{path} {}", masked.text);
        let analyst = ann.get(&desk, path).await;
        assert!(analyst.text.contains("Ann Secretname") && !analyst.text.contains("GB33BUKB"));
    }
    // A search for a name would say whose it is.
    viewer.get(&desk, "/at/acme/acme/employees?text=Secretname&order=last_name").await;
    let asked = desk.book.rows_asked();
    assert_eq!((asked.filter.id.as_deref(), asked.filter.text), (Some("Secretname"), None));
    assert_eq!(asked.order.column(), "employee_id");
    ann.get(&desk, "/at/acme/acme/employees?text=Secretname&order=last_name&active=1").await;
    let asked = desk.book.rows_asked();
    assert_eq!(
        (asked.filter.text.as_deref(), asked.order.column()),
        (Some("Secretname"), "last_name")
    );
    assert!(asked.filter.is_active_only);
    assert_eq!(viewer.post(&desk, "/at/acme/acme/employees/E1", &[]).await.status, 403);
    let whole = ann.post(&desk, "/at/acme/acme/employees/E1", &[]).await;
    assert!(whole.text.contains("GB33BUKB20201555555512"), "{}", whole.text);
    assert_eq!(desk.audited().await.last().map(String::as_str), Some("employee.show"));
}

#[tokio::test]
async fn a_ledger_that_cannot_be_used_is_said_of_itself_alone() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let of = |file_type| LedgerName {
        customer: "acme".parse().unwrap(),
        unit: "acme".parse().unwrap(),
        file_type,
    };
    let fault = LedgerFault {
        ledger: of(FileType::Transactions),
        kind: LedgerFaultKind::LostColumn,
        detail: "for the operator".to_owned(),
    };
    desk.book.has(vec![fault]);
    let id = desk.receive("a_1.csv", "SAP").await;
    desk.work().await;
    let shown = ann.get(&desk, "/at/acme/acme/transactions").await;
    assert_eq!(shown.status, 503);
    assert!(shown.text.contains("It has lost a column") && shown.text.contains("Nothing is lost"));
    assert_eq!(ann.get(&desk, "/at/acme/acme/suppliers").await.status, 200);
    let upload = ann.get(&desk, &format!("/at/acme/acme/uploads/{id}")).await;
    assert!(upload.text.contains("waits to be read: the ledger acme/acme/transactions has lost"));
    let token = desk.token(domain::Role::Uploader, "SAP").await;
    let told = desk.get(&token, &format!("Uploads/{id}")).await.json();
    assert!(told["waitsBecause"].as_str().unwrap().contains("has lost a column"), "{told}");
    assert_eq!(told["status"], "reading");

    let ready = async || readiness(&desk).await;
    assert!(!ready().await.contains("lost_column"), "before anybody has looked");
    desk.app.ledger_health.look(&*desk.app.reader).await;
    let said = ready().await;
    assert!(said.contains("1 lost_column"), "{said}");
    assert!(!said.contains("acme") && !said.contains("operator"), "{said}");
    desk.book.has(Vec::new());
    desk.app.ledger_health.look(&*desk.app.reader).await;
    assert!(!ready().await.contains("lost_column"));
    desk.later(400);
    desk.work().await;
    assert_eq!(desk.get(&token, &format!("Uploads/{id}")).await.json()["status"], "read");
}

/// Readiness as anybody may ask for it.
async fn readiness(desk: &Desk) -> String {
    let answer = desk.send(http::Method::GET, "/readyz", &[], "").await;
    String::from_utf8(answer.body.to_vec()).unwrap()
}

#[tokio::test]
async fn a_list_of_suppliers_says_when_they_were_paid_and_what_is_open() {
    let mut found = checked(2);
    for finding in &mut found.findings {
        finding.rows[0].fields.insert("supplier_ref".to_owned(), "S 1".to_owned());
    }
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    let page = held("S 1", &[("supplier_name", "Alder")], 1);
    desk.book.holds(FileType::Suppliers, page.clone());
    let list = ann.get(&desk, "/at/acme/acme/suppliers").await;
    let open =
        "data-label=\"Open findings\"><a href=\"/at/acme/acme/findings?supplier=S+1\">2</a></td>";
    assert!(list.text.contains(open), "{}", list.text);
    assert!(!list.text.contains("Last paid"), "nobody knows of a payment: {}", list.text);
    let billed = Money { amount: "1234.50".parse().unwrap(), currency: Some("GBP".to_owned()) };
    let last_paid = "2026-06-25".parse().ok();
    let total = SupplierTotal { billed: Some(billed), last_paid };
    let supplier_totals = [("S 1".to_owned(), total)].into();
    desk.book.holds(FileType::Suppliers, RowsPage { supplier_totals, ..page });
    let list = ann.get(&desk, "/at/acme/acme/suppliers").await;
    assert!(list.text.contains("data-label=\"Last paid\">25 Jun 2026</td>"), "{}", list.text);
    assert!(list.text.contains("data-label=\"Billed\">£1,234.50</td>"), "{}", list.text);
}
