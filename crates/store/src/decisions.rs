//! What a person decides about an upload: letting a held file in, refusing it, reading a file once more.
//!
//! Not for: whether that person may; the server asks that first.
//!
//! Invariant: an upload that is to be read gets its job in the same transaction, and each decision is in
//! the audit log.
//! [`Error::Conflict`] when the upload is in another state, also because somebody else was faster.

use domain::{AuditEntry, FileType, JobId, Remedy, UnitName, Upload, UploadId, UploadState};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::error::Error;
use crate::jobs::enqueue_again;
use crate::problems;
use crate::rows::{Fields, all, storable, to_the_microsecond};
use crate::uploads::{is_overtaken, write_state};
use crate::{CustomerStore, Decider};

/// Why a file that was read is not read once more.
const OVERTAKEN: &str = "a newer file of this ledger was read since, whose rows this one would replace by \
                         earlier ones; have the newest one read again";

/// The files that are read again at once, at most: those of three years, sent day by day.
const READ_AGAIN_MAX: usize = 1_000;

impl CustomerStore {
    /// A held file waits to be read again, this time into the ledger. Its turn is that of its receipt.
    pub async fn release(
        &self,
        unit: &UnitName,
        upload: UploadId,
        job: JobId,
        decider: &Decider<'_>,
    ) -> Result<Upload, Error> {
        let (mut transaction, mut upload) =
            self.to_decide(unit, upload, |state| matches!(state, UploadState::Held { .. })).await?;
        upload.state = upload.state.read_again()?;
        upload.released_at = Some(to_the_microsecond(decider.at)?);
        write_state(&mut transaction, &upload).await?;
        enqueue_again(&mut transaction, job, &upload, decider.at).await?;
        self.audit_decision(&mut transaction, &upload, ("released", Value::Null), decider).await?;
        transaction.commit().await?;
        Ok(upload)
    }

    /// A held file stays out of the ledger.
    pub async fn refuse_held(
        &self,
        unit: &UnitName,
        upload: UploadId,
        reason: &str,
        decider: &Decider<'_>,
    ) -> Result<Upload, Error> {
        let (mut transaction, mut upload) =
            self.to_decide(unit, upload, |state| matches!(state, UploadState::Held { .. })).await?;
        let (at, remedy) = (to_the_microsecond(decider.at)?, Some(Remedy::MendExtract));
        upload.state = upload.state.refuse(at, storable(reason), remedy)?;
        write_state(&mut transaction, &upload).await?;
        self.audit_decision(
            &mut transaction,
            &upload,
            ("refused", json!({ "reason": storable(reason) })),
            decider,
        )
        .await?;
        transaction.commit().await?;
        Ok(upload)
    }

    /// Returns `true` when a file can be read once more: it was read, held or refused, is still
    /// there, and no newer one was read since, whose rows it would replace by earlier ones.
    pub async fn may_be_read_again(&self, upload: &Upload) -> Result<bool, Error> {
        let is_over = match upload.state {
            UploadState::Refused { .. } | UploadState::Held { .. } => true,
            UploadState::Read { .. } => {
                !is_overtaken(self.parts.db.reader(), upload, "reading").await?
            }
            UploadState::Received | UploadState::Reading { .. } => false,
        };
        Ok(is_over && upload.removed_at.is_none())
    }

    /// A file that was read, held or refused waits to be read anew, by the rules that are set by then:
    /// nothing of the earlier reading counts, neither its problems nor that it was released once. Rows of it
    /// that are in the ledger stay until then. [`Error::Illegal`] when a newer one was read since.
    pub async fn read_again(
        &self,
        unit: &UnitName,
        upload: UploadId,
        job: JobId,
        decider: &Decider<'_>,
    ) -> Result<Upload, Error> {
        let (mut transaction, mut upload) = self
            .to_decide(unit, upload, |state| {
                !matches!(state, UploadState::Received | UploadState::Reading { .. })
            })
            .await?;
        if let UploadState::Read { ledger_version, .. } = upload.state {
            if is_overtaken(&mut *transaction, &upload, "reading").await? {
                return Err(Error::Illegal { why: OVERTAKEN.to_owned() });
            }
            upload.read_before = Some(ledger_version);
        }
        if upload.removed_at.is_some() {
            let why = "the file was removed as its time was over; send it again";
            return Err(Error::Illegal { why: why.to_owned() });
        }
        if let UploadState::Refused { at, reason, .. } = &upload.state {
            note_refusal(&mut transaction, upload.id, (*at, reason.as_str())).await?;
        }
        upload.state = upload.state.read_again()?;
        upload.released_at = None;
        write_state(&mut transaction, &upload).await?;
        problems::remove(&mut transaction, upload.id).await?;
        enqueue_again(&mut transaction, job, &upload, decider.at).await?;
        self.audit_decision(&mut transaction, &upload, ("read_again", Value::Null), decider)
            .await?;
        transaction.commit().await?;
        Ok(upload)
    }

    /// The last refusal of a file that was read again since, and why it was.
    pub async fn earlier_refusal(
        &self,
        unit: &UnitName,
        upload: UploadId,
    ) -> Result<Option<(Timestamp, String)>, Error> {
        let row = sqlx::query(
            "SELECT id, refused_before, refused_before_at FROM uploads \
             WHERE customer = $1 AND unit = $2 AND id = $3",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(upload.to_string())
        .fetch_optional(self.parts.db.reader())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let fields = Fields::new(&row, "uploads", "id");
        let at = fields.optional_time("refused_before_at")?;
        Ok(at.zip(fields.optional_text("refused_before")?))
    }

    /// The files of a type that other settings of reading may mend, in the order of their receipt: refused
    /// or held for what settings mend, or read without some of their rows. None whose rows would take the
    /// place of later ones of a newer file is among them, unless it was never read.
    pub async fn to_read_again(
        &self,
        unit: &UnitName,
        file_type: FileType,
    ) -> Result<Vec<UploadId>, Error> {
        self.that_settings_mend((unit, file_type), "1 = 1").await
    }

    /// Those of [`Self::to_read_again`] that came to their state before the settings were set as they are:
    /// of a file that was refused by these, nothing else is to be hoped for.
    pub async fn left_by_settings_before(
        &self,
        unit: &UnitName,
        file_type: FileType,
    ) -> Result<Vec<UploadId>, Error> {
        const BEFORE: &str = "EXISTS (SELECT 1 FROM reading_rules AS rules WHERE rules.customer = $1 \
            AND rules.unit = $2 AND rules.file_type = $3 AND rules.set_at >= upload.state_at)";
        self.that_settings_mend((unit, file_type), BEFORE).await
    }

    async fn that_settings_mend(
        &self,
        (unit, file_type): (&UnitName, FileType),
        and: &'static str,
    ) -> Result<Vec<UploadId>, Error> {
        const NEWEST: &str = "NOT EXISTS (SELECT 1 FROM uploads AS newer WHERE newer.customer = $1 \
            AND newer.unit = $2 AND newer.file_type = $3 AND newer.state IN ('read', 'reading') \
            AND (newer.received_at, newer.id) > (upload.received_at, upload.id))";
        let remedies = Remedy::ALL.into_iter().filter(|remedy| remedy.is_of_settings());
        let remedies: Vec<String> = remedies.map(|remedy| format!("'{}'", remedy.code())).collect();
        // A list that a newer one has taken the place of is refused whatever the settings are.
        let unread = if file_type.is_snapshot() { NEWEST } else { "1 = 1" };
        let select = format!(
            "SELECT id FROM uploads AS upload WHERE customer = $1 AND unit = $2 AND file_type = $3 \
             AND removed_at IS NULL AND ((((state = 'refused' AND remedy IN ({})) \
             OR (state = 'held' AND hold_reason = 'reusedIdentifiers')) AND {unread}) \
             OR (state = 'read' AND rows_set_aside > 0 AND {NEWEST})) AND {and} \
             ORDER BY received_at, id LIMIT {READ_AGAIN_MAX}",
            remedies.join(", ")
        );
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(file_type.as_str())
            .fetch_all(self.parts.db.reader())
            .await?;
        all(&rows, |row| Fields::new(row, "uploads", "id").parsed("id"))
    }

    /// Lets all [`Self::to_read_again`] names wait to be read anew. Returns how many those are.
    pub async fn read_all_again(
        &self,
        unit: &UnitName,
        file_type: FileType,
        jobs: impl Fn() -> JobId + Send,
        decider: &Decider<'_>,
    ) -> Result<usize, Error> {
        let mut count = 0;
        for upload in self.to_read_again(unit, file_type).await? {
            match self.read_again(unit, upload, jobs(), decider).await {
                Ok(_waiting) => count += 1,
                // Somebody else was faster, or a newer one has been read.
                Err(Error::Conflict { .. } | Error::Illegal { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(count)
    }

    async fn audit_decision(
        &self,
        transaction: &mut Transaction<'static, Any>,
        upload: &Upload,
        (verb, details): (&str, Value),
        decider: &Decider<'_>,
    ) -> Result<(), Error> {
        let entry = AuditEntry {
            at: decider.at,
            who: decider.who.to_owned(),
            what: format!("upload.{verb}"),
            about: upload.id.to_string(),
            customer: Some(self.customer.clone()),
            details,
        };
        self.parts.db.audit(transaction, &entry).await
    }

    /// An upload of the unit in a state that the decision is about, locked until it is written.
    async fn to_decide(
        &self,
        unit: &UnitName,
        id: UploadId,
        may: impl Fn(&UploadState) -> bool,
    ) -> Result<(Transaction<'static, Any>, Upload), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let upload = self.parts.db.locked_upload(&mut transaction, id).await?;
        if upload.customer != self.customer || upload.unit != *unit {
            return Err(Error::NotFound { what: "upload" });
        }
        if !may(&upload.state) {
            return Err(Error::Conflict { what: "state of the upload" });
        }
        Ok((transaction, upload))
    }
}

/// Keeps a refusal for the history of a file that is read once more.
async fn note_refusal(
    transaction: &mut Transaction<'static, Any>,
    upload: UploadId,
    (at, why): (Timestamp, &str),
) -> Result<(), Error> {
    sqlx::query("UPDATE uploads SET refused_before = $2, refused_before_at = $3 WHERE id = $1")
        .bind(upload.to_string())
        .bind(storable(why))
        .bind(at.as_microsecond())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
