//! What findings say of the numbers of two invoices, held against their rows.

use super::invoices::{Fields, text};
use super::template::holes;

/// Letters and digits in capitals.
pub(super) fn signs(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn without_zeros(text: &str) -> String {
    signs(text).replace('0', "")
}

fn look(text: &str) -> String {
    let one = |c| match c {
        'O' | 'Q' | 'D' => '0',
        'I' | 'L' => '1',
        'S' => '5',
        'B' => '8',
        'Z' => '2',
        'G' => '6',
        other => other,
    };
    signs(text).chars().map(one).collect::<String>().replace('0', "")
}

/// Returns `Some(false)` for a sentence about numbers that the rows do not bear out, `None` for one about
/// something else.
pub(super) fn number(words: &str, one: &Fields, other: &Fields) -> Option<bool> {
    let (x, y) = (text(one, "invoice_number"), text(other, "invoice_number"));
    let said = words.split("; two genuine").next()?.split("; numbers of two").next()?;
    if let Some(rest) = said.strip_prefix("the same invoice number, ") {
        return Some(signs(x) == signs(y) && (rest.starts_with(x) || rest.starts_with(y)));
    }
    if let Some(of) =
        holes("the number {} does not fit into the supplier's own numbering of those days", said)
    {
        return Some(of[0] == x || of[0] == y);
    }
    if let Some(of) = holes(
        "the number {} stands apart from most of the supplier's numbers next to it by date, though {}, is near it",
        said,
    ) {
        return Some((of[0] == x || of[0] == y) && !of[1].is_empty());
    }
    if let Some(rest) = said.strip_prefix("one of the numbers, ") {
        return Some(
            rest.starts_with(&format!("{x} and {y}")) || rest.starts_with(&format!("{y} and {x}")),
        );
    }
    let known =
        ["both numbers fit into", "neither number fits into", "both numbers stand apart from"];
    if known.iter().any(|known| said.starts_with(known)) {
        return Some(true);
    }
    let said = said.strip_prefix("the numbers ").unwrap_or(said);
    let pair = [format!("{x} and {y}"), format!("{y} and {x}")];
    let how = pair.iter().find_map(|pair| said.strip_prefix(pair.as_str()))?;
    let (short, long) =
        if without_zeros(x).len() <= without_zeros(y).len() { (x, y) } else { (y, x) };
    let (short, long) = (without_zeros(short), without_zeros(long));
    Some(match how.trim_start() {
        how if how.starts_with("differ only by punctuation") => signs(x) == signs(y),
        how if how.starts_with("differ only by zeros") => short == long,
        how if how.starts_with("differ only by characters that look alike") => look(x) == look(y),
        how if how.starts_with("differ only by what is appended") => {
            long.starts_with(&short) || share_number(&short, &long)
        }
        how if how.starts_with("have one number in common") => share_number(&short, &long),
        how if how.starts_with("differ only by what stands before") => {
            long.ends_with(&short) || share_number(&short, &long)
        }
        _ => x != y,
    })
}

/// Returns `true` when the longest run of digits of one number stands in the other.
fn share_number(one: &str, other: &str) -> bool {
    let longest = |text: &str| -> String {
        let runs = text.split(|c: char| !c.is_ascii_digit());
        runs.max_by_key(|run| run.len()).unwrap_or("").to_owned()
    };
    other.contains(&longest(one)) || one.contains(&longest(other))
}
