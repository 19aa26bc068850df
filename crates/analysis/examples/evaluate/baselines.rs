//! What others do, on the same rows: the rule of ERPs, the rule of auditors, and the five patterns that
//! Celonis documents (exact, and each of reference, value, date and vendor fuzzy in turn).

use std::collections::{BTreeSet, HashMap};

use super::header::Header;

/// A rule and the pairs it reports.
pub(crate) struct Baseline {
    pub(crate) name: &'static str,
    pub(crate) pairs: Vec<(usize, usize)>,
}

/// Larger blocks are left out, as those products do.
const BLOCK_MAX: usize = 100;
/// Celonis' default: dates that far apart are alike.
const DAYS_ALIKE: i32 = 7;

pub(crate) fn all(headers: &[Header]) -> Vec<Baseline> {
    let key = |parts: &[&str]| parts.join("\u{1f}");
    let amount = |at: usize| headers[at].amount.to_string();
    let day = |at: usize| headers[at].invoiced.to_string();
    let exact = |at: usize| {
        let header = &headers[at];
        key(&[&header.supplier, &header.number.to_uppercase(), &amount(at), &day(at)])
    };
    let without = |left_out: usize| {
        move |at: usize| {
            let header = &headers[at];
            let all = [header.supplier.clone(), header.number.to_uppercase(), amount(at), day(at)];
            let kept: Vec<&str> = all
                .iter()
                .enumerate()
                .filter(|(field, _)| *field != left_out)
                .map(|(_, text)| text.as_str())
                .collect();
            key(&kept)
        }
    };
    let block = |of: &dyn Fn(usize) -> String| pairs(headers, of);
    let alike = |left_out: usize, is_alike: &dyn Fn(&Header, &Header) -> bool| {
        let found = block(&without(left_out)).into_iter();
        found.filter(|(a, b)| is_alike(&headers[*a], &headers[*b])).collect::<Vec<_>>()
    };
    let reference = |a: &Header, b: &Header| edits(&squeezed(&a.number), &squeezed(&b.number)) <= 1;
    let value = |a: &Header, b: &Header| {
        let (x, y) = (digits(a.amount), digits(b.amount));
        edits(&x, &y) <= 1 || (a.amount - b.amount).abs() * 100 <= a.amount.abs()
    };
    let date = |a: &Header, b: &Header| (a.invoiced - b.invoiced).abs() <= DAYS_ALIKE;
    let vendor = |a: &Header, b: &Header| {
        let (x, y) = (squeezed(&a.supplier_name), squeezed(&b.supplier_name));
        x == y || x.starts_with(&y) || y.starts_with(&x) || edits(&x, &y) <= 2
    };
    let three: BTreeSet<(usize, usize)> =
        (0..4).flat_map(|left_out| block(&without(left_out))).collect();
    let celonis = [alike(1, &reference), alike(2, &value), alike(3, &date), alike(0, &vendor)];
    let together: BTreeSet<(usize, usize)> = celonis.concat().into_iter().collect();
    let [by_reference, by_value, by_date, by_vendor] = celonis;
    vec![
        Baseline { name: "ERP: supplier, number, amount, date equal", pairs: block(&exact) },
        Baseline { name: "three of the four fields equal", pairs: three.into_iter().collect() },
        Baseline { name: "Celonis: exact", pairs: block(&exact) },
        Baseline { name: "Celonis: reference fuzzy", pairs: by_reference },
        Baseline { name: "Celonis: value fuzzy", pairs: by_value },
        Baseline { name: "Celonis: date fuzzy", pairs: by_date },
        Baseline { name: "Celonis: vendor fuzzy", pairs: by_vendor },
        Baseline { name: "Celonis: all five together", pairs: together.into_iter().collect() },
    ]
}

fn pairs(headers: &[Header], key: &dyn Fn(usize) -> String) -> Vec<(usize, usize)> {
    let mut blocks: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, _) in headers.iter().enumerate().filter(|(_, header)| header.amount > 0) {
        blocks.entry(key(at)).or_default().push(at);
    }
    let mut found = Vec::new();
    for block in blocks.values().filter(|block| (2..=BLOCK_MAX).contains(&block.len())) {
        for (at, one) in block.iter().enumerate() {
            found.extend(block[at + 1..].iter().map(|other| (*one, *other)));
        }
    }
    found.sort_unstable();
    found
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn digits(amount: i64) -> String {
    (amount / 100).to_string()
}

/// Levenshtein's distance, as far as three.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 2 {
        return 3;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}
