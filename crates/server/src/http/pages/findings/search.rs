//! The words of the search box: what is looked for anywhere, and what is looked for in one place, such as
//! `amount>5000`, `user:kim`, `is:unpaid` or `kind:misread`.
//!
//! Not for: the other fields of a filter (`filter`).
//!
//! Invariant: put together again, the words are the text; what cannot be understood is said and selects
//! nothing.

use domain::Amount;
use domain::finding::FindingState;
use store::{FindingFilter, PaymentStanding, SearchedColumn};

use crate::http::pages::error::sentence;

/// The text of a search, word by word.
#[derive(Debug, Clone, Default)]
pub(super) struct Search {
    pub(super) words: Vec<SearchWord>,
}

/// A word of a search, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SearchWord {
    pub(super) written: String,
    meaning: Meaning,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Meaning {
    /// Anywhere among the words of a finding.
    Anywhere(String),
    AtLeast(Amount),
    AtMost(Amount),
    Column(SearchedColumn, String),
    Payment(PaymentStanding),
    /// A finding that nobody has opened.
    Unopened,
    /// A word of a state.
    State(&'static str),
    Kind(String),
    /// Why it is not understood.
    Unclear(String),
}

/// The word of the state of what is decided, either way.
pub(super) const DECIDED: &str = "decided";

/// The names that may stand before a colon, and the columns that they are of.
const COLUMNS: [(&str, SearchedColumn); 4] = [
    ("user:", SearchedColumn::User),
    ("po:", SearchedColumn::Order),
    ("number:", SearchedColumn::Number),
    ("invoice:", SearchedColumn::Number),
];

/// The signs by which an amount may be compared; the longer first.
const COMPARED: [&str; 6] = [">=", "<=", ">", "<", "=", ":"];

impl Search {
    pub(super) fn parse(text: &str) -> Self {
        let word = |written: String| SearchWord { meaning: meaning(&written), written };
        Self { words: split(text).into_iter().map(word).collect() }
    }

    /// Narrows a filter to what the words ask for. Returns why, where one of them is not understood.
    pub(super) fn narrow(&self, filter: &mut FindingFilter) -> Option<String> {
        let mut anywhere: Vec<&str> = Vec::new();
        let mut unclear = None;
        for word in &self.words {
            match &word.meaning {
                Meaning::Anywhere(text) => anywhere.push(text),
                Meaning::AtLeast(amount) => {
                    filter.min_amount = filter.min_amount.max(Some(*amount));
                }
                Meaning::AtMost(amount) => {
                    let least = filter.max_amount.map_or(*amount, |known| known.min(*amount));
                    filter.max_amount = Some(least);
                }
                Meaning::Column(column, text) => filter.in_columns.push((*column, text.clone())),
                Meaning::Payment(payment) => filter.payment = Some(*payment),
                Meaning::Unopened => filter.opened = Some(false),
                Meaning::Kind(kind) => filter.of_kind = Some(kind.clone()),
                Meaning::State(_) => {}
                Meaning::Unclear(why) => unclear = Some(why.clone()),
            }
        }
        filter.supplier = Some(anywhere.join(" ")).filter(|text| !text.is_empty());
        unclear
    }

    /// The word of the state that is asked for.
    pub(super) fn state(&self) -> Option<&'static str> {
        self.words.iter().rev().find_map(|word| match word.meaning {
            Meaning::State(state) => Some(state),
            _ => None,
        })
    }

    /// The text without the words of states.
    pub(super) fn without_states(&self) -> String {
        let others = self.words.iter().filter(|word| !matches!(word.meaning, Meaning::State(_)));
        others.map(|word| word.written.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The text without one of its words.
    pub(super) fn without(&self, place: usize) -> String {
        let others = self.words.iter().enumerate().filter(|(at, _)| *at != place);
        others.map(|(_, word)| word.written.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// Words are parted by spaces; between quotation marks spaces are part of a word.
fn split(text: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), String::new(), false);
    for character in text.chars() {
        if character.is_whitespace() && !is_quoted {
            words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
            continue;
        }
        is_quoted ^= character == '"';
        word.push(character);
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

fn meaning(written: &str) -> Meaning {
    let lower = written.to_lowercase();
    let bare = |text: &str| text.trim_matches('"').to_owned();
    let starts = |name: &str| lower.strip_prefix(name).filter(|rest| !rest.is_empty());
    let (is_named, rest) = match lower.strip_prefix("amount") {
        Some(rest) => (true, rest),
        None => (false, lower.as_str()),
    };
    let sign = COMPARED.into_iter().find(|sign| rest.starts_with(sign));
    if let Some(sign) = sign.filter(|sign| is_named || sign.starts_with(['<', '>'])) {
        let compared = compared(sign, &rest[sign.len()..]);
        // A sign alone may be part of a text.
        if is_named || !matches!(compared, Meaning::Unclear(_)) {
            return compared;
        }
    }
    if let Some((column, rest)) =
        COLUMNS.into_iter().find_map(|(name, column)| Some((column, starts(name)?)))
    {
        return Meaning::Column(column, bare(rest));
    }
    if let Some(rest) = starts("supplier:") {
        return Meaning::Anywhere(bare(rest));
    }
    if let Some(rest) = starts("kind:").or_else(|| starts("check:")) {
        return Meaning::Kind(bare(rest).replace([' ', '-'], "_"));
    }
    match lower.strip_prefix("is:") {
        Some(word) => standing(word),
        None => Meaning::Anywhere(bare(written)),
    }
}

fn compared(sign: &str, text: &str) -> Meaning {
    let amount = match Amount::from_typed(text.trim_matches('"')) {
        Ok(amount) => amount,
        Err(why) => return Meaning::Unclear(sentence(&why.to_string())),
    };
    let next = |by: i64| Amount::from_ten_thousandths(amount.ten_thousandths().saturating_add(by));
    match sign {
        "<=" => Meaning::AtMost(amount),
        "<" => Meaning::AtMost(next(-1)),
        ">" => Meaning::AtLeast(next(1)),
        ">=" => Meaning::AtLeast(amount),
        // An amount as such is among the words of a finding.
        _ => Meaning::Anywhere(text.to_owned()),
    }
}

fn standing(word: &str) -> Meaning {
    match word {
        "unpaid" => Meaning::Payment(PaymentStanding::SomeUnpaid),
        "paid" => Meaning::Payment(PaymentStanding::SomePaid),
        "new" => Meaning::Unopened,
        "open" => Meaning::State(FindingState::Open.as_str()),
        "waiting" => Meaning::State(FindingState::NeedsInformation.as_str()),
        "decided" => Meaning::State(DECIDED),
        _ => {
            let why = "Behind “is:” stands new, unpaid, paid, open, waiting or decided.";
            Meaning::Unclear(why.to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_where_they_are_looked_for() {
        let amount = |text: &str| text.parse().unwrap();
        for (text, meaning) in [
            ("Cotswold", Meaning::Anywhere("Cotswold".into())),
            ("\"Alder Works\"", Meaning::Anywhere("Alder Works".into())),
            ("supplier:alder", Meaning::Anywhere("alder".into())),
            ("amount>5,000", Meaning::AtLeast(amount("5000.0001"))),
            ("amount>=£5,000", Meaning::AtLeast(amount("5000"))),
            (">5000", Meaning::AtLeast(amount("5000.0001"))),
            ("<=12", Meaning::AtMost(amount("12"))),
            ("Amount<12", Meaning::AtMost(amount("11.9999"))),
            ("amount:12", Meaning::Anywhere("12".into())),
            ("=12", Meaning::Anywhere("=12".into())),
            ("User:Kim.Lee", Meaning::Column(SearchedColumn::User, "kim.lee".into())),
            ("po:PO45", Meaning::Column(SearchedColumn::Order, "po45".into())),
            ("invoice:\"a 1\"", Meaning::Column(SearchedColumn::Number, "a 1".into())),
            ("is:unpaid", Meaning::Payment(PaymentStanding::SomeUnpaid)),
            ("is:new", Meaning::Unopened),
            ("is:waiting", Meaning::State("needs_information")),
            ("kind:\"Misread character\"", Meaning::Kind("misread_character".into())),
            ("user:", Meaning::Anywhere("user:".into())),
            ("<b>", Meaning::Anywhere("<b>".into())),
            ("http://x", Meaning::Anywhere("http://x".into())),
        ] {
            let search = Search::parse(text);
            assert_eq!(search.words.len(), 1, "{text}");
            assert_eq!(search.words[0].meaning, meaning, "{text}");
            assert_eq!(search.without(1), text);
        }
        for text in ["amount>much", "amount>1.000", "is:late"] {
            let unclear = Search::parse(text).narrow(&mut FindingFilter::default());
            assert!(unclear.is_some(), "{text}");
        }
    }

    #[test]
    fn a_search_narrows_a_filter_by_each_of_its_words() {
        let mut filter = FindingFilter { min_amount: "9".parse().ok(), ..FindingFilter::default() };
        let search =
            Search::parse("alder  works amount>=5 amount<=20 <=30 is:paid is:decided user:kim");
        assert_eq!(search.narrow(&mut filter), None);
        assert_eq!(filter.supplier.as_deref(), Some("alder works"));
        assert_eq!((filter.min_amount, filter.max_amount), ("9".parse().ok(), "20".parse().ok()));
        assert_eq!(filter.payment, Some(PaymentStanding::SomePaid));
        assert_eq!(search.state(), Some(DECIDED));
        assert_eq!(
            search.without(1),
            "alder amount>=5 amount<=20 <=30 is:paid is:decided user:kim"
        );
    }
}
