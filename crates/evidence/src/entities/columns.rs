//! Records as columns of interned values in canonical form: what comparing and blocking read.
//!
//! Not for: comparing. Invariant: two rows hold the same value id exactly when their canonical forms are
//! equal; a value that says nothing (`N/A`, `0000`) is absent.

use super::address::{self, Numbers};
use super::company_name;
use super::overlap::{Text, Token, token_bits};
use super::text::{as_float, edits, fold, letters_mask, squeezed};
use super::{Kind, Record, parallel};
use std::collections::HashMap;

/// One kind of field of all records.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) kind: Kind,
    pub(super) values: Vec<Value>,
    /// Letters of each word, by token id.
    pub(super) token_letters: Vec<Box<[char]>>,
    /// In how many values each word stands, weighted by rows.
    pub(super) token_counts: Vec<u32>,
    /// Rows that have a value.
    pub(super) filled: usize,
    /// log2 of them.
    pub(super) whole_bits: f64,
    /// Where the cells of each row start; empty when no row has two values, and cells are by row.
    starts: Vec<u32>,
    cells: Vec<u32>,
}

/// One canonical value of a column.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) letters: Box<[char]>,
    /// The letters that it holds.
    mask: u32,
    pub(super) tokens: Box<[Token]>,
    /// The coarser thing it belongs to: domain of an e-mail address; `u32::MAX` when there is none.
    pub(super) group: u32,
    /// Rows that hold it.
    pub(super) rows: u32,
    /// log2 of one in how many rows holds it, or a value of its group.
    pub(super) surprise: f32,
    pub(super) group_surprise: f32,
}

/// Words of names go together: however rare they are, a namesake is not rarer than this.
const LEAST_UNSEEN: f64 = 1.0 / 16.0;
/// A row without a value.
const ABSENT: u32 = u32::MAX;
/// Text that stands for "nothing" in ledgers.
const NOTHING: &[&str] =
    &["NA", "NONE", "NULL", "NIL", "UNKNOWN", "TBC", "TBA", "NOTKNOWN", "NOTAPPLICABLE", "NAN"];
/// Digits of a telephone number that tell one from another: country and trunk prefixes come before.
const TELEPHONE_DIGITS: usize = 9;
const SHORTEST_TELEPHONE: usize = 5;
const SHORTEST_IDENTIFIER: usize = 4;

impl Value {
    /// Edits to another value as [`edits`] counts them; without a look at the letters where their number or
    /// sorts tell that there are more.
    pub(super) fn edits(&self, other: &Self, most: usize) -> Option<usize> {
        // One edit adds at most two letters to those that only one of the texts has.
        let apart = (self.mask ^ other.mask).count_ones() as usize;
        if apart > 2 * most || self.letters.len().abs_diff(other.letters.len()) > most {
            return None;
        }
        edits(&self.letters, &other.letters, most)
    }

    pub(super) fn text(&self) -> Text<'_> {
        Text { tokens: &self.tokens, letters: &self.letters, mask: self.mask }
    }
}

impl Column {
    /// The values of a row; mostly one or none.
    pub(super) fn of(&self, row: usize) -> &[u32] {
        if self.starts.is_empty() {
            // One place per row: rows are looked up at random, and each look is a wait for memory.
            let cell = &self.cells[row..=row];
            return if cell[0] == ABSENT { &[] } else { cell };
        }
        &self.cells[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    pub(super) fn value(&self, id: u32) -> &Value {
        &self.values[id as usize]
    }

    pub(super) fn letters_of(&self, token: u32) -> &[char] {
        &self.token_letters[token as usize]
    }
}

/// log2 of one in how many rows of other parties holds the value, a little above 0 even when all do.
///
/// The two rows compared are left out: when they are the only two, `unseen` says how many others one would
/// expect to meet.
#[expect(clippy::cast_possible_truncation, reason = "a weight needs few digits")]
fn surprise(rows: u32, unseen: f64, filled: usize) -> f32 {
    let others = f64::from(rows.saturating_sub(2)) + unseen;
    (as_float(filled) / others).log2().max(0.01) as f32
}

/// Other parties expected to hold a value that none was seen to hold: one for plain values, fewer for
/// numbers given to one party, and for texts as many as words so rare would meet in by chance.
fn unseen(kind: Kind, tokens: &[Token], filled: usize) -> f64 {
    match kind {
        Kind::Identifier(_) | Kind::Telephone | Kind::Email => 0.25,
        Kind::Organisation | Kind::Address => {
            let bits: f64 = tokens.iter().map(|token| f64::from(token.bits)).sum();
            (as_float(filled) * (-bits).exp2()).clamp(LEAST_UNSEEN, 1.0)
        }
        _ => 1.0,
    }
}

/// Builds the columns that the records need, in the order of [`Kind`].
pub(super) fn columns(records: &[Record]) -> Vec<Column> {
    let mut kinds: Vec<Kind> =
        records.iter().flat_map(|record| record.fields.iter().map(|(kind, _)| *kind)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let numbers =
        if kinds.contains(&Kind::StreetNumber) { Numbers::Apart } else { Numbers::Within };
    if kinds.contains(&Kind::Address) && numbers == Numbers::Within {
        kinds.push(Kind::StreetNumber);
        kinds.sort_unstable();
    }
    kinds
        .into_iter()
        .map(|kind| column(kind, records, numbers))
        .filter(|column| column.filled > 0)
        .collect()
}

fn column(kind: Kind, records: &[Record], numbers: Numbers) -> Column {
    let mut builder = Builder::default();
    let mut starts = Vec::with_capacity(records.len() + 1);
    let (mut cells, mut filled): (Vec<u32>, usize) = (Vec::new(), 0);
    starts.push(0);
    let forms = parallel::map(records, |record| canonical(kind, record, numbers));
    for forms in forms {
        let before = cells.len();
        for text in forms {
            let id = builder.intern(text);
            if !cells[before..].contains(&id) {
                cells.push(id);
                builder.rows[id as usize] += 1;
            }
        }
        filled += usize::from(cells.len() > before);
        starts.push(crate::narrow(cells.len()));
    }
    if cells.len() == filled {
        let value = |row: &[u32]| if row[0] == row[1] { ABSENT } else { cells[row[0] as usize] };
        cells = starts.windows(2).map(value).collect();
        starts.clear();
    }
    builder.finish(kind, starts, cells, filled)
}

/// The canonical forms a record holds of a kind, each as its words.
fn canonical(kind: Kind, record: &Record, numbers: Numbers) -> Vec<Vec<String>> {
    let texts = record.fields.iter().filter(|(of, _)| *of == kind).map(|(_, text)| text.as_str());
    let one = |word: String| if word.is_empty() { Vec::new() } else { vec![word] };
    let mut forms: Vec<Vec<String>> = match kind {
        Kind::Organisation => texts.flat_map(organisation).collect(),
        Kind::Address => {
            vec![texts.flat_map(|text| address::parse(text, numbers).words).collect()]
        }
        Kind::StreetNumber if numbers == Numbers::Apart => {
            texts.map(|text| one(address::number(&squeezed(&fold(text))))).collect()
        }
        Kind::StreetNumber => vec![address_number(record)],
        Kind::Telephone => texts.filter_map(telephone).map(one).collect(),
        Kind::Identifier(_) => texts
            .map(|text| squeezed(&fold(text)))
            .filter(|text| is_identifier(text))
            .map(one)
            .collect(),
        Kind::BirthDate => {
            texts.map(|text| text.chars().filter(char::is_ascii_digit).collect()).map(one).collect()
        }
        Kind::Email => {
            texts.filter(|text| text.contains('@')).map(|text| one(fold(text.trim()))).collect()
        }
        Kind::GivenName | Kind::Surname | Kind::Town | Kind::Region | Kind::Postcode => {
            texts.map(|text| one(squeezed(&fold(text)))).collect()
        }
    };
    forms.retain(|form| !form.is_empty() && !NOTHING.contains(&form.concat().as_str()));
    forms
}

fn organisation(text: &str) -> Vec<Vec<String>> {
    let name = company_name::canonical(text);
    vec![name.tokens, name.trading_as]
}

fn address_number(record: &Record) -> Vec<String> {
    let lines = record.fields.iter().filter(|(kind, _)| *kind == Kind::Address);
    lines.filter_map(|(_, text)| address::parse(text, Numbers::Within).number).take(1).collect()
}

fn telephone(text: &str) -> Option<String> {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    let same = digits.windows(2).all(|couple| couple[0] == couple[1]);
    let from = digits.len().saturating_sub(TELEPHONE_DIGITS);
    (digits.len() >= SHORTEST_TELEPHONE && !same).then(|| digits[from..].iter().collect())
}

fn is_identifier(text: &str) -> bool {
    text.len() >= SHORTEST_IDENTIFIER && text.bytes().any(|byte| byte != b'0')
}

#[derive(Debug, Default)]
struct Builder {
    ids: HashMap<String, u32>,
    forms: Vec<Vec<String>>,
    rows: Vec<u32>,
}

impl Builder {
    fn intern(&mut self, form: Vec<String>) -> u32 {
        let next = crate::narrow(self.forms.len());
        let id = *self.ids.entry(form.join(" ")).or_insert(next);
        if id == next {
            self.forms.push(form);
            self.rows.push(0);
        }
        id
    }

    fn finish(self, kind: Kind, starts: Vec<u32>, cells: Vec<u32>, filled: usize) -> Column {
        let mut tokens = Tokens::default();
        let in_words = matches!(kind, Kind::Organisation | Kind::Address);
        let ids: Vec<Vec<u32>> = if in_words {
            self.forms
                .iter()
                .zip(&self.rows)
                .map(|(form, rows)| tokens.intern(form, *rows))
                .collect()
        } else {
            vec![Vec::new(); self.forms.len()]
        };
        let groups: Vec<u32> = self.forms.iter().map(|form| tokens.group(kind, form)).collect();
        let mut group_rows: HashMap<u32, u32> = HashMap::new();
        for (group, rows) in groups.iter().zip(&self.rows) {
            *group_rows.entry(*group).or_default() += rows;
        }
        let token = |&id: &u32| {
            let bits = token_bits(tokens.counts[id as usize], filled);
            Token::new(id, &tokens.letters[id as usize], bits)
        };
        let value = |at: usize| {
            let letters: Box<[char]> =
                self.forms[at].iter().flat_map(|word| word.chars()).collect();
            let words: Box<[Token]> = ids[at].iter().map(token).collect();
            let of_group = group_rows[&groups[at]];
            Value {
                mask: letters_mask(&letters),
                letters,
                group: groups[at],
                rows: self.rows[at],
                surprise: surprise(self.rows[at], unseen(kind, &words, filled), filled),
                group_surprise: surprise(of_group, 1.0, filled),
                tokens: words,
            }
        };
        let values = (0..self.forms.len()).map(value).collect();
        Column {
            kind,
            values,
            token_letters: tokens.letters,
            token_counts: tokens.counts,
            filled,
            whole_bits: as_float(filled.max(4)).log2(),
            starts,
            cells,
        }
    }
}

#[derive(Debug, Default)]
struct Tokens {
    ids: HashMap<String, u32>,
    letters: Vec<Box<[char]>>,
    counts: Vec<u32>,
    groups: HashMap<String, u32>,
}

impl Tokens {
    /// Ids of the words of a form, each once.
    fn intern(&mut self, form: &[String], rows: u32) -> Vec<u32> {
        let mut ids = Vec::with_capacity(form.len());
        for word in form {
            let next = crate::narrow(self.letters.len());
            let id = *self.ids.entry(word.clone()).or_insert(next);
            if id == next {
                self.letters.push(word.chars().collect());
                self.counts.push(0);
            }
            if !ids.contains(&id) {
                ids.push(id);
                self.counts[id as usize] += rows;
            }
        }
        ids
    }

    fn group(&mut self, kind: Kind, form: &[String]) -> u32 {
        let text = form.concat();
        let group = match kind {
            Kind::Email => text.rsplit_once('@').map_or(text.as_str(), |(_, host)| host).to_owned(),
            Kind::Postcode => outward(&text),
            _ => return u32::MAX,
        };
        let next = crate::narrow(self.groups.len());
        *self.groups.entry(group).or_insert(next)
    }
}

/// The part of a postcode that names the district: before the last three of a code with letters (`SW1A`
/// of `SW1A1AA`), the first three of digits.
fn outward(postcode: &str) -> String {
    let letters: Vec<char> = postcode.chars().collect();
    let digits_only = letters.iter().all(char::is_ascii_digit);
    let take = if digits_only {
        letters.len().min(5).saturating_sub(2)
    } else {
        letters.len().saturating_sub(3)
    };
    letters[..take].iter().collect()
}
