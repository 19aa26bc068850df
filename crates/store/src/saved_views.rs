//! Filters of findings that a user keeps under a name, for themselves or for everybody of the unit.
//!
//! Invariant: a view belongs to one user; others see it where it is shared, and remove it as admins only.
//! What makes or removes one is in the audit log.

use domain::{AuditEntry, MemberRole, SavedViewId, UnitName, UserId};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, Transaction};

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, all, storable};
use crate::users::User;

/// Views of one user in one unit: more than fit beside each other.
pub const SAVED_VIEWS_MAX: usize = 50;

/// A filter with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    pub id: SavedViewId,
    pub name: String,
    /// That of the URL, without its question mark.
    pub query: String,
    /// Set when everybody of the unit sees it.
    pub is_shared: bool,
}

/// A view as somebody sees it who may open it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisibleView {
    pub view: SavedView,
    /// The name of whoever keeps it; none of one's own.
    pub of: Option<String>,
}

impl CustomerStore {
    /// Keeps a view, in the place of one of the same name. [`Error::Illegal`] when the user keeps as many as
    /// there may be.
    pub async fn save_view(
        &self,
        unit: &UnitName,
        user: &User,
        view: &SavedView,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        self.parts.db.claim_name(&mut transaction, &format!("saved views of {}", user.id)).await?;
        let others: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM saved_views WHERE customer = $1 AND unit = $2 AND user_id = $3 \
             AND name <> $4",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(user.id.to_string())
        .bind(storable(&view.name))
        .fetch_one(&mut *transaction)
        .await?;
        if usize::try_from(others).map_err(Error::internal)? >= SAVED_VIEWS_MAX {
            let why = format!("you keep {SAVED_VIEWS_MAX} views here already; delete one first");
            return Err(Error::Illegal { why });
        }
        sqlx::query(
            "INSERT INTO saved_views (id, customer, unit, user_id, name, query, made_at, is_shared) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (customer, unit, user_id, name) \
             DO UPDATE SET query = $6, made_at = $7, is_shared = $8",
        )
        .bind(view.id.to_string())
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(user.id.to_string())
        .bind(storable(&view.name))
        .bind(storable(&view.query))
        .bind(now.as_microsecond())
        .bind(i64::from(view.is_shared))
        .execute(&mut *transaction)
        .await?;
        self.audit_view(&mut transaction, "view.save", (unit, user, view), now).await?;
        Ok(transaction.commit().await?)
    }

    async fn audit_view(
        &self,
        transaction: &mut Transaction<'static, Any>,
        what: &str,
        (unit, user, view): (&UnitName, &User, &SavedView),
        at: Timestamp,
    ) -> Result<(), Error> {
        let entry = AuditEntry {
            at,
            who: user.email.to_string(),
            what: what.to_owned(),
            about: view.id.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "unit": unit, "name": view.name, "shared": view.is_shared }),
        };
        self.parts.db.audit(transaction, &entry).await
    }

    /// A user's own and those that others share, by their names.
    pub async fn saved_views(
        &self,
        unit: &UnitName,
        user: UserId,
    ) -> Result<Vec<VisibleView>, Error> {
        let rows = sqlx::query(
            "SELECT saved_views.id, saved_views.name, query, is_shared, users.name AS keeper, user_id \
             FROM saved_views JOIN users ON users.id = saved_views.user_id \
             WHERE customer = $1 AND unit = $2 AND (user_id = $3 OR is_shared = 1) \
             ORDER BY saved_views.name, saved_views.id",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(user.to_string())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "saved_views", "id");
            let keeper: UserId = fields.parsed("user_id")?;
            let of = if keeper == user { None } else { Some(fields.text("keeper")?) };
            Ok(VisibleView { view: saved_view(row)?, of })
        })
    }

    /// A user's own view, or as an admin one that is shared. [`Error::NotFound`] when there is no such view.
    pub async fn remove_view(
        &self,
        unit: &UnitName,
        (user, role): (&User, MemberRole),
        id: SavedViewId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let removed = sqlx::query(
            "DELETE FROM saved_views WHERE customer = $1 AND unit = $2 AND id = $3 \
             AND (user_id = $4 OR is_shared = $5) RETURNING id, name, query, is_shared",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(id.to_string())
        .bind(user.id.to_string())
        .bind(if role == MemberRole::Admin { SHARED } else { NEVER })
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(Error::NotFound { what: "saved view" })?;
        let view = saved_view(&removed)?;
        self.audit_view(&mut transaction, "view.remove", (unit, user, &view), now).await?;
        Ok(transaction.commit().await?)
    }
}

/// The value of `is_shared` of views that everybody sees.
const SHARED: i64 = 1;
/// A value that it never has.
const NEVER: i64 = -1;

fn saved_view(row: &AnyRow) -> Result<SavedView, Error> {
    let fields = Fields::new(row, "saved_views", "id");
    Ok(SavedView {
        id: fields.parsed("id")?,
        name: fields.text("name")?,
        query: fields.text("query")?,
        is_shared: fields.number::<i64>("is_shared")? == SHARED,
    })
}
