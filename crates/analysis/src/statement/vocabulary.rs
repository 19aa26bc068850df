//! Words of statements: which kind of document a row says it is, and which rows are no documents at all.
//!
//! Not for: amounts and their signs (`table`).
//!
//! Invariant: a row is left out by its words only where it has no number, or no date where others have one.

use domain::text::fold;

/// The kind of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DocumentKind {
    Invoice,
    CreditNote,
    Payment,
}

/// Behind it a word of the lists goes on: `ZAHLUNG*` is `ZAHLUNGSEINGANG` too.
const GOES_ON: char = '*';

const CREDIT_NOTES: [&str; 19] = [
    "CREDIT",
    "CREDITS",
    "CREDITNOTE*",
    "CREDITNOTA",
    "CREDITFACTUUR",
    "CRN",
    "CN",
    "CR",
    "CM",
    "SCN",
    "SCR",
    "GUTSCHRIFT*",
    "GUTSCHR",
    "RECHNUNGSKORREKTUR*",
    "STORNO",
    "AVOIR",
    "ABONO",
    "CREDITO",
    "DG",
];
/// Words with which numbers of credit notes begin and none of payments: a cash receipt may be `CR 12`.
const CREDIT_NOTE_PREFIXES: [&str; 4] = ["CN", "CRN", "SCN", "SCR"];
const PAYMENTS: [&str; 28] = [
    "PAYMENT*",
    "PMT",
    "PAY",
    "PAID",
    "RECEIPT*",
    "RCPT",
    "RCT",
    "RECEIVED*",
    "BACS",
    "CHEQUE",
    "CHQ",
    "CHECK",
    "TRANSFER*",
    "REMITTANCE*",
    "CASH",
    "ZAHLUNG*",
    "UBERWEISUNG*",
    "PAIEMENT*",
    "REGLEMENT*",
    "VIREMENT*",
    "ENCAISSEMENT",
    "PAGO",
    "COBRO",
    "BETALING*",
    "ONTVANGST",
    "PAGAMENTO",
    "BONIFICO",
    "DZ",
];
const INVOICES: [&str; 16] = [
    "INVOICE*",
    "INV",
    "SI",
    "SIN",
    "BILL",
    "BILLING",
    "RECHNUNG*",
    "RG",
    "RV",
    "FACTURE*",
    "FACTURA*",
    "FAC",
    "FACTUUR*",
    "FATTURA",
    "DEBIT",
    "CHARGE*",
];

/// Words of rows that are no lines: balances, totals, ages.
const NO_LINES: [&str; 19] = [
    "BALANCE",
    "TOTAL",
    "BROUGHT FORWARD",
    "CARRIED FORWARD",
    "B/F",
    "C/F",
    "OPENING",
    "CLOSING",
    "CURRENT",
    "30 DAYS",
    "OVERDUE",
    "SALDO",
    "SUMME",
    "UBERTRAG",
    "VORTRAG",
    "SOLDE",
    "A NOUVEAU",
    "TOTAAL",
    "PAGE ",
];
/// Words of a balance with which a statement begins: what is older is in it.
const OPENINGS: [&str; 14] = [
    "BROUGHT FORWARD",
    "BALANCE FORWARD",
    "B/F",
    "OPENING",
    "PREVIOUS BALANCE",
    "VORTRAG",
    "ANFANGSSALDO",
    "EROFFNUNGSSALDO",
    "A NOUVEAU",
    "SOLDE ANTERIEUR",
    "SOLDE INITIAL",
    "SALDO ANTERIOR",
    "SALDO INICIAL",
    "BEGINSALDO",
];
/// Words of ages, and the days by which they are told.
const AGES: [&str; 19] = [
    "DAYS",
    "DAY",
    "TAGE",
    "TAGEN",
    "JOURS",
    "DIAS",
    "DAGEN",
    "GIORNI",
    "CURRENT",
    "DUE",
    "OVER",
    "FALLIG",
    "UBER",
    "ECHU",
    "PLUS",
    "VENCIDO",
    "VERVALLEN",
    "OLDER",
    "MONTH",
];
const AGE_DAYS: [&str; 4] = ["30", "60", "90", "120"];
const AGES_MIN: usize = 2;

/// The kind that a text names first; none where it names none.
pub(super) fn document_kind(text: &str) -> Option<DocumentKind> {
    let folded = fold(text);
    let words = words(&folded);
    let kind = |at: usize, word: &str| {
        let next = words.get(at + 1).copied();
        if word == "CREDIT" && matches!(next, Some("CARD" | "TRANSFER")) {
            return Some(DocumentKind::Payment);
        }
        if word == "ON" && next == Some("ACCOUNT") {
            return Some(DocumentKind::Payment);
        }
        if is_of(word, &CREDIT_NOTES) {
            Some(DocumentKind::CreditNote)
        } else if is_of(word, &PAYMENTS) {
            Some(DocumentKind::Payment)
        } else {
            is_of(word, &INVOICES).then_some(DocumentKind::Invoice)
        }
    };
    words.iter().enumerate().find_map(|(at, word)| kind(at, word))
}

/// Returns `true` for the number of a credit note by the letters with which it begins.
pub(super) fn is_credit_note_number(number: &str) -> bool {
    let folded = fold(number);
    words(&folded).first().is_some_and(|word| CREDIT_NOTE_PREFIXES.contains(word))
}

/// Returns `true` where any word is one of payments: `Invoice payment`.
pub(super) fn names_payment(text: &str) -> bool {
    words(&fold(text)).iter().any(|word| is_of(word, &PAYMENTS))
}

/// Returns `true` for the words of a row that is no document.
pub(super) fn is_no_line(text: &str) -> bool {
    let folded = fold(text);
    NO_LINES.iter().any(|words| folded.contains(words))
}

/// Returns `true` for the words of a balance with which a statement begins.
pub(super) fn is_opening(text: &str) -> bool {
    let folded = fold(text);
    OPENINGS.iter().any(|words| folded.contains(words))
}

/// Returns `true` for a row that names ages, such as `Current`, `30 days`, `60 days`: sums stand below.
pub(super) fn names_ages(text: &str) -> bool {
    let folded = fold(text);
    let words = words(&folded);
    let has_age = words.iter().any(|word| AGES.contains(word));
    let days = AGE_DAYS.iter().filter(|days| words.contains(days)).count();
    has_age && days >= AGES_MIN
}

/// Runs of letters and runs of digits.
fn words(folded: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let is_other = |c: char| c.is_ascii_digit() != first.is_ascii_digit();
            let (run, behind) = rest.split_at(rest.find(is_other).unwrap_or(rest.len()));
            words.push(run);
            rest = behind;
        }
    }
    words
}

fn is_of(word: &str, known: &[&str]) -> bool {
    known.iter().any(|known| match known.strip_suffix(GOES_ON) {
        Some(stem) => word.starts_with(stem),
        None => word == *known,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_of_a_kind_tells_it() {
        use DocumentKind::{CreditNote, Invoice, Payment};
        for (text, kind) in [
            ("Invoice", Some(Invoice)),
            ("INV 4711", Some(Invoice)),
            ("Credit note for invoice 4711", Some(CreditNote)),
            ("CRN", Some(CreditNote)),
            ("Credit card", Some(Payment)),
            ("Payment of invoice 4711", Some(Payment)),
            ("RCPT881", Some(Payment)),
            ("Zahlungseingang, vielen Dank", Some(Payment)),
            ("Überweisung", Some(Payment)),
            ("Rechnungskorrektur", Some(CreditNote)),
            ("Rechnung", Some(Invoice)),
            ("Règlement", Some(Payment)),
            ("Nota de crédito", Some(CreditNote)),
            ("Creditor", None),
            ("Works at the depot", None),
            ("", None),
        ] {
            assert_eq!(document_kind(text), kind, "{text}");
        }
        assert!(names_payment("Invoice payment") && !names_payment("Invoice"));
    }

    #[test]
    fn a_number_names_a_credit_note_by_its_first_letters() {
        for (number, expected) in [
            ("CN-77", true),
            ("crn0012", true),
            ("CR 12", false),
            ("INV-CN-7", false),
            ("77", false),
            ("", false),
        ] {
            assert_eq!(is_credit_note_number(number), expected, "{number}");
        }
    }

    #[test]
    fn balances_and_ages_are_told_by_their_words() {
        for (text, is_no, is_begin, ages) in [
            ("Balance brought forward 10.00", true, true, false),
            ("Saldovortrag 10,00", true, true, false),
            ("Solde antérieur 10,00", true, true, false),
            ("Total due", true, false, false),
            ("Current 30 days 60 days 90 days", true, false, true),
            ("nicht fällig 1-30 31-60 61-90 über 90", false, false, true),
            ("1 à 30 jours 31 à 60 jours", false, false, true),
            ("Invoice 30 of the depot", false, false, false),
        ] {
            assert_eq!(is_no_line(text), is_no, "{text}");
            assert_eq!(is_opening(text), is_begin, "{text}");
            assert_eq!(names_ages(text), ages, "{text}");
        }
    }
}
