//! What findings of duplicate invoices say, held against their rows.

use std::collections::BTreeMap;

use domain::text::each_once;

use super::facts::{Facts, amount, day, days_between};
use super::invoice_numbers::{number, signs};
use super::template::{cents, count, holes};

pub(super) type Fields = BTreeMap<String, String>;

pub(super) fn text<'f>(row: &'f Fields, column: &str) -> &'f str {
    row.get(column).map_or("", String::as_str)
}

impl Facts<'_> {
    /// The two rows that the reasons compare: those of which all sentences hold.
    pub(super) fn pair(&self) -> Option<(usize, usize)> {
        let invoices = self.invoices();
        let pairs = (0..invoices.len())
            .flat_map(|one| (one + 1..invoices.len()).map(move |other| (one, other)));
        let holds = |pair: &(usize, usize)| {
            let mut evidence = self.finding.evidence.iter();
            evidence
                .all(|one| one.field == "prior" || self.of_pair(&one.words, *pair) != Some(false))
        };
        // Of a sum two rows may hold the same amounts, and only one pair of them the numbers.
        let told = |pair: &(usize, usize)| {
            let evidence = self.finding.evidence.iter();
            evidence.filter(|one| self.of_pair(&one.words, *pair) == Some(true)).count()
        };
        let mut pairs: Vec<(usize, usize)> = pairs.take(2_000).collect();
        pairs.sort_by_cached_key(|pair| (!holds(pair), std::cmp::Reverse(told(pair))));
        pairs.first().copied()
    }

    pub(super) fn invoices_title(&self) -> Option<bool> {
        let title = self.finding.title.as_str();
        let invoices = self.invoices();
        let numbers: Vec<&str> = invoices.iter().map(|row| text(row, "invoice_number")).collect();
        let amounts: Vec<i64> = invoices.iter().map(|row| self.money(row).abs()).collect();
        let (least, most) = (*amounts.iter().min()?, *amounts.iter().max()?);
        let one = |written: &str| {
            invoices
                .iter()
                .any(|row| written.starts_with(&format!("{} of ", text(row, "invoice_number"))))
        };
        if let Some(of) =
            holes("Invoice {} and invoice {} look like one keyed under two suppliers: {}", title)
        {
            return Some(one(of[0]) && one(of[1]) && amounts.contains(&cents(of[2])?.abs()));
        }
        if let Some(of) = holes(
            "Invoice {} for {} looks like the credit note of that number, keyed as an invoice",
            title,
        ) {
            return Some(
                one(of[0]) && cents(of[1])? == most && numbers.len() == 2 && self.are_opposite(),
            );
        }
        if let Some(of) =
            holes("Invoice {} of {} for {} looks like {} billed together once more", title)
        {
            return Some(self.is_sum(of[0], of[2], of[3]) && self.names(of[1]));
        }
        if let Some(of) = holes("{} of {} look like invoice {} for {} once more in pieces", title) {
            return Some(self.is_sum(of[2], of[3], of[0]) && self.names(of[1]));
        }
        if let Some(of) = holes(
            "{} invoices of {} for {} look like a batch that was keyed again on {}: {}",
            title,
        ) {
            return Some(
                self.names(of[1])
                    && self.are_mostly_entered_on(of[3])
                    && count(of[0])? * 2 >= i64::try_from(invoices.len()).ok()?,
            );
        }
        if title.contains("file") && self.finding.kind == "file_sent_again" {
            return Some(true);
        }
        let of = holes("{} invoices of {} for {} look like one, {}: {}", title)?;
        let parts: Vec<&str> = of[2].split(" to ").collect();
        let are_amounts = match parts[..] {
            [one] => cents(one)? == least && least == most,
            [one, other] => cents(one)? == least && cents(other)? == most,
            _ => false,
        };
        // Numbers hold colons and commas themselves.
        let named = each_once(numbers.iter().copied()).join(", ");
        let ends = title.ends_with(&format!(": {named}"));
        let are_named = invoices.iter().all(|row| of[1].contains(text(row, "supplier_ref")));
        let is_kind = match of[3] {
            "keyed again as it is" => numbers.windows(2).any(|two| signs(two[0]) == signs(two[1])),
            "billed again on one day" => self.share_a_date(),
            _ => true,
        };
        Some(
            count(of[0])? == i64::try_from(invoices.len()).ok()?
                && is_kind
                && are_amounts
                && ends
                && are_named,
        )
    }

    fn are_mostly_entered_on(&self, day: &str) -> bool {
        let invoices = self.invoices();
        let entered = invoices.iter().filter(|row| text(row, "entered_date") == day).count();
        entered * 2 >= invoices.len()
    }

    fn share_a_date(&self) -> bool {
        let invoices = self.invoices();
        let dates: Vec<&str> = invoices.iter().map(|row| text(row, "invoice_date")).collect();
        (1..dates.len()).any(|at| dates[..at].contains(&dates[at]))
    }

    fn are_opposite(&self) -> bool {
        let sum: i64 = self.invoices().iter().map(|row| self.money(row)).sum();
        sum == 0
    }

    /// Returns `true` when the invoice of this number is as much as the others together.
    fn is_sum(&self, number: &str, money: &str, named: &str) -> bool {
        let invoices = self.invoices();
        let whole = cents(money);
        let is_whole = |row: &&&Fields| {
            text(row, "invoice_number") == number && Some(self.money(row)) == whole
        };
        let Some(found) = invoices.iter().find(is_whole) else { return false };
        let others: Vec<&&Fields> =
            invoices.iter().filter(|row| !std::ptr::eq(**row, *found)).collect();
        let is_part = |row: &&&&Fields| {
            let of = text(row, "invoice_number");
            named.ends_with(" other invoices")
                || named.split(" and ").any(|part| part == of)
                || named.contains(of)
        };
        let parts: Vec<i64> = others.iter().filter(is_part).map(|row| self.money(row)).collect();
        let sum: i64 = parts.iter().sum();
        // Others of the group may repeat a part.
        sum == self.money(found) || sum > self.money(found) && others.len() > 2
    }

    /// What is said of two rows; none where it is no sentence about two invoices.
    pub(super) fn of_pair(&self, words: &str, (one, other): (usize, usize)) -> Option<bool> {
        let invoices = self.invoices();
        let (one, other) = (invoices[one], invoices[other]);
        number(words, one, other)
            .or_else(|| self.amounts(words, one, other))
            .or_else(|| days(words, one, other))
            .or_else(|| fields(words, one, other))
    }

    fn amounts(&self, words: &str, one: &Fields, other: &Fields) -> Option<bool> {
        let (x, y) = (self.money(one), self.money(other));
        if let Some(of) = holes("the same amount, {}, which {}", words) {
            return Some(x == y && cents(of[0])? == x);
        }
        if let Some(of) = holes("the same figure, {}, in two currencies", words) {
            let stated = amount(one, "invoice_amount");
            let currencies = [one, other].map(|row| text(row, "invoice_amount_currency"));
            return Some(stated == cents(of[0]) && currencies[0] != currencies[1]);
        }
        let at_rates = "the same invoice amount, {}, at two rates: {} and {} in the books";
        if let Some(of) = holes(at_rates, words) {
            let stated = [one, other].map(|row| amount(row, "invoice_amount"));
            return Some(stated[0] == cents(of[0]) && stated[0] == stated[1] && x != y);
        }
        if words.contains(" is to the penny ") {
            let said = words.split(", the amount of ").next()?;
            let whole = cents(said.split(" of ").next()?)?;
            return Some(x.max(y) == whole);
        }
        let of = holes("the amounts {} and {}: {}", words)?;
        let said = [cents(of[0])?, cents(of[1])?];
        Some(said == [x, y] || said == [y, x])
    }

    pub(super) fn invoices_evidence(
        &self,
        words: &str,
        pair: Option<(usize, usize)>,
    ) -> Option<bool> {
        let of_pair = pair.and_then(|pair| self.of_pair(words, pair));
        if let Some(is_so) = of_pair.or_else(|| self.of_lines(words)) {
            return Some(is_so);
        }
        let references: Vec<&str> =
            self.invoices().iter().map(|row| text(row, "supplier_ref")).collect();
        let are_of_rows = |said: &str, sign: &str| {
            said.split(sign).flat_map(|part| part.split(", ")).all(|one| references.contains(&one))
        };
        if let Some(of) =
            holes("{} are taken for one supplier, as they bear one name but for {}", words)
        {
            return Some(are_of_rows(of[0], " and ") && self.bear_one_name(of[0]));
        }
        if let Some(of) = holes(
            "{} are different suppliers: an invoice of one looks like one of the other as well",
            words,
        ) {
            return Some(are_of_rows(of[0], " and "));
        }
        if let Some(of) = holes(
            "the number does not fit into the numbering of {}: it is probably an invoice of {}",
            words,
        ) {
            let names =
                |name: &str| self.invoices().iter().any(|row| text(row, "supplier_name") == name);
            return Some(names(of[0]) && names(of[1]) && of[0] != of[1]);
        }
        if let Some(of) = holes(
            "{} invoices keyed on {} bear the amounts of as many invoices of this supplier: {}",
            words,
        ) {
            let keyed =
                self.invoices().iter().filter(|row| text(row, "entered_date") == of[1]).count();
            return Some(i64::try_from(keyed).ok()? >= count(of[0])?.min(100));
        }
        if words.starts_with("supplier, number, dates and amounts of ") {
            return Some(true);
        }
        if let Some(of) = holes(
            "{} is a collective account: {} different names were billed under it, and each counts as a \
             supplier of its own",
            words,
        ) {
            // Spellings of one name count once.
            let mut names: Vec<&str> =
                self.ledger.of_supplier(of[0]).map(|row| row["supplier_name"].as_str()).collect();
            names.sort_unstable();
            names.dedup();
            let most = i64::try_from(names.len()).ok()?;
            return Some(references.contains(&of[0]) && (2..=most).contains(&count(of[1])?));
        }
        if let Some(of) = holes(
            "{} bears numbers that begin like it, such as {}, and the other supplier none so like",
            words,
        ) {
            let mut rows = self.ledger.transactions.iter();
            return Some(rows.any(|row| {
                text(row, "supplier_name") == of[0] && text(row, "invoice_number") == of[1]
            }));
        }
        let known = [
            "their numbers leave open which of the two it really is",
            "others of this supplier were keyed again on the same day",
        ];
        known.iter().any(|known| words.starts_with(known)).then_some(true)
    }

    /// Two invoices are the amounts of their lines together.
    fn of_lines(&self, words: &str) -> Option<bool> {
        let of = holes("{} are made of the same {} amounts: {}", words)?;
        let amounts: Option<Vec<i64>> = of[2].split(" + ").map(cents).collect();
        // Of many only the first are named.
        let Some(amounts) = amounts else { return Some(of[2].ends_with(" more")) };
        let sum: i64 = amounts.iter().sum();
        let made = self.invoices().iter().filter(|row| self.money(row) == sum).count();
        Some(count(of[1])? == i64::try_from(amounts.len()).ok()? && made > 1)
    }

    /// One name but for capitals, signs and legal form: the first word is the same at least.
    fn bear_one_name(&self, references: &str) -> bool {
        let names = self.invoices();
        let mut first: Vec<String> = names
            .iter()
            .filter(|row| references.contains(text(row, "supplier_ref")))
            .map(|row| signs(text(row, "supplier_name").split_whitespace().next().unwrap_or("")))
            .collect();
        first.dedup();
        first.len() == 1 || first.iter().any(|name| name == "THE")
    }

    pub(super) fn invoices_suppression(&self, words: &str) -> Option<bool> {
        if let Some(of) = holes("{} ({}) was taken back by {} ({})", words) {
            let row = |id: &str| self.ledger.transactions.iter().find(|row| row["unique_id"] == id);
            let (billed, credit) = (row(of[1])?, row(of[3])?);
            let (x, y) = (amount(billed, "base_amount"), amount(credit, "base_amount"));
            let is_opposite = x.zip(y).is_none_or(|(x, y)| x + y == 0)
                // Lines of one invoice add up to it.
                || self.finding.rows.iter().any(|row| row.fields.contains_key("lines"));
            return Some(
                billed["invoice_number"] == of[0]
                    && credit["invoice_number"] == of[2]
                    && is_opposite,
            );
        }
        if let Some(of) =
            holes("the supplier bills this amount about every {} days{}, {} times so far", words)
        {
            return Some(count(of[0]).is_some() && count(of[2])? >= 3);
        }
        // Beside what the reasons say, where the amount is among them.
        let billed = |often: &str| {
            let mut reasons = self.finding.evidence.iter().map(|one| one.words.as_str());
            let said = format!("which this supplier has billed {often}");
            reasons.all(|words| {
                !words.contains("which this supplier has billed") || words.contains(&said)
            })
        };
        if let Some(often) =
            words.strip_prefix("this supplier's amounts often come again; this one ")
        {
            return Some(billed(often));
        }
        let of_others =
            " of this supplier's other invoices are over an amount that it billed more than once";
        if words.ends_with(of_others) {
            return Some(billed("no other time"));
        }
        let known = [
            "amounts of two invoices of this supplier are often so alike",
            "numbers of this supplier are often so alike",
            "two invoices of this supplier are often as far apart as these",
            "invoices of this supplier come to the sum of others again and again",
            "several things that would be telling elsewhere are usual for this supplier",
        ];
        let is_known = known.iter().any(|known| words.starts_with(known));
        (is_known || words.contains(" invoices of this supplier bear this number")).then_some(true)
    }
}

fn days(words: &str, one: &Fields, other: &Fields) -> Option<bool> {
    let (x, y) = (day(one, "invoice_date")?, day(other, "invoice_date")?);
    let apart = days_between(x, y).abs();
    if let Some(rest) = words.split_once(" dates are ").map(|(_, rest)| rest)
        && let Some((days, _)) = rest.split_once(" day")
        && let Some(days) = count(days)
    {
        return Some(days == apart);
    }
    if let Some(of) =
        holes("this amount comes about every {} days{}, and these two are {} days apart", words)
    {
        return Some(count(of[2])? == apart);
    }
    let known = [
        ("the same invoice date", apart == 0),
        ("the same payment date", apart == 0),
        (
            "the invoice dates differ by day and month swapped",
            x.day() == y.month() && x.month() == y.day(),
        ),
        (
            "the payment dates are the same day of two years",
            (x.month(), x.day()) == (y.month(), y.day()),
        ),
        (
            "the invoice dates are the same day of two years",
            (x.month(), x.day()) == (y.month(), y.day()),
        ),
    ];
    known.into_iter().find(|(said, _)| words.starts_with(said)).map(|(_, is_so)| is_so)
}

fn fields(words: &str, one: &Fields, other: &Fields) -> Option<bool> {
    let known = [
        ("the same supplier reference", "supplier_ref", true),
        ("two references of one supplier", "supplier_ref", false),
        ("keyed by the same user", "user_id", true),
        ("keyed by different users", "user_id", false),
        ("paid on the same day", "paid_date", true),
        ("paid on different days", "paid_date", false),
        ("keyed on the same day", "entered_date", true),
        ("keyed on different days", "entered_date", false),
        ("the same purchase order", "po_number", true),
        ("different purchase orders", "po_number", false),
        ("the same part of the organisation", "org_group_ref", true),
        ("different parts of the organisation", "org_group_ref", false),
        ("paid in the same way", "payment_type", true),
        ("paid in different ways", "payment_type", false),
        ("the same description", "description", true),
        ("different descriptions", "description", false),
    ];
    let (_, column, expected) = known.into_iter().find(|(said, ..)| words.starts_with(said))?;
    let written =
        |row: &Fields| text(row, column).split_whitespace().collect::<String>().to_lowercase();
    // A column that the finding does not show, or that lines of one invoice hold several of, is not compared.
    if !one.contains_key(column) || one.contains_key("lines") || other.contains_key("lines") {
        return Some(true);
    }
    Some((written(one) == written(other)) == expected)
}
