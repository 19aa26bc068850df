use serde_json::json;

use super::*;

/// A finding about transactions.
pub(super) fn finding(
    check: &str,
    rows: &[&str],
    at_risk: Option<(&str, &str)>,
    probability: f64,
) -> StoredFinding {
    let row = |id: &&str| json!({ "ledger": "APT", "id": id, "fields": {} });
    let money = at_risk.map(|(amount, currency)| json!({ "amount": amount, "currency": currency }));
    serde_json::from_value(json!({
        "key": "fnd_00000000000000000000000000000000",
        "check": check,
        "kind": check,
        "title": format!("Rows {} look alike on 2026-03-05", rows.join(" and ")),
        "claim": "they are one invoice",
        "probability": probability,
        "reckoning": "",
        "atRisk": money,
        "atRiskIs": "the later of them",
        "rows": rows.iter().map(row).collect::<Vec<_>>(),
        "evidence": [{ "field": "invoice_amount", "words": "both amounts are <equal>", "bits": 4.0 }],
        "innocentIf": "they are rent",
        "suppressed": null,
        "pattern": null,
        "state": "open",
        "because": null,
        "recovered": null,
        "assignee": null,
        "firstSeen": "2026-11-23T10:00:00Z",
        "firstRun": "run_01k00000000000000000000000",
        "lastRun": "run_01k00000000000000000000000",
        "goneAt": null,
    }))
    .unwrap()
}

/// A check of which only name and severity matter.
pub(super) fn check(name: &str, severity: domain::Severity) -> Check {
    Check {
        name: name.to_owned(),
        title: format!("Check {name}"),
        about: String::new(),
        severity,
        verdict: domain::check::VerdictWords::default(),
        innocent_reasons: Vec::new(),
        parameters: Vec::new(),
    }
}

/// The finding with these fields in each of its rows.
pub(super) fn with_fields(mut found: StoredFinding, fields: &[(&str, &str)]) -> StoredFinding {
    for row in &mut found.finding.rows {
        let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        row.fields.extend(fields);
    }
    found
}

fn report(check: &str, why: Option<&str>) -> CheckReport {
    let end = why.map_or(CheckEnd::Ran, |why| CheckEnd::NotRun { why: why.to_owned() });
    CheckReport {
        check: check.to_owned(),
        title: format!("Check {check}"),
        end,
        findings: 0,
        suppressed: [].into(),
        overfull: Vec::new(),
        figures: serde_json::Value::Null,
        milliseconds: 1,
    }
}

fn rendered(findings: &[StoredFinding]) -> String {
    let reports =
        [report("duplicate_invoices", None), report("shared_iban", Some("no iban in suppliers"))];
    let steps =
        [NextStep { words: "Go on".to_owned(), command: Some("bursard <serve>".to_owned()) }];
    render(&ReportParts {
        title: "Acme & Sons",
        made_at: "2026-11-23T10:00:00Z".parse().unwrap(),
        files: &[],
        left_out: &[],
        checks: &[],
        reports: &reports,
        findings,
        more: 0,
        suppressed: 3,
        workbook: Some("findings.xlsx"),
        next_steps: &steps,
        made_where: "Made here.",
    })
    .unwrap()
    .document
}

#[test]
fn a_report_says_the_answer_first_and_then_why() {
    let found: Vec<StoredFinding> = (0..SHOWN_WHOLE + LISTED + 2)
        .map(|at| {
            let rows = [format!("A{at}"), format!("B{at}")];
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            let found = finding("duplicate_invoices", &rows, Some(("10.00", "GBP")), 0.9);
            with_fields(found, &[("supplier_name", "<script>alert(1)</script>")])
        })
        .collect();
    let html = rendered(&found);
    for says in [
        "<h1>112 findings, £1,120.00 at risk</h1>",
        "<b>£1,008.00</b><span>of it expected",
        "1 of 2",
        "Rows A0 and B0 look alike on 5 Mar 2026",
        "<b>90%: very likely they are one invoice.</b>",
        "At risk: the later of them.",
        "<span class=\"tag plain\">strong</span> Both amounts are",
        "<summary>How this was worked out</summary>",
        "both amounts are &#60;equal&#62;",
        "they are rent",
        "2 more are not listed here",
        "All findings with their invoices are in findings.xlsx",
        "no iban in suppliers",
        "Check shared_iban",
        "Acme &#38; Sons",
        "bursard &#60;serve&#62;",
    ] {
        assert!(html.contains(says), "{says}");
    }
    assert!(!html.contains("<script"));
    assert_eq!(html.matches("<article class=\"card finding\">").count(), SHOWN_WHOLE);
}

#[test]
fn a_report_names_nothing_outside_itself() {
    let found = with_fields(
        finding("duplicate_invoices", &["1", "2"], Some(("10.00", "GBP")), 0.9),
        &[("scanned_image", "https://scans.example.org/1.pdf")],
    );
    let html = rendered(&[found]);
    for outside in [" src=", "url(", "@import", "<link", "<script", "<iframe", "<img", "<form"] {
        assert!(!html.contains(outside), "{outside}");
    }
    for link in html.split("href=\"").skip(1) {
        assert!(link.starts_with('#'), "{}", &link[..40]);
    }
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn nothing_found_is_said() {
    let html = rendered(&[]);
    assert!(html.contains("<h1>Nothing was found</h1>"));
    assert!(html.contains("1 of 2 checks ran"));
    assert!(!html.contains("id=\"findings\""));
}

#[test]
fn amounts_that_nobody_has_set_are_said_to_be_assumed() {
    let limit = domain::CheckParameter {
        name: "limit".to_owned(),
        about: "what one person may approve alone".to_owned(),
        kind: domain::check::ParameterKind::Amount,
        takes_more: false,
        unit: String::new(),
        default: "5000".parse().unwrap(),
    };
    let with_limit = |name: &str| Check {
        parameters: vec![limit.clone()],
        ..check(name, domain::Severity::Medium)
    };
    let found = ["split_invoice", "just_below_limit"].map(|name| finding(name, &["1"], None, 0.5));
    let checks = ["split_invoice", "just_below_limit", "spike"].map(with_limit);
    assert_eq!(
        assumed::assumed(&checks, &found),
        [
            "What one person may approve alone: 5,000.00 (Check split_invoice, Check just_below_limit)"
        ]
    );
}
