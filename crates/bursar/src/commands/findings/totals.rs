//! What is open, lane by lane: a row of figures each.

use super::Reply;
use super::list::{lane, money, query};
use super::view::LaneTotalView;
use crate::args::FilterArgs;
use crate::commands::resource::ResourceClient;
use crate::commands::view::ItemsView;
use crate::report::failure::Failure;
use crate::report::format::group_digits;
use crate::report::table::{Side, table};
use crate::transfer::client::{view, with_query};

pub(super) async fn totals(
    client: ResourceClient<'_>,
    filter: &FilterArgs,
) -> Result<Reply, Failure> {
    let json = client.get(&with_query("laneTotals", &query(filter))).await?;
    let words = to_text(&view::<ItemsView<LaneTotalView>>(&json).items);
    Ok(Reply { json, words })
}

/// The money of each currency in a line of its own.
fn to_text(totals: &[LaneTotalView]) -> String {
    let head = ["lane", "findings", "at risk"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> =
        std::iter::once(head).chain(totals.iter().flat_map(rows)).collect();
    table(&[Side::Left, Side::Right, Side::Right], &rows).join("\n")
}

fn rows(total: &LaneTotalView) -> Vec<Vec<String>> {
    let first = vec![lane(&total.lane), group_digits(total.findings), money(total.at_risk.first())];
    let further = total.at_risk.iter().skip(1);
    let further = further.map(|sum| vec![String::new(), String::new(), money(Some(sum))]);
    std::iter::once(first).chain(further).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_currency_has_a_line() {
        let totals = json!({ "items": [
            { "lane": "stop_payment", "findings": 1_204, "atRisk": [
                { "amount": "81000.50", "currency": "GBP" }, { "amount": "900", "currency": "JPY" },
            ] },
            { "lane": "look_into", "findings": 0, "atRisk": [] },
        ] });
        let expected = "lane          findings        at risk
stop payment     1,204  81,000.50 GBP
                              900 JPY
look into            0              -";
        assert_eq!(to_text(&view::<ItemsView<LaneTotalView>>(&totals).items), expected);
    }
}
