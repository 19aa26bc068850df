//! How well parties are matched on labelled files, and how fast on many made-up suppliers.
//!
//! `match_entities [FOLDER] [--scale N] [--curve] [--errors]`: FOLDER holds `febrl/`,
//! `organisations/` and `supplier_names/`.
#![expect(clippy::print_stdout, reason = "a program for people to run")]

use evidence::entities::{DEFAULT_THRESHOLD, Kind, Matcher, Matches, Record, Settings};
use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The parts to print beside the table.
#[derive(Clone, Copy)]
struct Show {
    curve: bool,
    errors: bool,
}

struct LabelledRecords {
    name: &'static str,
    records: Vec<Record>,
    truth: Vec<String>,
}

#[derive(Clone, Copy, Default)]
struct Figures {
    threshold: f64,
    precision: f64,
    recall: f64,
    f1: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--scale") {
        let count = arguments.get(at + 1).and_then(|count| count.parse().ok()).unwrap_or(100_000);
        scale(count);
        return Ok(());
    }
    let asked = |word: &str| arguments.iter().any(|argument| argument == word);
    let show = Show { curve: asked("--curve"), errors: asked("--errors") };
    let folder = arguments
        .iter()
        .find(|argument| !argument.starts_with("--"))
        .map_or_else(|| PathBuf::from("../shared/data/labelled"), PathBuf::from);
    println!(
        "data set           rows  pairs | best F1       P       R     at | default       P       R | \
         pairs F1      s"
    );
    for (name, file) in [
        ("FEBRL 1", "febrl/dataset1.csv"),
        ("FEBRL 2", "febrl/dataset2.csv"),
        ("FEBRL 3", "febrl/dataset3.csv"),
        ("FEBRL 4", "febrl/dataset4a.csv"),
        ("Sheffield names", "supplier_names/sheffield_all_suppliers.csv"),
        ("organisations", "organisations/csv_example_input_with_true_ids.csv"),
    ] {
        let path = folder.join(file);
        if !path.exists() {
            println!("{name:16} not there: {}", path.display());
            continue;
        }
        let labelled = match name {
            "organisations" => organisations(&path)?,
            "FEBRL 4" => {
                both(febrl(name, &path)?, febrl(name, &folder.join("febrl/dataset4b.csv"))?)
            }
            "Sheffield names" => {
                read(name, &path, "supplier_id", &[("supplier_name", Kind::Organisation)])?
            }
            _ => febrl(name, &path)?,
        };
        report(&labelled, show);
    }
    Ok(())
}

fn report(labelled: &LabelledRecords, show: Show) {
    let start = Instant::now();
    let matches = Matcher::new(Settings::default()).train(&labelled.records);
    let seconds = start.elapsed().as_secs_f64();
    let total = pairs_of(&labelled.truth);
    let at =
        |threshold: f64| figures(threshold, &matches.clusters(threshold), &labelled.truth, total);
    let all: Vec<Figures> = (-12..=80).map(|step| at(f64::from(step) / 2.0)).collect();
    let best = all.iter().copied().max_by(|x, y| x.f1.total_cmp(&y.f1)).unwrap_or_default();
    let usual = at(DEFAULT_THRESHOLD);
    let by_pairs = (-12..=80)
        .map(|step| by_pairs(&matches, f64::from(step) / 2.0, &labelled.truth, total))
        .fold(0.0, f64::max);
    println!(
        "{:16} {:6} {:6} | {:7.4} {:7.4} {:7.4} {:6.1} | {:7.4} {:7.4} {:7.4} | {:7.4} {:6.2}",
        labelled.name,
        labelled.records.len(),
        total,
        best.f1,
        best.precision,
        best.recall,
        best.threshold,
        usual.f1,
        usual.precision,
        usual.recall,
        by_pairs,
        seconds
    );
    if show.curve {
        for point in &all {
            println!(
                "    {:6.1} F1 {:.4} P {:.4} R {:.4}",
                point.threshold, point.f1, point.precision, point.recall
            );
        }
        println!("{}", matches.describe());
    }
    if show.errors {
        show_errors(&matches, labelled, best.threshold);
    }
}

fn show_errors(matches: &Matches, labelled: &LabelledRecords, threshold: f64) {
    let mut group = HashMap::new();
    for (at, cluster) in matches.clusters(threshold).into_iter().enumerate() {
        group.extend(cluster.into_iter().map(|row| (row, at)));
    }
    let show = |row: usize| {
        let fields = labelled.records[row].fields.iter();
        fields.map(|(_, text)| text.replace('\n', " ")).collect::<Vec<_>>().join(" | ")
    };
    for a in 0..labelled.records.len() {
        for b in a + 1..labelled.records.len() {
            let same = labelled.truth[a] == labelled.truth[b];
            let found = group.contains_key(&a) && group.get(&a) == group.get(&b);
            if same != found {
                println!(
                    "{} {:.1}\n   {}\n   {}",
                    if same { "MISSED" } else { "FALSE" },
                    matches.odds(a, b),
                    show(a),
                    show(b)
                );
                for evidence in matches.evidence(a, b) {
                    println!("        {:6.1} {}", evidence.bits, evidence.words);
                }
            }
        }
    }
}

fn by_pairs(matches: &Matches, threshold: f64, truth: &[String], total: usize) -> f64 {
    let found: Vec<_> = matches.pairs().iter().filter(|pair| pair.odds >= threshold).collect();
    let right = found.iter().filter(|pair| truth[pair.a] == truth[pair.b]).count();
    2.0 * float(right) / float((found.len() + total).max(1))
}

fn figures(threshold: f64, groups: &[Vec<usize>], truth: &[String], total: usize) -> Figures {
    let found: usize = groups.iter().map(|group| group.len() * (group.len() - 1) / 2).sum();
    let right: usize = groups
        .iter()
        .map(|group| pairs_of(&group.iter().map(|row| truth[*row].clone()).collect::<Vec<_>>()))
        .sum();
    Figures {
        threshold,
        precision: float(right) / float(found.max(1)),
        recall: float(right) / float(total.max(1)),
        f1: 2.0 * float(right) / float((found + total).max(1)),
    }
}

fn float(count: usize) -> f64 {
    f64::from(evidence::narrow(count))
}

fn pairs_of(labels: &[String]) -> usize {
    let mut counts: HashMap<&String, usize> = HashMap::new();
    for label in labels {
        *counts.entry(label).or_default() += 1;
    }
    counts.values().map(|count| count * (count - 1) / 2).sum()
}

/// Two files as one ledger.
fn both(mut first: LabelledRecords, second: LabelledRecords) -> LabelledRecords {
    first.records.extend(second.records);
    first.truth.extend(second.truth);
    first
}

fn febrl(name: &'static str, path: &Path) -> Result<LabelledRecords, Box<dyn Error>> {
    let kinds = [
        ("given_name", Kind::GivenName),
        ("surname", Kind::Surname),
        ("street_number", Kind::StreetNumber),
        ("address_1", Kind::Address),
        ("address_2", Kind::Address),
        ("suburb", Kind::Town),
        ("postcode", Kind::Postcode),
        ("state", Kind::Region),
        ("date_of_birth", Kind::BirthDate),
        ("soc_sec_id", Kind::Identifier("social security number")),
    ];
    let mut labelled = read(name, path, "rec_id", &kinds)?;
    for label in &mut labelled.truth {
        *label = label.split('-').nth(1).unwrap_or_default().to_owned();
    }
    Ok(labelled)
}

fn organisations(path: &Path) -> Result<LabelledRecords, Box<dyn Error>> {
    let kinds = [
        ("Site name", Kind::Organisation),
        ("Address", Kind::Address),
        ("Zip", Kind::Postcode),
        ("Phone", Kind::Telephone),
    ];
    read("organisations", path, "True Id", &kinds)
}

fn read(
    name: &'static str,
    path: &Path,
    label: &str,
    kinds: &[(&str, Kind)],
) -> Result<LabelledRecords, Box<dyn Error>> {
    let rows = csv_rows(&fs::read_to_string(path)?);
    let header: Vec<String> = rows[0].iter().map(|cell| cell.trim().to_owned()).collect();
    let place = |column: &str| {
        header
            .iter()
            .position(|cell| cell == column)
            .ok_or_else(|| format!("no column {column} in {}", path.display()))
    };
    let label = place(label)?;
    let places: Vec<(usize, Kind)> = kinds
        .iter()
        .map(|(column, kind)| Ok((place(column)?, *kind)))
        .collect::<Result<_, String>>()?;
    let cell = |row: &[String], at: usize| {
        row.get(at).map(|cell| cell.trim().to_owned()).unwrap_or_default()
    };
    let record = |row: &Vec<String>| Record {
        fields: places
            .iter()
            .map(|(at, kind)| (*kind, cell(row, *at)))
            .filter(|(_, text)| !text.is_empty())
            .collect(),
    };
    Ok(LabelledRecords {
        name,
        records: rows[1..].iter().map(record).collect(),
        truth: rows[1..].iter().map(|row| cell(row, label)).collect(),
    })
}

/// Rows of a CSV text: commas, double quotes, line ends within quotes.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            _ => cell.push(letter),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}

/// Made-up suppliers, one in twenty of which is keyed twice.
fn scale(count: usize) {
    let (records, truth) = made_up(count);
    let start = Instant::now();
    let matches = Matcher::new(Settings::default()).train(&records);
    let seconds = start.elapsed().as_secs_f64();
    let found =
        figures(DEFAULT_THRESHOLD, &matches.clusters(DEFAULT_THRESHOLD), &truth, pairs_of(&truth));
    println!(
        "{count} suppliers: {seconds:.1} s, {} pairs kept, at the default threshold F1 {:.4} P {:.4} R {:.4}, peak memory {}",
        matches.pairs().len(),
        found.f1,
        found.precision,
        found.recall,
        peak_memory()
    );
}

fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_else(|_no_linux| String::new());
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .map_or_else(|| "unknown".to_owned(), |size| size.trim().to_owned())
}

fn made_up(count: usize) -> (Vec<Record>, Vec<String>) {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let words: Vec<String> = (0..20_000).map(|_| dice.word()).collect();
    let trades = [
        "Building",
        "Services",
        "Consulting",
        "Foods",
        "Transport",
        "Engineering",
        "Print",
        "Cleaning",
        "Media",
        "Care",
    ];
    let towns: Vec<String> = (0..800).map(|_| dice.word()).collect();
    let (mut records, mut truth) = (Vec::new(), Vec::new());
    while records.len() < count {
        // Squaring makes some words common, as names are.
        let pick =
            |dice: &mut Dice| words[(dice.below(140) * dice.below(140)) % words.len()].clone();
        let name = format!(
            "{} {} {} Ltd",
            pick(&mut dice),
            words[dice.below(words.len())],
            trades[dice.below(trades.len())]
        );
        let town = dice.below(towns.len());
        let street = format!("{} {} Road", 1 + dice.below(150), words[dice.below(3_000)]);
        let postcode = format!(
            "{}{} {}{}",
            &towns[town][..2].to_uppercase(),
            1 + town % 30,
            dice.below(10),
            "ABDEFGHJLN".get(0..2).unwrap_or_default()
        );
        let fields = vec![
            (Kind::Organisation, name),
            (Kind::Address, street),
            (Kind::Town, towns[town].clone()),
            (Kind::Postcode, postcode),
            (Kind::Telephone, format!("01{:03} {:06}", town, dice.below(1_000_000))),
            (Kind::Identifier("VAT number"), format!("GB{:09}", dice.below(1_000_000_000))),
            (
                Kind::Identifier("bank account"),
                format!("{:06}{:08}", town * 17, dice.below(100_000_000)),
            ),
        ];
        let label = records.len().to_string();
        if dice.below(20) == 0 {
            let mut again = fields.clone();
            for (_, text) in &mut again {
                match dice.below(5) {
                    0 => text.clear(),
                    1 => *text = dice.misspelt(text),
                    _ => {}
                }
            }
            again.retain(|(_, text)| !text.is_empty());
            records.push(Record { fields: again });
            truth.push(label.clone());
        }
        records.push(Record { fields });
        truth.push(label);
    }
    (records, truth)
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % limit
    }

    fn word(&mut self) -> String {
        let (hard, soft) = (b"bcdfghklmnprstvw", b"aeiou");
        (0..2 + self.below(3))
            .flat_map(|_| [hard[self.below(hard.len())], soft[self.below(soft.len())]])
            .map(char::from)
            .collect()
    }

    fn misspelt(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        let at = self.below(letters.len());
        letters.remove(at);
        letters.into_iter().collect()
    }
}
