//! What came of an upload, for a person.
//!
//! Not for: deciding what that means for a script (`follow`).
//! Invariant: what a server says is shown without what could not be seen.

use std::path::Path;

use domain::hold::Replacement;
use domain::{FileName, Remedy};

use super::view::{ProblemView, ProblemsView, UploadView};
use crate::report::foreign_text::{one_line, visible};
use crate::report::format::byte_size;
use crate::report::format::{date_time, group_digits, plural};
use crate::report::problem_line::{ProblemLine, line_word};
use crate::report::remedy;

/// Problems that are shown unless all are asked for: less than half a screen.
pub(super) const FEW: u32 = 10;

/// The file and how far it is.
pub(super) fn headline(upload: &UploadView) -> Vec<String> {
    let bytes = upload.bytes.map_or_else(String::new, |bytes| format!(", {}", byte_size(bytes)));
    let (kind, received) = (shown(&upload.file_type), shown(&upload.received_at));
    [
        format!("{}  {}  {}", state(upload), name(upload), id(upload)),
        format!("  {kind}{bytes}, received {received}"),
    ]
    .into_iter()
    .chain(waiting_reason(upload).map(|reason| format!("  {reason}")))
    .collect()
}

/// Says why an upload waits that could be read by now; nothing when it waits for its turn alone.
pub(super) fn waiting_reason(upload: &UploadView) -> Option<String> {
    let why = upload.waits_because.as_ref()?;
    let why = one_line(why.trim_end_matches('.'));
    Some(format!("waits to be read: {why}; it is tried again by itself, do not send it again"))
}

/// Describes what reading the file came to, once it has come to something.
pub(super) fn reading_text(upload: &UploadView) -> Option<String> {
    match upload.status.as_str() {
        "read" => Some(counts(upload).join("\n")),
        "held" => Some(format!("  {}", why_held(upload))),
        "refused" => Some(format!("  {}", reason(upload))),
        _ => None,
    }
}

/// `  41,220 rows read, 3 set aside; 12 replaced earlier ones`
fn counts(upload: &UploadView) -> Vec<String> {
    let mut text = format!(
        "  {} read, {} set aside",
        plural(upload.rows_read, "row"),
        group_digits(upload.rows_set_aside)
    );
    for (count, words) in [
        (upload.rows_replaced, "replaced earlier rows"),
        (upload.made_inactive, "made inactive"),
        (upload.non_rows, "headers, blanks and totals skipped"),
    ] {
        if count > 0 {
            text = format!("{text}; {} {words}", group_digits(count));
        }
    }
    let version = upload
        .ledger_version
        .map(|version| format!("  in the ledger from version {version}, {}", shown(&upload.at)));
    [Some(text), version].into_iter().flatten().collect()
}

/// Lists the first problems, and says how to see all.
pub(super) fn few_problems(upload: &UploadView, problems: &ProblemsView) -> Vec<String> {
    let mut shown: Vec<&ProblemView> = Vec::new();
    for item in &problems.items {
        let kind = |of: &ProblemView| (of.reason.clone(), of.column.clone());
        // Of notes of one kind one tells as much as ten; of what is set aside each is to be mended.
        if !item.is_note() || shown.iter().all(|other| kind(other) != kind(item)) {
            shown.push(item);
        }
    }
    let mut lines = problem_lines(&shown, &name(upload));
    if problems.total > shown.len() as u64 {
        lines.push(format!("  {} in all:", counted(problems)));
        lines.extend(kinds(problems));
        lines.push(format!(
            "  more of them: bursar uploads {0} --problems; all: bursar uploads {0} --problems --csv problems.csv",
            id(upload)
        ));
    }
    lines
}

/// Lists every problem, then how many there are of each kind where not all are kept.
pub(super) fn list_problems(problems: &ProblemsView, upload: &UploadView) -> String {
    let all: Vec<&ProblemView> = problems.items.iter().collect();
    let mut lines = problem_lines(&all, &name(upload));
    let total = problems.total;
    if lines.is_empty() && total == 0 {
        return match upload.status.as_str() {
            "refused" => {
                format!("no row is listed; the whole file was refused: {}", reason(upload))
            }
            _ => "no problems".to_owned(),
        };
    }
    if total > problems.items.len() as u64 {
        lines.push(format!("  {} in all; of each kind the first are kept:", counted(problems)));
        lines.extend(kinds(problems));
        lines.push(format!(
            "  all of them: bursar uploads {} --problems --csv problems.csv",
            id(upload)
        ));
    }
    lines.join("\n")
}

pub(super) fn saved(written: u64, path: &Path) -> String {
    format!("{} in {}", plural(written, "problem"), path.display())
}

/// `2 problems and 80 notes`
fn counted(problems: &ProblemsView) -> String {
    let (set_aside, notes) = problems.totals();
    match (set_aside, notes) {
        (_, 0) => plural(set_aside, "problem"),
        (0, _) => plural(notes, "note"),
        _ => format!("{} and {}", plural(set_aside, "problem"), plural(notes, "note")),
    }
}

fn problem_lines(items: &[&ProblemView], name: &str) -> Vec<String> {
    let unit = name.parse::<FileName>().map_or("line", |name| line_word(name.format()));
    items
        .iter()
        .map(|item| {
            let message = item.message.as_deref().or(item.reason.as_deref());
            let line = ProblemLine {
                unit,
                line: item.line,
                column: item.column.as_deref(),
                value: item.value.as_deref(),
                message: message.unwrap_or_default(),
                advice: item.advice.as_deref().unwrap_or_default(),
            };
            line.to_string()
        })
        .collect()
}

fn kinds(problems: &ProblemsView) -> impl Iterator<Item = String> {
    problems.counts.iter().map(|kind| {
        let count = group_digits(kind.count);
        let column = kind.column.as_deref().map(|column| format!("{}: ", one_line(column)));
        let message = kind.message.as_deref().or(kind.reason.as_deref()).unwrap_or_default();
        format!("{count:>9} × {}{}", column.unwrap_or_default(), one_line(message))
    })
}

/// `640 of 900 active suppliers are not in it and would become inactive, so a person has to decide`
pub(super) fn why_held(upload: &UploadView) -> String {
    let kind = match upload.file_type.as_str() {
        "Suppliers" => "suppliers",
        "Employees" => "employees",
        _ => "rows",
    };
    match &upload.reused_identifiers {
        Some(reused) => {
            let words = reused.explain(upload.rows_replaced);
            format!("{}, so a person has to decide", one_line(&words))
        }
        // Also a server that gives no reason: it holds for no other.
        None => format!(
            "{} of {} active {kind} are not in it and would become inactive, so a person has to decide",
            group_digits(upload.made_inactive),
            group_digits(upload.active_before)
        ),
    }
}

/// The advice about a held file.
pub(super) fn hold_advice(upload: &UploadView, id: &str) -> String {
    let otherwise = match upload.file_type.as_str() {
        "APT" => {
            "If not, have the Unique ID built of several columns, on the page Columns of the upload or with \
             bursard reading-rules set"
        }
        _ => "If not, send the whole list",
    };
    format!(
        "Nothing of it is in the ledger yet. If it is right, have the operator release it: \
         bursard upload release {id} {}. {otherwise}.",
        place_flags(upload)
    )
}

/// The rows that a file is held for, side by side.
pub(super) fn held_rows(upload: &UploadView) -> Vec<String> {
    let examples = upload.reused_identifiers.iter().flat_map(|reused| &reused.examples);
    examples.flat_map(Replacement::to_lines).map(|line| format!("  {}", one_line(&line))).collect()
}

pub(super) fn reason(upload: &UploadView) -> String {
    one_line(upload.reason.as_deref().unwrap_or("no reason is given").trim_end_matches('.'))
}

/// The advice about a refused file.
pub(super) fn refusal_advice(upload: &UploadView, id: &str) -> String {
    let remedy = upload.remedy.as_deref().and_then(|code| code.parse().ok());
    let first = match remedy {
        Some(Remedy::ReadAgain | Remedy::Nothing) => "",
        _ => " Mend the extract and send it again.",
    };
    let advice = remedy.and_then(remedy::advice).map(|advice| format!(" {advice}"));
    format!(
        "Nothing of it is in the ledger.{first}{} What is wrong with which line: bursar uploads {id} --problems",
        advice.unwrap_or_default()
    )
}

/// A state as it stands behind "is": `received, waiting to be read`.
pub(super) fn state(upload: &UploadView) -> String {
    match upload.status.as_str() {
        "received" => "received, waiting to be read".to_owned(),
        "reading" => "being read".to_owned(),
        "" => "nothing".to_owned(),
        other => one_line(other),
    }
}

pub(super) fn name(upload: &UploadView) -> String {
    shown(&upload.file_name)
}

pub(super) fn id(upload: &UploadView) -> String {
    shown(&upload.upload_id)
}

/// The customer and the unit as flags of the server's own commands.
pub(super) fn place_flags(upload: &UploadView) -> String {
    format!("--customer {} --unit {}", shown(&upload.customer), shown(&upload.unit))
}

/// Shows a time as people write it, and any other text without what cannot be seen.
pub(super) fn shown(text: &str) -> String {
    text.parse().map_or_else(|_no_time| visible(text, usize::MAX), date_time)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::commands::uploads::FollowResult;
    use crate::transfer::client::view;

    #[test]
    fn what_came_of_a_file_is_said() {
        let upload = json!({
            "uploadId": "upl_1", "customer": "acme", "unit": "uk", "fileType": "APT",
            "fileName": "a_20261123.csv", "bytes": 19_345_678, "receivedAt": "2026-11-23T10:00:00Z",
            "status": "read", "at": "2026-11-23T10:01:00Z", "ledgerVersion": 3, "rowsRead": 41_220,
            "rowsSetAside": 2, "nonRows": 1, "rowsReplaced": 12, "madeInactive": 0,
        });
        let problems = json!({
            "items": [{"line": 7, "column": "Invoice Date", "value": "31/02/2019",
                       "reason": "no_such_day", "level": "set_aside", "message": "no such day",
                       "advice": "correct the date in the ERP"}],
            "counts": [{"column": "Invoice Date", "reason": "no_such_day", "level": "set_aside",
                        "count": 2, "message": "no such day"}],
            "total": 2,
        });
        let expected = "\
read  a_20261123.csv  upl_1
  APT, 19.3 MB, received 23 Nov 2026 10:00 UTC
  41,220 rows read, 2 set aside; 12 replaced earlier rows; 1 headers, blanks and totals skipped
  in the ledger from version 3, 23 Nov 2026 10:01 UTC
  line 7  Invoice Date  \"31/02/2019\"  no such day; correct the date in the ERP
  2 problems in all:
        2 × Invoice Date: no such day
  more of them: bursar uploads upl_1 --problems; all: bursar uploads upl_1 --problems --csv problems.csv";
        let result = FollowResult { upload, problems, verdict: None };
        assert_eq!(result.to_text(), expected);
        let note = |line: u64| json!({"line": line, "reason": "unlikely_year", "level": "note", "message": "x"});
        let counts = [("note", 80), ("set_aside", 2)].map(|(level, count)| {
            json!({"reason": "unlikely_year", "level": level, "count": count, "message": "x"})
        });
        for (counts, total, said) in [
            (&counts[..1], 80, "  80 notes in all:"),
            (&counts[..], 82, "  2 problems and 80 notes in all:"),
        ] {
            let notes = json!({"items": [note(2), note(3)], "counts": counts, "total": total});
            let lines = few_problems(&result.view(), &view(&notes));
            assert_eq!(lines[..2], ["  line 2  x".to_owned(), said.to_owned()], "{lines:?}");
        }
        let none = view(&json!({"items": [], "total": 0}));
        assert_eq!(list_problems(&none, &result.view()), "no problems");
        let refused: UploadView = view(&json!({ "status": "refused", "reason": "it is empty" }));
        assert!(
            list_problems(&none, &refused).ends_with("the whole file was refused: it is empty")
        );
        let waiting = json!({ "status": "received", "waitsBecause": "the ledger lost a column." });
        let reason = "  waits to be read: the ledger lost a column; it is tried again by itself, do not send \
                      it again";
        assert_eq!(headline(&view(&waiting)).last().map(String::as_str), Some(reason));
        let row = json!({"items": [{"line": 2, "message": "x"}], "total": 1});
        let workbook = view(&json!({ "fileName": "a.xlsx" }));
        assert_eq!(list_problems(&view(&row), &workbook), "  row 2  x");
    }
}
