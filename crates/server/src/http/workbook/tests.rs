use calamine::{Data, Range, Reader as _, Xlsx};
use domain::Severity;
use domain::finding::Lane;
use serde_json::json;

use super::*;

fn found() -> StoredFinding {
    let row = |id: &str, date: &str| {
        json!({ "ledger": "APT", "id": id, "fields": {
            "invoice_number": "=7", "invoice_date": date, "base_amount": "4310.5", "supplier_name": "ACME",
        }})
    };
    serde_json::from_value(json!({
        "key": "fnd_00000000000000000000000000000000",
        "check": "duplicate_invoices",
        "kind": "same_number",
        "title": "=Invoice 7 was keyed twice",
        "lane": "recover",
        "probability": 0.9,
        "atRisk": { "amount": "4310.5", "currency": "GBP" },
        "rows": [row("U1", "2026-03-31"), row("U2", "soon")],
        "evidence": [],
        "innocentIf": "it is rent",
        "suppressed": null,
        "pattern": null,
        "state": "not_duplicate",
        "because": "It is the rent",
        "recovered": "100",
        "assignee": "bob@example.org",
        "firstSeen": "2026-11-23T10:00:00Z",
        "firstRun": "run_01k00000000000000000000000",
        "lastRun": "run_01k00000000000000000000000",
        "goneAt": null,
        "lastEntry": 3,
        "counted": "4000",
    }))
    .unwrap()
}

fn history(found: &StoredFinding) -> BTreeMap<FindingKey, Vec<HistoryEntry>> {
    let standing = serde_json::to_value(&found.standing).unwrap();
    let entry = |(number, what, by, words): (u64, &str, &str, &str)| -> HistoryEntry {
        serde_json::from_value(json!({
            "entry": number, "at": format!("2026-11-2{number}T09:30:00Z"), "by": by, "who": null,
            "what": what, "from": standing, "to": standing, "words": words,
            "undoes": (what == "undo").then_some(number - 1), "finding": null,
        }))
        .unwrap()
    };
    let entries = [
        (1, "comment", "Bob Clerk", "Asked them"),
        (2, "verdict", "Ann Other", "It is the rent"),
        (3, "verdict", "Bob Clerk", "It is paid twice"),
        (4, "undo", "Bob Clerk", ""),
    ];
    BTreeMap::from([(found.finding.key.clone(), entries.map(entry).to_vec())])
}

fn sheet(bytes: &[u8], name: &str) -> Range<Data> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    book.worksheet_range(name).unwrap()
}

fn cell<'r>(range: &'r Range<Data>, row: usize, header: &str) -> &'r Data {
    let mut headers = range.rows().next().unwrap().iter();
    let column = headers.position(|name| *name == Data::String(header.to_owned()));
    range.get((row, column.unwrap_or_else(|| panic!("no column {header}")))).unwrap()
}

#[test]
fn people_read_a_workbook_as_the_pages_read() {
    let check = Check {
        name: "duplicate_invoices".to_owned(),
        title: "Invoices that came twice".to_owned(),
        about: String::new(),
        severity: Severity::High,
        verdict: VerdictWords::Duplicate,
        innocent_reasons: Vec::new(),
        parameters: Vec::new(),
    };
    let found = found();
    let mut sign_of_fraud = found.clone();
    sign_of_fraud.finding.lane = Lane::FraudSigns;
    let histories = history(&found);
    let bytes = workbook(&WorkbookParts {
        checks: &[check],
        findings: &[found.clone(), sign_of_fraud],
        histories: &histories,
        place: &WorkbookPlace {
            findings_url: Some("https://bursar.example/at/acme/acme/findings".to_owned()),
            zone: SheetZone::default(),
        },
    })
    .unwrap();
    let findings = sheet(&bytes, "Findings");
    assert_eq!(*cell(&findings, 1, "Payment due"), Data::Empty, "nothing can be stopped");
    for (header, text) in [
        ("Finding", "=Invoice 7 was keyed twice"),
        ("Supplier", "ACME"),
        ("Check", "Invoices that came twice"),
        ("Kind", "Same number"),
        ("State", "not a duplicate"),
        ("Reason", "It is the rent"),
        ("Decided by", "Ann Other"),
        ("Assigned to", "bob@example.org"),
        ("Comments", "Bob Clerk, 21 Nov 2026: Asked them"),
        ("Page", "Open the finding"),
    ] {
        assert_eq!(*cell(&findings, 1, header), Data::String(text.to_owned()), "{header}");
    }
    for (header, day) in
        [("Decided on (UTC)", "2026-11-22 09:30:00"), ("Found on (UTC)", "2026-11-23 10:00:00")]
    {
        let Data::DateTime(at) = cell(&findings, 1, header) else {
            panic!("{header} is no moment")
        };
        assert_eq!(at.to_string(), excel_serial(day).to_string(), "{header}");
    }
    assert_eq!(*cell(&findings, 1, "Counted here"), Data::Float(4000.0));
    assert_eq!(*cell(&findings, 2, "At risk"), Data::Float(4310.5));
    assert_eq!(*cell(&findings, 2, "Counted here"), Data::Empty, "as on the overview");
    let invoices = sheet(&bytes, "Invoices");
    assert!(matches!(cell(&invoices, 1, "Invoice date"), Data::DateTime(_)));
    assert_eq!(*cell(&invoices, 2, "Invoice date"), Data::String("soon".to_owned()));
    for (header, amount) in [("Recovered", 100.0), ("At risk", 4310.5), ("Counted here", 4000.0)] {
        assert_eq!(*cell(&invoices, 1, header), Data::Float(amount), "{header}");
        assert_eq!(*cell(&invoices, 2, header), Data::Empty, "{header} stands once");
    }
    assert_eq!(*cell(&invoices, 2, "Base amount"), Data::Float(4310.5));
}

#[test]
fn moments_stand_in_the_time_zone_that_their_header_names() {
    let found = found();
    let histories = history(&found);
    for (named, said, decided, found_on, comment) in [
        ("UTC", "UTC", "2026-11-22 09:30:00", "2026-11-23 10:00:00", "21 Nov 2026"),
        (
            "America/New_York",
            "America/New_York",
            "2026-11-22 04:30:00",
            "2026-11-23 05:00:00",
            "21 Nov 2026",
        ),
        (
            "Pacific/Marquesas",
            "Pacific/Marquesas",
            "2026-11-22 00:00:00",
            "2026-11-23 00:30:00",
            "21 Nov 2026",
        ),
        (
            "Pacific/Niue",
            "Pacific/Niue",
            "2026-11-21 22:30:00",
            "2026-11-22 23:00:00",
            "20 Nov 2026",
        ),
        ("Nowhere/At_all", "UTC", "2026-11-22 09:30:00", "2026-11-23 10:00:00", "21 Nov 2026"),
    ] {
        let bytes = workbook(&WorkbookParts {
            checks: &[],
            findings: std::slice::from_ref(&found),
            histories: &histories,
            place: &WorkbookPlace { findings_url: None, zone: SheetZone::named(named) },
        })
        .unwrap();
        let findings = sheet(&bytes, "Findings");
        for (header, moment) in [("Decided on", decided), ("Found on", found_on)] {
            let header = format!("{header} ({said})");
            let Data::DateTime(at) = cell(&findings, 1, &header) else {
                panic!("{header} is no moment")
            };
            assert!((at.as_f64() - excel_serial(moment)).abs() < 1e-6, "{header}: {at}");
        }
        let words = Data::String(format!("Bob Clerk, {comment}: Asked them"));
        assert_eq!(*cell(&findings, 1, "Comments"), words, "{named}");
    }
}

/// The number by which Excel knows a moment.
fn excel_serial(at: &str) -> f64 {
    let at: jiff::civil::DateTime = at.parse().unwrap();
    let seconds = at.duration_since(jiff::civil::date(1899, 12, 30).at(0, 0, 0, 0)).as_secs();
    f64::from(u32::try_from(seconds).unwrap()) / 86_400.0
}
