//! The runs of the checks: listed, asked for, followed to their end.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use super::Reply;
use super::view::RunView;
use crate::args::RunsArgs;
use crate::commands::resource::ResourceClient;
use crate::commands::view::ItemsView;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::foreign_text::one_line;
use crate::report::format::date_time;
use crate::report::format::duration;
use crate::report::format::group_digits;
use crate::report::progress::Spinner;
use crate::transfer::client::view;

/// The server writes its progress as often.
const POLL: Duration = Duration::from_secs(3);

pub(super) async fn runs(client: ResourceClient<'_>, args: &RunsArgs) -> Result<Reply, Failure> {
    let wait = args.wait;
    let asked =
        if args.new { Some(client.post("runs", None, StatusCode::ACCEPTED).await?) } else { None };
    if !wait.wait {
        if let Some(run) = asked {
            return Ok(Reply { words: line(&view(&run)), json: run });
        }
        let json = client.get("runs").await?;
        let items = view::<ItemsView<RunView>>(&json).items;
        let words = if items.is_empty() {
            "nothing has been checked yet; a run follows every upload that is read".to_owned()
        } else {
            items.iter().map(line).collect::<Vec<_>>().join("\n")
        };
        return Ok(Reply { json, words });
    }
    let run = match asked {
        Some(run) => run,
        None => newest(client).await?,
    };
    to_its_end(client, run, wait.wait_max).await
}

async fn newest(client: ResourceClient<'_>) -> Result<Value, Failure> {
    let page = client.get("runs?limit=1").await?;
    view::<ItemsView<Value>>(&page).items.into_iter().next().ok_or_else(|| {
        Failure::usage(
            "nothing has been checked yet, so there is no run to follow",
            "Ask for one with: bursar findings runs --new --wait.",
        )
    })
}

async fn to_its_end(
    client: ResourceClient<'_>,
    mut run: Value,
    longest: Duration,
) -> Result<Reply, Failure> {
    let mut shown: RunView = view(&run);
    let id = one_line(&shown.run_id);
    let spinner = Spinner::new(client.client.output);
    let mut left = longest;
    while matches!(shown.status.as_str(), "waiting" | "running") {
        if left.is_zero() {
            return Err(Failure::new(
                ExitCode::NotSeenRead,
                format!("after {} it is {}", duration(longest), state(&shown)),
                "The server goes on by itself. Go on waiting with: bursar findings runs --wait.",
            ));
        }
        spinner.set_text(format!("{id} is {}", state(&shown)));
        let now = POLL.min(left);
        tokio::time::sleep(client.client.route.retry_policy.second.mul_f64(now.as_secs_f64()))
            .await;
        left -= now;
        run = client.get(&format!("runs/{id}")).await?;
        shown = view(&run);
    }
    drop(spinner);
    if shown.status == "failed" {
        let why = one_line(shown.why.as_deref().unwrap_or("no reason is given"));
        return Err(Failure::new(
            ExitCode::Unavailable,
            format!("{id} failed: {why}"),
            "Tell the operator; the findings are those of the run before.",
        ));
    }
    let notices = shown.notices.iter().map(|notice| one_line(notice));
    let lines = std::iter::once(line(&shown)).chain(notices);
    Ok(Reply { words: lines.collect::<Vec<_>>().join("\n"), json: run })
}

fn line(run: &RunView) -> String {
    let at = run.asked_at.parse().map_or_else(|_no_time| String::new(), date_time);
    format!("{}  {at}  {}", one_line(&run.run_id), state(run))
}

/// `running, 25%: comparing invoices`
fn state(run: &RunView) -> String {
    match run.status.as_str() {
        "running" => format!("running, {:.0}%: {}", run.done * 100.0, one_line(&run.doing)),
        "done" => format!(
            "done: {} findings, {} new, {} gone, {} suppressed",
            group_digits(run.findings),
            group_digits(run.new_findings),
            group_digits(run.gone),
            group_digits(run.suppressed)
        ),
        "failed" => format!("failed: {}", one_line(run.why.as_deref().unwrap_or_default())),
        "" => "nothing".to_owned(),
        other => one_line(other),
    }
}
