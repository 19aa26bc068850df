//! Entries of the audit log as people read them: each about something by its name and with its page, the
//! details in the words of the pages.
//!
//! Not for: files of the log (`export`), which hold every entry as it was hashed.

use std::collections::{BTreeMap, HashMap};

use domain::check::VerdictWords;
use domain::finding::RecoveryStage;
use domain::{ChainedEntry, Check, FindingKey, FindingState, UnitName, UploadId};
use serde_json::Value;
use store::FindingName;

use super::{Line, NAMED_BY, WORDS};
use crate::App;
use crate::http::code_words::in_words;
use crate::http::pages::access::Auditor;
use crate::http::pages::error::PageError;
use crate::http::pages::format;

/// Beside the digest and the number of an entry, which nobody reads in a sentence.
const HIDDEN: [&str; 1] = ["digest"];

/// The names of the things that entries are about.
#[derive(Debug)]
pub(super) struct Names {
    /// Labels of tokens, by their ids.
    tokens: HashMap<String, String>,
    /// Addresses of members, by their ids.
    members: HashMap<String, String>,
    findings: HashMap<FindingKey, FindingName>,
    verdicts: HashMap<String, VerdictWords>,
}

impl Names {
    pub(super) async fn load(
        app: &App,
        auditor: &Auditor,
        items: &[ChainedEntry],
    ) -> Result<Self, PageError> {
        let tokens = app.store.system().tokens(Some(&auditor.customer)).await?;
        let members = auditor.store.members().await?;
        let addressed =
            |member: store::Member| (member.user.id.to_string(), member.user.email.to_string());
        let mut by_unit: BTreeMap<UnitName, Vec<FindingKey>> = BTreeMap::new();
        for item in items {
            let key = item.entry.about.parse().ok();
            if let (Some(unit), Some(key)) = (unit_of(item), key) {
                by_unit.entry(unit).or_default().push(key);
            }
        }
        let mut findings = HashMap::new();
        for (unit, mut keys) in by_unit {
            keys.sort_unstable();
            keys.dedup();
            findings.extend(auditor.store.finding_names(&unit, &keys).await?);
        }
        let words = |check: &Check| (check.name.clone(), check.verdict);
        Ok(Self {
            tokens: tokens.into_iter().map(|token| (token.id.to_string(), token.label)).collect(),
            members: members.into_iter().map(addressed).collect(),
            findings,
            verdicts: app.checks.iter().map(words).collect(),
        })
    }

    fn state_words(&self, state: FindingState, finding: Option<&FindingName>) -> &'static str {
        let words = finding.and_then(|finding| self.verdicts.get(&finding.check));
        state.words(words.copied().unwrap_or_default())
    }
}

fn unit_of(item: &ChainedEntry) -> Option<UnitName> {
    item.entry.details.get("unit")?.as_str()?.parse().ok()
}

pub(super) fn line(item: &ChainedEntry, auditor: &Auditor, names: &Names) -> Line {
    let entry = &item.entry;
    let field = NAMED_BY.iter().find(|(noun, _)| entry.what.starts_with(noun));
    let said = field.and_then(|(_, field)| entry.details.get(field)?.as_str());
    let key: Option<FindingKey> = entry.about.parse().ok();
    let finding = key.as_ref().and_then(|key| names.findings.get(key));
    let title = finding.map(|finding| format::prose(&finding.title));
    let member = || names.members.get(&entry.about).cloned();
    let only =
        form_urlencoded::Serializer::new(String::new()).append_pair("about", &entry.about).finish();
    Line {
        sequence: format::count(item.sequence),
        at: format::second(entry.at),
        machine_at: format::machine(entry.at),
        who_label: names.tokens.get(&entry.who).cloned().unwrap_or_default(),
        who: entry.who.clone(),
        words: words(&entry.what, &entry.details, |state| names.state_words(state, finding)),
        what: entry.what.clone(),
        about_label: title.or_else(|| said.map(str::to_owned)).or_else(member).unwrap_or_default(),
        href: page_of(item, auditor, finding),
        only,
        about: entry.about.clone(),
        details: details(&entry.details, |state| names.state_words(state, finding)),
        hash: item.hash.to_string(),
    }
}

/// The words for what was done, and of a finding for what it came to: its state, who works on it, how far
/// its money is. Empty where there are no words for it.
fn words(what: &str, details: &Value, state: impl Fn(FindingState) -> &'static str) -> String {
    let Some((_, done)) = WORDS.iter().find(|(known, _)| *known == what) else {
        return String::new();
    };
    let said = |field: &str| details.get(field).and_then(Value::as_str);
    let came_to = match what {
        "finding.verdict" => {
            said("state").and_then(|text| text.parse::<FindingState>().ok()).map(state)
        }
        "finding.assign" => Some(said("assignee").unwrap_or("nobody")),
        "finding.recovery" | "finding.rest" => {
            let stage = said("recovery").and_then(|text| text.parse::<RecoveryStage>().ok());
            stage.map(RecoveryStage::title)
        }
        _ => None,
    };
    came_to.map_or_else(|| (*done).to_owned(), |came_to| format!("{done}: {came_to}"))
}

/// The page of a finding or an upload, where the entry says of which unit it is.
fn page_of(
    item: &ChainedEntry,
    auditor: &Auditor,
    finding: Option<&FindingName>,
) -> Option<String> {
    let unit = unit_of(item)?;
    let about = &item.entry.about;
    let section = if finding.is_some() {
        "findings"
    } else {
        about.parse::<UploadId>().ok()?;
        "uploads"
    };
    Some(format!("/at/{}/{unit}/{section}/{about}", auditor.customer))
}

/// The details of an entry: names and values as people read them.
fn details(details: &Value, state: impl Fn(FindingState) -> &'static str) -> Vec<(String, String)> {
    let Value::Object(fields) = details else { return Vec::new() };
    let shown =
        fields.iter().filter(|(name, value)| !value.is_null() && !HIDDEN.contains(&name.as_str()));
    let line = |(name, value): (&String, &Value)| {
        let text = match value {
            Value::String(text) if name == "state" => {
                text.parse().map_or_else(|_other| text.clone(), |known| state(known).to_owned())
            }
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        (in_words(name), text)
    };
    shown.map(line).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_say_what_a_finding_came_to() {
        let state = |known: FindingState| known.words(VerdictWords::Duplicate);
        for (what, details, told) in [
            ("finding.verdict", json!({ "state": "duplicate" }), "decided a finding: duplicate"),
            ("finding.verdict", json!({}), "decided a finding"),
            ("finding.assign", json!({ "assignee": "a@b.c" }), "assigned a finding: a@b.c"),
            ("finding.assign", json!({ "assignee": null }), "assigned a finding: nobody"),
            (
                "finding.recovery",
                json!({ "recovery": "promised" }),
                "noted a step of money on its way back: Promised",
            ),
            ("finding.claim", json!({ "findings": [] }), "took out a claim with its invoices"),
            ("thing.of_later", json!({ "state": "duplicate" }), ""),
        ] {
            assert_eq!(words(what, &details, state), told, "{what}");
        }
    }

    #[test]
    fn details_are_in_the_words_of_the_pages() {
        let entry = json!({
            "unit": "acme", "entry": 3, "state": "duplicate", "recovered": null, "digest": "ab",
            "was_days": 30,
        });
        let told = details(&entry, |known| known.words(VerdictWords::Action));
        let told: Vec<String> = told.iter().map(|(name, text)| format!("{name}: {text}")).collect();
        assert_eq!(told, ["Entry: 3", "State: needs action", "Unit: acme", "Was days: 30"]);
        assert!(details(&Value::Null, |known| known.words(VerdictWords::Action)).is_empty());
    }
}
