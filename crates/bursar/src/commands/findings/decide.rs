//! Verdicts, who works on a finding, comments; and what later runs are told.

use std::collections::BTreeMap;

use api::{
    Assignment, BulkAssignment, BulkAssignmentResult, BulkUndo, BulkUndoResult, BulkVerdict,
    BulkVerdictResult, Comment, PageQuery,
};
use domain::finding::{Remember, VerdictRequest};
use domain::page::{PAGE_SIZE_MAX, PageSize};
use domain::{FindingKey, VerdictId};
use http::StatusCode;
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::Reply;
use super::explain;
use super::view::VerdictView;
use crate::args::{DecideArgs, RememberKeyword};
use crate::commands::resource::ResourceClient;
use crate::commands::view::ItemsView;
use crate::report::failure::Failure;
use crate::report::foreign_text::one_line;
use crate::report::format::date_time;
use crate::report::format::plural;
use crate::transfer::client::{view, with_query};

pub(super) fn request(args: &DecideArgs) -> VerdictRequest {
    VerdictRequest {
        state: args.state(),
        because: args.because.clone().unwrap_or_default(),
        reason_code: args.reason_code.clone(),
        recovered: args.recovered,
        above: args.above,
        remember: match args.remember {
            None => Remember::None,
            Some(RememberKeyword::Rows) => Remember::Rows,
            Some(RememberKeyword::Pattern) => Remember::Pattern,
        },
        until: args.until,
        due: None,
    }
}

/// Decides all findings that are named, or none.
pub(super) async fn decide(
    client: ResourceClient<'_>,
    keys: &[FindingKey],
    verdict: VerdictRequest,
) -> Result<Reply, Failure> {
    let state = verdict.state.as_str().replace('_', " ");
    let body = json!(BulkVerdict { findings: keys.to_vec(), verdict, seen: BTreeMap::new() });
    let json = client.post("verdicts", Some(&body), StatusCode::OK).await?;
    let count = BulkVerdictResult::deserialize(&json);
    let (decided, proposed) = count.map_or((0, 0), |count| (count.decided, count.proposed));
    let counted = |findings: usize| {
        let verb = if findings == 1 { "is" } else { "are" };
        format!("{} {verb}", plural(findings as u64, "finding"))
    };
    let mut words = Vec::new();
    if decided > 0 || proposed == 0 {
        words.push(format!("{} now {state}", counted(decided)));
    }
    if proposed > 0 {
        let key = match keys {
            [key] => key.to_string(),
            _ => "KEY".to_owned(),
        };
        let waits =
            format!("a second person has to confirm it with: bursar findings confirm {key}");
        words.push(format!("{} proposed as {state}: {waits}", counted(proposed)));
    }
    let undo = match keys {
        [key] => format!("take it back with: bursar findings undo {key}"),
        _ => "take them back with: bursar findings undo KEY...".to_owned(),
    };
    words.push(undo);
    Ok(Reply { json, words: words.join("; ") })
}

/// Lets a verdict count that somebody else proposed.
pub(super) async fn confirm(
    client: ResourceClient<'_>,
    key: &FindingKey,
) -> Result<Reply, Failure> {
    changed(client, key, "confirm", None).await
}

/// Takes back the last verdict on all findings that are named, or on none.
pub(super) async fn undo(
    client: ResourceClient<'_>,
    keys: &[FindingKey],
) -> Result<Reply, Failure> {
    if let [key] = keys {
        return changed(client, key, "undo", None).await;
    }
    let body = json!(BulkUndo { findings: keys.to_vec(), seen: BTreeMap::new() });
    let json = client.post("verdicts/undo", Some(&body), StatusCode::OK).await?;
    let count = BulkUndoResult::deserialize(&json);
    let (undone, undecided) = count.map_or((0, 0), |count| (count.undone, count.undecided));
    let mut words = format!("the verdicts on {} are taken back", plural(undone as u64, "finding"));
    if undecided > 0 {
        let others = plural(undecided as u64, "finding");
        words = format!("{words}; nothing was decided about {others}");
    }
    Ok(Reply { json, words })
}

/// Gives all findings that are named to somebody, or none.
pub(super) async fn assign(
    client: ResourceClient<'_>,
    keys: &[FindingKey],
    to: Option<&str>,
) -> Result<Reply, Failure> {
    let assignee = to.map(str::to_owned);
    if let [key] = keys {
        return changed(client, key, "assign", Some(json!(Assignment { assignee }))).await;
    }
    let body = json!(BulkAssignment { findings: keys.to_vec(), assignee, seen: BTreeMap::new() });
    let json = client.post("assignments", Some(&body), StatusCode::OK).await?;
    let assigned = BulkAssignmentResult::deserialize(&json).map_or(0, |count| count.assigned);
    let to = to.unwrap_or("nobody");
    let words = format!("{} assigned to {to}", plural(assigned as u64, "finding"));
    Ok(Reply { json, words })
}

pub(super) async fn comment(
    client: ResourceClient<'_>,
    key: &FindingKey,
    text: &str,
) -> Result<Reply, Failure> {
    changed(client, key, "comments", Some(json!(Comment { words: text.to_owned() }))).await
}

async fn changed(
    client: ResourceClient<'_>,
    key: &FindingKey,
    below: &str,
    body: Option<Value>,
) -> Result<Reply, Failure> {
    let path = format!("findings/{key}/{below}");
    let finding = client.post(&path, body.as_ref(), StatusCode::OK).await?;
    let words = explain::to_text(&finding);
    Ok(Reply { json: finding, words })
}

/// Lists the verdicts that are remembered, after ending one when that is asked.
pub(super) async fn verdicts(
    client: ResourceClient<'_>,
    end: Option<VerdictId>,
) -> Result<Reply, Failure> {
    if let Some(end) = end {
        client.delete(&format!("verdicts/{end}")).await?;
        client.client.output.note(&format!("{end} has ended; the next run looks anew"));
    }
    let json = json!({ "items": remembered(client).await? });
    let items = view::<ItemsView<VerdictView>>(&json).items;
    let words = if items.is_empty() {
        "nothing is remembered; decide with --not-duplicate --remember rows or pattern".to_owned()
    } else {
        items.iter().map(verdict).collect::<Vec<_>>().join("\n")
    };
    Ok(Reply { json, words })
}

/// All of them, page by page.
async fn remembered(client: ResourceClient<'_>) -> Result<Vec<Value>, Failure> {
    const SIZE: PageSize = PageSize::fixed(PAGE_SIZE_MAX);
    let mut query = PageQuery::<VerdictId> { limit: Some(SIZE), after: None };
    let mut items = Vec::new();
    loop {
        let mut page = client.get(&with_query("verdicts", &query)).await?;
        if let Value::Array(more) = page["items"].take() {
            items.extend(more);
        }
        let next = client.next_page(&mut page)?;
        // A server that leads back would be followed for ever.
        if next.is_none() || next == query.after {
            return Ok(items);
        }
        query.after = next;
    }
}

fn verdict(item: &VerdictView) -> String {
    let when = |text: &str| text.parse().ok().map(date_time);
    let of = match &item.of.pattern {
        Some(pattern) => format!("pattern {}", one_line(pattern)),
        None => format!("rows of {}", one_line(item.decided_on.as_deref().unwrap_or_default())),
    };
    let until = item.until.as_deref().and_then(when);
    let until = until.map_or_else(|| "for ever".to_owned(), |at| format!("until {at}"));
    format!(
        "{}  {of}  {until}  {} on {}: {}",
        one_line(&item.verdict_id),
        one_line(&item.by),
        when(&item.at).unwrap_or_default(),
        one_line(item.because.as_deref().unwrap_or_default())
    )
}
