//! Discounts for early payment, as payment terms write them: `2/10 net 30`, `2% 10 days`, `10 Tage 2%
//! Skonto`.
//!
//! Not for: due dates, which ledgers hold. Invariant: terms that could be read in two ways, or give several
//! discounts, are not read.

/// No supplier gives more for paying early; a larger share is something else, such as a VAT rate.
const PERCENT_MAX: f64 = 10.0;
/// Longer than that is no early payment.
const DAYS_MAX: f64 = 60.0;
/// Words for the whole amount: the number beside them is of the terms without a discount.
const NET: &[&str] = &["n", "net", "netto", "nett", "neto", "netti", "rein"];

/// A discount, and for how long it is given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Discount {
    /// From 0 to 1.
    pub(super) share: f64,
    pub(super) days: f64,
}

/// A part of a text of terms.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Token {
    Number(f64),
    Percent,
    Slash,
    Net,
}

/// The one discount of some terms.
pub(super) fn discount(terms: &str) -> Option<Discount> {
    let tokens = tokens(terms);
    let (percent, days) = percent_and_days(&tokens)?;
    let is_one = percent > 0.0 && percent <= PERCENT_MAX && (1.0..=DAYS_MAX).contains(&days);
    (is_one && days.fract() == 0.0).then_some(Discount { share: percent / 100.0, days })
}

fn percent_and_days(tokens: &[Token]) -> Option<(f64, f64)> {
    let percents = tokens.iter().filter(|token| **token == Token::Percent).count();
    if percents == 0 {
        return slashed(tokens);
    }
    let at = tokens.iter().position(|token| *token == Token::Percent)?;
    let Some(Token::Number(percent)) =
        at.checked_sub(1).and_then(|before| tokens.get(before)).copied()
    else {
        return None;
    };
    if percents > 1 {
        return None;
    }
    let rest: Vec<Token> = [&tokens[..at - 1], &tokens[at + 1..]].concat();
    let mut days = without_net(&rest);
    // `2% 10` and `10 days 2%`: one number beside the percentage.
    (days.len() == 1).then(|| (percent, days.remove(0)))
}

/// `2/10 n/30`: nothing but these four says percent and days.
fn slashed(tokens: &[Token]) -> Option<(f64, f64)> {
    match *tokens {
        [
            Token::Number(percent),
            Token::Slash,
            Token::Number(days),
            Token::Net,
            Token::Number(net),
        ]
        | [
            Token::Number(percent),
            Token::Slash,
            Token::Number(days),
            Token::Net,
            Token::Slash,
            Token::Number(net),
        ]
        | [
            Token::Number(percent),
            Token::Slash,
            Token::Number(days),
            Token::Number(net),
            Token::Net,
        ] if net > days => Some((percent, days)),
        _ => None,
    }
}

/// The numbers, but for the one beside a word for the whole amount.
fn without_net(tokens: &[Token]) -> Vec<f64> {
    let mut left: Vec<Token> =
        tokens.iter().copied().filter(|token| *token != Token::Slash).collect();
    if let Some(at) = left.iter().position(|token| *token == Token::Net) {
        let is_number = |at: usize| matches!(left.get(at), Some(Token::Number(_)));
        if is_number(at + 1) {
            left.drain(at..=at + 1);
        } else if at > 0 && is_number(at - 1) {
            left.drain(at - 1..=at);
        }
    }
    let numbers = left.iter().filter_map(|token| match token {
        Token::Number(number) => Some(*number),
        _ => None,
    });
    numbers.collect()
}

fn tokens(terms: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = terms.trim();
    while let Some(first) = rest.chars().next() {
        let is_part: fn(char) -> bool = if first.is_ascii_digit() {
            |c: char| c.is_ascii_digit() || c == '.' || c == ','
        } else if first.is_alphabetic() {
            char::is_alphabetic
        } else {
            match first {
                '%' => tokens.push(Token::Percent),
                '/' => tokens.push(Token::Slash),
                _ => {}
            }
            rest = &rest[first.len_utf8()..];
            continue;
        };
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let part = &rest[..end];
        if first.is_ascii_digit() {
            // `10,` ends a phrase; `2,5` is two and a half.
            let number = part.trim_end_matches(['.', ',']).replace(',', ".");
            tokens.extend(number.parse().ok().map(Token::Number));
        } else {
            match part.to_lowercase().as_str() {
                "pct" | "percent" | "prozent" | "procent" => tokens.push(Token::Percent),
                word if NET.contains(&word) => tokens.push(Token::Net),
                _ => {}
            }
        }
        rest = &rest[end..];
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_read_as_they_are_written() {
        for (terms, percent, days) in [
            ("2/10 net 30", 2.0, 10.0),
            ("2/10, n/30", 2.0, 10.0),
            ("2/10 N30", 2.0, 10.0),
            ("2% 10 net 30", 2.0, 10.0),
            ("2% 10, net 30 days", 2.0, 10.0),
            ("2 % 10 days", 2.0, 10.0),
            ("1.5% within 14 days, 45 days net", 1.5, 14.0),
            ("10 Tage 2% Skonto, 30 Tage netto", 2.0, 10.0),
            ("2,5 % 14 Tage / netto 30", 2.5, 14.0),
            ("3 percent 8 days", 3.0, 8.0),
        ] {
            let read = discount(terms).map(|of| (of.share * 100.0, of.days));
            assert!(
                read.is_some_and(
                    |(read, of)| (read - percent).abs() < 1e-9 && (of - days).abs() < 1e-9
                ),
                "{terms}: {read:?}"
            );
        }
    }

    #[test]
    fn terms_without_one_discount_give_none() {
        for terms in [
            "",
            "30",
            "net 30",
            "30 days",
            "30 days end of month",
            "10/30",
            "2/10",
            "20% 30 days",
            "3% 8 days, 2% 14 days, net 30",
            "2% 0 days",
            "50% on order, 50% on delivery",
            "2% 10 20 30",
            "% 10",
            "2%",
            "2% 10.5 days",
            "2/30 net 10",
        ] {
            assert_eq!(discount(terms), None, "{terms}");
        }
    }
}
