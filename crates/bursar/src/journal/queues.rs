//! In which order entries leave: files of one name one after the other, and so are snapshots of one ledger,
//! whatever they are called, as the last to arrive is what counts; others side by side.
//!
//! Invariant: of a name, and of snapshots, the file that came last is the last to be sent.

use super::OutboxEntry;

/// Lines of entries that may leave side by side; within a line, each waits for the one before it.
pub fn queues_in_order(entries: &[OutboxEntry]) -> Vec<Vec<&OutboxEntry>> {
    let mut lines: Vec<Vec<&OutboxEntry>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for entry in entries {
        let to = &entry.request;
        let name = (!to.file_type.is_snapshot()).then_some(&to.own_name);
        let line = (&to.server, &to.address.customer, &to.address.unit, to.file_type, name);
        let place = *places.entry(line).or_insert(lines.len());
        match lines.get_mut(place) {
            Some(line) => line.push(entry),
            None => lines.push(vec![entry]),
        }
    }
    lines
}
