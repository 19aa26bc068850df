//! Failures to sign in, counted by account and by address.
//!
//! Invariant: an attempt counts as failed before its password is looked at, so that many at once get no
//! more tries than one after the other.

use domain::SignInSubject;
use domain::sign_in::FAILURES_REMEMBERED;
use jiff::Timestamp;
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::SystemStore;
use crate::error::Error;
use crate::rows::Fields;

/// The answer to somebody who tries to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInAttempt {
    /// It counts as failed until [`SystemStore::note_sign_in`].
    Allowed,
    LockedUntil(Timestamp),
}

impl SystemStore {
    /// Begins an attempt that all of these have to be free for.
    pub async fn begin_sign_in(
        &self,
        subjects: &[SignInSubject],
        now: Timestamp,
    ) -> Result<SignInAttempt, Error> {
        let mut transaction = self.parts.db.begin().await?;
        sqlx::query("DELETE FROM sign_ins WHERE failed_at < $1")
            .bind((now - FAILURES_REMEMBERED).as_microsecond())
            .execute(&mut *transaction)
            .await?;
        let mut counted = Vec::new();
        for subject in subjects {
            let (failures, locked_until) = self.failures(&mut transaction, subject, now).await?;
            if let Some(until) = locked_until.filter(|until| *until > now) {
                return Ok(SignInAttempt::LockedUntil(until));
            }
            counted.push((subject, failures));
        }
        for (subject, failures) in counted {
            write(&mut transaction, subject, failures.saturating_add(1), now).await?;
        }
        transaction.commit().await?;
        Ok(SignInAttempt::Allowed)
    }

    /// The attempt was no failure. What an account did wrong before is forgotten; what an address did
    /// wrong is not, as a guesser may have an account as well.
    pub async fn note_sign_in(
        &self,
        subjects: &[SignInSubject],
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        for subject in subjects {
            let (failures, _) = self.failures(&mut transaction, subject, now).await?;
            let left = match subject {
                SignInSubject::Account(_) | SignInSubject::KnownBrowser(_) => 0,
                SignInSubject::Address(_) | SignInSubject::SftpAddress(_) => {
                    failures.saturating_sub(1)
                }
            };
            sqlx::query(
                "UPDATE sign_ins SET failures = $2, locked_until = NULL WHERE subject = $1",
            )
            .bind(subject.to_string())
            .bind(i64::from(left))
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Locks the row, made where it is missing.
    async fn failures(
        &self,
        transaction: &mut Transaction<'static, Any>,
        subject: &SignInSubject,
        now: Timestamp,
    ) -> Result<(u32, Option<Timestamp>), Error> {
        sqlx::query(
            "INSERT INTO sign_ins (subject, failures, failed_at) VALUES ($1, 0, $2) \
             ON CONFLICT (subject) DO NOTHING",
        )
        .bind(subject.to_string())
        .bind(now.as_microsecond())
        .execute(&mut **transaction)
        .await?;
        let select = format!(
            "SELECT subject, failures, locked_until FROM sign_ins WHERE subject = $1 {}",
            self.parts.db.locked()
        );
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(subject.to_string())
            .fetch_one(&mut **transaction)
            .await?;
        let fields = Fields::new(&row, "sign_ins", "subject");
        Ok((fields.number("failures")?, fields.optional_time("locked_until")?))
    }
}

async fn write(
    transaction: &mut Transaction<'static, Any>,
    subject: &SignInSubject,
    failures: u32,
    now: Timestamp,
) -> Result<(), Error> {
    let locked_until = subject.lock_after(failures).map(|wait| now + wait);
    sqlx::query(
        "UPDATE sign_ins SET failures = $2, failed_at = $3, locked_until = $4 WHERE subject = $1",
    )
    .bind(subject.to_string())
    .bind(i64::from(failures))
    .bind(now.as_microsecond())
    .bind(locked_until.map(Timestamp::as_microsecond))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
