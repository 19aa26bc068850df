//! What the program says: lines, JSON, exit codes, progress, and how values are written.

pub mod exit_code;
pub mod failure;
pub mod foreign_text;
pub mod format;
pub mod output;
pub mod problem_line;
pub mod progress;
pub mod remedy;
pub mod table;
pub mod whole_file;
