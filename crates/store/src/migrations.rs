//! The schema: migrations embedded in the program, applied in order and never changed once
//! released.
//!
//! Invariant: one text for both databases. A schema newer than this program is left untouched.

use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, SqlSafeStr as _};

use crate::dialect::Dialect;
use crate::error::Error;

/// Append only.
const MIGRATIONS: [(i64, &str, &str); 53] = [
    (1, "first", include_str!("../migrations/0001_first.sql")),
    (2, "reading", include_str!("../migrations/0002_reading.sql")),
    (3, "findings", include_str!("../migrations/0003_findings.sql")),
    (4, "people", include_str!("../migrations/0004_people.sql")),
    (5, "settings", include_str!("../migrations/0005_settings.sql")),
    (6, "overview", include_str!("../migrations/0006_overview.sql")),
    (7, "senders", include_str!("../migrations/0007_senders.sql")),
    (8, "unit_titles", include_str!("../migrations/0008_unit_titles.sql")),
    (9, "retention", include_str!("../migrations/0009_retention.sql")),
    (10, "beside", include_str!("../migrations/0010_beside.sql")),
    (11, "newest", include_str!("../migrations/0011_newest.sql")),
    (12, "hold_reasons", include_str!("../migrations/0012_hold_reasons.sql")),
    (13, "read_again", include_str!("../migrations/0013_read_again.sql")),
    (14, "accounts", include_str!("../migrations/0014_accounts.sql")),
    (15, "search_words", include_str!("../migrations/0015_search_words.sql")),
    (16, "last_entry", include_str!("../migrations/0016_last_entry.sql")),
    (17, "unit_roles", include_str!("../migrations/0017_unit_roles.sql")),
    (18, "identities", include_str!("../migrations/0018_identities.sql")),
    (19, "lanes", include_str!("../migrations/0019_lanes.sql")),
    (20, "own_checks", include_str!("../migrations/0020_own_checks.sql")),
    (21, "reasons", include_str!("../migrations/0021_reasons.sql")),
    (22, "four_eyes", include_str!("../migrations/0022_four_eyes.sql")),
    (23, "copies", include_str!("../migrations/0023_copies.sql")),
    (24, "across_units", include_str!("../migrations/0024_across_units.sql")),
    (27, "recovery", include_str!("../migrations/0027_recovery.sql")),
    (28, "letter_templates", include_str!("../migrations/0028_letter_templates.sql")),
    (31, "notifications", include_str!("../migrations/0031_notifications.sql")),
    (32, "credits", include_str!("../migrations/0032_credits.sql")),
    (33, "attachments", include_str!("../migrations/0033_attachments.sql")),
    (35, "shared_views", include_str!("../migrations/0035_shared_views.sql")),
    (36, "check_previews", include_str!("../migrations/0036_check_previews.sql")),
    (37, "formats", include_str!("../migrations/0037_formats.sql")),
    (38, "sftp", include_str!("../migrations/0038_sftp.sql")),
    (40, "screening_settings", include_str!("../migrations/0040_screening_settings.sql")),
    (41, "holds", include_str!("../migrations/0041_holds.sql")),
    (42, "payment_runs", include_str!("../migrations/0042_payment_runs.sql")),
    (43, "statements", include_str!("../migrations/0043_statements.sql")),
    (46, "statement_columns", include_str!("../migrations/0046_statement_columns.sql")),
    (50, "resumable_uploads", include_str!("../migrations/0050_resumable_uploads.sql")),
    (52, "traces", include_str!("../migrations/0052_traces.sql")),
    (53, "scan_hosts", include_str!("../migrations/0053_scan_hosts.sql")),
    (54, "statement_credits", include_str!("../migrations/0054_statement_credits.sql")),
    (55, "job_order", include_str!("../migrations/0055_job_order.sql")),
    (60, "findings_decided", include_str!("../migrations/0060_findings_decided.sql")),
    (62, "finding_versions", include_str!("../migrations/0062_finding_versions.sql")),
    (63, "opened_findings", include_str!("../migrations/0063_opened_findings.sql")),
    (64, "findings_told_apart", include_str!("../migrations/0064_findings_told_apart.sql")),
    (65, "payment_due", include_str!("../migrations/0065_payment_due.sql")),
    (66, "reason_codes", include_str!("../migrations/0066_reason_codes.sql")),
    (67, "named_letter_templates", include_str!("../migrations/0067_named_letter_templates.sql")),
    (68, "unit_retention", include_str!("../migrations/0068_unit_retention.sql")),
    (69, "earlier_refusal", include_str!("../migrations/0069_earlier_refusal.sql")),
    (70, "holds_by_supplier", include_str!("../migrations/0070_holds_by_supplier.sql")),
];

/// The newest schema that this program knows.
pub(crate) fn known() -> i64 {
    MIGRATIONS.map(|(version, _, _)| version).into_iter().max().expect("there are some")
}

/// Brings the schema up to date, or refuses before anything is changed.
pub(crate) async fn apply(pool: &AnyPool, dialect: Dialect) -> Result<(), Error> {
    let known = known();
    if let Some(found) = applied(pool, dialect).await?
        && found > known
    {
        return Err(Error::SchemaTooNew { found, known });
    }
    let migrations = MIGRATIONS.map(|(version, name, text)| {
        Migration::new(
            version,
            Cow::Borrowed(name),
            MigrationType::Simple,
            text.into_sql_str(),
            false,
        )
    });
    let migrator = Migrator::with_migrations(migrations.to_vec());
    // On SQLite nothing keeps two programs from beginning at once; one transaction won. Whoever lost
    // it goes on from there.
    let mut before = applied(pool, dialect).await?;
    loop {
        match migrator.run(pool).await {
            Ok(()) => return Ok(()),
            Err(error) => {
                let now = applied(pool, dialect).await?;
                if now <= before {
                    return Err(Error::internal(error));
                }
                before = now;
            }
        }
    }
}

/// The newest migration the database knows; `None` for an empty database.
pub(crate) async fn applied(pool: &AnyPool, dialect: Dialect) -> Result<Option<i64>, Error> {
    let tables: i64 = sqlx::query_scalar(dialect.count_migration_tables()).fetch_one(pool).await?;
    if tables == 0 {
        return Ok(None);
    }
    Ok(sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(pool).await?)
}
