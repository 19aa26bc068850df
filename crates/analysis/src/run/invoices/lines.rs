//! Whether an extract holds lines instead of invoices: rows that share supplier, number and both days under
//! different ids are lines of one invoice when there are many of them, and duplicates when there are few.

use evidence::invoices::Invoices;
use evidence::{narrow, shares};

/// From this share of invoices in several rows on, the extract holds lines.
const LINES_PER_MILLE_MIN: usize = 100;

/// What the lines of one invoice share beside supplier and number, as SQL; none when every row is an invoice.
pub(super) fn document(rows: &Invoices, threads: usize) -> Option<&'static str> {
    let key = |at: usize| {
        let number = evidence::text_key(rows.number(at));
        let place = narrow(at);
        (number, rows.supplier[at], rows.invoiced[at], rows.entered[at], place)
    };
    let sorted = shares::sorted(shares::of_all(rows.len(), threads, key), threads);
    let (mut invoices, mut in_lines, mut shared_ids) = (0, 0, 0);
    for invoice in sorted.chunk_by(|x, y| (x.0, x.1, x.2, x.3) == (y.0, y.1, y.2, y.3)) {
        let first = rows.id(invoice[0].4 as usize);
        let has_others = invoice.iter().any(|row| rows.id(row.4 as usize) != first);
        invoices += 1;
        in_lines += usize::from(has_others);
        shared_ids += usize::from(invoice.len() > 1 && !has_others);
    }
    if in_lines * 1_000 > invoices * LINES_PER_MILLE_MIN {
        return Some("invoice_date, entered_date");
    }
    (shared_ids > 0).then_some("unique_id")
}
