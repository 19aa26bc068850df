use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::ArrayRef;
use proptest::prelude::*;

use super::*;

fn identities(columns: Vec<Vec<Option<&str>>>) -> Vec<Identity> {
    let arrays = columns.into_iter().enumerate().map(|(position, texts)| {
        let array: ArrayRef = Arc::new(StringArray::from(texts));
        (format!("c{position}"), array)
    });
    let batch = RecordBatch::try_from_iter(arrays).unwrap();
    let names: Vec<String> =
        batch.schema().fields().iter().map(|field| field.name().clone()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut found = Vec::new();
    Identifier::new(&batch.schema(), &names).unwrap().of_rows(&batch, &mut found);
    found
}

#[test]
fn texts_that_only_run_together_alike_are_different() {
    let found = identities(vec![
        vec![Some("ab"), Some("a"), Some(""), None, Some("ab")],
        vec![Some("c"), Some("bc"), Some("abc"), Some("abc"), Some("c")],
    ]);
    let different: HashSet<_> = found.iter().collect();
    assert_eq!(different.len(), 4);
    assert_eq!(found[0], found[4]);
}

proptest! {
    #[test]
    fn a_set_knows_its_own(inside: Vec<u128>, outside: Vec<u128>) {
        let expected: HashSet<_> = inside.iter().copied().collect();
        let set = IdentitySet::new(inside.clone());
        prop_assert_eq!(set.len(), expected.len());
        for identity in inside.iter().chain(&outside) {
            prop_assert_eq!(set.contains(*identity), expected.contains(identity));
        }
        let other = IdentitySet::new(outside.clone());
        let outside: HashSet<_> = outside.into_iter().collect();
        prop_assert_eq!(set.count_missing_in(&other), expected.difference(&outside).count() as u64);
    }
}

#[test]
fn an_identity_that_is_there_twice_is_one() {
    let set = IdentitySet::new(vec![1, 2, 2, 3, 3, 3, u128::MAX]);
    assert_eq!(set.len(), 4);
    assert!(set.contains(u128::MAX) && set.contains(1) && !set.contains(0));
    assert_eq!(IdentitySet::new(vec![]).len(), 0);
    assert!(!IdentitySet::new(vec![]).contains(u128::MAX));
}
