//! The people of an export: who had a role, sent a file or kept a view; their names and addresses, and
//! nothing that would let them in.

use std::path::Path;

use domain::{CustomerName, UserId};
use serde::{Deserialize, Serialize};
use sqlx::{Any, Transaction};

use super::Lines;
use crate::error::Error;
use crate::rows::{Fields, all};

/// The people of `$1`, a customer.
const PEOPLE: &str = "SELECT id, email, name FROM users WHERE id IN \
    (SELECT user_id FROM memberships WHERE customer = $1 \
    UNION SELECT user_id FROM unit_roles WHERE customer = $1 \
    UNION SELECT user_id FROM uploads WHERE customer = $1 AND user_id IS NOT NULL \
    UNION SELECT user_id FROM saved_views WHERE customer = $1) ORDER BY id";

/// A person as a line of an export has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportedPerson {
    pub(crate) id: UserId,
    pub(crate) email: String,
    pub(crate) name: String,
}

pub(super) async fn write(
    snapshot: &mut Transaction<'static, Any>,
    customer: &CustomerName,
    path: &Path,
) -> Result<(), Error> {
    let rows =
        sqlx::query(PEOPLE).bind(customer.as_str().to_owned()).fetch_all(&mut **snapshot).await?;
    let people = all(&rows, |row| {
        let fields = Fields::new(row, "users", "id");
        Ok(ExportedPerson {
            id: fields.parsed("id")?,
            email: fields.text("email")?,
            name: fields.text("name")?,
        })
    })?;
    let mut lines = Lines::begin(path)?;
    people.iter().try_for_each(|person| lines.add(person))?;
    lines.end()
}
