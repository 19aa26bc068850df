//! How well duplicates are found: real ledgers with second keyings of every kind injected, ours beside what
//! others do, one table.
//!
//! `cargo xtask evaluate [--seeds 1,2,3,4,5] [--each 40] [--ledger PATH [--mapping FILE]] [--threshold 0.08]
//! [--details] [--invoice-lines never] [--splink PYTHON]`.
//! Without a ledger: those below `../shared/data/open`, where they are. The same seeds give the same figures.

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]

mod baselines;
mod beside;
mod chance;
mod header;
mod inject;
mod ledger;
mod measure;
mod number_slips;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use analysis::{CheckSettings, Engine, EngineLimits, check_batches};
use domain::finding::RunOutcome;
use domain::{FileType, InvoiceLines, Mapping};
use jiff::Timestamp;

use header::Header;
use inject::Kind;
use measure::{Figures, median};

/// Findings of the clean ledger that are printed with `--details`.
const WORST_SHOWN: usize = 60;
const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);
/// Low enough that the ranking goes on far behind what anybody would look at.
const RANKED_FROM: f64 = 0.0005;

struct Arguments {
    seeds: Vec<u64>,
    each: usize,
    ledgers: Vec<PathBuf>,
    mapping: Option<Mapping>,
    details: bool,
    threshold: Option<f64>,
    /// How rows of one document are read, of a ledger whose Unique IDs are those of lines.
    invoice_lines: InvoiceLines,
    /// A Python that has `splink`: ours beside it over the same candidates, and nothing injected.
    splink: Option<PathBuf>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments()?;
    if arguments.ledgers.is_empty() {
        println!("there are no ledgers below ../shared/data/open: name one with --ledger PATH");
        return Ok(());
    }
    let engine = Arc::new(Engine::new(EngineLimits::default())?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for path in &arguments.ledgers {
        let headers = ledger::read(path, arguments.mapping.as_ref())?;
        let name = path.file_name().unwrap_or_default().display();
        println!(
            "\n== {name}: {} invoices, {} duplicates of each of {} kinds",
            headers.len(),
            arguments.each,
            Kind::ALL.len()
        );
        if headers.len() < arguments.each * Kind::ALL.len() {
            println!(
                "too few to inject into: are its columns mapped? See bursar check --write-mapping"
            );
            continue;
        }
        evaluate(&runtime, &engine, &headers, &arguments)?;
    }
    Ok(())
}

fn evaluate(
    runtime: &tokio::runtime::Runtime,
    engine: &Arc<Engine>,
    headers: &[Header],
    arguments: &Arguments,
) -> Result<(), Box<dyn Error>> {
    let check =
        |headers: &[Header], threshold: Option<f64>| -> Result<RunOutcome, Box<dyn Error>> {
            let batch = header::table(headers)?;
            let parameters: BTreeMap<String, f64> = threshold
                .map(|value| ("duplicate_invoices.threshold".to_owned(), value))
                .into_iter()
                .collect();
            let only = Some(vec!["duplicate_invoices".to_owned()]);
            let settings = CheckSettings {
                only,
                parameters,
                invoice_lines: arguments.invoice_lines,
                ..CheckSettings::default()
            };
            let tables = vec![(FileType::Transactions, vec![batch])];
            Ok(runtime.block_on(check_batches(engine, tables, NOW, settings))?)
        };
    let began = Instant::now();
    let clean = check(headers, arguments.threshold)?;
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
        return beside_splink(python, headers, &clean);
    }
    let mut all: Vec<Figures> = Vec::new();
    let mut beside: BTreeMap<&'static str, Vec<(f64, f64, usize)>> = BTreeMap::new();
    for seed in &arguments.seeds {
        let mut with = headers.to_vec();
        let injected = inject::inject(&mut with, arguments.each, *seed);
        let shown = check(&with, arguments.threshold)?;
        let ranked = check(&with, Some(RANKED_FROM))?;
        let figures = measure::measure(&with, &injected, &ranked, &shown);
        println!("seed {seed}: {}", line(&figures));
        if arguments.details {
            misses(&with, &injected, &shown);
        }
        all.push(figures);
        for baseline in baselines::all(&with) {
            beside
                .entry(baseline.name)
                .or_default()
                .push(measure::of_pairs(&injected, &baseline.pairs));
        }
    }
    report(&all, &beside);
    Ok(())
}

/// What is found where nothing was injected: how many of each kind, and those that are looked at first.
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

fn line(figures: &Figures) -> String {
    format!(
        "P@k {:.3} R@k {:.3}, R at 1/5/10 for 1,000 {:.3}/{:.3}/{:.3}, shown P {:.3} R {:.3} ({:.2} for 1,000), \
         candidates {:.3}, value {:.3}, wrongly suppressed {:.3}, Brier {:.3}",
        figures.precision_at_k,
        figures.recall_at_k,
        figures.recall_at[0],
        figures.recall_at[1],
        figures.recall_at[2],
        figures.precision_shown,
        figures.recall_shown,
        figures.alerts_shown,
        figures.candidate_recall,
        figures.value_recall,
        figures.wrongly_suppressed,
        figures.brier
    )
}

fn report(all: &[Figures], beside: &BTreeMap<&'static str, Vec<(f64, f64, usize)>>) {
    let middle = |of: &dyn Fn(&Figures) -> f64| median(all.iter().map(of).collect());
    println!("\n{:<48} {:>9} {:>9} {:>9} {:>9}", "medians", "precision", "recall", "alerts", "F1");
    let row = |name: &str, precision: f64, recall: f64, alerts: f64| {
        let f1 = if precision + recall > 0.0 {
            2.0 * precision * recall / (precision + recall)
        } else {
            0.0
        };
        println!("{name:<48} {precision:>9.3} {recall:>9.3} {alerts:>9.0} {f1:>9.3}");
    };
    let k = all.first().map_or(0, |figures| figures.by_kind.values().map(|(_, of)| of).sum());
    row(
        "Bursar, as many alerts as were injected",
        middle(&|figures| figures.precision_at_k),
        middle(&|figures| figures.recall_at_k),
        measure::share(k, 1),
    );
    row(
        "Bursar, default threshold",
        middle(&|figures| figures.precision_shown),
        middle(&|figures| figures.recall_shown),
        middle(&|figures| figures.alerts_shown * 1.0),
    );
    for (name, figures) in beside {
        let of = |of: &dyn Fn(&(f64, f64, usize)) -> f64| median(figures.iter().map(of).collect());
        row(name, of(&|x| x.0), of(&|x| x.1), of(&|x| measure::share(x.2, 1)));
    }
    println!("\n{:<48} {:>9}", "kind", "recall at k, all seeds");
    for kind in Kind::ALL {
        let of = |figures: &Figures| figures.by_kind.get(&kind).copied().unwrap_or_default();
        let (found, all): (usize, usize) =
            all.iter().map(of).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        println!("{:<48} {found:>5} of {all}", kind.name());
    }
}

fn misses(headers: &[Header], injected: &[inject::Injected], shown: &RunOutcome) {
    for one in injected {
        let (a, b) = (&headers[one.original], &headers[one.copy]);
        let named = |finding: &&domain::finding::Finding| {
            [&a.id, &b.id].iter().all(|id| finding.rows.iter().any(|row| row.id == **id))
        };
        let why = match (shown.findings.iter().find(named), shown.suppressed.iter().find(named)) {
            (Some(_), _) => continue,
            (None, Some(found)) => found.suppressed.as_ref().map_or("", |why| why.reason.as_str()),
            (None, None) => "not shown",
        };
        println!(
            "  {:<20} {} / {} {} / {}",
            why,
            a.number,
            b.number,
            a.amount / 10_000,
            b.amount / 10_000
        );
    }
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut arguments = Arguments {
        seeds: vec![1, 2, 3, 4, 5],
        each: 40,
        ledgers: Vec::new(),
        mapping: None,
        details: false,
        threshold: None,
        invoice_lines: InvoiceLines::default(),
        splink: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--seed" | "--seeds" => {
                arguments.seeds = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?;
            }
            "--each" => arguments.each = value()?.parse()?,
            "--ledger" => arguments.ledgers.push(value()?.into()),
            "--mapping" => {
                arguments.mapping = Some(toml::from_str(&std::fs::read_to_string(value()?)?)?);
            }
            "--threshold" => arguments.threshold = Some(value()?.parse()?),
            "--invoice-lines" => arguments.invoice_lines = value()?.parse()?,
            "--splink" => arguments.splink = Some(value()?.into()),
            "--details" => arguments.details = true,
            other => return Err(format!("there is no option {other}").into()),
        }
    }
    if arguments.ledgers.is_empty() {
        let open = Path::new("../shared/data/open");
        let mut folders: Vec<PathBuf> = match std::fs::read_dir(open) {
            Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
            Err(_absent) => Vec::new(),
        };
        folders.sort();
        arguments.ledgers = folders;
    }
    Ok(arguments)
}
