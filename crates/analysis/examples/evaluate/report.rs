//! What was measured, as tables.

use std::collections::BTreeMap;

use super::evaluation::{Evaluation, Regime};
use super::kinds;
use super::measure::{Figures, RankedFigures, median};
use super::reliability::{BINS, Interval, LIKELY_BINS, Reliability};

/// Precision, recall and number of alerts of another rule, one for each seed.
pub(crate) type Beside = BTreeMap<&'static str, Vec<(f64, f64, usize)>>;

pub(crate) fn seed_line(
    seed: u64,
    regime: Regime,
    figures: &Figures,
    ranked: Option<&RankedFigures>,
) {
    let ranked = ranked.map_or_else(String::new, |ranked| {
        format!(
            "P@k {:.3} R@k {:.3}, R at 1/5/10 for 1,000 {:.3}/{:.3}/{:.3}, candidates {:.3}, ",
            ranked.precision_at_k,
            ranked.recall_at_k,
            ranked.recall_at[0],
            ranked.recall_at[1],
            ranked.recall_at[2],
            ranked.candidate_recall
        )
    });
    println!(
        "seed {seed}, {}: {ranked}shown P {:.3} R {:.3} ({:.2} for 1,000), value {:.3}, \
         wrongly suppressed {:.3}, Brier {:.3}",
        regime.name(),
        figures.precision(),
        figures.recall(),
        figures.alerts_per_mille(),
        figures.value_recall,
        figures.suppressed_wrongly(),
        figures.brier
    );
}

/// All of one ledger.
pub(crate) fn ledger(evaluation: &Evaluation, beside: &Beside) {
    println!("\n{:<48} {:>9} {:>9} {:>9} {:>9}", "medians", "precision", "recall", "alerts", "F1");
    let k = evaluation.dense().first().map_or(0, |figures| figures.injected);
    let ranked =
        |of: &dyn Fn(&RankedFigures) -> f64| median(evaluation.ranked.iter().map(of).collect());
    if !evaluation.ranked.is_empty() {
        let (precision, recall) = (ranked(&|x| x.precision_at_k), ranked(&|x| x.recall_at_k));
        row("Bursar, as many alerts as were injected", precision, recall, k);
    }
    for regime in Regime::ALL {
        let figures = evaluation.figures(regime);
        let of = |of: &dyn Fn(&Figures) -> f64| median(figures.iter().copied().map(of).collect());
        let alerts = figures.get(figures.len() / 2).map_or(0, |figures| figures.alerts);
        let name = format!("Bursar, default threshold, {}", regime.name());
        row(&name, of(&Figures::precision), of(&Figures::recall), alerts);
    }
    for (name, figures) in beside {
        let of = |of: &dyn Fn(&(f64, f64, usize)) -> f64| median(figures.iter().map(of).collect());
        let alerts = figures.get(figures.len() / 2).map_or(0, |figures| figures.2);
        row(name, of(&|x| x.0), of(&|x| x.1), alerts);
    }
}

fn row(name: &str, precision: f64, recall: f64, alerts: usize) {
    let f1 = if precision + recall > 0.0 {
        2.0 * precision * recall / (precision + recall)
    } else {
        0.0
    };
    println!("{name:<48} {precision:>9.3} {recall:>9.3} {alerts:>9} {f1:>9.3}");
}

/// Of all ledgers and seeds together: the sums of each way to inject, with intervals.
pub(crate) fn sums(all: &[Evaluation]) {
    let evaluations: Vec<&Evaluation> = all.iter().collect();
    head("all ledgers and seeds");
    for regime in Regime::ALL {
        sum(regime.name(), &evaluations, regime);
    }
}

/// Prints the sums of each ledger by itself.
pub(crate) fn by_ledger(all: &[Evaluation]) {
    head("each ledger, all seeds");
    for evaluation in all {
        for regime in Regime::ALL {
            let name = evaluation.ledger.split_once('_').map_or("", |(_, name)| name);
            let name = name.split('_').next().unwrap_or_default();
            sum(&format!("{name}, {}", regime.name()), &[evaluation], regime);
        }
    }
}

fn head(name: &str) {
    println!(
        "\n{name:<40} {:>8} {:>7} {:>13} {:>9} {:>13} {:>11} {:>10}",
        "injected", "recall", "95%", "precision", "95%", "with judged", "suppressed"
    );
}

/// Precision counts what was injected, and then what was judged true as well.
fn sum(name: &str, evaluations: &[&Evaluation], regime: Regime) {
    let figures = || evaluations.iter().flat_map(|evaluation| evaluation.figures(regime));
    let sum = |of: &dyn Fn(&Figures) -> usize| figures().map(of).sum::<usize>();
    let (injected, found) = (sum(&|x| x.injected), sum(&|x| x.found));
    let (alerts, hits) = (sum(&|x| x.alerts), sum(&|x| x.true_alerts));
    let share = |part: usize, of: usize| super::measure::share(part, of.max(1));
    println!(
        "{name:<40} {injected:>8} {:>7.3} {:>13} {:>9.3} {:>13} {:>11.3} {:>10.4}",
        share(found, injected),
        Interval::of(found, injected).to_string(),
        share(hits, alerts),
        Interval::of(hits, alerts).to_string(),
        share(hits + sum(&|x| x.judged_alerts), alerts),
        share(sum(&|x| x.wrongly_suppressed), injected)
    );
}

/// Of all ledgers and seeds together, each kind: at the default threshold, with and without the date.
pub(crate) fn by_kind(all: &[Evaluation]) {
    println!(
        "\n{:<40} {:>7} {:>13} {:>7} {:>13}",
        "recall by kind", "kept", "95%", "moving", "95%"
    );
    for name in &kinds::ALL {
        let of = |regime: Regime| {
            let figures = all.iter().flat_map(|evaluation| evaluation.figures(regime));
            figures
                .filter_map(|figures| figures.by_kind.get(&name.kind))
                .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
        };
        let words = |(found, all): (usize, usize)| {
            let recall = super::measure::share(found, all.max(1));
            format!("{recall:>7.3} {:>13}", Interval::of(found, all).to_string())
        };
        let mark = if name.is_held_back { " (held back)" } else { "" };
        println!(
            "{:<40} {} {}",
            format!("{}{mark}", name.name),
            words(of(Regime::KEPT)),
            words(of(Regime::MOVING))
        );
    }
}

/// Bins of claimed probability with the share that is true; whether some claim too much.
pub(crate) fn reliability(title: &str, reliability: &Reliability) -> bool {
    println!(
        "\n{:<24} {:>11} {:>8} {:>8} {:>8} {:>7} {:>7} {:>10} {:>13}",
        title, "bin", "findings", "claimed", "injected", "natural", "judged", "true share", "95%"
    );
    let mut is_wrong = false;
    for (group, at, bin) in reliability.bins() {
        let high = if at == 0 { 1.0 } else { BINS[at - 1] };
        let wrong = at < LIKELY_BINS && bin.claims_too_much();
        is_wrong |= wrong;
        println!(
            "{group:<24} {:>11} {:>8} {:>8.3} {:>8.3} {:>7} {:>7} {:>10.3} {:>13}{}",
            format!("{}-{high}", BINS[at]),
            bin.findings,
            bin.claimed(),
            bin.injected_share(),
            bin.known,
            bin.judged_true,
            bin.true_share(),
            Interval::of(bin.all_true(), bin.findings).to_string(),
            if wrong { "  claims too much" } else { "" }
        );
    }
    is_wrong
}
