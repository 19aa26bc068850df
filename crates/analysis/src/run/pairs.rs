//! Candidates out of SQL, and every two of them weighed on all threads.
//!
//! Invariant: a block over its cap is reported, and compared as far as other blocks hold its pairs.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::UInt32Type;
use arrow_array::{ArrayRef, Int32Array, Int64Array, RecordBatch, UInt32Array, UInt64Array};
use arrow_schema::{DataType, Field, Schema};
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use domain::finding::OverfullBlock;
use evidence::duplicates::{Judge, Judgement, Reason};
use evidence::invoice_number::InvoiceNumber;
use evidence::invoices::Invoices;
use evidence::shares;
use evidence::weigh::{Numbered, Weighed};
use futures_util::StreamExt as _;

use super::Run;
use crate::engine::query;
use crate::error::Error;

/// Overfull blocks named in a report; there are rarely more than a handful.
const OVERFULL_NAMED_MAX: usize = 100;
/// Rows of the table of headers in one batch.
const BATCH_ROWS: usize = 65_536;

pub(super) struct Weighing<'a> {
    pub(super) run: &'a Run,
    pub(super) judge: Judge<'a>,
    pub(super) cap: f64,
}

#[derive(Default)]
pub(super) struct WeighedPairs {
    pub(super) shown: Vec<Weighed>,
    pub(super) suppressed: Vec<(Weighed, Reason)>,
    pub(super) overfull: Vec<OverfullBlock>,
    pub(super) pairs: u64,
}

/// The numbers' forms, by place.
struct Keys {
    number: Vec<u64>,
    merged: Vec<u64>,
    stem: Vec<u64>,
}

/// Which earlier block holds a pair: the respects, in the order of the statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Respect {
    PartyAndAmount,
    NumberAndAmount,
    PartyAndNumber,
    PartyAndStem,
    RareAmount,
}

const RESPECTS: [Respect; 5] = [
    Respect::PartyAndAmount,
    Respect::NumberAndAmount,
    Respect::PartyAndNumber,
    Respect::PartyAndStem,
    Respect::RareAmount,
];

pub(super) async fn weigh(
    weighing: &Weighing<'_>,
    session: &SessionContext,
    statements: &str,
) -> Result<WeighedPairs, Error> {
    let invoices = weighing.judge.invoices;
    let keys =
        tokio::task::block_in_place(|| Keys::of(weighing.judge, weighing.run.engine.threads()));
    session.deregister_table("headers")?;
    session.register_table("headers", Arc::new(table(invoices, &keys)?))?;
    let mut weighed = WeighedPairs::default();
    let blocks = statements.split("-- block:").skip(1);
    for (respect, block) in RESPECTS.into_iter().zip(blocks) {
        let (shared, sql) = block.split_once('\n').unwrap_or((block, ""));
        let groups = candidates(weighing, session, sql, shared.trim(), &mut weighed).await?;
        weighing.run.stop.check()?;
        tokio::task::block_in_place(|| all_pairs(weighing, &keys, respect, &groups, &mut weighed));
    }
    session.deregister_table("headers")?;
    Ok(weighed)
}

/// Groups of places, one after the other, and where each ends.
#[derive(Default)]
struct Groups {
    places: Vec<u32>,
    ends: Vec<usize>,
}

async fn candidates(
    weighing: &Weighing<'_>,
    session: &SessionContext,
    sql: &str,
    shared: &str,
    weighed: &mut WeighedPairs,
) -> Result<Groups, Error> {
    let mut groups = Groups::default();
    let mut stream = query(session, sql.trim().trim_end_matches(';')).await?;
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        let lists = batch.column(0).as_list::<i32>();
        for row in 0..batch.num_rows() {
            let list = lists.value(row);
            let places = list.as_primitive::<UInt32Type>().values();
            #[expect(clippy::cast_precision_loss, reason = "compared with a parameter")]
            if places.len() as f64 > weighing.cap {
                if weighed.overfull.len() < OVERFULL_NAMED_MAX {
                    weighed.overfull.push(overfull(weighing.judge.invoices, shared, places));
                }
                continue;
            }
            let start = groups.places.len();
            groups.places.extend_from_slice(places);
            groups.places[start..].sort_unstable();
            groups.ends.push(groups.places.len());
        }
    }
    Ok(groups)
}

fn overfull(invoices: &Invoices, shared: &str, places: &[u32]) -> OverfullBlock {
    let first = places.iter().min().map_or(0, |at| *at as usize);
    OverfullBlock {
        block: shared.into(),
        shared: format!("{shared} of {}", invoices.id(first)),
        rows: places.len() as u64,
    }
}

fn all_pairs(
    weighing: &Weighing<'_>,
    keys: &Keys,
    respect: Respect,
    groups: &Groups,
    into: &mut WeighedPairs,
) {
    let threads = weighing.run.engine.threads();
    let done: Vec<WeighedPairs> = std::thread::scope(|scope| {
        let work =
            |thread: usize| move || some_pairs(weighing, keys, respect, groups, thread, threads);
        let threads: Vec<_> = (0..threads).map(|thread| scope.spawn(work(thread))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    for part in done {
        into.shown.extend(part.shown);
        into.suppressed.extend(part.suppressed);
        into.pairs += part.pairs;
    }
}

/// Every so-manieth group, so that large ones are spread.
fn some_pairs(
    weighing: &Weighing<'_>,
    keys: &Keys,
    respect: Respect,
    groups: &Groups,
    thread: usize,
    threads: usize,
) -> WeighedPairs {
    let invoices = weighing.judge.invoices;
    let mut weighed = WeighedPairs::default();
    let mut numbers: Vec<InvoiceNumber> = Vec::new();
    for group in (thread..groups.ends.len()).step_by(threads) {
        if weighing.run.stop.is_wanted() {
            break;
        }
        let start = if group == 0 { 0 } else { groups.ends[group - 1] };
        let places = &groups.places[start..groups.ends[group]];
        numbers.clear();
        numbers.extend(places.iter().map(|at| InvoiceNumber::new(invoices.number(*at as usize))));
        let numbered = |at: usize| Numbered { at: places[at] as usize, number: &numbers[at] };
        for one in 0..places.len() {
            for other in one + 1..places.len() {
                let (one, other) = (numbered(one), numbered(other));
                if keys.first(invoices, one.at, other.at) < respect {
                    continue;
                }
                weighed.pairs += 1;
                match weighing.judge.judge(one, other) {
                    Judgement::Shown(pair) => weighed.shown.push(pair),
                    Judgement::Suppressed(pair, reason) => weighed.suppressed.push((pair, reason)),
                    Judgement::Neither => {}
                }
            }
        }
    }
    weighed
}

impl Keys {
    fn of(judge: Judge<'_>, threads: usize) -> Self {
        let (invoices, habits) = (judge.invoices, judge.habits);
        let stem = |at: usize| match habits.plain(at) {
            0 => 0,
            _ => evidence::text_key(&InvoiceNumber::stem(invoices.number(at))),
        };
        Self {
            number: (0..invoices.len()).map(|at| habits.plain(at)).collect(),
            merged: (0..invoices.len()).map(|at| habits.merged(at)).collect(),
            stem: shares::of_all(invoices.len(), threads, stem),
        }
    }

    /// The first block that holds a pair.
    fn first(&self, invoices: &Invoices, a: usize, b: usize) -> Respect {
        let same_party = invoices.party[a] == invoices.party[b];
        let same_amount = invoices.amount[a] == invoices.amount[b];
        let same = |keys: &[u64]| keys[a] != 0 && keys[a] == keys[b];
        if same_party && same_amount {
            Respect::PartyAndAmount
        } else if same_amount && same(&self.merged) {
            Respect::NumberAndAmount
        } else if same_party && same(&self.number) {
            Respect::PartyAndNumber
        } else if same_party && same(&self.stem) {
            Respect::PartyAndStem
        } else {
            Respect::RareAmount
        }
    }
}

/// The headers as SQL sees them: nothing but what blocks are made of.
fn table(invoices: &Invoices, keys: &Keys) -> Result<MemTable, Error> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("place", DataType::UInt32, false),
        Field::new("party", DataType::UInt32, false),
        Field::new("amount", DataType::Int64, false),
        Field::new("invoice_day", DataType::Int32, false),
        Field::new("number_key", DataType::UInt64, true),
        Field::new("merged_key", DataType::UInt64, true),
        Field::new("stem_key", DataType::UInt64, true),
    ]));
    let mut batches = Vec::new();
    for start in (0..invoices.len()).step_by(BATCH_ROWS) {
        let end = (start + BATCH_ROWS).min(invoices.len());
        let key = |keys: &[u64]| -> ArrayRef {
            Arc::new(
                keys[start..end]
                    .iter()
                    .map(|key| (*key != 0).then_some(*key))
                    .collect::<UInt64Array>(),
            )
        };
        let places =
            u32::try_from(start).unwrap_or(u32::MAX)..u32::try_from(end).unwrap_or(u32::MAX);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(UInt32Array::from_iter_values(places)),
            Arc::new(UInt32Array::from(invoices.party[start..end].to_vec())),
            Arc::new(Int64Array::from(invoices.amount[start..end].to_vec())),
            Arc::new(Int32Array::from(invoices.invoiced[start..end].to_vec())),
            key(&keys.number),
            key(&keys.merged),
            key(&keys.stem),
        ];
        batches.push(RecordBatch::try_new(Arc::clone(&schema), columns)?);
    }
    // As many partitions as there are threads would need a shuffle anyhow.
    Ok(MemTable::try_new(schema, vec![batches])?)
}
