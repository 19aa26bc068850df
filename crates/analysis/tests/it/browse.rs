//! Lists of rows and one supplier over time, as people look at them.

use std::sync::Arc;
use std::time::Duration;

use analysis::{Browser, Engine, EngineLimits, remove_kept_lists};
use domain::FileType;
use domain::ledger_view::{DaySum, RowsFilter, RowsOrder, RowsRequest, SupplierTotal};
use domain::page::PageSize;
use jiff::civil::date;

use crate::site::{Site, unit};

const INVOICES: &str = "\
Unique ID,Invoice Number,Invoice Date,Entered Date,Received Date,Supplier Ref,Supplier Name,Base Amount,Invoice Amount
a,INV-1,2026-01-05,2026-01-05,2026-01-05,S1,Alder Ltd,10.00,10.00
b,INV-2,2026-01-12,2026-01-12,2026-01-12,S1,Alder Ltd,9.50,9.50
c,100%_7,2026-02-01,2026-02-01,2026-02-01,S2,\"O\'Birch \"\"Ltd\",99.10,99.10
d,INV-4,2026-02-01,2026-02-01,2026-02-01,S1,Alder Ltd,1000.00,1000.00
";
const BEFORE: &str = "\
Supplier Ref,Supplier Name,Sort Code,Account Number
S1,Alder Ltd,00-00-01,48271009
S2,O'Birch,00-00-01,48271010
";
const AFTER: &str = "\
Supplier Ref,Supplier Name,Sort Code,Account Number
S1,Alder Ltd,00-00-02,31415926
S2,O'Birch,00-00-01,48271010
";

fn asked(filter: RowsFilter, order: RowsOrder, skip: u32, size: u32) -> RowsRequest {
    let size = PageSize::try_from(size).unwrap();
    RowsRequest { of: unit(), file_type: FileType::Transactions, filter, order, skip, size }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_found_ordered_and_paged() {
    let site = Site::new();
    let ledgers =
        Browser::new(site.ledgers.clone(), Arc::new(Engine::new(EngineLimits::default()).unwrap()));
    let usual = RowsOrder::usual(FileType::Transactions);
    let by = |column: &str, is_descending: bool| {
        RowsOrder::by(FileType::Transactions, column, is_descending).unwrap()
    };
    let nothing = ledgers.rows(&asked(RowsFilter::default(), usual.clone(), 0, 10)).await.unwrap();
    assert_eq!((nothing.total, nothing.rows.len()), (0, 0), "no ledger yet");
    site.read(FileType::Transactions, 1, INVOICES).await;

    let indexed =
        Browser::new(site.ledgers.clone(), Arc::new(Engine::new(EngineLimits::default()).unwrap()));
    indexed.warm_all().await.unwrap();

    let text = |text: &str| RowsFilter { text: Some(text.into()), ..RowsFilter::default() };
    let from = |from| RowsFilter { from: Some(from), ..RowsFilter::default() };
    let cases = [
        ("all, newest first", RowsFilter::default(), usual.clone(), 0, 10, "cdba", 4),
        ("the second page", RowsFilter::default(), usual.clone(), 2, 2, "ba", 4),
        ("by amount", RowsFilter::default(), by("base_amount", false), 0, 10, "bacd", 4),
        ("whatever the case", text("inv-"), usual.clone(), 0, 10, "dba", 3),
        ("no patterns", text("%_7"), usual.clone(), 0, 10, "c", 1),
        ("quotes", text("o'birch \"l"), usual.clone(), 0, 10, "c", 1),
        ("an amount, as people type it", text("£1,000"), usual.clone(), 0, 10, "d", 1),
        ("an amount of a credit", text("-9,5"), usual.clone(), 0, 10, "b", 1),
        ("from a day", from(date(2026, 1, 12)), usual.clone(), 0, 10, "cdb", 3),
        (
            "one supplier up to a day",
            RowsFilter {
                supplier: Some("S1".into()),
                to: Some(date(2026, 1, 31)),
                ..RowsFilter::default()
            },
            usual.clone(),
            0,
            1,
            "b",
            2,
        ),
    ];
    for (name, filter, order, skip, size, ids, total) in cases {
        let request = asked(filter, order, skip, size);
        // Read, kept from then, and from the lists that are held.
        for ledgers in [&ledgers, &ledgers, &indexed] {
            let page = ledgers.rows(&request).await.unwrap();
            let found: String = page.rows.iter().map(|row| row.id.as_str()).collect();
            assert_eq!((found.as_str(), page.total), (ids, total), "{name}");
        }
    }
    let one = RowsFilter { id: Some("d".into()), ..RowsFilter::default() };
    let one = asked(one, usual.clone(), 0, 1);
    for ledgers in [&ledgers, &indexed] {
        let page = ledgers.rows(&one).await.unwrap();
        assert_eq!(page.rows[0].fields["received_date"], "2026-02-01", "one row shows all columns");
    }

    site.read(FileType::Transactions, 2, "\
Unique ID,Invoice Number,Invoice Date,Entered Date,Received Date,Supplier Ref,Supplier Name,Base Amount,Invoice Amount
e,INV-5,2026-03-01,2026-03-01,2026-03-01,S1,Alder Ltd,7.00,7.00
").await;
    for size in [10, 9] {
        let page =
            indexed.rows(&asked(RowsFilter::default(), usual.clone(), 0, size)).await.unwrap();
        assert_eq!((page.total, page.rows[0].id.as_str()), (5, "e"), "nobody sees what was before");
        indexed.warm(&unit()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn suppliers_of_whom_nobody_sent_a_list_are_those_of_the_invoices() {
    let site = Site::new();
    let ledgers =
        Browser::new(site.ledgers.clone(), Arc::new(Engine::new(EngineLimits::default()).unwrap()));
    let list = async |text: Option<&str>| {
        let filter = RowsFilter { text: text.map(str::to_owned), ..RowsFilter::default() };
        let order = RowsOrder::usual(FileType::Suppliers);
        let request = asked(filter, order, 0, 10);
        let page =
            ledgers.rows(&RowsRequest { file_type: FileType::Suppliers, ..request }).await.unwrap();
        let names: Vec<String> =
            page.rows.iter().map(|row| row.fields["supplier_name"].clone()).collect();
        (names.join("|"), page.total, page.are_of_invoices)
    };
    assert_eq!(list(None).await, (String::new(), 0, false), "nothing was sent");
    site.read(FileType::Transactions, 1, INVOICES).await;
    assert_eq!(list(None).await, ("Alder Ltd|O'Birch \"Ltd".to_owned(), 2, true));
    assert_eq!(list(Some("birch")).await, ("O'Birch \"Ltd".to_owned(), 1, true));
    assert_eq!(list(Some("s1")).await, ("Alder Ltd".to_owned(), 1, true), "by its number");
    site.read(FileType::Suppliers, 2, BEFORE).await;
    assert_eq!(list(None).await, ("Alder Ltd|O'Birch".to_owned(), 2, false), "a list was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplier_is_shown_with_its_accounts_and_months() {
    let site = Site::new();
    site.read(FileType::Transactions, 1, INVOICES).await;
    site.read(FileType::Suppliers, 2, BEFORE).await;
    site.read(FileType::Suppliers, 3, AFTER).await;
    let ledgers =
        Browser::new(site.ledgers.clone(), Arc::new(Engine::new(EngineLimits::default()).unwrap()));
    let indexed =
        Browser::new(site.ledgers.clone(), Arc::new(Engine::new(EngineLimits::default()).unwrap()));
    indexed.warm(&unit()).await.unwrap();
    let history = ledgers.supplier(&unit(), "S1").await.unwrap().unwrap();
    assert_eq!(indexed.supplier(&unit(), "S1").await.unwrap().as_ref(), Some(&history));
    let accounts: Vec<(&str, bool, bool)> = history
        .variations
        .iter()
        .map(|one| (one.fields["account_number"].as_str(), one.is_active, one.ended.is_some()))
        .collect();
    assert_eq!(accounts, [("31415926", true, false), ("48271009", false, true)]);
    let months: Vec<(String, u64, String)> = history
        .months
        .iter()
        .map(|one| (one.month.to_string(), one.invoices, one.billed.to_string()))
        .collect();
    assert_eq!(
        months,
        [
            ("2026-01-01".to_owned(), 2, "19.50".to_owned()),
            ("2026-02-01".to_owned(), 1, "1000.00".to_owned())
        ]
    );
    assert!(ledgers.supplier(&unit(), "S9").await.unwrap().is_none());
}

const PAID: &str = "\
Unique ID,Invoice Number,Invoice Date,Supplier Ref,Supplier Name,Base Amount,Invoice Amount,Base Amount Currency,Paid Date,Payment Cleared Date
a,INV-1,2026-01-05,S1,Alder Ltd,10.00,10.00,GBP,2026-02-28,2026-03-02
b,INV-2,2026-01-12,S1,Alder Ltd,9.50,9.50,GBP,,2026-02-03
c,INV-3,2026-02-01,S1,Alder Ltd,600.00,600.00,GBP,,
f,INV-3,2026-02-01,S1,Alder Ltd,400.00,400.00,GBP,,
d,INV-4,2026-02-01,S2,Birch,99.10,99.10,GBP,2026-03-04,
e,INV-5,2026-02-01,S3,Cedar,99.10,99.10,GBP,,
";

#[tokio::test(flavor = "multi_thread")]
async fn a_supplier_is_shown_with_what_it_was_paid() {
    let site = Site::new();
    site.read(FileType::Transactions, 1, PAID).await;
    let [ledgers, indexed] = [(), ()].map(|()| {
        let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
        Browser::new(site.ledgers.clone(), engine)
    });
    indexed.warm(&unit()).await.unwrap();
    let history = ledgers.supplier(&unit(), "S1").await.unwrap().unwrap();
    assert_eq!(indexed.supplier(&unit(), "S1").await.unwrap().as_ref(), Some(&history));
    let told = |days: &[DaySum]| {
        let one = |sum: &DaySum| format!("{} {} {}", sum.day, sum.invoices, sum.amount);
        days.iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(told(&history.paid), ["2026-02-03 1 9.50", "2026-02-28 1 10.00"]);
    assert_eq!(
        told(&history.billed),
        ["2026-01-05 1 10.00", "2026-01-12 1 9.50", "2026-02-01 1 1000.00"]
    );
    assert_eq!(history.newest_day, Some(date(2026, 3, 4)), "of all suppliers");
    assert_eq!(history.last_paid, Some(date(2026, 2, 28)), "the day of payment, not of clearing");
    let unpaid = indexed.supplier(&unit(), "S3").await.unwrap().unwrap();
    assert_eq!((unpaid.paid.len(), unpaid.last_paid), (0, None));
    let order = RowsOrder::usual(FileType::Suppliers);
    let request = RowsRequest {
        file_type: FileType::Suppliers,
        ..asked(RowsFilter::default(), order, 0, 10)
    };
    let totals = indexed.rows(&request).await.unwrap().supplier_totals;
    let told = |(of, total): (&String, &SupplierTotal)| {
        let billed = total.billed.as_ref().map(|billed| billed.amount.to_string());
        let paid = total.last_paid.map(|day| day.to_string());
        format!("{of} {} {}", billed.unwrap_or_default(), paid.unwrap_or_default())
    };
    let totals: Vec<String> = totals.iter().map(told).collect();
    assert_eq!(totals, ["S1 1019.50 2026-02-28", "S2 99.10 2026-03-04", "S3 99.10 "]);
}

/// As a server that is started again: the index of before answers, and one that is damaged, of another
/// version or of another ledger does not.
#[tokio::test(flavor = "multi_thread")]
async fn lists_are_kept_for_the_next_start() {
    let site = Site::new();
    site.read(FileType::Transactions, 1, INVOICES).await;
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
        let browser = Browser::new(site.ledgers.clone(), engine);
        browser.with_index_folder(folder.path().join("lists"), Duration::ZERO)
    };
    let usual = RowsOrder::usual(FileType::Transactions);
    let asked = asked(RowsFilter::default(), usual, 0, 10);
    let file = folder.path().join("lists/acme.uk.lists");
    let kept = async || {
        start().warm_all().await.unwrap();
        // It is written beside whoever asked for it.
        while !file.exists() || file.with_extension("new").exists() {
            tokio::task::yield_now().await;
        }
        std::fs::read(&file).unwrap()
    };
    let first = kept().await;
    let shown = start().rows(&asked).await.unwrap();
    let again = start();
    again.warm_all().await.unwrap();
    assert_eq!(again.rows(&asked).await.unwrap(), shown);
    assert_eq!(std::fs::read(&file).unwrap(), first, "it was read, not made");

    for cut in [0, 10, first.len() / 2, first.len() - 1] {
        std::fs::write(&file, &first[..cut]).unwrap();
        let browser = start();
        browser.warm_all().await.unwrap();
        assert_eq!(browser.rows(&asked).await.unwrap(), shown, "cut after {cut} bytes");
    }
    std::fs::remove_file(&file).unwrap();
    assert_eq!(kept().await, first);

    site.read(FileType::Transactions, 2, &INVOICES.replace("\na,", "\ne,")).await;
    let browser = start();
    browser.warm_all().await.unwrap();
    assert_eq!(browser.rows(&asked).await.unwrap().rows.len(), 5, "a version behind is not shown");

    let foreign = folder.path().join("lists/acme.gone.lists");
    std::fs::write(&foreign, "of a ledger that was removed").unwrap();
    start().warm_all().await.unwrap();
    assert!(!foreign.exists() && file.exists());
}

#[test]
fn lists_go_with_whom_they_are_of() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["acme.uk.lists", "acme.us.lists", "acme2.uk.lists", "acme.uk.new"];
    for (unit, left) in [
        (Some("mars"), &names[..]),
        (Some("uk"), &["acme.us.lists", "acme2.uk.lists"]),
        (None, &["acme2.uk.lists"]),
    ] {
        for name in names {
            std::fs::write(folder.path().join(name), "a").unwrap();
        }
        let unit = unit.map(|unit| unit.parse().unwrap());
        remove_kept_lists(folder.path(), &"acme".parse().unwrap(), unit.as_ref()).unwrap();
        let found = names.iter().filter(|name| folder.path().join(name).exists());
        assert_eq!(found.collect::<Vec<_>>(), left.iter().collect::<Vec<_>>(), "{unit:?}");
    }
    let none = folder.path().join("none");
    remove_kept_lists(&none, &"acme".parse().unwrap(), None).unwrap();
}
