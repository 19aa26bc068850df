//! Who has to do with findings, told apart: by name, and by address where a name is not enough.
//!
//! Not for: what people may do (`access`).
//!
//! Invariant: nobody is known by a name alone that somebody else has as well.

use domain::finding::HistoryEntry;

use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;

/// The members who have a role in the open unit, and whoever else a page of it speaks of.
#[derive(Debug, Default)]
pub(crate) struct People(Vec<Person>);

#[derive(Debug)]
struct Person {
    name: String,
    address: String,
    may_decide: bool,
}

/// Somebody to choose from a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PersonChoice {
    pub(crate) address: String,
    pub(crate) label: String,
}

impl People {
    pub(in crate::http::pages) async fn load(member: &Member) -> Result<Self, PageError> {
        let members = member.store.members().await?;
        let person = |other: store::Member| {
            let role = other.membership.in_unit(&member.unit)?;
            Some(Person {
                name: other.user.name.to_string(),
                address: other.user.email.to_string(),
                may_decide: role.may_decide() && other.user.disabled_at.is_none(),
            })
        };
        Ok(Self(members.into_iter().filter_map(person).collect()))
    }

    /// Adds the people of a history, some of whom may be no members any more.
    #[must_use]
    pub(super) fn and(mut self, history: &[HistoryEntry]) -> Self {
        for entry in history {
            let Some(who) = &entry.who else { continue };
            if self.0.iter().all(|known| known.address != *who) {
                let (name, address) = (entry.by.clone(), who.clone());
                self.0.push(Person { name, address, may_decide: false });
            }
        }
        self
    }

    /// The people who may be given a finding, by their names.
    pub(super) fn deciding(&self) -> Vec<PersonChoice> {
        let deciding = self.0.iter().filter(|person| person.may_decide);
        deciding
            .map(|person| PersonChoice {
                address: person.address.clone(),
                label: self.named(&person.name, Some(&person.address)),
            })
            .collect()
    }

    /// Somebody by their address; who is not known by it is called by it.
    pub(in crate::http::pages) fn label(&self, address: &str) -> String {
        let known = self.0.iter().find(|person| person.address == address);
        known.map_or_else(|| address.to_owned(), |known| self.named(&known.name, Some(address)))
    }

    /// One or two letters that stand for somebody, by their address.
    pub(super) fn initials(&self, address: &str) -> String {
        let known = self.0.iter().find(|person| person.address == address);
        let name = known.map_or(address, |known| &known.name);
        let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
        let first = words.next();
        first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
    }

    /// Somebody by the name that was written down, with their address where another has that name.
    pub(super) fn named(&self, name: &str, who: Option<&str>) -> String {
        match who {
            Some(who) if self.0.iter().any(|other| other.name == name && other.address != who) => {
                format!("{name} ({who})")
            }
            _ => name.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_one_name_are_told_apart() {
        let person = |name: &str, address: &str, may_decide| Person {
            name: name.to_owned(),
            address: address.to_owned(),
            may_decide,
        };
        let people = People(vec![
            person("Ann Lyst", "ann@example.org", true),
            person("Ann Lyst", "other@example.org", true),
            person("Bob", "bob@example.org", true),
            person("Viv", "viv@example.org", false),
        ]);
        for (address, label) in [
            ("ann@example.org", "Ann Lyst (ann@example.org)"),
            ("other@example.org", "Ann Lyst (other@example.org)"),
            ("bob@example.org", "Bob"),
            ("gone@example.org", "gone@example.org"),
            ("Dee, as names were", "Dee, as names were"),
        ] {
            assert_eq!(people.label(address), label);
        }
        for (address, letters) in
            [("ann@example.org", "AL"), ("bob@example.org", "B"), ("gone@example.org", "G")]
        {
            assert_eq!(people.initials(address), letters);
        }
        for (name, who, label) in [
            ("Ann Lyst", Some("tok_1"), "Ann Lyst (tok_1)"),
            ("Ann Lyst", None, "Ann Lyst"),
            ("Bob", Some("bob@example.org"), "Bob"),
            ("SAP", Some("tok_1"), "SAP"),
        ] {
            assert_eq!(people.named(name, who), label);
        }
        let choices = people.deciding();
        let choices: Vec<_> = choices.iter().map(|choice| choice.label.as_str()).collect();
        let expected = ["Ann Lyst (ann@example.org)", "Ann Lyst (other@example.org)", "Bob"];
        assert_eq!(choices, expected);
    }
}
