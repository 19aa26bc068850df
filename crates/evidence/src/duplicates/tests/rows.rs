//! What is so of two rows, worked out without the code that words it.

use super::*;
use crate::days::civil;
use crate::habits::{Field, same};

/// Two rows of a ledger, by their places.
pub(super) struct Rows<'a> {
    pub(super) invoices: &'a Invoices,
    pub(super) pair: (usize, usize),
}

/// Letters and digits in capitals.
fn signs(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// A number without the zeros before it.
fn plain(text: &str) -> String {
    let signs: Vec<char> = signs(text).chars().collect();
    let runs = signs.chunk_by(|x, y| x.is_ascii_digit() == y.is_ascii_digit());
    let run = |run: &[char]| -> String {
        let run: String = run.iter().collect();
        let trimmed = run.trim_start_matches('0');
        if trimmed.is_empty() { "0".to_owned() } else { trimmed.to_owned() }
    };
    runs.map(run).collect()
}

/// Returns `true` when the larger is the smaller and so many percent of it, to a penny.
fn is_with_vat(how: &str, small: i64, large: i64) -> bool {
    let percent = how.strip_prefix("one is the other plus ").and_then(|rest| rest.split_once('%'));
    let percent: f64 = percent.and_then(|(percent, _)| percent.parse().ok()).unwrap_or(0.0);
    #[expect(clippy::cast_precision_loss, reason = "amounts of a sample")]
    let (small, large) = (small as f64, large as f64);
    percent > 0.0 && (small * (1.0 + percent / 100.0) - large).abs() <= 1.01
}

/// The count that a number is, where it is nothing else.
fn count(text: &str) -> Option<i64> {
    let is_count = text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_count)
}

fn without_zeros(text: &str) -> String {
    signs(text).replace('0', "")
}

fn look(text: &str) -> String {
    let one = |c| match c {
        'O' | 'Q' | 'D' => '0',
        'I' | 'L' => '1',
        'S' => '5',
        'B' => '8',
        'Z' => '2',
        'G' => '6',
        other => other,
    };
    signs(text).chars().map(one).collect::<String>().replace('0', "")
}

/// Returns `true` when the longest run of digits of one number stands in the other.
fn share_number(one: &str, other: &str) -> bool {
    let (one, other) = (without_zeros(one), without_zeros(other));
    let longest = |text: &str| -> String {
        let runs = text.split(|c: char| !c.is_ascii_digit());
        runs.max_by_key(|run| run.len()).unwrap_or("").to_owned()
    };
    other.contains(&longest(&one)) || one.contains(&longest(&other))
}

fn sorted(text: &str) -> Vec<char> {
    let mut characters: Vec<char> = without_zeros(text).chars().collect();
    characters.sort_unstable();
    characters
}

impl Rows<'_> {
    pub(super) fn written(&self) -> String {
        let row = |at: usize| {
            let invoices = self.invoices;
            format!(
                "{} {} supplier {} {} day {} keyed {}",
                invoices.id(at),
                invoices.number(at),
                invoices.supplier[at],
                invoices.amount[at] / 100,
                invoices.invoiced[at],
                invoices.entered[at]
            )
        };
        format!("{}\n{}", row(self.pair.0), row(self.pair.1))
    }

    fn numbers(&self) -> (&str, &str) {
        (self.invoices.number(self.pair.0), self.invoices.number(self.pair.1))
    }

    /// Both without zeros, the shorter first.
    fn by_length(&self) -> (String, String) {
        let (one, other) = self.numbers();
        let (one, other) = (without_zeros(one), without_zeros(other));
        if one.len() <= other.len() { (one, other) } else { (other, one) }
    }

    pub(super) fn bear_out_kind(&self, kind: Kind) -> bool {
        let (short, long) = self.by_length();
        let (one, other) = self.numbers();
        let amounts = self.amounts();
        let parties = (self.invoices.supplier[self.pair.0], self.invoices.supplier[self.pair.1]);
        match kind {
            Kind::Exact => amounts.0 == amounts.1 && look(one) == look(other),
            Kind::CardAndInvoice | Kind::OtherGroup => amounts.0 == amounts.1,
            Kind::Suffix => long.starts_with(&short) || share_number(one, other),
            Kind::Prefix => long.ends_with(&short) || share_number(one, other),
            Kind::PrefixAndSuffix => share_number(one, other),
            Kind::Rearranged => sorted(one) == sorted(other),
            Kind::WrongSupplier | Kind::SecondReference => parties.0 != parties.1,
            Kind::OtherCurrency => {
                self.invoices.currency[self.pair.0] != self.invoices.currency[self.pair.1]
            }
            _ => true,
        }
    }

    /// Returns `true` when the rows bear the sentence out; none when this test does not know the
    /// sentence.
    pub(super) fn bear_out(&self, words: &str) -> Option<bool> {
        [Self::of_number, Self::of_amount, Self::of_days, Self::of_fields]
            .into_iter()
            .find_map(|of| of(self, words))
    }

    fn of_number(&self, words: &str) -> Option<bool> {
        let (one, other) = self.numbers();
        if let Some(rest) = words.strip_prefix("the same invoice number, ") {
            let is_bill =
                |at: usize| self.invoices.amount[at] != -self.invoices.amount[self.pair.0];
            let used = self.count(|at| {
                self.same_party(at) && is_bill(at) && plain(self.invoices.number(at)) == plain(one)
            });
            let said = rest.split_once(", which ").map(|(_, said)| said);
            let is_so = |said: &str| said.starts_with(&format!("{used} invoices of this supplier"));
            return Some(one.eq_ignore_ascii_case(other) && said.is_none_or(is_so));
        }
        let is_known = ["before looking", "both numbers fit", "both numbers stand apart"];
        if is_known.iter().any(|known| words.starts_with(known)) {
            return Some(true);
        }
        if words.starts_with("neither number fits") {
            return Some(self.neighbours(one).is_empty() && self.neighbours(other).is_empty());
        }
        if let Some(rest) = words.strip_prefix("the number ") {
            return Some([one, other].into_iter().any(|number| self.strays(number, rest)));
        }
        if words.starts_with("one of the numbers, ") {
            return Some(self.is_date(one) || self.is_date(other));
        }
        if words.starts_with(&format!("the numbers {one} and {other} are not alike")) {
            return Some(plain(one) != plain(other));
        }
        let how = words.strip_prefix(&format!("{one} and {other} "))?;
        let (short, long) = self.by_length();
        let (x, y) = (plain(one), plain(other));
        let differing = || x.chars().zip(y.chars()).filter(|(x, y)| x != y).count();
        let known = [
            ("differ only by punctuation", signs(one) == signs(other)),
            ("differ only by zeros", short == long && signs(one) != signs(other)),
            ("differ only by characters that look alike", look(one) == look(other)),
            (
                "differ only by what is appended",
                long != short && (long.starts_with(&short) || share_number(one, other)),
            ),
            ("have one number in common", share_number(one, other)),
            (
                "differ only by what stands before",
                long != short && (long.ends_with(&short) || share_number(one, other)),
            ),
            ("are the same parts in another order", sorted(one) == sorted(other)),
            ("differ by two characters", x.len() == y.len() && differing() == 2),
            ("differ by one character more", x.len().abs_diff(y.len()) == 1),
            ("differ by one character", x.len() == y.len() && differing() == 1),
            ("are neighbours in one series", x != y),
            ("hold two periods", x.len() == y.len() && (1..=2).contains(&differing())),
        ];
        known.into_iter().find(|(said, _)| how.starts_with(said)).map(|(_, is_so)| is_so)
    }

    /// Returns `true` when a number is said to stray, with a neighbour where it has one.
    fn strays(&self, number: &str, said: &str) -> bool {
        let Some(how) = said.strip_prefix(number) else { return false };
        let neighbours = self.neighbours(number);
        if how.starts_with(" does not fit") {
            return neighbours.is_empty();
        }
        let near = how.strip_prefix(" stands apart from most of ").and_then(|how| {
            let (_, near) = how.split_once(", though ")?;
            near.strip_suffix(", is near it")?.split_once(", ")
        });
        let is_so = |near: &str| count(near).is_none() || neighbours.contains(&near);
        near.is_some_and(|(near, _)| count(number).is_none() || is_so(near))
    }

    /// Numbers of the supplier, nothing but a count as this one, that are at most ten steps from it.
    fn neighbours(&self, number: &str) -> Vec<&str> {
        let Some(own) = count(number) else { return Vec::new() };
        let is_pair = |at: usize| at == self.pair.0 || at == self.pair.1;
        let places = (0..self.invoices.len()).filter(|at| self.same_party(*at) && !is_pair(*at));
        let is_near = |other: &&str| {
            count(other).is_some_and(|other| (1..=10).contains(&(other - own).abs()))
        };
        places.map(|at| self.invoices.number(at)).filter(is_near).collect()
    }

    fn is_date(&self, number: &str) -> bool {
        [self.pair.0, self.pair.1].into_iter().any(|at| {
            let day = self.invoices.invoiced[at];
            (day - 1..=day + 1).any(|day| {
                let (_, month, day) = civil(day);
                let digits = plain(number);
                digits.contains(&day.to_string()) && digits.contains(&month.to_string())
            })
        })
    }

    fn amounts(&self) -> (i64, i64) {
        (self.invoices.amount[self.pair.0] / 100, self.invoices.amount[self.pair.1] / 100)
    }

    fn same_party(&self, at: usize) -> bool {
        self.invoices.party[at] == self.invoices.party[self.pair.0]
    }

    fn count(&self, is: impl Fn(usize) -> bool) -> usize {
        (0..self.invoices.len()).filter(|at| is(*at)).count()
    }

    fn of_amount(&self, words: &str) -> Option<bool> {
        let (one, other) = self.amounts();
        let has = |at: usize| self.invoices.amount[at] == one * 100;
        let billed = self.count(|at| self.same_party(at) && has(at));
        if let Some(rest) = words.strip_prefix("the same amount, ") {
            let (_, said) = rest.split_once(", which ")?;
            let said = said.split([';', '(']).next()?.trim();
            let expected = match billed {
                2 => "this supplier has billed no other time".to_owned(),
                3 => "this supplier has billed once more".to_owned(),
                more => format!("this supplier has billed {} more times", more.saturating_sub(2)),
            };
            let others = match self.count(has) - 2 {
                0 => "no other invoice of the ledger has".to_owned(),
                1 => "one other invoice of the ledger has".to_owned(),
                more => format!("{more} other invoices of the ledger have"),
            };
            let is_one_party = self.same_party(self.pair.1);
            return Some(one == other && said == if is_one_party { expected } else { others });
        }
        if words.starts_with("the same invoice amount, ") {
            let stated = &self.invoices.stated;
            return Some(one != other && stated[self.pair.0] == stated[self.pair.1]);
        }
        if words.starts_with("the same figure, ") {
            let currency = &self.invoices.currency;
            return Some(one == other && currency[self.pair.0] != currency[self.pair.1]);
        }
        if words.contains(" other invoices of the supplier come to") {
            // The pair shows two of them; the sum is held against all of its parts by the test.
            return Some(one != other);
        }
        if let Some((_, sum)) = words.split_once(" is to the penny ")
            && !words.contains(", the amount of ")
        {
            let cents = |text: &str| -> i64 {
                let amount = text.split(" of ").next().unwrap_or("");
                amount.replace([',', '.'], "").parse().unwrap()
            };
            let sum = sum.split(';').next()?.split(" plus ").map(cents).sum::<i64>();
            return Some(sum == one.max(other));
        }
        if words.contains(" is to the penny ") || words.contains(", the amount of ") {
            let third = |at: usize| {
                self.same_party(at) && self.invoices.amount[at] == (one - other).abs() * 100
            };
            return Some(self.count(third) > 0);
        }
        let (_, how) = words.strip_prefix("the amounts ")?.split_once(": ")?;
        let (small, large) = (one.abs().min(other.abs()), one.abs().max(other.abs()));
        let digits = |amount: i64| {
            let mut digits = format!("{amount:012}").into_bytes();
            digits.sort_unstable();
            digits
        };
        let known = [
            ("one is the other plus ", is_with_vat(how, small, large)),
            ("two digits are swapped", digits(small) == digits(large)),
            ("the decimal point has slipped", large / small.max(1) >= 9),
            ("they are nearly the same", (large - small) * 1_000 <= large * 33),
            ("one is half", (small * 2).abs_diff(large) <= 2),
            ("one takes the other back", one == -other),
            ("they differ", one != other),
        ];
        known.into_iter().find(|(said, _)| how.starts_with(said)).map(|(_, is_so)| is_so)
    }

    fn of_days(&self, words: &str) -> Option<bool> {
        let day = |at: usize| self.invoices.invoiced[at];
        let apart = day(self.pair.0).abs_diff(day(self.pair.1));
        let (one, other) = (civil(day(self.pair.0)), civil(day(self.pair.1)));
        if words.starts_with("this amount comes about every ") {
            return Some(words.contains(&format!("these two are {apart} days apart")));
        }
        let said = words.split_once(" dates are ").and_then(|(_, rest)| rest.split_once(" day"));
        if let Some(days) = said.and_then(|(days, _)| days.replace(',', "").parse::<u32>().ok()) {
            return Some(days == apart && self.are_followed(words));
        }
        let known = [
            ("the same invoice date", apart == 0),
            ("the same payment date", apart == 0),
            ("the payment dates are the same day of two", (one.1, one.2) == (other.1, other.2)),
            ("the invoice dates differ by day and month", (one.1, one.2) == (other.2, other.1)),
            ("the invoice dates are the same day of two", (one.1, one.2) == (other.1, other.2)),
        ];
        known.into_iter().find(|(said, _)| words.starts_with(said)).map(|(_, is_so)| is_so)
    }

    /// Returns `true` where as many invoices of the supplier follow the earlier of the two as is said, if it
    /// is.
    fn are_followed(&self, words: &str) -> bool {
        let Some((_, said)) = words.split_once(" at a busy time of this supplier: ") else {
            return true;
        };
        let said = said.replace(',', "");
        let numbers: Vec<usize> = said.split(' ').filter_map(|word| word.parse().ok()).collect();
        let [others, first, last] = numbers[..] else { return false };
        let day = |at: usize| self.invoices.invoiced[at];
        let earlier = day(self.pair.0).min(day(self.pair.1));
        let follows = |at: usize| {
            let after = usize::try_from(day(at) - earlier);
            self.same_party(at) && after.is_ok_and(|after| (first..=last).contains(&after))
        };
        // The later of the two is one of them.
        self.count(follows) == others + 1
    }

    fn of_fields(&self, words: &str) -> Option<bool> {
        let known = [
            ("the same supplier reference", Field::SameReference, true),
            ("two references of one supplier", Field::SameReference, false),
            ("keyed by the same user", Field::SameUser, true),
            ("keyed by different users", Field::SameUser, false),
            ("paid on the same day", Field::SamePaidDay, true),
            ("paid on different days", Field::SamePaidDay, false),
            ("keyed on the same day", Field::SameEnteredDay, true),
            ("keyed on different days", Field::SameEnteredDay, false),
            ("the same purchase order", Field::SameOrder, true),
            ("different purchase orders", Field::SameOrder, false),
            ("the same part of the organisation", Field::SameGroup, true),
            ("different parts of the organisation", Field::SameGroup, false),
            ("paid in the same way", Field::SameMeans, true),
            ("paid in different ways", Field::SameMeans, false),
            ("the same description", Field::SameDescription, true),
            ("different descriptions", Field::SameDescription, false),
        ];
        let (_, field, expected) = known.into_iter().find(|(said, ..)| words.starts_with(said))?;
        Some(same(self.invoices, field, self.pair.0, self.pair.1) == Some(expected))
    }
}
