//! Why an upload is held, as its page shows it.

use domain::hold::{InvoiceRow, Replacement};
use domain::{HoldReason, Upload, UploadState};

use super::feed::noun;
use crate::http::pages::format;

/// Why it is held, and what would happen if it were let in.
pub(super) enum HoldCard {
    Inactive { made_inactive: String, active_before: String, listed: String, nouns: &'static str },
    Reused { rows: String, replaced: String, columns: String, beside: String, pairs: Vec<Pair> },
}

/// An earlier row and the one that would take its place.
pub(super) struct Pair {
    pub(super) unique_id: String,
    pub(super) rows: [PairRow; 2],
}

pub(super) struct PairRow {
    pub(super) place: &'static str,
    pub(super) line: String,
    pub(super) supplier: String,
    pub(super) number: String,
    pub(super) amount: String,
    pub(super) date: String,
}

pub(super) fn hold_card(upload: &Upload) -> Option<HoldCard> {
    let UploadState::Held { rows, reason, .. } = &upload.state else { return None };
    Some(match reason {
        HoldReason::ManyInactive { active_before } => HoldCard::Inactive {
            made_inactive: format::count(rows.made_inactive),
            active_before: format::count(*active_before),
            listed: format::count(rows.rows_read),
            nouns: noun(upload.file_type),
        },
        HoldReason::ReusedIdentifiers { reused_identifiers } => HoldCard::Reused {
            rows: format::count(reused_identifiers.rows),
            replaced: format::count(rows.rows_replaced),
            columns: reused_identifiers.columns.join(", "),
            beside: reused_identifiers.may_repeat_by.join(" and "),
            pairs: reused_identifiers.examples.iter().map(pair).collect(),
        },
    })
}

fn pair(example: &Replacement) -> Pair {
    let row = |place, row: &InvoiceRow| {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let supplier = [text(&row.supplier_name), text(&row.supplier_ref)];
        PairRow {
            place,
            line: format::count(row.line),
            supplier: supplier.join(" "),
            number: text(&row.invoice_number),
            amount: text(&row.invoice_amount),
            date: row.invoice_date.map(|date| date.to_string()).unwrap_or_default(),
        }
    };
    Pair {
        unique_id: example.unique_id.clone(),
        rows: [row("In the ledger", &example.before), row("In this file", &example.after)],
    }
}
