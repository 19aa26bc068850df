//! Names of companies: one canonical form, how rare its words are, how alike two names are.
//!
//! Not for: which rows mean one party (`entities` weighs all fields). Invariant: a name never loses all
//! its words: when only legal forms are left ("The Limited"), they are the name.

mod look_alikes;
mod spellings;

pub use look_alikes::{LookAlike, NameForms, look_alike};

use self::spellings::{LEGAL_FORMS, SPELLINGS};
use super::overlap::{self, Overlap, Text, Token};
use super::text::{fold, letters_mask, words};
use rustc_hash::FxHashMap;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A name as compared: words in order, with what was set aside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompanyName {
    /// Words that name the company.
    pub tokens: Vec<String>,
    /// The legal form at the end, in one spelling: `LTD`, `PLC`, `GMBH`...
    pub legal_form: Option<&'static str>,
    /// The words after "trading as".
    pub trading_as: Vec<String>,
    /// Set when the name speaks of somebody else: `C/O`, `RE`.
    pub on_behalf: bool,
}

impl CompanyName {
    /// The words run together: what survives wrong spacing.
    pub fn squeezed(&self) -> String {
        self.tokens.concat()
    }
}

/// The rarity of each word among the names of a ledger.
#[derive(Debug, Clone, Default)]
pub struct TokenRarity {
    names: usize,
    counts: HashMap<String, u32>,
}

/// Fewer letters are the initials of many names.
const INITIALS_MIN: usize = 3;

/// The one form of a name that two spellings share.
pub fn canonical(name: &str) -> CompanyName {
    let folded = fold(name).replace(['&', '+'], " AND ");
    let (folded, on_behalf) = without_behalf(&folded);
    let (main, trading) = split_trading_as(&folded);
    let mut tokens = words(main);
    let legal_form = take_legal_form(&mut tokens);
    if tokens.len() > 1 {
        // "THE" is keyed or not at whim.
        let all = tokens.clone();
        tokens.retain(|token| token != "THE");
        if tokens.is_empty() {
            tokens = all;
        }
    }
    respell(&mut tokens);
    let mut trading_as = trading.map(words).unwrap_or_default();
    take_legal_form(&mut trading_as);
    respell(&mut trading_as);
    if tokens.is_empty() {
        std::mem::swap(&mut tokens, &mut trading_as);
    }
    CompanyName { tokens, legal_form, trading_as, on_behalf }
}

/// The likeness of two names, in `[0, 1]`; rare words count more. A trading name may stand for the
/// name.
pub fn similarity(a: &CompanyName, b: &CompanyName, rarity: &TokenRarity) -> f64 {
    let mut best = 0.0_f64;
    for left in [&a.tokens, &a.trading_as] {
        for right in [&b.tokens, &b.trading_as] {
            if !left.is_empty() && !right.is_empty() {
                best = best.max(rarity.overlap(left, right).similarity());
            }
        }
    }
    best
}

/// Returns `true` when one name has the initials of the other in place of some of its words:
/// `NWPP Primary` for `North West Peterborough Primary`.
pub fn are_initials(a: &CompanyName, b: &CompanyName) -> bool {
    abbreviates(&a.tokens, &b.tokens) || abbreviates(&b.tokens, &a.tokens)
}

fn abbreviates(short: &[String], long: &[String]) -> bool {
    let initials: String = long.iter().filter_map(|word| word.chars().next()).collect();
    let Some((first, others)) = short.split_first() else { return false };
    first.len() >= INITIALS_MIN
        && initials.starts_with(first.as_str())
        && others.iter().all(|word| long.contains(word))
}

impl TokenRarity {
    /// Counts in how many of the names each word stands.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a CompanyName>) -> Self {
        let mut rarity = Self::default();
        for name in names {
            rarity.names += 1;
            let mut tokens: Vec<&String> = name.tokens.iter().chain(&name.trading_as).collect();
            tokens.sort_unstable();
            tokens.dedup();
            for token in tokens {
                *rarity.counts.entry(token.clone()).or_default() += 1;
            }
        }
        rarity
    }

    /// The number of names that bear the word.
    pub fn count(&self, token: &str) -> u32 {
        self.counts.get(token).copied().unwrap_or(0)
    }

    /// The weight of two names sharing the word: log2 of one in how many names bears it.
    pub fn bits(&self, token: &str) -> f64 {
        overlap::token_bits(self.count(token), self.names)
    }

    fn overlap(&self, a: &[String], b: &[String]) -> Overlap {
        let words: Vec<&String> = a.iter().chain(b).collect();
        let letters: Vec<Vec<char>> = words.iter().map(|word| word.chars().collect()).collect();
        let tokens: Vec<Token> = words
            .iter()
            .zip(&letters)
            .map(|(word, letters)| {
                let first =
                    words.iter().position(|other| other == word).expect("it is one of them");
                Token::new(crate::narrow(first), letters, self.bits(word))
            })
            .collect();
        let (left, right) = tokens.split_at(a.len());
        let joined = [letters[..a.len()].concat(), letters[a.len()..].concat()];
        let text = |at: usize, tokens| Text {
            tokens,
            letters: &joined[at],
            mask: letters_mask(&joined[at]),
        };
        overlap::overlap(text(0, left), text(1, right), &|id| &letters[id as usize])
    }
}

/// Drops "C/O SOMEBODY" at the end and "RE" in front.
fn without_behalf(folded: &str) -> (String, bool) {
    for mark in [" C/O ", " C/- ", " CARE OF "] {
        if let Some((before, _)) = folded.split_once(mark)
            && !words(before).is_empty()
        {
            return (before.to_owned(), true);
        }
    }
    let trimmed = folded.trim_start();
    for mark in ["RE: ", "RE:", "RE ", "C/O ", "CARE OF "] {
        if let Some(rest) = trimmed.strip_prefix(mark)
            && !words(rest).is_empty()
        {
            return (rest.to_owned(), true);
        }
    }
    (folded.to_owned(), false)
}

fn split_trading_as(folded: &str) -> (&str, Option<&str>) {
    for mark in [" T/A ", " T/AS ", " TRADING AS ", " D/B/A ", " DBA ", " DOING BUSINESS AS "] {
        if let Some((before, after)) = folded.split_once(mark) {
            return (before, Some(after));
        }
    }
    (folded, None)
}

/// Takes legal forms from the end, several if there are several; the outermost is kept.
fn take_legal_form(tokens: &mut Vec<String>) -> Option<&'static str> {
    let mut kept = None;
    while let Some((length, form)) = legal_form_at_end(tokens) {
        tokens.truncate(tokens.len() - length);
        kept = kept.or(Some(form));
        if tokens.len() > 1 && tokens.last().is_some_and(|token| token == "AND") {
            tokens.pop();
        }
    }
    kept
}

fn legal_form_at_end(tokens: &[String]) -> Option<(usize, &'static str)> {
    let ending_so = FORMS_BY_LAST_WORD.get(tokens.last()?.as_str())?;
    ending_so.iter().find_map(|(spelling, form)| {
        let mut length = 0;
        for part in spelling.rsplit(' ') {
            length += 1;
            // One word must stay: a name of nothing but legal forms keeps them.
            if length >= tokens.len() || tokens[tokens.len() - length] != part {
                return None;
            }
        }
        Some((length, *form))
    })
}

/// Legal forms by the last word of their spellings, in the order of [`LEGAL_FORMS`].
static FORMS_BY_LAST_WORD: LazyLock<FxHashMap<&str, Vec<(&str, &str)>>> = LazyLock::new(|| {
    let mut forms: FxHashMap<&str, Vec<(&str, &str)>> = FxHashMap::default();
    for (spelling, form) in LEGAL_FORMS {
        let last = spelling.rsplit(' ').next().expect("a split text has a last part");
        forms.entry(last).or_default().push((spelling, form));
    }
    forms
});

/// [`SPELLINGS`] to be looked up, the first of each.
static USUAL_SPELLINGS: LazyLock<FxHashMap<&str, &str>> =
    LazyLock::new(|| SPELLINGS.iter().rev().copied().collect());

fn respell(tokens: &mut [String]) {
    for token in tokens {
        if let Some(usual) = USUAL_SPELLINGS.get(token.as_str()) {
            *token = (*usual).to_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_to_one_form() {
        let cases = [
            ("The Acme Widget Company Limited", "ACME WIDGET", Some("LTD")),
            ("ACME WIDGET CO. LTD.", "ACME WIDGET", Some("LTD")),
            ("Müller & Söhne GmbH & Co. KG", "MULLER AND SOHNE", Some("GMBH & CO KG")),
            ("Boulangerie Élysée S.A.R.L.", "BOULANGERIE ELYSEE", Some("SARL")),
            ("Smith Brothers t/a Quick Fix", "SMITH BROTHERS", None),
            ("RE: Jones Plumbing", "JONES PLUMBING", None),
            ("Jones Plumbing c/o Mrs Jones", "JONES PLUMBING", None),
            ("Limited", "LIMITED", None),
            ("St Mary's Centre", "SAINT MARYS CENTRE", None),
            ("Harbour Pty Ltd", "HARBOUR", Some("PTY LTD")),
            ("", "", None),
        ];
        for (name, tokens, form) in cases {
            let canonical = canonical(name);
            assert_eq!(
                (canonical.tokens.join(" ").as_str(), canonical.legal_form),
                (tokens, form),
                "{name}"
            );
        }
    }

    #[test]
    fn initials_stand_for_words() {
        for (one, other, expected) in [
            ("NWPP Primary", "North West Peterborough Primary", true),
            ("BBC Studios", "British Broadcasting Corporation Studios", true),
            ("NW Primary", "North West Primary", false),
            ("NWPP Works", "North West Peterborough Primary", false),
            ("Acme Widget", "Acme Widget", false),
        ] {
            let (a, b) = (canonical(one), canonical(other));
            assert_eq!(are_initials(&a, &b), expected, "{one} {other}");
            assert_eq!(are_initials(&b, &a), expected, "{other} {one}");
        }
    }

    #[test]
    fn rare_words_decide() {
        let names: Vec<CompanyName> = (0..500)
            .map(|at| canonical(&format!("Word{at} Building Services Ltd")))
            .chain([canonical("Zephyr Building Services"), canonical("Quartz Building Services")])
            .collect();
        let rarity = TokenRarity::new(&names);
        let alike = |a: &str, b: &str| similarity(&canonical(a), &canonical(b), &rarity);
        assert!(alike("Zephyr Building Services Ltd", "ZEPHYR BUILDING SERVICES LIMITED") > 0.999);
        assert!(alike("Zephyr Building Services", "Zephyr Building") > 0.8);
        assert!(alike("Zephyr Building Services", "Quartz Building Services") < 0.4);
        assert!(alike("Zephyr Building Services", "Zephyr Building Serv") > 0.8);
        assert!(alike("Smith t/a Zephyr Building", "Zephyr Building") > 0.9);
        assert!(alike("ZephyrBuilding Services", "Zephyr Building Services") > 0.8);
    }
}
