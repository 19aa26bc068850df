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
#[path = "../../examples/evaluate/judged.rs"]
mod judged;
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
use judged::Verdicts;
use reliability::{BELOW_CLAIM_MAX, Bin, Interval, JudgedFinding, LIKELY_BINS, Reliability};

/// Ledgers that a debug build reads in a few seconds, of 10,000, 23,000 and 37,000 invoices; the others have
/// 90,000 and more, and are for the release. Of these the first has the suppliers' own invoice numbers.
const LEDGERS: [&str; 3] =
    ["uk_cabinetoffice_2019-2022", "uk_harrogate_2018-2019", "uk_leeds_raw_2011-2012"];
/// No weight was set by these.
const SEEDS: [u64; 2] = [101, 102];
/// Fewer findings of a bin say nothing of a share, as their interval is wide.
const FINDINGS_MIN: usize = 20;
/// A program that claimed so many times the odds would be noticed.
const INFLATED: f64 = 20.0;
/// At least so much is found at the rate of real ledgers: the measured share less what chance makes of it.
const RECALL_MIN: f64 = 0.75;
/// And so much where the only date moves.
const RECALL_MOVING_MIN: f64 = 0.60;

/// The bins that claim more than is true, with the upper end of the interval of what is true.
fn faults(reliability: &Reliability) -> Vec<String> {
    let claims_too_much = |bin: &Bin| {
        let most = Interval::of(bin.all_true(), bin.findings).high;
        bin.findings >= FINDINGS_MIN && most < bin.claimed() - BELOW_CLAIM_MAX
    };
    let bins = reliability.bins().filter(|(_, at, bin)| *at < LIKELY_BINS && claims_too_much(bin));
    let said = |(group, _, bin): (&str, usize, &Bin)| {
        let (findings, claimed) = (bin.findings, bin.claimed());
        format!("{group}: {findings} claim {claimed:.3}, {} are true", bin.all_true())
    };
    bins.map(said).collect()
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
    let (mut claimed, mut inflated) = (Reliability::default(), Reliability::default());
    let mut found = [(0, 0); 2];
    for path in LEDGERS.map(|name| folder.join(name)).iter().filter(|path| path.exists()) {
        let headers: Vec<Header> = ledger::read(path, None).unwrap();
        let verdicts = Verdicts::of(path.file_name().unwrap().to_str().unwrap());
        for seed in SEEDS {
            for (at, regime) in [Regime::REAL, Regime::REAL_MOVING].into_iter().enumerate() {
                let (with, injected, shown) =
                    checker.inject_and_check(&headers, regime, (0, seed)).unwrap();
                let figures = measure::measure(&with, &injected, &shown, &verdicts);
                found[at].0 += figures.found;
                found[at].1 += figures.injected;
                if regime == Regime::REAL {
                    let of_itself = (&HashSet::new(), &verdicts);
                    for judged in measure::judge(&with, &injected, &shown, of_itself) {
                        claimed.add(&judged);
                    }
                    // Whoever claims more shows more, and above the threshold little is left to be wrong
                    // about: what is exaggerated is all that is weighed. One seed of it is enough.
                    let ranked = (seed == SEEDS[0]).then(|| checker.rank(&with).unwrap());
                    for judged in ranked
                        .iter()
                        .flat_map(|ranked| measure::judge(&with, &injected, ranked, of_itself))
                    {
                        let more = 1.0 - (1.0 - judged.claimed) / INFLATED;
                        inflated.add(&JudgedFinding { claimed: more, ..judged });
                    }
                }
            }
        }
    }
    assert_eq!(faults(&claimed), Vec::<String>::new());
    let is_there = found.iter().any(|(_, all)| *all > 0);
    assert!(!is_there || !faults(&inflated).is_empty(), "nobody notices that too much is claimed");
    let [kept, moving] = found.map(|(found, all)| Interval::of(found, all).high);
    assert!(kept >= RECALL_MIN, "{found:?}");
    assert!(moving >= RECALL_MOVING_MIN, "{found:?}");
}
