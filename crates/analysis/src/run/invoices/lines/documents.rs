//! Rows of one supplier, number and dates, brought together; and in which uploads they stand.

use std::collections::BTreeMap;

use domain::document::is_invoice_number;
use evidence::invoices::Invoices;
use evidence::{narrow, parallel};

use super::SentAgain;
use super::line::Line;

/// The documents of a ledger.
#[derive(Debug, Default)]
pub(super) struct Documents {
    /// Of those with several lines, one after another; each by upload, then money, then id.
    lines: Vec<Line>,
    /// Where in `lines` each ends.
    ends: Vec<usize>,
    /// Of each of those, whether its number stands on other days too, as that of a customer's account does.
    pub(super) is_of_many_days: Vec<bool>,
    /// The number of documents of an upload, by its rank.
    of_upload: Vec<u64>,
    /// The number of documents of a supplier.
    pub(super) of_supplier: Vec<u32>,
    /// The number of a supplier's Unique IDs that stand in several rows.
    pub(super) ids_in_rows: Vec<u32>,
}

impl Documents {
    /// Rows of one Unique ID become one here; all but the first of them are left out.
    pub(super) fn find(
        rows: &mut Invoices,
        (uploads, is_apart): (&[u32], &[bool]),
        left_out: &mut [bool],
        threads: usize,
    ) -> Self {
        let key = |at: usize| (evidence::text_key(rows.number(at)), rows.supplier[at], narrow(at));
        let mut sorted = parallel::sorted(parallel::of_all(rows.len(), threads, key), threads);
        sorted.retain(|(.., at)| !is_apart.get(*at as usize).is_some_and(|apart| *apart));
        let ranks = uploads.iter().max().map_or(0, |last| *last as usize + 1);
        let suppliers = rows.supplier.iter().max().map_or(0, |last| *last as usize + 1);
        let mut documents = Self {
            of_upload: vec![0; ranks],
            of_supplier: vec![0; suppliers],
            ids_in_rows: vec![0; suppliers],
            ..Self::default()
        };
        let mut lines = Vec::new();
        for numbered in sorted.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
            if let [(_, supplier, at)] = numbered {
                documents.of_supplier[*supplier as usize] += 1;
                documents.of_upload[uploads[*at as usize] as usize] += 1;
                continue;
            }
            lines.clear();
            lines.extend(numbered.iter().map(|(.., at)| *at));
            documents.add(rows, uploads, left_out, &mut lines);
        }
        documents
    }

    /// Rows of one supplier and number.
    fn add(
        &mut self,
        rows: &mut Invoices,
        uploads: &[u32],
        left_out: &mut [bool],
        numbered: &mut [u32],
    ) {
        numbered.sort_unstable_by(|x, y| rows.id(*x as usize).cmp(rows.id(*y as usize)));
        let mut lines: Vec<Line> = Vec::with_capacity(numbered.len());
        let mut before = None;
        for at in numbered.iter().map(|at| *at as usize) {
            match before {
                Some(first) if rows.id(first) == rows.id(at) => {
                    join(rows, first, at);
                    left_out[at] = true;
                }
                _ => {
                    before = Some(at);
                    let (amount, stated) = (0, 0);
                    lines.push(Line { at: narrow(at), amount, stated, upload: uploads[at] });
                }
            }
        }
        for line in &mut lines {
            let at = line.at as usize;
            (line.amount, line.stated) = (rows.amount[at], rows.stated[at]);
            let is_in_rows = rows.rows[at] > 1;
            self.ids_in_rows[rows.supplier[at] as usize] += u32::from(is_in_rows);
        }
        let days = |line: &Line| {
            let at = line.at as usize;
            (rows.invoiced[at], rows.entered[at])
        };
        // Those of equal money stay in the order of their ids.
        lines.sort_by_key(|line| (days(line), line.upload, line.money()));
        let has_number = is_invoice_number(rows.number(lines[0].at as usize));
        let is_of_many_days = lines.first().map(days) != lines.last().map(days);
        for document in lines.chunk_by(|x, y| has_number && days(x) == days(y)) {
            self.of_supplier[rows.supplier[document[0].at as usize] as usize] += 1;
            for upload in document.chunk_by(|x, y| x.upload == y.upload) {
                self.of_upload[upload[0].upload as usize] += 1;
            }
            if document.len() > 1 {
                self.lines.extend(document);
                self.ends.push(self.lines.len());
                self.is_of_many_days.push(is_of_many_days);
            }
        }
    }

    /// The lines of each document that has several.
    pub(super) fn of_several(&self) -> impl Iterator<Item = &[Line]> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(&self.ends).map(|(begin, end)| &self.lines[begin..*end])
    }

    /// The uploads most of whose documents stand in earlier ones, the earliest first.
    pub(super) fn sent_again(&self) -> Vec<SentAgain> {
        let mut copied: BTreeMap<u32, BTreeMap<u32, u64>> = BTreeMap::new();
        for document in self.of_several() {
            for part in Parts::of(document, |_upload| false).copied {
                if let (true, Some((earlier, _))) = (part.is_whole, part.pairs.first()) {
                    *copied.entry(part.upload).or_default().entry(earlier.upload).or_default() += 1;
                }
            }
        }
        let file = |(upload, earlier): (u32, BTreeMap<u32, u64>)| {
            SentAgain::of(upload, self.of_upload[upload as usize], &earlier)
        };
        copied.into_iter().filter_map(file).collect()
    }
}

/// A document by uploads.
#[derive(Debug)]
pub(super) struct Parts {
    /// Of the upload it came with, and what later ones have beside.
    pub(super) own: Vec<Line>,
    pub(super) copied: Vec<CopiedUpload>,
}

/// Lines of a later upload that stand in earlier ones.
#[derive(Debug)]
pub(super) struct CopiedUpload {
    pub(super) upload: u32,
    /// The earlier line and its copy.
    pub(super) pairs: Vec<(Line, Line)>,
    /// All lines that the upload has of this document are copies.
    pub(super) is_whole: bool,
    /// Lines that the upload has beside them, where such lines do not belong to the earlier ones.
    pub(super) others: Vec<Line>,
}

impl Parts {
    /// `is_apart`: of which uploads no line belongs to a document of earlier ones.
    pub(super) fn of(document: &[Line], is_apart: impl Fn(u32) -> bool) -> Self {
        let mut uploads = document.chunk_by(|x, y| x.upload == y.upload);
        let mut own = uploads.next().map(<[Line]>::to_vec).unwrap_or_default();
        let mut copied = Vec::new();
        for lines in uploads {
            let mut is_copied = vec![false; own.len()];
            let (mut pairs, mut others) = (Vec::new(), Vec::new());
            for line in lines {
                let is_earlier = |at: &usize| !is_copied[*at] && own[*at].money() == line.money();
                match (0..own.len()).find(is_earlier) {
                    Some(at) => {
                        is_copied[at] = true;
                        pairs.push((own[at], *line));
                    }
                    None => others.push(*line),
                }
            }
            let upload = lines[0].upload;
            let is_whole = others.is_empty();
            if !is_apart(upload) {
                own.append(&mut others);
            }
            if !pairs.is_empty() || !others.is_empty() {
                copied.push(CopiedUpload { upload, pairs, is_whole, others });
            }
        }
        Self { own, copied }
    }
}

/// Adds a row to another; an invoice is paid when all its lines are.
pub(super) fn join(rows: &mut Invoices, to: usize, at: usize) {
    rows.amount[to] = rows.amount[to].saturating_add(rows.amount[at]);
    rows.stated[to] = rows.stated[to].saturating_add(rows.stated[at]);
    rows.rows[to] += rows.rows[at];
    rows.is_paid[to] &= rows.is_paid[at];
}
