//! The runs of the checks: listed, asked for, followed to their end.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use super::Reply;
use super::client::FindingsClient;
use crate::args::RunsArgs;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::foreign_text::one_line;
use crate::report::format::date_time;
use crate::report::format::duration;
use crate::report::format::group_digits;
use crate::report::progress::Spinner;

/// The server writes its progress as often.
const POLL: Duration = Duration::from_secs(3);

pub(super) async fn runs(client: FindingsClient<'_>, args: &RunsArgs) -> Result<Reply, Failure> {
    let wait = args.wait;
    let asked =
        if args.new { Some(client.post("runs", None, StatusCode::ACCEPTED).await?) } else { None };
    if !wait.wait {
        if let Some(run) = asked {
            return Ok(Reply { words: line(&run), json: run });
        }
        let json = client.get("runs").await?;
        let items = items(&json);
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

async fn newest(client: FindingsClient<'_>) -> Result<Value, Failure> {
    let page = client.get("runs?limit=1").await?;
    items(&page).first().cloned().ok_or_else(|| {
        Failure::usage(
            "nothing has been checked yet, so there is no run to follow",
            "Ask for one with: bursar findings runs --new --wait.",
        )
    })
}

async fn to_its_end(
    client: FindingsClient<'_>,
    mut run: Value,
    longest: Duration,
) -> Result<Reply, Failure> {
    let id = one_line(run["runId"].as_str().unwrap_or_default());
    let spinner = Spinner::new(client.0.output);
    let mut left = longest;
    while matches!(run["status"].as_str(), Some("waiting" | "running")) {
        if left.is_zero() {
            return Err(Failure::new(
                ExitCode::NotSeenRead,
                format!("after {} it is {}", duration(longest), state(&run)),
                "The server goes on by itself. Go on waiting with: bursar findings runs --wait.",
            ));
        }
        spinner.set_text(format!("{id} is {}", state(&run)));
        let now = POLL.min(left);
        tokio::time::sleep(client.0.route.retry_policy.second.mul_f64(now.as_secs_f64())).await;
        left -= now;
        run = client.get(&format!("runs/{id}")).await?;
    }
    drop(spinner);
    if run["status"] == "failed" {
        let why = one_line(run["why"].as_str().unwrap_or("no reason is given"));
        return Err(Failure::new(
            ExitCode::Unavailable,
            format!("{id} failed: {why}"),
            "Tell the operator; the findings are those of the run before.",
        ));
    }
    let notices = run["notices"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let lines = std::iter::once(line(&run)).chain(notices.map(one_line));
    Ok(Reply { words: lines.collect::<Vec<_>>().join("\n"), json: run })
}

fn line(run: &Value) -> String {
    let at = run["askedAt"].as_str().and_then(|text| text.parse().ok()).map(date_time);
    format!(
        "{}  {}  {}",
        one_line(run["runId"].as_str().unwrap_or_default()),
        at.unwrap_or_default(),
        state(run)
    )
}

/// `running, 25%: comparing invoices`
fn state(run: &Value) -> String {
    let count = |member: &str| group_digits(run[member].as_u64().unwrap_or(0));
    match run["status"].as_str() {
        Some("running") => format!(
            "running, {:.0}%: {}",
            run["done"].as_f64().unwrap_or_default() * 100.0,
            one_line(run["doing"].as_str().unwrap_or_default())
        ),
        Some("done") => format!(
            "done: {} findings, {} new, {} gone, {} suppressed",
            count("findings"),
            count("newFindings"),
            count("gone"),
            count("suppressed")
        ),
        Some("failed") => {
            format!("failed: {}", one_line(run["why"].as_str().unwrap_or_default()))
        }
        other => one_line(other.unwrap_or("nothing")),
    }
}

fn items(page: &Value) -> &[Value] {
    page["items"].as_array().map(Vec::as_slice).unwrap_or_default()
}
