//! Matching: which row of the ledgers belongs to which line of a statement.
//!
//! Not for: when two numbers are one (`likeness`), nor what is said of a line then.
//!
//! Invariant: a row belongs to one line; surer likenesses choose first, and a likeness that fits several rows
//! or several lines decides nothing. Where the number is another, the day is not.

mod same_number;

use std::collections::{BTreeMap, BTreeSet};

use domain::statement::StatementLine;
use evidence::invoice_number::InvoiceNumber;
use jiff::civil::Date;

use super::affixes::Affix;
use super::days::{DayLikeness, NumberReach, days_apart, may_be_named, turned, usual_shift};
use super::likeness::{is_part, is_written_otherwise, number_words};
use super::open_items::OpenItem;
use super::table::is_payment;

/// Rows over one amount that make it one which tells little.
const RECURRING_ROWS_MIN: usize = 3;
/// Lines that tell by their rows that the days of a statement were read the wrong way round.
const TURNED_LINES_MIN: usize = 3;

/// Lines and rows, and which belong together.
pub(super) struct Matcher {
    pub(super) lines: Vec<StatementLine>,
    /// The numbers by which lines are looked for: as they are written, or without what their supplier puts
    /// round all of them.
    written: Vec<String>,
    pub(super) numbers: Vec<InvoiceNumber>,
    /// Of each line, the days within which its number stands for one document.
    reaches: Vec<NumberReach>,
    pub(super) items: Vec<OpenItem>,
    /// Places of rows by their number and by their amount.
    by_number: BTreeMap<String, Vec<usize>>,
    by_amount: BTreeMap<i128, Vec<usize>>,
    /// Lines by their number, and by that of their row.
    listed: BTreeMap<String, BTreeSet<usize>>,
    /// Of each line, the places of its rows: one, or all of one number that come to its amount.
    pub(super) of_line: Vec<Vec<usize>>,
    /// Of each row, its line.
    pub(super) taken_by: Vec<Option<usize>>,
    /// Lines that stand there before, by line.
    pub(super) repeated: BTreeMap<usize, usize>,
    currencies: CurrencyRule,
    /// The currency of most rows.
    usual_currency: Option<String>,
}

/// The rule by which currencies tell lines and rows apart, or do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CurrencyRule {
    /// A line has a row of its currency, or of none.
    Apart,
    /// No row is of any that the statement names: it names another than the ledger keeps its amounts in.
    Unlike,
}

/// Gives the lines of a statement the rows of its supplier.
pub(super) fn matched(lines: Vec<StatementLine>, items: Vec<OpenItem>) -> Matcher {
    let mut matcher = Matcher::new(lines, items);
    matcher.turn_days();
    matcher.find_repeated();
    matcher.same_number();
    matcher.written_otherwise();
    if let Some(affix) = matcher.usual_affix() {
        matcher.take_off(&affix);
        matcher.same_number();
        matcher.written_otherwise();
    }
    matcher.number_within();
    matcher.same_day();
    matcher.repeated_here();
    matcher
}

impl Matcher {
    fn new(lines: Vec<StatementLine>, items: Vec<OpenItem>) -> Self {
        let numbers: Vec<InvoiceNumber> =
            lines.iter().map(|line| InvoiceNumber::new(&line.number)).collect();
        let (currencies, usual_currency) = currencies(&lines, &items);
        let mut by_number: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut by_amount: BTreeMap<i128, Vec<usize>> = BTreeMap::new();
        for (place, item) in items.iter().enumerate() {
            if item.number.is_usable() {
                by_number.entry(item.number.plain.clone()).or_default().push(place);
            }
            by_amount.entry(item.amount).or_default().push(place);
        }
        let mut listed: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (at, line) in lines.iter().enumerate() {
            if numbers[at].is_usable() && !is_payment(line) {
                listed.entry(numbers[at].plain.clone()).or_default().insert(at);
            }
        }
        Self {
            written: lines.iter().map(|line| line.number.clone()).collect(),
            reaches: numbers.iter().map(NumberReach::of).collect(),
            of_line: vec![Vec::new(); lines.len()],
            taken_by: vec![None; items.len()],
            repeated: BTreeMap::new(),
            lines,
            numbers,
            items,
            by_number,
            by_amount,
            listed,
            currencies,
            usual_currency,
        }
    }

    pub(super) fn amount(&self, at: usize) -> i128 {
        i128::from(self.lines[at].amount.ten_thousandths())
    }

    /// Lines without a row that may have one.
    fn free_lines(&self) -> Vec<usize> {
        let is_free = |at: &usize| {
            self.of_line[*at].is_empty()
                && !self.repeated.contains_key(at)
                && !is_payment(&self.lines[*at])
        };
        (0..self.lines.len()).filter(is_free).collect()
    }

    /// The currency of a line: its own, that of its row, or that of most rows.
    pub(super) fn currency(&self, at: usize) -> Option<String> {
        let own = self.lines[at].currency.as_ref();
        let row = self.of_line[at].first().and_then(|place| self.items[*place].currency.as_ref());
        own.or(row).or(self.usual_currency.as_ref()).cloned()
    }

    /// Rows without a line among some that can be of the currency of a line.
    fn free_rows(&self, at: usize, places: Option<&Vec<usize>>) -> Vec<usize> {
        let places = places.map_or(&[][..], Vec::as_slice);
        let own = self.lines[at].currency.as_ref();
        let is_of_it = |place: usize| {
            let both = own.zip(self.items[place].currency.as_ref());
            self.currencies == CurrencyRule::Unlike || both.is_none_or(|(one, other)| one == other)
        };
        let is_free = |place: &usize| self.taken_by[*place].is_none() && is_of_it(*place);
        places.iter().copied().filter(is_free).collect()
    }

    fn take(&mut self, at: usize, places: Vec<usize>) {
        for place in &places {
            self.taken_by[*place] = Some(at);
            let number = &self.items[*place].number;
            if number.is_usable() {
                self.listed.entry(number.plain.clone()).or_default().insert(at);
            }
        }
        self.of_line[at] = places;
    }

    /// Takes the days of a statement the other way round where rows of its numbers and amounts say so: a
    /// column in which no day is after the twelfth does not tell whether the month comes first.
    fn turn_days(&mut self) {
        let turn = |line: &StatementLine| match line.date {
            Some(date) => turned(date).map(Some),
            None => Some(None),
        };
        let Some(days) = self.lines.iter().map(turn).collect::<Option<Vec<_>>>() else { return };
        let (mut as_read, mut as_turned) = (0, 0);
        for at in self.free_lines() {
            let read = self.lines[at].date;
            if !self.numbers[at].is_usable() || read == days[at] {
                continue;
            }
            let rows = self.by_number.get(&self.numbers[at].plain).into_iter().flatten();
            let rows = rows.map(|place| &self.items[*place]);
            let of_rows: Vec<Option<Date>> =
                rows.filter(|item| item.amount == self.amount(at)).map(|item| item.date).collect();
            as_read += usize::from(of_rows.contains(&read));
            as_turned += usize::from(of_rows.contains(&days[at]));
        }
        if as_turned >= TURNED_LINES_MIN && as_turned > 2 * as_read {
            for (line, day) in self.lines.iter_mut().zip(days) {
                line.date = day;
            }
        }
    }

    /// Gives lines the rows of their amount about their day, with a number that a slip or a prefix makes of
    /// theirs. An amount that is billed again and again says little: then it is that very day.
    fn written_otherwise(&mut self) {
        let shift = self.usual_shift();
        self.assign(Self::rows_of_amount, |matcher, at, place| {
            let is_day_right = match DayLikeness::of(matcher.days_apart(at, place), shift) {
                DayLikeness::Same => true,
                DayLikeness::Near | DayLikeness::Unknown => !matcher.is_recurring(at),
                DayLikeness::Far => false,
            };
            is_day_right && matcher.is_written_otherwise(at, place)
        });
    }

    /// The days by which the statement usually dates otherwise than we do, as lines that have a row of their
    /// number and amount tell.
    fn usual_shift(&self) -> i32 {
        let of_line = |at: usize| {
            let [place] = self.of_line[at][..] else { return None };
            let item = &self.items[place];
            let is_same_number = item.number.plain == self.numbers[at].plain;
            let is_sure = is_same_number && item.amount == self.amount(at);
            self.days_apart(at, place).filter(|_| is_sure)
        };
        usual_shift((0..self.lines.len()).filter_map(of_line).collect())
    }

    fn days_apart(&self, at: usize, place: usize) -> Option<i32> {
        days_apart(self.lines[at].date, self.items[place].date)
    }

    fn is_recurring(&self, at: usize) -> bool {
        self.by_amount.get(&self.amount(at)).is_some_and(|rows| rows.len() >= RECURRING_ROWS_MIN)
    }

    fn is_written_otherwise(&self, at: usize, place: usize) -> bool {
        is_written_otherwise((self.written[at].as_str(), &self.numbers[at]), &self.items[place])
    }

    /// Returns `true` for a row that a line may be, were it not for its day.
    fn is_possible(&self, at: usize, place: usize) -> bool {
        may_be_named(self.days_apart(at, place)) && self.is_written_otherwise(at, place)
    }

    /// The nearest of the rows that a line may be, though something speaks against it.
    pub(super) fn possible_row(&self, at: usize) -> Option<&OpenItem> {
        self.possible_place(at).map(|place| &self.items[place])
    }

    /// The place of a row that a line may be, and likely is: the amount is no usual one, and both numbers
    /// tell more than a word such as `Bonus`.
    pub(super) fn likely_place(&self, at: usize) -> Option<usize> {
        let tells = |reach: NumberReach| reach != NumberReach::FewDays;
        self.possible_place(at).filter(|place| {
            let of_row = NumberReach::of(&self.items[*place].number);
            !self.is_recurring(at) && tells(self.reaches[at]) && tells(of_row)
        })
    }

    fn possible_place(&self, at: usize) -> Option<usize> {
        let mut rows = self.rows_of_amount(at);
        rows.retain(|place| self.is_possible(at, *place));
        let days = |place: &usize| self.days_apart(at, *place).map_or(i32::MAX, i32::abs);
        rows.into_iter().min_by_key(days)
    }

    /// Gives lines the rows of their day whose number stands within theirs as a part of its own, as a branch
    /// or a country round it makes it, over whatever amount.
    fn number_within(&mut self) {
        let mut of_day: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
        for (place, item) in self.items.iter().enumerate() {
            if let Some(date) = item.date {
                of_day.entry(date).or_default().push(place);
            }
        }
        let lines_of_word = self.lines_of_words();
        let tells = |number: &str, sign: i128| {
            let mut words = number_words(number).into_iter();
            words.any(|word| lines_of_word.get(&(word, sign)) == Some(&1))
        };
        self.assign(
            |matcher, at| {
                matcher.free_rows(at, matcher.lines[at].date.and_then(|date| of_day.get(&date)))
            },
            |matcher, at, place| {
                let item = &matcher.items[place];
                item.number.is_usable()
                    && item.amount.signum() == matcher.amount(at).signum()
                    && is_part(&item.written, &matcher.lines[at].number)
                    && tells(&item.written, item.amount.signum())
            },
        );
    }

    /// The count of lines that have a word in their numbers, by the sign of their amount: what several have,
    /// such as our number with the supplier, is no number of an invoice; what an invoice and its credit have
    /// is.
    fn lines_of_words(&self) -> BTreeMap<(String, i128), usize> {
        let mut lines_of_word = BTreeMap::new();
        for (at, line) in self.lines.iter().enumerate() {
            if !self.repeated.contains_key(&at) && !is_payment(line) {
                let words: BTreeSet<String> = number_words(&line.number).into_iter().collect();
                for word in words {
                    *lines_of_word.entry((word, self.amount(at).signum())).or_default() += 1;
                }
            }
        }
        lines_of_word
    }

    /// Gives lines the rows of their amount and day, where one of the two has no number that tells anything.
    fn same_day(&mut self) {
        self.assign(Self::rows_of_amount, |matcher, at, place| {
            let (line, item) = (&matcher.lines[at], &matcher.items[place]);
            line.date.is_some()
                && line.date == item.date
                && !(matcher.numbers[at].is_usable() && item.number.is_usable())
        });
    }

    fn rows_of_amount(&self, at: usize) -> Vec<usize> {
        self.free_rows(at, self.by_amount.get(&self.amount(at)))
    }

    /// Gives lines the rows among some that fit them alone.
    fn assign(
        &mut self,
        among: impl Fn(&Self, usize) -> Vec<usize>,
        fits: impl Fn(&Self, usize, usize) -> bool,
    ) {
        for (at, place) in self.pairs(among, fits) {
            self.take(at, vec![place]);
        }
    }

    /// Lines with the row among some that fits, where one fits and is fitted by no other line. A row whose
    /// number another line has is that line's, or a copy of what is.
    fn pairs(
        &self,
        among: impl Fn(&Self, usize) -> Vec<usize>,
        fits: impl Fn(&Self, usize, usize) -> bool,
    ) -> Vec<(usize, usize)> {
        let mut wanted: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in self.free_lines() {
            let mut fitting = among(self, at);
            fitting.retain(|place| fits(self, at, *place) && !self.is_of_another(at, *place));
            // Of several the open one.
            let open: Vec<usize> =
                fitting.iter().copied().filter(|place| !self.items[*place].is_paid()).collect();
            match (fitting.as_slice(), open.as_slice()) {
                ([only], _) | (_, [only]) => wanted.entry(*only).or_default().push(at),
                _ => {}
            }
        }
        let alone = wanted.into_iter().filter(|(_, lines)| lines.len() == 1);
        alone.map(|(place, lines)| (lines[0], place)).collect()
    }

    /// Returns `true` for a row whose number is that of another line than this.
    fn is_of_another(&self, at: usize, place: usize) -> bool {
        let lines = self.listed.get(&self.items[place].number.plain);
        lines.is_some_and(|lines| lines.iter().any(|line| *line != at))
    }

    /// The affix that the supplier gives all numbers, or takes from them, as lines that have their row tell,
    /// and those that would but for their day.
    fn usual_affix(&self) -> Option<Affix> {
        let lines = self.of_line.iter().enumerate();
        let taken = lines.filter(|(_, rows)| rows.len() == 1).map(|(at, rows)| (at, rows[0]));
        let possible = self.pairs(Self::rows_of_amount, Self::is_possible);
        Affix::usual(taken.chain(possible).filter_map(|(at, place)| {
            Affix::between(&self.numbers[at].plain, &self.items[place].number.plain)
        }))
    }

    /// Looks from now on for the numbers of lines that have no row without what is round them.
    fn take_off(&mut self, affix: &Affix) {
        for at in self.free_lines() {
            let number = InvoiceNumber::new(&affix.without(&self.numbers[at].plain));
            if number.is_usable() {
                self.written[at].clone_from(&number.plain);
                self.listed.entry(number.plain.clone()).or_default().insert(at);
                // What is added to a number makes it no surer, as where it is the year of most.
                self.reaches[at] = self.reaches[at].min(NumberReach::of(&number));
                self.numbers[at] = number;
            }
        }
    }
}

/// The rule about currencies, and the currency of most rows.
fn currencies(lines: &[StatementLine], items: &[OpenItem]) -> (CurrencyRule, Option<String>) {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for currency in items.iter().filter_map(|item| item.currency.as_deref()) {
        *known.entry(currency).or_default() += 1;
    }
    let named: BTreeSet<&str> = lines.iter().filter_map(|line| line.currency.as_deref()).collect();
    let is_any = named.is_empty() || named.iter().any(|named| known.contains_key(named));
    let rule = if is_any { CurrencyRule::Apart } else { CurrencyRule::Unlike };
    let usual = known.into_iter().max_by_key(|(_, count)| *count);
    (rule, usual.map(|(currency, _)| currency.to_owned()))
}
