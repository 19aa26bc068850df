//! The ways to write an amount.

use super::*;

/// One way, of all amounts of a file.
#[derive(Debug, Clone)]
pub(super) struct AmountWriting {
    decimal: char,
    thousands: &'static str,
    /// Set when only the last group has three digits: `12,34,567.00`.
    is_indian: bool,
    sign: SignWriting,
    /// Set when whole amounts have no decimals, and others none that are zero.
    is_short: bool,
    currency: CurrencyPlace,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum SignWriting {
    Minus,
    Behind,
    Brackets,
    Typographic,
    /// Credits with `CR` behind: of a purchase ledger, invoices are credits.
    CreditDebit,
}

/// Where the currency stands.
#[derive(Debug, Clone, Copy, PartialEq)]
enum CurrencyPlace {
    Column,
    /// In the amount as well as in its column.
    CodeBehind,
    CodeBefore,
    Symbol,
}

pub(super) fn amount_writings() -> impl Strategy<Value = AmountWriting> {
    let signs = [
        ('.', ""),
        ('.', ","),
        ('.', " "),
        ('.', "'"),
        (',', ""),
        (',', "."),
        (',', " "),
        (',', "\u{a0}"),
    ];
    let sign = prop_oneof![
        5 => Just(SignWriting::Minus),
        1 => Just(SignWriting::Behind),
        1 => Just(SignWriting::Brackets),
        1 => Just(SignWriting::Typographic),
        1 => Just(SignWriting::CreditDebit),
    ];
    let currency = prop_oneof![
        6 => Just(CurrencyPlace::Column),
        1 => Just(CurrencyPlace::CodeBehind),
        1 => Just(CurrencyPlace::CodeBefore),
        1 => Just(CurrencyPlace::Symbol),
    ];
    let is_indian = prop::bool::weighted(0.1);
    (prop::sample::select(signs.to_vec()), is_indian, sign, any::<bool>(), currency).prop_map(
        |((decimal, thousands), is_indian, sign, is_short, currency)| AmountWriting {
            decimal,
            thousands,
            is_indian: is_indian && (decimal, thousands) == ('.', ","),
            sign,
            is_short,
            currency,
        },
    )
}

impl AmountWriting {
    pub(super) fn write(&self, hundredths: i64, currency: &str) -> String {
        let digits = self.digits(hundredths.unsigned_abs());
        let symbol = match currency {
            "GBP" => "£",
            "EUR" => "€",
            _ => "$",
        };
        let digits = match self.currency {
            CurrencyPlace::Column => digits,
            CurrencyPlace::CodeBehind => format!("{digits} {currency}"),
            CurrencyPlace::CodeBefore => format!("{currency} {digits}"),
            CurrencyPlace::Symbol => format!("{symbol}{digits}"),
        };
        match (self.sign, hundredths < 0) {
            (SignWriting::CreditDebit, true) => format!("{digits} DR"),
            (SignWriting::CreditDebit, false) => format!("{digits} CR"),
            (_, false) => digits,
            (SignWriting::Minus, true) => format!("-{digits}"),
            (SignWriting::Behind, true) => format!("{digits}-"),
            (SignWriting::Brackets, true) => format!("({digits})"),
            (SignWriting::Typographic, true) => format!("\u{2212}{digits}"),
        }
    }

    fn digits(&self, hundredths: u64) -> String {
        let whole = (hundredths / 100).to_string();
        let mut grouped = String::new();
        for (at, digit) in whole.chars().enumerate() {
            let behind = whole.len() - at;
            let is_group = if self.is_indian {
                behind == 3 || (behind > 3 && !behind.is_multiple_of(2))
            } else {
                behind.is_multiple_of(3)
            };
            if at > 0 && is_group {
                grouped.push_str(self.thousands);
            }
            grouped.push(digit);
        }
        let behind = match hundredths % 100 {
            0 if self.is_short => return grouped,
            tens if self.is_short && tens % 10 == 0 => format!("{}", tens / 10),
            hundredths => format!("{hundredths:02}"),
        };
        format!("{grouped}{}{behind}", self.decimal)
    }
}
