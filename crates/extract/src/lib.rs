//! The files customers send, as typed rows and problems: bytes in, arrow batches out.
//!
//! Not for: keeping rows or looking for anything in them. No I/O of its own, no clock, no query
//! engine: it reads what it is handed and gives to a [`Sink`].
//!
//! Invariant: every record of a file is accounted for. `rows_read + rows_set_aside + non-rows` is the
//! number of records, nothing that does not parse becomes a null, and memory does not grow with the
//! file.

mod error;
mod fields;
pub mod limits;
mod problem;
mod record;

pub use error::{ReadError, Refusal, SinkError};
pub use fields::{Field, FieldKind, schema};
pub use problem::{Level, Problem, Reason};
