//! References that bear several names: who is named, and what is one supplier.

use std::fmt::Write as _;

use domain::InvoiceLines;
use domain::finding::Finding;

use crate::site::check_files;

const HEAD: &str = "Unique ID,Invoice Number,Invoice Amount,Invoice Date,Entered Date,Paid Date,Supplier Name,Supplier Ref\n";

/// Invoices of four firms as background, and under reference R an invoice of each of `names`.
fn ledger(names: &[&str]) -> String {
    let mut text = HEAD.to_owned();
    for at in 0..60 {
        let (month, day) = (at % 12 + 1, at % 27 + 1);
        let (firm, number, amount) = (at % 4, 7_000 + at * 13, 310 + at * 77);
        writeln!(
            text,
            "U{at},{number},{amount}.17,2025-{month:02}-{day:02},2025-{month:02}-{day:02},2025-12-28,Firm {firm} Ltd,S{firm}"
        )
        .unwrap();
    }
    for (at, name) in names.iter().enumerate() {
        let amount = 500 + at * 61;
        writeln!(
            text,
            "N{at},GR{at}X,{amount}.40,2025-02-{:02},2025-02-{:02},2025-03-28,{name},R",
            at % 27 + 1,
            at % 27 + 1
        )
        .unwrap();
    }
    text
}

/// Two invoices alike under R, by the names on them.
fn pair(first: &str, second: &str) -> String {
    format!(
        "A,88123,10000.00,2025-06-03,2025-06-04,2025-07-01,{first},R\n\
         B,88123,10000.00,2025-06-03,2025-06-11,2025-07-08,{second},R\n"
    )
}

async fn found(names: &[&str], first: &str, second: &str) -> Vec<Finding> {
    let files = [ledger(names) + &pair(first, second)];
    check_files("duplicate_invoices", &files, InvoiceLines::Automatic).await.findings
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_names_who_stands_in_its_rows() {
    let names = ["A. INC", "HAYS ACCOUNTANCY", "HAYS ACCOUNTANCY", "ZOO LTD"];
    for (second, title, note) in [
        ("HAYS ACCOUNTANCY", "of HAYS ACCOUNTANCY (R) for", None),
        ("Hays Accountancy Ltd", "of HAYS ACCOUNTANCY (R) for", None),
        (
            "HAYS RECRUITMENT",
            "of HAYS ACCOUNTANCY and HAYS RECRUITMENT (R) for",
            Some("different names under R: HAYS ACCOUNTANCY and HAYS RECRUITMENT"),
        ),
    ] {
        let findings = found(&names, "HAYS ACCOUNTANCY", second).await;
        let [finding] = findings.as_slice() else { panic!("{second}: {findings:?}") };
        assert!(finding.title.contains(title), "{second}: {}", finding.title);
        let words = finding.evidence.iter().map(|reason| reason.words.as_str());
        let said: Vec<&str> = words.filter(|words| words.contains("different names")).collect();
        assert_eq!(said.len(), usize::from(note.is_some()), "{second}: {said:?}");
        assert!(said.iter().all(|words| words.contains(note.unwrap_or_default())), "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invoices_of_two_names_of_a_collective_account_are_not_one_suppliers() {
    let schools: Vec<String> = (0..12)
        .map(|at| {
            format!(
                "{} PRIMARY SCHOOL",
                [
                    "OAK", "ASH", "ELM", "FIR", "YEW", "BAY", "FIG", "HOP", "IVY", "NUT", "PEA",
                    "RYE"
                ][at]
            )
        })
        .collect();
    let schools: Vec<&str> = schools.iter().map(String::as_str).collect();
    let apart = found(&schools, schools[0], schools[5]).await;
    let together = found(&schools, schools[0], schools[0]).await;
    let [together] = together.as_slice() else { panic!("{together:?}") };
    assert!(together.title.contains("of OAK PRIMARY SCHOOL (R) for"), "{}", together.title);
    let words = together.evidence.iter().map(|reason| reason.words.as_str());
    let said: Vec<&str> = words.filter(|words| words.contains("collective account")).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("12 different names"), "{said:?}");
    for finding in &apart {
        assert_eq!(finding.kind, "wrong_supplier", "{}", finding.title);
        assert!(finding.probability < together.probability, "{}", finding.title);
        for school in [schools[0], schools[5]] {
            assert!(finding.title.contains(school), "{}", finding.title);
        }
    }
}
