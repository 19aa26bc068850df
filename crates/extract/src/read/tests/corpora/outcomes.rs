//! What became of the files of a corpus, and the table of all.

use std::collections::BTreeMap;

use super::CorpusFile;
use super::cells::{Cells, Difference, Values, differences};
use super::known;

/// Differences of one file that are printed.
const SHOWN: usize = 6;

#[derive(Debug, Default)]
pub(super) struct Outcomes {
    pub(super) files: usize,
    /// All of whose sheets are read.
    read: usize,
    /// By what is said.
    refused: BTreeMap<String, usize>,
    sheets: usize,
    compared: usize,
    differing: usize,
    /// Of files in which differences are known.
    known: usize,
    pub(super) unknown: Vec<String>,
    /// In milliseconds, of three readings.
    pub(super) slowest: (u128, String),
}

impl Outcomes {
    /// Counts a file by what its sheets came to, beside another reader that reads it.
    pub(super) fn count_file(
        &mut self,
        file: &CorpusFile,
        ours: &BTreeMap<String, Result<Cells, String>>,
        other: Option<&str>,
    ) {
        let refused = ours.values().find_map(|cells| cells.as_ref().err());
        let Some(said) = refused else {
            self.read += 1;
            return;
        };
        let begin: String = said.chars().take(90).collect();
        *self.refused.entry(begin).or_default() += 1;
        if let Some(other) = other
            && known::reason("refused", &file.name).is_none()
        {
            self.unknown.push(format!("{}: refused, and read by {other}: {said}", file.name));
        }
    }

    /// Holds a sheet against what another reader has of it.
    pub(super) fn compare(
        &mut self,
        (file, sheet, reader): (&CorpusFile, &str, &str),
        ours: &Cells,
        theirs: &Values,
    ) {
        let (compared, differ) = differences(ours, theirs);
        self.sheets += 1;
        self.compared += compared;
        self.differing += differ.len();
        if differ.is_empty() {
            return;
        }
        if known::reason(reader, &file.name).is_some() {
            self.known += differ.len();
            return;
        }
        let what =
            format!("{} {sheet:?} by {reader}: {} of {compared} cells", file.name, differ.len());
        let shown = differ.iter().take(SHOWN).map(shown).collect::<Vec<_>>();
        self.unknown.push(format!("{what}{}", shown.concat()));
    }
}

fn shown(difference: &Difference) -> String {
    let Difference { place: (row, column), ours, theirs } = difference;
    let cut = |text: String| text.chars().take(120).collect::<String>();
    let (ours, theirs) = (cut(format!("{ours:?}")), cut(format!("{theirs:?}")));
    format!("\n    row {row} column {column}: ours {ours}, theirs {theirs}")
}

/// The table, the refusals, and what nobody has looked at.
pub(super) fn print(outcomes: &BTreeMap<String, Outcomes>) {
    println!(
        "{:<24} {:>5} {:>5} {:>7} {:>6} {:>8} {:>9} {:>6}  slowest",
        "corpus", "files", "read", "refused", "sheets", "cells", "differing", "known"
    );
    for (corpus, of) in outcomes {
        let refused: usize = of.refused.values().sum();
        let (millis, name) = &of.slowest;
        println!(
            "{corpus:<24} {:>5} {:>5} {refused:>7} {:>6} {:>8} {:>9} {:>6}  {millis} ms {}",
            of.files,
            of.read,
            of.sheets,
            of.compared,
            of.differing,
            of.known,
            name.rsplit('/').next().unwrap_or(name)
        );
    }
    let sum = |of: fn(&Outcomes) -> usize| outcomes.values().map(of).sum::<usize>();
    println!(
        "{:<24} {:>5} {:>5} {:>7} {:>6} {:>8} {:>9} {:>6}",
        "all",
        sum(|of| of.files),
        sum(|of| of.read),
        sum(|of| of.refused.values().sum()),
        sum(|of| of.sheets),
        sum(|of| of.compared),
        sum(|of| of.differing),
        sum(|of| of.known)
    );
    let mut refused = BTreeMap::<&str, usize>::new();
    for (said, count) in outcomes.values().flat_map(|of| &of.refused) {
        *refused.entry(said).or_default() += count;
    }
    for (said, count) in refused {
        println!("  refused {count:>4}: {said}");
    }
    for unknown in outcomes.values().flat_map(|of| &of.unknown) {
        println!("  {unknown}");
    }
}
