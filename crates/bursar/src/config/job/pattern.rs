//! Names with `*` and `?`, and names that are never finished files.
//!
//! Invariant: what writers leave half-way fits no pattern.

use std::fmt;

/// Names under which editors, browsers, office and transfer programs write until they are done.
const UNFINISHED_ENDINGS: [&str; 6] =
    [".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload"];
const UNFINISHED_BEGINNINGS: [&str; 2] = [".", "~"];

/// A pattern of names, in which `*` stands for any letters and `?` for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.contains(['/', '\\', '[', '{']) {
            return Err(format!(
                "\"{text}\" is no pattern of names: letters, * and ? may stand in it"
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns `true` when a name matches, in upper or lower case, as names are on Windows.
    pub fn fits(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        let is_unfinished = UNFINISHED_BEGINNINGS.iter().any(|it| lower.starts_with(it))
            || UNFINISHED_ENDINGS.iter().any(|it| lower.ends_with(it));
        let name: Vec<char> = lower.chars().collect();
        let pattern: Vec<char> = self.0.to_lowercase().chars().collect();
        !is_unfinished && matches(&pattern, &name)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Matches without going back further than to the last star, so that no pattern takes long.
fn matches(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut seen) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while seen < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(letter) if *letter == '?' || *letter == name[seen] => {
                at += 1;
                seen += 1;
            }
            _ => match &mut star {
                Some((after, taken)) => {
                    *taken += 1;
                    (at, seen) = (*after + 1, *taken);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_or_not() {
        for (pattern, name, fits) in [
            ("*", "apt.csv", true),
            ("*.csv", "APT.CSV", true),
            ("apt_????.csv", "apt_2026.csv", true),
            ("apt_????.csv", "apt_26.csv", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b-d", false),
            ("*", "~$apt.xlsx", false),
            ("*", ".apt.csv.swp", false),
            ("*", "apt.csv.part", false),
            ("*", "apt.csv.TMP", false),
            ("apt.csv", "apt.csv", true),
            ("", "apt.csv", false),
        ] {
            let found = Pattern::parse(pattern).is_ok_and(|pattern| pattern.fits(name));
            assert_eq!(found, fits, "{pattern} {name}");
        }
        assert!(Pattern::parse("a/*.csv").is_err());
    }
}
