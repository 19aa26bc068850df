//! Suppliers and employees: a file is all there are, so who is absent becomes inactive.
//!
//! A row is a variation: one site, one bank account. While a variation is in the snapshots its row is the
//! newest one and remembers since when; once it is in none, its last row stays, inactive, with the version
//! that ended it. So a supplier's earlier bank accounts are rows of the same table.
//!
//! Not for: deciding what is unusual; that is told to a person (`reading`).

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, BooleanArray, Int64Array, RecordBatch};
use domain::FileType;

use crate::error::Error;
use crate::identity::{Identifier, Identity, IdentitySet};
use crate::ledger::Ledger;
use crate::part::{Part, PartStore, PartWriter};
use crate::replace::{RewrittenParts, filtered, gathered, side_by_side};
use crate::schema::{ACTIVE_COLUMN, ENDED_COLUMN, SINCE_COLUMN, table_schema};

/// The active rows of a ledger, with which a snapshot is compared.
#[derive(Debug, Default)]
pub(crate) struct EarlierSnapshot {
    /// Of every active variation: the version by which it came.
    pub(crate) since: HashMap<Identity, i64>,
    /// The suppliers or employees with an active row.
    pub(crate) active: IdentitySet,
}

impl EarlierSnapshot {
    /// Reads who is active.
    pub(crate) fn read(ledger: &Ledger) -> Result<Self, Error> {
        let file_type = ledger.file_type();
        let mut columns = file_type.spec().variation.to_vec();
        columns.extend([ACTIVE_COLUMN, SINCE_COLUMN]);
        let (mut since, mut active) = (HashMap::new(), Vec::new());
        for part in ledger.parts()? {
            for batch in ledger.part_store().open(&part)?.rows(Some(&columns))? {
                let batch = batch?;
                let is_active = column(&batch, ACTIVE_COLUMN)?.as_boolean();
                let began = column(&batch, SINCE_COLUMN)?.as_primitive::<Int64Type>();
                let variations = identities(&batch, file_type.spec().variation)?;
                let references = identities(&batch, &[file_type.spec().key])?;
                for row in (0..batch.num_rows()).filter(|row| is_active.value(*row)) {
                    since.insert(variations[row], began.value(row));
                    active.push(references[row]);
                }
            }
        }
        Ok(Self { since, active: IdentitySet::new(active) })
    }
}

/// Takes the rows of the variations that are there again out of the ledger, and ends those that are not.
pub(crate) fn end_absent(
    ledger: &Ledger,
    present: &IdentitySet,
    version: i64,
    stem: &str,
) -> Result<RewrittenParts, Error> {
    let parts = ledger.parts()?;
    let (store, file_type) = (ledger.part_store(), ledger.file_type());
    let rewritten = side_by_side(&parts, |number, part| {
        let stem = format!("{stem}-{number:05}");
        let ending = Ending { store, file_type, present, version };
        ending.of_part(part, stem)
    })?;
    Ok(gathered(rewritten))
}

struct Ending<'a> {
    store: &'a PartStore,
    file_type: FileType,
    present: &'a IdentitySet,
    version: i64,
}

impl Ending<'_> {
    fn of_part(&self, part: &Part, stem: String) -> Result<Option<RewrittenParts>, Error> {
        let open = self.store.open(part)?;
        let schema = table_schema(self.file_type);
        let unique = self.file_type.spec().key;
        let mut writer = PartWriter::new(self.store.clone(), schema, stem, unique);
        let (mut rows_replaced, mut ended) = (0, false);
        for batch in open.rows(None)? {
            let batch = batch?;
            let variations = identities(&batch, self.file_type.spec().variation)?;
            let keep: Vec<bool> =
                variations.iter().map(|known| !self.present.contains(*known)).collect();
            rows_replaced += keep.iter().filter(|keep| !**keep).count() as u64;
            let kept = filtered(&batch, &keep)?;
            ended |= column(&kept, ACTIVE_COLUMN)?.as_boolean().has_true();
            writer.write(&self.end(&kept)?)?;
        }
        if rows_replaced == 0 && !ended {
            return Ok(None);
        }
        Ok(Some(RewrittenParts {
            added: writer.finish()?,
            removed: vec![part.clone()],
            rows_replaced,
            ..RewrittenParts::default()
        }))
    }

    /// Rows that are active no more; those that were not before stay as they ended.
    fn end(&self, batch: &RecordBatch) -> Result<RecordBatch, Error> {
        let schema = batch.schema();
        let ended = column(batch, ENDED_COLUMN)?.as_primitive::<Int64Type>();
        let ended: Int64Array =
            ended.iter().map(|known| Some(known.unwrap_or(self.version))).collect();
        let mut arrays: Vec<ArrayRef> = batch.columns().to_vec();
        arrays[schema.index_of(ACTIVE_COLUMN)?] =
            Arc::new(BooleanArray::from(vec![false; batch.num_rows()]));
        arrays[schema.index_of(ENDED_COLUMN)?] = Arc::new(ended);
        Ok(RecordBatch::try_new(schema, arrays)?)
    }
}

fn identities(batch: &RecordBatch, columns: &[&str]) -> Result<Vec<Identity>, Error> {
    let mut found = Vec::with_capacity(batch.num_rows());
    Identifier::new(&batch.schema(), columns)?.of_rows(batch, &mut found);
    Ok(found)
}

fn column<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b ArrayRef, Error> {
    Ok(batch.column(batch.schema().index_of(name)?))
}
