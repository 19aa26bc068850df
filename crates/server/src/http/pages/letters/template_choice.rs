//! The template that a letter is written from: the one that somebody chose, else the one for what it is
//! about.
//!
//! Not for: which templates there are (`letter_template`).
//!
//! Invariant: a letter and its files are of one template, and a template that is gone is said to be gone.

use std::collections::BTreeSet;

use domain::finding::RecoveryStage;
use domain::{
    LetterPurpose, LetterTemplate, LetterTemplateName, LetterTemplates, NamedLetterTemplate,
};

use super::request::Request;
use crate::http::pages::error::PageError;

/// The word of an address for the template of all letters: no template has it for a name.
const USUAL: &str = "*";
const USUAL_TITLE: &str = "the one for all letters";

/// The templates there are, and the one that is chosen.
pub(super) struct TemplateChoice<'t> {
    templates: &'t LetterTemplates,
    chosen: ChosenTemplate<'t>,
}

enum ChosenTemplate<'t> {
    /// By what each letter is about.
    ByFindings,
    Usual,
    Named(&'t NamedLetterTemplate),
}

/// A template in a list to choose from.
pub(super) struct TemplateOption {
    pub(super) value: String,
    pub(super) title: String,
    pub(super) is_chosen: bool,
}

impl<'t> TemplateChoice<'t> {
    /// Reads the word of an address; empty: by what each letter is about.
    pub(super) fn parse(word: &str, templates: &'t LetterTemplates) -> Result<Self, PageError> {
        let chosen = match word {
            "" => ChosenTemplate::ByFindings,
            USUAL => ChosenTemplate::Usual,
            name => {
                let name: LetterTemplateName =
                    name.parse().map_err(|_no_name| PageError::NotFound)?;
                let named = templates.get(&name).ok_or_else(|| {
                    PageError::Impossible(format!(
                        "There is no letter template “{name}” any more. Go back and choose another."
                    ))
                })?;
                ChosenTemplate::Named(named)
            }
        };
        Ok(Self { templates, chosen })
    }

    /// The word of the address, where a template is chosen.
    pub(super) fn word(&self) -> Option<&'t str> {
        match self.chosen {
            ChosenTemplate::ByFindings => None,
            ChosenTemplate::Usual => Some(USUAL),
            ChosenTemplate::Named(named) => Some(named.name.as_str()),
        }
    }

    /// The template of a letter, and what people call it.
    pub(super) fn of_letter(&self, requests: &[Request]) -> (&'t LetterTemplate, &'t str) {
        let named = match self.chosen {
            ChosenTemplate::ByFindings => self.templates.written_for(&purposes(requests)),
            ChosenTemplate::Usual => None,
            ChosenTemplate::Named(named) => Some(named),
        };
        named.map_or((self.templates.usual(), USUAL_TITLE), |named| {
            (&named.template, named.name.as_str())
        })
    }

    /// The list to choose from; empty where there is one template only.
    pub(super) fn options(&self) -> Vec<TemplateOption> {
        if self.templates.named().is_empty() {
            return Vec::new();
        }
        let chosen = self.word().unwrap_or_default();
        let option = |value: &str, title: String| TemplateOption {
            value: value.to_owned(),
            title,
            is_chosen: value == chosen,
        };
        let by_findings = option("", "by what each letter is about".to_owned());
        let usual = option(USUAL, USUAL_TITLE.to_owned());
        let named = self.templates.named().iter().map(|named| {
            let title = match named.purpose {
                LetterPurpose::All => named.name.to_string(),
                purpose => format!("{} ({})", named.name, purpose.title()),
            };
            option(named.name.as_str(), title)
        });
        [by_findings, usual].into_iter().chain(named).collect()
    }
}

/// The purposes of a letter, the foremost first: a reminder, then the one sort that it is about.
fn purposes(requests: &[Request]) -> Vec<LetterPurpose> {
    let findings = requests.iter().map(|request| &request.found);
    let was_asked =
        findings.clone().all(|found| found.recovery_stage().is_some_and(RecoveryStage::waits));
    let sorts: BTreeSet<Option<LetterPurpose>> =
        findings.map(|found| sort_of(&found.finding.check, &found.finding.kind)).collect();
    let of_one_sort = sorts.first().copied().flatten().filter(|_sort| sorts.len() == 1);
    was_asked.then_some(LetterPurpose::Reminder).into_iter().chain(of_one_sort).collect()
}

/// The sort of letter that asks for the money of such a finding; none where letters of no sort do.
fn sort_of(check: &str, kind: &str) -> Option<LetterPurpose> {
    match (check, kind) {
        ("duplicate_invoices", "wrong_supplier") => Some(LetterPurpose::WrongSupplier),
        ("duplicate_invoices", "credit_as_invoice")
        | ("credits_not_taken" | "credits_on_statements" | "supplier_in_debit", _) => {
            Some(LetterPurpose::Credits)
        }
        ("duplicate_invoices", _) => Some(LetterPurpose::Duplicates),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_asked_for_by_its_sort() {
        for (check, kind, sort) in [
            ("duplicate_invoices", "exact", Some(LetterPurpose::Duplicates)),
            ("duplicate_invoices", "wrong_supplier", Some(LetterPurpose::WrongSupplier)),
            ("duplicate_invoices", "credit_as_invoice", Some(LetterPurpose::Credits)),
            ("credits_not_taken", "credits_not_taken", Some(LetterPurpose::Credits)),
            ("supplier_in_debit", "supplier_in_debit", Some(LetterPurpose::Credits)),
            ("payment_discounts", "payment_discounts", None),
            ("own_cash", "wrong_supplier", None),
        ] {
            assert_eq!(sort_of(check, kind), sort, "{check} {kind}");
        }
    }
}
