//! Settings held against the checks there are.
//!
//! Not for: reading them from a form (pages) or a request (`api`).
//!
//! Invariant: what comes out names checks and numbers that are there, and nothing that is as they say anyway.

use std::collections::BTreeMap;

use super::{Check, CheckParameter, CheckSettings, InvalidParameter, parameter_key};

/// Settings that name what is not there, or a value that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSettings {
    #[error("there is no check {0}")]
    NoCheck(String),
    #[error("no check has a number {0}")]
    NoParameter(String),
    #[error("{0} is no limit of approval, of which there may be more")]
    NoLimit(String),
    #[error("{key}: {why}")]
    Number { key: String, why: InvalidParameter },
}

impl CheckSettings {
    /// The settings as they are kept, without what is as the checks say anyway; they name what is there.
    pub fn of_checks(mut self, checks: &[Check]) -> Result<Self, InvalidSettings> {
        let known: BTreeMap<String, &CheckParameter> = checks
            .iter()
            .flat_map(|check| {
                let parameters = check.parameters.iter();
                parameters.map(move |of| (parameter_key(&check.name, &of.name), of))
            })
            .collect();
        if let Some(name) = self.off.iter().find(|name| checks.iter().all(|of| of.name != **name)) {
            return Err(InvalidSettings::NoCheck(name.clone()));
        }
        for (key, value) in &self.parameters {
            let parameter =
                known.get(key).ok_or_else(|| InvalidSettings::NoParameter(key.clone()))?;
            let wrong = |why| InvalidSettings::Number { key: key.clone(), why };
            parameter.verify(*value).map_err(wrong)?;
        }
        let no_limit = |key: &&String| !known.get(*key).is_some_and(|of| of.takes_more);
        if let Some(key) = self.more_limits.keys().find(no_limit) {
            return Err(InvalidSettings::NoLimit(key.clone()));
        }
        self.parameters.retain(|key, value| known[key].default != *value);
        self.more_limits.retain(|_, limits| !limits.is_empty());
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::tests::{parameter, spike};
    use super::super::{Limit, ParameterKind};
    use super::*;

    #[test]
    fn settings_name_what_is_there() {
        let takes_more = CheckParameter { takes_more: true, ..parameter(ParameterKind::Amount) };
        let (one, more) = (spike(parameter(ParameterKind::Count)), spike(takes_more));
        let key = || "spike.limit".to_owned();
        let number = |text: &str| CheckSettings {
            parameters: BTreeMap::from([(key(), text.parse().unwrap())]),
            ..CheckSettings::default()
        };
        let limits = CheckSettings {
            more_limits: BTreeMap::from([(key(), Limit::listed("EUR 6,000").unwrap())]),
            ..CheckSettings::default()
        };
        let off = |name: &str| CheckSettings {
            off: BTreeSet::from([name.to_owned()]),
            ..CheckSettings::default()
        };
        for (settings, check, kept) in [
            (number("7"), &one, Ok(number("7"))),
            (number("5"), &one, Ok(CheckSettings::default())),
            (
                number("7.5"),
                &one,
                Err(InvalidSettings::Number { key: key(), why: InvalidParameter::NotWhole }),
            ),
            (limits.clone(), &more, Ok(limits.clone())),
            (limits, &one, Err(InvalidSettings::NoLimit(key()))),
            (off("spike"), &one, Ok(off("spike"))),
            (off("spoke"), &one, Err(InvalidSettings::NoCheck("spoke".to_owned()))),
        ] {
            assert_eq!(settings.of_checks(std::slice::from_ref(check)), kept);
        }
        let unknown = number("7").of_checks(&[]);
        assert_eq!(unknown, Err(InvalidSettings::NoParameter(key())));
    }
}
