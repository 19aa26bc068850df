//! A letter as PDF, and the pack of a claim: the letter, its invoices and the reasons in one ZIP.
//!
//! Invariant: what goes to a supplier holds nothing that its letter would not.

use domain::Letter;
use jiff::Timestamp;
use rust_xlsxwriter::XlsxError;

use super::draft::Draft;
use crate::http::workbook::{Claim, claim_workbook};
use crate::pdf::{Block, PdfError, TextDocument};
use crate::zip::ZipWriter;

/// A pack could not be written: a fault of the program.
#[derive(Debug, thiserror::Error)]
pub(super) enum PackError {
    #[error(transparent)]
    Pdf(#[from] PdfError),
    #[error("the workbook of a claim could not be written")]
    Workbook(#[from] XlsxError),
}

/// The subject as a heading, and the letter below it as it is laid out.
pub(super) fn pdf(letter: &Letter, made_at: Timestamp) -> Result<Vec<u8>, PdfError> {
    let paragraphs = letter.body.split("\n\n").filter(|text| !text.trim().is_empty());
    let paragraphs = paragraphs.map(|text| Block::Paragraph(text.to_owned()));
    let document = TextDocument {
        title: letter.subject.clone(),
        blocks: std::iter::once(Block::Heading(letter.subject.clone())).chain(paragraphs).collect(),
    };
    document.write(made_at)
}

pub(super) fn zip(draft: &Draft, made_at: Timestamp) -> Result<Vec<u8>, PackError> {
    let claims: Vec<Claim<'_>> =
        draft.claims.iter().map(|(found, asked)| Claim { found, asked }).collect();
    let mut zip = ZipWriter::new(made_at);
    zip.add("letter.pdf", &pdf(&draft.letter, made_at)?);
    zip.add("letter.txt", draft.letter.body.as_bytes());
    zip.add("invoices.xlsx", &claim_workbook(&claims)?);
    Ok(zip.finish())
}
