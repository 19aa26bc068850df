//! Findings that look like those of a real ledger.

use domain::finding::{Evidence, FindingRow, Lane, ProbabilityBasis, RunOutcome, Suppression};
use domain::{FileType, Finding, FindingKey, Money, Severity};

type Fields<'a> = &'a [(&'a str, &'a str)];

pub(crate) fn checked() -> RunOutcome {
    let mut findings = vec![misread(), exact(), changed_account(), employee()];
    findings.extend((1..=55).map(small));
    RunOutcome { findings, suppressed: vec![rent()], ..RunOutcome::default() }
}

fn misread() -> Finding {
    let evidence = [
        (
            "prior",
            "of two invoices of one supplier that lie near each other, about one in 500 is a duplicate",
            -9.0,
        ),
        (
            "invoice_number",
            "10983 and IO983 differ only by characters that look alike; two genuine invoices of this supplier are hardly ever so alike",
            8.1,
        ),
        (
            "base_amount",
            "the same amount, £4,310.00, which this supplier has billed once more",
            4.2,
        ),
        (
            "invoice_date",
            "the dates are 12 days apart, as this supplier's invoices often are",
            -0.6,
        ),
        (
            "user_id",
            "keyed by different users, which is 3 times as common when an invoice is keyed twice",
            1.6,
        ),
        ("po_number", "the same order, 4500012", 1.3),
    ];
    let rows = [
        ("7120334", invoice("10983", "2026-03-03", "4310.00", "JSMITH", "2026-03-20")),
        ("7121902", invoice("IO983", "2026-03-15", "4310.00", "PJONES", "2026-04-02")),
    ];
    let rows = rows.iter().map(|(id, fields)| row(FileType::Transactions, id, fields)).collect();
    finding(
        "duplicate_invoices",
        "misread_character",
        0.97,
        "4310.00",
        rows,
        &evidence,
        "Invoices 10983 and IO983 of Northfield Tools Ltd look the same, with a character misread",
        "the supplier confirms two deliveries, or its statement lists both numbers",
    )
}

fn exact() -> Finding {
    let evidence = [
        (
            "prior",
            "of two invoices of one supplier that lie near each other, about one in 500 is a duplicate",
            -9.0,
        ),
        ("invoice_number", "the same invoice number, 55120", 9.0),
        ("base_amount", "the amounts £18,400.00 and £18,040.00: two digits are swapped", 2.2),
        ("description", "the descriptions have little in common", -0.9),
    ];
    let rows = [
        ("7098811", invoice("55120", "2026-02-11", "18400.00", "JSMITH", "2026-03-01")),
        ("7101177", invoice("55120", "2026-02-11", "18040.00", "JSMITH", "2026-03-08")),
    ];
    let rows = rows.iter().map(|(id, fields)| row(FileType::Transactions, id, fields)).collect();
    finding(
        "duplicate_invoices",
        "transposed_amount",
        0.81,
        "18040.00",
        rows,
        &evidence,
        "Invoice 55120 of Northfield Tools Ltd was keyed twice, with two digits of its amount swapped",
        "one of them was credited, or the supplier uses a number twice",
    )
}

fn changed_account() -> Finding {
    let evidence = [
        (
            "account_number",
            "the account ending in 2491 became one ending in 7730, keyed by TEMP04",
            3.0,
        ),
        ("paid_date", "£61,250.00 was paid to it 2 days later", 2.4),
    ];
    let supplier: Fields<'_> = &[
        ("supplier_name", "Greenway Facilities GmbH"),
        ("account_number", "…7730"),
        ("iban", "…7730"),
        ("telephone", "+49 30 5550 117"),
        ("country", "DE"),
        ("modified_date", "2026-11-09"),
        ("created_date", "2019-05-20"),
    ];
    let rows = vec![row(FileType::Suppliers, "S-20881", supplier)];
    finding(
        "bank_changed_then_paid",
        "bank_changed_then_paid",
        0.62,
        "61250.00",
        rows,
        &evidence,
        "The account of Greenway Facilities GmbH (S-20881) was changed on 2026-11-09, and £61,250.00 was paid on 2026-11-11",
        "the supplier confirmed the change by a telephone number that was known before",
    )
}

fn employee() -> Finding {
    let evidence = [(
        "account_number",
        "the supplier is paid into the account that the employee's pay goes to",
        7.0,
    )];
    let supplier: Fields<'_> =
        &[("supplier_name", "Lakeside Consulting"), ("account_number", "…1180")];
    let person: Fields<'_> = &[
        ("full_name", "Erika Mustermann"),
        ("department", "Accounts payable"),
        ("start_date", "2021-04-01"),
    ];
    let rows = vec![
        row(FileType::Suppliers, "S-31002", supplier),
        row(FileType::Employees, "E-0417", person),
    ];
    finding(
        "employee_is_supplier",
        "employee_bank_account",
        0.95,
        "7420.00",
        rows,
        &evidence,
        "Lakeside Consulting (S-31002) is paid into the account of employee E-0417",
        "the interest was declared, and somebody else approves: ask for the declaration",
    )
}

fn rent() -> Finding {
    let words =
        "the supplier bills this amount about every 30 days (monthly), 6 times so far".to_owned();
    let rows = [
        ("7000001", invoice("R-2026-02", "2026-02-01", "2400.00", "JSMITH", "2026-02-10")),
        ("7000002", invoice("R-2026-03", "2026-03-01", "2400.00", "JSMITH", "2026-03-10")),
    ];
    let rows = rows.iter().map(|(id, fields)| row(FileType::Transactions, id, fields)).collect();
    let suppressed = Some(Suppression { reason: "recurring".to_owned(), words });
    let found = finding(
        "duplicate_invoices",
        "other_number",
        0.55,
        "2400.00",
        rows,
        &[],
        "Invoices R-2026-02 and R-2026-03 of Northfield Tools Ltd look the same",
        "it is rent",
    );
    Finding { suppressed, ..found }
}

fn small(number: u32) -> Finding {
    let id = (9_000_000 + number).to_string();
    let amount = format!("{}.50", 40 + number * 37);
    let invoice_number = format!("A-{number:04}");
    let mut fields = invoice(&invoice_number, "2026-05-04", &amount, "PJONES", "2026-05-30");
    fields.retain(|(name, _)| !name.starts_with("supplier"));
    fields.push(("supplier_name", "Harbour Catering"));
    let rows = vec![row(FileType::Transactions, &id, &fields)];
    let evidence = [("prior", "about one in 500", -9.0), ("base_amount", "the same amount", 8.0)];
    finding(
        "round_amounts",
        "round_amounts",
        0.2 + f64::from(number) / 100.0,
        &amount,
        rows,
        &evidence,
        &format!("{number} of 60 invoices of Harbour Catering (S-{number:05}) are whole thousands"),
        "the contract says so",
    )
}

fn invoice<'a>(
    number: &'a str,
    dated: &'a str,
    amount: &'a str,
    user: &'a str,
    paid: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("invoice_number", number),
        ("invoice_date", dated),
        ("invoice_amount", amount),
        ("invoice_amount_currency", "GBP"),
        ("supplier_ref", "S-10442"),
        ("supplier_name", "Northfield Tools Ltd"),
        ("description", "Angle grinders, 12 pieces"),
        ("po_number", "4500012"),
        ("user_id", user),
        ("paid_date", paid),
    ]
}

fn row(ledger: FileType, id: &str, fields: Fields<'_>) -> FindingRow {
    let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    FindingRow { ledger, id: id.to_owned(), fields: fields.collect(), withheld: Vec::new() }
}

#[expect(clippy::too_many_arguments, reason = "a table of findings reads better so")]
fn finding(
    check: &str,
    kind: &str,
    probability: f64,
    amount: &str,
    rows: Vec<FindingRow>,
    evidence: &[(&str, &str, f64)],
    title: &str,
    innocent_if: &str,
) -> Finding {
    let key = FindingKey::new(check, rows.iter().map(|row| (row.ledger, row.id.as_str())));
    let reason = |(field, words, bits): &(&str, &str, f64)| Evidence::new(field, *words, *bits);
    Finding {
        key,
        check: check.to_owned(),
        kind: kind.to_owned(),
        title: title.to_owned(),
        claim: "one invoice was paid twice".to_owned(),
        lane: Lane::Recover,
        severity: Severity::High,
        probability: Some(probability),
        probability_from: Some(ProbabilityBasis::Evidence),
        by_evidence: None,
        billed: None,
        reckoning: "All weights together make the probability.".to_owned(),
        at_risk_is: "what was billed a second time".to_owned(),
        at_risk: amount
            .parse()
            .ok()
            .map(|amount| Money { amount, currency: Some("GBP".to_owned()) }),
        rows,
        evidence: evidence.iter().map(reason).collect(),
        innocent_if: innocent_if.to_owned(),
        next_step: "Ask the supplier for both papers.".to_owned(),
        suppressed: None,
        pattern: Some(format!("S-10442|{kind}")),
        statement_credit: None,
        misposted_row: None,
    }
}
