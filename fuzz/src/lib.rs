//! What is let at the readers of `extract`: one function for each way in, which takes any bytes.
//!
//! Not for: choosing the bytes; a fuzzer does that, and the tests of `extract` try the seeds and small
//! changes of them. Invariant: a function ends silently unless a promise is broken.

pub mod csv;
pub mod headers;
pub mod html;
pub mod mapping;
pub mod ods;
pub mod old;
pub mod package;
pub mod payment_order;
pub mod promises;
pub mod rules;
pub mod xls;
pub mod xlsx;
pub mod xml_spreadsheet;

/// A name, which is that of the folder of its seeds, and the function that takes bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every one.
pub const TARGETS: [Target; 10] = [
    ("csv", csv::run),
    ("headers", headers::run),
    ("html", html::run),
    ("mapping", mapping::run),
    ("ods", ods::run),
    ("payment_order", payment_order::run),
    ("rules", rules::run),
    ("xls", xls::run),
    ("xlsx", xlsx::run),
    ("xml_spreadsheet", xml_spreadsheet::run),
];
