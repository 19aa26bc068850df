//! The files customers send, as typed rows and problems: bytes in, arrow batches out.
//!
//! Not for: keeping rows or looking for anything in them. No I/O of its own, no clock, no query
//! engine: it reads what it is handed and gives to a [`Sink`].
//!
//! Invariant: every record of a file is accounted for. `rows_read + rows_set_aside + non-rows` is the
//! number of records, nothing that does not parse becomes a null unsaid, and memory does not grow with
//! the file.

mod all_problems;
mod amounts;
mod batches;
mod cell_text;
mod cleaned_run;
mod columns_page;
mod currencies;
mod dates;
mod debit_credit;
mod empty_words;
mod encoding;
mod error;
mod error_words;
mod extra;
mod fields;
mod file_type;
mod formats;
mod headers;
mod identifiers;
pub mod limits;
mod mapping;
mod names;
mod non_rows;
mod options;
mod payment_order;
mod plain_table;
mod preview;
mod problem;
mod read;
mod record;
mod record_at;
mod report;
mod rows;
mod source;
mod spreadsheet;
mod table_columns;
mod text;
mod trial;

pub use all_problems::all_problems;
pub use cleaned_run::cleaned_run;
pub use columns_page::columns_page;
pub use dates::DateStyle;
pub use domain::problem::{Level, Problem, ProblemCount, Reason};
pub use domain::{ColumnKind, DateOrder, DecimalStyle, FieldSource, InvoiceSign, Mapping};
pub use encoding::{CodePage, Encoding, UnknownEncoding, encoding_name};
pub use error::{HiddenColumn, ReadError, Refusal, SinkError};
pub use fields::{AMOUNT_PRECISION, AMOUNT_SCALE, Field, LINE_COLUMN, schema};
pub use file_type::guess_file_type;
pub use formats::{AmountFormat, ColumnFormat, DecidedBy};
pub use headers::Derivation;
pub use identifiers::{IdentifierColumns, SEPARATOR};
pub use mapping::{check_mapping, column_names, suggested_mapping};
pub use names::{NameTable, Section, TableKind};
pub use non_rows::NonRows;
pub use options::{Options, ProblemSelection, Require};
pub use payment_order::{NotCleaned, try_payment_order};
pub use plain_table::{TableRecord, plain_table};
pub use preview::preview;
pub use problem::{masked, shown};
pub use read::{ColumnUse, Reading, first_record, read};
pub use record_at::record_at;
pub use report::{NullSink, Place, Sink};
pub use table_columns::{
    amount_currency, cell_amount, cell_currency, column_days, decimal_style, header_currency,
};
pub use trial::{TrialSize, trial};
