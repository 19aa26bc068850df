//! Pairs joined to groups: three copies of one invoice are one finding.

use std::collections::HashMap;

use super::Batch;
use crate::amounts::AmountLikeness;
use crate::invoices::Invoices;
use crate::weigh::WeighedPair;

/// Invoices that are taken for one.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// By the day they were keyed, then by place.
    pub invoices: Vec<usize>,
    /// The pair that says most.
    pub best: WeighedPair,
    /// Of a batch the earlier and the later of each pair; else empty.
    pub pairs: Vec<(usize, usize)>,
    /// In ten-thousandths of the base currency: what was paid beside the dearest of them.
    pub at_risk: i64,
}

/// More are a habit that nobody has seen yet, or a fault of the extract; the surest stay together.
const GROUP_MAX: usize = 50;

/// Joins pairs, the surest first; batches are groups already. The most money times probability first.
pub fn groups(invoices: &Invoices, mut pairs: Vec<WeighedPair>, batches: Vec<Batch>) -> Vec<Group> {
    let bits = |weighed: &WeighedPair| (weighed.bits() * 1e6).round();
    pairs.sort_by(|x, y| {
        bits(y).total_cmp(&bits(x)).then((x.pair.a, x.pair.b).cmp(&(y.pair.a, y.pair.b)))
    });
    let mut of: HashMap<usize, usize> = HashMap::new();
    let mut groups: Vec<Option<Group>> = Vec::new();
    for pair in pairs {
        if pair.pair.amount == AmountLikeness::Other
            && [pair.pair.a, pair.pair.b].iter().any(|at| of.contains_key(at))
        {
            // Of what is surely one over one amount, an invoice over quite another is no copy.
            continue;
        }
        let parts: Vec<usize> = pair.joint.iter().flat_map(|joint| &joint.parts).copied().collect();
        let a = pair.pair.a;
        match (of.get(&pair.pair.a).copied(), of.get(&pair.pair.b).copied()) {
            (None, None) => {
                of.insert(pair.pair.a, groups.len());
                of.insert(pair.pair.b, groups.len());
                let invoices = vec![pair.pair.a, pair.pair.b];
                groups.push(Some(Group { invoices, best: pair, pairs: Vec::new(), at_risk: 0 }));
            }
            (Some(one), Some(other)) if one != other => join(&mut groups, &mut of, one, other),
            (Some(one), None) => add(&mut groups, &mut of, one, pair.pair.b),
            (None, Some(one)) => add(&mut groups, &mut of, one, pair.pair.a),
            _ => {}
        }
        for part in parts {
            match (of.get(&a).copied(), of.get(&part).copied()) {
                (Some(one), None) => add(&mut groups, &mut of, one, part),
                (Some(one), Some(other)) if one != other => join(&mut groups, &mut of, one, other),
                _ => {}
            }
        }
    }
    let mut groups: Vec<Group> = groups.into_iter().flatten().collect();
    for group in &mut groups {
        group.invoices.sort_unstable_by_key(|at| (invoices.entered[*at], *at));
        let amounts = || group.invoices.iter().map(|at| invoices.amount[*at].abs());
        group.at_risk = amounts().sum::<i64>() - amounts().max().unwrap_or(0);
    }
    groups.extend(batches.into_iter().map(|batch| of_batch(invoices, batch)));
    groups.sort_by(|x, y| {
        expected_loss(y).total_cmp(&expected_loss(x)).then(x.invoices.cmp(&y.invoices))
    });
    groups
}

/// The pairs one after the other; at risk is what was keyed again.
fn of_batch(invoices: &Invoices, batch: Batch) -> Group {
    let again = batch.pairs.iter().map(|(_, later)| invoices.amount[*later].abs());
    Group {
        invoices: batch.pairs.iter().flat_map(|(earlier, later)| [*earlier, *later]).collect(),
        at_risk: again.fold(0, i64::saturating_add),
        best: batch.best,
        pairs: batch.pairs,
    }
}

#[expect(clippy::cast_precision_loss, reason = "an order, not an amount")]
fn expected_loss(group: &Group) -> f64 {
    group.at_risk as f64 * group.best.probability()
}

fn add(groups: &mut [Option<Group>], of: &mut HashMap<usize, usize>, to: usize, at: usize) {
    if let Some(group) = &mut groups[to]
        && group.invoices.len() < GROUP_MAX
    {
        group.invoices.push(at);
        of.insert(at, to);
    }
}

fn join(groups: &mut [Option<Group>], of: &mut HashMap<usize, usize>, one: usize, other: usize) {
    let size = |at: usize| groups[at].as_ref().map_or(0, |group| group.invoices.len());
    if size(one) + size(other) > GROUP_MAX {
        return;
    }
    // The first was begun by a surer pair.
    let (first, second) = (one.min(other), one.max(other));
    if let Some(joined) = groups[second].take() {
        for at in &joined.invoices {
            of.insert(*at, first);
        }
        if let Some(group) = &mut groups[first] {
            group.invoices.extend(joined.invoices);
        }
    }
}
