//! A page of findings, or all of them: a row of figures each, and what it says below.

use api::FindingsQuery;
use domain::page::{PAGE_SIZE_MAX, PageSize};
use domain::{Amount, FindingKey};
use serde_json::{Value, json};

use super::Reply;
use super::view::FindingView;
use crate::args::FilterArgs;
use crate::commands::resource::ResourceClient;
use crate::commands::view::MoneyView;
use crate::report::failure::Failure;
use crate::report::foreign_text::one_line;
use crate::report::format::plural;
use crate::report::table::{Side, table};
use crate::transfer::client::{view, with_query};

/// The findings that are asked for, and how many.
pub(super) struct Listing {
    pub(super) filter: FilterArgs,
    pub(super) limit: u32,
    pub(super) after: Option<FindingKey>,
    pub(super) all: bool,
}

impl Listing {
    pub(super) async fn page(&self, client: ResourceClient<'_>) -> Result<Reply, Failure> {
        let limit = if self.all { PAGE_SIZE_MAX } else { self.limit };
        let limit = PageSize::try_from(limit).expect("the command line takes no other");
        let after = self.after.clone();
        let mut query = FindingsQuery { limit: Some(limit), after, ..query(&self.filter) };
        let mut items = Vec::new();
        loop {
            let mut page = client.get(&with_query("findings", &query)).await?;
            if let Value::Array(more) = page["items"].take() {
                items.extend(more);
            }
            let next = client.next_page(&mut page)?;
            // A server that leads back would be followed for ever.
            let leads_on = next.is_some() && next != query.after;
            query.after = next;
            if !(self.all && leads_on) {
                break;
            }
        }
        let next = query.after.as_ref().map(FindingKey::as_str);
        let words = to_text(&items, next);
        let mut json = json!({ "items": items });
        if let Some(next) = next {
            json["next"] = next.into();
        }
        Ok(Reply { json, words })
    }
}

/// The filter as the server takes it.
pub(super) fn query(filter: &FilterArgs) -> FindingsQuery {
    FindingsQuery {
        lane: filter.lane,
        check: filter.check.clone(),
        kind: filter.kind.clone(),
        state: filter.state,
        assignee: filter.assignee.clone(),
        supplier: filter.supplier.clone(),
        min_probability: filter.min_probability,
        min_amount: filter.min_amount,
        run: filter.run,
        suppressed: filter.suppressed,
        gone: filter.gone,
        proposed: filter.proposed.then_some(true),
        sort: filter.sort,
        ..FindingsQuery::default()
    }
}

fn to_text(items: &[Value], next: Option<&str>) -> String {
    if items.is_empty() {
        return "nothing to decide; bursar findings runs shows when it was last looked".to_owned();
    }
    let findings: Vec<FindingView> = items.iter().map(view).collect();
    let head = ["lane", "at risk", "prob", "state", "kind", "key"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(findings.iter().map(row)).collect();
    let sides = [Side::Left, Side::Right, Side::Right, Side::Left, Side::Left, Side::Left];
    // Titles are sentences: in the table they would make every row as wide as the longest.
    let titles = findings.iter().map(|finding| format!("  {}", one_line(&finding.title)));
    let titles = std::iter::once(None).chain(titles.map(Some));
    let figures = table(&sides, &rows).into_iter();
    let mut lines: Vec<String> =
        figures.zip(titles).flat_map(|(row, title)| std::iter::once(row).chain(title)).collect();
    lines.push(plural(items.len() as u64, "finding"));
    if let Some(next) = next {
        lines.push(format!("there are more: --after {next}, or --all"));
    }
    lines.join("\n")
}

fn row(finding: &FindingView) -> Vec<String> {
    vec![
        lane(&finding.lane),
        money(finding.at_risk.as_ref()),
        share(finding.probability),
        one_line(&finding.standing.state),
        one_line(&finding.kind),
        one_line(&finding.key),
    ]
}

/// `4,310.00 GBP`
pub(super) fn money(money: Option<&MoneyView>) -> String {
    let Some(MoneyView { amount, currency }) = money else { return "-".to_owned() };
    let code = currency.as_ref().map_or_else(String::new, |code| format!(" {code}"));
    one_line(&format!("{}{code}", group_amount(amount, currency.as_deref())))
}

/// An amount with a comma before every three digits of what stands before the point, and behind it as many
/// as the currency has.
pub(super) fn group_amount(amount: &str, currency: Option<&str>) -> String {
    let read: Result<Amount, _> = amount.parse();
    read.map_or_else(|_no_number| amount.to_owned(), |amount| amount.written(currency))
}

/// The lane in words; a server of before says none.
pub(super) fn lane(lane: &str) -> String {
    if lane.is_empty() { "-".to_owned() } else { one_line(lane).replace('_', " ") }
}

/// `97%`; never 100 for what is not certain, and nothing where nobody has measured it.
pub(super) fn share(share: Option<f64>) -> String {
    let Some(share) = share else { return "-".to_owned() };
    if share > 0.99 && share < 1.0 { ">99%".to_owned() } else { format!("{:.0}%", share * 100.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_become_rows_with_their_titles_below() {
        let item = |amount: &str, share: f64, title: &str| {
            json!({
                "key": "fnd_1", "kind": "same_number", "title": title, "state": "open",
                "lane": "stop_payment", "probability": share, "atRisk": { "amount": amount, "currency": "GBP" },
            })
        };
        let items = [item("1234310.00", 0.97, "A\n"), item("-5.125", 0.999, "B")];
        let expected = "lane                   at risk  prob  state  kind         key
stop payment  1,234,310.00 GBP   97%  open   same_number  fnd_1
  A⏎
stop payment        -5.125 GBP  >99%  open   same_number  fnd_1
  B
2 findings
there are more: --after fnd_1, or --all";
        assert_eq!(to_text(&items, Some("fnd_1")), expected);
        assert_eq!([money(None), share(None), lane("")], ["-"; 3]);
        for (amount, currency, text) in [
            ("4310.00", Some("JPY"), "4,310"),
            ("4310.5", Some("KWD"), "4,310.500"),
            ("4310", None, "4,310.00"),
            ("much", Some("GBP"), "much"),
        ] {
            assert_eq!(group_amount(amount, currency), text);
        }
    }

    #[test]
    fn filters_become_a_query() {
        let filter = FilterArgs {
            supplier: Some("A & B".to_owned()),
            min_probability: Some(0.5),
            ..FilterArgs::default()
        };
        let path = with_query("findings", &query(&filter));
        assert_eq!(path, "findings?min_probability=0%2E5&supplier=A%20%26%20B");
    }
}
