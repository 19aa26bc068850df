//! Files sent again under other Unique IDs, by name, and the finding about each whose copies are not
//! compared.

use domain::finding::{FileSentAgain, Finding, FindingKey, Lane};
use domain::{Amount, FileType, Money, UploadId};

use super::InvoiceTable;
use super::lines::SentAgain;
use crate::checks::Check;
use crate::run::draft::{self, FindingDraft};
use crate::run::inputs::RunInputs;

const KIND: &str = "file_sent_again";

/// Uploads that are not known by an id cannot be pointed to.
pub(super) fn named(
    table: &InvoiceTable,
    inputs: &RunInputs,
    files: &[SentAgain],
) -> Vec<FileSentAgain> {
    files.iter().filter_map(|file| name(table, inputs, file)).collect()
}

fn name(table: &InvoiceTable, inputs: &RunInputs, file: &SentAgain) -> Option<FileSentAgain> {
    let id = |rank: u32| table.uploads.names[rank as usize].parse::<UploadId>().ok();
    let file_name = |upload: UploadId| inputs.file_names.get(&upload).cloned();
    let (upload, earlier) = (id(file.upload)?, id(file.earlier)?);
    Some(FileSentAgain {
        upload,
        file_name: file_name(upload),
        earlier_upload: earlier,
        earlier_file_name: file_name(earlier),
        invoices: file.invoices,
        copies: file.copied,
        is_left_out: file.is_left_out,
    })
}

pub(super) fn findings<'a>(
    table: &'a InvoiceTable,
    inputs: &'a RunInputs,
    check: &'a Check,
    files: &'a [SentAgain],
) -> impl Iterator<Item = Finding> + 'a {
    let left_out = files.iter().filter(|file| file.is_left_out);
    left_out.filter_map(|file| Some(finding(table, check, file, &name(table, inputs, file)?)))
}

fn finding(
    table: &InvoiceTable,
    check: &Check,
    file: &SentAgain,
    named: &FileSentAgain,
) -> Finding {
    let equal = draft::reason(
        "unique_id",
        format!(
            "supplier, number, dates and amounts of {} of its {} invoices are those of rows that came \
             earlier; the copies were neither added up nor compared, and the dearest are shown, each beside \
             the earlier row",
            named.copies, named.invoices
        ),
        0.0,
    );
    let ids = file.shown.iter().flat_map(|(earlier, copy)| [earlier, copy]);
    let mut finding = FindingDraft {
        key: FindingKey::new(&format!("{}/{KIND}/{}", check.name, named.upload), []),
        kind: KIND,
        title: named.title(),
        bits: None,
        money: Some(Money {
            amount: Amount::from_ten_thousandths(file.amount),
            currency: table.base_currency.clone(),
        }),
        rows: ids.map(|id| draft::row(FileType::Transactions, id)).collect(),
        evidence: vec![equal],
        pattern: Some(KIND.to_owned()),
        claim: Some("the ERP itself holds these invoices twice".to_owned()),
        next_step: Some("Look one of them up in the ERP: is it there once or twice?".to_owned()),
    }
    .finish(check);
    // Most often the extract was sent again, and not the invoices posted again.
    finding.lane = Lane::LookInto;
    finding.billed = finding.at_risk.take();
    finding.at_risk_is =
        "all copies of the file, in the base currency of the ledger: lost if the ERP holds \
                          and paid them twice, nothing if only the extract was sent again"
            .into();
    finding.innocent_if = "the ERP has each of these invoices once, and the extract gave them other Unique \
                           IDs than before (leading zeros lost in a spreadsheet, a row count for an id)"
        .into();
    finding
}
