//! Comments on findings, and the members whom they and the reasons of decisions name.
//!
//! Invariant: whoever is told that words name them is a member who may see the finding and sign in.

use domain::finding::HistoryWord;
use domain::mention::{is_named, mentions};
use domain::{UnitName, UserId};
use sqlx::{Any, Transaction};

use super::{Case, Decider, Entry, SeenFinding};
use crate::CustomerStore;
use crate::error::Error;
use crate::rows::Fields;

const SIGNING_IN: &str = "SELECT id, email, name FROM users WHERE disabled_at IS NULL AND id IN \
    (SELECT user_id FROM memberships WHERE customer = $1 \
    UNION SELECT user_id FROM unit_roles WHERE customer = $1) ORDER BY id";

/// The number of people that words name behind an `@`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NamedCount {
    /// Members who may see the finding: they are told, as they have chosen.
    pub told: usize,
    /// Names that are those of no member who may see it, or of several.
    pub unknown: usize,
}

impl CustomerStore {
    /// Says something about a finding; those whom it names are told.
    pub async fn comment(
        &self,
        unit: &UnitName,
        finding: impl Into<SeenFinding>,
        words: &str,
        decider: Decider<'_>,
    ) -> Result<NamedCount, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let case = self.case(&mut transaction, unit, finding.into(), decider).await?;
        let to = case.found.standing.clone();
        let mut count = NamedCount::default();
        if case.is_new(&mut transaction, HistoryWord::Comment, &to, Some(words)).await? {
            let entry = Entry::new(HistoryWord::Comment, to);
            let entry = case.write(&mut transaction, Entry { words: Some(words), ..entry }).await?;
            count = case.tell_named(&mut transaction, words, entry).await?;
        }
        transaction.commit().await?;
        Ok(count)
    }

    /// The names behind an `@` in words that are those of no member who may see the unit, or of several.
    pub async fn names_of_nobody(
        &self,
        unit: &UnitName,
        words: &str,
    ) -> Result<Vec<String>, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let (_, nobody) = self.mentioned(&mut transaction, unit, (words, "")).await?;
        Ok(nobody.into_iter().map(str::to_owned).collect())
    }

    /// The members that words name, whoever writes them left out, and the names that are nobody's; a name
    /// that several have is nobody's.
    async fn mentioned<'w>(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        (words, writer): (&'w str, &str),
    ) -> Result<(Vec<UserId>, Vec<&'w str>), Error> {
        let names = mentions(words);
        if names.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let rows = sqlx::query(SIGNING_IN)
            .bind(self.customer.as_str())
            .fetch_all(&mut **transaction)
            .await?;
        let mut people = Vec::new();
        for row in &rows {
            let fields = Fields::new(row, "users", "id");
            let person: UserId = fields.parsed("id")?;
            people.push((person, fields.text("email")?, fields.text("name")?));
        }
        let (mut mentioned, mut unknown) = (Vec::new(), Vec::new());
        for name in names {
            let mut named = people.iter().filter(|(_, email, known)| is_named(name, email, known));
            let (Some((person, email, _)), None) = (named.next(), named.next()) else {
                unknown.push(name);
                continue;
            };
            let membership = self.membership_in(transaction, *person).await?;
            if membership.in_unit(unit).is_none() {
                unknown.push(name);
            } else if email != writer && !mentioned.contains(person) {
                mentioned.push(*person);
            }
        }
        Ok((mentioned, unknown))
    }
}

impl Case<'_> {
    /// Tells those whom the words of an entry name that they are named.
    pub(super) async fn tell_named(
        &self,
        transaction: &mut Transaction<'static, Any>,
        words: &str,
        entry: i64,
    ) -> Result<NamedCount, Error> {
        let Decider { by, who, at } = self.decider;
        let (people, unknown) = self.store.mentioned(transaction, self.unit, (words, who)).await?;
        let count = NamedCount { told: people.len(), unknown: unknown.len() };
        let found = (self.unit, &self.found);
        for person in people {
            self.store.note_mentioned(transaction, found, (person, entry), (by, at)).await?;
        }
        Ok(count)
    }
}
