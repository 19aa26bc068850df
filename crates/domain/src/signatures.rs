//! The first bytes by which kinds of files are known, whoever asks.
//!
//! Not for: what is done about a kind (`content`, `scan`, `attachment`).

pub const PDF: &[u8] = b"%PDF-";
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
pub const JPEG: &[u8] = b"\xff\xd8\xff";
/// A ZIP archive with something in it, such as a workbook of today.
pub const ZIP: &[u8] = b"PK\x03\x04";
/// The container of workbooks and documents of Office 97 to 2003.
pub const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
