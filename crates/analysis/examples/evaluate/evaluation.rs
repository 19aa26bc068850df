//! One ledger, injected into with every seed in every way, and checked each time.
//!
//! Invariant: the same headers, seeds and counts give the same figures, times aside.

use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::sync::Arc;

use analysis::{Engine, RunSettings, check_batches};
use domain::finding::RunOutcome;
use domain::{FileType, InvoiceLines};
use jiff::Timestamp;

use super::header::Header;
use super::inject::{self, Dates, InjectedGroup};
use super::judged::Verdicts;
use super::measure::{self, Figures, RankedFigures};
use super::reliability::Reliability;
use super::table;

const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);
/// Low enough that the ranking goes on far behind what anybody would look at.
const RANKED_FROM: f64 = 0.0005;
/// Duplicates that real ledgers hold, of 1,000 invoices.
const REAL_PER_MILLE: usize = 2;

/// A way to inject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Regime {
    /// Set to inject as many of each kind as make recall of each kind a figure; else as many as real
    /// ledgers hold.
    is_dense: bool,
    dates: Dates,
}

/// Runs the check of duplicates over headers.
pub(crate) struct Checker {
    pub(crate) runtime: tokio::runtime::Runtime,
    pub(crate) engine: Arc<Engine>,
    pub(crate) threshold: Option<f64>,
    pub(crate) invoice_lines: InvoiceLines,
}

/// The figures of one ledger.
#[derive(Debug, Clone, Default)]
pub(crate) struct Evaluation {
    pub(crate) ledger: String,
    runs: Vec<(Regime, Figures)>,
    pub(crate) ranked: Vec<RankedFigures>,
    /// Of what is shown where duplicates are as rare as they are.
    pub(crate) shown: Reliability,
    /// And of all that is weighed down to hardly any probability.
    pub(crate) weighed: Reliability,
}

impl Regime {
    pub(crate) const KEPT: Self = Self { is_dense: true, dates: Dates::Kept };
    pub(crate) const MOVING: Self = Self { is_dense: true, dates: Dates::Moving };
    pub(crate) const REAL: Self = Self { is_dense: false, dates: Dates::Kept };
    pub(crate) const REAL_MOVING: Self = Self { is_dense: false, dates: Dates::Moving };
    pub(crate) const ALL: [Self; 4] = [Self::KEPT, Self::MOVING, Self::REAL, Self::REAL_MOVING];

    pub(crate) const fn name(self) -> &'static str {
        match (self.is_dense, self.dates) {
            (true, Dates::Kept) => "invoice date kept",
            (true, Dates::Moving) => "date moving",
            (false, Dates::Kept) => "2 in 1,000, date kept",
            (false, Dates::Moving) => "2 in 1,000, date moving",
        }
    }
}

impl Evaluation {
    pub(crate) fn figures(&self, regime: Regime) -> Vec<&Figures> {
        let of = self.runs.iter().filter(|(of, _)| *of == regime);
        of.map(|(_, figures)| figures).collect()
    }

    pub(crate) fn dense(&self) -> Vec<&Figures> {
        self.figures(Regime::KEPT)
    }

    pub(crate) fn note(&mut self, regime: Regime, figures: Figures) {
        self.runs.push((regime, figures));
    }
}

impl Checker {
    pub(crate) fn check(
        &self,
        headers: &[Header],
        threshold: Option<f64>,
    ) -> Result<RunOutcome, Box<dyn Error>> {
        let batch = table::table(headers)?;
        let parameters: BTreeMap<String, f64> = threshold
            .or(self.threshold)
            .map(|value| ("duplicate_invoices.threshold".to_owned(), value))
            .into_iter()
            .collect();
        let settings = RunSettings {
            only: Some(vec!["duplicate_invoices".to_owned()]),
            parameters,
            invoice_lines: self.invoice_lines,
            ..RunSettings::default()
        };
        let tables = vec![(FileType::Transactions, vec![batch])];
        Ok(self.runtime.block_on(check_batches(&self.engine, tables, NOW, settings))?)
    }

    /// A ledger with duplicates, and what is shown of it.
    #[expect(clippy::type_complexity, reason = "each has a name where it is taken apart")]
    pub(crate) fn inject_and_check(
        &self,
        headers: &[Header],
        regime: Regime,
        (each, seed): (usize, u64),
    ) -> Result<(Vec<Header>, Vec<InjectedGroup>, RunOutcome), Box<dyn Error>> {
        let mut with = headers.to_vec();
        let counts = if regime.is_dense {
            inject::of_each(each)
        } else {
            inject::at_rate(headers.len(), REAL_PER_MILLE, seed)
        };
        let injected = inject::inject(&mut with, &counts, regime.dates, seed);
        let shown = self.check(&with, None)?;
        Ok((with, injected, shown))
    }

    /// Down to hardly any probability.
    pub(crate) fn rank(&self, headers: &[Header]) -> Result<RunOutcome, Box<dyn Error>> {
        self.check(headers, Some(RANKED_FROM))
    }

    /// Adds to the reliability what is claimed at the rate of real ledgers.
    pub(crate) fn judge(
        &self,
        evaluation: &mut Evaluation,
        (headers, injected): (&[Header], &[InjectedGroup]),
        shown: &RunOutcome,
        of_itself: (&HashSet<String>, &Verdicts),
    ) -> Result<(), Box<dyn Error>> {
        for judged in measure::judge(headers, injected, shown, of_itself) {
            evaluation.shown.add(&judged);
        }
        let ranked = self.rank(headers)?;
        for judged in measure::judge(headers, injected, &ranked, of_itself) {
            evaluation.weighed.add(&judged);
        }
        Ok(())
    }
}

impl Regime {
    /// Returns `true` for a ledger whose duplicates are as rare as they are in life.
    pub(crate) const fn is_real(self) -> bool {
        !self.is_dense
    }

    pub(crate) const fn keeps_dates(self) -> bool {
        matches!(self.dates, Dates::Kept)
    }
}
