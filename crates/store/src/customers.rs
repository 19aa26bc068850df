//! Customers and their units.

use domain::{AuditEntry, CustomerName, TitledUnit, UnitName, UnitTitle};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::error::Error;
use crate::rows::{Fields, all};
use crate::{CustomerStore, SystemStore};

/// Customers are added by commands only, and by the first start.
const OPERATOR: &str = "operator";
/// Units of a customer: pages list them all, and more are customers of their own.
pub const UNITS_MAX: i64 = 500;
const INSERT_UNIT: &str = "INSERT INTO units (customer, name, added_at) VALUES ($1, $2, $3) \
    ON CONFLICT (customer, name) DO NOTHING";
const UNITS: &str = "SELECT name FROM units WHERE customer = $1 ORDER BY name";
const TITLED_UNITS: &str = "SELECT name, title FROM units WHERE customer = $1 ORDER BY name";
const COUNT_CUSTOMER: &str = "SELECT COUNT(*) FROM customers WHERE name = $1";

/// A customer as whoever runs the server sees it: nothing of its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerSummary {
    pub name: CustomerName,
    pub added_at: Timestamp,
    /// The units in the order of their names.
    pub units: Vec<TitledUnit>,
    /// With whatever role, for all units or for some.
    pub members: u64,
    /// Admins of all units who may sign in.
    pub admins: u64,
    pub last_upload: Option<Timestamp>,
}

impl CustomerStore {
    pub async fn exists(&self) -> Result<bool, Error> {
        let count: i64 = sqlx::query_scalar(COUNT_CUSTOMER)
            .bind(self.customer.as_str())
            .fetch_one(self.parts.db.reader())
            .await?;
        Ok(count > 0)
    }

    pub const fn name(&self) -> &CustomerName {
        &self.customer
    }

    pub async fn unit_exists(&self, unit: &UnitName) -> Result<bool, Error> {
        let count: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM units WHERE customer = $1 AND name = $2")
                .bind(self.customer.as_str())
                .bind(unit.as_str())
                .fetch_one(self.parts.db.reader())
                .await?;
        Ok(count > 0)
    }

    /// Returns them in the order of their names.
    pub async fn units(&self) -> Result<Vec<UnitName>, Error> {
        let rows = sqlx::query(UNITS)
            .bind(self.customer.as_str())
            .fetch_all(self.parts.db.reader())
            .await?;
        all(&rows, |row| Fields::new(row, "units", "name").parsed("name"))
    }

    /// The units with their titles.
    pub async fn titled_units(&self) -> Result<Vec<TitledUnit>, Error> {
        let rows = sqlx::query(TITLED_UNITS)
            .bind(self.customer.as_str())
            .fetch_all(self.parts.db.reader())
            .await?;
        all(&rows, titled)
    }

    /// Gives a unit another title, or with none its short name back. Whether anything changed.
    /// [`Error::NotFound`] without the unit, [`Error::Conflict`] when another is called so.
    pub async fn set_unit_title(
        &self,
        unit: &UnitName,
        title: Option<&UnitTitle>,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        // All of them, so that no two are given one title at once.
        let select = format!("{TITLED_UNITS} {}", self.parts.db.locked_against_writers());
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .fetch_all(&mut *transaction)
            .await?;
        let units = all(&rows, titled)?;
        let before = units.iter().find(|known| known.name == *unit);
        let before = before.ok_or(Error::NotFound { what: "unit" })?;
        let is_taken = |title: &UnitTitle| {
            let mut others = units.iter().filter(|other| other.name != *unit);
            others.any(|other| [other.name.as_str(), other.called()].contains(&title.as_str()))
        };
        if title.is_some_and(is_taken) {
            return Err(Error::Conflict { what: "title of a unit" });
        }
        if before.title.as_ref() == title {
            return Ok(false);
        }
        sqlx::query("UPDATE units SET title = $3 WHERE customer = $1 AND name = $2")
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(title.map(UnitTitle::as_str))
            .execute(&mut *transaction)
            .await?;
        let was = before.title.as_ref().map(UnitTitle::as_str);
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "unit.rename".to_owned(),
            about: unit.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "was": was, "title": title.map(UnitTitle::as_str) }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

impl SystemStore {
    /// Adds a customer and its unit of the same name; [`Error::Conflict`] when it is there already.
    pub async fn add_customer(&self, name: &CustomerName, now: Timestamp) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        refuse_erased(&mut transaction, "customer.erase", name.as_str(), "").await?;
        let added = sqlx::query(
            "INSERT INTO customers (name, added_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        )
        .bind(name.as_str())
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 0 {
            return Err(Error::Conflict { what: "customer" });
        }
        sqlx::query(INSERT_UNIT)
            .bind(name.as_str())
            .bind(name.only_unit().as_str())
            .bind(now.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        let entry = AuditEntry {
            at: now,
            who: OPERATOR.to_owned(),
            what: "customer.add".to_owned(),
            about: name.to_string(),
            customer: Some(name.clone()),
            details: Value::Null,
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Returns them in the order of their names.
    pub async fn customers(&self) -> Result<Vec<CustomerName>, Error> {
        let rows = sqlx::query("SELECT name FROM customers ORDER BY name")
            .fetch_all(self.parts.db.reader())
            .await?;
        all(&rows, |row| Fields::new(row, "customers", "name").parsed("name"))
    }

    /// All customers in the order of their names, each in a line.
    pub async fn customer_summaries(&self) -> Result<Vec<CustomerSummary>, Error> {
        let rows = sqlx::query(
            "SELECT customers.name, customers.added_at, (SELECT COUNT(*) FROM users WHERE users.id IN \
             (SELECT user_id FROM memberships WHERE memberships.customer = customers.name \
             UNION SELECT user_id FROM unit_roles WHERE unit_roles.customer = customers.name)) \
             AS members, (SELECT COUNT(*) FROM memberships \
             JOIN users ON users.id = memberships.user_id \
             WHERE memberships.customer = customers.name AND memberships.role = 'admin' \
             AND users.disabled_at IS NULL) AS admins, \
             (SELECT MAX(received_at) FROM uploads WHERE uploads.customer = customers.name) \
             AS last_upload FROM customers ORDER BY customers.name",
        )
        .fetch_all(self.parts.db.reader())
        .await?;
        let mut summaries = Vec::with_capacity(rows.len());
        for row in &rows {
            let fields = Fields::new(row, "customers", "name");
            let name: CustomerName = fields.parsed("name")?;
            summaries.push(CustomerSummary {
                added_at: fields.time("added_at")?,
                units: self.customer(&name).titled_units().await?,
                members: fields.number("members")?,
                admins: fields.number("admins")?,
                last_upload: fields.optional_time("last_upload")?,
                name,
            });
        }
        Ok(summaries)
    }

    /// [`Error::NotFound`] without the customer, [`Error::Conflict`] when the unit is there
    /// already, [`Error::Illegal`] when there are as many as there may be. `by` is a user's address, or
    /// `operator` for a command.
    pub async fn add_unit(
        &self,
        customer: &CustomerName,
        unit: &UnitName,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let customers: i64 = sqlx::query_scalar(COUNT_CUSTOMER)
            .bind(customer.as_str())
            .fetch_one(&mut *transaction)
            .await?;
        if customers == 0 {
            return Err(Error::NotFound { what: "customer" });
        }
        let units: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM units WHERE customer = $1")
            .bind(customer.as_str())
            .fetch_one(&mut *transaction)
            .await?;
        if units >= UNITS_MAX {
            let why = format!("{customer} has {UNITS_MAX} units, the most there may be");
            return Err(Error::Illegal { why });
        }
        refuse_erased(&mut transaction, "unit.erase", unit.as_str(), customer.as_str()).await?;
        let added = sqlx::query(INSERT_UNIT)
            .bind(customer.as_str())
            .bind(unit.as_str())
            .bind(now.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        if added.rows_affected() == 0 {
            return Err(Error::Conflict { what: "unit" });
        }
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "unit.add".to_owned(),
            about: unit.to_string(),
            customer: Some(customer.clone()),
            details: Value::Null,
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Returns them in the order of their names.
    pub async fn units(&self, customer: &CustomerName) -> Result<Vec<UnitName>, Error> {
        let store = self.customer(customer);
        if !store.exists().await? {
            return Err(Error::NotFound { what: "customer" });
        }
        store.units().await
    }
}

/// A name whose data was erased is not given again: tokens, caches and backups of before would fit it.
pub(crate) async fn refuse_erased(
    transaction: &mut Transaction<'static, Any>,
    what: &str,
    name: &str,
    customer: &str,
) -> Result<(), Error> {
    let erased: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM audit_log WHERE what = $1 AND about = $2 \
         AND COALESCE(customer, '') = $3",
    )
    .bind(what)
    .bind(name)
    .bind(customer)
    .fetch_one(&mut **transaction)
    .await?;
    if erased > 0 {
        let why = format!("{name} was erased, and its name is not given again; take another");
        return Err(Error::Illegal { why });
    }
    Ok(())
}

pub(crate) fn titled(row: &AnyRow) -> Result<TitledUnit, Error> {
    let fields = Fields::new(row, "units", "name");
    let title = fields.optional_text("title")?;
    let title = title.map(|title| title.parse().map_err(|_invalid| fields.corrupt()));
    Ok(TitledUnit { name: fields.parsed("name")?, title: title.transpose()? })
}
