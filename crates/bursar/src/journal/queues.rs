//! In which order entries leave: files of one name one after the other, others side by side.
//!
//! Invariant: of a name, the file that came last is the last to be sent.

use super::Entry;

/// Lines of entries that may leave side by side; within a line, each waits for the one before it.
pub fn queues_by_name(entries: &[Entry]) -> Vec<Vec<&Entry>> {
    let mut lines: Vec<Vec<&Entry>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for entry in entries {
        let to = &entry.request;
        let name = (&to.server, &to.address.customer, &to.address.unit, to.file_type, &to.own_name);
        let place = *places.entry(name).or_insert(lines.len());
        match lines.get_mut(place) {
            Some(line) => line.push(entry),
            None => lines.push(vec![entry]),
        }
    }
    lines
}
