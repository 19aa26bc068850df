//! Customers and their units.

use domain::{AuditEntry, CustomerName, UnitName};
use jiff::Timestamp;
use serde_json::Value;

use crate::error::Error;
use crate::rows::{Fields, all};
use crate::{CustomerStore, SystemStore};

const INSERT_UNIT: &str = "INSERT INTO units (customer, name, added_at) VALUES ($1, $2, $3) \
    ON CONFLICT (customer, name) DO NOTHING";
const UNITS: &str = "SELECT name FROM units WHERE customer = $1 ORDER BY name";
const COUNT_CUSTOMER: &str = "SELECT COUNT(*) FROM customers WHERE name = $1";

impl CustomerStore {
    pub async fn exists(&self) -> Result<bool, Error> {
        let count: i64 = sqlx::query_scalar(COUNT_CUSTOMER)
            .bind(self.customer.as_str())
            .fetch_one(self.parts.db.reader())
            .await?;
        Ok(count > 0)
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

    /// In the order of their names.
    pub async fn units(&self) -> Result<Vec<UnitName>, Error> {
        let rows = sqlx::query(UNITS)
            .bind(self.customer.as_str())
            .fetch_all(self.parts.db.reader())
            .await?;
        all(&rows, |row| Fields::of(row, "units", "name").parsed("name"))
    }
}

impl SystemStore {
    /// Adds a customer and its unit of the same name; [`Error::Conflict`] when it is there already.
    pub async fn add_customer(&self, name: &CustomerName, now: Timestamp) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
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
        Ok(transaction.commit().await?)
    }

    /// In the order of their names.
    pub async fn customers(&self) -> Result<Vec<CustomerName>, Error> {
        let rows = sqlx::query("SELECT name FROM customers ORDER BY name")
            .fetch_all(self.parts.db.reader())
            .await?;
        all(&rows, |row| Fields::of(row, "customers", "name").parsed("name"))
    }

    /// [`Error::NotFound`] without the customer, [`Error::Conflict`] when the unit is there
    /// already. `by` is a user's address, or `operator` for a command.
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

    /// In the order of their names.
    pub async fn units(&self, customer: &CustomerName) -> Result<Vec<UnitName>, Error> {
        let door = self.customer(customer);
        if !door.exists().await? {
            return Err(Error::NotFound { what: "customer" });
        }
        door.units().await
    }
}
