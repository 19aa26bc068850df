//! Orders of payments: any bytes are read as each kind or refused with a sentence.
//!
//! Not for: what the payments hold; the tests of `extract` say that. Invariant: what is read has a payment at
//! least, and a refusal names a line.

use domain::content::PaymentOrderKind;

const KINDS: [PaymentOrderKind; 3] =
    [PaymentOrderKind::Pain001, PaymentOrderKind::Bacs, PaymentOrderKind::Nacha];

pub fn run(input: &[u8]) {
    let [choice, content @ ..] = input else { return };
    let kind = KINDS[usize::from(*choice) % KINDS.len()];
    match extract::try_payment_order(content, kind) {
        Ok(payments) => assert!(payments > 0, "an order of nothing"),
        Err(refusal) => assert!(refusal.contains("at line "), "{refusal}"),
    }
}
