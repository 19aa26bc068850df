//! A column whose words call rows credit notes, held against the sign of their amounts.
//!
//! Not for: columns of debit and credit, from which amounts have their sign (`sides`). Nothing is turned by
//! such words, as one program writes `Credit Note` and a minus, and the other only one of them; but that
//! credit notes stand as invoices is said.

use crate::headers::{Column, normal};
use crate::record::{Record, trimmed};

/// Names of such a column, as [`normal`] leaves them.
const HEADERS: [&str; 34] = [
    "documenttype",
    "doctype",
    "doctyp",
    "transactiontype",
    "transtype",
    "trantype",
    "trxtype",
    "invoicetype",
    "invoicetypelookupcode",
    "invtype",
    "vouchertype",
    "entrytype",
    "billtype",
    "type",
    "typ",
    "blart",
    "belegart",
    "belegtyp",
    "typedocument",
    "typededocument",
    "tipodocumento",
    "tipodedocumento",
    "class",
    "kind",
    "art",
    "documentclass",
    "documentcategory",
    "documenttypecode",
    "invoicetypecode",
    "invoicekind",
    "vchtype",
    "trntype",
    "postingtype",
    "movetype",
];

/// Words for a credit note, likewise: of English, SAP, Sage, Odoo, German, French, Spanish, Italian,
/// Portuguese, Dutch and the Nordic languages, and the code of electronic invoices.
const WORDS: [&str; 43] = [
    "credit",
    "creditnote",
    "creditnotes",
    "creditmemo",
    "creditinvoice",
    "creditmemorandum",
    "suppliercredit",
    "suppliercreditnote",
    "vendorcredit",
    "vendorcreditmemo",
    "purchasecredit",
    "purchasecreditnote",
    "purchasecreditmemo",
    "apcreditmemo",
    "accpaycredit",
    "crnote",
    "crn",
    "pcn",
    "pcrn",
    "kg",
    "gutschrift",
    "lieferantengutschrift",
    "avoir",
    "notedecredit",
    "notadecredito",
    "notadicredito",
    "creditnota",
    "kreditnota",
    "kreditfaktura",
    "creditadvice",
    "pc",
    "cn",
    "cm",
    "scn",
    "vcr",
    "vcm",
    "apcn",
    "inrefund",
    "vendorrefund",
    "supplierrefund",
    "gu",
    "gs",
    "381",
];

/// The column of a file that may call rows credit notes, and what its rows have shown.
#[derive(Debug, Default)]
pub(crate) struct CreditNotes {
    position: Option<usize>,
    /// Credit notes whose amounts are above nothing, as those of invoices are, and below.
    positive: u64,
    negative: u64,
}

impl CreditNotes {
    pub(super) fn new(columns: &[Column]) -> Self {
        let may_be = |column: &Column| {
            column.field.is_none()
                && column.part.is_none()
                && HEADERS.contains(&normal(&column.header).as_str())
        };
        Self { position: columns.iter().position(may_be), ..Self::default() }
    }

    /// Returns `true` when the file has such a column.
    #[inline]
    pub(super) fn are_looked_for(&self) -> bool {
        self.position.is_some()
    }

    /// Counts a record with its amount.
    pub(super) fn count(&mut self, record: &Record, amount: i128) {
        let cell = self.position.map_or("", |at| trimmed(record.cell(at)));
        if amount == 0 || cell.is_empty() || !WORDS.contains(&normal(cell).as_str()) {
            return;
        }
        if amount > 0 {
            self.positive += 1;
        } else {
            self.negative += 1;
        }
    }

    /// The column, and how many of its credit notes stand as invoices, where most of them do.
    pub(crate) fn standing_as_invoices(&self) -> Option<(usize, String)> {
        let all = self.positive + self.negative;
        let are_most = self.positive > self.negative;
        self.position.filter(|_| are_most).map(|at| (at, format!("{} of {all}", self.positive)))
    }
}
