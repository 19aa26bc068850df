//! Suppliers' statements held against the ledgers.

use http::Method;

use super::{Entry, documented, get, post, tagged};
use crate::http::api::statements;

const STATEMENTS: &str = "/customers/{customer}/units/{unit}/statements";
const STATEMENT: &str = "/customers/{customer}/units/{unit}/statements/{statement}";
const STATEMENT_CSV: &str = "/customers/{customer}/units/{unit}/statements/{statement}/lines.csv";
const STATEMENT_XLSX: &str = "/customers/{customer}/units/{unit}/statements/{statement}/lines.xlsx";
const STATEMENT_COLUMNS: &str = "/customers/{customer}/units/{unit}/statementColumns";

pub(super) fn entries() -> Vec<Entry> {
    use domain::RefusalCode::NotFound;
    tagged(
        "Statements",
        [
            post(
                STATEMENTS,
                "send_statement",
                "Reconcile a supplier's statement with the ledgers: the file is the body",
                statements::send_statement,
            ),
            get(
                STATEMENTS,
                "list_statements",
                "Statements that were compared with the ledgers, newest first",
                statements::list_statements,
            ),
            get(
                STATEMENT,
                "get_statement",
                "One statement line by line, and what to ask the supplier",
                statements::get_statement,
            )
            .refuses(&[NotFound]),
            get(
                STATEMENT_CSV,
                "export_statement_csv",
                "Its lines, and what it lacks, as a file",
                statements::export_statement_csv,
            )
            .refuses(&[NotFound]),
            get(
                STATEMENT_XLSX,
                "export_statement_xlsx",
                "The same as a workbook, with what to ask",
                statements::export_statement_xlsx,
            )
            .refuses(&[NotFound]),
            get(
                STATEMENT_COLUMNS,
                "get_statement_columns",
                "The columns that were settled for the statements of a supplier",
                statements::get_statement_columns,
            ),
            documented(
                Method::PUT,
                STATEMENT_COLUMNS,
                "set_statement_columns",
                "Settle them, for all of its statements from then on",
                statements::set_statement_columns,
            ),
        ],
    )
}
