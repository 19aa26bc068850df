//! How well duplicates are found: real ledgers with second keyings of every kind injected, ours beside what
//! others do, and whether what is claimed is so.
//!
//! `cargo xtask evaluate [--seeds 1,2,3,4,5] [--each 40] [--ledger PATH [--mapping FILE]] [--threshold 0.08]
//! [--details] [--short] [--invoice-lines never] [--splink PYTHON]`.
//! Without a ledger: those below `../shared/data/open`, where they are. The same seeds give the same figures.

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]

mod amount_slips;
mod arguments;
mod baselines;
mod beside;
mod chance;
mod evaluation;
mod header;
mod inject;
mod judged;
mod kinds;
mod ledger;
mod measure;
mod number_slips;
mod reliability;
mod report;
mod table;
mod worst;

use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use analysis::{Engine, EngineLimits};
use domain::finding::{Finding, RunOutcome};

use arguments::Arguments;
use evaluation::{Checker, Evaluation, Regime};
use header::Header;
use judged::Verdicts;
use reliability::Reliability;
use report::Beside;

/// Findings of the clean ledger that are printed with `--details`.
const WORST_SHOWN: usize = 60;
/// With `--details`, what claims as much and was not injected is printed with its rows.
const WORST_CLAIM: f64 = 0.2;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    if arguments.ledgers.is_empty() {
        println!("there are no ledgers below ../shared/data/open: name one with --ledger PATH");
        return Ok(());
    }
    let checker = Checker {
        runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        engine: Arc::new(Engine::new(EngineLimits::default())?),
        threshold: arguments.threshold,
        invoice_lines: arguments.invoice_lines,
    };
    let mut all = Vec::new();
    for path in &arguments.ledgers {
        let headers = ledger::read(path, arguments.mapping.as_ref())?;
        let name = path.file_name().unwrap_or_default().display();
        println!(
            "\n== {name}: {} invoices, {} duplicates of each of {} kinds",
            headers.len(),
            arguments.each,
            kinds::ALL.len()
        );
        if headers.len() < arguments.each * kinds::ALL.len() {
            println!(
                "too few to inject into: are its columns mapped? See bursar check --write-mapping"
            );
            continue;
        }
        let verdicts = Verdicts::of(&name.to_string());
        if let Some(mut evaluation) = evaluate(&checker, &headers, &verdicts, &arguments)? {
            evaluation.ledger = name.to_string();
            all.push(evaluation);
        }
    }
    if all.is_empty() {
        return Ok(());
    }
    report::sums(&all);
    report::by_ledger(&all);
    report::by_kind(&all);
    let (mut shown, mut weighed) = (Reliability::default(), Reliability::default());
    for evaluation in &all {
        shown.add_all(&evaluation.shown);
        weighed.add_all(&evaluation.weighed);
    }
    report::reliability("shown, 2 in 1,000", &shown);
    report::reliability("weighed, 2 in 1,000", &weighed.of_large_groups());
    Ok(())
}

fn evaluate(
    checker: &Checker,
    headers: &[Header],
    verdicts: &Verdicts,
    arguments: &Arguments,
) -> Result<Option<Evaluation>, Box<dyn Error>> {
    let began = Instant::now();
    let clean = checker.check(headers, None)?;
    let took = began.elapsed().as_secs_f64();
    let alerts = measure::share(clean.findings.len() * 1_000, headers.len().max(1));
    println!(
        "clean ledger: {} alerts, {alerts:.2} for 1,000 invoices, {took:.1} s",
        clean.findings.len()
    );
    if arguments.details {
        alerts_of(&clean);
    }
    if let Some(python) = &arguments.splink {
        beside_splink(python, headers, &clean)?;
        return Ok(None);
    }
    let known: HashSet<String> =
        clean.findings.iter().map(|finding| finding.key.as_str().to_owned()).collect();
    let mut evaluation = Evaluation::default();
    let mut beside = Beside::new();
    for seed in &arguments.seeds {
        for regime in Regime::ALL {
            let (with, injected, shown) =
                checker.inject_and_check(headers, regime, (arguments.each, *seed))?;
            let figures = measure::measure(&with, &injected, &shown, verdicts);
            let mut ranked = None;
            if regime.is_real() && regime.keeps_dates() {
                checker.judge(&mut evaluation, (&with, &injected), &shown, (&known, verdicts))?;
            } else if regime == Regime::KEPT && !arguments.is_short {
                ranked = Some(measure::rank(&with, &injected, &checker.rank(&with)?));
                evaluation.ranked.extend(ranked.clone());
                for baseline in baselines::all(&with) {
                    let figures = measure::of_pairs(&injected, &baseline.pairs);
                    beside.entry(baseline.name).or_default().push(figures);
                }
            }
            report::seed_line(*seed, regime, &figures, ranked.as_ref());
            if arguments.details && regime.is_real() {
                let judged = measure::judge(&with, &injected, &shown, (&known, verdicts));
                worst::print(&with, &judged, WORST_CLAIM);
            } else if arguments.details {
                misses(&with, &injected, &shown);
            }
            evaluation.note(regime, figures);
        }
    }
    report::ledger(&evaluation, &beside);
    Ok(Some(evaluation))
}

/// Prints the findings where nothing was injected: the number of each kind, and those that are looked
/// at first.
fn alerts_of(clean: &RunOutcome) {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &clean.findings {
        *kinds.entry(&finding.kind).or_default() += 1;
    }
    for (kind, count) in kinds {
        println!("  {kind:20} {count}");
    }
    for finding in clean.findings.iter().take(WORST_SHOWN) {
        println!("  {:.2} {}", finding.probability.unwrap_or_default(), finding.title);
    }
}

fn beside_splink(
    python: &Path,
    headers: &[Header],
    ours: &RunOutcome,
) -> Result<(), Box<dyn Error>> {
    let ours = ours.checks.first().map_or(0, |report| report.milliseconds);
    let ours = std::time::Duration::from_millis(ours).as_secs_f64();
    let splink = beside::splink(python, headers)?;
    let both = splink.train_seconds + splink.score_seconds;
    println!(
        "Bursar: learnt, blocked and weighed in {ours:.1} s\n\
         Splink 5 on DuckDB: trained in {:.1} s, blocked and scored in {:.1} s, {} pairs shown, {} MiB\n\
         times faster: {:.1}; than scoring alone: {:.1}",
        splink.train_seconds,
        splink.score_seconds,
        splink.shown,
        splink.peak_mib,
        both / ours,
        splink.score_seconds / ours
    );
    Ok(())
}

/// The duplicates that are not shown, and why; those of kinds that are held back are not looked at.
fn misses(headers: &[Header], injected: &[inject::InjectedGroup], shown: &RunOutcome) {
    let names =
        |finding: &Finding, header: &Header| finding.rows.iter().any(|row| row.id == header.id);
    for one in injected {
        let name = kinds::ALL.iter().find(|name| name.kind == one.kind);
        let Some(name) = name.filter(|name| !name.is_held_back) else { continue };
        let (a, b) = (&headers[one.originals[0]], &headers[one.copies[0]]);
        let names_both = |finding: &&Finding| names(finding, a) && names(finding, b);
        let why = match (
            shown.findings.iter().find(names_both),
            shown.suppressed.iter().find(names_both),
        ) {
            (Some(_), _) => continue,
            (None, Some(found)) => found.suppressed.as_ref().map_or("", |why| why.reason.as_str()),
            (None, None) => "not shown",
        };
        println!(
            "  {:<28} {why:<20} {} / {} {} / {} {} / {}",
            name.name,
            a.number,
            b.number,
            a.amount / 10_000,
            b.amount / 10_000,
            header::date(a.invoiced),
            header::date(b.invoiced)
        );
    }
}
