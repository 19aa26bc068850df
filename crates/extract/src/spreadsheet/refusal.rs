//! Why a workbook cannot be read at all, each with what to do about it.
//!
//! Not for: single rows or cells; those are problems. Nothing in these sentences is taken from inside
//! the workbook except names and numbers that were checked for control characters.
//!
//! Invariant: variants are named by what the sender can do next.

use std::io;

use domain::Remedy;

use crate::error::{ReadError, Refusal};

/// The file as a whole is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkbookRefusal {
    #[error(
        "this is not an Excel workbook: {found}. Save it as .xlsx and send that, or name it .csv or \
         .txt if it is text"
    )]
    NotAWorkbook { found: &'static str },

    #[error(
        "the workbook is encrypted with a password, and cannot be opened. Save it as .xlsx without a \
         password and send that"
    )]
    Encrypted,

    /// A container of the old kind that does not say which of the two it holds.
    #[error(
        "the workbook is protected with a password or of the old .xls kind, and cannot be opened. \
         Save it as .xlsx without a password and send that"
    )]
    Locked,

    #[error(
        "the unit's rules of reading name the sheet {wanted}, and the workbook has {}. Name one of these, or \
         none so that the sheet whose columns are known is read; or save the workbook with that sheet",
        .names.join(", ")
    )]
    NoSuchSheet { wanted: String, names: Vec<String> },

    /// The package says two things about itself; spreadsheet programs never write such a file.
    #[error(
        "the workbook was not written by a spreadsheet program, and may be made to do harm: {what}. \
         Open it where it came from, save it as a new .xlsx and send that"
    )]
    Unsafe { what: &'static str },

    #[error(
        "the workbook is packed with {how}, which spreadsheet programs do not open either: they use Deflate. \
         Save it as .xlsx where it came from, or unpack it and pack it the usual way, and send that"
    )]
    Packed { how: &'static str },

    #[error(
        "the workbook is damaged: {what}. Open it in a spreadsheet program, save it as a new .xlsx \
         and send that"
    )]
    Damaged { what: String },

    #[error(
        "the workbook is too large: {what}. Send the rows as .csv, or in several files; if the sheet \
         looks smaller than that, delete the empty rows and columns round the rows and save it again"
    )]
    TooLarge { what: String },

    /// The bytes could not be had; trying again may help.
    #[error("the file could not be read to its end")]
    Unreadable(#[source] io::Error),
}

impl WorkbookRefusal {
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }

    pub(super) fn too_large(what: impl Into<String>) -> Self {
        Self::TooLarge { what: what.into() }
    }
}

/// `1,048,576`
pub(super) fn grouped(number: u64) -> String {
    domain::digits::grouped(&number.to_string())
}

impl From<io::Error> for WorkbookRefusal {
    /// A file that ends early is damaged; everything else is the machine's trouble.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::damaged("it ends in the middle"),
            _ => Self::Unreadable(error),
        }
    }
}

impl From<WorkbookRefusal> for ReadError {
    fn from(refusal: WorkbookRefusal) -> Self {
        match refusal {
            WorkbookRefusal::Unreadable(error) => Self::Source(error),
            refusal => {
                let remedy = match refusal {
                    WorkbookRefusal::NoSuchSheet { .. } => Remedy::ChooseSheet,
                    _ => Remedy::MendExtract,
                };
                Self::Refused(Refusal::Workbook { what: refusal.to_string(), remedy })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_refusal_speaks_of_a_command_and_a_sheet_is_chosen() {
        let text = || "Ledger".to_owned();
        for (refusal, remedy) in [
            (WorkbookRefusal::NotAWorkbook { found: "text" }, Remedy::MendExtract),
            (WorkbookRefusal::Encrypted, Remedy::MendExtract),
            (WorkbookRefusal::Locked, Remedy::MendExtract),
            (
                WorkbookRefusal::NoSuchSheet { wanted: text(), names: vec![text()] },
                Remedy::ChooseSheet,
            ),
            (WorkbookRefusal::Unsafe { what: "a part twice" }, Remedy::MendExtract),
            (WorkbookRefusal::Packed { how: "LZMA" }, Remedy::MendExtract),
            (WorkbookRefusal::damaged("a part is missing"), Remedy::MendExtract),
            (WorkbookRefusal::too_large("too many rows"), Remedy::MendExtract),
        ] {
            let ReadError::Refused(refusal) = refusal.into() else { panic!("it is the file's") };
            let sentence = refusal.to_string();
            assert!(!sentence.contains(" --") && !sentence.contains("bursar"), "{sentence}");
            assert_eq!(refusal.remedy(), remedy, "{sentence}");
        }
    }
}
