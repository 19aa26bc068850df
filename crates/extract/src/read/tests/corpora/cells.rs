//! The cells of a sheet by their places, ours and another reader's, and where they differ.

use std::collections::{BTreeMap, BTreeSet};

use super::value::Value;

/// Row from 1, column from 0.
pub(super) type CellPlace = (u64, usize);
pub(super) type Cells = BTreeMap<CellPlace, String>;
pub(super) type Values = BTreeMap<CellPlace, Value>;

/// A cell that two readers read differently.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Difference {
    pub(super) place: CellPlace,
    pub(super) ours: Option<String>,
    pub(super) theirs: Option<Value>,
}

/// The number of cells that are in one or the other, and those that differ.
pub(super) fn differences(ours: &Cells, theirs: &Values) -> (usize, Vec<Difference>) {
    let places: BTreeSet<&CellPlace> = ours.keys().chain(theirs.keys()).collect();
    let differ = places.iter().filter_map(|place| {
        let (ours, theirs) = (ours.get(place), theirs.get(place));
        let is_same = match (ours, theirs) {
            (Some(ours), Some(theirs)) => theirs.agrees_with(ours),
            _ => false,
        };
        (!is_same).then(|| Difference {
            place: **place,
            ours: ours.cloned(),
            theirs: theirs.cloned(),
        })
    });
    (places.len(), differ.collect())
}

#[test]
fn cells_that_differ_are_found() {
    let ours = Cells::from([((1, 0), "a".to_owned()), ((1, 1), "2024-03-05".to_owned())]);
    let text = |text: &str| Value::Text(text.to_owned());
    let theirs =
        Values::from([((1, 0), text("a")), ((1, 1), Value::Number(45_356.0)), ((2, 0), text("c"))]);
    let (compared, differ) = differences(&ours, &theirs);
    assert_eq!(compared, 3);
    assert_eq!(differ.iter().map(|one| one.place).collect::<Vec<_>>(), [(1, 1), (2, 0)]);
}
