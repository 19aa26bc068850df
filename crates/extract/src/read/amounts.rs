//! What is worth saying of how a column of amounts was read, and of one that says debit or credit.
//!
//! Not for: single amounts (`rows`).

use domain::problem::Reason;
use domain::{InvoiceSign, ReadingRules};

use crate::formats::{AmountFormat, AmountSigns, ColumnFormat, DecidedBy, SideSigns, Signs};

/// A share of negative amounts above which they are no longer credit notes: in hundredths. A ledger
/// with half as many credit notes as invoices is not an ordinary one.
const NEGATIVE_PER_CENT: u64 = 60;

/// A reason and the counts it is said with.
type Note = (Reason, Option<String>);

/// Amounts of a column without decimals from which on that is worth a word: a few may well be whole.
const WHOLE_AMOUNTS_MIN: u64 = 20;

/// The facts beside a column of amounts that its notes go by.
pub(super) struct AmountNotes<'a> {
    pub(super) is_text: bool,
    /// The evidence of its currencies.
    pub(super) currency: Option<&'a Signs>,
    pub(super) rules: &'a ReadingRules,
}

impl AmountNotes<'_> {
    /// The notes on a column.
    pub(super) fn for_column(&self, format: ColumnFormat, signs: &Signs) -> Vec<Note> {
        match format {
            ColumnFormat::Amount(format) => self.of_amounts(format, &signs.amounts),
            ColumnFormat::Sides { are_used: true } => vec![of_sides(signs.sides, self.rules)],
            ColumnFormat::Sides { are_used: false } => {
                vec![(Reason::SidesUnused, Some(counted(signs.sides)))]
            }
            ColumnFormat::Text | ColumnFormat::ApostropheText | ColumnFormat::Date { .. } => vec![],
        }
    }

    fn of_amounts(&self, format: AmountFormat, signs: &AmountSigns) -> Vec<Note> {
        let mut notes = Vec::new();
        match format.by {
            DecidedBy::Assumption if signs.open() > 0 => {
                notes.push((Reason::DecimalStyleAssumed, None));
            }
            DecidedBy::Setting if signs.open() > 0 => notes.push((Reason::DecimalStyleSet, None)),
            _ => {}
        }
        let three = signs.three_decimals(format.style);
        if three > 0 && matches!(format.by, DecidedBy::Values | DecidedBy::OtherColumns) {
            let counts = format!("{three} of {} amounts", signs.amounts());
            notes.push((Reason::ThreeDecimals, Some(counts)));
        }
        if self.are_suspiciously_whole(format, signs) {
            notes.push((Reason::WholeAmounts, Some(format!("{} amounts", signs.amounts()))));
        }
        if signs.sides().known() > 0 && !format.is_overpunched {
            let invoices =
                if format.is_turned { InvoiceSign::Negative } else { InvoiceSign::Positive };
            notes.push(side_of_invoices(signs.sides(), invoices));
        }
        if !format.has_sides {
            notes.extend(self.of_signs(format, signs));
        }
        notes
    }

    fn are_suspiciously_whole(&self, format: AmountFormat, signs: &AmountSigns) -> bool {
        let have_decimals = self.currency.is_none_or(|currency| currency.whole == 0);
        let are_many = signs.amounts() >= WHOLE_AMOUNTS_MIN;
        self.is_text && are_many && have_decimals && signs.are_whole() && !format.is_overpunched
    }

    fn of_signs(&self, format: AmountFormat, signs: &AmountSigns) -> Vec<Note> {
        let mut notes = Vec::new();
        let (all, negative) = (signs.amounts(), signs.negative());
        let share = |negative: u64| Some(format!("{negative} of {all}"));
        if format.is_turned && self.rules.invoice_sign == Some(InvoiceSign::Negative) {
            notes.push((Reason::AmountsTurned, share(negative)));
        }
        let negative = if format.is_turned { all - negative } else { negative };
        if negative * 100 > all * NEGATIVE_PER_CENT {
            notes.push((Reason::MostlyNegative, share(negative)));
        }
        notes
    }
}

/// Returns `true` when the header of a column of amounts says that tax is not in them, in the
/// languages whose headers are known.
pub(super) fn is_net(header: &str) -> bool {
    /// Whole words; `HT` is French, hors taxes.
    const WORDS: [&str; 5] = ["net", "nett", "neto", "ht", "excl"];
    /// The beginning of one word with what the amount is, as German writes them.
    const BEGINNING: &str = "netto";
    let folded = header.to_lowercase();
    let mut words = folded.split(|c: char| !c.is_alphanumeric());
    words.any(|word| WORDS.contains(&word) || word.starts_with(BEGINNING))
}

/// Says on which side invoices stand.
fn side_of_invoices(sides: SideSigns, invoices: InvoiceSign) -> Note {
    let reason = match invoices {
        InvoiceSign::Negative => Reason::CreditsAreInvoices,
        InvoiceSign::Positive => Reason::DebitsAreInvoices,
    };
    (reason, Some(counted(sides)))
}

fn of_sides(sides: SideSigns, rules: &ReadingRules) -> Note {
    let by_majority =
        if sides.credits >= sides.debits { InvoiceSign::Negative } else { InvoiceSign::Positive };
    side_of_invoices(sides, rules.invoice_sign.unwrap_or(by_majority))
}

fn counted(sides: SideSigns) -> String {
    let others =
        if sides.others > 0 { format!(", {} others", sides.others) } else { String::new() };
    format!("{} credits, {} debits{others}", sides.credits, sides.debits)
}
