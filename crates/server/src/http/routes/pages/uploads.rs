//! The uploads and each of them, sending by hand, the columns of a file, and the help for who sends.

use super::{get, post};
use crate::http::pages::{help, reading_rules, uploads};
use crate::http::permission::Permission;
use crate::http::routes::Entry;

const COLUMNS: &str = "/at/{customer}/{unit}/uploads/{upload}/columns";
const SEND: &str = "/at/{customer}/{unit}/uploads/send";

pub(super) fn entries() -> Vec<Entry> {
    let mut entries = of_uploads();
    entries.extend(of_columns_and_help());
    entries
}

fn of_uploads() -> Vec<Entry> {
    use Permission::{Analyst, Viewer};
    use uploads::{decide, detail, line, send};
    vec![
        get(
            "/at/{customer}/{unit}/uploads",
            "list_uploads_page",
            "The unit's uploads, newest first",
            Viewer,
            uploads::list_uploads,
        ),
        get(SEND, "get_send", "The form to send a file by hand", Analyst, send::get_send),
        post(SEND, "send", "Send a file by hand", Analyst, send::send),
        get(
            "/at/{customer}/{unit}/uploads/{upload}",
            "get_upload_page",
            "One upload, its life and its problems",
            Viewer,
            detail::get_upload,
        ),
        get(
            "/at/{customer}/{unit}/uploads/{upload}/problems.csv",
            "get_problems_csv",
            "Its problems for a spreadsheet",
            Viewer,
            detail::get_problems_csv,
        ),
        get(
            "/at/{customer}/{unit}/uploads/{upload}/lines/{line}",
            "get_line",
            "One line of the file, for a problem in it",
            Viewer,
            line::get_line,
        ),
        get(
            "/at/{customer}/{unit}/uploads/{upload}/file",
            "get_file",
            "The file as it was sent",
            Analyst,
            detail::get_file,
        ),
        post(
            "/at/{customer}/{unit}/uploads/{upload}/release",
            "release_upload",
            "Let a held snapshot in",
            Analyst,
            decide::release,
        ),
        post(
            "/at/{customer}/{unit}/uploads/{upload}/refuse",
            "refuse_upload",
            "Keep a held snapshot out",
            Analyst,
            decide::refuse,
        ),
        post(
            "/at/{customer}/{unit}/uploads/read-again",
            "read_uploads_again",
            "Read all files of a type again that new settings may mend",
            Analyst,
            decide::read_all_again,
        ),
        post(
            "/at/{customer}/{unit}/uploads/{upload}/read-again",
            "read_upload_again",
            "Read a file again",
            Analyst,
            decide::read_again,
        ),
    ]
}

fn of_columns_and_help() -> Vec<Entry> {
    use Permission::{Admin, Viewer};
    vec![
        get(
            COLUMNS,
            "get_columns",
            "Which column of a file holds what",
            Admin,
            reading_rules::get_columns,
        ),
        post(
            COLUMNS,
            "set_columns",
            "Say which column holds what",
            Admin,
            reading_rules::set_columns,
        ),
        post(
            "/at/{customer}/{unit}/uploads/{upload}/settle",
            "settle",
            "Set one setting of reading, and read the file again",
            Admin,
            reading_rules::settle::settle,
        ),
        get(
            "/at/{customer}/{unit}/columns/{type}",
            "get_columns_of_type",
            "The same, by the newest file of a type",
            Admin,
            reading_rules::get_columns_of_type,
        ),
        get("/at/{customer}/{unit}/help", "get_help", "How to send files", Viewer, help::get_help),
        get(
            "/at/{customer}/{unit}/help/findings",
            "get_findings_help",
            "How to work through findings",
            Viewer,
            help::get_findings_help,
        ),
        get(
            "/at/{customer}/{unit}/help/api",
            "get_reference",
            "The API, to read",
            Viewer,
            help::reference::get_reference,
        ),
    ]
}
