//! Filters of findings that a user keeps under a name.
//!
//! Invariant: a view belongs to one user; others neither see nor remove it.

use domain::{SavedViewId, UnitName, UserId};
use jiff::Timestamp;

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, all, storable};

/// A filter with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    pub id: SavedViewId,
    pub name: String,
    /// That of the URL, without its question mark.
    pub query: String,
}

impl CustomerStore {
    /// Keeps a view, in the place of one of the same name.
    pub async fn save_view(
        &self,
        unit: &UnitName,
        user: UserId,
        view: &SavedView,
        now: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO saved_views (id, customer, unit, user_id, name, query, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (customer, unit, user_id, name) DO UPDATE SET query = $6, made_at = $7",
        )
        .bind(view.id.to_string())
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(user.to_string())
        .bind(storable(&view.name))
        .bind(storable(&view.query))
        .bind(now.as_microsecond())
        .execute(self.parts.db.writer())
        .await?;
        Ok(())
    }

    /// By their names.
    pub async fn saved_views(
        &self,
        unit: &UnitName,
        user: UserId,
    ) -> Result<Vec<SavedView>, Error> {
        let rows = sqlx::query(
            "SELECT id, name, query FROM saved_views WHERE customer = $1 AND unit = $2 \
             AND user_id = $3 ORDER BY name",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(user.to_string())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "saved_views", "id");
            Ok(SavedView {
                id: fields.parsed("id")?,
                name: fields.text("name")?,
                query: fields.text("query")?,
            })
        })
    }

    /// [`Error::NotFound`] when the user has no such view.
    pub async fn remove_view(
        &self,
        unit: &UnitName,
        user: UserId,
        id: SavedViewId,
    ) -> Result<(), Error> {
        let removed = sqlx::query(
            "DELETE FROM saved_views WHERE customer = $1 AND unit = $2 AND user_id = $3 AND id = $4",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(user.to_string())
        .bind(id.to_string())
        .execute(self.parts.db.writer())
        .await?;
        if removed.rows_affected() == 0 {
            return Err(Error::NotFound { what: "saved view" });
        }
        Ok(())
    }
}
