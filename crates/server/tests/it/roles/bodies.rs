//! Bodies of requests to the API, so far filled in that they name what is there.

use crate::desk::key;

pub(super) fn api_body(operation: &str) -> String {
    let three = key(3);
    match operation {
        "upload_file" | "append_to_resumable" => "Supplier\n".to_owned(),
        "decide_finding" => r#"{"state":"duplicate","because":"x"}"#.to_owned(),
        "assign_finding" => r#"{"assignee":null}"#.to_owned(),
        "comment_on_finding" => r#"{"words":"x"}"#.to_owned(),
        "set_recovered" => r#"{"recovered":null}"#.to_owned(),
        "decide_credit" => r#"{"credit":"U9","isAnswer":false}"#.to_owned(),
        "decide_run_payments" => r#"{"decision":"hold","lines":[2]}"#.to_owned(),
        "step_recovery" => r#"{"stage":"asked"}"#.to_owned(),
        "decide_findings" => {
            format!(r#"{{"findings":["{three}"],"verdict":{{"state":"duplicate","because":"x"}}}}"#)
        }
        "assign_findings" => format!(r#"{{"findings":["{three}"],"assignee":null}}"#),
        "undo_verdicts" => format!(r#"{{"findings":["{three}"]}}"#),
        "set_reading_rules" | "set_check_settings" => "{}".to_owned(),
        _ => String::new(),
    }
}
