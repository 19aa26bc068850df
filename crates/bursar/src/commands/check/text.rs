//! What came of a check, for a person.
//!
//! Invariant: numbers are those of the whole file, also where only examples are shown.

use std::path::Path;

use extract::{
    AmountFormat, ColumnFormat, ColumnUse, DateOrder, DecidedBy, DecimalStyle, Level, Problem,
    Reading,
};

use crate::inputs::examination::{Examination, Excerpt, ReadingPlan, counts};
use crate::report::foreign_text::one_line;
use crate::report::format::{group_digits, plural};
use crate::report::problem_line::{line_word, to_text};

/// Wider headers push the table apart and are cut.
const HEADER_CHARS_MAX: usize = 36;

/// Describes a reading: columns, counts, examples and notes; what refuses the file is said apart.
pub(super) fn describe(file: &Path, plan: &ReadingPlan, examination: &Examination) -> String {
    let mut lines = Vec::new();
    let shown = file.display();
    let unit = line_word(plan.format);
    if let Some(reading) = &examination.reading {
        let what = match (reading.encoding, reading.delimiter) {
            (Some(encoding), Some(delimiter)) => {
                format!("{encoding}, {}", delimiter_name(delimiter))
            }
            _ => "workbook".to_owned(),
        };
        let header = format!("header in {unit} {}", reading.header_line);
        let system =
            reading.system.iter().map(|system| format!(", headers as {system} writes them"));
        let system = system.collect::<String>();
        lines.push(format!("{shown}: {}, {what}, {header}{system}", plan.file_type));
        lines.extend(columns(&reading.columns));
        let but =
            if examination.refusal.is_some() { "; but the file would be refused" } else { "" };
        lines.push(format!("{shown}: {}{but}", counts(reading)));
    }
    let examples = &examination.examples;
    for example in &examples.set_aside {
        lines.push(to_text(&example.problem, unit));
        lines.extend(example.excerpt.as_ref().into_iter().flat_map(excerpt));
    }
    if let Some(reading) = &examination.reading {
        lines.extend(not_shown(reading, examples.set_aside.len()));
    }
    for (place, note) in examples.row_notes.iter().enumerate() {
        let is_kind =
            |other: &&Problem| (other.reason, &other.column) == (note.reason, &note.column);
        if examples.row_notes[..place].iter().any(|other| is_kind(&other)) {
            // It stands with the first of its kind.
            continue;
        }
        let times = examination.reading.iter().flat_map(|reading| &reading.problems);
        let times = times
            .filter(|count| count.level == Level::Note && count.reason == note.reason)
            .find(|count| count.column == note.column)
            .map_or(1, |count| count.count);
        let more =
            if times > 1 { format!(" ({} times)", group_digits(times)) } else { String::new() };
        lines.push(format!("{}{more}", note_text(note, unit)));
        let others: Vec<&Problem> =
            examples.row_notes[place + 1..].iter().filter(is_kind).collect();
        lines.extend(also(&others, times, unit));
    }
    lines.extend(examples.file_notes.iter().map(|note| note_text(note, unit)));
    if examination.refusal.is_none() && examination.rows() > 0 {
        lines.push(unknown_here(plan).to_owned());
    }
    lines.join("\n")
}

/// Further examples of a note in one line: where each stands and what stands there, and how many are not
/// named.
fn also(others: &[&Problem], times: u64, unit: &str) -> Option<String> {
    let place = |other: &&Problem| {
        let line = other.line.map(|line| format!("{unit} {line}"));
        let value = other.value.as_ref().map(|value| format!("\"{}\"", one_line(value)));
        [line, value].into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let places: Vec<String> = others.iter().map(place).collect();
    let rest = times.saturating_sub(places.len() as u64 + 1);
    let rest = match rest {
        0 => String::new(),
        rest => format!(" and {} more (--problems names more, --json all)", group_digits(rest)),
    };
    (!places.is_empty()).then(|| format!("       also {}{rest}", places.join(", ")))
}

/// A note, and the flag by which a unit settles it.
fn note_text(note: &Problem, unit: &str) -> String {
    let text = to_text(note, unit);
    match note.reason.settled_by() {
        Some(setting) => format!("{text} (--{} settles it)", setting.word()),
        None => text,
    }
}

/// A line on what only a server can say of a file, as it has the ledger.
const fn unknown_here(plan: &ReadingPlan) -> &'static str {
    if plan.file_type.is_snapshot() {
        "  not known here: how many of the ledger are not in the file and would end; a server holds it where \
         they are many"
    } else {
        "  not known here: which rows of the ledger it replaces; a server holds it where they are other invoices"
    }
}

fn columns(columns: &[ColumnUse]) -> Vec<String> {
    let cut = |header: &str| {
        let mut cut: String = one_line(header).chars().take(HEADER_CHARS_MAX).collect();
        if header.chars().nth(HEADER_CHARS_MAX).is_some() {
            cut.pop();
            cut.push('…');
        }
        if cut.is_empty() { "(no header)".to_owned() } else { cut }
    };
    let rows: Vec<(String, String, String)> = columns
        .iter()
        .map(|column| {
            let titles: Vec<&str> = column.fields.iter().map(|field| field.title()).collect();
            let title = if titles.is_empty() { "-".to_owned() } else { titles.join(", ") };
            let format = match (column.field, column.identifier_part) {
                (Some(_), None) => format(column.format),
                (None, None) => match column.format {
                    ColumnFormat::Sides { are_used: true } => "sign of the amounts".to_owned(),
                    _ => "kept as text".to_owned(),
                },
                (Some(_), Some(part)) => {
                    format!("{}; part {} of the Unique ID", format(column.format), part + 1)
                }
                (None, Some(part)) => format!("part {} of the Unique ID, kept as text", part + 1),
            };
            (cut(&column.header), title, format)
        })
        .collect();
    let header_width = rows.iter().map(|row| row.0.chars().count()).max().unwrap_or(0);
    let field_width = rows.iter().map(|row| row.1.chars().count()).max().unwrap_or(0);
    rows.iter()
        .map(|(header, field, format)| {
            format!("  {header:<header_width$}  ->  {field:<field_width$}  {format}")
        })
        .collect()
}

fn format(format: ColumnFormat) -> String {
    let assumed = |by| if by == DecidedBy::Assumption { " (assumed)" } else { "" };
    let plain = match format {
        ColumnFormat::Text => "text",
        ColumnFormat::ApostropheText => "text behind an apostrophe",
        ColumnFormat::Sides { .. } => "debit or credit",
        ColumnFormat::Date { by: DecidedBy::NoNeed, .. } => "dates",
        ColumnFormat::Date { order, by, .. } => {
            let order = match order {
                DateOrder::DayFirst => "day before month",
                DateOrder::MonthFirst => "month before day",
                DateOrder::YearFirst => "year, month, day",
            };
            return format!("dates, {order}{}", assumed(by));
        }
        ColumnFormat::Amount(AmountFormat { is_overpunched: true, .. }) => {
            "amounts with the sign in the last digit"
        }
        ColumnFormat::Amount(AmountFormat { by: DecidedBy::NoNeed, .. }) => "amounts",
        ColumnFormat::Amount(AmountFormat { by: DecidedBy::Currencies, .. }) => {
            "amounts, decimals by their currency"
        }
        ColumnFormat::Amount(AmountFormat { style, by, .. }) => {
            let example = match style {
                DecimalStyle::Point => "1,234.56",
                DecimalStyle::Comma => "1.234,56",
            };
            return format!("amounts as {example}{}", assumed(by));
        }
    };
    plain.to_owned()
}

fn excerpt(excerpt: &Excerpt) -> Vec<String> {
    const MARGIN: &str = "       ";
    let carets = excerpt
        .carets
        .map(|(before, carets)| format!("{MARGIN}{}{}", " ".repeat(before), "^".repeat(carets)));
    [Some(format!("{MARGIN}{}", excerpt.text)), carets].into_iter().flatten().collect()
}

/// Counts of each kind of problem, when there are more problems than examples.
fn not_shown(reading: &Reading, shown: usize) -> Vec<String> {
    let set_aside = || reading.problems.iter().filter(|count| count.level == Level::SetAside);
    let all: u64 = set_aside().map(|count| count.count).sum();
    if all <= shown as u64 {
        return Vec::new();
    }
    let head = format!("  {} in all (--problems shows more):", plural(all, "problem"));
    let kinds = set_aside().map(|count| {
        let column = count.column.as_ref().map(|column| format!("{}: ", one_line(column)));
        format!("{:>9} × {}{}", group_digits(count.count), column.unwrap_or_default(), count.reason)
    });
    [head].into_iter().chain(kinds).collect()
}

fn delimiter_name(delimiter: char) -> String {
    match delimiter {
        ',' => "commas".to_owned(),
        ';' => "semicolons".to_owned(),
        '\t' => "tabs".to_owned(),
        other => format!("\"{other}\" between cells"),
    }
}
