//! The findings that claim much and were not injected, with their rows: what somebody reads who looks for
//! the cause.

use std::collections::HashMap;

use super::header::{Header, date};
use super::judged;
use super::reliability::{JudgedFinding, Reach};

/// Prints what claims at least `claimed` and is not among what was injected, the surest first.
pub(crate) fn print(headers: &[Header], judged: &[JudgedFinding<'_>], claimed: f64) {
    let mut by_id: HashMap<&str, Vec<&Header>> = HashMap::new();
    for header in headers {
        by_id.entry(&header.id).or_default().push(header);
    }
    let mut worst: Vec<&JudgedFinding<'_>> =
        judged.iter().filter(|one| !one.is_true && one.claimed >= claimed).collect();
    worst.sort_by(|x, y| y.claimed.total_cmp(&x.claimed));
    for one in worst {
        let reach = if one.reach == Reach::Within { "within" } else { "across" };
        let natural = if one.is_known { "natural" } else { "new" };
        let verdict = match one.verdict {
            Some(true) => "judged true",
            Some(false) => "judged false",
            None => "not judged",
        };
        println!(
            "  # {:.3} {} {reach} {natural} {verdict} {}",
            one.claimed,
            one.kind,
            judged::rows(one.finding)
        );
        for row in &one.finding.rows {
            for header in by_id.get(row.id.as_str()).into_iter().flatten() {
                println!("      {}", written(header));
            }
        }
        for evidence in &one.finding.evidence {
            println!("      {:+.1} {}", evidence.bits, evidence.words);
        }
    }
}

fn written(header: &Header) -> String {
    let paid = header.paid.map(|day| date(day).to_string()).unwrap_or_default();
    let amount = header.amount / 100;
    format!(
        "{} | {} | {} | {} | {}.{:02} | {} | {} | {paid} | {} | {}",
        header.id,
        header.number,
        header.supplier,
        header.supplier_name,
        amount / 100,
        amount.abs() % 100,
        date(header.invoiced),
        date(header.entered),
        header.group,
        header.description
    )
}
