//! What findings about orders, credits, terms, VAT and approvals say, held against the ledgers.

use domain::FileType;

use super::checks::{near, whole};
use super::facts::{Facts, Row, amount, day, days_between};
use super::template::{cents, count, holes};

/// Days and amounts of a supplier weighed by each other: rounded once for each.
const DAYS_OFF_MAX: i64 = 1;

/// Users are compared in capitals.
fn user(row: &Row, column: &str) -> Option<String> {
    row.get(column).map(|user| user.trim().to_uppercase()).filter(|user| !user.is_empty())
}

/// `an invoice` or `a credit`, else so many of them.
fn several(text: &str) -> Option<i64> {
    match text.split_once(' ') {
        Some(("a" | "A" | "an" | "An", _)) => Some(1),
        Some((count_of, _)) => count(count_of),
        None => None,
    }
}

fn is_percentage(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(|share| (0.0..=100.0).contains(&share))
}

impl Facts<'_> {
    /// The rows of the ledger that it speaks of: its own fields are those that matter to it.
    fn told_of(&self) -> Vec<&Row> {
        let own = self.rows(FileType::Transactions);
        let is_own = |row: &&Row| own.iter().any(|one| one.id == row["unique_id"]);
        self.of_ledger().into_iter().filter(is_own).collect()
    }

    fn sum_of(&self, column: &str) -> i64 {
        self.told_of().iter().filter_map(|row| amount(row, column)).sum()
    }

    /// The days between two columns, in the mean by amount.
    fn mean_days(&self, (from, to): (&str, &str)) -> Option<i64> {
        let weighed = |row: &&Row| {
            let size = amount(row, "base_amount")?;
            Some((size, size * days_between(day(row, from)?, day(row, to)?)))
        };
        let of: Option<Vec<(i64, i64)>> = self.told_of().iter().map(weighed).collect();
        let of = of?;
        let size: i64 = of.iter().map(|(size, _)| size).sum();
        let days: i64 = of.iter().map(|(_, days)| days).sum();
        (size > 0).then(|| (days + size / 2).div_euclid(size))
    }

    fn are_all(&self, column: &str, who: &str) -> bool {
        self.told_of().iter().all(|row| user(row, column).as_deref() == Some(who))
    }

    #[expect(clippy::too_many_lines, reason = "a table of sentences")]
    pub(super) fn terms_title(&self, title: &str) -> Option<bool> {
        let told = whole(self.told_of().len());
        if let Some(of) = holes("Invoices on order {} of {} come to {}, {} above its value", title)
        {
            let is_order = self.told_of().iter().all(|row| row["po_number"] == of[0]);
            let (billed, has_vat) = match of[2].strip_suffix(" without VAT") {
                Some(net) => (cents(net)?, true),
                None => (cents(of[2])?, false),
            };
            let sum = self.sum_of("invoice_amount");
            let is_sum = if has_vat { billed <= sum } else { near(billed, sum) };
            return Some(self.names(of[1]) && is_order && is_sum && cents(of[3])? < billed);
        }
        if let Some(of) = holes("{} invoices of {} over {} are dated before their orders", title) {
            let are_before =
                self.told_of().iter().all(|row| row["invoice_date"] < row["order_date"]);
            let is_sum = near(cents(of[2])?, self.sum_of("base_amount"));
            return Some(count(of[0])? == told && self.names(of[1]) && is_sum && are_before);
        }
        if let Some(of) =
            holes("All {} invoices of {} were keyed by {}, who created it on {}", title)
        {
            let is_all = told == whole(self.of_ledger().len()) && count(of[0])? == told;
            let created = self.ledger.suppliers.iter().any(|row| row["created_date"] == of[3]);
            return Some(is_all && self.names(of[1]) && self.are_all("user_id", of[2]) && created);
        }
        let credits = holes("{} of {} over {} has not been taken, {} days after it was due", title)
            .or_else(|| {
                holes(
                    "{} of {} over {} have not been taken, the oldest {} days after it was due",
                    title,
                )
            });
        if let Some(of) = credits {
            let is_sum = near(cents(of[2])?, -self.sum_of("base_amount"));
            return Some(
                several(of[0])? == told && self.names(of[1]) && is_sum && count(of[3])? > 0,
            );
        }
        let early =
            holes("{} invoices of {} were paid {} days before they were due, which cost {}", title);
        let late = || {
            holes(
                "{} invoices of {} were paid {} days after they were due: interest of {} may be asked for",
                title,
            )
        };
        if let Some((of, days)) = early
            .map(|of| (of, ("paid_date", "due_date")))
            .or_else(|| late().map(|of| (of, ("due_date", "paid_date"))))
        {
            let mean = self.mean_days(days)?;
            let is_mean = (count(of[2])? - mean).abs() <= DAYS_OFF_MAX;
            let cost = cents(of[3])?;
            let is_cost = cost > 0 && cost < self.sum_of("base_amount");
            return Some(count(of[0])? == told && self.names(of[1]) && is_mean && is_cost);
        }
        let lost = holes("Discounts of {} on {} of {} were let go by", title);
        if let Some(of) =
            lost.or_else(|| holes("Discounts of {} on {} of {} were taken too late", title))
        {
            let is_part = (1..self.sum_of("base_amount")).contains(&cents(of[0])?);
            return Some(several(of[1])? == told && self.names(of[2]) && is_part);
        }
        if let Some(of) =
            holes("{} owes {}: its open credits are more than its open invoices", title)
        {
            let most = -self.sum_of("base_amount");
            return Some(self.names(of[0]) && cents(of[1])? <= most + 1);
        }
        if let Some(of) =
            holes("Invoice {} of {} over {} was approved by {}, who hardly ever approves", title)
        {
            let is_it = self.told_of().iter().all(|row| row["invoice_number"] == of[0]);
            let is_sum = near(cents(of[2])?, self.sum_of("base_amount"));
            return Some(
                told == 1
                    && is_it
                    && self.names(of[1])
                    && is_sum
                    && self.are_all("approved_by", of[3]),
            );
        }
        let keyed = holes("{} of {} over {} was keyed and approved by {}", title)
            .or_else(|| holes("{} of {} over {} were keyed and approved by {}", title));
        if let Some(of) = keyed {
            let is_sum = near(cents(of[2])?, self.sum_of("base_amount"));
            let by_one =
                ["user_id", "approved_by"].iter().all(|column| self.are_all(column, of[3]));
            return Some(several(of[0])? == told && self.names(of[1]) && is_sum && by_one);
        }
        if let Some(of) = holes("Invoice {} of {} holds VAT of {}% of its net amount", title) {
            let row = *self.told_of().first()?;
            let (vat, gross) = (amount(row, "vat_amount")?, amount(row, "invoice_amount")?);
            let said = tenths(of[2])?;
            let is_share = (1000 * vat / (gross - vat) - said).abs() <= 1;
            return Some(row["invoice_number"] == of[0] && self.names(of[1]) && is_share);
        }
        if let Some(of) = holes("Invoice {} of {} states VAT at {}", title) {
            let row = *self.told_of().first()?;
            let is_it = row["invoice_number"] == of[0] && row["vat_rate"] == of[2];
            return Some(is_it && self.names(of[1]));
        }
        let of = holes("{} charged VAT of {} and has no VAT number", title)?;
        let has_number = |row: &Row| row["vat_number"].chars().any(|c| c.is_ascii_digit());
        let supplier = self.rows(FileType::Suppliers).first().map(|row| row.id.as_str())?;
        let mut own = self.ledger.suppliers.iter().filter(|row| row["supplier_ref"] == supplier);
        Some(self.names(of[0]) && cents(of[1])? > 0 && !own.any(has_number))
    }

    #[expect(clippy::too_many_lines, reason = "a table of sentences")]
    pub(super) fn terms_evidence(&self, words: &str) -> Option<bool> {
        let told = whole(self.told_of().len());
        let title = self.finding.title.as_str();
        if let Some(of) = holes("the order's value is {}", words) {
            let said = holes("Invoices on order {} of {} come to {}, {} above its value", title)?;
            let billed = cents(said[2].trim_end_matches(" without VAT"))?;
            let ordered =
                self.told_of().iter().all(|row| amount(row, "order_value") == cents(of[0]));
            return Some(near(billed - cents(said[3])?, cents(of[0])?) && ordered);
        }
        if words.starts_with("the one invoice on it is ") {
            return Some(told == 1 && words.ends_with("% above it"));
        }
        if let Some(of) = holes("the {} invoices on it are together {}% above it", words) {
            return Some(count(of[0])? == told && count(of[1])? > 0);
        }
        if let Some(of) = holes(
            "{} of its {} invoices with an order are dated more than {} days before it",
            words,
        ) {
            let ordered = self.of_ledger().into_iter().filter(|row| {
                amount(row, "base_amount") > Some(0)
                    && [day(row, "order_date"), day(row, "invoice_date")]
                        .iter()
                        .all(Option::is_some)
            });
            return Some(count(of[0])? == told && count(of[1])? == whole(ordered.count()));
        }
        if let Some(of) = holes(
            "the order that came last was written {} days after the date of its invoice",
            words,
        ) {
            let apart =
                |row: &&Row| Some(days_between(day(row, "invoice_date")?, day(row, "order_date")?));
            return Some(count(of[0])? == self.told_of().iter().filter_map(apart).max()?);
        }
        if let Some(of) =
            holes("{} keyed {}% of all invoices of the ledger, and all of these", words)
        {
            return Some(self.are_all("user_id", of[0]) && is_percentage(of[1]));
        }
        if words == "who approved them is not in the ledger" {
            return Some(self.told_of().iter().all(|row| user(row, "approved_by").is_none()));
        }
        if words == "nobody else approved any of them" {
            let by = self.told_of().iter().map(|row| user(row, "user_id")).next()??;
            let approvers = self.told_of().into_iter().filter_map(|row| user(row, "approved_by"));
            return Some(approvers.into_iter().all(|approver| approver == by));
        }
        if let Some(of) =
            holes("{} was entered and due by {}; the last day of the ledger is {}", words)
        {
            let apart = days_between(of[1].parse().ok()?, of[2].parse().ok()?);
            let said = holes("{}, the oldest {} days after it was due", title)
                .or_else(|| holes("{} has not been taken, {} days after it was due", title))?;
            return Some(count(said[1])? == apart);
        }
        if let Some(of) = holes("{} of its {} paid invoices were paid {} days {}", words) {
            let paid = self.of_ledger().into_iter().filter(|row| {
                amount(row, "base_amount") > Some(0)
                    && [day(row, "due_date"), day(row, "paid_date")].iter().all(Option::is_some)
            });
            return Some(count(of[0])? == told && count(of[1])? == whole(paid.count()));
        }
        if let Some(of) =
            holes("{} went out {} days {} in the mean, by amount: at {}% a year {}", words)
        {
            let is_title = title.contains(&format!(" {} days ", of[1])) && title.contains(of[4]);
            return Some(near(cents(of[0])?, self.sum_of("base_amount")) && is_title);
        }
        if let Some(of) = holes("its terms are {}: {}% within {} days", words) {
            let are_its = |row: &Row| row["payment_terms"] == of[0];
            return Some(self.ledger.suppliers.iter().any(are_its) && is_percentage(of[1]));
        }
        if let Some(of) = holes("{} of its {} paid invoices {} too late for it{}", words) {
            return Some(count(of[0])? == told && count(of[0])? <= count(of[1])?);
        }
        if let Some(of) = holes("the supplier may ask for {}", words) {
            return Some(title.contains(&format!("Discounts of {} on ", of[0])));
        }
        if let Some(of) = holes("invoices over {} are open, against which it can be set off", words)
        {
            return Some(cents(of[0])? > 0);
        }
        let open = holes("{} over {} is open, against {}", words)
            .or_else(|| holes("{} over {} are open, against {}", words));
        if let Some(of) = open {
            let billed =
                holes("open invoices over {}", of[2]).map_or(Some(0), |of| cents(of[0]))?;
            let owed =
                holes("{} owes {}: its open credits are more than its open invoices", title)?;
            let credits = cents(of[1])?;
            let is_sum = near(credits, -self.sum_of("base_amount"));
            return Some(
                several(of[0])? == told && is_sum && cents(owed[1])? <= credits - billed + 1,
            );
        }
        if let Some(of) = holes("its latest invoice was entered on {}", words) {
            let billed =
                self.of_ledger().into_iter().filter(|row| amount(row, "base_amount") > Some(0));
            let latest =
                billed.filter_map(|row| day(row, "entered_date").or(day(row, "invoice_date")));
            return Some(latest.max()?.to_string() == of[0]);
        }
        if words == "the ledger has no invoice of the supplier" {
            return Some(self.billed().is_empty());
        }
        if let Some(of) = holes("{} keyed and approved {}", words) {
            return Some(self.are_all("user_id", of[0]) && (of[1] == "it") == (told == 1));
        }
        if let Some(of) = holes(
            "{} approved {} of the {} approved invoices of the ledger, and no other of the {} of this supplier",
            words,
        ) {
            let approved: Vec<String> = self
                .ledger
                .transactions
                .iter()
                .filter_map(|row| user(row, "approved_by"))
                .collect();
            let by = whole(approved.iter().filter(|by| by.as_str() == of[0]).count());
            return Some(self.are_all("approved_by", of[0]) && count(of[1])? <= by);
        }
        if words == "one invoice holds VAT" {
            return Some(told == 1 && self.sum_of("vat_amount") > 0);
        }
        if let Some(of) = holes("{} invoices hold VAT", words) {
            let hold = self.told_of().iter().all(|row| amount(row, "vat_amount") > Some(0));
            return Some(count(of[0])? == told && hold);
        }
        if words == "the VAT itself is not in the ledger" {
            return Some(self.told_of().iter().all(|row| amount(row, "vat_amount").is_none()));
        }
        if words == "no rate is stated" {
            return Some(self.told_of().iter().all(|row| row["vat_rate"].is_empty()));
        }
        if let Some(of) = holes("the rate stated is {}", words) {
            return Some(self.told_of().iter().all(|row| row["vat_rate"] == of[0]));
        }
        if let Some(of) = holes("the rate stated, {}, is none of theirs: {}", words) {
            return Some(self.told_of().iter().all(|row| row["vat_rate"] == of[0]));
        }
        self.terms_of_ledger(words)
    }

    /// What is said of the whole ledger, whose rows these sentences count by what they were set to.
    fn terms_of_ledger(&self, words: &str) -> Option<bool> {
        let known = [
            "compared without VAT, which the ledger has for all of them",
            "the VAT in them is not in the ledger: they are compared with it",
            "nothing was paid to the supplier since",
            "no discount stands in its terms",
            "the VAT itself is not above the highest rate",
        ];
        let of = [
            "of the whole ledger it is {}%",
            "of the {} new suppliers with as many invoices it is {}%",
            "of the {} credits as old in this ledger {}% are marked as taken",
            "of the {} approved invoices of the ledger {}% were approved by who keyed them",
        ];
        let share = of.iter().find_map(|template| holes(template, words));
        if let Some(of) = share {
            return Some(is_percentage(of.last()?));
        }
        if let Some(of) =
            holes("{}% of the {} suppliers of {} that charge VAT have a number", words)
        {
            return Some(is_percentage(of[0]) && count(of[1])? > 0 && of[2].len() == 2);
        }
        let money = ["{} was paid to the supplier since", "half of its invoices are below {}"];
        if let Some(of) = money.iter().find_map(|template| holes(template, words)) {
            return Some(cents(of[0])? > 0);
        }
        if let Some(of) = holes("the highest rate there has been is {}%: {} less", words) {
            return Some(is_percentage(of[0]) && cents(of[1])? > 0);
        }
        if let Some(of) = holes("{}% of {} is {}", words) {
            let discount = format!("Discounts of {} on ", of[2]);
            let is_sum = near(cents(of[1])?, self.sum_of("base_amount"));
            return Some(is_sum && self.finding.title.starts_with(&discount));
        }
        if let Some(of) = holes(
            "the oldest was entered and due by {}, {} days before the last day of the ledger",
            words,
        ) {
            return Some(of[0].parse::<jiff::civil::Date>().is_ok() && count(of[1])? > 0);
        }
        known.contains(&words).then_some(true)
    }
}

/// `19.5` as 195.
fn tenths(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    Some(10 * whole.replace(',', "").parse::<i64>().ok()? + part.parse::<i64>().ok()?)
}
