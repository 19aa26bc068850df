//! Words and signs of Rust code, without comments, texts and tests.
//!
//! Not for: what they mean. Invariant: what stands in a text or a comment names nothing.

/// A word (a name, a keyword, a number), `::`, or one sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    /// Counted from one.
    pub(super) line: usize,
}

impl Token<'_> {
    pub(super) fn is_word(&self) -> bool {
        self.text.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
    }
}

/// Code outside tests, and the names of modules that are tests only.
pub(super) struct Code<'a> {
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) test_modules: Vec<&'a str>,
}

impl<'a> Code<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let tokens = tokens(text);
        let mut kept = Vec::new();
        let mut test_modules = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let end = attribute_end(&tokens, at);
            if !is_for_tests(&tokens[at..end]) {
                let next = end.max(at + 1);
                kept.extend_from_slice(&tokens[at..next]);
                at = next;
                continue;
            }
            let (item, after) = item_after(&tokens, end);
            if let [.., Token { text: "mod", .. }, name, Token { text: ";", .. }] = item {
                test_modules.push(name.text);
            }
            at = after;
        }
        Self { tokens: kept, test_modules }
    }
}

/// The line of each `fn` and how many there are to the end of its body; functions without one are left out.
pub(super) fn function_lengths(tokens: &[Token<'_>]) -> Vec<(usize, usize)> {
    let begins = tokens
        .iter()
        .enumerate()
        .filter(|(at, token)| token.text == "fn" && tokens.get(at + 1).is_some_and(Token::is_word));
    let lengths = begins.filter_map(|(at, token)| {
        let (signature, after) = item_after(tokens, at);
        let has_body = tokens.get(at + signature.len())?.text == "{";
        has_body.then(|| (token.line, tokens[after - 1].line - token.line + 1))
    });
    lengths.collect()
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = spared(rest).unwrap_or_else(|| {
            let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
            let length = match first {
                letter if is_name(letter) => rest.find(|c| !is_name(c)).unwrap_or(rest.len()),
                ':' if rest.starts_with("::") => 2,
                other => other.len_utf8(),
            };
            found.push(Token { text: &rest[..length], line });
            length
        });
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// Counts the bytes at the beginning that are a space, a comment, a text, a letter in quotes or a
/// lifetime.
fn spared(rest: &str) -> Option<usize> {
    let first = rest.chars().next()?;
    if first.is_whitespace() {
        return Some(first.len_utf8());
    }
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(rest.find("*/").map_or(rest.len(), |at| at + 2));
    }
    if let Some(name) = rest.strip_prefix("r#").filter(|name| name.starts_with(char::is_alphabetic))
    {
        return Some(rest.len() - name.len());
    }
    let quoted = rest.trim_start_matches(['b', 'c', 'r']);
    let prefix = rest.len() - quoted.len();
    if prefix <= 2 && rest[..prefix].ends_with('r') {
        let hashes = quoted.len() - quoted.trim_start_matches('#').len();
        if quoted[hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let from = prefix + hashes + 1;
            return Some(rest[from..].find(&end).map_or(rest.len(), |at| from + at + end.len()));
        }
    }
    if prefix <= 1 && quoted.starts_with('"') {
        return Some(prefix + escaped_end(quoted, '"'));
    }
    if prefix <= 1 && quoted.starts_with('\'') {
        let mut letters = quoted.chars().skip(1);
        let is_letter = letters.next() == Some('\\') || letters.next() == Some('\'');
        return Some(if is_letter { prefix + escaped_end(quoted, '\'') } else { prefix + 1 });
    }
    None
}

/// Behind the quote that ends what begins with one.
fn escaped_end(quoted: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, letter) in quoted.char_indices().skip(1) {
        if letter == quote && !is_escaped {
            return at + 1;
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    quoted.len()
}

/// Behind the attribute that begins at `at`; `at` itself when none does.
fn attribute_end(tokens: &[Token<'_>], at: usize) -> usize {
    match tokens[at..] {
        [Token { text: "#", .. }, Token { text: "[", .. }, ..] => balanced_end(tokens, at + 1),
        _ => at,
    }
}

/// Behind the bracket that closes the one at `at`.
fn balanced_end(tokens: &[Token<'_>], at: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, token) in tokens[at..].iter().enumerate() {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + offset + 1;
        }
    }
    tokens.len()
}

fn is_for_tests(attribute: &[Token<'_>]) -> bool {
    let has = |word: &str| attribute.iter().any(|token| token.text == word);
    match attribute.get(2).map(|token| token.text) {
        Some("cfg") => has("test") && !has("not"),
        Some("test") => true,
        _ => false,
    }
}

/// The item or field that an attribute before `at` speaks of, and what comes behind it.
fn item_after<'t, 'a>(tokens: &'t [Token<'a>], mut at: usize) -> (&'t [Token<'a>], usize) {
    while at < tokens.len() && attribute_end(tokens, at) > at {
        at = attribute_end(tokens, at);
    }
    let from = at;
    while let Some(token) = tokens.get(at) {
        match token.text {
            "{" => return (&tokens[from..at], balanced_end(tokens, at)),
            "(" | "[" => at = balanced_end(tokens, at),
            ";" => return (&tokens[from..=at], at + 1),
            // The end of what holds a field or an expression without its own.
            ")" | "]" | "}" => return (&tokens[from..at], at),
            _ => at += 1,
        }
    }
    (&tokens[from..], tokens.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(code: &str) -> Vec<&str> {
        Code::read(code).tokens.iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_texts_and_letters_are_left_out() {
        for (code, expected) in [
            ("a::b // c::d\ne", vec!["a", "::", "b", "e"]),
            ("/* a\n b */ c", vec!["c"]),
            (r##"f("a::\"b", r#"c"d"#, b"e", '"', '\'', b'x', 'y')"##, {
                vec!["f", "(", ",", ",", ",", ",", ",", ",", ")"]
            }),
            ("fn f<'a>(x: &'a r#type)", {
                vec!["fn", "f", "<", "a", ">", "(", "x", ":", "&", "a", "type", ")"]
            }),
            ("break c", vec!["break", "c"]),
        ] {
            assert_eq!(texts(code), expected, "{code}");
        }
        assert_eq!(Code::read("a\n\"x\ny\"\nb").tokens[1].line, 4);
    }

    #[test]
    fn tests_are_left_out_and_what_stands_beside_them_is_not() {
        let code = "use a;\n#[cfg(test)]\nmod made;\n#[cfg(test)] #[path = \"x\"] pub(crate) fn f(x: [u8; 2]) { g() }\n\
                    #[cfg(not(test))] fn h() {}\n#[test] fn t() {}\n#[cfg(test)] mod tests { use b; }\nend";
        let read = Code::read(code);
        assert_eq!(read.test_modules, ["made"]);
        let kept: Vec<_> = read.tokens.iter().map(|token| token.text).collect();
        assert_eq!(kept.join(" "), "use a ; # [ cfg ( not ( test ) ) ] fn h ( ) { } end");
    }

    #[test]
    fn a_function_is_as_long_as_from_its_name_to_its_end() {
        let code = "fn f(x: [u8; 2]) -> u8 {\n  fn g() { }\n\n}\ntrait T { fn h(&self); }\ntype F = fn(u8);";
        assert_eq!(function_lengths(&Code::read(code).tokens), [(1, 4), (2, 1)]);
    }
}
