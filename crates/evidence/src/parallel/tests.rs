use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;

/// The message that a piece of work panicked with.
fn panic_of(work: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(work)).expect_err("it panics");
    panic.downcast_ref::<String>().expect("panics here have formatted messages").clone()
}

/// A number that orders itself, but for one that cannot.
#[derive(PartialEq, Eq)]
struct Picky(u32);

impl PartialOrd for Picky {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Picky {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let odd = [self.0, other.0].into_iter().find(|number| *number == 7);
        assert!(odd.is_none(), "{odd:?} has no order");
        self.0.cmp(&other.0)
    }
}

#[test]
fn every_place_has_its_result_on_any_number_of_threads() {
    for count in [0, 1, 7, 10] {
        for threads in [0, 1, 3, 10, 64] {
            let squares = of_all(count, threads, |at| at * at);
            assert_eq!(squares, (0..count).map(|at| at * at).collect::<Vec<_>>());
            let sorted = sorted((0..count).rev().collect(), threads);
            assert_eq!(sorted, (0..count).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_place_that_panics_ends_the_whole_and_says_why() {
    let one_fails = |at: usize| {
        assert!(at != 4, "nothing can be said of place {at}");
        at
    };
    let said = panic_of(|| drop(of_all(10, 4, one_fails)));
    assert_eq!(said, "nothing can be said of place 4");
}

#[test]
fn sorting_what_has_no_order_says_so() {
    let all = || (0..20).map(Picky).collect();
    assert_eq!(panic_of(|| drop(sorted::<Picky>(all(), 4))), "Some(7) has no order");
}

#[test]
fn two_at_once_fail_like_one() {
    assert_eq!(both(|| 1, || "two"), (1, "two"));
    let number = 8;
    assert_eq!(
        panic_of(|| assert_eq!(both(|| -> u8 { panic!("not {number}") }, || 1), (0, 1))),
        "not 8"
    );
    assert_eq!(
        panic_of(|| assert_eq!(both(|| 1, || -> u8 { panic!("not {number}") }), (1, 0))),
        "not 8"
    );
}
