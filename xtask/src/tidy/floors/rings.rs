//! Rings: what can be reached from itself.
//!
//! Not for: modules; the numbers here may stand for anything. Invariant: no recursion, so that a large graph
//! needs no deep stack.

/// The groups of two and more that all reach one another, each sorted.
pub(super) fn rings(count: usize, arrows: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut next = vec![Vec::new(); count];
    for (from, to) in arrows {
        next[*from].push(*to);
    }
    let reached: Vec<Vec<bool>> = (0..count).map(|from| reached(from, &next)).collect();
    let mut is_named = vec![false; count];
    let mut found = Vec::new();
    for one in 0..count {
        let group: Vec<usize> =
            (one..count).filter(|other| reached[one][*other] && reached[*other][one]).collect();
        if group.len() > 1 && !is_named[one] {
            for member in &group {
                is_named[*member] = true;
            }
            found.push(group);
        }
    }
    found
}

fn reached(from: usize, next: &[Vec<usize>]) -> Vec<bool> {
    let mut seen = vec![false; next.len()];
    let mut waiting = vec![from];
    while let Some(one) = waiting.pop() {
        if !std::mem::replace(&mut seen[one], true) {
            waiting.extend(&next[one]);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::rings;

    #[test]
    fn groups_that_reach_one_another_are_rings() {
        for (count, arrows, expected) in [
            (3, vec![(0, 1), (1, 2), (0, 2)], vec![]),
            (3, vec![(0, 1), (1, 0), (1, 2)], vec![vec![0, 1]]),
            (
                5,
                vec![(0, 1), (1, 2), (2, 0), (3, 4), (4, 3), (2, 3)],
                vec![vec![0, 1, 2], vec![3, 4]],
            ),
            (1, vec![(0, 0)], vec![]),
        ] {
            assert_eq!(rings(count, &arrows), expected, "{arrows:?}");
        }
    }
}
