//! Known accidents of programs that write extracts, told by what stands in the first records.
//!
//! Not for: what the first bytes tell (`domain::content`). Invariant: a file in which rows could be read is
//! none of these.

use std::collections::BTreeSet;

use domain::FileType;

use crate::error::Refusal;
use crate::headers::{Header, Matcher, normal};
use crate::record::Record;

use super::columns::shown_record;

/// Known names that make a line a header beyond doubt.
const NAMES_TELLING: usize = 3;

/// A first line that is longer is no header of columns set apart otherwise.
const LINE_BYTES_MAX: usize = 1 << 14;

/// Signs of the first line that are tried as delimiters.
const SIGNS_MAX: usize = 64;

/// The reason why no header is in the first records.
pub(super) fn why_no_header(top: &Record, matcher: &Matcher, file_type: FileType) -> Refusal {
    let line = if top.raw().is_empty() { top.cell(0) } else { top.raw() };
    if ["System.Object[]", "System.Data.DataRow", "Microsoft.PowerShell."]
        .iter()
        .any(|word| line.trim_start_matches('"').starts_with(word))
    {
        return Refusal::PowerShellObjects;
    }
    if line.len() > LINE_BYTES_MAX {
        return Refusal::NoHeader { first: shown_record(top, file_type) };
    }
    let by_blanks = line.split("  ").map(str::trim).filter(|name| !name.is_empty());
    if matcher.header(0, by_blanks).recognised() >= NAMES_TELLING {
        return Refusal::FixedWidth;
    }
    let signs = line.chars().filter(|c| !c.is_alphanumeric() && !" _-./()\"'".contains(*c));
    let signs: BTreeSet<char> = signs.take(SIGNS_MAX).collect();
    let known = |sign: char| matcher.header(0, line.split(sign)).recognised();
    let best = signs.into_iter().map(|sign| (known(sign), sign)).max_by_key(|(known, _)| *known);
    match best.filter(|(known, _)| *known >= NAMES_TELLING) {
        Some((_, sign)) => Refusal::UnknownDelimiter { sign: whole_sign(line, sign) },
        None => Refusal::NoHeader { first: shown_record(top, file_type) },
    }
}

/// The signs that stand together where this one parts the first two cells.
fn whole_sign(line: &str, sign: char) -> String {
    let is_of_sign = |c: char| !c.is_alphanumeric() && c != ' ' && c != '"';
    let at = line.find(sign).unwrap_or_default();
    let before = line[..at].trim_end_matches(is_of_sign).len();
    let behind = &line[at..];
    let end = at + behind.len() - behind.trim_start_matches(is_of_sign).len();
    line[before..end].to_owned()
}

/// Refuses a file whose header shows that its cells are not what they seem.
pub(super) fn check_header(
    header: &Header,
    next: Option<&Record>,
    delimiter: Option<u8>,
) -> Result<(), Refusal> {
    let names: Vec<&str> = header.columns.iter().map(|column| column.header.as_str()).collect();
    if let Some(sign) = delimiter.and_then(|delimiter| sign_of_several(&names, delimiter.into())) {
        return Err(Refusal::UnknownDelimiter { sign });
    }
    let Some(next) = next else {
        // Names of columns are no days and amounts; three of them are the first row.
        let are_values = names.iter().filter(|name| is_value(name)).count();
        return if are_values < NAMES_TELLING { Ok(()) } else { Err(Refusal::LineEndsLost) };
    };
    let is_same = |(name, cell): &(&&str, &str)| !name.is_empty() && normal(name) == normal(cell);
    let same = names.iter().zip(next.cells()).take_while(is_same).count();
    // A header that is there once more is the whole of it.
    if same >= NAMES_TELLING && same < names.len() && header.recognised() <= same {
        return Err(Refusal::HeaderInEveryRow);
    }
    Ok(())
}

/// Where every second column is a sign, or all are between signs, the delimiter is longer than one.
fn sign_of_several(names: &[&str], delimiter: char) -> Option<String> {
    let is_sign = |text: &str| {
        !text.is_empty() && text.chars().count() <= 3 && !text.contains(char::is_alphanumeric)
    };
    let between = *names.get(1)?;
    let mut every_second = names.iter().skip(1).step_by(2);
    if names.len() > 2 * NAMES_TELLING
        && is_sign(between)
        && every_second.all(|name| *name == between)
    {
        return Some(format!("{delimiter}{between}{delimiter}"));
    }
    let sign = between
        .chars()
        .next()
        .filter(|sign| !sign.is_alphanumeric() && !"\"'([*#".contains(*sign))?;
    let inner = names.get(1..names.len().checked_sub(1)?)?;
    let is_between = |name: &&str| name.len() > 2 && name.starts_with(sign) && name.ends_with(sign);
    (inner.len() >= NAMES_TELLING && inner.iter().all(is_between))
        .then(|| format!("{sign}{delimiter}{sign}"))
}

/// Returns `true` when a text is a day or an amount: digits with signs between.
fn is_value(text: &str) -> bool {
    let is_of_value = |byte: u8| byte.is_ascii_digit() || b"/.-,".contains(&byte);
    text.bytes().all(is_of_value)
        && text.bytes().filter(u8::is_ascii_digit).count() >= 3
        && text.contains(['/', '.', '-', ','])
}
