//! Whether what duplicates claim is so: a short form of `cargo xtask evaluate` over open ledgers, which fails
//! when claimed and true part, or when far fewer are found.
//!
//! Invariant: seeds are others than those by which weights were set. What a ledger holds of duplicates by
//! itself counts as false, so a share that is true is a lower bound.

#[path = "../../examples/evaluate/amount_slips.rs"]
mod amount_slips;
#[path = "../../examples/evaluate/chance.rs"]
mod chance;
#[path = "../../examples/evaluate/evaluation.rs"]
#[expect(dead_code, reason = "the example prints more than is held here")]
mod evaluation;
#[path = "../../examples/evaluate/header.rs"]
mod header;
#[path = "../../examples/evaluate/inject.rs"]
mod inject;
#[path = "../../examples/evaluate/kinds.rs"]
#[expect(dead_code, reason = "the example prints more than is held here")]
mod kinds;
#[path = "../../examples/evaluate/ledger.rs"]
mod ledger;
#[path = "../../examples/evaluate/measure.rs"]
#[expect(dead_code, reason = "the example prints more than is held here")]
mod measure;
#[path = "../../examples/evaluate/number_slips.rs"]
mod number_slips;
#[path = "../../examples/evaluate/reliability.rs"]
#[expect(dead_code, reason = "the example prints more than is held here")]
mod reliability;
#[path = "../../examples/evaluate/table.rs"]
mod table;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use analysis::{Engine, EngineLimits};
use domain::InvoiceLines;

use evaluation::{Checker, Regime};
use header::Header;
use reliability::{BELOW_CLAIM_MAX, Interval, JUDGED_MIN};

/// Ledgers that a debug build reads in a few seconds; the others are for the release.
const LEDGERS: [&str; 2] = ["uk_harrogate_2018-2019", "uk_leeds_raw_2011-2012"];
/// No weight was set by these.
const SEEDS: [u64; 2] = [101, 102];
/// Where findings claim as much, so many of them are compared together: above a half, and nearly certain.
const CLAIMS: [(f64, f64); 2] = [(0.5, 0.9), (0.9, 1.0)];
/// At least so much is found at the rate of real ledgers: the measured share less what chance makes of it.
const RECALL_MIN: f64 = 0.75;
/// And so much where the only date moves.
const RECALL_MOVING_MIN: f64 = 0.60;

/// Findings by what they claim: how many, the sum of what they claim, how many are true.
#[derive(Debug, Clone, Copy, Default)]
struct Claims {
    findings: usize,
    claimed: f64,
    true_ones: usize,
}

impl Claims {
    fn are_too_high(self) -> bool {
        let claimed = self.claimed / measure::share(self.findings.max(1), 1);
        let most = Interval::of(self.true_ones, self.findings).high;
        self.findings >= JUDGED_MIN && most < claimed - BELOW_CLAIM_MAX
    }
}

#[test]
fn what_is_claimed_is_so() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/open"));
    let checker = Checker {
        runtime: tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap(),
        engine: Arc::new(Engine::new(EngineLimits::default()).unwrap()),
        threshold: None,
        invoice_lines: InvoiceLines::default(),
    };
    let mut claims = [Claims::default(); CLAIMS.len()];
    let mut found = [(0, 0); 2];
    for path in LEDGERS.map(|name| folder.join(name)).iter().filter(|path| path.exists()) {
        let headers: Vec<Header> = ledger::read(path, None).unwrap();
        for seed in SEEDS {
            for (at, regime) in [Regime::REAL, Regime::REAL_MOVING].into_iter().enumerate() {
                let (with, injected, shown) =
                    checker.inject_and_check(&headers, regime, (0, seed)).unwrap();
                let figures = measure::measure(&with, &injected, &shown);
                found[at].0 += figures.found;
                found[at].1 += figures.injected;
                let judged = measure::judge(&with, &injected, &shown, &HashSet::new());
                for judged in judged.iter().filter(|_| regime == Regime::REAL) {
                    let place = CLAIMS
                        .iter()
                        .position(|(low, high)| (*low..*high).contains(&judged.claimed));
                    let Some(place) = place else { continue };
                    claims[place].findings += 1;
                    claims[place].claimed += judged.claimed;
                    claims[place].true_ones += usize::from(judged.is_true);
                }
            }
        }
    }
    assert!(!claims.iter().any(|claims| claims.are_too_high()), "{claims:?}");
    let [kept, moving] = found.map(|(found, all)| Interval::of(found, all).high);
    assert!(kept >= RECALL_MIN, "{found:?}");
    assert!(moving >= RECALL_MOVING_MIN, "{found:?}");
}

#[test]
fn claims_that_are_not_so_are_noticed() {
    let of = |findings, claimed: f64, true_ones| {
        let claimed = claimed * measure::share(findings, 1);
        Claims { findings, claimed, true_ones }.are_too_high()
    };
    assert!(of(100, 0.95, 60));
    assert!(!of(100, 0.95, 85));
    assert!(!of(20, 0.95, 5), "too few to tell");
}
