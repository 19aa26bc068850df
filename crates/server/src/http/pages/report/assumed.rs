//! The amounts that findings of a report go by and that nobody has set: a limit that is assumed is no
//! limit of whoever's files they are.

use domain::check::ParameterKind;
use domain::finding::StoredFinding;
use domain::{Amount, Check};

use crate::http::pages::format;

/// A sentence for each amount, with the checks that go by it.
pub(super) fn assumed(checks: &[Check], findings: &[StoredFinding]) -> Vec<String> {
    let mut assumed: Vec<(String, Vec<&str>)> = Vec::new();
    let is_found = |check: &&Check| findings.iter().any(|of| of.finding.check == check.name);
    for check in checks.iter().filter(is_found) {
        let amounts = check.parameters.iter();
        for parameter in amounts.filter(|of| matches!(of.kind, ParameterKind::Amount)) {
            let value = parameter.default.to_string();
            let amount: Option<Amount> = value.parse().ok();
            let written = amount.map_or(value, |amount| format::figure(amount, None));
            let said = format!("{}: {written}", format::capital(&parameter.about));
            match assumed.iter_mut().find(|(known, _)| *known == said) {
                Some((_, titles)) => titles.push(&check.title),
                None => assumed.push((said, vec![&check.title])),
            }
        }
    }
    let sentence = |(said, titles): (String, Vec<&str>)| format!("{said} ({})", titles.join(", "));
    assumed.into_iter().map(sentence).collect()
}
