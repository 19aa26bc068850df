//! An upload most of whose invoices stand in earlier ones under other Unique IDs.

use std::collections::BTreeMap;

use evidence::invoices::Invoices;

use super::line::Line;

/// A file of which so many of 1,000 invoices stand in earlier ones was sent again …
const PER_MILLE_MIN: u64 = 500;
/// … and is said to be, from so many invoices on: fewer may be chance.
const COPIED_MIN: u64 = 10;
/// The number of copies from which on nobody looks at them one by one: the file is one finding.
const LEFT_OUT_MIN: u64 = 100;
/// Copies that the finding about a file shows, the dearest first, each beside the earlier row.
const SHOWN_MAX: usize = 10;

/// The uploads that were sent again, by their ranks.
#[derive(Debug, Default)]
pub(in crate::run::invoices) struct SentAgain {
    pub(in crate::run::invoices) upload: u32,
    /// The one that holds most of the copied.
    pub(in crate::run::invoices) earlier: u32,
    /// Invoices of the upload, and those of them that stand in earlier ones.
    pub(in crate::run::invoices) invoices: u64,
    pub(in crate::run::invoices) copied: u64,
    /// The copies are not compared.
    pub(in crate::run::invoices) is_left_out: bool,
    /// Base amounts of the copies above nought, in ten-thousandths.
    pub(in crate::run::invoices) amount: i64,
    /// Ids of earlier rows and their copies, the dearest first.
    pub(in crate::run::invoices) shown: Vec<(String, String)>,
    dearest: Vec<(i64, u32, u32)>,
}

/// The file's place in the list, when its copies are left out.
pub(super) fn of(files: &[SentAgain], upload: u32) -> Option<usize> {
    let at = files.binary_search_by_key(&upload, |file| file.upload).ok()?;
    files[at].is_left_out.then_some(at)
}

impl SentAgain {
    /// None when too few of the upload's invoices are copies; `earlier` counts them by the upload they
    /// stand in.
    pub(super) fn of(upload: u32, invoices: u64, earlier: &BTreeMap<u32, u64>) -> Option<Self> {
        let copied: u64 = earlier.values().sum();
        let (most, _) = earlier.iter().max_by_key(|(upload, count)| (**count, **upload))?;
        let is_said = copied >= COPIED_MIN && copied * 1_000 >= invoices * PER_MILLE_MIN;
        is_said.then(|| Self {
            upload,
            earlier: *most,
            invoices,
            copied,
            is_left_out: copied >= LEFT_OUT_MIN,
            ..Self::default()
        })
    }

    /// Copies, each with the earlier line.
    pub(super) fn note(&mut self, pairs: &[(Line, Line)]) {
        for (earlier, copy) in pairs {
            self.amount = self.amount.saturating_add(copy.amount.max(0));
            self.dearest.push((copy.amount, earlier.at, copy.at));
        }
        if self.dearest.len() > 64 * SHOWN_MAX {
            self.keep_dearest();
        }
    }

    fn keep_dearest(&mut self) {
        self.dearest.sort_unstable_by(|x, y| y.0.cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
        self.dearest.truncate(SHOWN_MAX);
    }

    /// Ids in place of places, which change.
    pub(super) fn show(&mut self, rows: &Invoices) {
        self.keep_dearest();
        let id = |at: u32| rows.id(at as usize).to_owned();
        self.shown = self.dearest.drain(..).map(|(_, one, other)| (id(one), id(other))).collect();
    }
}
