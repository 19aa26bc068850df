use domain::FindingKey;
use serde_json::json;

use super::*;

/// The tables of a finding about these rows, which have one amount.
fn tables(rows: &[FindingRow], derived: &DerivedFields) -> Vec<Comparison> {
    let finding = serde_json::from_value(json!({
        "key": FindingKey::new("spike", []), "check": "spike", "kind": "spike", "title": "",
        "probability": null, "atRisk": null, "rows": rows,
        "evidence": [{ "field": "supplier_ref", "words": "", "bits": 2.0 }],
        "innocentIf": "", "suppressed": null, "pattern": null,
    }));
    comparisons(&finding.unwrap(), derived, |row| format!("{}/{}", row.ledger, row.id))
}

#[test]
fn what_is_derived_or_the_same_stands_behind_what_tells() {
    let row = |id: &str, paid: &str| FindingRow {
        withheld: Vec::new(),
        ledger: FileType::Transactions,
        id: id.to_owned(),
        fields: [
            ("invoice_number", id),
            ("invoice_date", paid),
            ("paid_date", paid),
            ("supplier_ref", "S1"),
            ("user_id", "kim"),
        ]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into(),
    };
    let rows = [row("1", "2026-03-01"), row("2", "2026-03-02")];
    let derived = DerivedFields::made_up("invoice_date", "Paid");
    let listed: Vec<FindingRow> = (1..=5).map(|day| row("1", &format!("2026-03-0{day}"))).collect();
    let listed = tables(&listed, &derived).remove(0);
    let told: Vec<&str> = listed.distinguishing().iter().map(|line| line.label.as_ref()).collect();
    assert_eq!(told, ["Paid"], "no day that no paper has");
    let table = tables(&rows, &derived).remove(0);
    let read = |lines: Vec<&FieldLine>| {
        let told =
            |line: &&FieldLine| (line.label.to_string(), line.agrees(), line.derived.clone());
        lines.iter().map(told).collect::<Vec<_>>()
    };
    let said = |label: &str, agrees, from: &str| (label.to_owned(), agrees, from.to_owned());
    assert_eq!(
        read(table.first_lines()),
        [
            said("Invoice number", false, ""),
            said("Paid", false, ""),
            said("Supplier ref", true, "")
        ]
    );
    assert_eq!(
        read(table.other_lines()),
        [said("Invoice date", false, "Paid"), said("Entered by", false, "")]
    );
}

#[test]
fn fields_are_in_the_order_they_are_read() {
    let row = |id: &str, name: &str, fields: &[(&str, &str)]| FindingRow {
        withheld: Vec::new(),
        ledger: name.parse().unwrap(),
        id: id.to_owned(),
        fields: fields
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect(),
    };
    let rows = [
        row("1", "APT", &[("base_amount", "4310.00"), ("invoice_number", "10983")]),
        row("E7", "Employees", &[("full_name", "Ann"), ("department", "AP")]),
        row(
            "2",
            "APT",
            &[("base_amount", "4310"), ("invoice_number", "IO983"), ("paid_date", "2026-03-15")],
        ),
    ];
    let tables = tables(&rows, &DerivedFields::default());
    let labels: Vec<Vec<(&str, bool)>> = tables
        .iter()
        .map(|table| table.lines.iter().map(|line| (line.label.as_ref(), line.differs)).collect())
        .collect();
    assert_eq!(labels[0], [("Invoice number", true), ("Base amount", false), ("Paid", true)]);
    let read = |lines: Vec<&FieldLine>| {
        lines.iter().map(|line| line.label.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(read(tables[0].first_lines()), ["Invoice number", "Paid", "Base amount"]);
    let heads = tables[0].heads.iter().map(|head| (head.text.as_str(), head.href.as_str()));
    assert!(heads.eq([("Transaction 1", "APT/1"), ("Transaction 2", "APT/2")]));
    let cell = |table: usize, line: usize| tables[table].lines[line].cells[0][0].text.clone();
    assert_eq!(
        (cell(0, 1), cell(1, 0), cell(1, 1)),
        ("4,310.00".into(), "Ann".into(), "AP".into())
    );
}

#[test]
fn letters_are_marked_only_between_like_things() {
    let marked = |texts: [&str; 2], column| {
        let texts = texts.map(str::to_owned);
        let cells = cells(column, &texts);
        cells[1].iter().map(|piece| (piece.text.clone(), piece.differs)).collect::<Vec<_>>()
    };
    let whole = |text: &str| vec![(text.to_owned(), true)];
    assert_eq!(
        marked(["Housteads", "Langstead Gardens"], "supplier_name"),
        whole("Langstead Gardens")
    );
    assert_eq!(marked(["10983", "77"], "invoice_number"), whole("77"));
    assert_eq!(
        marked(["10983", "IO983"], "invoice_number"),
        [("IO".to_owned(), true), ("983".to_owned(), false)]
    );
}

#[test]
fn many_rows_are_listed_by_what_tells_them_apart() {
    let row = |at: usize| FindingRow {
        withheld: Vec::new(),
        ledger: FileType::Transactions,
        id: at.to_string(),
        fields: [("invoice_number", format!("A{at}")), ("supplier_ref", "S1".to_owned())]
            .map(|(name, text)| (name.to_owned(), text))
            .into(),
    };
    let of = |count: usize| {
        let rows: Vec<FindingRow> = (0..count).map(row).collect();
        tables(&rows, &DerivedFields::default()).remove(0)
    };
    assert!(!of(SIDE_BY_SIDE_MAX).is_list);
    let many = of(SIDE_BY_SIDE_MAX + 1);
    assert!(many.is_list);
    let distinguishing: Vec<String> =
        many.distinguishing().iter().map(|line| line.text(&many.heads[2])).collect();
    assert_eq!(distinguishing, ["A2"]);
    let shared: Vec<(&str, String)> = many.shared().collect();
    assert_eq!(shared, [("Supplier ref", "S1".to_owned())]);
}

#[test]
fn a_scan_is_opened_by_an_address_and_nothing_else() {
    for (said, opened) in [("https://scans.example.org/1.pdf", true), (r"\\scans\1.pdf", false)] {
        let row = FindingRow {
            withheld: Vec::new(),
            ledger: FileType::Transactions,
            id: "1".to_owned(),
            fields: [(SCAN.to_owned(), said.to_owned())].into(),
        };
        let tables = tables(&[row], &DerivedFields::default());
        assert_eq!(tables[0].heads[0].scan.is_some(), opened, "{said}");
        assert_eq!(
            tables[0].lines.is_empty(),
            opened,
            "what opens nothing is shown as text: {said}"
        );
    }
}
