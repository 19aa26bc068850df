//! A pain.001 without some of its payments.
//!
//! Not for: signed files, whose signature would not be theirs any more. Invariant: every byte outside the
//! payments that go, the parts that are empty without them, and the counts and sums above them, stays.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{OUTER, Sums, amount, place};
use crate::payment_order::order::{NotCleaned, OrderedPayment};

/// The places of what a file or a part of it states, and what its kept payments come to.
#[derive(Debug, Default)]
struct Totals {
    count: Option<Range<usize>>,
    amount: Option<Range<usize>>,
    kept: Sums,
    /// Payments that go.
    gone: u64,
}

/// Text in the place of other text.
type Edit = (Range<usize>, String);

struct Cleaner<'a> {
    text: &'a str,
    /// Of each payment, in the order of the file: whether it stays, and its amount.
    payments: std::vec::IntoIter<(bool, i128)>,
    path: Vec<String>,
    /// Where the tag of each open element begins and ends.
    tags: Vec<Range<usize>>,
    of_file: Totals,
    of_part: Totals,
    /// The edits when the part began.
    edits_before: usize,
    edits: Vec<Edit>,
}

pub(crate) fn without(
    bytes: &[u8],
    payments: &[OrderedPayment],
    is_kept: &[bool],
) -> Result<Vec<u8>, NotCleaned> {
    let whole = std::str::from_utf8(bytes).expect("it was read as UTF-8 before");
    let text = whole.strip_prefix('\u{feff}').unwrap_or(whole);
    let amounts = payments.iter().map(|payment| amount(&payment.amount, payment.line));
    let amounts: Result<Vec<i128>, _> = amounts.collect();
    let amounts = amounts.map_err(|fault| NotCleaned::new(fault.what))?;
    let payments: Vec<(bool, i128)> = is_kept.iter().copied().zip(amounts).collect();
    let mut cleaner = Cleaner {
        text,
        payments: payments.into_iter(),
        path: Vec::new(),
        tags: Vec::new(),
        of_file: Totals::default(),
        of_part: Totals::default(),
        edits_before: 0,
        edits: Vec::new(),
    };
    cleaner.walk()?;
    let mut edits = cleaner.edits;
    edits.extend(mended(text, &cleaner.of_file));
    let cleaned = edited(text, edits);
    let mark = &whole[..whole.len() - text.len()];
    Ok([mark, &cleaned].concat().into_bytes())
}

impl Cleaner<'_> {
    fn walk(&mut self) -> Result<(), NotCleaned> {
        let mut reader = Reader::from_str(self.text);
        reader.config_mut().expand_empty_elements = true;
        loop {
            let before = place(reader.buffer_position());
            let event = reader.read_event();
            let after = place(reader.buffer_position());
            match event.map_err(|error| NotCleaned::new(error.to_string()))? {
                Event::Eof => return Ok(()),
                Event::Start(start) => self.open(start.local_name().as_ref(), before..after)?,
                Event::End(_) => self.close(before..after),
                _ => {}
            }
        }
    }

    fn open(&mut self, name: &str, tag: Range<usize>) -> Result<(), NotCleaned> {
        if name == "Signature" {
            return Err(NotCleaned::new("the file is signed, and would not be as it was signed"));
        }
        self.path.push(name.to_owned());
        self.tags.push(tag);
        let is_part = self.path.get(OUTER).is_some_and(|name| name == "PmtInf");
        if is_part && self.path.len() == OUTER + 1 {
            self.of_part = Totals::default();
            self.edits_before = self.edits.len();
        }
        Ok(())
    }

    fn close(&mut self, end: Range<usize>) {
        let tag = self.tags.pop().expect("an element is opened before it is closed");
        let (element, value) = (tag.start..end.end, tag.end..end.start);
        let path = std::mem::take(&mut self.path);
        let inner: Vec<&str> = path.iter().skip(OUTER).map(String::as_str).collect();
        match inner.as_slice() {
            ["GrpHdr", "NbOfTxs"] => self.of_file.count = Some(value),
            ["GrpHdr", "CtrlSum"] => self.of_file.amount = Some(value),
            ["PmtInf", "NbOfTxs"] => self.of_part.count = Some(value),
            ["PmtInf", "CtrlSum"] => self.of_part.amount = Some(value),
            ["PmtInf", "CdtTrfTxInf"] => self.close_payment(element),
            ["PmtInf"] => self.close_part(element),
            _ => {}
        }
        self.path = path;
        self.path.pop();
    }

    fn close_payment(&mut self, element: Range<usize>) {
        let (is_kept, amount) = self.payments.next().expect("there are as many as were read");
        for stated in [&mut self.of_file, &mut self.of_part] {
            if is_kept {
                stated.kept.count += 1;
                stated.kept.amount += amount;
            } else {
                stated.gone += 1;
            }
        }
        if !is_kept {
            self.edits.push((self.with_blanks_before(element), String::new()));
        }
    }

    fn close_part(&mut self, element: Range<usize>) {
        if self.of_part.kept.count == 0 && self.of_part.gone > 0 {
            // A part has at least one payment: this one goes as a whole.
            self.edits.truncate(self.edits_before);
            self.edits.push((self.with_blanks_before(element), String::new()));
        } else {
            self.edits.extend(mended(self.text, &self.of_part));
        }
    }

    /// An element with the line end and the indent in front of it.
    fn with_blanks_before(&self, element: Range<usize>) -> Range<usize> {
        let before = self.text[..element.start].trim_end_matches([' ', '\t', '\r', '\n']);
        before.len()..element.end
    }
}

/// The count and the sum of what stays, where some goes.
fn mended(text: &str, stated: &Totals) -> Vec<Edit> {
    if stated.gone == 0 {
        return Vec::new();
    }
    let count = stated.count.clone().map(|place| (place, stated.kept.count.to_string()));
    let amount = stated.amount.clone().map(|place| {
        let sum = sum_like(&text[place.clone()], stated.kept.amount);
        (place, sum)
    });
    count.into_iter().chain(amount).collect()
}

/// A sum of ten-thousandths with as many decimals as the one before it, or as it needs.
fn sum_like(before: &str, sum: i128) -> String {
    let (whole, part) = (sum / 10_000, format!("{:04}", sum % 10_000));
    let before = before.trim().split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let decimals = part.trim_end_matches('0').len().max(before.min(part.len()));
    if decimals == 0 { whole.to_string() } else { format!("{whole}.{}", &part[..decimals]) }
}

/// A text with its edits, none of which lies in another.
fn edited(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_unstable_by_key(|(place, _)| place.start);
    let (mut cleaned, mut at) = (String::with_capacity(text.len()), 0);
    for (place, with) in edits {
        cleaned.push_str(&text[at..place.start]);
        cleaned.push_str(&with);
        at = place.end;
    }
    cleaned.push_str(&text[at..]);
    cleaned
}
