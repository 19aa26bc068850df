//! Letter templates with names: listed, added, changed and removed by a customer's admins.
//!
//! Not for: which letter takes which (`domain`).
//!
//! Invariant: names are told apart whatever their case, and each change is in the audit log, with the text
//! that was there before.

use domain::letter::LETTER_TEMPLATES_MAX;
use domain::{
    AuditEntry, LetterTemplate, LetterTemplateName, LetterTemplates, NamedLetterTemplate,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::any::AnyRow;
use sqlx::{Any, Transaction};

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, all, storable};

const SELECT: &str =
    "SELECT customer, name, purpose, subject, body FROM named_letter_templates WHERE customer = $1";

impl CustomerStore {
    /// All templates of letters: the one for all, and those with names.
    pub async fn letter_templates(&self) -> Result<LetterTemplates, Error> {
        let usual = self.letter_template().await?;
        let rows = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .fetch_all(self.parts.db.reader())
            .await?;
        Ok(LetterTemplates::new(usual, all(&rows, named)?))
    }

    /// Adds a template. [`Error::Illegal`] when its name is taken, or when there are as many as there may
    /// be.
    pub async fn add_named_letter(
        &self,
        new: &NamedLetterTemplate,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let known = self.claimed_named_letters(&mut transaction).await?;
        if let Some(taken) = of_name(&known, &new.name) {
            let why = format!(
                "there is a letter template “{}” already; choose another name, or change that one",
                taken.name
            );
            return Err(Error::Illegal { why });
        }
        if known.len() >= LETTER_TEMPLATES_MAX {
            let why = format!(
                "there are {LETTER_TEMPLATES_MAX} letter templates already; remove one that nobody needs"
            );
            return Err(Error::Illegal { why });
        }
        sqlx::query(
            "INSERT INTO named_letter_templates \
             (customer, folded, name, purpose, subject, body, set_by, set_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(self.customer.as_str())
        .bind(new.name.folded())
        .bind(new.name.as_str())
        .bind(new.purpose.as_str())
        .bind(storable(new.template.subject()))
        .bind(storable(new.template.body()))
        .bind(by)
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        let details = json!({ "is": new });
        let entry = self.letter_change("customer.add_letter", &new.name, details, (by, now));
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Changes what the template of this name says and what it is for. Whether anything changed.
    /// [`Error::NotFound`] when there is none.
    pub async fn change_named_letter(
        &self,
        wanted: &NamedLetterTemplate,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let known = self.claimed_named_letters(&mut transaction).await?;
        let was =
            of_name(&known, &wanted.name).ok_or(Error::NotFound { what: "letter template" })?;
        if was.purpose == wanted.purpose && was.template == wanted.template {
            return Ok(false);
        }
        sqlx::query(
            "UPDATE named_letter_templates SET purpose = $3, subject = $4, body = $5, set_by = $6, \
             set_at = $7 WHERE customer = $1 AND folded = $2",
        )
        .bind(self.customer.as_str())
        .bind(was.name.folded())
        .bind(wanted.purpose.as_str())
        .bind(storable(wanted.template.subject()))
        .bind(storable(wanted.template.body()))
        .bind(by)
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        let details = json!({ "is": wanted, "was": was });
        let entry = self.letter_change("customer.change_letter", &was.name, details, (by, now));
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Removes the template of a name. Whether there was one.
    pub async fn remove_named_letter(
        &self,
        name: &LetterTemplateName,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let known = self.claimed_named_letters(&mut transaction).await?;
        let Some(was) = of_name(&known, name) else { return Ok(false) };
        sqlx::query("DELETE FROM named_letter_templates WHERE customer = $1 AND folded = $2")
            .bind(self.customer.as_str())
            .bind(was.name.folded())
            .execute(&mut *transaction)
            .await?;
        let details = json!({ "was": was });
        let entry = self.letter_change("customer.remove_letter", &was.name, details, (by, now));
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The templates with names, which nobody else changes until the transaction ends.
    async fn claimed_named_letters(
        &self,
        transaction: &mut Transaction<'static, Any>,
    ) -> Result<Vec<NamedLetterTemplate>, Error> {
        let name = format!("letter templates of {}", self.customer);
        self.parts.db.claim_name(transaction, &name).await?;
        let rows =
            sqlx::query(SELECT).bind(self.customer.as_str()).fetch_all(&mut **transaction).await?;
        all(&rows, named)
    }

    fn letter_change(
        &self,
        what: &str,
        name: &LetterTemplateName,
        details: Value,
        (by, at): (&str, Timestamp),
    ) -> AuditEntry {
        AuditEntry {
            at,
            who: by.to_owned(),
            what: what.to_owned(),
            about: name.to_string(),
            customer: Some(self.customer.clone()),
            details,
        }
    }
}

fn of_name<'k>(
    known: &'k [NamedLetterTemplate],
    name: &LetterTemplateName,
) -> Option<&'k NamedLetterTemplate> {
    known.iter().find(|template| template.name.folded() == name.folded())
}

fn named(row: &AnyRow) -> Result<NamedLetterTemplate, Error> {
    let fields = Fields::new(row, "named_letter_templates", "customer");
    let template = LetterTemplate::new(&fields.text("subject")?, &fields.text("body")?)
        .map_err(|_invalid| fields.corrupt())?;
    Ok(NamedLetterTemplate {
        name: fields.parsed("name")?,
        purpose: fields.parsed("purpose")?,
        template,
    })
}
