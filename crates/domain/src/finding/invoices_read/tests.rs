use std::collections::BTreeMap;

use super::*;
use crate::finding::CheckEnd;

fn read() -> InvoicesRead {
    InvoicesRead {
        invoice_lines: InvoiceLines::Automatic,
        invoices: 20_310,
        invoices_of_lines: 1_204,
        lines: 3_011,
        repeated_invoices: 0,
        rows_left_out: 0,
        files_sent_again: Vec::new(),
        sums_of_runs_only: 0,
        sums_not_searched: 0,
        positive_credit_notes: PositiveCreditNotes::default(),
        other_references: Vec::new(),
        statuses: StatusesRead::default(),
    }
}

fn status((status, rows, is_left_out): (&str, u64, bool)) -> StatusRead {
    StatusRead { status: status.to_owned(), rows, is_left_out }
}

#[test]
fn what_is_left_out_by_status_is_said_with_its_counts() {
    let statuses = |statuses: StatusesRead| {
        InvoicesRead { invoices_of_lines: 0, lines: 0, statuses, ..read() }.notices().join("|")
    };
    let met = [("Cancelled", 1_190, true), ("Void", 14, true), ("Paid", 40_000, false)];
    let counted = StatusesRead {
        rows: 48_310,
        invoices_left_out_by_status: 1_204,
        met: met.map(status).to_vec(),
        ..StatusesRead::default()
    };
    let said = statuses(counted.clone());
    let begins = "Left out by status: 1,204 of 48,310 invoices were not compared (Cancelled 1,190, Void 14).";
    assert!(said.starts_with(begins), "{said}");
    let of_lines = InvoicesRead { statuses: counted.clone(), ..read() }.notices().join("|");
    assert!(of_lines.contains("1,204 of 48,310 rows were not compared"), "{of_lines}");

    let many = StatusesRead { invoices_left_out_by_status: 1_300, ..counted.clone() };
    assert!(statuses(many).contains("(Cancelled 1,190, Void 14, others 96)"));

    let usual = StatusesRead {
        invoices_left_out_by_status: 0,
        met: vec![status(("Void", 30_000, false))],
        ..counted
    };
    let listed = LeftOutStatuses::Listed(std::iter::once("Storno".to_owned()).collect());
    let listed = StatusesRead { left_out_statuses: listed, ..usual.clone() };
    let said = statuses(usual);
    assert!(
        said.starts_with("Compared all the same: 30,000 of 48,310 invoices have the status Void"),
        "{said}"
    );
    assert_eq!(statuses(listed), "");
}

fn sent_again() -> FileSentAgain {
    let upload = |text: &str| text.parse().unwrap();
    FileSentAgain {
        upload: upload("upl_0000000000w000000000000002"),
        file_name: Some("b.csv".to_owned()),
        earlier_upload: upload("upl_0000000000w000000000000001"),
        earlier_file_name: None,
        invoices: 600,
        copies: 598,
        is_left_out: true,
    }
}

#[test]
fn lines_are_said_with_their_share_and_what_settles_it() {
    let words = |invoice_lines| InvoicesRead { invoice_lines, ..read() }.notices().join("|");
    let automatic = words(InvoiceLines::Automatic);
    assert!(
        automatic.starts_with("Read as invoice lines: 1,204 of 20,310 invoices (5.9%)"),
        "{automatic}"
    );
    assert!(automatic.contains("3,011 rows") && automatic.contains("to Never"), "{automatic}");
    assert!(words(InvoiceLines::Always).contains("set to Always"));
    assert!(words(InvoiceLines::Never).contains("one Unique ID"));
    let none = InvoicesRead { invoices_of_lines: 0, lines: 0, ..read() };
    assert_eq!(none.notices(), Vec::<String>::new());
    assert_eq!(none.summary(), "20,310 invoices compared, each of one row");
    assert_eq!(
        read().summary(),
        "20,310 invoices compared, 1,204 of them added up from 3,011 invoice lines"
    );
}

#[test]
fn a_file_sent_again_is_named_first() {
    let read =
        InvoicesRead { files_sent_again: vec![sent_again()], repeated_invoices: 1, ..read() };
    let notices = read.notices();
    assert_eq!(notices.len(), 3);
    assert!(notices[0].starts_with("598 of 600 invoices of b.csv stand in upl_"), "{}", notices[0]);
    assert!(notices[2].starts_with("Not added up: 1 invoice "), "{}", notices[2]);
}

#[test]
fn figures_are_read_back_from_a_report() {
    let report = |figures| CheckReport {
        check: CHECK.to_owned(),
        title: String::new(),
        end: CheckEnd::Ran,
        findings: 0,
        suppressed: BTreeMap::new(),
        overfull: Vec::new(),
        figures,
        milliseconds: 0,
    };
    let figures = serde_json::to_value(read()).unwrap();
    assert_eq!(InvoicesRead::from_reports(&[report(figures)]), Some(read()));
    // As versions before wrote it.
    assert_eq!(InvoicesRead::from_reports(&[report(serde_json::json!({ "invoices": 3 }))]), None);
    assert_eq!(InvoicesRead::from_reports(&[]), None);
}

#[test]
fn it_is_said_where_the_search_for_sums_stopped() {
    let said = |sums_of_runs_only, sums_not_searched| {
        let read = InvoicesRead { sums_of_runs_only, sums_not_searched, ..read() };
        InvoicesRead { invoices_of_lines: 0, lines: 0, ..read }.notices().join("\n")
    };
    assert_eq!(said(0, 0), "");
    assert!(said(1_200, 0).ends_with(
        "for 1,200 invoices, with more than 16 others of their supplier within 45 days, only runs of \
         neighbours were tried."
    ));
    assert!(said(1_200, 30).ends_with("for 30 invoices, with more than 64, none were tried."));
}

#[test]
fn credit_notes_without_a_sign_are_said_with_how_they_are_known() {
    let said = |by_number, by_description, example: Option<&str>| {
        let example = example.map(str::to_owned);
        let positive_credit_notes = PositiveCreditNotes { by_number, by_description, example };
        let read = InvoicesRead { positive_credit_notes, ..read() };
        InvoicesRead { invoices_of_lines: 0, lines: 0, ..read }.notices().join("\n")
    };
    assert_eq!(said(0, 0, None), "");
    for (by_number, by_description, example, begins) in [
        (
            3,
            0,
            Some("CN-1"),
            "3 rows say that they are credit notes (by their numbers, such as CN-1), and",
        ),
        (0, 1_204, None, "1,204 rows say that they are credit notes (by their descriptions), and"),
        (
            12,
            2,
            Some("CN-1"),
            "14 rows say that they are credit notes (12 by their numbers, 2 by their descriptions, such as \
             CN-1), and no amount of the ledger is negative.",
        ),
    ] {
        let notice = said(by_number, by_description, example);
        let begins = format!("Credit notes without a sign: {begins}");
        assert!(notice.starts_with(&begins), "{notice}");
    }
}

#[test]
fn references_of_another_kind_are_said_of_their_own_file() {
    let upload = |text: &str| text.parse::<UploadId>().unwrap();
    let (own, other) =
        (upload("upl_0000000000w000000000000003"), upload("upl_0000000000w000000000000001"));
    for (file_name, called) in [(Some("march.csv"), "march.csv"), (None, "upl_")] {
        let file = FileWithOtherReferences {
            upload: own,
            file_name: file_name.map(str::to_owned),
            suppliers: 1_204,
            split: 1_190,
            reference: "200227".to_owned(),
            elsewhere: "FIRM 7".to_owned(),
        };
        let read =
            InvoicesRead { invoices_of_lines: 0, lines: 0, other_references: vec![file], ..read() };
        let notices = read.notices().join("\n");
        let begins = format!("References of another kind: in {called}");
        assert!(notices.starts_with(&begins), "{notices}");
        let counts = ", 1,190 of 1,204 suppliers that other files have too, by their names, have references \
                      that no other file has, such as 200227 for FIRM 7.";
        assert!(notices.contains(counts), "{notices}");
        assert_eq!(read.clone().about(other).notices(), Vec::<String>::new());
        assert_eq!(read.about(own).notices().len(), 1);
    }
}
