//! What stands round all numbers of a statement and not with us, or with us and not there: `INV`, the number
//! of a branch, a tail.
//!
//! Not for: one number that is written otherwise (`likeness`).
//!
//! Invariant: it is learnt from lines that have their row by amount and day, and from several.

use std::collections::BTreeMap;

/// Lines that tell what is usual.
const AFFIX_LINES_MIN: usize = 3;

/// The characters round a number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Affix {
    has: AffixSide,
    before: String,
    behind: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum AffixSide {
    Theirs,
    Ours,
}

impl Affix {
    /// The characters round one of two plain numbers and not round the other; none where they differ
    /// otherwise.
    pub(super) fn between(theirs: &str, ours: &str) -> Option<Self> {
        if theirs == ours || theirs.is_empty() || ours.is_empty() {
            return None;
        }
        let (has, whole, core) = if theirs.len() > ours.len() {
            (AffixSide::Theirs, theirs, ours)
        } else {
            (AffixSide::Ours, ours, theirs)
        };
        // The last place: prefixes are more frequent than tails.
        let at = whole.rfind(core)?;
        let (before, behind) = (whole[..at].to_owned(), whole[at + core.len()..].to_owned());
        Some(Self { has, before, behind })
    }

    /// The most frequent, where several lines have it.
    pub(super) fn usual(found: impl Iterator<Item = Self>) -> Option<Self> {
        let mut counts: BTreeMap<Self, usize> = BTreeMap::new();
        for affix in found {
            *counts.entry(affix).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count)?;
        (most.1 >= AFFIX_LINES_MIN).then_some(most.0)
    }

    /// The plain number that is with us for one of theirs; empty where it cannot be.
    pub(super) fn without(&self, theirs: &str) -> String {
        match self.has {
            AffixSide::Theirs => theirs
                .strip_prefix(self.before.as_str())
                .and_then(|rest| rest.strip_suffix(self.behind.as_str()))
                .unwrap_or("")
                .to_owned(),
            AffixSide::Ours if theirs.is_empty() => String::new(),
            AffixSide::Ours => format!("{}{theirs}{}", self.before, self.behind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_affix_is_learnt_from_several_lines() {
        let of = |theirs: &str, ours: &str| Affix::between(theirs, ours).unwrap();
        assert_eq!(of("INV123", "123").without("INV456"), "456");
        assert_eq!(of("INV123", "123").without("AB456"), "");
        assert_eq!(of("123", "12X123GB").without("456"), "12X456GB");
        assert_eq!(Affix::between("123", "124"), None);
        assert_eq!(Affix::between("123", "123"), None);
        let (inv, tail) = (of("INV1", "1"), of("1A", "1"));
        let found = [inv.clone(), tail.clone(), inv.clone(), inv.clone()];
        assert_eq!(Affix::usual(found.into_iter()), Some(inv));
        assert_eq!(Affix::usual([tail.clone(), tail].into_iter()), None);
    }
}
