//! The sentences of findings about credits, terms, orders, approval and VAT, held against the ledgers.

use std::collections::BTreeMap;

use domain::FileType;
use jiff::civil::Date;

use super::checks::{near, whole};
use super::facts::{Facts, Row, amount, day, days_between};
use super::template::{cents, count, holes};

/// Means of days are said as whole days.
const DAYS_OFF_MAX: f64 = 0.51;

impl Facts<'_> {
    pub(super) fn money_title(&self, title: &str) -> Option<bool> {
        self.credits_title(title)
            .or_else(|| self.terms_title(title))
            .or_else(|| self.control_title(title))
    }

    pub(super) fn money_evidence(&self, words: &str) -> Option<bool> {
        self.credits_evidence(words)
            .or_else(|| self.terms_evidence(words))
            .or_else(|| self.control_evidence(words))
    }

    fn credits_title(&self, title: &str) -> Option<bool> {
        let credits = whole(self.invoices().len());
        let one = ["A credit of {} for {} has not been taken, {} days after it was {}"];
        if let Some(of) = one.iter().find_map(|template| holes(template, title)) {
            let is_sum = near(-cents(of[1])?, self.summed());
            return Some(credits == 1 && self.names(of[0]) && is_sum && self.is_age(count(of[2])?));
        }
        let many =
            "{} credits of {} for {} have not been taken, the oldest {} days after it was {}";
        if let Some(of) = holes(many, title) {
            let is_sum = near(-cents(of[2])?, self.summed());
            let is_all = count(of[0])? == credits && self.names(of[1]);
            return Some(is_all && is_sum && self.is_age(count(of[3])?));
        }
        let of = holes("{} owes {}: its open credits are more than its open invoices", title)?;
        let balance: i64 = self.open().iter().filter_map(|row| amount(row, "base_amount")).sum();
        Some(self.names(of[0]) && near(-cents(of[1])?, balance))
    }

    fn credits_evidence(&self, words: &str) -> Option<bool> {
        let oldest = [
            "{} was entered and due by {}; the last day of the ledger is {}",
            "{} was entered, or due, by {}; the last day of the ledger is {}",
        ];
        if let Some(of) = oldest.iter().find_map(|template| holes(template, words)) {
            return Some(self.oldest()?.to_string() == of[1]);
        }
        let oldest = [
            "the oldest was entered and due by {}, {} days before the last day of the ledger",
            "the oldest was entered, or due, by {}, {} days before the last day of the ledger",
        ];
        if let Some(of) = oldest.iter().find_map(|template| holes(template, words)) {
            return Some(self.oldest()?.to_string() == of[0] && count(of[1])? > 0);
        }
        if words == "nothing was paid to the supplier since" {
            return Some(self.paid_since()? == 0);
        }
        if let Some(of) = holes("{} was paid to the supplier since", words) {
            return Some(near(cents(of[0])?, self.paid_since()?));
        }
        if let Some(of) = holes("invoices for {} are open, against which it can be set off", words)
        {
            return Some(near(cents(of[0])?, self.billed_open()));
        }
        if let Some(of) = holes("its latest invoice was entered on {}", words) {
            let billed = self.of_ledger().into_iter();
            let billed = billed.filter(|row| amount(row, "base_amount") > Some(0));
            return Some(billed.filter_map(entered).max()?.to_string() == of[0]);
        }
        let open =
            ["a credit for {} is open, against {}", "{} credits for {} are open, against {}"];
        if let Some(of) = open.iter().find_map(|template| holes(template, words)) {
            let against = match holes("open invoices for {}", of[of.len() - 1]) {
                Some(billed) => cents(billed[0])?,
                None => 0,
            };
            let is_sum = near(-cents(of[of.len() - 2])?, self.summed());
            return Some(is_sum && near(against, self.billed_open()));
        }
        let of = holes("of the {} credits as old in this ledger {}% are marked as taken", words)?;
        Some(count(of[0])? > 0 && (0..=100).contains(&count(of[1])?))
    }

    fn terms_title(&self, title: &str) -> Option<bool> {
        let invoices = whole(self.invoices().len());
        let discounts = [
            "Discounts of {} on an invoice of {} were {}",
            "Discounts of {} on {} invoices of {} were {}",
        ];
        if let Some(of) = discounts.iter().rev().find_map(|template| holes(template, title)) {
            let said = if of.len() == 4 { count(of[1])? } else { 1 };
            return Some(said == invoices && self.names(of[of.len() - 2]));
        }
        let apart = [
            "{} invoices of {} were paid {} days before they were due, which cost {}",
            "{} invoices of {} were paid {} days after they were due: interest of {} may be asked for",
        ];
        if let Some(of) = apart.iter().find_map(|template| holes(template, title)) {
            let is_mean = self.is_mean_apart(count(of[2])?);
            return Some(count(of[0])? == invoices && self.names(of[1]) && is_mean);
        }
        let before = holes("{} invoices of {} for {} are dated before their orders", title)?;
        let are_before = self.invoices().iter().all(|row| {
            day(row, "order_date").zip(day(row, "invoice_date")).is_some_and(|(of, on)| on < of)
        });
        let is_sum = near(cents(before[2])?, self.summed());
        Some(count(before[0])? == invoices && self.names(before[1]) && is_sum && are_before)
    }

    fn terms_evidence(&self, words: &str) -> Option<bool> {
        let invoices = whole(self.invoices().len());
        let apart = [
            ("{} of its {} paid invoices were paid at least {} days early", 0),
            ("{} of its {} paid invoices were paid more than {} days late", 1),
        ];
        for (template, more) in apart {
            let Some(of) = holes(template, words) else { continue };
            let settled = self.of_ledger().into_iter().filter(|row| {
                amount(row, "base_amount") > Some(0)
                    && day(row, "due_date").is_some()
                    && day(row, "paid_date").is_some()
            });
            let least = count(of[2])? + more;
            let are_so = self.apart().iter().all(|(_, days)| *days >= least);
            return Some(
                count(of[0])? == invoices && count(of[1])? == whole(settled.count()) && are_so,
            );
        }
        let means = [
            "{} went out {} days early in the mean, by amount: at {}% a year {}",
            "{} went out {} days late in the mean, by amount: at {}% a year {}",
        ];
        if let Some(of) = means.iter().find_map(|template| holes(template, words)) {
            let is_mean = self.is_mean_apart(count(of[1])?);
            return Some(near(cents(of[0])?, self.summed()) && is_mean);
        }
        let counted = [
            "{} of its {} paid invoices came in time and were paid too late for it",
            "{} of its {} paid invoices were paid too late for it and less the discount",
            "{} of its {} invoices with an order are dated more than {} days before it",
        ];
        if let Some(of) = counted.iter().find_map(|template| holes(template, words)) {
            return Some(count(of[0])? == invoices && count(of[1])? >= invoices);
        }
        if let Some(of) = holes(
            "the order that came last was written {} days after the date of its invoice",
            words,
        ) {
            let apart = self.invoices().into_iter().filter_map(|row| {
                Some(days_between(day(row, "invoice_date")?, day(row, "order_date")?))
            });
            return Some(apart.max()? == count(of[0])?);
        }
        if let Some(of) = holes("{}% of {} is {}", words) {
            return Some(near(cents(of[1])?, self.summed()) && cents(of[2])? < cents(of[1])?);
        }
        let is_known = words == "no discount stands in its terms"
            || holes("its terms are {}: {}% within {} days", words).is_some()
            || holes("the supplier may ask for {}", words).is_some()
            || holes("of all paid invoices of the ledger with a due date {}% were so late", words)
                .is_some()
            || holes(
                "of all invoices of the ledger with an order {}% are dated so long before it",
                words,
            )
            .is_some();
        is_known.then_some(true)
    }

    fn control_title(&self, title: &str) -> Option<bool> {
        let invoices = whole(self.invoices().len());
        if let Some(of) =
            holes("All {} invoices of {} were keyed by {}, who created it on {}", title)
        {
            let ledger = self.of_ledger();
            let is_all = whole(ledger.len()) == count(of[0])? && invoices == count(of[0])?;
            return Some(is_all && self.names(of[1]) && self.are_by("user_id", of[2]));
        }
        let keyed = [
            "An invoice of {} for {} was keyed and approved by {}",
            "{} invoices of {} for {} were keyed and approved by {}",
        ];
        if let Some(of) = keyed.iter().find_map(|template| holes(template, title)) {
            let said = if of.len() == 4 { count(of[0])? } else { 1 };
            let (who, sum) = (of[of.len() - 1], of[of.len() - 2]);
            let are_by = self.are_by("user_id", who) && self.are_by("approved_by", who);
            return Some(said == invoices && near(cents(sum)?, self.summed()) && are_by);
        }
        if let Some(of) =
            holes("Invoice {} of {} for {} was approved by {}, who hardly ever approves", title)
        {
            let is_it = near(cents(of[2])?, self.summed()) && self.names(of[1]);
            return Some(invoices == 1 && is_it && self.are_by("approved_by", of[3]));
        }
        if let Some(of) = holes("Invoices on order {} of {} come to {}, {} above its value", title)
        {
            let is_order = self.invoices().iter().all(|row| row["po_number"] == of[0]);
            let without_vat = of[2].ends_with(" without VAT");
            let said = cents(of[2].trim_end_matches(" without VAT"))?;
            let stated = self.invoices().into_iter().map(|row| {
                let vat = if without_vat { amount(row, "vat_amount").unwrap_or(0) } else { 0 };
                amount(row, "invoice_amount").unwrap_or(0) - vat
            });
            return Some(is_order && self.names(of[1]) && near(said, stated.sum()));
        }
        if let Some(of) = holes("{} charged VAT of {} and has no VAT number", title) {
            let numbers = self.rows(FileType::Suppliers);
            let has_digit = |text: &String| text.contains(|c: char| c.is_ascii_digit());
            let has_none =
                numbers.iter().all(|row| !row.fields.get("vat_number").is_some_and(has_digit));
            return Some(self.names(of[0]) && cents(of[1]).is_some() && has_none);
        }
        let vat = [
            "Invoice {} of {} holds VAT of {}% of its net amount",
            "Invoice {} of {} states VAT at {}",
        ];
        let of = vat.iter().find_map(|template| holes(template, title))?;
        Some(invoices == 1 && self.names(of[1]))
    }

    fn control_evidence(&self, words: &str) -> Option<bool> {
        let invoices = whole(self.invoices().len());
        if let Some(of) =
            holes("{} keyed {}% of all invoices of the ledger, and all of these", words)
        {
            return Some(self.are_by("user_id", of[0]));
        }
        if let Some(of) = holes(
            "{} approved {} of the {} approved invoices of the ledger, {} of the {} of this supplier",
            words,
        ) {
            let is_by = |row: &Row| row["approved_by"].trim().to_uppercase() == of[0];
            let here = self.of_ledger().into_iter().filter(|row| is_by(row)).count();
            let all = self.ledger.transactions.iter().filter(|row| is_by(row)).count();
            return Some(count(of[3])? <= whole(here) && count(of[1])? <= whole(all));
        }
        let keyed = ["{} keyed and approved it", "{} keyed and approved them"];
        if let Some(of) = keyed.iter().find_map(|template| holes(template, words)) {
            return Some(self.are_by("user_id", of[0]) && self.are_by("approved_by", of[0]));
        }
        if words == "nobody else approved any of them" {
            let approved = self.of_ledger().into_iter().map(|row| row["approved_by"].trim());
            let users: Vec<String> =
                approved.filter(|who| !who.is_empty()).map(str::to_uppercase).collect();
            return Some(users.iter().all(|who| *who == users[0]));
        }
        if let Some(of) = holes("the order's value is {}", words) {
            let value = cents(of[0])?;
            return Some(
                self.invoices()
                    .iter()
                    .all(|row| amount(row, "order_value").is_none_or(|of| of == value)),
            );
        }
        if let Some(of) = holes("the {} invoices on it are together {}% above it", words) {
            return Some(count(of[0])? == invoices && count(of[1])? > 0);
        }
        if let Some(of) = holes("{} invoices hold VAT", words) {
            return Some(count(of[0])? == invoices);
        }
        let known = [
            "who approved them is not in the ledger",
            "compared without VAT, which the ledger has for all of them",
            "the VAT in them is not in the ledger: they are compared with it",
            "one invoice holds VAT",
            "the VAT itself is not in the ledger",
            "the VAT itself is not above the highest rate",
            "no rate is stated",
        ];
        let is_known = known.contains(&words)
            || holes("of {} other new supplier{} with as many invoices it is {}%", words).is_some()
            || words == "no other new supplier has as many invoices"
            || holes(
                "of the {} approved invoices of the ledger {}% were approved by who keyed them",
                words,
            )
            .is_some()
            || holes("at least half of its approved invoices are {} or less", words).is_some()
            || holes("the one invoice on it is {}% above it", words).is_some()
            || holes("{}% of the {} suppliers of {} that charge VAT have a number", words)
                .is_some()
            || holes("the highest rate there has been is {}%: {} less", words).is_some()
            || holes("the rate stated{}", words).is_some();
        is_known.then_some(true)
    }

    /// The base amounts of its invoices.
    fn summed(&self) -> i64 {
        self.invoices().iter().map(|row| self.money(row)).sum()
    }

    /// Returns `true` when somebody did it of all its invoices.
    fn are_by(&self, column: &str, who: &str) -> bool {
        let is_by = |row: &&Row| row.get(column).is_none_or(|by| by.trim().to_uppercase() == who);
        self.invoices().iter().all(is_by)
    }

    /// Days between due and paid of its invoices, with their amounts.
    fn apart(&self) -> Vec<(i64, i64)> {
        let apart = |row: &Row| {
            let days = days_between(day(row, "due_date")?, day(row, "paid_date")?);
            Some((self.money(row), days.abs()))
        };
        self.invoices().into_iter().filter_map(apart).collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "a mean of days")]
    fn is_mean_apart(&self, said: i64) -> bool {
        let apart = self.apart();
        let sum: f64 = apart.iter().map(|(cents, days)| *cents as f64 * *days as f64).sum();
        let all: f64 = apart.iter().map(|(cents, _)| *cents as f64).sum();
        (sum / all - said as f64).abs() <= DAYS_OFF_MAX
    }

    /// The day by which the oldest of its credits was entered and due.
    fn oldest(&self) -> Option<Date> {
        self.invoices().into_iter().filter_map(|row| entered(row).max(day(row, "due_date"))).min()
    }

    /// Returns `true` when the oldest is so many days before the last day of the ledger, which is
    /// said beside it.
    fn is_age(&self, days: i64) -> bool {
        let said = self.finding.evidence.iter().find_map(|one| {
            holes("{}; the last day of the ledger is {}", &one.words)?[1].parse::<Date>().ok()
        });
        said.zip(self.oldest()).is_some_and(|(last, oldest)| days_between(oldest, last) == days)
    }

    /// The sum paid to the supplier after its oldest credit.
    fn paid_since(&self) -> Option<i64> {
        let oldest = self.oldest()?;
        let since = self.of_ledger().into_iter().filter(|row| {
            let paid = day(row, "paid_date").or_else(|| day(row, "payment_cleared_date"));
            paid.is_some_and(|paid| paid > oldest)
        });
        Some(since.filter_map(|row| amount(row, "base_amount")).filter(|cents| *cents > 0).sum())
    }

    fn billed_open(&self) -> i64 {
        let open = self.open().into_iter().filter_map(|row| amount(row, "base_amount"));
        open.filter(|cents| *cents > 0).sum()
    }

    /// The supplier's rows that nobody has paid or taken.
    fn open(&self) -> Vec<&Row> {
        let is_paid =
            |row: &Row| !row["paid_date"].is_empty() || !row["payment_cleared_date"].is_empty();
        let mut statuses: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for row in &self.ledger.transactions {
            let (paid, all) = statuses.entry(&row["status"]).or_default();
            *paid += usize::from(is_paid(row));
            *all += 1;
        }
        let is_settled = |row: &Row| {
            let (paid, all) = statuses[row["status"].as_str()];
            !row["status"].is_empty() && 2 * paid > all
        };
        self.of_ledger().into_iter().filter(|row| !is_paid(row) && !is_settled(row)).collect()
    }
}

fn entered(row: &Row) -> Option<Date> {
    day(row, "entered_date").or_else(|| day(row, "invoice_date"))
}
