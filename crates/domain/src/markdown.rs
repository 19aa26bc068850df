//! Sentences of programs, checks and schemas, as pages of Markdown show them.
//!
//! Not for: text whose backticks are letters, such as headers of files. Invariant: nothing in a sentence
//! ends a cell of a table, opens a tag or begins emphasis; what stands between backticks stays code.

/// A sentence in one line, to stand in a paragraph or in a cell of a table.
pub fn in_line(sentence: &str) -> String {
    let escape = |(at, part): (usize, &str)| {
        let part = part.replace('|', "\\|");
        let is_code = at % 2 == 1;
        if is_code { part } else { part.replace('<', "\\<").replace('*', "\\*") }
    };
    let lines: Vec<&str> = sentence.lines().map(str::trim).collect();
    lines.join(" ").split('`').enumerate().map(escape).collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::in_line;

    #[test]
    fn code_stays_code_and_the_rest_is_text() {
        for (sentence, written) in [
            ("a plain one", "a plain one"),
            ("yes|no, <unit> and *", "yes\\|no, \\<unit> and \\*"),
            ("`a|b <c> *` and <d>", "`a\\|b <c> *` and \\<d>"),
            ("over two\n  lines\n", "over two lines"),
        ] {
            assert_eq!(in_line(sentence), written);
        }
    }
}
