//! The sentences of findings about limits of approval, held against the ledger.

use super::checks::{near, whole};
use super::facts::{Facts, amount, day, days_between};
use super::template::{cents, count, holes};

impl Facts<'_> {
    pub(super) fn limit_title(&self, title: &str) -> Option<bool> {
        let invoices = whole(self.invoices().len());
        let are_below = |limit: i64| self.invoices().iter().all(|row| self.money(row) < limit);
        if let Some(of) =
            holes("{} invoices of {} within {} days are each below {} and together {}", title)
        {
            let (limit, days) = (cents(of[3])?, count(of[2])?);
            let (sum, others) = of[4].split_once("; of the same days ").unwrap_or((of[4], "0 are"));
            let others = count(others.split(' ').next()?)?;
            let within =
                days_between(self.first_day("invoice_date")?, self.last_day("invoice_date")?);
            return Some(
                count(of[0])? == invoices
                    && are_below(limit)
                    && within <= days
                    && near(cents(sum)?, self.sum())
                    && others == whole(self.above(limit, Some(days))?.len()),
            );
        }
        let of = holes("{} of {} invoices of {} lie just below {}", title)?;
        let all = whole(self.billed().len());
        Some(count(of[0])? == invoices && count(of[1])? == all && are_below(cents(of[3])?))
    }

    pub(super) fn limit_evidence(&self, words: &str) -> Option<bool> {
        let invoices = whole(self.invoices().len());
        let basis = ["as set for this check", "which is assumed, as none is set for this check"];
        if let Some(of) = holes("the largest of them is {}; the limit is {}, {}", words) {
            let most = self.invoices().iter().map(|row| self.money(row)).max()?;
            let is_most = cents(of[0])? == most && most < cents(of[1])?;
            return Some(is_most && basis.contains(&of[2]));
        }
        if let Some(of) = holes("{} lie within {}% below {}, {}", words) {
            let is_said = of[1].len() <= 4 && basis.contains(&of[3]);
            return Some(count(of[0])? == invoices && is_said);
        }
        if holes("{} lie as near above it", words).is_some() {
            return Some(true);
        }
        let title = "{} invoices of {} within {} days are each below {} and together {}";
        let title = holes(title, &self.finding.title)?;
        let (days, limit) = (count(title[2])?, cents(title[3])?);
        if let Some(of) =
            holes("of its {} invoices from {} up to the limit, {} are of {} to {}", words)
        {
            let least = cents(of[1])?;
            let near = self.billed().iter().filter(|cents| (least..limit).contains(*cents)).count();
            let days = [self.first_day("invoice_date")?, self.last_day("invoice_date")?]
                .map(|day| day.to_string());
            let is_counted = count(of[2])? == invoices && count(of[0])? == whole(near);
            return Some(is_counted && [of[3], of[4]] == [&*days[0], &*days[1]]);
        }
        let (all, then) = (self.above(limit, None)?, self.above(limit, Some(days))?);
        if words == "it has billed nothing of the limit or more" {
            return Some(all.is_empty());
        }
        let of_others = [
            "of the limit or more it has billed {} invoice, none of them in these days",
            "of the limit or more it has billed {} invoices, none of them in these days",
        ];
        if let Some(of) = of_others.iter().find_map(|template| holes(template, words)) {
            return Some(count(of[0])? == whole(all.len()) && then.is_empty());
        }
        let of = holes(
            "in the same days it has billed {} of the limit or more, the largest {}: it does not keep below it",
            words,
        )?;
        Some(count(of[0])? == whole(then.len()) && cents(of[1])? == *then.iter().max()?)
    }

    /// The bills of its supplier of a limit or more, in the days before its last one or at all.
    fn above(&self, limit: i64, days: Option<i64>) -> Option<Vec<i64>> {
        let last = self.last_day("invoice_date")?;
        let is_then = |on: jiff::civil::Date| {
            days.is_none_or(|days| (0..=days).contains(&days_between(on, last)))
        };
        let of = self.of_ledger().into_iter();
        let of = of.filter(|row| match day(row, "invoice_date") {
            Some(on) => is_then(on),
            None => days.is_none(),
        });
        Some(
            of.filter_map(|row| amount(row, "base_amount"))
                .filter(|cents| *cents >= limit)
                .collect(),
        )
    }
}
