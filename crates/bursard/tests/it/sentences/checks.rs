//! What the findings of the other checks say, held against the ledgers.

use std::collections::BTreeSet;

use domain::FileType;
use jiff::civil::Date;

use super::facts::{Facts, Row, amount, day, days_between};
use super::template::{cents, count, holes};

/// Checks of which only blanks are looked for, as they run only against a file that the operator supplies:
/// their sentences are held against small ones in the cases of their folders.
const LOOKED_OVER: [&str; 2] = ["company_register", "sanctioned_supplier"];
/// Sums of thousands of amounts are rounded once for each.
const CENTS_OFF_MAX: i64 = 1;

pub(super) fn near(one: i64, other: i64) -> bool {
    (one - other).abs() <= CENTS_OFF_MAX
}

pub(super) fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap()
}

impl Facts<'_> {
    pub(super) fn title(&self) -> Option<bool> {
        let title = self.finding.title.as_str();
        match self.finding.check.as_str() {
            "duplicate_invoices" => self.invoices_title(),
            "duplicate_suppliers" | "look_alike_suppliers" | "shared_bank_account" => {
                self.suppliers_title(title)
            }
            check if LOOKED_OVER.contains(&check) => Some(true),
            // It ends as the title of another check does.
            "vat_without_number" => self.money_title(title),
            _ => self
                .payments_title(title)
                .or_else(|| self.supplier_title(title))
                .or_else(|| self.money_title(title)),
        }
    }

    pub(super) fn evidence(&self, words: &str, pair: Option<(usize, usize)>) -> Option<bool> {
        match self.finding.check.as_str() {
            "duplicate_invoices" => self.invoices_evidence(words, pair),
            "duplicate_suppliers" | "look_alike_suppliers" | "shared_bank_account" => {
                // How often it is so of those that are one and of others is not in the rows.
                let said = words.split_once(" (so are ").map_or(words, |(said, _)| said);
                self.suppliers_evidence(said)
            }
            check if LOOKED_OVER.contains(&check) => Some(true),
            "split_invoice" | "just_below_limit" => self.limit_evidence(words),
            _ => self
                .payments_evidence(words)
                .or_else(|| self.supplier_evidence(words))
                .or_else(|| self.money_evidence(words)),
        }
    }

    #[expect(clippy::single_match_else, reason = "others follow")]
    pub(super) fn suppression(&self, words: &str) -> Option<bool> {
        match self.finding.check.as_str() {
            "duplicate_invoices" => self.invoices_suppression(words),
            _ => {
                let of = holes("{} and {} share much and are called differently: {}", words)?;
                Some(of[0] != of[1])
            }
        }
    }

    /// The reference of the supplier that it is about.
    fn supplier(&self) -> Option<&str> {
        self.rows(FileType::Suppliers).first().map(|row| row.id.as_str())
    }

    pub(super) fn of_ledger(&self) -> Vec<&Row> {
        self.supplier()
            .map(|supplier| self.ledger.of_supplier(supplier).collect())
            .unwrap_or_default()
    }

    /// Its invoices of the ledger with an amount above nought, and their amounts, the least first.
    pub(super) fn billed(&self) -> Vec<i64> {
        let of = self.of_ledger().into_iter();
        let mut billed: Vec<i64> =
            of.filter_map(|row| amount(row, "base_amount")).filter(|cents| *cents > 0).collect();
        billed.sort_unstable();
        billed
    }

    pub(super) fn sum(&self) -> i64 {
        self.invoices().iter().map(|row| self.money(row)).sum()
    }

    pub(super) fn first_day(&self, column: &str) -> Option<Date> {
        self.invoices().iter().filter_map(|row| day(row, column)).min()
    }

    pub(super) fn last_day(&self, column: &str) -> Option<Date> {
        self.invoices().iter().filter_map(|row| day(row, column)).max()
    }

    fn payments_title(&self, title: &str) -> Option<bool> {
        if let Some(of) = holes("The account of {} was changed on {}, and {} was paid on {}", title)
        {
            let most = self.invoices().iter().map(|row| self.money(row)).max()?;
            let paid = self.first_day("paid_date")?;
            return Some(self.names(of[0]) && cents(of[2])? == most && of[3] == paid.to_string());
        }
        if let Some(of) = holes("{} was created on {} and paid on {}", title) {
            let paid = self.first_day("paid_date")?;
            return Some(self.names(of[0]) && of[2] == paid.to_string() && of[1] <= of[2]);
        }
        if let Some(of) = holes("{} billed {} on {} after {} days without an invoice", title) {
            let is_day = self.invoices().iter().all(|row| row["invoice_date"] == of[2]);
            let this: Date = of[2].parse().ok()?;
            // A credit is no invoice.
            let before = self.of_ledger().into_iter().filter(|row| self.money(row) > 0);
            let before = before.filter_map(|row| day(row, "invoice_date"));
            let before = before.filter(|day| *day < this).max()?;
            let is_gap = days_between(before, this) == count(of[3])?;
            return Some(self.names(of[0]) && near(cents(of[1])?, self.sum()) && is_day && is_gap);
        }
        let spikes = [
            "Invoice {} of {} for {} is {} times what it usually bills",
            "A row of invoice {} of {} for {} is {} times the usual row of that supplier",
        ];
        if let Some(of) = spikes.iter().find_map(|template| holes(template, title)) {
            let invoice = *self.invoices().first()?;
            let is_it = invoice["invoice_number"] == of[0] && self.money(invoice) == cents(of[2])?;
            return Some(is_it && self.names(of[1]) && self.is_times(count(of[3])?));
        }
        if let Some(is_so) = self.limit_title(title) {
            return Some(is_so);
        }
        if let Some(of) = holes("{} of {} invoices of {} are whole thousands", title) {
            let stated =
                self.of_ledger().into_iter().filter_map(|row| amount(row, "invoice_amount"));
            let stated: Vec<i64> = stated.filter(|cents| *cents > 0).collect();
            let round = stated.iter().filter(|cents| **cents % 100_000 == 0).count();
            return Some(count(of[0])? == whole(round) && count(of[1])? == whole(stated.len()));
        }
        if let Some(of) =
            holes("The invoices of {} are numbered {} to {} {} a gap: {} of {}", title)
        {
            let (least, most) = (count(of[1])?, count(of[2])?);
            let (numbers, span) = (count(of[4])?, count(of[5])?);
            let is_whole = of[3] != "without" || numbers == span;
            return Some(
                self.names(of[0]) && most - least + 1 == span && numbers <= span && is_whole,
            );
        }
        if let Some(of) =
            holes("{} of {} invoices of {} were keyed at weekends or on holidays", title)
        {
            let keyed = self.of_ledger().into_iter().filter_map(|row| day(row, "entered_date"));
            let keyed: Vec<_> = keyed.collect();
            let weekend =
                keyed.iter().filter(|day| day.weekday().to_monday_zero_offset() >= 5).count();
            return Some(count(of[1])? == whole(keyed.len()) && count(of[0])? >= whole(weekend));
        }
        None
    }

    /// Returns `true` when its only invoice is so many times the middle of what its supplier bills.
    fn is_times(&self, times: i64) -> bool {
        let billed = self.billed();
        let Some(invoice) = self.invoices().first().map(|row| self.money(row)) else {
            return false;
        };
        let (low, high) = (billed[(billed.len() - 1) / 2], billed[billed.len() / 2]);
        // The middle of two is their geometric mean.
        (invoice / high.max(1) - 1..=invoice / low.max(1) + 1).contains(&times)
    }

    fn is_middle(&self, said: i64) -> bool {
        let billed = self.billed();
        let (low, high) = (billed[(billed.len() - 1) / 2], billed[billed.len() / 2]);
        (low - CENTS_OFF_MAX..=high + CENTS_OFF_MAX).contains(&said)
    }

    #[expect(clippy::too_many_lines, reason = "a table of sentences")]
    fn payments_evidence(&self, words: &str) -> Option<bool> {
        let invoices = whole(self.invoices().len());
        if let Some(of) = holes(
            "paid {} days after the change; whether into the new account is not in the ledger",
            words,
        ) {
            let changed =
                holes("The account of {} was changed on {}, and {}", &self.finding.title)?[1];
            let apart = days_between(changed.parse().ok()?, self.first_day("paid_date")?);
            return Some(count(of[0])? == apart);
        }
        let times = [
            "at least half of its {} invoices are {} or less, and this is {} times as much",
            "at least half of its {} rows, lines of invoices counted one by one, are {} or less, and this is {} times as much",
        ];
        if let Some(of) = times.iter().find_map(|template| holes(template, words)) {
            let middle = cents(of[1])?;
            let own = self.of_ledger().into_iter().filter_map(|row| amount(row, "base_amount"));
            let own: Vec<i64> = own.collect();
            let at_most = own.iter().filter(|cents| **cents <= middle).count();
            let is_middle = count(of[0])? == whole(own.len()) && 2 * at_most >= own.len();
            return Some(is_middle && count(of[2])? >= 1);
        }
        let halves = [
            "{} of its {} invoices are {} or less, and this one is {} more",
            "{} of its {} rows, lines of invoices counted one by one, are {} or less, and this one is {} more",
        ];
        if let Some(of) = halves.iter().find_map(|template| holes(template, words)) {
            let middle = cents(of[2])?;
            let at_most = self.billed().iter().filter(|cents| **cents <= middle).count();
            return Some(
                count(of[1])? == whole(self.billed().len())
                    && self.is_middle(middle)
                    && count(of[0])? == whole(at_most)
                    && near(cents(of[3])?, self.sum() - middle),
            );
        }
        if let Some(of) = holes("the next largest is {}", words) {
            let billed = self.billed();
            return Some(near(cents(of[0])?, billed[billed.len() - 2]));
        }
        if let Some(of) = holes("it names purchase order {}", words) {
            return Some(self.invoices().first()?.get("po_number")? == of[0]);
        }
        if words == "no purchase order is named" {
            return Some(!self.invoices().first()?.contains_key("po_number"));
        }
        let silences = [
            "the invoice before is of {}; the next longest gap of this supplier is {} days; it has billed on {} days, {} of them before the silence{}",
            "the invoice before is of {}; it has billed on {} days, {} of them before the silence{}",
        ];
        if let Some(of) = silences.iter().find_map(|template| holes(template, words)) {
            let [.., all, before, _] = of.as_slice() else { return None };
            let back = self.first_day("invoice_date")?;
            let billed = self.of_ledger().into_iter();
            let billed = billed.filter(|row| amount(row, "base_amount").is_none_or(|own| own > 0));
            let days: BTreeSet<Date> = billed.filter_map(|row| day(row, "invoice_date")).collect();
            let earlier: Vec<Date> = days.iter().copied().filter(|day| *day < back).collect();
            let is_last = earlier.last()?.to_string() == of[0];
            return Some(
                is_last
                    && count(all)? == whole(days.len())
                    && count(before)? == whole(earlier.len()),
            );
        }
        if let Some(of) =
            holes("it is more than this supplier had billed on one invoice before, {}", words)
        {
            let back = self.first_day("invoice_date")?;
            let ledger = self.of_ledger().into_iter();
            let before =
                ledger.filter(|row| day(row, "invoice_date").is_some_and(|day| day < back));
            let most = before.filter_map(|row| amount(row, "base_amount")).max()?;
            return Some(near(cents(of[0])?, most) && self.sum() > most);
        }
        if let Some(of) = holes(
            "coming back is usual in this ledger: {} of {} suppliers that have billed for long did",
            words,
        ) {
            return Some(count(of[0])? <= count(of[1])?);
        }
        if let Some(of) = holes("paid {} days after it was created{}", words) {
            let created = holes("{} was created on {} and paid on {}", &self.finding.title)?;
            let apart = days_between(created[1].parse().ok()?, created[2].parse().ok()?);
            return Some(count(of[0])? == apart);
        }
        if let Some(of) = holes("{} invoices from {} to {}", words) {
            let days = [self.first_day("invoice_date")?, self.last_day("invoice_date")?]
                .map(|day| day.to_string());
            return Some(count(of[0])? == invoices && [of[1], of[2]] == [&*days[0], &*days[1]]);
        }
        if let Some(of) = holes("from {} to {}", words) {
            let days = [self.first_day("invoice_date")?, self.last_day("invoice_date")?]
                .map(|day| day.to_string());
            return Some([of[0], of[1]] == [&*days[0], &*days[1]]);
        }
        if let Some(of) = holes("all keyed by {}", words) {
            return Some(self.of_ledger().iter().all(|row| row["user_id"] == of[0]));
        }
        if let Some(of) = holes(
            "the whole thousands are of {} different amounts; of all invoices of the ledger {}% are whole thousands",
            words,
        ) {
            let stated =
                self.of_ledger().into_iter().filter_map(|row| amount(row, "invoice_amount"));
            let is_round = |cents: &i64| *cents > 0 && cents % 100_000 == 0;
            let mut stated: Vec<i64> = stated.filter(is_round).collect();
            stated.sort_unstable();
            stated.dedup();
            return Some(count(of[0])? == whole(stated.len()));
        }
        let known = [
            "a supplier with other customers usually has gaps between the numbers it sends you",
            "who keyed them is not in the ledger for all of them",
        ];
        let is_known = known.contains(&words)
            || holes("of all invoices of the ledger {}% were keyed on such days", words).is_some()
            || holes("keyed by {} users", words).is_some();
        is_known.then_some(true)
    }
}
