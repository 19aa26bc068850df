//! Orders without held payments: what is left is what a program would have written without them.

use super::*;

fn cleaned(text: &str, kind: PaymentOrderKind, held: &[u64]) -> Result<String, String> {
    let held: BTreeSet<u64> = held.iter().copied().collect();
    let cleaned = cleaned_order(text.as_bytes(), kind, &held).unwrap();
    cleaned.map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|why| why.to_string())
}

/// The lines of a text without some, counted from 1.
fn without(text: &str, gone: &[usize]) -> String {
    let lines = text.split_inclusive('\n').enumerate();
    lines.filter(|(at, _)| !gone.contains(&(at + 1))).map(|(_, line)| line).collect()
}

#[test]
fn nothing_held_leaves_every_byte_and_everything_held_leaves_no_file() {
    for (text, kind) in [(PAIN001.to_owned(), KINDS[0]), (bacs(), KINDS[1]), (nacha(), KINDS[2])] {
        assert_eq!(cleaned(&text, kind, &[]), Ok(text.clone()));
        let all = parse(text.as_bytes(), kind).unwrap();
        let all: Vec<u64> = all.iter().map(|payment| payment.line).collect();
        assert_eq!(cleaned(&text, kind, &all), Err("every payment of the file is held".to_owned()));
        let why = cleaned(&text, kind, &[999]).unwrap_err();
        assert!(why.contains("others than when it was checked"), "{why}");
    }
}

#[test]
fn a_payment_goes_out_of_a_pain001_with_its_count_and_sum() {
    let second = PAIN001.replace("<NbOfTxs>2", "<NbOfTxs>1").replace("1250.75", "250.25");
    assert_eq!(
        cleaned(PAIN001, KINDS[0], &[9]),
        Ok(without(&second, &(9..=16).collect::<Vec<_>>()))
    );
    // With a mark in front, and amounts that have more decimals than the sum.
    let marked =
        format!("\u{feff}{PAIN001}").replace("1250.75", "1250.755").replace("250.25", "250.255");
    let first = marked.replace("<NbOfTxs>2", "<NbOfTxs>1").replace("1250.755", "1000.500");
    let lines: Vec<usize> = (17..=23).collect();
    assert_eq!(cleaned(&marked, KINDS[0], &[17]), Ok(without(&first, &lines)));
}

/// A file of two parts, on as many lines as there are signs between the elements.
fn two_parts(between: &str) -> String {
    let payment = |id: u32, amount: &str| {
        format!(
            "<CdtTrfTxInf><PmtId><EndToEndId>E{id}</EndToEndId></PmtId><Amt><InstdAmt Ccy=\"GBP\">{amount}\
             </InstdAmt></Amt><Cdtr><Nm>Cedar</Nm></Cdtr></CdtTrfTxInf>{between}"
        )
    };
    let part = |count: u32, sum: &str, payments: String| {
        format!(
            "<PmtInf><NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum>{between}{payments}</PmtInf>{between}"
        )
    };
    let parts =
        [part(2, "3", payment(1, "1") + &payment(2, "2")), part(1, "4.50", payment(3, "4.5"))];
    format!(
        "<Document><CstmrCdtTrfInitn><GrpHdr><NbOfTxs>3</NbOfTxs><CtrlSum>7.5</CtrlSum></GrpHdr>{between}{}\
         </CstmrCdtTrfInitn></Document>",
        parts.concat()
    )
}

#[test]
fn a_part_without_payments_goes_whole_and_one_line_may_hold_all() {
    for between in ["\n", ""] {
        let text = two_parts(between);
        let lines: Vec<u64> =
            parse(text.as_bytes(), KINDS[0]).unwrap().iter().map(|payment| payment.line).collect();
        let is_apart = lines.windows(2).all(|two| two[0] < two[1]);
        assert!(is_apart, "what people decide is kept by lines: {lines:?}");
        let left = cleaned(&text, KINDS[0], &[lines[0], lines[2]]).unwrap();
        assert_eq!(left.matches("<PmtInf>").count(), 1, "{left}");
        assert!(left.contains("<NbOfTxs>1</NbOfTxs><CtrlSum>2.0</CtrlSum></GrpHdr>"), "{left}");
        assert!(left.contains("<PmtInf><NbOfTxs>1</NbOfTxs><CtrlSum>2</CtrlSum>"), "{left}");
        let ids: Vec<String> = parse(left.as_bytes(), KINDS[0])
            .unwrap()
            .into_iter()
            .map(|payment| payment.id)
            .collect();
        assert_eq!(ids, ["E2"]);
    }
}

#[test]
fn a_signed_file_is_not_changed() {
    let signed = two_parts("\n").replace("<GrpHdr>", "<Signature/><GrpHdr>");
    let why = cleaned(&signed, KINDS[0], &[3]).unwrap_err();
    assert!(why.contains("signed"), "{why}");
}

#[test]
fn a_payment_goes_out_of_a_bacs_file_and_out_of_its_contra() {
    let left = without(&bacs(), &[5])
        .replace(&label(25_125, 25_125, 1, 2), &label(100, 100, 1, 1))
        .replace("00000025125", "00000000100");
    assert_eq!(cleaned(&bacs(), KINDS[1], &[5]), Ok(left));
    // Without a contra only the label changes.
    let unbalanced = without(&bacs(), &[7]);
    let unbalanced = unbalanced.replace(&label(25_125, 25_125, 1, 2), &label(0, 25_125, 0, 2));
    let left = cleaned(&unbalanced, KINDS[1], &[6]).unwrap();
    assert!(left.contains(&label(0, 25_025, 0, 1)), "{left}");
}

/// The label that ends a part: debits and credits in pence, and how many.
fn label(debits: u64, credits: u64, debit_count: u64, credit_count: u64) -> String {
    format!("UTL1{debits:013}{credits:013}{debit_count:07}{credit_count:07}")
}

/// Two payments from each of two accounts, with a contra of each.
fn two_accounts(contra: &str) -> String {
    let line = |to: &str, code: &str, from: &str, pence: u64| {
        let own = format!("{:18}{:18}{:18}", "ACME", "INV", "CEDAR");
        format!("{to}0{code}{from}    {pence:011}{own}\n")
    };
    let (one, other) = ("20000011111111", "20000022222222");
    let payments = [
        line("00000331415926", "99", one, 100),
        line("00000331415926", "99", other, 20),
        line("00000331415926", "99", other, 3),
        line(one, contra, one, 100),
        line(other, contra, other, 23),
    ];
    format!(
        "VOL1ABC123\nHDR1A123456S\nUHL1 26334999999\n{}{}\n",
        payments.concat(),
        label(123, 123, 2, 3)
    )
}

#[test]
fn the_contra_of_the_same_account_is_mended() {
    let left = cleaned(&two_accounts("17"), KINDS[1], &[5]).unwrap();
    let other = "20000022222222";
    assert!(left.contains(&format!("{other}017{other}    00000000003ACME")), "{left}");
    assert!(left.contains(&label(103, 103, 2, 2)), "{left}");
    // A contra without payments goes.
    let left = cleaned(&two_accounts("17"), KINDS[1], &[4]).unwrap();
    assert!(left.contains(&label(23, 23, 1, 2)), "{left}");
    // Debits that are no contras stay.
    let left = cleaned(&two_accounts("18"), KINDS[1], &[5]).unwrap();
    assert!(left.contains(&label(123, 103, 2, 2)), "{left}");
    let (of, unlike) = ("20000022222222    00000000020", "20000033333333    00000000020");
    let unlike = two_accounts("17").replace(of, unlike);
    let why = cleaned(&unlike, KINDS[1], &[5]).unwrap_err();
    assert!(why.contains("which contra"), "{why}");
}

/// A payment of a NACHA file: its cents, and its addenda.
type Entry = (u64, usize);

/// The entry that balances a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Balance {
    Entered,
    LeftOut,
}

/// A file of batches with their numbers, as a program writes it.
fn batches(batches: &[(u64, Vec<(u64, Entry)>)], balance: Balance) -> String {
    let mut lines = vec![format!(
        "101{:>10}{:10}2611230915A094101{:23}{:23}{:8}",
        "021000021", "1234567890", "BANK", "ACME INC", ""
    )];
    let (mut entries, mut paid) = (0, 0);
    for (number, of_batch) in batches {
        lines.push(format!(
            "5220{:16}{:20}{:10}CCD{:10}{:6}{:6}   1{:8}{number:07}",
            "ACME INC", "", "1234567890", "SUPPLIERS", "261130", "261201", "02100002"
        ));
        let (mut count, mut sum) = (0, 0);
        let balancing = (balance == Balance::Entered)
            .then(|| of_batch.iter().map(|(_, (cents, _))| cents).sum::<u64>());
        let entry = |code: u32, cents: u64, trace: u64, addenda: usize| {
            let has = u8::from(addenda > 0);
            format!(
                "6{code}021000021{:17}{cents:010}{:15}{:22}  {has}{trace:015}",
                "31415926", "S3", "CEDAR"
            )
        };
        for (trace, (cents, addenda)) in of_batch {
            lines.push(entry(22, *cents, *trace, *addenda));
            for place in 1..=*addenda {
                lines.push(format!("705{:80}{place:04}{trace:07}", "INV 9"));
            }
            count += 1 + addenda;
            sum += cents;
        }
        let hash = 2_100_002 * (of_batch.len() + usize::from(balance == Balance::Entered));
        if let Some(cents) = balancing {
            lines.push(entry(27, cents, 999, 0));
            count += 1;
        }
        let debits = balancing.unwrap_or(0);
        lines.push(format!(
            "8220{count:06}{hash:010}{debits:012}{sum:012}{:10}{:19}{:6}{:8}{number:07}",
            "1234567890", "", "", "02100002"
        ));
        entries += count;
        paid += sum;
    }
    let hashes: usize =
        batches.iter().map(|(_, of)| of.len() + usize::from(balance == Balance::Entered)).sum();
    let blocks = (lines.len() + 1).div_ceil(10);
    lines.push(format!(
        "9{:06}{blocks:06}{entries:08}{:010}{:012}{paid:012}{:39}",
        batches.len(),
        2_100_002 * hashes,
        if balance == Balance::Entered { paid } else { 0 },
        ""
    ));
    while !lines.len().is_multiple_of(10) {
        lines.push("9".repeat(94));
    }
    lines.join("\r\n") + "\r\n"
}

#[test]
fn a_nacha_file_is_as_if_it_had_been_written_without_the_held_payments() {
    let whole = vec![
        (1, vec![(1, (25_025, 1)), (2, (100, 0)), (3, (7, 2))]),
        (2, vec![(4, (4_000, 0))]),
        (3, vec![(5, (60, 1)), (6, (61, 0)), (7, (62, 3))]),
    ];
    for balance in [Balance::LeftOut, Balance::Entered] {
        let text = batches(&whole, balance);
        let payments = parse(text.as_bytes(), KINDS[2]).unwrap();
        for held in [vec![1], vec![2, 4], vec![4], vec![1, 2, 3, 6], vec![1, 3, 4, 5, 7]] {
            let lines: Vec<u64> = held
                .iter()
                .map(|trace| payments[usize::try_from(*trace).unwrap() - 1].line)
                .collect();
            let mut kept = whole.clone();
            for (_, batch) in &mut kept {
                batch.retain(|(trace, _)| !held.contains(trace));
            }
            kept.retain(|(_, batch)| !batch.is_empty());
            let left = cleaned(&text, KINDS[2], &lines).unwrap();
            assert_eq!(left, batches(&kept, balance), "{held:?} {balance:?}");
        }
    }
}
