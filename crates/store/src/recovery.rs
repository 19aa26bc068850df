//! Money on its way back, in sums: how much is in each stage, how much of it is late, and for how long it has
//! been asked for.
//!
//! Not for: the steps themselves (`verdicts`). Invariant: the database sums; money of one invoice counts once
//! while it is asked for, and what came back is never asked for again.

use domain::finding::RecoveryStage;
use domain::{Amount, Money, UnitName};
use jiff::civil::Date;

use crate::CustomerStore;
use crate::error::Error;
use crate::recovery_conditions::{IN_RECOVERY, MAY_COME_BACK};
use crate::rows::{Fields, SUMMED_MAX, day_number};

/// The ages by which outstanding money is told apart, in days: up to each, the last without end.
pub const RECOVERY_AGES: [u16; 3] = [30, 60, 90];

/// The findings in one stage of money on its way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoverySum {
    pub stage: RecoveryStage,
    pub findings: u64,
    /// By currency, the most first: of what is outstanding what is still to come, else what it came to. A
    /// part that came is received, and its finding among those of both stages.
    pub money: Vec<Money>,
    /// Of them those whose day is over.
    pub overdue: u64,
}

/// Outstanding money by how long ago it was asked for first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecoveryAge {
    pub findings: u64,
    /// By currency, the most first.
    pub money: Vec<Money>,
}

/// All that is to come back, came back or will not, of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoverySums {
    /// Every stage, in their order.
    pub stages: Vec<RecoverySum>,
    /// By [`RECOVERY_AGES`], of what was asked for or promised; one more for what is older.
    pub ages: [RecoveryAge; RECOVERY_AGES.len() + 1],
}

/// The stage of the money of a finding, as `domain` says it of a standing.
const STAGE: &str = "CASE WHEN recovery_stage IS NOT NULL THEN recovery_stage \
    WHEN recovered IS NOT NULL THEN 'received' ELSE 'to_ask' END";

impl CustomerStore {
    /// The sums of findings that were decided to be true and name money that may come back, or of whose money
    /// a step was kept.
    pub async fn recovery_sums(&self, unit: &UnitName, today: Date) -> Result<RecoverySums, Error> {
        let select = format!(
            "SELECT stage, currency, age, COUNT(*) AS findings, \
             CAST(SUM(CASE WHEN money > $5 THEN $5 WHEN money < 0 THEN 0 ELSE money END) AS BIGINT) AS money, \
             CAST(SUM(CASE WHEN due < $3 THEN 1 ELSE 0 END) AS BIGINT) AS overdue FROM ( \
             SELECT {STAGE} AS stage, COALESCE(currency, '') AS currency, due, \
             CASE WHEN recovery_stage IS NULL OR recovery_stage NOT IN ('asked', 'promised') THEN 0 \
             WHEN $3 - COALESCE(recovery_asked_on, recovery_on, $3) <= $6 THEN 1 \
             WHEN $3 - COALESCE(recovery_asked_on, recovery_on, $3) <= $7 THEN 2 \
             WHEN $3 - COALESCE(recovery_asked_on, recovery_on, $3) <= $8 THEN 3 ELSE 4 END AS age, \
             CASE WHEN recovery_stage = 'received' OR (recovery_stage IS NULL AND recovered IS NOT NULL) \
             THEN COALESCE(recovered, 0) \
             ELSE COALESCE(recovery_amount, counted, 0) - COALESCE(recovered, 0) END AS money \
             FROM findings WHERE customer = $1 AND unit = $2{IN_RECOVERY}{MAY_COME_BACK} \
             UNION ALL SELECT 'received', COALESCE(currency, ''), NULL, 0, recovered \
             FROM findings WHERE customer = $1 AND unit = $2 AND state = $4 \
             AND recovery_stage <> 'received' AND recovered IS NOT NULL) AS recoveries \
             GROUP BY stage, currency, age ORDER BY 5 DESC, currency"
        );
        let today = day_number(today);
        let rows = sqlx::query(sqlx::AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(today)
            .bind(domain::FindingState::Confirmed.as_str())
            .bind(SUMMED_MAX)
            .bind(i64::from(RECOVERY_AGES[0]))
            .bind(i64::from(RECOVERY_AGES[1]))
            .bind(i64::from(RECOVERY_AGES[2]))
            .fetch_all(self.parts.db.reader())
            .await?;
        let empty = |stage| RecoverySum { stage, findings: 0, money: Vec::new(), overdue: 0 };
        let mut sums = RecoverySums {
            stages: RecoveryStage::ALL.map(empty).into(),
            ages: std::array::from_fn(|_age| RecoveryAge::default()),
        };
        for row in &rows {
            let fields = Fields::new(row, "findings", "stage");
            let stage: RecoveryStage = fields.parsed("stage")?;
            let findings: u64 = fields.number("findings")?;
            let money = Money {
                amount: Amount::from_ten_thousandths(fields.number("money")?),
                currency: Some(fields.text("currency")?).filter(|code| !code.is_empty()),
            };
            let of_stage = sums.stages.iter_mut().find(|sum| sum.stage == stage);
            let of_stage = of_stage.expect("there is a sum of every stage");
            of_stage.findings += findings;
            of_stage.overdue += fields.number::<u64>("overdue")?;
            add(&mut of_stage.money, &money);
            if let Some(age) = fields.number::<usize>("age")?.checked_sub(1) {
                let of_age = sums.ages.get_mut(age).ok_or_else(|| fields.corrupt())?;
                of_age.findings += findings;
                add(&mut of_age.money, &money);
            }
        }
        Ok(sums)
    }
}

fn add(sums: &mut Vec<Money>, money: &Money) {
    if money.amount.ten_thousandths() == 0 {
        return;
    }
    match sums.iter_mut().find(|sum| sum.currency == money.currency) {
        Some(sum) => {
            let (one, other) = (sum.amount.ten_thousandths(), money.amount.ten_thousandths());
            sum.amount = Amount::from_ten_thousandths(one.saturating_add(other));
        }
        None => sums.push(money.clone()),
    }
    sums.sort_by_key(|sum| std::cmp::Reverse(sum.amount));
}
