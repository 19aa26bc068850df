use super::*;

#[test]
fn what_was_taken_back_is_known_in_many_languages() {
    for status in [
        "Cancelled",
        " CANCELED. ",
        "VOID",
        "Voided",
        "Reversed",
        "rejected",
        "Deleted",
        "Invoice cancelled",
        "INVOICE_VOIDED",
        "Bill : Voided",
        "Cancelled/Void",
        "90 - Cancelled",
        "C - Cancelled",
        "(Rejected)",
        "Storniert",
        "Rechnung storniert",
        "GELÖSCHT",
        "geloescht",
        "Annulé",
        "annule\u{301}e",
        "Anulado",
        "Annullata",
        "Geannuleerd",
        "Usunięta",
        "İptal edildi",
        "IPTAL",
        "Отменён",
        "ОТМЕНЕНО",
        "已作废",
        "取消",
        "취소됨",
        "ยกเลิก",
    ] {
        assert!(says_taken_back(status), "{status}");
    }
}

#[test]
fn a_part_of_a_status_decides_nothing() {
    let remark = format!("Cancelled{}", " ".repeat(STATUS_BYTES_MAX));
    for status in [
        "",
        "-",
        "12",
        "Paid",
        "Open",
        "Draft",
        "On hold",
        "Not rejected",
        "Not cancelled",
        "Un-cancelled",
        "Avoid late fee",
        "Payment void - reissued",
        "Payment voided",
        "Check void",
        "Void and reissued",
        "Cancelled, reinstated",
        "Cancellation requested",
        "Cancellation refused",
        "Void / reissued",
        "Reversal rejected",
        "Pending cancellation",
        "Non-cancellable",
        "Rejected by bank - paid again",
        "Partially rejected",
        "Cancelled: N",
        "N cancelled",
        "0 rejected",
        "Cancelado",
        "Invoice",
        "Nicht storniert",
        "Non annulé",
        &remark,
    ] {
        assert!(!says_taken_back(status), "{status}");
    }
}

#[test]
fn a_list_of_its_own_is_all_that_a_unit_leaves_out() {
    let listed =
        LeftOutStatuses::parse_list("Payment void - reissued\n\n  Cancelado \nDRAFT\n").unwrap();
    let rule = StatusRule::new(&listed, 10);
    for (status, is_left_out) in [
        ("payment VOID reissued", true),
        ("Cancelado", true),
        ("Draft", true),
        ("Draft - approved", false),
        ("Cancelled", false),
        ("", false),
    ] {
        // However many rows have it.
        assert_eq!(rule.leaves_out(status, 10), is_left_out, "{status}");
    }
    let none = LeftOutStatuses::parse_list(" \n").unwrap();
    assert_eq!(none, LeftOutStatuses::Listed(BTreeSet::new()));
    assert!(!StatusRule::new(&none, 10).leaves_out("Cancelled", 1));

    let many: Vec<String> = (0..=LISTED_MAX).map(|number| format!("Status {number}")).collect();
    assert_eq!(LeftOutStatuses::parse_list(&many.join("\n")), Err(InvalidStatuses::TooMany));
    let long = "x".repeat(STATUS_BYTES_MAX + 1);
    assert_eq!(LeftOutStatuses::parse_list(&long), Err(InvalidStatuses::TooLong));
}

#[test]
fn what_most_rows_have_is_not_left_out_unless_listed() {
    let known = LeftOutStatuses::Known;
    for (rows, of, is_left_out) in
        [(50, 100, true), (51, 100, false), (19, 19, true), (20, 20, false)]
    {
        assert_eq!(
            StatusRule::new(&known, of).leaves_out("Void", rows),
            is_left_out,
            "{rows} {of}"
        );
    }
}

#[test]
fn settings_are_written_as_they_are_read() {
    for left_out in [LeftOutStatuses::Known, LeftOutStatuses::parse_list("Void\nStorno").unwrap()] {
        let written = serde_json::to_string(&left_out).unwrap();
        assert_eq!(serde_json::from_str::<LeftOutStatuses>(&written).unwrap(), left_out);
    }
}
