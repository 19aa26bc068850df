//! Which checks a unit's runs carry out and by which numbers, limits and days, as it is sent and answered.
//!
//! Not for: what each is for (`domain::check`), or which checks there are.

use std::collections::{BTreeMap, BTreeSet};

use domain::check::{CheckSettings, InvalidLimit, InvoiceLines, LIMITS_MAX};
use domain::{Amount, CheckNumber, LeftOutStatuses, Limit, WorkCalendar};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The settings of a unit's checks; what is absent is as the checks say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct UnitCheckSettings {
    /// Names of the checks that are not run.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub off: BTreeSet<String>,
    /// Numbers that differ from the checks' own, by `check.parameter`, as digits with a point.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
    /// Limits of approval beside those numbers, by `check.parameter`: without a currency they are in the
    /// base currency of the ledger, with one they are compared with invoices in it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub more_limits: BTreeMap<String, Vec<CurrencyLimit>>,
    /// The days on which nobody works.
    #[serde(skip_serializing_if = "WorkCalendar::is_usual")]
    pub calendar: WorkCalendar,
    /// The reading of rows of one supplier, number and dates.
    #[serde(skip_serializing_if = "InvoiceLines::is_automatic")]
    pub invoice_lines: InvoiceLines,
    /// Statuses whose invoices no check looks at.
    #[serde(skip_serializing_if = "LeftOutStatuses::is_known")]
    pub left_out_statuses: LeftOutStatuses,
    /// Set when verdicts move the probabilities of later findings.
    #[serde(skip_serializing_if = "is_true")]
    pub learn_from_verdicts: bool,
}

/// A limit of approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CurrencyLimit {
    pub amount: Amount,
    /// Its currency (ISO 4217); absent, the base currency of the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// A value that cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{member}: {why}")]
pub struct InvalidCheckSetting {
    member: String,
    why: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_true(value: &bool) -> bool {
    *value
}

impl Default for UnitCheckSettings {
    fn default() -> Self {
        CheckSettings::default().into()
    }
}

impl From<CheckSettings> for UnitCheckSettings {
    fn from(settings: CheckSettings) -> Self {
        let one = |limit: &Limit| CurrencyLimit {
            amount: limit.amount(),
            currency: limit.currency().map(str::to_owned),
        };
        let limits = settings.more_limits.iter();
        let numbers = settings.parameters.iter();
        Self {
            parameters: numbers.map(|(key, number)| (key.clone(), number.to_string())).collect(),
            more_limits: limits
                .map(|(key, limits)| (key.clone(), limits.iter().map(one).collect()))
                .collect(),
            off: settings.off,
            calendar: settings.calendar,
            invoice_lines: settings.invoice_lines,
            left_out_statuses: settings.left_out_statuses,
            learn_from_verdicts: !settings.ignores_verdict_rates,
        }
    }
}

impl TryFrom<UnitCheckSettings> for CheckSettings {
    type Error = InvalidCheckSetting;

    /// Checks what can be told without the checks.
    fn try_from(sent: UnitCheckSettings) -> Result<Self, InvalidCheckSetting> {
        let invalid = |member: &str, why: &dyn std::fmt::Display| InvalidCheckSetting {
            member: member.to_owned(),
            why: why.to_string(),
        };
        let mut parameters = BTreeMap::new();
        for (key, text) in sent.parameters {
            let number: CheckNumber = text.parse().map_err(|why| invalid(&key, &why))?;
            parameters.insert(key, number);
        }
        let mut more_limits = BTreeMap::new();
        for (key, sent) in sent.more_limits {
            let limits = sent.iter().map(|of| Limit::new(of.amount, of.currency.as_deref()));
            let limits: BTreeSet<Limit> =
                limits.collect::<Result<_, _>>().map_err(|why| invalid(&key, &why))?;
            if limits.len() > LIMITS_MAX {
                return Err(invalid(&key, &InvalidLimit::TooMany));
            }
            if !limits.is_empty() {
                more_limits.insert(key, limits);
            }
        }
        sent.calendar.verify().map_err(|why| invalid("calendar", &why))?;
        if let LeftOutStatuses::Listed(listed) = &sent.left_out_statuses {
            let lines: Vec<&str> = listed.iter().map(String::as_str).collect();
            LeftOutStatuses::parse_list(&lines.join("\n"))
                .map_err(|why| invalid("leftOutStatuses", &why))?;
        }
        Ok(Self {
            off: sent.off,
            parameters,
            more_limits,
            calendar: sent.calendar,
            invoice_lines: sent.invoice_lines,
            left_out_statuses: sent.left_out_statuses,
            ignores_verdict_rates: !sent.learn_from_verdicts,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_setting_goes_there_and_comes_back() {
        let sent = json!({
            "off": ["benford"],
            "parameters": { "just_below_limit.limit": "7500" },
            "moreLimits": { "just_below_limit.limit": [
                { "amount": "50000.00" }, { "amount": "6000.00", "currency": "EUR" },
            ] },
            "calendar": {
                "weekend": ["friday", "saturday"], "holidays": "none",
                "off": ["2026-12-02"], "worked": ["2026-12-04"],
            },
            "invoiceLines": "never", "leftOutStatuses": { "listed": ["Void"] },
            "learnFromVerdicts": false,
        });
        let settings: UnitCheckSettings = serde_json::from_value(sent.clone()).unwrap();
        let kept: CheckSettings = settings.try_into().unwrap();
        assert_eq!(serde_json::to_value(UnitCheckSettings::from(kept)).unwrap(), sent);
        let usual: UnitCheckSettings = serde_json::from_value(json!({})).unwrap();
        assert_eq!(CheckSettings::try_from(usual), Ok(CheckSettings::default()));
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        let limits = |limits: serde_json::Value| json!({ "moreLimits": { "a.limit": limits } });
        let limit = |amount: &str, code: &str| json!([{ "amount": amount, "currency": code }]);
        for (sent, says) in [
            (json!({ "parameters": { "a.limit": "5,000" } }), "a.limit: not an amount"),
            (limits(limit("5000", "QQQ")), "a.limit: “QQQ 5000.00” names a currency that is none"),
            (limits(limit("0", "EUR")), "a.limit: “EUR 0.00” is not above 0"),
            (
                limits((1..=51).map(|n| json!({ "amount": n.to_string() })).collect()),
                "a.limit: 50 limits are the most",
            ),
        ] {
            let settings: UnitCheckSettings = serde_json::from_value(sent).unwrap();
            let why = CheckSettings::try_from(settings).unwrap_err().to_string();
            assert!(why.starts_with(says), "{why}");
        }
        for wrong in [json!({ "colour": 1 }), json!({ "invoiceLines": "often" })] {
            assert!(serde_json::from_value::<UnitCheckSettings>(wrong).is_err());
        }
    }
}
