//! Files that people put beside findings: their rows, and the way to their bytes.
//!
//! Not for: what kinds are taken (`domain::attachment`).
//!
//! Invariant: bytes first, then the row with its entry in the audit log; one that is taken away keeps its
//! row, and its bytes go.

use domain::{
    Attachment, AttachmentId, AttachmentKind, AttachmentName, AuditEntry, FindingKey, UnitName,
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use crate::error::Error;
use crate::objects::{ObjectBytes, ObjectKey, ObjectWriter, SealedObject};
use crate::rows::{Fields, all, placeholders_from, storable, to_the_microsecond};
use crate::verdicts::Decider;
use crate::{CustomerStore, SystemStore};

/// Beside one finding: invoice, order, delivery note and the letters about them.
pub const ATTACHMENTS_MAX: usize = 20;
/// Findings in one query: far fewer than the parameters that either database takes.
const FINDINGS_AT_ONCE: usize = 100;
/// Read at once of everybody's.
const EVERYBODYS: i64 = 500;

macro_rules! columns {
    () => {
        "id, customer, unit, finding, name, kind, bytes, sha256, added_by, added_at, removed_at"
    };
}

/// A file that is to stand beside a finding, before it has a row.
#[derive(Debug, Clone)]
pub struct NewAttachment {
    pub id: AttachmentId,
    pub unit: UnitName,
    pub finding: FindingKey,
    pub name: AttachmentName,
    pub kind: AttachmentKind,
}

impl CustomerStore {
    /// Begins the object of a file.
    pub async fn create_attachment(
        &self,
        unit: &UnitName,
        id: AttachmentId,
    ) -> Result<ObjectWriter, Error> {
        let key = ObjectKey::new(&self.customer, unit, id);
        ObjectWriter::create(&*self.parts.objects, key).await
    }

    /// Puts a file beside a finding. [`Error::Illegal`] when there are as many as there may be,
    /// [`Error::NotFound`] without the finding; the object is then the sweep's.
    pub async fn attach(
        &self,
        object: SealedObject,
        new: NewAttachment,
        decider: Decider<'_>,
    ) -> Result<Attachment, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let db = &self.parts.db;
        db.locked_finding(&mut transaction, self, &new.unit, &new.finding).await?;
        let others: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM attachments WHERE customer = $1 AND unit = $2 AND finding = $3 \
             AND removed_at IS NULL",
        )
        .bind(self.customer.as_str())
        .bind(new.unit.as_str())
        .bind(new.finding.as_str())
        .fetch_one(&mut *transaction)
        .await?;
        if usize::try_from(others).map_err(Error::internal)? >= ATTACHMENTS_MAX {
            let why =
                format!("{ATTACHMENTS_MAX} files stand beside this finding; take one away first");
            return Err(Error::Illegal { why });
        }
        let attachment = Attachment {
            id: new.id,
            unit: new.unit,
            finding: new.finding,
            name: new.name,
            kind: new.kind,
            bytes: object.bytes(),
            sha256: object.sha256(),
            added_by: storable(decider.by),
            added_at: to_the_microsecond(decider.at)?,
            removed_at: None,
        };
        sqlx::query(
            "INSERT INTO attachments (id, customer, unit, finding, name, kind, bytes, sha256, added_by, added_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(attachment.id.to_string())
        .bind(self.customer.as_str())
        .bind(attachment.unit.as_str())
        .bind(attachment.finding.as_str())
        .bind(attachment.name.as_str())
        .bind(attachment.kind.as_str())
        .bind(i64::try_from(attachment.bytes).map_err(Error::internal)?)
        .bind(attachment.sha256.to_string())
        .bind(attachment.added_by.as_str())
        .bind(attachment.added_at.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        let entry = self.attachment_entry("finding.attach", &attachment, &decider);
        db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(attachment)
    }

    /// The attachments beside a finding, the first first.
    pub async fn attachments(
        &self,
        unit: &UnitName,
        finding: &FindingKey,
    ) -> Result<Vec<Attachment>, Error> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM attachments WHERE customer = $1 AND unit = $2 AND finding = $3 \
             AND removed_at IS NULL ORDER BY id",
        ))
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(finding.as_str())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, attachment)
    }

    /// The attachments beside some findings, by finding, the first first.
    pub async fn attachments_of(
        &self,
        unit: &UnitName,
        findings: &[FindingKey],
    ) -> Result<Vec<Attachment>, Error> {
        let mut found = Vec::new();
        for findings in findings.chunks(FINDINGS_AT_ONCE) {
            let select = format!(
                concat!(
                    "SELECT ",
                    columns!(),
                    " FROM attachments WHERE customer = $1 AND unit = $2 AND finding IN ({}) \
                     AND removed_at IS NULL ORDER BY finding, id"
                ),
                placeholders_from(3, findings.len())
            );
            let query = sqlx::query(AssertSqlSafe(select))
                .persistent(false)
                .bind(self.customer.as_str())
                .bind(unit.as_str());
            let query = findings.iter().fold(query, |query, key| query.bind(key.as_str()));
            found.extend(all(&query.fetch_all(self.parts.db.reader()).await?, attachment)?);
        }
        Ok(found)
    }

    /// A file for somebody who takes a copy away: noted in the audit log first. [`Error::NotFound`]
    /// when there is none, or it was taken away.
    pub async fn hand_out_attachment(
        &self,
        unit: &UnitName,
        finding: &FindingKey,
        id: AttachmentId,
        decider: &Decider<'_>,
    ) -> Result<(Attachment, ObjectBytes), Error> {
        let found = self.attachments(unit, finding).await?;
        let found = found.into_iter().find(|found| found.id == id);
        let found = found.ok_or(Error::NotFound { what: "attachment" })?;
        let key = ObjectKey::new(&self.customer, unit, id);
        let bytes = self.parts.objects.read(key.as_str()).await?;
        let mut transaction = self.parts.db.begin().await?;
        let entry = self.attachment_entry("finding.attachment_downloaded", &found, decider);
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok((found, bytes))
    }

    /// Takes a file away: its bytes go for good. [`Error::NotFound`] when there is none.
    pub async fn detach(
        &self,
        unit: &UnitName,
        finding: &FindingKey,
        id: AttachmentId,
        decider: Decider<'_>,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let row = sqlx::query(concat!(
            "UPDATE attachments SET removed_at = $5 WHERE customer = $1 AND unit = $2 AND finding = $3 \
             AND id = $4 AND removed_at IS NULL RETURNING ",
            columns!(),
        ))
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(finding.as_str())
        .bind(id.to_string())
        .bind(decider.at.as_microsecond())
        .fetch_optional(&mut *transaction)
        .await?;
        let found = attachment(&row.ok_or(Error::NotFound { what: "attachment" })?)?;
        let entry = self.attachment_entry("finding.detach", &found, &decider);
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        let key = ObjectKey::new(&self.customer, unit, id);
        match self.parts.objects.delete(key.as_str()).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(other) => Err(other),
        }
    }

    /// The entry of the audit log, without the name, which may be a person's.
    fn attachment_entry(&self, what: &str, of: &Attachment, decider: &Decider<'_>) -> AuditEntry {
        AuditEntry {
            at: decider.at,
            who: decider.who.to_owned(),
            what: what.to_owned(),
            about: of.finding.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({
                "unit": of.unit, "attachment": of.id, "kind": of.kind, "bytes": of.bytes,
                "digest": of.sha256,
            }),
        }
    }
}

impl SystemStore {
    /// The next of everybody's, by their ids, each with its customer.
    pub(crate) async fn attachments_of_all_customers(
        &self,
        after: Option<AttachmentId>,
    ) -> Result<Vec<(domain::CustomerName, Attachment)>, Error> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM attachments WHERE id > $1 ORDER BY id LIMIT $2",
        ))
        .bind(after.map(|id| id.to_string()).unwrap_or_default())
        .bind(EVERYBODYS)
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, owned)
    }

    /// A file by its id, taken away or not.
    pub(crate) async fn attachment_by_id(
        &self,
        id: AttachmentId,
    ) -> Result<Option<(domain::CustomerName, Attachment)>, Error> {
        let row = sqlx::query(concat!("SELECT ", columns!(), " FROM attachments WHERE id = $1"))
            .bind(id.to_string())
            .fetch_optional(self.parts.db.reader())
            .await?;
        row.as_ref().map(owned).transpose()
    }

    /// Notes in a copy that a file was taken away while the copy was made.
    pub(crate) async fn copy_detachment(
        &self,
        id: AttachmentId,
        at: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query("UPDATE attachments SET removed_at = $2 WHERE id = $1")
            .bind(id.to_string())
            .bind(at.as_microsecond())
            .execute(self.parts.db.writer())
            .await?;
        Ok(())
    }
}

fn owned(row: &AnyRow) -> Result<(domain::CustomerName, Attachment), Error> {
    let customer = Fields::new(row, "attachments", "id").parsed("customer")?;
    Ok((customer, attachment(row)?))
}

pub(crate) fn attachment(row: &AnyRow) -> Result<Attachment, Error> {
    let fields = Fields::new(row, "attachments", "id");
    Ok(Attachment {
        id: fields.parsed("id")?,
        unit: fields.parsed("unit")?,
        finding: fields.parsed("finding")?,
        name: fields.parsed("name")?,
        kind: fields.parsed("kind")?,
        bytes: fields.number("bytes")?,
        sha256: fields.parsed("sha256")?,
        added_by: fields.text("added_by")?,
        added_at: fields.time("added_at")?,
        removed_at: fields.optional_time("removed_at")?,
    })
}
