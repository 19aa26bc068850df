//! Orders of payments in each format, read whole or refused with the line.

mod cleaned;

use std::collections::BTreeSet;

use domain::FileFormat;
use domain::content::{Content, PaymentOrderKind, recognise};
use proptest::prelude::*;

use super::*;

const KINDS: [PaymentOrderKind; 3] =
    [PaymentOrderKind::Pain001, PaymentOrderKind::Bacs, PaymentOrderKind::Nacha];

const PAIN001: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
 <CstmrCdtTrfInitn>
  <GrpHdr><MsgId>RUN-7</MsgId><NbOfTxs>2</NbOfTxs><CtrlSum>1250.75</CtrlSum></GrpHdr>
  <PmtInf>
   <PmtInfId>P1</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>2</NbOfTxs><CtrlSum>1250.75</CtrlSum>
   <ReqdExctnDt><Dt>2026-11-30</Dt></ReqdExctnDt>
   <Dbtr><Nm>Acme</Nm></Dbtr><DbtrAcct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id></DbtrAcct>
   <CdtTrfTxInf>
    <PmtId><InstrId>I1</InstrId><EndToEndId>4711</EndToEndId></PmtId>
    <Amt><InstdAmt Ccy="EUR">1000.50</InstdAmt></Amt>
    <CdtrAgt><FinInstnId><BICFI>BYLADEM1001</BICFI></FinInstnId></CdtrAgt>
    <Cdtr><Nm>Birch &amp; S&#246;hne</Nm><Id><OrgId><Othr><Id>S2</Id></Othr></OrgId></Id></Cdtr>
    <CdtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></CdtrAcct>
    <RmtInf><Ustrd>88-204</Ustrd><Ustrd>88-209</Ustrd></RmtInf>
   </CdtTrfTxInf>
   <CdtTrfTxInf>
    <PmtId><EndToEndId>NOTPROVIDED</EndToEndId></PmtId>
    <Amt><InstdAmt Ccy="GBP">250.25</InstdAmt></Amt>
    <CdtrAgt><FinInstnId><ClrSysMmbId><MmbId>000003</MmbId></ClrSysMmbId></FinInstnId></CdtrAgt>
    <Cdtr><Nm>Cedar Works</Nm></Cdtr>
    <CdtrAcct><Id><Othr><Id>31415926</Id></Othr></Id></CdtrAcct>
   </CdtTrfTxInf>
  </PmtInf>
 </CstmrCdtTrfInitn>
</Document>
"#;

fn padded(text: &str, places: usize) -> String {
    format!("{text:places$}")
}

/// Two payments and the contra that balances them.
fn bacs() -> String {
    let payment = |account: &str, code: &str, pence: u64, reference: &str, name: &str| {
        let own = format!("{:18}{reference:18}{name}", "ACME LTD");
        padded(&format!("000003{account}0{code}00000448271009    {pence:011}{own}"), 100)
    };
    let lines = [
        padded("VOL1ABC123                               HSBC", 80),
        padded("HDR1A123456S  1123456ABC123       00010001       26333 26340000000", 80),
        padded("HDR2F0200000100", 80),
        padded("UHL1 26334999999    000000001 DAILY  001", 80),
        payment("31415926", "99", 25_025, "INV 9", "CEDAR WORKS"),
        payment("27182818", "99", 100, "INV 10", "DOGWOOD AND CO"),
        payment("48271009", "17", 25_125, "CONTRA", "ACME LTD"),
        padded("EOF1A123456S  1123456ABC123       00010001       26333 26340000000", 80),
        padded("EOF2F0200000100", 80),
        padded("UTL10000000025125000000002512500000010000002", 80),
    ];
    lines.join("\r\n") + "\r\n"
}

fn nacha() -> String {
    let lines = [
        format!(
            "101{:>10}{:10}2611230915A094101{:23}{:23}{:8}",
            "021000021", "1234567890", "BANK", "ACME INC", ""
        ),
        format!(
            "5220{:16}{:20}{:10}CCD{:10}{:6}{:6}   1{:8}{:07}",
            "ACME INC", "", "1234567890", "SUPPLIERS", "261130", "261201", "02100002", 1
        ),
        format!(
            "62202100002{}{:17}{:010}{:15}{:22}  1{:15}",
            1, "31415926", 25_025, "S3", "CEDAR WORKS", "021000020000001"
        ),
        format!("705{:80}{:04}{:07}", "INV 9, INV 11", 1, 1),
        format!(
            "62702100002{}{:17}{:010}{:15}{:22}  0{:15}",
            1, "99", 25_025, "", "ACME INC", "021000020000002"
        ),
        format!(
            "8220{:06}{:010}{:012}{:012}{:10}{:19}{:6}{:8}{:07}",
            3, 4_200_004, 25_025, 25_025, "1234567890", "", "", "02100002", 1
        ),
        format!("9{:06}{:06}{:08}{:010}{:012}{:012}{:39}", 1, 1, 3, 4_200_004, 25_025, 25_025, ""),
        "9".repeat(94),
    ];
    lines.join("\n") + "\n"
}

#[test]
fn each_format_is_recognised_and_read() {
    for (text, kind) in [(PAIN001.to_owned(), KINDS[0]), (bacs(), KINDS[1]), (nacha(), KINDS[2])] {
        let content = recognise(FileFormat::Txt, text.as_bytes());
        assert_eq!(content, Ok(Content::PaymentOrder(kind)), "{kind:?}");
        parse(text.as_bytes(), kind).unwrap_or_else(|fault| panic!("{kind:?} {fault:?}"));
    }
    let order = parse(PAIN001.as_bytes(), PaymentOrderKind::Pain001).unwrap();
    let text = str::to_owned;
    assert_eq!(
        order,
        [
            OrderedPayment {
                line: 9,
                id: text("4711"),
                payee: text("Birch & Söhne"),
                payee_ref: text("S2"),
                amount: text("1000.50"),
                currency: text("EUR"),
                iban: text("DE02120300000000202051"),
                bic: text("BYLADEM1001"),
                date: text("2026-11-30"),
                reference: text("88-204 88-209"),
                ..OrderedPayment::default()
            },
            OrderedPayment {
                line: 17,
                id: text("line:17"),
                payee: text("Cedar Works"),
                amount: text("250.25"),
                currency: text("GBP"),
                sort_code: text("000003"),
                account_number: text("31415926"),
                date: text("2026-11-30"),
                ..OrderedPayment::default()
            },
        ]
    );
    let order = parse(bacs().as_bytes(), PaymentOrderKind::Bacs).unwrap();
    assert_eq!(
        order[0],
        OrderedPayment {
            line: 5,
            id: text("line:5"),
            payee: text("CEDAR WORKS"),
            amount: text("250.25"),
            currency: text("GBP"),
            sort_code: text("00-00-03"),
            account_number: text("31415926"),
            date: text("2026-11-30"),
            reference: text("INV 9"),
            ..OrderedPayment::default()
        }
    );
    assert_eq!(order.len(), 2, "the contra is no payment");
    let order = parse(nacha().as_bytes(), PaymentOrderKind::Nacha).unwrap();
    assert_eq!(
        order,
        [OrderedPayment {
            line: 3,
            id: text("021000020000001"),
            payee: text("CEDAR WORKS"),
            payee_ref: text("S3"),
            amount: text("250.25"),
            currency: text("USD"),
            sort_code: text("021000021"),
            account_number: text("31415926"),
            date: text("2026-12-01"),
            reference: text("INV 9, INV 11"),
            ..OrderedPayment::default()
        }]
    );
}

#[test]
fn what_is_not_well_formed_is_refused_with_its_line() {
    let pain = |from: &str, to: &str| (KINDS[0], PAIN001.replacen(from, to, 1));
    let of_bacs = |from: &str, to: &str| (KINDS[1], bacs().replacen(from, to, 1));
    let of_nacha = |from: &str, to: &str| (KINDS[2], nacha().replacen(from, to, 1));
    let entity = "<!DOCTYPE Document [<!ENTITY a \"b\">]>\n<Document ";
    for ((kind, text), line, words) in [
        (pain("</PmtId>", "</PmtIf>"), 10, "not well formed"),
        (pain("<Document ", entity), 2, "document type"),
        (pain("&amp;", "&a;"), 13, "&a; is not known"),
        (pain("1000.50", "1,000.50"), 9, "is no amount"),
        (pain(" Ccy=\"EUR\"", ""), 11, "names no currency"),
        (pain("<NbOfTxs>2", "<NbOfTxs>3"), 4, "says 3 payments"),
        (
            pain(
                "<NbOfTxs>2</NbOfTxs><CtrlSum>1250.75</CtrlSum>\n",
                "<CtrlSum>1250.70</CtrlSum>\n",
            ),
            6,
            "1250.70",
        ),
        (pain("<Nm>Cedar Works</Nm>", ""), 17, "names no payee"),
        (pain("</CstmrCdtTrfInitn>\n</Document>\n", ""), 25, "cut short"),
        (pain("<PmtMtd>TRF", "<PmtMtd>DD"), 6, "direct debits"),
        (of_bacs("00000025025", "0000002502X"), 5, "the amount in places 36 to 46 is no number"),
        (of_bacs("00000025025", "00000025026"), 10, "UTL1 says 2 credits over 251.25"),
        (of_bacs("UTL1", "UTLX"), 10, "is no number"),
        (of_bacs(" 26334", " 26366"), 4, "day 366 of the year is none"),
        (of_bacs("\r\nEOF1", "\r\n"), 8, "is no number"),
        (of_bacs("CEDAR", "C\u{c9}DAR"), 5, "a character"),
        (of_nacha("0000025025S3 ", "0000025026S3 "), 6, "the lines above it come to"),
        (of_nacha("622021000021", "622021000022"), 3, "routing number"),
        (of_nacha("CEDAR WORKS", "CEDAR WORK"), 3, "has 94 places"),
    ] {
        let fault = parse(text.as_bytes(), kind).unwrap_err();
        assert_eq!(fault.line, line, "{words}: {fault:?}");
        assert!(fault.what.contains(words), "{words}: {fault:?}");
    }
    let cut: String = bacs().lines().take(7).map(|line| line.to_owned() + "\n").collect();
    assert!(parse(cut.as_bytes(), KINDS[1]).unwrap_err().what.contains("cut short"));
    let cut: String = nacha().lines().take(6).map(|line| line.to_owned() + "\n").collect();
    assert!(parse(cut.as_bytes(), KINDS[2]).unwrap_err().what.contains("cut short"));
}

#[test]
fn elements_are_no_deeper_than_is_read() {
    let deep = format!("<Document>{}", "<a>".repeat(100_000));
    let fault = parse(deep.as_bytes(), KINDS[0]).unwrap_err();
    assert!(fault.what.contains("deep"), "{fault:?}");
    let long = format!("<Document><a>{}", "x".repeat(1 << 20));
    let fault = parse(long.as_bytes(), KINDS[0]).unwrap_err();
    assert!(fault.what.contains("longer than"), "{fault:?}");
}

proptest! {
    /// Bytes of any kind are read or refused.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for kind in KINDS {
            parse(&bytes, kind).map_or_else(|fault| assert!(fault.line > 0), drop);
        }
    }

    /// One byte of a file changed: nothing panics, and what is read still has payments, of which the
    /// first may be left out.
    #[test]
    fn one_byte_changed_is_read_or_refused(at in 0_usize..4_000, byte in any::<u8>()) {
        for (kind, text) in KINDS.into_iter().zip([PAIN001.to_owned(), bacs(), nacha()]) {
            let mut bytes = text.into_bytes();
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok(payments) = parse(&bytes, kind) {
                prop_assert!(!payments.is_empty());
                let held = BTreeSet::from([payments[0].line]);
                if let Ok(cleaned) = cleaned_order(&bytes, kind, &held).unwrap() {
                    prop_assert_eq!(parse(&cleaned, kind).unwrap().len(), payments.len() - 1);
                }
            }
        }
    }
}
