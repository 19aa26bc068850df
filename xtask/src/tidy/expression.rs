//! Licence expressions: whether what a library asks for is among what we accept.
//!
//! Not for: which licences those are (deny.toml says). Invariant: an expression this cannot read is
//! not accepted.

/// SPDX: `OR` (and the old `/`) needs one side, `AND` both; `AND` binds closer.
pub(crate) fn is_accepted(expression: &str, accepted: &[&str]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut reader = Reader { words: spaced.split_whitespace().collect(), at: 0, accepted };
    reader.either() == Some(true) && reader.at == reader.words.len()
}

struct Reader<'a> {
    words: Vec<&'a str>,
    at: usize,
    accepted: &'a [&'a str],
}

impl<'a> Reader<'a> {
    fn either(&mut self) -> Option<bool> {
        let mut result = self.both()?;
        while self.skip("OR") {
            result |= self.both()?;
        }
        Some(result)
    }

    fn both(&mut self) -> Option<bool> {
        let mut result = self.one()?;
        while self.skip("AND") {
            result &= self.one()?;
        }
        Some(result)
    }

    fn one(&mut self) -> Option<bool> {
        if self.skip("(") {
            let inner = self.either()?;
            return self.skip(")").then_some(inner);
        }
        let licence = self.next()?;
        if self.skip("WITH") {
            let exception = self.next()?;
            let whole = format!("{licence} WITH {exception}");
            return Some(self.accepted.contains(&whole.as_str()));
        }
        Some(self.accepted.contains(&licence))
    }

    fn next(&mut self) -> Option<&'a str> {
        let word = *self.words.get(self.at)?;
        self.at += 1;
        Some(word)
    }

    fn skip(&mut self, wanted: &str) -> bool {
        let is_there = self.words.get(self.at) == Some(&wanted);
        self.at += usize::from(is_there);
        is_there
    }
}

#[cfg(test)]
mod tests {
    use super::is_accepted;

    #[test]
    fn one_side_of_or_and_both_of_and() {
        let accepted = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"];
        for (expression, verdict) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("GPL-3.0 OR MIT", true),
            ("GPL-3.0/MIT", true),
            ("GPL-3.0 / MIT", true),
            ("MIT AND GPL-3.0", false),
            ("MIT AND ISC", true),
            ("GPL-3.0 AND ISC OR MIT", true),
            ("GPL-3.0 AND (ISC OR MIT)", false),
            ("(GPL-3.0 OR MIT) AND ISC", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("Apache-2.0", false),
            ("MIT WITH GPL-exception", false),
            ("(MIT", false),
            ("MIT ISC", false),
            ("MIT OR", false),
            ("", false),
        ] {
            assert_eq!(is_accepted(expression, &accepted), verdict, "{expression:?}");
        }
    }
}
