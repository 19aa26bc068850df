//! `bursar statement`: a supplier's statement held against a server's ledgers, and what to ask the supplier.
//!
//! Not for: sending extracts; a statement is no file of the ERP.
//!
//! Invariant: a statement is sent once; sending it again makes another.

mod view;

use std::io::Read as _;
use std::path::Path;

use api::{NewStatementQuery, StatementsQuery};
use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::Value;

use self::view::{QuestionView, StatementView, SummaryView};
use super::reply::{Reply, print};
use super::resource::{FailedQuestion, Resource, ResourceClient};
use super::view::ItemsView;
use crate::args::StatementArgs;
use crate::explain::explain_source;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::foreign_text::one_line;
use crate::report::format::plural;
use crate::report::output::Output;
use crate::report::table::{Side, table};
use crate::report::whole_file::write_whole;
use crate::source::{Source, own_name};
use crate::system::System;
use crate::transfer::client::{Client, Question, view, with_query};
use crate::transfer::route::server_route;

/// The largest statement that a server takes.
const STATEMENT_BYTES_MAX: u64 = 10 << 20;
/// The largest answer: 20,000 lines, each with some hundred bytes.
const ANSWER_BYTES_MAX: usize = 64 << 20;
/// The next step when the file of the lines breaks off.
const AFTER_BREAK: &str =
    "Nothing was written. Fetch it from the page of the statement, or send the statement again.";

const STATEMENTS: Resource = Resource { name: "statements", advice };

pub async fn run(args: StatementArgs, system: &System) -> ExitCode {
    let output = Output::new(args.server.output.mode(), system.terminal);
    let result = answer(args, system, &output).await;
    print(&output, result)
}

async fn answer(args: StatementArgs, system: &System, output: &Output) -> Result<Reply, Failure> {
    let extension = args.to.as_deref().map(extension_of).transpose()?;
    // Read before anything is asked: what is wrong with it needs no server.
    let file = args.file.as_deref().map(|file| read(file, args.name.as_deref())).transpose()?;
    let route = server_route(&args.server.settings, &args.server.profile, system, output).await?;
    let client = Client { route: &route, system, output };
    let client = ResourceClient { client, resource: STATEMENTS };
    let Some((name, bytes)) = file else { return list(client, args.supplier).await };
    let supplier = args.supplier.expect("a file is sent with its supplier");
    let query = NewStatementQuery { supplier, file_name: name };
    let statement = send(client, &with_query("statements", &query), bytes).await?;
    let shown: StatementView = view(&statement);
    let mut words = statement_words(&shown);
    if let (Some(to), Some(extension)) = (&args.to, extension) {
        let below = format!("statements/{}/lines.{extension}", shown.statement_id);
        let file = client.download(&below, ANSWER_BYTES_MAX, AFTER_BREAK).await?;
        write_whole(to, &file)?;
        words = format!("{words}\nwritten  {}", to.display());
    }
    Ok(Reply { json: statement, words })
}

/// The name and the bytes of a statement.
fn read(file: &Path, name: Option<&str>) -> Result<(String, Bytes), Failure> {
    let name = name.map_or_else(|| own_name(file).into_owned(), str::to_owned);
    let source = Source::open(file).map_err(|fault| explain_source(&fault))?;
    if source.bytes() > STATEMENT_BYTES_MAX {
        return Err(Failure::usage(
            format!("{name} has more than {} MiB", STATEMENT_BYTES_MAX >> 20),
            "Ask the supplier for a shorter statement, or for one as CSV.",
        ));
    }
    let mut bytes = Vec::new();
    let opened = source.reopen().map_err(|fault| explain_source(&fault))?;
    let read = opened.take(STATEMENT_BYTES_MAX).read_to_end(&mut bytes);
    read.map_err(|fault| {
        Failure::new(
            ExitCode::SourceUnreadable,
            format!("{name} cannot be read: {fault}"),
            "Look whether the file is there and you may read it.",
        )
    })?;
    Ok((name, Bytes::from(bytes)))
}

fn extension_of(file: &Path) -> Result<&'static str, Failure> {
    let named = file.extension().and_then(|named| named.to_str()).unwrap_or_default();
    let mut known = ["csv", "xlsx"].into_iter();
    known.find(|known| named.eq_ignore_ascii_case(known)).ok_or_else(|| {
        Failure::usage(
            format!("{} does not say which kind of file is wanted", file.display()),
            "Let its name end in .csv or .xlsx.",
        )
    })
}

async fn list(client: ResourceClient<'_>, supplier: Option<String>) -> Result<Reply, Failure> {
    let path = client.path(&with_query("statements", &StatementsQuery { supplier }));
    let question = Question { bytes_max: ANSWER_BYTES_MAX, ..Question::get(&path) };
    let json = client.ask_json(&question, StatusCode::OK).await?;
    let items = view::<ItemsView<SummaryView>>(&json).items;
    let words = if items.is_empty() {
        "no statement was sent yet; send one with: bursar statement FILE --supplier REF".to_owned()
    } else {
        let row = |statement: &SummaryView| {
            vec![
                one_line(&statement.statement_id),
                one_line(&statement.supplier),
                one_line(&statement.file_name),
                plural(statement.line_count, "line"),
                format!("{} to ask", statement.to_ask_count + statement.missing_there_count),
            ]
        };
        let rows: Vec<Vec<String>> = items.iter().map(row).collect();
        table(&[Side::Left; 5], &rows).join("\n")
    };
    Ok(Reply { json, words })
}

/// Counts the lines by what they came to, and lists the questions.
fn statement_words(statement: &StatementView) -> String {
    let StatementView { statement_id, lines, questions } = statement;
    let mut counts: Vec<(String, u64)> = Vec::new();
    for line in lines {
        let state = one_line(&line.state).replace('_', " ");
        match counts.iter_mut().find(|(known, _)| *known == state) {
            Some((_, count)) => *count += 1,
            None => counts.push((state, 1)),
        }
    }
    let counted: Vec<String> =
        counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
    let mut words = vec![format!(
        "{}  {}: {}",
        one_line(statement_id),
        plural(lines.len() as u64, "line"),
        counted.join(", ")
    )];
    if questions.is_empty() {
        words.push("nothing to ask the supplier".to_owned());
    } else {
        words.push("to ask the supplier:".to_owned());
    }
    let rows: Vec<Vec<String>> = questions.iter().map(question_row).collect();
    words.extend(table(&[Side::Left, Side::Left, Side::Right, Side::Left], &rows));
    words.join("\n")
}

fn question_row(question: &QuestionView) -> Vec<String> {
    let QuestionView { line, number, date, amount, currency, question } = question;
    let number = match line {
        Some(line) if number.is_empty() => format!("line {line}"),
        _ => one_line(number),
    };
    let date = date.as_deref().unwrap_or_default();
    let currency = currency.as_deref().unwrap_or_default();
    let money = format!("{} {}", one_line(amount), one_line(currency));
    vec![number, one_line(date), money.trim_end().to_owned(), one_line(question)]
}

async fn send(client: ResourceClient<'_>, below: &str, bytes: Bytes) -> Result<Value, Failure> {
    let path = client.path(below);
    let question = Question {
        method: Method::POST,
        file: Some(bytes),
        bytes_max: ANSWER_BYTES_MAX,
        ..Question::get(&path)
    };
    client.ask_json(&question, StatusCode::CREATED).await
}

/// The next step after a failed question about statements.
fn advice(failed: FailedQuestion) -> Option<&'static str> {
    match failed.status? {
        StatusCode::BAD_REQUEST => Some(
            "Mend what the server names. Where no row names the columns, settle them once on the page of the \
             supplier, and send the statement again.",
        ),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            Some("Look at --customer and --unit. The vendor's service takes no statements.")
        }
        StatusCode::FORBIDDEN => Some(
            "Statements take a token of the role analyst, listing them one of viewer: bursard token issue --role \
             analyst.",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_statement_is_counted_and_its_questions_are_listed() {
        let statement = json!({
            "statementId": "stm_1",
            "lines": [{ "state": "agreed" }, { "state": "missing_here" }, { "state": "agreed" }],
            "questions": [{
                "line": 3, "number": "", "date": "2026-03-01", "amount": "12.50",
                "question": "Please send\n a copy of this invoice.",
            }],
        });
        let words = statement_words(&view(&statement));
        let lines: Vec<&str> = words.lines().collect();
        assert_eq!(lines[0], "stm_1  3 lines: 2 agreed, 1 missing here");
        assert!(lines[2].starts_with("line 3") && lines[2].contains("12.50"), "{words}");
        assert_eq!(lines.len(), 3, "{words}");
    }

    #[test]
    fn the_kind_of_a_file_is_told_by_its_name() {
        assert_eq!(extension_of(Path::new("a/lines.XLSX")).unwrap(), "xlsx");
        assert!(extension_of(Path::new("lines.pdf")).is_err());
    }
}
