//! The sentences of findings about limits of approval, held against the ledger.

use domain::FileType;

use super::checks::{near, whole};
use super::facts::{Facts, Row, amount, day, days_between};
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
                    && others == whole(self.above(limit, BilledWhen::DaysOfPieces)?.len()),
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
        if let Some(of) = holes("{} as near above it", words) {
            return Some(match of[0] {
                "none lies" | "1 lies" => true,
                several => count(several.strip_suffix(" lie")?)? > 1,
            });
        }
        let title = "{} invoices of {} within {} days are each below {} and together {}";
        let title = holes(title, &self.finding.title)?;
        let limit = cents(title[3])?;
        if let Some(is_so) = self.tied(words) {
            return Some(is_so);
        }
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
        let all = self.above(limit, BilledWhen::AnyDay)?;
        let then = self.above(limit, BilledWhen::DaysOfPieces)?;
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

    /// What ties the pieces together as one order, and who else has it.
    fn tied(&self, words: &str) -> Option<bool> {
        let pieces = self.rows(FileType::Transactions);
        let are = |column: &str, value: &str| {
            pieces.iter().all(|row| row.fields.get(column).is_some_and(|own| own == value))
        };
        let others: Vec<&Row> = self
            .of_ledger()
            .into_iter()
            .filter(|row| amount(row, "base_amount") > Some(0))
            .filter(|row| pieces.iter().all(|piece| piece.id != row["unique_id"]))
            .collect();
        let having = |column: &str, value: &str| {
            whole(others.iter().filter(|row| row[column] == value).count())
        };
        let of_order = "all {} name purchase order {}, as no other invoice of it does";
        if let Some(of) = holes(of_order, words) {
            let is_counted = count(of[0])? == whole(pieces.len());
            return Some(is_counted && are("po_number", of[1]) && having("po_number", of[1]) == 0);
        }
        if let Some(of) = holes("all {} have one text, which no other invoice of it has", words) {
            let text = pieces.first()?.fields.get("description")?;
            let is_counted = count(of[0])? == whole(pieces.len());
            return Some(
                is_counted && are("description", text) && having("description", text) == 0,
            );
        }
        let of =
            holes("all {} were entered by {}, who entered {} of its {} other invoices", words)?;
        let entered = others.iter().filter(|row| !row["user_id"].is_empty()).count();
        let is_counted = count(of[0])? == whole(pieces.len()) && count(of[3])? == whole(entered);
        Some(is_counted && are("user_id", of[1]) && having("user_id", of[1]) == count(of[2])?)
    }

    /// The bills of its supplier of a limit or more.
    fn above(&self, limit: i64, when: BilledWhen) -> Option<Vec<i64>> {
        let days = self.first_day("invoice_date")?..=self.last_day("invoice_date")?;
        let is_then = |row: &&Row| match when {
            BilledWhen::AnyDay => true,
            BilledWhen::DaysOfPieces => {
                day(row, "invoice_date").is_some_and(|on| days.contains(&on))
            }
        };
        let of = self.of_ledger().into_iter().filter(is_then);
        Some(
            of.filter_map(|row| amount(row, "base_amount"))
                .filter(|cents| *cents >= limit)
                .collect(),
        )
    }
}

/// The days of which a supplier's bills are looked at.
#[derive(Debug, Clone, Copy)]
enum BilledWhen {
    AnyDay,
    /// From the first piece to the last.
    DaysOfPieces,
}
