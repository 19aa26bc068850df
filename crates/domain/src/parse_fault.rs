//! What is said of a text that cannot be read and may hold passwords, such as a configuration file.
//!
//! Not for: reading it.
//!
//! Invariant: the place, the key and the reason are said, and no value: a line that is quoted ends in a log.

/// The last words of a parser's sentence that only its programmers know, and what they come to for whoever
/// writes the text.
const IN_PLAIN_WORDS: [(&str, &str); 7] = [
    ("expected usize", "expected a whole number, 0 or more"),
    ("expected u64", "expected a whole number, 0 or more"),
    ("expected u32", "expected a whole number, 0 or more"),
    ("expected u16", "expected a whole number, 0 or more"),
    ("expected a boolean", "expected true or false"),
    ("expected a sequence", "expected a list"),
    (
        "invalid socket address syntax",
        "expected an address of this machine with a port, such as 127.0.0.1:8443 or [::]:8443",
    ),
];
/// The words before the name that a section has in the program.
const SECTION: &str = "expected struct ";

/// The text in the place of a value.
const HIDDEN: &str = "\"…\"";

/// Says what is wrong with a text, and where: `at` is the byte at which a parser stopped, `reason` its
/// sentence, whose quoted values are left out.
pub fn without_the_text(text: &str, at: Option<usize>, reason: &str) -> String {
    let reason = in_plain_words(without_values(reason));
    let Some(before) = at.and_then(|at| text.get(..at)) else { return reason };
    let line = before.matches('\n').count() + 1;
    let begun = before.rsplit('\n').next().unwrap_or_default();
    let column = begun.chars().count() + 1;
    let rest = text[before.len()..].split('\n').next().unwrap_or_default();
    match key(&format!("{begun}{rest}")) {
        Some(key) => format!("line {line}, column {column} (`{key}`): {reason}"),
        None => format!("line {line}, column {column}: {reason}"),
    }
}

fn in_plain_words(reason: String) -> String {
    if let Some((begin, _name)) = reason.rsplit_once(SECTION) {
        return format!("{begin}expected a section");
    }
    let plain = IN_PLAIN_WORDS
        .into_iter()
        .find_map(|(words, plain)| Some(format!("{}{plain}", reason.strip_suffix(words)?)));
    plain.unwrap_or(reason)
}

/// The key that a line gives a value.
fn key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let is_sign = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    Some(key.trim()).filter(|key| !key.is_empty() && key.chars().all(is_sign))
}

/// Names of keys stand between backticks, values between double quotes.
fn without_values(reason: &str) -> String {
    let mut parts = reason.trim_end().split('"');
    let mut said = parts.next().unwrap_or_default().to_owned();
    while parts.next().is_some() {
        said.push_str(HIDDEN);
        said.push_str(parts.next().unwrap_or_default());
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_is_repeated() {
        let text = "a = 1\ndatabase = \"postgres://erp:hunter2@db/erp\"\n";
        for (at, reason, said) in [
            (Some(6), "unknown field", "line 2, column 1 (`database`): unknown field"),
            (None, "unknown field `database`\n", "unknown field `database`"),
            (
                Some(17),
                "invalid type: string \"postgres://erp:hunter2@db/erp\", expected a map",
                "line 2, column 12 (`database`): invalid type: string \"…\", expected a map",
            ),
            (Some(0), "string \"never ended", "line 1, column 1 (`a`): string \"…\""),
            (Some(999), "expected `=`", "expected `=`"),
            (
                None,
                "invalid type: string \"two\", expected usize",
                "invalid type: string \"…\", expected a whole number, 0 or more",
            ),
            (
                None,
                "invalid type: integer `3`, expected struct LimitsFile",
                "invalid type: integer `3`, expected a section",
            ),
        ] {
            assert_eq!(without_the_text(text, at, reason), said);
        }
    }
}
