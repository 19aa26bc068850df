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

/// The rings, taken apart where one member holds two parts of a ring together that do not meet elsewhere.
pub(super) fn single_rings(count: usize, arrows: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut waiting = rings(count, arrows);
    let mut found = Vec::new();
    while let Some(ring) = waiting.pop() {
        let parts = ring.iter().map(|hinge| parts_at(&ring, *hinge, arrows));
        match parts.into_iter().find(|parts| parts.len() > 1) {
            Some(parts) => waiting.extend(parts),
            None => found.push(ring),
        }
    }
    found.sort();
    found
}

/// The parts of a ring without `hinge`, which is added to each.
fn parts_at(ring: &[usize], hinge: usize, arrows: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut rest: Vec<usize> = ring.iter().copied().filter(|member| *member != hinge).collect();
    let mut parts = Vec::new();
    while let Some(first) = rest.first() {
        let mut part = vec![*first];
        let mut at = 0;
        while let Some(member) = part.get(at).copied() {
            let touched = arrows.iter().filter_map(|arrow| match *arrow {
                (from, to) if from == member => Some(to),
                (from, to) if to == member => Some(from),
                _ => None,
            });
            for other in touched {
                if rest.contains(&other) && !part.contains(&other) {
                    part.push(other);
                }
            }
            at += 1;
        }
        rest.retain(|member| !part.contains(member));
        part.push(hinge);
        part.sort_unstable();
        parts.push(part);
    }
    parts
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
    use super::{rings, single_rings};

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

    #[test]
    fn rings_that_share_one_member_are_told_apart() {
        let two = [(0, 1), (1, 0), (1, 2), (2, 1)];
        assert_eq!(rings(3, &two), [[0, 1, 2]]);
        assert_eq!(single_rings(3, &two), [[0, 1], [1, 2]]);
        let one = [(0, 1), (1, 2), (2, 0), (1, 0)];
        assert_eq!(single_rings(3, &one), [[0, 1, 2]]);
    }
}
