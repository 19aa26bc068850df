//! Columns as a mapping names them: by their header, or by header and place where several have it.
//!
//! Not for: what a column holds (`headers`).

use std::collections::HashMap;

use super::normal;

/// Stands between a header and the place among the columns with that header, from 1.
const PLACE_SIGN: char = '#';

/// A column by its name in a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnName {
    /// The name as it was written.
    pub(crate) text: String,
    /// All of it, as headers are compared.
    normal: String,
    /// The header without the place, and the place, where it ends in one.
    numbered: Option<(String, usize)>,
}

impl ColumnName {
    pub(crate) fn new(text: &str) -> Self {
        let numbered = text.trim().rsplit_once(PLACE_SIGN).and_then(|(header, place)| {
            let is_place =
                (1..=4).contains(&place.len()) && place.bytes().all(|b| b.is_ascii_digit());
            let place = if is_place { place.parse().ok() } else { None };
            Some((normal(header), place.filter(|place| *place > 0)?))
        });
        Self {
            text: text.to_owned(),
            normal: normal(text),
            numbered: numbered.filter(|(header, _)| !header.is_empty()),
        }
    }

    /// Returns `true` when nothing of it can be compared.
    pub(crate) fn is_empty(&self) -> bool {
        self.normal.is_empty()
    }

    /// Returns `true` when it names one of several.
    pub(crate) fn is_numbered(&self) -> bool {
        self.numbered.is_some()
    }

    /// Returns `true` when both name the same column in every file.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.normal == other.normal && self.numbered == other.numbered
    }

    /// The columns with such a name: all with the header, or the one at its place among them. A header that
    /// itself ends so, such as `Address #2`, is meant by it first, and one such as `Address 2` last.
    pub(crate) fn places(&self, headers: &[Heading<'_>]) -> Vec<usize> {
        let with = |is_it: &dyn Fn(&Heading<'_>) -> bool| -> Vec<usize> {
            headers
                .iter()
                .enumerate()
                .filter(|(_, heading)| is_it(heading))
                .map(|(at, _)| at)
                .collect()
        };
        let all = with(&|heading| heading.normal == self.normal);
        let Some((header, place)) = &self.numbered else { return all };
        let is_literal = |at: &usize| headers[*at].text.contains(PLACE_SIGN);
        if all.iter().any(is_literal) {
            return all;
        }
        match with(&|heading| heading.normal == *header).get(place - 1) {
            Some(at) => vec![*at],
            None => all,
        }
    }

    /// Counts the columns with the header of a name with a place.
    pub(crate) fn namesakes(&self, headers: &[Heading<'_>]) -> Option<usize> {
        let (header, _) = self.numbered.as_ref()?;
        Some(headers.iter().filter(|heading| heading.normal == *header).count())
    }
}

/// A header of a file, as it stands there and as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heading<'a> {
    pub(crate) text: &'a str,
    pub(crate) normal: String,
}

impl<'a> Heading<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, normal: normal(text) }
    }

    /// The name of each of these columns in a mapping; empty for one that it cannot name.
    pub(crate) fn names(headings: &[Self]) -> Vec<String> {
        // Looked up, as files of thousands of columns with one header would take seconds.
        let mut met = HashMap::<&str, usize>::new();
        let mut names = Vec::with_capacity(headings.len());
        for heading in headings {
            if heading.normal.is_empty() {
                names.push(String::new());
                continue;
            }
            let place = met.entry(heading.normal.as_str()).or_default();
            *place += 1;
            names.push(match *place {
                1 => heading.text.to_owned(),
                place => format!("{}{PLACE_SIGN}{place}", heading.text),
            });
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::Heading;

    #[test]
    fn columns_with_one_header_are_numbered_however_many_they_are() {
        let headings = ["Amount", "", "AMOUNT", "Tax", "amount "].map(Heading::new);
        assert_eq!(Heading::names(&headings), ["Amount", "", "AMOUNT#2", "Tax", "amount #3"]);
        // Held against each other, so many would take minutes.
        let many = vec![Heading::new("Amount"); 300_000];
        assert_eq!(Heading::names(&many).last().map(String::as_str), Some("Amount#300000"));
    }
}
