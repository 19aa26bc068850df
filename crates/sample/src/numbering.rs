//! How suppliers number their invoices: one scheme each, rising, with gaps for other customers.
//!
//! Not for: how a number is keyed (`billing`) or miskeyed (`plants`).
//!
//! Invariant: a supplier's numbers rise and none comes twice.

use jiff::civil::Date;

use super::rng::Rng;

#[derive(Debug, Clone)]
pub(super) struct Numbering {
    scheme: Scheme,
    /// Two or three letters of the supplier's own.
    letters: String,
    width: usize,
    /// The most a number is ahead of the one before; 1 is a supplier without other customers.
    gap: i64,
    next: i64,
}

#[derive(Debug, Clone, Copy)]
enum Scheme {
    Plain,
    Lettered,
    Dashed,
    Inv,
    Yearly,
    Dotted,
    Spaced,
    Monthly,
}

impl Numbering {
    pub(super) fn new(rng: &mut Rng, name: &str) -> Self {
        let scheme = *rng.pick(&[
            Scheme::Plain,
            Scheme::Plain,
            Scheme::Lettered,
            Scheme::Dashed,
            Scheme::Inv,
            Scheme::Yearly,
            Scheme::Dotted,
            Scheme::Spaced,
        ]);
        let letters = name.chars().filter(char::is_ascii_alphabetic).take(2).collect::<String>();
        let width = usize::try_from(rng.between(5, 9)).expect("it is below ten");
        let gap = *rng.pick(&[3, 8, 20, 60, 400]);
        Self { scheme, letters: letters.to_uppercase(), width, gap, next: rng.between(100, 60_000) }
    }

    /// 1, 2, 3 …: nobody else is billed.
    pub(super) fn only_customer(rng: &mut Rng, name: &str) -> Self {
        let numbering = Self::new(rng, name);
        Self { gap: 1, next: 1, scheme: Scheme::Dashed, ..numbering }
    }

    /// `RENT 03/2026`: the period is the number.
    pub(super) fn period(rng: &mut Rng, name: &str) -> Self {
        Self { scheme: Scheme::Monthly, gap: 1, next: 0, ..Self::new(rng, name) }
    }

    pub(super) fn number(&mut self, rng: &mut Rng, date: Date) -> String {
        self.next += if self.gap == 1 { 1 } else { rng.between(1, self.gap) };
        if matches!(self.scheme, Scheme::Monthly) {
            // Two bills dated within one month, one late and one early, are for two months.
            let month = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
            self.next = self.next.max(month);
        }
        let (next, width, letters) = (self.next, self.width, &self.letters);
        match self.scheme {
            Scheme::Plain => next.to_string(),
            Scheme::Lettered => format!("{letters}{next:0width$}"),
            Scheme::Dashed => format!("{letters}-{next:05}"),
            Scheme::Inv => format!("INV{next:0width$}"),
            Scheme::Yearly => format!("{}/{next:05}", date.year()),
            Scheme::Dotted => format!(
                "{:03}.{:03}.{}",
                next / 1_000_000,
                next / 1_000 % 1_000,
                next % 1_000 + 1_000
            ),
            Scheme::Spaced => format!("{letters} {next:06}"),
            Scheme::Monthly => format!("{letters} {:02}/{}", next % 12 + 1, next / 12),
        }
    }
}
