//! A run in sums: all of it, what is doubtful, released and held.

use domain::{Money, MoneySums, UploadId};

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::Fields;

/// Payments of a run in numbers and money, by currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PaymentSums {
    pub payments: u64,
    pub money: Vec<Money>,
    pub doubtful: u64,
    pub doubtful_money: Vec<Money>,
    /// Doubtful ones that nobody has decided.
    pub undecided: u64,
    pub released: u64,
    pub released_money: Vec<Money>,
    pub held: u64,
    pub held_money: Vec<Money>,
}

impl CustomerStore {
    pub(super) async fn payment_sums(&self, upload: UploadId) -> Result<PaymentSums, Error> {
        let rows = sqlx::query(
            "SELECT upload, currency, decision, CASE WHEN doubts > 0 THEN 1 ELSE 0 END AS doubtful, \
             COUNT(*) AS payments, CAST(SUM(amount) AS BIGINT) AS amount FROM payments \
             WHERE upload = $1 GROUP BY upload, currency, decision, \
             CASE WHEN doubts > 0 THEN 1 ELSE 0 END",
        )
        .bind(upload.to_string())
        .fetch_all(self.parts.db.reader())
        .await?;
        let mut sums = PaymentSums::default();
        let [mut all, mut doubtful, mut released, mut held] =
            std::array::from_fn(|_kind| MoneySums::default());
        for row in &rows {
            let fields = Fields::new(row, "payments", "upload");
            let currency = fields.optional_text("currency")?;
            let decision = fields.optional_text("decision")?;
            let count: u64 = fields.number("payments")?;
            let amount: i64 = fields.number("amount")?;
            let is_doubtful = fields.number::<i64>("doubtful")? > 0;
            let add = |sums: &mut MoneySums| sums.add(currency.as_deref(), amount.into());
            sums.payments += count;
            add(&mut all);
            if is_doubtful {
                sums.doubtful += count;
                add(&mut doubtful);
            }
            match decision.as_deref() {
                Some("release") => {
                    sums.released += count;
                    add(&mut released);
                }
                Some("hold") => {
                    sums.held += count;
                    add(&mut held);
                }
                _ if is_doubtful => sums.undecided += count,
                _ => {}
            }
        }
        sums.money = super::money(all);
        sums.doubtful_money = super::money(doubtful);
        sums.released_money = super::money(released);
        sums.held_money = super::money(held);
        Ok(sums)
    }
}
